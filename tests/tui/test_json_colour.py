"""The colours of JSON: the pieces of a line have a kind, and together they are the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.tui.json_colour import json_parts


@given(st.text() | st.text(alphabet="{}[]\"',:\\ 1a-tru"))
def test_the_pieces_of_any_line_add_up_to_the_line(line: str) -> None:
    """A lost or repeated character would show a payload that the peer never sent."""
    assert "".join(text for _, text in json_parts(line)) == line


@pytest.mark.parametrize(
    ("line", "coloured"),
    [
        ('  "limit": 21.40,', [("key", '"limit"'), ("number", "21.40")]),
        ('  "a:b", true', [("string", '"a:b"'), ("word", "true")]),
        ('{"a": null}, tru', [("key", '"a"'), ("word", "null")]),
        ('"cut off', [("string", '"cut off')]),
        ("{}[],:", []),
    ],
)
def test_each_piece_has_its_kind(line: str, coloured: list[tuple[str, str]]) -> None:
    assert [(part, text) for part, text in json_parts(line) if part != "punctuation"] == coloured
