"""Dates that can be read in two ways, and dates of which a part is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.times.dates import Dates, DayOrder
from ocpptui.importing.times.payload_times import Witness
from ocpptui.importing.times.timestamps import best_moment
from ocpptui.ocpp.date_times import DAY, rfc3339_text, time_of

MODIFIED = time_of("2026-07-01T00:00:00Z") or 0


def found(text: str) -> FoundFrame:
    moment = best_moment(text)
    assert moment is not None, text
    frame = FoundFrame("")
    frame.at(moment)
    return frame


def read(
    texts: Sequence[str], witnesses: Sequence[str | None] = (), **chosen: DayOrder | int
) -> tuple[list[str], Dates]:
    """The times of lines, some of which have a time in their payload."""
    dates = Dates(MODIFIED, **chosen)  # type: ignore[arg-type]
    times = [None if text is None else time_of(text) for text in witnesses]
    told = [None if time is None else Witness(time, True) for time in times] + [None] * len(texts)
    frames = list(zip(map(found, texts), told, strict=False))
    dates.decide(frames)
    return [rfc3339_text(dates.of(frame, witness) or 0)[:19] for frame, witness in frames], dates


def test_a_day_over_12_shows_the_order_for_the_whole_file() -> None:
    """In one file, March 12 would be December 3 and March 13 would be March 13."""
    times, _ = read(["12/03/2026 23:59:59", "13/03/2026 00:00:09"])
    assert times == ["2026-03-12T23:59:59", "2026-03-13T00:00:09"]
    times, _ = read(["03.12.2026 23:59:59", "03.13.2026 00:00:09"])
    assert times == ["2026-03-12T23:59:59", "2026-03-13T00:00:09"]


@pytest.mark.parametrize(
    "text", ["01/03/2026 10:00:00", "01.03.2026 10:00:00", "1-3-2026 10:00:00", "01/03/2026 10:00:00 AM"]
)
@pytest.mark.parametrize("witness", ["2026-03-01T09:00:00Z", "2026-01-03T12:00:00Z"])
def test_a_time_in_a_payload_shows_the_order(text: str, witness: str) -> None:
    times, dates = read([text], [witness])
    assert times[0][:10] == witness[:10] and not dates.guessed
    assert "payloads show it" in dates.evidence[0]


def test_lines_that_follow_each_other_show_the_order() -> None:
    times, _ = read([f"0{day}/03/2026 10:00:00" for day in range(1, 7)])
    assert times[-1] == "2026-03-06T10:00:00"


def test_a_date_later_than_the_file_is_not_meant() -> None:
    assert read(["05/09/2026 10:00:00"])[0] == ["2026-05-09T10:00:00"]
    assert read(["09/05/2026 10:00:00"])[0] == ["2026-05-09T10:00:00"]


def test_an_order_that_nothing_shows_is_said_to_be_a_guess() -> None:
    """The user would trust a date that is as likely as another."""
    _, dates = read(["03/04/2026 10:00:00", "03/04/2026 10:00:01"])
    assert dates.guessed == {"day and month"} and "nothing in the file shows which" in dates.evidence[0]


@pytest.mark.parametrize("order", DayOrder)
def test_the_order_of_the_user_counts(order: DayOrder) -> None:
    times, dates = read(["03/04/2026 10:00:00"], ["2026-03-04T10:00:00Z"], order=order)
    assert times == ["2026-04-03T10:00:00" if order is DayOrder.DAY_FIRST else "2026-03-04T10:00:00"]
    assert not dates.guessed
    times, _ = read(["03/04/05 10:00:00"], ["2003-04-05T10:00:00Z"], order=order)
    assert times == [_OF_345[order]]


def test_an_order_of_the_user_in_which_no_date_can_be_read_leaves_a_guess() -> None:
    """`--dates ymd` for 03/04/2026 would have read it with the month first, as if the user had said so."""
    times, dates = read(["03/04/2026 10:00:00", "03/04/2026 10:00:01"], order=DayOrder.YEAR_FIRST)
    assert dates.guessed == {"day and month"}
    assert dates.evidence[0] == "None of its dates can be read with the year first, as the user says."
    assert "nothing in the file shows which" in dates.evidence[1]
    assert len(set(times)) == 2


_OF_345 = {
    DayOrder.DAY_FIRST: "2005-04-03T10:00:00",
    DayOrder.MONTH_FIRST: "2005-03-04T10:00:00",
    DayOrder.YEAR_FIRST: "2003-04-05T10:00:00",
}
_FORMATS = {
    DayOrder.DAY_FIRST: "%d{0}%m{0}%y",
    DayOrder.MONTH_FIRST: "%m{0}%d{0}%y",
    DayOrder.YEAR_FIRST: "%y{0}%m{0}%d",
}
_DAYS = st.datetimes(datetime(2016, 1, 1), datetime(2026, 6, 20))


@given(_DAYS, st.sampled_from(DayOrder), st.sampled_from("/-."))
def test_a_payload_shows_what_a_year_of_two_digits_is(day: datetime, order: DayOrder, sign: str) -> None:
    """Each frame would be years away from what happened, or have no date at all."""
    text = day.strftime(f"{_FORMATS[order].format(sign)} 10:00:00")
    times, dates = read([text], [f"{day:%Y-%m-%d}T11:00:00Z"])
    assert times == [f"{day:%Y-%m-%d}T10:00:00"]
    assert not dates.guessed


@given(_DAYS, st.sampled_from(DayOrder), st.sampled_from("/-"), st.integers(14, 40))
def test_the_days_of_some_weeks_show_what_a_year_of_two_digits_is(
    day: datetime, order: DayOrder, sign: str, count: int
) -> None:
    """The same without a payload that has a time."""
    days = [day + timedelta(days=number) for number in range(count)]
    times, _ = read([one.strftime(f"{_FORMATS[order].format(sign)} 10:00:00") for one in days])
    assert times == [f"{one:%Y-%m-%d}T10:00:00" for one in days]


def test_a_year_of_two_digits_that_nothing_shows_is_that_of_the_file() -> None:
    """The user would not be told that the date is a guess."""
    times, dates = read(["26/05/14 10:00:00"])
    assert times == ["2026-05-14T10:00:00"] and dates.guessed == {"day and month"}
    times, dates = read(["26/05/32 10:00:00"])
    assert times == ["2032-05-26T10:00:00"] and not dates.guessed


@given(day=st.integers(1, 28), month=st.integers(1, 12), first=st.sampled_from(DayOrder), seconds=st.integers(1, 80))
def test_one_reading_holds_for_a_file(day: int, month: int, first: DayOrder, seconds: int) -> None:
    """Whatever the day, all lines of a minute are of one minute."""
    date = f"{day:02}/{month:02}" if first is DayOrder.DAY_FIRST else f"{month:02}/{day:02}"
    times, _ = read([f"{date}/2025 10:{second // 60:02}:{second % 60:02}" for second in range(seconds)])
    assert len({time[:10] for time in times}) == 1 and times == sorted(times)


def test_the_year_comes_from_payloads_and_goes_on_after_new_year() -> None:
    times, dates = read(["Dec 31 23:59:58", "Dec 31 23:59:59", "Jan  1 00:00:01"], [None, None, "2024-01-01T00:00:01Z"])
    assert times == ["2023-12-31T23:59:58", "2023-12-31T23:59:59", "2024-01-01T00:00:01"]
    assert "begins in 2023" in dates.evidence[0]


def test_a_year_that_nothing_shows_is_not_in_the_future() -> None:
    times, dates = read(["Nov  1 10:00:00"])
    assert times == ["2025-11-01T10:00:00"] and dates.guessed == {"year"}
    assert read(["Nov  1 10:00:00"], year=2019)[0] == ["2019-11-01T10:00:00"]


def test_a_leap_day_needs_no_leap_year() -> None:
    assert read(["Feb 29 10:00:00"], year=2023)[0] == ["2023-02-28T10:00:00"]


def test_a_time_of_day_goes_forward() -> None:
    """The line at midnight would be a day before."""
    times, _ = read(
        ["10:00:00.1", "10:00:00.2", "23:59:59.9", "00:00:00.1", "08:00:00"], [None, "2026-03-01T10:00:00Z"]
    )
    assert [time[:10] for time in times] == ["2026-03-01", "2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02"]


def test_lines_in_slight_disorder_are_of_one_day() -> None:
    times, _ = read(["00:00:00.1", "23:59:59.9", "00:00:00.2"], ["2026-03-02T00:00:00Z"])
    assert [time[:10] for time in times] == ["2026-03-02", "2026-03-01", "2026-03-02"]


def test_a_payload_shows_a_gap_of_days() -> None:
    times, _ = read(["10:00:00", "11:00:00"], ["2026-03-01T10:00:00Z", "2026-03-05T11:00:00Z"])
    assert times == ["2026-03-01T10:00:00", "2026-03-05T11:00:00"]


def test_a_day_that_nothing_shows_is_that_of_the_file() -> None:
    times, dates = read(["10:00:00", "09:00:00"])
    assert times == ["2026-06-30T10:00:00", "2026-07-01T09:00:00"] and dates.guessed == {"date"}
    assert MODIFIED % DAY == 0


@pytest.mark.parametrize("year", (1999, 2023, 2027))
def test_the_year_of_the_user_counts_for_times_of_day(year: int) -> None:
    """`--year` would change nothing: the clock of the charge point, which payloads show, was years off."""
    times, dates = read(
        ["10:00:00", "23:59:59", "00:00:01", "09:00:00"],
        ["2026-03-01T10:00:00Z", None, "2026-03-02T00:00:01Z", "2026-03-05T09:00:00Z"],
        year=year,
    )
    expected = ["03-01T10:00:00", "03-01T23:59:59", "03-02T00:00:01", "03-05T09:00:00"]
    assert times == [f"{year}-{time}" for time in expected]
    assert dates.evidence[0].endswith(f"show the day, and the user says that it begins in {year}.")
    assert not dates.guessed


def test_the_year_of_the_user_counts_for_times_whose_day_nothing_shows() -> None:
    times, dates = read(["10:00:00", "09:00:00"], year=2019)
    assert times == ["2019-06-30T10:00:00", "2019-07-01T09:00:00"] and dates.guessed == {"date"}
    assert "and the year that the user says" in dates.evidence[0]


def test_dates_that_do_not_exist_in_the_order_of_the_user_are_told() -> None:
    """The evidence would say of each that it is read as the user says."""
    _, dates = read(["26/04/03 10:00:00", "03/04/2025 10:00:00"], order=DayOrder.YEAR_FIRST)
    assert dates.evidence == [
        "Its dates are read with the year first: the user says so.",
        "1 of its dates cannot be read so.",
    ]


@pytest.mark.parametrize(
    ("texts", "witnesses"),
    [
        (["25/11 23:59:59", "26/11 00:00:01"], ["2024-11-25T23:59:58Z"]),
        (["11/25 23:59:59", "11/26 00:00:01"], ["2024-11-25T23:59:58Z"]),
        (["11-25 23:59:59", "11-26 00:00:01"], ["2024-11-25T23:59:58Z"]),
        (["25.11. 23:59:59", "26.11. 00:00:01"], ["2024-11-25T23:59:58Z"]),
    ],
)
def test_numbers_of_day_and_month_without_a_year_are_read_in_one_order(
    texts: Sequence[str], witnesses: Sequence[str]
) -> None:
    """Android writes no year: its frames would all be on the day of the file."""
    times, _ = read(texts, witnesses)
    assert times == ["2024-11-25T23:59:59", "2024-11-26T00:00:01"]


@pytest.mark.parametrize("texts", [["03/04 10:00:00"], ["04/03 10:00:00"]])
def test_payloads_show_the_order_of_a_date_without_a_year(texts: Sequence[str]) -> None:
    """The fourth of March would be the third of April."""
    times, _ = read(texts, ["2024-04-03T10:00:00Z"])
    assert times == ["2024-04-03T10:00:00"]
