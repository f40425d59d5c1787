from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import (
    date_time,
    in_calendar,
    local_datetime,
    micros_of,
    rfc3339_text,
    time_of,
    times_of,
    utc_datetime,
)
from tests.recording.records import TIMES


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
    assert time_of(text) == time


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-13-01T00:00:00Z", "2026-11-22", "2026-11-22T25:00:00Z", "12:00:00", "2026-11-22T10:02:61Z"],
)
def test_a_text_that_is_not_a_time_is_none(text: str) -> None:
    assert time_of(text) is None


@given(
    st.from_regex(
        r"2025-1[0-9]-[0-3][0-9][Tt ][012][0-9]:[0-6][0-9][:.][0-6][0-9 ]([.,:Z][0-9Z]{0,7})?[Zz0+]", fullmatch=True
    )
)
def test_the_usual_notation_is_read_as_any_other(text: str) -> None:
    """It is read in a quicker manner, which would else take something for a time that is none."""
    assert time_of(text) == time_of(f" {text}")


@given(st.integers())
def test_any_number_is_a_time_of_the_calendar(time: int) -> None:
    """A log with nanoseconds, or with 9999999999999999999 for "never", would end in a traceback."""
    nearest = in_calendar(time)
    assert time_of(rfc3339_text(time)) is not None
    assert rfc3339_text(nearest)[:19] == rfc3339_text(time)[:19]
    assert date_time(time)[:4] == f"{utc_datetime(time).year:04}"
    assert nearest == time or not time_of("0001-01-01T00:00:00Z") <= time <= time_of("9999-12-31T23:59:59.999999Z")  # type: ignore[operator]


@given(TIMES)
def test_a_time_survives_being_written(time: int) -> None:
    assert time_of(rfc3339_text(time)) == time


@given(st.lists(TIMES.map(rfc3339_text)))
def test_many_times_at_once_are_the_same_times(texts: list[str]) -> None:
    assert list(times_of([text.encode() for text in texts])) == [time_of(text) for text in texts]


@given(st.lists(TIMES.map(rfc3339_text)), st.one_of(st.text(min_size=1), st.text(min_size=27, max_size=27)))
def test_among_many_times_an_odd_one_is_not_misread(texts: list[str], odd: str) -> None:
    """A time in another format is either refused, so that it is read with care, or read as the same time."""
    try:
        found = list(times_of([text.encode() for text in (*texts, odd)]))
    except ValueError:
        return
    assert found[: len(texts)] == [time_of(text) for text in texts]


def test_a_time_without_its_marks_is_refused() -> None:
    good = rfc3339_text(0)
    for odd in ("", good[:-1], good + "0", good[:-1] + "+", good.replace(".", ","), good.replace("1970", "19x0")):
        with pytest.raises(ValueError, match="a time"):
            times_of([good.encode(), odd.encode()])


def test_a_time_that_cannot_be_written_again_is_none() -> None:
    assert time_of("0001-01-01T00:00:00+01:00") is None
    assert time_of("9999-12-31T23:59:59-00:01") is None


def test_a_payload_gets_three_digits_and_a_z() -> None:
    """OCPP 2.0.1 allows no more, and a peer would refuse the call."""
    assert date_time(1_795_341_723_120_999) == "2026-11-22T10:02:03.120Z"
    assert date_time(0) == "1970-01-01T00:00:00.000Z"


@given(st.integers(0, 4_000_000_000_000_000))
def test_what_is_written_in_a_payload_reads_back_to_the_millisecond(time: int) -> None:
    assert time_of(date_time(time)) == time // 1000 * 1000


@given(st.integers(-(10**18), 10**18))
def test_any_number_has_a_local_time_or_none(time: int) -> None:
    """The log could not be painted with a time that a file made up."""
    moment = local_datetime(time)
    if moment is not None:
        assert abs(micros_of(moment.astimezone()) - time) < 1000


def test_a_usual_time_has_a_local_time() -> None:
    """Every row of the log would have dashes for its time."""
    moment = local_datetime(1_795_000_000_120_000)
    assert moment is not None
    assert micros_of(moment.astimezone()) == 1_795_000_000_120_000
    assert moment.tzinfo is None
