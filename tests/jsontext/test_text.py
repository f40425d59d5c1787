"""JSON text is laid out, compacted and quoted without changing what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.text import (
    compact,
    indented,
    is_number,
    quote,
    readable,
    string_text,
    text_if_utf8,
    utf8,
    value_text,
)
from ocpptui.jsontext.tree import JsonDefect, parse_tree, tree_text
from ocpptui.jsontext.unsafe_characters import UNSAFE

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_indenting_and_compacting_change_white_space_only(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=3), json.dumps(value, ensure_ascii=False)):
        assert compact(indented(text)) == compact(text)
        assert repr(json.loads(compact(text))) == repr(value)


def test_tokens_are_sent_as_they_were_typed() -> None:
    typed = '{ "limit" : 21.40 , "e": 1E+2,\n "name":"\\u00e9 \\/  x" , "name":-0 }'
    assert compact(typed) == '{"limit":21.40,"e":1E+2,"name":"\\u00e9 \\/  x","name":-0}'
    assert '"\\u00e9 \\/  x"' in indented(typed)


def test_indented_text_looks_as_if_written_pretty() -> None:
    text = '{"a":1,"b":[],"c":{},"d":[1,{"x":[[]]}],"e":"a,b:{}[]\\"q"}'
    tree = parse_tree(text)
    assert not isinstance(tree, JsonDefect)
    assert indented(text) == tree_text(tree, pretty=True)


def test_what_a_screen_would_obey_is_escaped_in_strings() -> None:
    text = string_text("a\x1b[31m\x9b\u202e\u2028é😀")
    assert json.loads(text) == "a\x1b[31m\x9b\u202e\u2028é😀"
    assert not any(letter in text for letter in "\x1b\x9b\u202e\u2028")
    assert "é😀" in text
    assert string_text("\ud800") == '"\\ud800"'


def test_is_number_follows_json() -> None:
    assert all(is_number(text) for text in ("0", "-1", "21.40", "1e5", "1E-5"))
    assert not any(is_number(text) for text in ("", "01", "1.", ".5", "+1", "0x1", "1 2", "NaN", "١"))


@given(st.text())
def test_any_text_can_be_laid_out(text: str) -> None:
    """Opening a record that is not JSON would end the session."""
    compact(text)
    indented(text)


@given(values)
def test_a_decoded_value_is_written_so_that_it_reads_the_same(value: Any) -> None:
    """An answer of ours, or a frame put together from a table, would say something else."""
    text = value_text(value)
    assert repr(json.loads(text)) == repr(value)
    assert compact(text) == text
    text.encode()


def test_no_lone_surrogate_is_written() -> None:
    """A file in UTF-8 could not hold it."""
    assert value_text(["\ud800é"]) == '["\\ud800é"]'
    assert quote("\ud800é") == '"\\ud800\\u00e9"'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'"\ud83d\udd0c \u5145\u96fb \u00fc"', '"🔌 充電 ü"'),
        (r'"\\ud83d \\u5145"', r'"\\ud83d \\u5145"'),
        (r'"\u0022 \u005c \n \u000a"', r'"\u0022 \u005c \n \u000a"'),
        (r'"\u202e \u200b \ud800 \udb40\udc41"', r'"\u202e \u200b \ud800 \udb40\udc41"'),
    ],
)
def test_letters_and_emoji_are_read_and_not_their_escapes(text: str, shown: str) -> None:
    """A message for a driver that a charge point sends in escapes can be read."""
    assert readable(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_made_readable_says_the_same(text: str) -> None:
    """The screen shows the value that was sent, and nothing in it affects the terminal."""
    escapes = json.dumps(text)
    assert json.loads(readable(escapes)) == text
    assert UNSAFE.search(readable(escapes).replace("\x7f", "")) is None


@given(st.text(st.characters(categories=["Cs", "L"])), st.binary())
def test_any_text_has_bytes_and_keeps_those_that_it_came_from(text: str, data: bytes) -> None:
    """One half of a surrogate pair in a log would end its redaction."""
    assert utf8(data.decode("utf-8", "surrogateescape")) == data
    written = utf8(text).decode("utf-8", "surrogateescape")
    halves = [one for one in written if "\ud800" <= one <= "\udfff"]
    assert all("\udc80" <= one <= "\udcff" for one in halves)


@pytest.mark.parametrize("data", [b'[2,"a1","Reset",{}]', "é".encode(), b"\xff[2", b"\xed\xa0\x80", b""])
def test_bytes_become_a_text_only_where_they_are_utf8(data: bytes) -> None:
    """A frame in another encoding would be shown as one that nobody sent."""
    text = text_if_utf8(data)
    assert (text.encode() if isinstance(text, str) else text) == data
    assert isinstance(text, bytes) == (data[:1] in (b"\xff", b"\xed"))
