"""The record of an event that a line states has the time of what is around it."""

from __future__ import annotations

from collections import deque

from ocpptui.importing.connections.log_connections import LogConnections
from ocpptui.importing.connections.stated_connections import StatedConnections
from ocpptui.importing.event_records import EventRecords
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.heard_frame import HeardFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.log_times import LogTimes
from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import Record, RecordKind, message_record

BEAT = '[2,"1","Heartbeat",{}]'


class LogOfEvents:
    """A log of one charge point."""

    def __init__(self) -> None:
        self.tally = ImportTally()
        connections = LogConnections(self.tally, None, 0)
        stated = StatedConnections(connections)
        stated.know("CP-7", "")
        self.events = EventRecords(stated, connections, LogTimes(self.tally, ImportOptions(), 0), self.tally)

    def state(self, text: str, time: int | None = None) -> list[Record]:
        found = FoundFrame("", line=1, time=time, dated=True, zoned=True, stated=text)
        beat = HeardFrame(FoundFrame(BEAT, line=2, time=9_000_000), parse(BEAT), "Heartbeat", None, charge_point="CP-7")
        return self.events.take(HeardFrame(found, None, "", None), deque((beat,)))


def _frame() -> Record:
    return message_record(BEAT, time=5, connection=1, direction=Direction.TO_CSMS)


def test_events_without_a_time_wait_for_the_first_frame() -> None:
    """They would be in 1970, and the recording seem to take decades."""
    log = LogOfEvents()
    assert log.state("INFO CP-7 connected") == []
    assert not log.events.follow_frames
    event, frame = log.events.begin_with(_frame())
    assert (event.kind, event.time, event.charge_point) == (RecordKind.CONNECTION, 5, "CP-7")
    assert event.detail["guessed"] == ["connection event", "version", "time"]
    assert frame.kind is RecordKind.CALL
    assert log.events.begin_with(_frame()) == [_frame()], "none waits any more"


def test_an_event_with_a_time_waits_for_nothing() -> None:
    log = LogOfEvents()
    (event,) = log.state("CP-7 connected", time=3_000_000)
    assert (event.time, event.detail["event"]) == (3_000_000, "opened")
    assert log.tally.guessed["connection event"] == 1


def test_a_line_of_nobody_has_no_record() -> None:
    log = LogOfEvents()
    assert log.state("INFO CP-8 connected") + log.events.begin_with(_frame()) == [_frame()]
