"""Merging several files into one sequence of records by time, and a frame recorded by both sides into one record."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import Record

WINDOW = 60_000_000
"""Microseconds within which both sides record the same frame or event, once their clocks agree."""


@dataclass(slots=True)
class _Line:
    """A file to merge: its waiting records, and its latest time."""

    waiting: deque[Record] = field(default_factory=deque)
    finished: bool = False
    latest: int = 0
    """The latest time so far: a record that is earlier than its predecessor still follows it."""

    @property
    def next_time(self) -> int:
        return max(self.latest, self.waiting[0].time)


class Merger:
    """Merges the records of several files by time; the records of one file keep their order."""

    def __init__(self, files: int) -> None:
        self._lines = [_Line() for _ in range(files)]

    def put(self, number: int, records: Iterable[Record]) -> None:
        """Add the next records of a file."""
        self._lines[number].waiting.extend(records)

    def finish(self, number: int) -> None:
        """Note that a file has no more records for now, so that the others need not wait for it."""
        self._lines[number].finished = True

    def go_on(self, number: int) -> None:
        """Note that a file may have more records."""
        self._lines[number].finished = False

    def _needs(self, number: int) -> bool:
        """Whether the order is undecided until this file has more records."""
        line = self._lines[number]
        return not line.waiting and not line.finished

    def has_room(self, number: int) -> bool:
        """Whether this file should be read further: none of its records is waiting."""
        return not self._lines[number].waiting

    def take(self) -> Iterator[tuple[int, Record]]:
        """The records whose order is now certain, each with the number of its file."""
        if len(self._lines) == 1:
            waiting = self._lines[0].waiting
            while waiting:
                yield 0, waiting.popleft()
            return
        while True:
            ready = [(line.next_time, number) for number, line in enumerate(self._lines) if line.waiting]
            if not ready or any(self._needs(number) for number in range(len(self._lines))):
                return
            time, number = min(ready)
            line = self._lines[number]
            line.latest = time
            yield number, line.waiting.popleft()


class BothSides:
    """Finds the frames that are in two files and makes one record of each, with the transit time in `transitMs`.

    It keeps the record that is earlier in the merged order; `transitMs` is the time of the other record minus its own,
    so that disagreeing clocks become visible.
    """

    def __init__(self, has_ended: Callable[[int], bool]) -> None:
        """`has_ended` says whether a file has no further record."""
        self.merged = 0
        """How many frames both sides recorded."""
        self._held: deque[tuple[int, Record, bytes]] = deque()
        self._seen: dict[bytes, deque[tuple[int, Record]]] = {}
        self._has_ended = has_ended
        self._stating: dict[str, tuple[int, int]] = {}  # by charge point: whose log says in words when it connected

    def take(self, file: int, record: Record) -> Iterator[tuple[int, Record]]:
        """Add a record; return those that are now final."""
        if "stated" in record.detail and self._is_stated_elsewhere(file, record):
            return
        key = _key(record)
        others = self._seen.get(key) if key else None
        if others is not None:
            for place, (other_file, other) in enumerate(others):
                if other_file != file:
                    del others[place]
                    self._join(other, record)
                    break
            else:
                others.append((file, record))
                self._held.append((file, record, key))
        else:
            if key:
                self._seen[key] = deque([(file, record)])
            self._held.append((file, record, key))
        while self._held and self._held[0][1].time < record.time - WINDOW:
            yield self._release()

    def finish(self) -> Iterator[tuple[int, Record]]:
        """The remaining records."""
        while self._held:
            yield self._release()

    def _is_stated_elsewhere(self, file: int, record: Record) -> bool:
        """Whether another log says in words when connections of the charge point opened and closed: of both sides, the
        one that says so first counts, up to its end. The log that goes on from there says the rest."""
        stating, last = self._stating.get(record.charge_point, (file, record.time))
        if stating != file and not (self._has_ended(stating) and record.time - last > WINDOW):
            return True
        self._stating[record.charge_point] = file, record.time
        return False

    def _join(self, first: Record, second: Record) -> None:
        self.merged += 1
        first.detail = {**first.detail, "transitMs": round((second.time - first.time) / 1000, 3)}
        first.charge_point = first.charge_point or second.charge_point
        first.version = first.version or second.version

    def _release(self) -> tuple[int, Record]:
        file, record, key = self._held.popleft()
        if key:
            seen = self._seen.get(key)
            if seen is not None:
                kept = deque(one for one in seen if one[1] is not record)
                if kept:
                    self._seen[key] = kept
                else:
                    del self._seen[key]
        return file, record


def _key(record: Record) -> bytes:
    """A key that is equal for records of the same frame; empty for a record without a frame."""
    frame = record.frame
    if not isinstance(frame, Message) or record.direction is None:
        return b""
    content = (record.direction.value, int(frame.kind), frame.id, frame.action, frame.error_code, frame.payload)
    try:
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return b""
