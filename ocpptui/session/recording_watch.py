"""Says what happens to the recording of a running session: it cannot be written, its file is gone, it grows fast."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

from ocpptui.recording.disk_room import size_text
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.timeline import Timeline

FLOOD = 100_000_000
"""Bytes within FLOOD_TIME that are reported as a flood. It is reported again when the recording has doubled."""
FLOOD_TIME = 60.0
"""Seconds."""
MOST_SEARCHED = 20_000
"""How many records are searched for the charge point that causes a flood."""


class RecordingWatch:
    """Looks after a recording, and tells its listeners."""

    def __init__(self, writer: RecordingWriter | None, timeline: Timeline, failure: Callable[[], str | None]) -> None:
        """`failure` is why records do not reach the recording at present."""
        self.on_failure: list[Callable[[str | None], None]] = []
        """Called with the reason when the recording begins to fail, and with None when it works again."""
        self.on_news: list[Callable[[str], None]] = []
        """Called with a sentence on anything else that happened to it."""
        self._writer = writer
        self._timeline = timeline
        self._failure = failure
        self._failed = False
        self._sizes: deque[tuple[float, int]] = deque()  # how much was written, at times of the last FLOOD_TIME
        self._next_flood = 0

    def look(self) -> bool:
        """Look at the recording now; True if it has more to do at once."""
        writer = self._writer
        more = writer is not None and writer.look()
        self.tell()
        return more

    def tell(self) -> None:
        """Tell the listeners what has happened."""
        failure = self._failure()
        if (failure is not None) != self._failed:
            self._failed = failure is not None
            for hear in self.on_failure:
                hear(failure)
        if self._writer is not None:
            for sentence in [*self._writer.take_news(), *self._flood(self._writer)]:
                for tell in self.on_news:
                    tell(sentence)

    def _flood(self, writer: RecordingWriter) -> list[str]:
        now, sizes = time.monotonic(), self._sizes
        sizes.append((now, writer.written))
        while sizes[0][0] < now - FLOOD_TIME:
            sizes.popleft()
        growth = writer.written - sizes[0][1]
        if growth < FLOOD or writer.written < self._next_flood:
            return []
        self._next_flood = 2 * writer.written
        cause, share = self._cause(growth)
        of_one = f" {cause} sent or got {size_text(share)} of that." if cause else ""
        return [f"The recording grew by {size_text(growth)} within a minute.{of_one} {writer.room}"]

    def _cause(self, growth: int) -> tuple[str, int]:
        """The charge point with the largest part of what was recorded last, and the bytes of that part."""
        timeline, sizes, left = self._timeline, Counter[int](), growth
        start = max(0, len(timeline) - MOST_SEARCHED)
        parties, lengths = timeline.parties[start:], timeline.lengths[start:]
        for party, length in zip(reversed(parties), reversed(lengths), strict=True):
            sizes[party] += length
            left -= length
            if left <= 0:
                break
        of_names = Counter[str]()
        for party, size in sizes.items():
            of_names[timeline.party_table[party].charge_point] += size
        [(name, size)] = of_names.most_common(1) or [("", 0)]
        return name, size
