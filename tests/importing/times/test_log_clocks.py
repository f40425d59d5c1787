"""The clocks of a log with the lines of several programs. If this fails, the lines of one of them are hours off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.log_clocks import LogClocks
from ocpptui.importing.times.payload_times import Witness
from ocpptui.ocpp.date_times import HOUR, time_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.reading import check, read

TEN = time_of("2026-03-14T10:00:00Z") or 0
CENTRAL = "csms-1  | 2026-03-14 11:00:00,100 INFO ocpp CP-77: received"
STATION = "sim-1   | [2026-03-14 10:00:00] CP-77 sent"


def _learned(*lines: tuple[str, int, bool | None], chosen: int | None = None) -> tuple[LogClocks, list[str]]:
    """Clocks that have seen these lines, each with the hours that it is ahead of UTC, and whether its payload states
    the present; None if it states no time."""
    clocks = LogClocks(chosen)
    for prefix, hours, is_now in lines:
        witness = None if is_now is None else Witness(TEN, is_now=is_now)
        clocks.learn(_found(prefix), TEN + hours * HOUR, witness, dated=True)
    return clocks, list(clocks.decide())


def _found(prefix: str) -> FoundFrame:
    return FoundFrame("", prefix=prefix)


def test_each_kind_of_line_has_the_zone_that_its_payloads_show() -> None:
    clocks, told = _learned((CENTRAL, 1, True), (STATION, 0, True), (CENTRAL, 1, True), (STATION, 0, True))
    shown = "have no zone; compared with the times in 2 payloads, they are in"
    assert told == [
        f"Its times like `csms-1  | 2026-03-14 11:00:00,100` {shown} UTC+01:00.",
        f"Its times like `sim-1   | [2026-03-14 10:00:00` {shown} UTC+00:00.",
    ]
    for prefix, hours in ((CENTRAL, 1), (CENTRAL.replace("INFO", "DEBUG").replace("11:00", "12:34"), 1), (STATION, 0)):
        assert clocks.of(_found(prefix)).offset == hours * HOUR


def test_the_level_before_a_time_makes_no_other_clock() -> None:
    """Lines of a level whose payloads have no times would be read as local time of this machine."""
    clocks, _ = _learned(
        ("[INFO ] 2026-03-14 11:00:00", 1, True), ("[DEBUG] 2026-03-14 11:00:00", 1, None), (STATION, 0, True)
    )
    assert clocks.of(_found("[DEBUG] 2026-03-14 11:00:01")).offset == HOUR


@pytest.mark.parametrize(
    "lines",
    [
        [(CENTRAL, 1, True), (STATION, 1, True)],
        [(CENTRAL, 1, True), (STATION, 1, None)],
        [(CENTRAL, 1, True), (CENTRAL, 1, True), (STATION, 0, False)],  # a status of the past
    ],
)
def test_one_clock_is_one_where_nothing_shows_another(lines: list[tuple[str, int, bool | None]]) -> None:
    clocks, (told,) = _learned(*lines)
    assert told.startswith("Its times have no zone; ")
    assert clocks.of(_found(STATION)) is clocks.of(_found(CENTRAL))
    assert clocks.of(_found(STATION)).offset == HOUR


def test_the_zone_of_the_user_is_that_of_all_lines() -> None:
    clocks, told = _learned((CENTRAL, 1, True), (STATION, 0, True), chosen=120)
    assert told == ["Its times have no zone; they are in UTC+02:00, as the user says."]
    assert {clocks.of(_found(prefix)).offset for prefix in (CENTRAL, STATION)} == {2 * HOUR}


def test_what_other_lines_are_read_as_is_said() -> None:
    clocks, told = _learned((CENTRAL, 1, True), (STATION, 0, True), ("proxy 2026-03-14 13:00:00", 3, None))
    assert told[2] == (
        "Its other times have no zone, and no payload shows which; the local time of this machine is assumed."
    )
    assert clocks.of(_found("proxy 2026-03-14 13:00:01")).offset is None


def _central_system(frame: Exchanged) -> str:
    time = frame.time + timedelta(hours=1)
    return f"csms-1  | {time:%Y-%m-%d %H:%M:%S.%f} INFO {frame.name}: {'received' if frame.up else 'sent'} {frame.raw}"


def _simulator(frame: Exchanged) -> str:
    return (
        f"sim-1   | [{frame.time:%d.%m.%Y %H:%M:%S.%f}] {frame.name}: {'sent' if frame.up else 'received'} {frame.raw}"
    )


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("keep_copies", [False, True])
def test_two_programs_in_one_log_write_other_zones(tmp_path: Path, version: Version, *, keep_copies: bool) -> None:
    """Half of the frames would be an hour early, or each would be there twice."""
    frames = conversation(("CP-77", "CP-78"), version)
    log = tmp_path / "compose.log"
    log.write_text("".join(f"{_central_system(frame)}\n{_simulator(frame)}\n" for frame in frames))
    found = read(log, ImportOptions(keep_copies=keep_copies))
    if keep_copies:
        twice = [replace(frame, half=None) for frame in frames for _ in range(2)]
        assert [record.raw for record in found.records] == [frame.raw for frame in twice]
        times = [datetime.fromtimestamp(record.time / 1_000_000, UTC) for record in found.records]
        assert [time.hour for time in times] == [frame.time.hour for frame in twice]
    else:
        check(found, frames, timedelta(milliseconds=1))
