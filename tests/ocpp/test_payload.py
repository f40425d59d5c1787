"""Whatever a peer sends in a payload, reading it gives the right type or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.payload import (
    LONGEST,
    integer_at,
    integers_at,
    measured_at,
    number_at,
    object_at,
    objects_at,
    only,
    shown_text,
    text_at,
    texts_at,
    value_at,
)

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=10,
)


@given(ANY, st.lists(st.sampled_from("ab"), max_size=3))
def test_any_payload_can_be_read(payload: Any, path: list[str]) -> None:
    """A wrong type in a payload would end the connection, or the screen."""
    assert isinstance(object_at(payload, *path), dict)
    assert all(isinstance(item, dict) for item in objects_at(payload, *path))
    assert text_at(payload, *path) is None or isinstance(text_at(payload, *path), str)
    assert all(isinstance(item, str) for item in texts_at(payload, *path))
    whole = integer_at(payload, *path)
    assert whole is None or (type(whole) is int and abs(whole) <= 1 << 63)
    assert all(type(item) is int for item in integers_at(payload, *path))
    for found in (number_at(payload, *path), measured_at(payload, *path)):
        assert found is None or float("-inf") < found < float("inf")
    assert len(shown_text(payload, *path)) <= LONGEST


@pytest.mark.parametrize(
    ("value", "whole", "decimal", "of_meter", "shown"),
    [
        (3, 3, 3.0, 3.0, "3"),
        (3.0, 3, 3.0, 3.0, "3"),
        (3.5, None, 3.5, 3.5, ""),
        ("3.5", None, None, 3.5, "3.5"),
        (True, None, None, None, ""),
        (None, None, None, None, ""),
        (float("nan"), None, None, None, ""),
        ("inf", None, None, None, "inf"),
        (1 << 63, None, float(1 << 63), float(1 << 63), ""),
        ("x" * (LONGEST + 1), None, None, None, ""),
    ],
)
def test_a_value_is_read_as_what_it_is(
    value: Any, whole: int | None, decimal: float | None, of_meter: float | None, shown: str
) -> None:
    """A connector 1.0 is connector 1, and a meter value in a string is a number."""
    payload = {"a": {"b": value}}
    assert integer_at(payload, "a", "b") == whole
    assert number_at(payload, "a", "b") == decimal
    assert measured_at(payload, "a", "b") == of_meter
    assert shown_text(payload, "a", "b") == shown


def test_paths_lead_through_objects_only() -> None:
    assert value_at({"a": [{"b": 1}]}, "a", "b") is None
    assert objects_at({"a": [{"b": 1}, 2]}, "a") == [{"b": 1}]
    assert objects_at([{"b": 1}]) == [{"b": 1}]
    assert integers_at({"a": [1, "2", 3.0, True]}, "a") == [1, 3]
    assert only({"a": 1, "b": None, "c": 3}, "a", "b", "d") == {"a": 1, "b": None}
