"""Times in the notations of loggers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.times.timestamps import best_moment, moment_in, slot_of
from ocpptui.ocpp.date_times import rfc3339_text, time_of

NOTATIONS = {
    "2024-02-26 09:10:45,446": "2024-02-26T09:10:45.446000Z",
    "2024/02/26 09:10:45": "2024-02-26T09:10:45.000000Z",
    "2024-02-26T09:10:45.195996200Z": "2024-02-26T09:10:45.195996Z",
    "2024-02-26T09:10:45-04:00": "2024-02-26T13:10:45.000000Z",
    "10/1/2023, 4:25:10 PM": "2023-10-01T16:25:10.000000Z",
    "31/1/2023 16:25:10": "2023-01-31T16:25:10.000000Z",
    "Oct 1, 2023, 4:25:10 PM": "2023-10-01T16:25:10.000000Z",
    "October 1, 2023 at 4:25:10 PM": "2023-10-01T16:25:10.000000Z",
    "Oct 1st 23, 04:25:10": "2023-10-01T04:25:10.000000Z",
    "October 3rd 2023, 12:25:10 am": "2023-10-03T00:25:10.000000Z",
    "1 Oct 2023, 04:25:10 PM": "2023-10-01T16:25:10.000000Z",
    "24. Oktober 2023 um 16:25:10": "2023-10-24T16:25:10.000000Z",
    "24.10.23, 16:25:10": "2023-10-24T16:25:10.000000Z",
    "24.10.23 16:25:10": "2023-10-24T16:25:10.000000Z",
    "10/24/23, 4:25:10 PM": "2023-10-24T16:25:10.000000Z",
    "10/24/23 4:25:10 PM": "2023-10-24T16:25:10.000000Z",
    "2023-10-24, 4:25:10 p.m.": "2023-10-24T16:25:10.000000Z",
    "2023-10-24 4:25:10 PM": "2023-10-24T16:25:10.000000Z",
    "2023/4/5 16:25:10": "2023-04-05T16:25:10.000000Z",
    "2023/4/5 下午4:25:10": "2023-04-05T16:25:10.000000Z",
    "2023-10-24 16:25:10 am Gate 2": "2023-10-24T16:25:10.000000Z",
    "22.7.2024, 20:49:32": "2024-07-22T20:49:32.000000Z",
    "Fri Aug 22 2025 08:21:01 GMT+0530 (India Standard Time)": "2025-08-22T02:51:01.000000Z",
    "10/Oct/2000:13:55:36 -0700": "2000-10-10T20:55:36.000000Z",
    "Sun, 06 Nov 1994 08:49:37 GMT": "1994-11-06T08:49:37.000000Z",
    "20240226T091045Z": "2024-02-26T09:10:45.000000Z",
    "1704067200": "2024-01-01T00:00:00.000000Z",
    "1704067200.123": "2024-01-01T00:00:00.123000Z",
    "1704067200123": "2024-01-01T00:00:00.123000Z",
    "1704067200123456": "2024-01-01T00:00:00.123456Z",
    "1704067200123456789": "2024-01-01T00:00:00.123456Z",
    "24/02/26 09:10:45": "2026-02-24T09:10:45.000000Z",
    "10/24/23 16:25:10": "2023-10-24T16:25:10.000000Z",
    "24/02/2026 09:10:45:446": "2026-02-24T09:10:45.446000Z",
    "Feb 26, 2024, 09:10:45:446": "2024-02-26T09:10:45.446000Z",
    "2025-12-13\t16:30:16,627": "2025-12-13T16:30:16.627000Z",
    "2026-03-01 10:00:00 GMT+2": "2026-03-01T08:00:00.000000Z",
    "2026-03-01 10:00:00 UTC-5:30": "2026-03-01T15:30:00.000000Z",
    "2026-03-01 10:00:00.123+02": "2026-03-01T08:00:00.123000Z",
    "2026-03-01T10:00:00-05": "2026-03-01T15:00:00.000000Z",
    "29-FEB-24 01.59.50.000000 PM": "2024-02-29T13:59:50.000000Z",
    "29-Feb-24 01.59.50.123 PM +02:00": "2024-02-29T11:59:50.123000Z",
    "29-Feb-24 13:59:50": "2024-02-29T13:59:50.000000Z",
    "2026.03.01-12.00.00": "2026-03-01T12:00:00.000000Z",
    "2026-03-01_12-00-00": "2026-03-01T12:00:00.000000Z",
    "2025 Mar  1 12:00:00": "2025-03-01T12:00:00.000000Z",
    "[2026-03-14 Sat 09:30]": "2026-03-14T09:30:00.000000Z",
    "<2026-03-14 Sa. 9:30:05>": "2026-03-14T09:30:05.000000Z",
    "2026-03-14 суббота 09:30:05.250 +0200": "2026-03-14T07:30:05.250000Z",
    "2026/03/14, Saturday, 09:30:05": "2026-03-14T09:30:05.000000Z",
    "2025 Mar 1 12:00:00.123 UTC": "2025-03-01T12:00:00.123000Z",
    "2026_03_01_12_00_00": "2026-03-01T12:00:00.000000Z",
    "20260301120000": "2026-03-01T12:00:00.000000Z",
    "20260301120000123": "2026-03-01T12:00:00.123000Z",
    "datetime.datetime(2026, 3, 1, 12, 0)": "2026-03-01T12:00:00.000000Z",
    "datetime(2026, 3, 1, 12, 0, 5)": "2026-03-01T12:00:05.000000Z",
    "datetime.datetime(2026, 3, 1, 12, 0, 0, 1500, tzinfo=datetime.timezone.utc)": "2026-03-01T12:00:00.001500Z",
    "260304  9:30:00": "2026-03-04T09:30:00.000000Z",
    "260304 093000": "2026-03-04T09:30:00.000000Z",
}


DATES = [
    *(
        "2024-11-25",
        "2024/11/25",
        "2024.11.25",
        "25.11.2024",
        "25/11/2024",
        "25-Nov-2024",
        "25 Nov 2024",
        "25/Nov/2024",
    ),
    *("Nov 25, 2024", "Nov 25 2024", "25. November 2024", "Mon, 25 Nov 2024", "Nov/25/2024", "Nov-25-2024"),
    *("2024-Nov-25", "2024/Nov/25"),
]
DATES_WITHOUT_YEAR = ["Nov 25", "Nov/25", "25 Nov", "25-Nov", "25/11", "25.11.", "11-25"]


@pytest.mark.parametrize("between", [" ", "T", ", ", " - ", " @ ", "@", " at ", " | ", "_", "-", ":", "  ", "\t"])
@pytest.mark.parametrize("date", DATES)
def test_every_date_is_read_with_every_sign_before_its_time(date: str, between: str) -> None:
    """If a sign between both hid the date, as Kibana's `@` did, a log of another year would be shown as of today."""
    moment = best_moment(f"INFO {date}{between}12:34:21.604 RX ")
    assert moment is not None and moment.dated and moment.yeared
    assert time_of("2024-11-25T12:34:21.604Z") in (moment.time, *(moment.readings or ()))


@pytest.mark.parametrize("between", [" ", ", ", " - ", " @ ", " | "])
@pytest.mark.parametrize("date", DATES_WITHOUT_YEAR)
def test_every_date_without_a_year_is_read(date: str, between: str) -> None:
    """If only the time of day was read, as of Android's logs, all days of a log would become the day of the file."""
    moment = best_moment(f"{date}{between}12:34:21.604 RX ")
    assert moment is not None and moment.dated and not moment.yeared
    assert time_of("1972-11-25T12:34:21.604Z") in (moment.time, *(moment.readings or ()))


def test_the_date_of_glog_is_read() -> None:
    """klog of Kubernetes and glog write the month and day behind the level."""
    moment = best_moment("I1125 12:34:21.604000 1234 file.go:12] RX ")
    assert moment is not None and moment.dated and not moment.yeared
    assert moment.time == time_of("1972-11-25T12:34:21.604Z")


@pytest.mark.parametrize("text", ["ocpp 1.6 12:34:21", "retry 1/3 12:34:21", "CP-12-34 12:34:21"])
def test_a_number_before_a_time_of_day_is_no_date(text: str) -> None:
    """A version or a counter would otherwise move the frames of a log to other days."""
    moment = best_moment(text)
    assert moment is not None and not moment.dated


@pytest.mark.parametrize("text", NOTATIONS)
def test_every_notation_is_read(text: str) -> None:
    """If its times were not recognised, all rows of a log would have the same time."""
    moment = best_moment(f"[{text}] INFO ")
    assert moment is not None
    assert rfc3339_text(moment.time) == NOTATIONS[text]


def test_the_most_complete_of_several_times_is_used() -> None:
    """A line may begin with the times of docker, of syslog and of the program itself."""
    for text, expected in (
        ("Okt 11 11:40:20 pvm evcc[25224]: TRACE 2023/10/11 11:40:21 ", "2023-10-11T11:40:21Z"),
        ("2024-06-03 14:17:22 2024-06-03 18:17:22.841 DEBUG ", "2024-06-03T18:17:22.841Z"),
        ("2024-06-03T14:17:22.123Z 2024-06-03 18:17:22 ", "2024-06-03T14:17:22.123Z"),
    ):
        moment = best_moment(text)
        assert moment is not None and moment.time == time_of(expected)


@pytest.mark.parametrize(
    "error",
    [
        'parsing time "2023-10-19T15:28:07" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"',
        r"parsing time \"2023-10-19T15:28:07\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"",
        'parsing time "2023-10-19T25:28:07Z": hour out of range',
        "time data '2023-10-19T15:28:07.123Z' does not match format '%Y-%m-%dT%H:%M:%SZ'",
        "Text '2023-10-19T15:28:07.123+02:00' could not be parsed at index 19",
        'Unparseable date: "2023-10-19T15:28:07.123Z"',
        "Invalid isoformat string: '2023-10-19T15:28:07.123Z'",
    ],
)
def test_a_time_that_a_parser_rejected_is_not_that_of_the_line(error: str) -> None:
    """Frames would be years off: the format of Go has a date of 2006, and a zone that makes it the most complete."""
    for line in ("2023/10/19 17:03:59", "Oct 19 17:03:59 host"):
        moment = best_moment(f"{line} ocpp message (288115): FormationViolation - {error} (")
        assert moment is not None and (moment.start, moment.end) == (0, len(line.removesuffix(" host")))


@pytest.mark.parametrize("month", ["Okt", "oct.", "okt", "ott", "Oct", "october"])
def test_month_names_are_read_in_several_languages(month: str) -> None:
    """journalctl uses the language of the machine."""
    moment = best_moment(f"{month} 11 11:40:20 host")
    assert moment is not None and rfc3339_text(moment.time) == "1972-10-11T11:40:20.000000Z" and not moment.yeared


@pytest.mark.parametrize("zone", ["datetime.timezone.utc", "timezone.utc", "<UTC>", "UTC"])
def test_an_object_of_python_may_be_in_utc(zone: str) -> None:
    """The frames would be some hours away."""
    moment = best_moment(f"'time': datetime.datetime(2026, 3, 1, 12, 0, 0, 1500, tzinfo={zone}), 'cp': 'CP-77'")
    assert moment is not None and moment.zoned and rfc3339_text(moment.time) == "2026-03-01T12:00:00.001500Z"


def test_text_that_is_not_a_time_gives_none() -> None:
    for text in ("", "at 2:03", "99:99:99", "id 12345", "v1.2.3", "connection 1"):
        assert best_moment(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_raising(text: str) -> None:
    """A strange line would stop the import."""
    moment = best_moment(text)
    assert moment is None or 0 <= moment.start < moment.end <= len(text)


@pytest.mark.parametrize(
    ("text", "zoned"),
    [
        ("Wed Jul  6 18:18:46 2022", False), ("Jul 6 18:18:46 2022", False), ("Wed Jul  6 18:18:46 CEST 2022", False),
        ("Wed Jul  6 18:18:46 UTC 2022", True),
    ],
)  # fmt: skip
def test_a_year_behind_the_time_is_read(text: str, zoned: bool) -> None:
    """As `asctime` and `date` write it: the year would be that of the file."""
    moment = best_moment(f"I (20141) station: {text} connected")
    assert moment is not None
    assert (moment.time, moment.zoned, moment.yeared) == (time_of("2022-07-06T18:18:46Z"), zoned, True)


def test_a_number_behind_a_time_without_a_year_is_none() -> None:
    moment = best_moment("Jul  6 18:18:46 2047.example ocppd: recv")
    assert moment is not None
    assert not moment.yeared


@given(st.sampled_from(sorted(NOTATIONS)), st.text("0123456789", min_size=25, max_size=25))
def test_a_time_at_a_known_place_is_the_one_that_is_found_without_knowing_it(notation: str, digits: str) -> None:
    """All lines of a log but the first of each shape are read so."""
    first = f"[{notation}] INFO "
    moment = best_moment(first)
    assert moment is not None
    given_digits = iter(digits)
    text = "".join(next(given_digits) if one.isdecimal() else one for one in first)
    found, expected = moment_in(text, slot_of(first, moment)), best_moment(text)
    if found is not None:
        assert expected is not None
        assert (found.start, found.end) == (moment.start, moment.end)
        assert found == expected or (expected.start, expected.end) != (found.start, found.end)
    else:
        assert expected is None or (expected.start, expected.end) != (moment.start, moment.end)


@given(
    st.sampled_from(("2024-02-26T09:10:45", "2024/02/26 09:10:45", "2024.02.26, 9:10:45", "2024-02-26_09:10:45")),
    st.sampled_from(("", ".1", ",123", ":123", ".123456789")),
    st.sampled_from(("", "Z", "+02:00", "-0530", "+02", " UTC", " PM", "am", "+2", " 10:11:12")),
    st.text("0123456789", min_size=40, max_size=40),
)
def test_a_field_that_is_a_time_is_read_as_any_text_is(date: str, fraction: str, zone: str, digits: str) -> None:
    """All times in the columns of a table, and in objects of JSON, are read by where their parts are."""
    given_digits = iter(digits)
    notation = f"{date}{fraction}{zone}"
    for text in (notation, "".join(next(given_digits) if one.isdecimal() else one for one in notation)):
        assert moment_of(text) == best_moment(text)


@pytest.mark.parametrize("ending", ["10:deadbeef", "10:45.deadbeef", "10:75.12345678", "61:45.12345678"])
def test_a_place_without_a_time_has_none(ending: str) -> None:
    """Digits of another line may be letters of a hexadecimal number in this one."""
    first, text = "2024-02-26 09:10:45.12345678", f"2024-02-26 09:{ending}"
    moment = best_moment(first)
    assert moment is not None
    found = moment_in(text, slot_of(first, moment))
    assert found is None or found == best_moment(text)


@given(st.integers(0, 86_399), st.integers(3, 9), st.integers(0, 999_999_999))
def test_a_colon_before_the_fraction_is_read(seconds: int, digits: int, fraction: int) -> None:
    """Fiddler writes it so, and Log4j in some patterns: each frame would be without a time."""
    micros, part = f"{fraction:09}"[:6], f"{fraction:09}"[:digits]
    moment = best_moment(f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{part} CP-77 recv")
    assert moment is not None and not moment.dated
    assert moment.time == seconds * 1_000_000 + int(micros[: min(digits, 6)].ljust(6, "0"))


@pytest.mark.parametrize("text", ["10:20:30:40:50:60 recv", "00:1A:2B:3C:4D:5E recv", "10:20:30:40 recv"])
def test_an_address_is_no_time(text: str) -> None:
    """The address of a charge point's network card would be the time of its frames."""
    assert best_moment(text) is None
