"""The records of the connection events that lines of a log state."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.importing.connections.log_connections import LogConnections
from ocpptui.importing.connections.stated_connections import StatedConnections
from ocpptui.importing.heard_frame import HeardFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.log_times import LogTimes
from ocpptui.importing.words.western_letters import legible
from ocpptui.timeline.record import Record, RecordKind


class EventRecords:
    """Makes the records of events, in their turn. One without a time has that of the frame before it; those before the
    first frame wait for it."""

    def __init__(
        self, stated: StatedConnections, connections: LogConnections, times: LogTimes, tally: ImportTally
    ) -> None:
        self._stated = stated
        self._connections = connections
        self._times = times
        self._tally = tally
        self._leading: list[Record] = []  # the events before the first frame whose lines have no time
        self.follow_frames = False
        """Whether a frame has come."""

    def begin_with(self, record: Record) -> list[Record]:
        """The first frame, behind the events that waited for it."""
        leading, self._leading = self._leading, []
        for event in leading:
            event.time = record.time
        self.follow_frames = True
        return [*leading, record]

    def take(self, heard: HeardFrame, ahead: Sequence[HeardFrame]) -> list[Record]:
        """The record of the event that a line states; none if nothing certain is stated, or if it has to wait. `ahead`
        is what follows it."""
        record = self._record_of(heard, ahead)
        if record is None:
            return []
        if self._has_time(heard):
            return [record]
        self._leading.append(record)
        return []

    def _has_time(self, heard: HeardFrame) -> bool:
        return self.follow_frames or heard.found.time is not None

    def _record_of(self, heard: HeardFrame, ahead: Sequence[HeardFrame]) -> Record | None:
        found, guessed, time = heard.found, ["connection event"], 0
        stated = self._stated.event_of(heard, found.time or 0, ahead)
        if stated is None:
            return None
        name, own = heard.charge_point, heard.connection = stated.charge_point, stated.connection
        version = self._connections.version_of(self._connections.of(name, own, found.transport), None, guessed)
        if self._has_time(heard):
            time = self._times.time_of(heard, ahead, guessed)
        else:
            guessed.append("time")
        for what in guessed:
            self._tally.guess(what)
        detail = {**stated.detail, "guessed": guessed}
        if "time" in guessed and not self._times.is_counted(found):
            detail["timeless"] = True
        kind, name = RecordKind.CONNECTION, legible(name)
        return Record(time, stated.number, kind, None, name, version, detail=detail, line=found.line)
