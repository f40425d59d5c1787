"""A recording written record by record, as a live connection would write it."""

from __future__ import annotations

from pathlib import Path

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

SECOND = 1_000_000
START = 1_790_000_000 * SECOND


class Tape:
    """A recording in the making: each method call adds one record, one second after the one before."""

    def __init__(self, path: Path) -> None:
        self.writer = RecordingWriter(path)
        self.timeline = Timeline(self.writer)
        self.now = START
        self.charge_point = "CP-REC"
        self.version: Version | None = Version.V16
        self.connection = 1

    def up(self, raw: str | bytes, after: float = 1.0, masked: tuple[str, ...] = ()) -> int:
        """Add a message of the charge point; return its index in the recording."""
        return self._message(Direction.TO_CSMS, raw, after, masked)

    def down(self, raw: str | bytes, after: float = 1.0, masked: tuple[str, ...] = ()) -> int:
        """Add a message of the central system; return its index in the recording."""
        return self._message(Direction.TO_CHARGE_POINT, raw, after, masked)

    def event(self, event: ConnectionEvent) -> int:
        self.now += SECOND
        detail = {"event": event.value}
        return self._append(
            Record(
                self.now, self.connection, RecordKind.CONNECTION, None, self.charge_point, self.version, detail=detail
            )
        )

    def set_clock(self, seconds: int) -> int:
        """Add the note that the clock of the machine was set."""
        self.now += seconds * SECOND
        detail = {"text": "The clock was set.", "clockSetMs": seconds * 1000}
        return self._append(Record(self.now, 0, RecordKind.NOTE, detail=detail))

    def _message(self, direction: Direction, raw: str | bytes, after: float, masked: tuple[str, ...]) -> int:
        self.now += int(after * SECOND)
        record = message_record(
            raw,
            time=self.now,
            connection=self.connection,
            direction=direction,
            charge_point=self.charge_point,
            version=self.version,
        )
        if masked:
            record = Record(**{name: getattr(record, name) for name in _FIELDS}, masked=masked)
        return self._append(record)

    def _append(self, record: Record) -> int:
        return self.timeline.append(record)


_FIELDS = ("time", "connection", "kind", "direction", "charge_point", "version", "raw")
