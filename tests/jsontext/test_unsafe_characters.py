from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.text import string_text
from ocpptui.jsontext.unsafe_characters import RANGES, UNSAFE, escaped


def test_no_character_that_acts_is_missing() -> None:
    """A missing one could take over the terminal of a user who views a capture."""
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert UNSAFE.match(character), f"U+{code:04X}"


def test_what_people_write_is_not_unsafe() -> None:
    """Names of charge points and messages for drivers can be read in every script."""
    assert UNSAFE.search("Säule 7 – €5 漢字 شحن זמן заряд 🔌 e\u0301 ñ") is None


def test_the_ranges_are_in_order_and_apart() -> None:
    """A range that overlaps another would be a slip of who added it."""
    assert all(first <= last for first, last in RANGES)
    assert all(before[1] + 1 < after[0] for before, after in zip(RANGES, RANGES[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\u001b[2J"),
        ("soft\u00adhyphen", "soft\\u00adhyphen"),
        ("\u180e\ufff9\ufeff", "\\u180e\\ufff9\\ufeff"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\ud800", "\\ud800"),
        ("🔌", "🔌"),
    ],
)
def test_an_escape_says_which_character_it_was(text: str, shown: str) -> None:
    """A hidden character is what one looks for in a broken configuration key."""
    assert escaped(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_json_that_is_escaped_says_the_same(text: str) -> None:
    """`jq` can read the output without loss, and it does not affect the terminal."""
    written = string_text(text)
    assert json.loads(written) == text
    assert UNSAFE.search(written) is None
