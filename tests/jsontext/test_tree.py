"""JSON text read and written without losing what a peer would see."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.tree import JsonDefect, Number, Pairs, parse_tree, tree_of, tree_text, tree_value

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


def test_text_that_is_not_json_reports_the_position() -> None:
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
