"""How a record gets into a session: masked, into the recording, into the timeline, to the listeners."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from ocpptui.recording.line_format import raw_as_json
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.record_listeners import RecordListeners
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline


class RecordIntake:
    """Takes records, one after the other."""

    def __init__(
        self, timeline: Timeline, masking: Masking, writer: RecordingWriter | None, listeners: RecordListeners
    ) -> None:
        self._timeline = timeline
        self._masking = masking
        self._writer = writer
        self._listeners = listeners
        self._flushes_soon = False

    def as_kept(self, record: Record) -> Record:
        """The record as it will be kept; takes long for a large one."""
        kept = self._masking.masked(record)
        return replace(kept, raw_json=raw_as_json(kept.raw)) if isinstance(kept.raw, str) else kept

    def append(self, record: Record, kept: Record | None = None, stored: Callable[[], None] | None = None) -> int:
        """Take a record; return its index. `kept` and `stored` are as in `network.connection.Observer`."""
        index = self._timeline.append(self._masking.masked(record) if kept is None else kept, stored=stored)
        if stored is not None:
            self._listeners.tell_later(index)
            return index
        if self._writer is not None:
            if not record.kind.is_message:  # there are few of them
                self._writer.flush()
            elif not self._flushes_soon:
                self._flush_soon(self._writer)
        self._listeners.tell(index)
        return index

    def flush(self) -> None:
        """Write what was taken before something is sent."""
        if self._writer is not None:
            self._writer.flush()

    def _flush_soon(self, writer: RecordingWriter) -> None:
        """Write what this turn of the event loop records with one system call, at its end."""
        try:
            asyncio.get_running_loop().call_soon(self._flush, writer)
            self._flushes_soon = True
        except RuntimeError:  # there is no event loop
            writer.flush()

    def _flush(self, writer: RecordingWriter) -> None:
        self._flushes_soon = False
        writer.flush()
