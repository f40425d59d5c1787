"""What a record is, read from the numbers in the columns."""

from __future__ import annotations

from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.version import Version
from ocpptui.timeline.counts import Counts
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from tests.timeline.memory_timeline import DOWN, UP, MemoryTimeline, heartbeat


def test_a_record_without_a_message_keeps_its_position(tape: MemoryTimeline) -> None:
    timeline = tape.timeline
    opened = tape.event(ConnectionEvent.OPENED)
    note = tape.add(Record(5, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": "here"}))
    ping = tape.add(Record(6, 1, RecordKind.PING, UP, "CP001"))
    malformed = tape.message("[2,")
    assert [timeline.kind(index) for index in range(4)] == [
        RecordKind.CONNECTION,
        RecordKind.NOTE,
        RecordKind.PING,
        RecordKind.MALFORMED,
    ]
    assert (timeline.event(opened), timeline.event(note)) == (ConnectionEvent.OPENED, None)
    assert timeline.origin(note) is Origin.MANUAL
    assert (timeline.direction(note), timeline.direction(ping)) == (None, UP)
    assert [timeline.frame(index) for index in (opened, note, ping)] == [None, None, None]
    assert isinstance(timeline.frame(malformed), Malformed)
    assert timeline.counts == Counts(4, 0, 0, 0, 0, 1, 0, 0)


def test_charge_points_and_connections_are_named_once_in_order(tape: MemoryTimeline) -> None:
    tape.message(heartbeat("1"), connection=5, charge_point="B")
    tape.message(heartbeat("1"), connection=3, charge_point="A")
    tape.message(heartbeat("2"), connection=5, charge_point="B")
    tape.add(Record(0, 0, RecordKind.NOTE))
    assert (tuple(tape.timeline.connections()), tape.timeline.charge_points()) == ((5, 3), ("B", "A"))
    assert tape.timeline.free_connection(5) == 6
    assert tape.timeline.free_connection(4) == 4


def test_masked_records_are_marked(tape: MemoryTimeline) -> None:
    masked = tape.add(Record(0, 1, RecordKind.CALL, DOWN, "A", Version.V16, '[2,"1","X",{}]', masked=("$.value",)))
    assert tape.timeline.is_masked(masked)
    assert not tape.timeline.is_masked(tape.message(heartbeat("2")))


def test_an_action_name_of_megabytes_is_cut(tape: MemoryTimeline) -> None:
    """A hostile peer must not fill the memory with names."""
    index = tape.message(f'[2,"1","{"x" * 10_000}",{{}}]')
    assert len(tape.timeline.action(index)) == 100
    answer = tape.message('[3,"1",{}]', DOWN)
    assert tape.timeline.other_half(answer) == index
