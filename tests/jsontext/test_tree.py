"""JSON text read and written without losing what a peer would see."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.tree import (
    JsonDefect,
    Number,
    Pairs,
    compact,
    indented,
    is_number,
    parse_tree,
    string_text,
    tree_of,
    tree_text,
    tree_value,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_a_value_survives_the_way_into_text_and_back(value: object, pretty: bool) -> None:
    text = tree_text(tree_of(value), pretty)
    assert json.loads(text) == value
    tree = parse_tree(text)
    assert not isinstance(tree, JsonDefect)
    assert tree_value(tree) == value
    assert tree_text(tree, pretty) == text


@given(values)
def test_indenting_and_compacting_change_white_space_only(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=3), json.dumps(value, ensure_ascii=False)):
        assert compact(indented(text)) == compact(text)
        assert json.loads(compact(text)) == value


def test_tokens_are_sent_as_they_were_typed() -> None:
    typed = '{ "limit" : 21.40 , "e": 1E+2,\n "name":"\\u00e9 \\/  x" , "name":-0 }'
    assert compact(typed) == '{"limit":21.40,"e":1E+2,"name":"\\u00e9 \\/  x","name":-0}'
    assert '"\\u00e9 \\/  x"' in indented(typed)


def test_indented_text_looks_as_if_written_pretty() -> None:
    text = '{"a":1,"b":[],"c":{},"d":[1,{"x":[[]]}],"e":"a,b:{}[]\\"q"}'
    tree = parse_tree(text)
    assert not isinstance(tree, JsonDefect)
    assert indented(text) == tree_text(tree, pretty=True)


def test_numbers_order_and_repeated_keys_are_kept() -> None:
    tree = parse_tree('{"b":1.10,"a":2,"b":12345678901234567890123}')
    assert tree == Pairs([("b", Number("1.10")), ("a", Number("2")), ("b", Number("12345678901234567890123"))])
    assert tree_value(tree) == {"b": 12345678901234567890123, "a": 2}


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e999", "[1" + "0" * 5000 + "]"])
def test_numbers_that_no_strict_parser_takes_can_be_sent(text: str) -> None:
    tree = parse_tree(text)
    assert not isinstance(tree, JsonDefect)
    assert tree_text(tree) == text
    tree_value(tree)


def test_text_that_is_no_json_says_where() -> None:
    defect = parse_tree('{\n  "a": tru\n}')
    assert isinstance(defect, JsonDefect)
    assert (defect.line, defect.column) == (2, 8)
    assert str(defect).startswith("line 2, column 8: ")


@pytest.mark.parametrize("depth", [150, 100_000])
def test_text_nested_too_deep_is_refused_in_words(depth: int) -> None:
    defect = parse_tree("[" * depth + "]" * depth)
    assert isinstance(defect, JsonDefect)
    assert "deeper" in str(defect)


@given(st.text())
def test_reading_never_raises(text: str) -> None:
    parse_tree(text)
    compact(text)
    indented(text)


def test_what_a_screen_would_obey_is_escaped_in_strings() -> None:
    text = string_text("a\x1b[31m\x9b\u202e\u2028é😀")
    assert json.loads(text) == "a\x1b[31m\x9b\u202e\u2028é😀"
    assert not any(letter in text for letter in "\x1b\x9b\u202e\u2028")
    assert "é😀" in text
    assert string_text("\ud800") == '"\\ud800"'


def test_is_number_follows_json() -> None:
    assert all(is_number(text) for text in ("0", "-1", "21.40", "1e5", "1E-5"))
    assert not any(is_number(text) for text in ("", "01", "1.", ".5", "+1", "0x1", "1 2", "NaN", "١"))
