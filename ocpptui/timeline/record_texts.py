"""The raw texts of many records in a row, read as quickly as they can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import add
from typing import Any

import orjson

from ocpptui.timeline.timeline import Timeline

LONGEST = 4 * 2**20
"""Bytes of a recording that are read at once."""


class RecordTexts:
    """The raw texts of the records `start` to `stop`, of which `wanted` will be asked for.

    They are read from their recording at once where they stand in one. Places count from 0 at `start`.
    """

    def __init__(self, timeline: Timeline, start: int, stop: int, wanted: int) -> None:
        self._timeline = timeline
        self._start = start
        self._sources = timeline.sources[start:stop]
        self._offsets = timeline.offsets[start:stop]
        self._lengths = timeline.lengths[start:stop]
        self._first = min(self._offsets)
        length = max(map(add, self._offsets, self._lengths)) - self._first
        self._data = b""
        of_one = self._sources.count(self._sources[0]) == stop - start
        # Where only a few are wanted, or they lie far apart, each is read by itself.
        if of_one and 0 <= length <= LONGEST and self._first >= 0 and wanted * 4 > stop - start:
            self._data = timeline.data(self._sources[0], self._first, length)

    def that_may_contain(self, runs: list[bytes], places: Iterable[int]) -> Iterator[int]:
        """The places without those where a glance shows that these runs of letters and digits are not in the raw text:
        where it stands in the line, and nothing can hide its letters (`\\u0041` for A, the Kelvin sign for k)."""
        data, offsets, lengths, first = self._data, self._offsets, self._lengths, self._first
        if not runs or not data:
            yield from (place for place in places if not runs or _may_contain(self._line(place), runs))
            return
        lower, clear = data.lower(), data.isascii() and b"\\u" not in data
        for place in places:
            begin = offsets[place] - first
            end = begin + lengths[place]
            for run in runs:
                if lower.find(run, begin, end) < 0:
                    # The glance rules it out, if the line can be taken at its word.
                    if clear and data.find(_RAW, begin, end) >= 0:
                        break
                    if not clear and not _may_contain(data[begin:end], runs):
                        break
            else:
                yield place

    def raw(self, place: int) -> str | bytes | None:
        """The raw text of the message there."""
        # A single one was likely just appended: the timeline has it at hand.
        line = self._line(place) if len(self._offsets) > 1 else b""
        if line:
            try:
                raw = orjson.loads(line)["raw"]
            except (ValueError, LookupError, TypeError):
                raw = None
            if type(raw) is str:
                return raw
        return self._timeline.record(self._start + place).raw

    def _line(self, place: int) -> bytes:
        offset, length = self._offsets[place], self._lengths[place]
        if self._data:
            return self._data[offset - self._first : offset - self._first + length]
        return self._timeline.data(self._sources[place], offset, length)


def _may_contain(line: bytes, runs: list[bytes]) -> bool:
    if _RAW not in line or not line.isascii() or b"\\u" in line:
        return True
    lower = line.lower()
    return all(run in lower for run in runs)


def plain_payload(raw: str | bytes) -> dict[str, Any] | None:
    """The payload of a CALL or CALLRESULT that is as it should be, without all that `parse` finds out; else None."""
    try:
        match orjson.loads(raw):
            case [int(2), str(), str(), dict() as payload] | [int(3), str(), dict() as payload]:
                return payload
    except orjson.JSONDecodeError:
        pass
    return None


_RAW = b'"raw":'
