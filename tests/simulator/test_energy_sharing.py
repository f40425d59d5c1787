"""Sharing the current of a station. If these fail, two cars draw what the grid connection does not have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.simulator.energy_sharing import shares

SIX = dict.fromkeys(range(1, 10), 6.0)
"""Below six amperes no car charges."""


def test_without_a_limit_each_car_gets_what_it_wants() -> None:
    assert shares(None, {1: 16.0, 2: 10.0}, SIX) == {1: 16.0, 2: 10.0}


def test_two_cars_share_the_limit_of_the_station() -> None:
    assert shares(16.0, {1: 16.0, 2: 16.0}, SIX) == {1: 8.0, 2: 8.0}


def test_what_one_car_does_not_want_goes_to_the_other() -> None:
    assert shares(20.0, {1: 6.0, 2: 16.0}, SIX) == {1: 6.0, 2: 14.0}


def test_the_later_car_waits_where_two_would_get_too_little() -> None:
    assert shares(10.0, {2: 16.0, 1: 16.0}, SIX) == {2: 10.0, 1: 0.0}


def test_a_limit_below_the_least_current_is_offered_as_it_is() -> None:
    """The car then pauses, and the meter still shows the offer."""
    assert shares(3.0, {1: 16.0}, SIX) == {1: 3.0}


def test_a_car_that_can_take_less_is_served_where_another_cannot() -> None:
    """One of direct current takes any power; one of alternating current needs 6 A on each phase."""
    assert shares(2000.0, {1: 11_000.0, 2: 50_000.0}, {1: 4140.0, 2: 0.0}) == {1: 0.0, 2: 2000.0}


@given(
    st.one_of(st.none(), st.floats(0, 200)),
    st.dictionaries(st.integers(1, 9), st.floats(0, 64), max_size=8),
    st.floats(0, 10),
)
def test_no_more_is_granted_than_there_is(total: float | None, wanted: dict[int, float], least: float) -> None:
    granted = shares(total, wanted, dict.fromkeys(wanted, least))
    assert granted.keys() == wanted.keys()
    assert all(0 <= granted[number] <= wanted[number] + 1e-9 for number in wanted)
    if total is not None:
        assert sum(granted.values()) <= total + 1e-6
    else:
        assert granted == wanted
