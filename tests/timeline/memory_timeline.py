"""A timeline of records that are in memory alone, as the tests of this room fill it."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


class MemoryTimeline:
    """A timeline over memory, and short words to fill it."""

    def __init__(self, late_after: int = 30_000_000) -> None:
        self.timeline = Timeline(late_after=late_after)

    def add(self, record: Record) -> int:
        return self.timeline.append(record)

    def message(self, raw: str | bytes, direction: Direction = UP, time: int = 0, **others: Any) -> int:
        given: dict[str, Any] = {"connection": 1, "charge_point": "CP001", "version": Version.V16, **others}
        return self.add(message_record(raw, time=time, direction=direction, **given))

    def event(self, event: ConnectionEvent, connection: int = 1) -> int:
        return self.add(Record(0, connection, RecordKind.CONNECTION, detail={"event": event.value}))


def heartbeat(message_id: str) -> str:
    return f'[2,"{message_id}","Heartbeat",{{}}]'


def beaten(message_id: str) -> str:
    return f'[3,"{message_id}",{{"currentTime":"2026-01-01T00:00:00Z"}}]'
