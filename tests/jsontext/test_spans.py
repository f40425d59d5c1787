from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.spans import EACH, Span, elements, find, members
from tests.jsontext.json_texts import OBJECTS, SPACES, VALUES


@given(st.lists(VALUES, max_size=5), SPACES, st.text(max_size=3))
def test_elements_are_found_as_they_are_written(items: list[str], space: str, rest: str) -> None:
    text = f"[{space}{f'{space},{space}'.join(items)}{space}]{rest}"
    assert [text[start:end] for start, end in elements(text)] == items


@given(OBJECTS)
def test_members_are_found_with_their_keys(text: str) -> None:
    found = {key: json.loads(text[start:end]) for key, start, end in members(text)}
    assert found == json.loads(text)


def test_a_repeated_key_is_found_each_time() -> None:
    """A secret does not hide behind a second value of the same key."""
    text = '{"a":1,"a":{"b":2,"b":3}}'
    assert [text[start:end] for _, start, end in members(text)] == ["1", '{"b":2,"b":3}']
    whole = Span((), 0, len(text))
    assert [text[span.start : span.end] for span in find(text, whole, ("a", "b"))] == ["2", "3"]


def test_a_pattern_leads_through_arrays() -> None:
    text = '{"list":[{"x":1},{"y":2},{"x":"3"}],"x":4}'
    found = list(find(text, Span((), 0, len(text)), ("list", EACH, "x")))
    assert [(span.steps, text[span.start : span.end]) for span in found] == [
        (("list", 0, "x"), "1"),
        (("list", 2, "x"), '"3"'),
    ]


def test_a_lone_object_where_a_list_should_be_is_looked_into() -> None:
    text = '{"list":{"x":1}}'
    assert [span.steps for span in find(text, Span((), 0, len(text)), ("list", EACH, "x"))] == [("list", "x")]


@given(st.text(), st.lists(st.sampled_from(["a", EACH]), max_size=3))
def test_text_that_is_no_json_ends_quietly(text: str, pattern: list[str]) -> None:
    assert list(elements(text)) is not None
    assert list(members(text)) is not None
    assert list(find(text, Span((), 0, len(text)), pattern)) is not None
