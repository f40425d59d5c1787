from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.path import MAX_KEY, below, field_names, json_path, nearest_key, parent_path, read_path


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ([], "$"),
        (["meterValue", 0, "sampledValue", 1, "unit"], "$.meterValue[0].sampledValue[1].unit"),
        (["limit_L2"], "$.limit_L2"),
        (["größe"], "$.größe"),
        (["a b"], "$['a b']"),
        (["it's"], "$['it\\'s']"),
        (["a\\b"], "$['a\\\\b']"),
        (["1"], "$['1']"),
        ([""], "$['']"),
        (['"'], "$['\"']"),
        (["\ud800"], "$['\\ud800']"),
        (["\n\x1b"], "$['\\n\\u001b']"),
        (["x" * 100], "$." + "x" * 100),
        (["x" * 101], "$['" + "x" * 99 + "…']"),
    ],
)
def test_a_place_is_named_without_ambiguity(steps: list[str | int], path: str) -> None:
    assert json_path(steps) == path


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=MAX_KEY) | st.integers(0, 99_999)))
def test_a_written_path_is_read_as_the_same_place(steps: list[str | int]) -> None:
    """A path from a report would not be found when the user enters it."""
    path = json_path(steps)
    assert read_path(path) == (tuple(steps), len(path))
    assert parent_path(path) == json_path(steps[:-1])
    assert not steps or below(parent_path(path), steps[-1]) == path


@pytest.mark.parametrize(
    ("text", "steps", "rest"),
    [
        ("a.b", ("a", "b"), ""),
        ("$.a", ("a",), ""),
        ("$", (), ""),
        ('"odd.key".b', ("odd.key", "b"), ""),
        ("['odd.key'][\"b\"]", ("odd.key", "b"), ""),
        ("a[0].b[]", ("a", 0, "b", None), ""),
        ("a[*].b", ("a", None, "b"), ""),
        ("*.status", ("*", "status"), ""),
        ("a=1", ("a",), "=1"),
        ("a.b:=[1]", ("a", "b"), ":=[1]"),
        ("a..b", ("a",), "..b"),
        (".a", (), ".a"),
        ("$a", ("$a",), ""),
        ("a b", ("a b",), ""),
        ("", (), ""),
    ],
)
def test_a_path_is_read_as_people_write_it(text: str, steps: tuple[str | int | None, ...], rest: str) -> None:
    assert read_path(text) == (steps, len(text) - len(rest))


def test_a_value_is_named_by_the_nearest_key_above_it() -> None:
    """Lists of ids would not be carried over to the live peer."""
    assert nearest_key(("a", "requestId", 0, 1)) == "requestId"
    assert nearest_key((0,)) == ""


def test_the_fields_of_a_path_are_those_between_its_lists() -> None:
    assert field_names("$.a[0]['b.c']") == ("a", "b.c")
    assert field_names("a..b") == ()
