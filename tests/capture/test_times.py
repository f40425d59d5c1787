from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.capture.times import all_from_text, from_text, to_text

from .records import TIMES

NONE = -1


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-22T10:02:03.120456Z", 1_795_341_723_120_456),
        ("2026-11-22T10:02:03.1Z", 1_795_341_723_100_000),
        ("2026-11-22T10:02:03.120456789Z", 1_795_341_723_120_456),
        ("2026-11-22T11:02:03.120456+01:00", 1_795_341_723_120_456),
        ("2026-11-22T04:32:03.120456-05:30", 1_795_341_723_120_456),
        ("2026-11-22t10:02:03.120456z", 1_795_341_723_120_456),
        ("2026-11-22 10:02:03", 1_795_341_723_000_000),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("2016-12-31T23:59:60.25Z", 1_483_228_800_250_000),
    ],
)
def test_any_fraction_and_offset_is_understood(text: str, time: int) -> None:
    """Other tools write other digits and offsets; their latencies would be wrong."""
    assert from_text(text) == time


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-13-01T00:00:00Z", "2026-11-22", "2026-11-22T25:00:00Z", "12:00:00", "2026-11-22T10:02:61Z"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert from_text(text) is None


@given(TIMES)
def test_a_time_survives_being_written(time: int) -> None:
    assert from_text(to_text(time)) == time


@given(st.lists(TIMES.map(to_text)))
def test_many_times_at_once_are_the_same_times(texts: list[str]) -> None:
    assert list(all_from_text(texts, NONE)) == [from_text(text) for text in texts]


@given(
    st.lists(
        st.one_of(
            TIMES.map(to_text),
            st.text(),
            st.from_regex(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z"),
            st.sampled_from(["2026-11-22T10:02:03Z", "2026-11-22T11:02:03.1+01:00"]),
        )
    )
)
def test_one_odd_time_does_not_spoil_the_others(texts: list[str]) -> None:
    expected = [from_text(text) for text in texts]
    assert list(all_from_text(texts, NONE)) == [NONE if time is None else time for time in expected]
