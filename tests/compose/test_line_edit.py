"""One line of text in the form: the keys that every terminal user expects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.line_edit import LineEdit


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        (["left", "left", "delete"], "one two thre", 11),
        (["home", "delete"], "ne two three", 0),
        (["end", "backspace"], "one two thre", 12),
        (["ctrl+w"], "one two ", 8),
        (["ctrl+w", "ctrl+w"], "one ", 4),
        (["ctrl+left", "ctrl+left", "ctrl+k"], "one ", 4),
        (["home", "ctrl+right", "ctrl+u"], " two three", 0),
        (["ctrl+a", "left", "backspace"], "one two three", 0),
        (["ctrl+a", "ctrl+e", "right", "delete"], "one two three", 13),
    ],
)
def test_keys(keys: list[str], text: str, cursor: int) -> None:
    line = LineEdit("one two three", 13)
    assert all(line.press(key) for key in keys)
    assert (line.text, line.cursor) == (text, cursor)


def test_an_unknown_key_is_left_to_other_handlers() -> None:
    line = LineEdit("a", 1)
    assert not line.press("f5")
    assert not line.press("up")
    assert (line.text, line.cursor) == ("a", 1)


KEYS = ["left", "right", "home", "end", "ctrl+left", "ctrl+right", "backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k"]


@given(st.text(), st.lists(st.sampled_from(KEYS) | st.text(min_size=1, max_size=2).map(lambda text: f"+{text}")))
def test_the_cursor_never_leaves_the_text(text: str, keys: list[str]) -> None:
    line = LineEdit(text, len(text))
    for key in keys:
        if key.startswith("+"):
            line.insert(key[1:])
            assert line.text[: line.cursor].endswith(key[1:])
        else:
            line.press(key)
        assert 0 <= line.cursor <= len(line.text)


def test_what_is_typed_replaces_a_selected_text() -> None:
    for first in ("", "backspace", "delete"):
        line = LineEdit("16.0", 4, is_selected=True)
        assert not first or line.press(first)
        line.insert("5")
        line.insert("0")
        assert (line.text, line.cursor) == ("50", 2)


def test_moving_in_a_selected_text_keeps_it() -> None:
    line = LineEdit("16.0", 4, is_selected=True)
    assert line.press("home")
    line.insert("-")
    assert line.text == "-16.0"
