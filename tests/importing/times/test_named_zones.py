"""The name of a zone behind a time holds where no payload shows the offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.named_zones import is_zone_name, offset_of_name, zone_named_in
from ocpptui.ocpp.date_times import micros_of
from tests.importing.reading import Read, read

WITH_DATABASE = pytest.mark.skipif(not is_zone_name("Europe/Berlin"), reason="this machine has no tz database")


def _log(path: Path, times: list[str], current: str = "") -> Read:
    """A call and its answer at these times; `current` is the time in the answer."""
    answer = f'[3,"1",{{"currentTime":"{current}"}}]' if current else '[3,"1",{"idTagInfo":{"status":"Accepted"}}]'
    call = '[2,"1","Heartbeat",{}]' if current else '[2,"1","Authorize",{"idTag":"T1"}]'
    lines = [f"{times[0]} CP-77 recv {call}", f"{times[1]} CP-77 send {answer}"]
    path.write_text("\n".join(lines))
    return read(path)


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("CET", 1),
        ("CEST", 2),
        ("(CEST)", 2),
        ("EST", -5),
        ("PDT", -7),
        ("AEST", 10),
        pytest.param("Europe/Berlin", 2, marks=WITH_DATABASE),
        pytest.param("[America/New_York]", -4, marks=WITH_DATABASE),
    ],
)
@pytest.mark.parametrize("form", ["2026-07-14 09:30:0{}.250 {}", "14/Jul/2026:09:30:0{}.250 {}"])
def test_a_named_zone_is_that_of_the_times(tmp_path: Path, form: str, zone: str, hours: int) -> None:
    """They would be read in the zone of the machine that opens the log, hours away from those of other logs."""
    found = _log(tmp_path / "a.log", [form.format(second, zone) for second in (0, 1)])
    first = datetime(2026, 7, 14, 9, 30, 0, 250_000, tzinfo=UTC) - timedelta(hours=hours)
    assert [record.time - micros_of(first) for record in found.records] == [0, 1_000_000]
    assert all("zone" in record.detail["guessed"] for record in found.records)
    assert any(f"they are in {zone.strip('[()]')}, as their lines say" in one for one in found.importer.evidence)


def test_asctime_with_a_zone(tmp_path: Path) -> None:
    found = _log(tmp_path / "a.log", [f"Tue Jul 14 09:30:0{second} CEST 2026" for second in (0, 1)])
    assert found.records[0].time == micros_of(datetime(2026, 7, 14, 7, 30, tzinfo=UTC))


def test_the_clocks_are_changed_from_one_name_to_the_next(tmp_path: Path) -> None:
    """The answer would come an hour after its call."""
    times = ["2026-10-25 02:59:59.500 CEST", "2026-10-25 02:00:00.500 CET"]
    first, second = _log(tmp_path / "a.log", times).records
    assert second.time - first.time == 1_000_000


def test_a_payload_shows_more_than_a_name(tmp_path: Path) -> None:
    """Many programs write CET in summer too."""
    times = [f"2026-07-14 09:30:0{second}.250 CET" for second in (0, 1)]
    found = _log(tmp_path / "a.log", times, current="2026-07-14T07:30:01Z")
    assert found.records[0].time == micros_of(datetime(2026, 7, 14, 7, 30, 0, 250_000, tzinfo=UTC))


def test_the_user_overrules_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    _log(path, [f"2026-07-14 09:30:0{second}.250 CEST" for second in (0, 1)])
    (first, _) = read(path, ImportOptions(utc_offset=60)).records
    assert first.time == micros_of(datetime(2026, 7, 14, 8, 30, 0, 250_000, tzinfo=UTC))


def test_the_column_of_the_zone_may_have_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'time,timezone,charger,direction,message\n2026-07-14 09:30:00,CEST,CP-7,in,"[2,""1"",""Heartbeat"",{}]"\n'
    )
    (record,) = read(path).records
    assert record.time == micros_of(datetime(2026, 7, 14, 7, 30, tzinfo=UTC))


@pytest.mark.parametrize("text", ["09:30:00 RECV x", "09:30:00 INFO x", "09:30:00 CST", "09:30:00 CALL", "CEST", ""])
def test_a_word_behind_a_time_is_no_zone(text: str) -> None:
    """Nor is one that means several zones."""
    assert zone_named_in(text) == ""


@pytest.mark.parametrize("name", ["Etc/Nowhere", "Foo/../../Bar", "Europe/", "XYZ"])
def test_an_unknown_name_says_nothing(name: str) -> None:
    assert offset_of_name(name, 0) is None
