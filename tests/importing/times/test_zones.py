from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.payload_times import Witness
from ocpptui.importing.times.zones import Zone
from ocpptui.ocpp.date_times import HOUR, SECOND, micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import way
from tests.importing.reading import check, read

TIMES = st.datetimes(datetime(1971, 1, 2), datetime(2037, 12, 30))


@given(st.lists(TIMES, max_size=6), st.timedeltas(timedelta(0), timedelta(minutes=2)))
def test_a_time_of_this_machine_is_the_same_after_any_other(times: list[datetime], apart: timedelta) -> None:
    """The offset of a minute is remembered; the clocks may have been changed in the next one."""
    zone = Zone()
    for time in [one + shift for one in times for shift in (timedelta(0), apart)]:
        universal = time.astimezone()
        shown = micros_of(time.replace(tzinfo=universal.tzinfo)) + (universal.utcoffset() or timedelta()) // timedelta(
            microseconds=1
        )
        assert zone.to_utc(shown) == micros_of(universal)


def test_clocks_that_differ_by_minutes_show_the_zone_if_nothing_else_does() -> None:
    """The log of a charge point whose clock is wrong would be hours away from its payloads."""
    zone = Zone()
    zone.learn(5 * HOUR + 27 * 60 * SECOND, Witness(0, False))
    assert "UTC+05:30" in zone.decide()
    zone.learn(2 * HOUR, Witness(0, True))
    assert "UTC+02:00" in zone.decide()


SPRING, AUTUMN = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
LATER = timedelta(days=90)


def _two_offsets(path: Path, frames: list[Exchanged], change: datetime, hours: tuple[float, float], style: str) -> None:
    """Write the lines of a log whose clock is so many hours ahead of UTC before and after a moment."""
    lines = [
        f"{frame.local(hours[frame.time >= change]):{style}} {way(frame, 'recv', 'send')} {frame.name}: {frame.raw}\n"
        for frame in frames
    ]
    path.write_text("".join(lines))


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize(("change", "hours"), [(SPRING, (1, 2)), (AUTUMN, (2, 1))])
@pytest.mark.parametrize(
    ("before", "style"),
    [
        *product((5, 15), ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%b %d %H:%M:%S")),
        (5, "%H:%M:%S"),  # a time of the present must show that no day has passed
    ],
)
def test_each_frame_has_its_time_where_the_clocks_are_changed(
    tmp_path: Path, before: int, change: datetime, hours: tuple[float, float], style: str, version: Version
) -> None:
    """Every frame of that night would be hours away, as the zone of the machine that opens it would be taken."""
    frames = conversation(("CP-77", "CP-78"), version, change - timedelta(seconds=before))
    path = tmp_path / "night.log"
    _two_offsets(path, frames, change, hours, style)
    found = read(path)
    check(found, frames, timedelta(seconds=1))
    told = [sentence for sentence in found.importer.evidence if "clocks were changed" in sentence]
    assert len(told) == 1
    assert not found.importer.warnings


def test_a_long_log_goes_on_with_summer_time(tmp_path: Path) -> None:
    """The change is far behind what was learned from the beginning of the file."""
    begin = SPRING - timedelta(seconds=40 * 30)
    frames = [
        one
        for number in range(60)
        for one in conversation((f"A{number}", f"B{number}"), Version.V16, begin + timedelta(seconds=40 * number))
    ]
    path = tmp_path / "long.log"
    _two_offsets(path, frames, SPRING, (1, 2), "%Y-%m-%d %H:%M:%S")
    times = [record.time for record in read(path).records]
    assert max(abs(time - micros_of(one.time)) for time, one in zip(times, frames, strict=True)) <= SECOND


@pytest.mark.parametrize("hours", [(2.0, 0.0), (0.0, 9.0), (-5.0, 5.5)])
def test_the_logs_of_two_machines_one_after_the_other_have_their_own_zones(
    tmp_path: Path, hours: tuple[float, float]
) -> None:
    """The log of the charge point, which is in UTC, would be moved by the zone of the central system's."""
    first = conversation(("CP-77", "CP-78"), Version.V16, SPRING)
    second = conversation(("CP-79", "CP-80"), Version.V16, SPRING + LATER)
    path = tmp_path / "both.log"
    _two_offsets(path, [*first, *second], SPRING + LATER, hours, "%Y-%m-%d %H:%M:%S")
    found = read(path)
    times = [(record.time, one.time) for record, one in zip(found.records, [*first, *second], strict=True)]
    assert max(abs(time - micros_of(known)) for time, known in times) <= SECOND
    assert any("Another clock wrote the rest" in sentence for sentence in found.importer.evidence)


def test_the_zone_of_the_user_holds_where_payloads_show_another(tmp_path: Path) -> None:
    frames = conversation(("CP-77", "CP-78"), Version.V16, AUTUMN - timedelta(seconds=10))
    path = tmp_path / "night.log"
    _two_offsets(path, frames, AUTUMN, (2, 1), "%Y-%m-%d %H:%M:%S")
    shown = [frame.local(2 if frame.time < AUTUMN else 1).replace(tzinfo=UTC) for frame in frames]
    times = [record.time for record in read(path, ImportOptions(utc_offset=180)).records]
    assert max(abs(time - micros_of(at) + 3 * HOUR) for time, at in zip(times, shown, strict=True)) <= SECOND


def test_payloads_that_contradict_each_other_change_nothing() -> None:
    """One clock of a charge point that is an hour wrong is no change of the clocks."""
    zone = Zone()
    for ahead in (0, 1, 0, 1, 0, 1):
        zone.learn(ahead * HOUR, Witness(0, True))
    assert "contradict" in zone.decide()
    told = Zone(0)
    assert not told.leaps(0)
    assert not told.leaps(5 * HOUR)
