"""Some frames from all over a log, for what its beginning leaves open: the order of day and month, the year, the zone.

What is decided by the first frames of a file holds for the whole of it. A day over 12, or a time in a payload, may come
only later: it is looked for before anything is decided, in a fraction of the time that reading takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.jsontext.lazy_pattern import lazily

SAMPLES = 200
"""How many places are looked at, spread evenly."""
HITS = 20
"""How many times in payloads, and days over 12, are looked at."""
WINDOW = 2**13
"""Bytes that are searched for a frame at each place."""
ABOVE = 512
"""Bytes before a line that may have its time."""
TAIL = 2**15
"""Bytes at the end of the file that are read as a whole."""
FEW = 2
"""How many frames are read at each place."""
BLOCK = 2**20
THOROUGH = 2**22
"""Bytes that are searched as a whole, and at the end of the file as many again; between them only samples are read."""

_IN_PAYLOAD = tuple(map(lazily, (rb"currentTime", rb"timestamp")))
_DATES = tuple(lazily(rb"%b(\d\d?)%b\d{4}(?!\d)" % (sign, sign)) for sign in (rb"/", rb"\.", rb"-"))
"""The second number of a date, with what is around it: expressions that begin with a sign are found quickly."""


def further_frames(path: Path, line: int, *, dates: bool) -> list[FoundFrame]:
    """Some frames of a log behind a line, in their order: at even distances, at its end, where a payload has a time,
    and with `dates` where a day is over 12. Empty if the file cannot be read."""
    found, last = list[FoundFrame](), -1
    try:
        with path.open("rb") as file:
            places = _places(file, _behind_line(file, line), file.seek(0, 2), dates)
            for place in sorted(places):
                for start, one in _frames_at(file, place, places[place]):
                    if start > last:
                        found.append(one)
                        last = start
    except OSError:
        return []
    return found


def _behind_line(file: BinaryIO, line: int) -> int:
    """The offset behind a line."""
    file.seek(0)
    place, left = 0, line
    while block := file.read(BLOCK):
        count = block.count(b"\n")
        if count >= left:
            return place + sum(map(len, islice(block.splitlines(keepends=True), left)))
        left, place = left - count, place + len(block)
    return place


def _places(file: BinaryIO, start: int, size: int, dates: bool) -> dict[int, int]:
    """Where to look for frames, and how many bytes to read; 0 for a few frames."""
    tail = max(start, size - TAIL)
    places = {start + (tail - start) * number // SAMPLES: 0 for number in range(SAMPLES)}
    near = min(size, start + THOROUGH)
    for begin, end in ((start, near), (max(near, size - THOROUGH), size)):
        for pattern in _IN_PAYLOAD + (_DATES if dates else ()):
            places.update(_hits(file, begin, end, pattern))
    places[tail] = TAIL
    return places


def _hits(file: BinaryIO, begin: int, limit: int, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Where the first lines begin that have a time in a payload, or a date with a day over 12, with what is directly
    above, and how many bytes that is."""
    file.seek(begin)
    left, rest, place = HITS, b"", begin
    while place + len(rest) < limit and (block := file.read(min(BLOCK, limit - place - len(rest)))):
        text = rest + block
        end, at = text.rfind(b"\n") + 1 or len(text), 0
        while (match := pattern.search(text, at, end)) is not None:
            at = match.end()
            if (
                pattern.groups
                and int(match[1]) <= 12
                and not _is_over_12(text[max(match.start() - 2, 0) : match.start()])
            ):
                continue
            first = max(begin, place + text.rfind(b"\n", 0, match.start()) - ABOVE)
            at = text.find(b"\n", at) + 1 or end
            yield first, place + at - first
            left -= 1
            if not left:
                return
        rest, place = text[end:], place + end


def _is_over_12(digits: bytes) -> bool:
    return digits.isdigit() and int(digits) > 12


def _frames_at(file: BinaryIO, place: int, length: int) -> Iterator[tuple[int, FoundFrame]]:
    """The first frames behind an offset, or all of the next `length` bytes, with the offsets of their last lines."""
    file.seek(max(place - 1, 0))
    lines = file.read((length or WINDOW) + 1).split(b"\n")
    finder, found, start = FrameFinder(ImportTally()), 0, place - 1 + len(lines[0]) + 1
    for number, line in enumerate(lines[1:-1], 1):
        for one in finder.take(number, line.rstrip(b"\r").decode("utf-8", "surrogateescape")):
            found += 1
            yield start, one
        start += len(line) + 1
        if found >= FEW and not length:
            return
