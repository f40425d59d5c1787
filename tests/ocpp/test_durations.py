from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.durations import LONGEST, duration_text, span_text, stated_text

MONTH = 31 * 24 * 3600 * 1_000_000


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0 µs"),
        (870, "870 µs"),
        (999, "999 µs"),
        (1000, "1.0 ms"),
        (1240, "1.2 ms"),
        (9_960, "10 ms"),
        (12_300, "12 ms"),
        (999_400, "999 ms"),
        (999_600, "1.0 s"),
        (30_000_000, "30 s"),
        (999_600_000, "17 min"),
        (6_500_000_000, "1.8 h"),
        (-12_300, "-12 ms"),
    ],
)
def test_a_duration_has_a_suitable_unit(microseconds: int, text: str) -> None:
    assert duration_text(microseconds) == text


@given(st.floats(0, MONTH))
def test_a_duration_fits_into_its_column(microseconds: float) -> None:
    """A latency that is truncated in the log would read as another one."""
    assert len(duration_text(microseconds)) <= LONGEST


@given(st.integers(0, MONTH), st.integers(0, MONTH))
def test_a_longer_duration_never_reads_as_a_shorter_one(one: int, other: int) -> None:
    units = ["µs", "ms", "s", "min", "h"]

    def rank(microseconds: int) -> tuple[int, float]:
        number, unit = duration_text(microseconds).split(" ")
        return units.index(unit), float(number)

    assert (rank(one) <= rank(other)) or one > other


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (350_000, "350 ms"),
        (12_300_000, "12 s"),
        (65_000_000, "1 min 5 s"),
        (300_000_000, "5 min"),
        (10_800_000_000, "3 h"),
        (10_860_000_000, "3 h 1 min"),
        (3_599_999_000, "1 h"),
        (3_600_000_000, "1 h"),
        (86_399_999_999, "1 d"),
        (315_576_000_000_000, "3652 d 12 h"),
    ],
)
def test_a_span_has_its_two_largest_units(microseconds: int, text: str) -> None:
    """ "1.1 h" would say too little of how far a clock was set, and "59 min 59 s" or "3 h 0 min" too much."""
    assert span_text(microseconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (60, "60 s"),
        (90, "1 min 30 s"),
        (600, "10 min"),
        (7_200, "2 h"),
        (7_201, "2 h 1 s"),
        (86_401, "1 d 1 s"),
        (694_861, "8 d 1 h 1 min 1 s"),
        (-90, "-1 min 30 s"),
    ],
)
def test_the_seconds_of_a_message_are_said_exactly(seconds: int, text: str) -> None:
    """Of two periods a second apart, "2 h" twice would not show which starts first."""
    assert stated_text(seconds) == text


@given(st.integers(-MONTH, MONTH), st.integers(-MONTH, MONTH))
def test_other_seconds_are_said_otherwise(one: int, other: int) -> None:
    assert (stated_text(one) == stated_text(other)) is (one == other)
