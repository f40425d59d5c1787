"""What a field of a request may be. A script that sends another value gets a sentence, and the session goes on."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.control.request_fields import (
    RequestRefused,
    request_direction,
    request_number,
    request_seconds,
    request_text,
    request_texts,
    request_timeout,
    waiting_record,
)
from ocpptui.ocpp.version import Direction

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_whatever_is_in_a_field_it_has_its_type_or_is_refused(value: object) -> None:
    """A value of another type would end the task that serves the script, with a traceback for the user."""
    request = {"one": value, "record": value, "timeout": value, "towards": value}
    readers: dict[type, Callable[[], object]] = {
        str: lambda: request_text(request, "one"),
        list: lambda: request_texts(request, "one", "a=1"),
        float: lambda: request_seconds(request, "one", 60),
        int: lambda: request_number(request, "one", 0, "a number"),
    }
    for kind, read in readers.items():
        try:
            assert type(read()) is kind
        except RequestRefused as refused:
            assert str(refused).startswith("`one` ")
    others: list[tuple[str, Callable[[dict[str, object]], object]]] = [
        ("record", waiting_record),
        ("timeout", request_timeout),
        ("towards", request_direction),
    ]
    for name, read_one in others:
        try:
            read_one(request)
        except RequestRefused as refused:
            assert str(refused).startswith(f"`{name}` ")


@pytest.mark.parametrize("value", [True, -0.5, 60.5, math.nan, math.inf, "1", None])
def test_what_cannot_be_waited_for_is_refused(value: object) -> None:
    """A session would wait for ever, or not at all."""
    with pytest.raises(RequestRefused, match="`seconds` is a number of seconds, 60 at most"):
        request_seconds({"seconds": value}, "seconds", 60)


@pytest.mark.parametrize("value", [True, -1, 1.0, "1", None])
def test_a_number_is_a_whole_one(value: object) -> None:
    """`true` would be connector 1."""
    with pytest.raises(RequestRefused, match="`connector` is the number of a connector"):
        request_number({"connector": value}, "connector", 0, "the number of a connector")


def test_what_may_be_left_out_has_its_default() -> None:
    """Each request of a script would have to name everything."""
    assert request_number({}, "connector", 0, "the number of a connector") == 0
    assert request_texts({}, "fields", "a=1") == []
    assert request_direction({}) is None
    assert request_timeout({}) > 0


def test_a_direction_is_written_as_everywhere() -> None:
    """A script would send to the wrong leg of a proxy."""
    assert request_direction({"towards": "to-csms"}) is Direction.TO_CSMS
    with pytest.raises(RequestRefused, match="`towards` is one of to-csms, to-cp"):
        request_direction({"towards": "csms"})
