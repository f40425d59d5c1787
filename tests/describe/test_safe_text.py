"""Text from the wire must not reach the terminal as something that it interprets or hides."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocpptui.describe.safe_text import printable, printable_lines, single_line

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
"""Lone surrogates, controls and code points that mean nothing yet among it."""


@given(ANY_TEXT)
def test_nothing_remains_that_a_terminal_would_interpret_or_hide(text: str) -> None:
    """A charge point could clear the screen, set the title, or type input."""
    for character in printable(text):
        assert character == " " or unicodedata.category(character)[0] not in "CZ"


@given(ANY_TEXT)
def test_every_character_stays_in_its_place(text: str) -> None:
    """A position in an error message would point beside what it means."""
    assert len(printable(text)) == len(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_left_as_it_is(text: str) -> None:
    """The screen would not show what was sent."""
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x00\x07\x08\x7f", "␀␇␈␡"),
        ("a\tb\r\nc", "a␉b␍␊c"),
        ("\x9b31m\x85", "\ufffd31m\ufffd"),
        ("abc\u202egpj.exe", "abc\ufffdgpj.exe"),
        ("\u2066\u2069\u200f\u061c", "\ufffd" * 4),
        ("\u2028\u2029", "\ufffd\ufffd"),
        ("x\u200b\u2060\ufeff\u00ad\u180e\ufff9y", "x\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdy"),
        ("\ud800", "\ufffd"),
        ("a\u00a0b\u3000c", "a b c"),
        ("grün, 漢字, [red]", "grün, 漢字, [red]"),
    ],
    ids=["escape", "controls", "white space", "C1", "override", "isolates", "separators", "invisible", "surrogate",
         "spaces", "text"],
)  # fmt: skip
def test_each_sort_of_harm_becomes_visible(text: str, shown: str) -> None:
    """One could not see that something odd is in the text, or which."""
    assert printable(text) == shown


@given(ANY_TEXT)
def test_a_replaced_character_takes_a_cell(text: str) -> None:
    """A replacement without width would be invisible, and the columns would not be aligned."""
    for before, after in zip(text, printable(text), strict=True):
        if before != after:
            assert cell_len(after) == 1


@given(ANY_TEXT)
def test_an_editor_draws_only_line_feeds_and_tabs_itself(text: str) -> None:
    """A payload that is edited keeps its lines, and nothing else in it acts."""
    assert printable_lines(text) == "".join(letter if letter in "\t\n" else printable(letter) for letter in text)


@given(ANY_TEXT)
def test_a_line_of_a_file_is_one_line_without_anything_that_acts(text: str) -> None:
    """`cat` of an export cannot take over the terminal, and the original text can still be recognised."""
    line = single_line(text)
    assert not [letter for letter in line if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert json.loads(f'"{line}"') == text if not set(text) & set('"\\') else True
