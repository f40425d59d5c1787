"""A file shows the time that passes for a charge point as long as others go on beside it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ocpptui.diagnosis.checker_run import station_key
from ocpptui.diagnosis.recorded_until import Silence, recorded_until
from ocpptui.diagnosis.trace import read_trace
from ocpptui.ocpp.date_times import SECOND
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline
from tests.kit.rule_recordings import NEVER, read_diagnosed

BOOTED = """
{0}:00 opened
{0}:01 > BootNotification {{"chargePointVendor":"A","chargePointModel":"B"}}
{0}:01 < ok {{"currentTime":"2026-01-01T{0}:01Z","interval":60,"status":"Accepted"}}
{0}:02 > StatusNotification {{"connectorId":0,"errorCode":"NoError","status":"Available"}}
{0}:02 < ok
{0}:03 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Available"}}
{0}:03 < ok
"""


def goes_on(begin: int, minutes: int) -> str:
    """A charge point that boots at so many minutes past ten, and sends heartbeats for so long."""
    times = (f"10:{minute:02}" for minute in range(begin + 1, begin + minutes + 1))
    beats = (f'{one}:01 > Heartbeat {{}}\n{one}:01 < ok {{"currentTime":"2026-01-01T{one}:01Z"}}\n' for one in times)
    return BOOTED.format(f"10:{begin:02}") + "".join(beats)


def written(path: Path, *traces: str) -> Path:
    """Each at a charge point of its own, CP1 the first, by time."""
    records = [
        replace(record, connection=number, charge_point=f"CP{number}")
        for number, trace in enumerate(traces, 1)
        for record in read_trace(trace).records
    ]
    path.write_bytes(b"".join(map(to_line, sorted(records, key=lambda record: record.time))))
    return path


def silent(path: Path, patch: pytest.MonkeyPatch, large: int = NEVER) -> list[str]:
    """The charge points that have fallen silent."""
    opening = read_diagnosed(path, large, patch)
    timeline = opening.session.timeline
    found = [
        timeline.record(index).charge_point
        for index, noticed in sorted(timeline.noticed.items())
        for one in noticed
        if one.rule == "heartbeat.missing"
    ]
    asyncio.run(opening.close())
    return found


@pytest.mark.parametrize("large", [0, NEVER])
def test_a_charge_point_that_falls_silent_while_others_go_on_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """The log of a central system has it offline since then, and support asks for just that."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    path = written(tmp_path / "a.jsonl", goes_on(0, 3), goes_on(1, 30), goes_on(2, 29))
    assert silent(path, monkeypatch, large) == ["CP1"]


@pytest.mark.parametrize(
    "traces",
    [
        pytest.param((goes_on(0, 3),), id="one alone"),
        pytest.param((goes_on(0, 10), goes_on(11, 20)), id="one after the other"),
        pytest.param((goes_on(0, 3) + "10:04:00 closed\n", goes_on(1, 30)), id="closed"),
        pytest.param((goes_on(0, 28), goes_on(1, 29)), id="both to the end"),
    ],
)
def test_nobody_is_silent_whom_the_file_may_have_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, traces: tuple[str, ...]
) -> None:
    """Each of several logs in a file would end with a false alarm."""
    assert silent(written(tmp_path / "a.jsonl", *traces), monkeypatch) == []


def test_a_file_goes_on_for_those_who_were_recorded_beside_others() -> None:
    def record(second: int, name: str) -> Record:
        (first,) = read_trace("10:00:00 > Heartbeat {}").records
        return replace(first, time=first.time + second * SECOND, connection=int(name[-1]), charge_point=name)

    timeline = Timeline()
    for second, name in enumerate(["CP1", "CP2", "CP1", "CP2", "CP3", "CP3"]):
        timeline.append(record(second, name))
    begin = timeline.times[0]
    assert recorded_until(timeline, station_key) == {"CP1": Silence(2, begin + 3 * SECOND)}
    timeline.reach = lambda index: begin + 2 * SECOND
    assert recorded_until(timeline, station_key) == {"CP1": Silence(2, begin + 2 * SECOND)}
    assert recorded_until(Timeline(), station_key) == {}
