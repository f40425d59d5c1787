"""Lines of a recording into batches, many at once. This is where the time goes when a large file is opened."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice
from typing import Any

import orjson

from ocpptui.capture.errors import LaterVersion
from ocpptui.capture.lines import SCHEMA_VERSION, Unreadable, from_line, to_line
from ocpptui.capture.times import LENGTH, from_joined, to_text
from ocpptui.protocol.frame import Frame
from ocpptui.protocol.schema import Part
from ocpptui.protocol.validation import validator
from ocpptui.timeline.columns import LONGEST_ACTION, NO_TIME, Batch, Shape, shape_of, short_action
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.timeline import Verdict, verdict_of

MAX_SHAPES = 50_000
"""Shapes remembered; beyond it the reader forgets them all and starts anew."""
MAX_KNOWN = 10_000
"""Surroundings remembered, likewise."""

START = f'{{"schemaVersion":"{SCHEMA_VERSION}","timestamp":"'.encode()
BEFORE_ID, BEFORE_RAW, BEFORE_META = b',"messageId":"', b',"raw":', b',"meta":{"ocpptui":{'
EPOCH = to_text(0).encode()

Check = Callable[[Any], bool]


@dataclass(slots=True)
class Block:
    """What was found in a piece of a file."""

    batch: Batch = field(default_factory=Batch)
    lines: int = 0
    """How many lines it has, with those that are no record."""
    problems: list[Unreadable] = field(default_factory=list)
    """The lines that are no record; their numbers count from 1 at the start of the piece."""
    end: int = 0
    """Where in the file the last of them ends."""
    later: LaterVersion | None = None
    """The piece was read up to a line of a later version of the format."""


class LineReader:
    """Reads lines into batches. It remembers what lines share, so one reader is for all pieces of a file.

    A line as `to_line` writes it is cut into five: the start, the time, what stands around the message id, the frame,
    and the end. Where start, surroundings and end are byte for byte those of a line that was read whole before, only
    time, id and frame remain to be read. All other lines take the way of `from_line`, and both come to the same.
    """

    def __init__(self) -> None:
        self._known: dict[_Surroundings, _Kin] = {}
        self._numbers: dict[Shape, int] = {}

    def read(self, data: bytes, offset: int) -> Block:
        """The records of whole lines; `offset` is where `data` begins in the file."""
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        if len(self._numbers) > MAX_SHAPES:
            self._known.clear()
            self._numbers.clear()
        first_new = len(self._numbers)
        try:
            return self._read(data, offset, first_new, self._known)
        except ValueError:  # something stands in the place of a time that is none
            return self._read(data, offset, first_new, {})

    def _read(self, data: bytes, offset: int, first_new: int, known: dict[_Surroundings, _Kin]) -> Block:
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        block = Block(lines=len(lines), end=offset + len(data))
        shapes: list[int] = []
        stamps: list[bytes] = []
        ids: list[str] = []
        verdicts: list[int] = []
        calls: dict[str, str] = {}
        skipped: list[int] = []
        timeless: list[int] = []
        add_shape, add_stamp, add_id, add_verdict = shapes.append, stamps.append, ids.append, verdicts.append
        loads, start, stamp_starts, stamp_ends = orjson.loads, START, len(START), len(START) + LENGTH
        id_mark, raw_mark, meta_mark = BEFORE_ID, BEFORE_RAW, BEFORE_META
        id_from, raw_from = len(id_mark), len(raw_mark)
        for number, line in enumerate(lines):
            around = None
            try:
                before_id = line.find(id_mark, stamp_ends)
                id_starts = before_id + id_from
                before_raw = line.find(raw_mark, before_id)
                before_meta = line.rfind(meta_mark)
                raw = loads(line[before_raw + raw_from : before_meta])
                frame = loads(raw)
                message_id = frame[1]
                around = (
                    line[stamp_ends:before_id],
                    line[id_starts + len(message_id) : before_raw],
                    line[before_meta:],
                )
                shape, head, parts, position, action, check = known[around]
                if (
                    raw[:3] == head
                    and len(frame) == parts
                    and (parts != 4 or frame[2] == action)
                    and line.startswith(start)
                    and line.startswith(message_id.encode(), id_starts)
                ):
                    add_verdict(0 if check is None else 2 - check(frame[position]))
                    add_shape(shape)
                    add_stamp(line[stamp_starts:stamp_ends])
                    add_id(message_id)
                    continue
            except (LookupError, TypeError, ValueError, AttributeError):
                pass
            try:
                record = from_line(line, fallback_time=NO_TIME)
            except LaterVersion as error:
                block.later = LaterVersion(error.version, number + 1)
                block.lines = number
                skipped.extend(range(number, len(lines)))
                break
            if isinstance(record, Unreadable):
                skipped.append(number)
                if line.strip():
                    block.problems.append(Unreadable(record.reason, number + 1))
                continue
            message_id, action, verdict = _described(record, line, calls)
            shape = self._number(shape_of(record, action))
            if record.time == NO_TIME:
                timeless.append(len(shapes))
            elif around is not None and 0 < before_id < before_raw < before_meta:
                self._learn(known, around, record, action, line)
            add_verdict(verdict)
            add_shape(shape)
            add_stamp(EPOCH if record.time == NO_TIME else to_text(record.time).encode())
            add_id(message_id)
        batch = block.batch
        batch.first_new, batch.new_shapes = first_new, list(islice(self._numbers, first_new, None))
        batch.shapes, batch.ids, batch.verdicts = array("H", shapes), ids, bytes(verdicts)
        batch.times = from_joined(b"".join(stamps))
        for place in timeless:
            batch.times[place] = NO_TIME
        batch.offsets, batch.lengths = _places(lines, offset, skipped)
        return block

    def _number(self, shape: Shape) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))

    def _learn(
        self, known: dict[_Surroundings, _Kin], around: _Surroundings, record: Record, action: str, line: bytes
    ) -> None:
        """Remember what surrounds the frame in a line that is exactly as `to_line` writes it."""
        frame = record.frame
        if not isinstance(frame, Frame) or len(action) > LONGEST_ACTION or to_line(record, action) != line + b"\n":
            return
        head = frame.raw[:3]
        if head in _HEADS:
            parts, position, part = _HEADS[head]
            version = record.version
            check = None if version is None or part is None else validator(version, action, part)
            known[around] = self._number(shape_of(record, action)), head, parts, position, action, check


def _described(record: Record, line: bytes, calls: dict[str, str]) -> tuple[str, str, int]:
    """Message id, action and verdict. An answer's action is what the line says, or that of a call in `calls`."""
    frame = record.frame
    if not isinstance(frame, Frame):
        return "", "", Verdict.UNKNOWN
    if frame.action is not None:
        calls[frame.id] = action = short_action(frame.action)
        return frame.id, action, verdict_of(record.version, action, Part.REQUEST, frame.payload)
    action = short_action(_named_action(line) or calls.get(frame.id, ""))
    if record.kind is not Kind.CALLRESULT:
        return frame.id, action, Verdict.UNKNOWN
    return frame.id, action, verdict_of(record.version, action, Part.RESPONSE, frame.payload)


def _named_action(line: bytes) -> str:
    try:
        action = orjson.loads(line).get("action")
    except orjson.JSONDecodeError:
        return ""
    return action if type(action) is str else ""


def _places(lines: list[bytes], offset: int, skipped: list[int]) -> tuple[array[int], array[int]]:
    """Offset in the file and length, with its line feed, of each line that is a record."""
    lengths = [len(line) + 1 for line in lines]
    offsets = list(accumulate(lengths, initial=offset))
    offsets.pop()
    if skipped:
        kept = [True] * len(lines)
        for number in skipped:
            kept[number] = False
        lengths, offsets = list(compress(lengths, kept)), list(compress(offsets, kept))
    return array("q", offsets), array("I", lengths)


_Surroundings = tuple[bytes, bytes, bytes]
"""What stands between time and id, between id and frame, and behind the frame."""
_Kin = tuple[int, str, int, int, str, Check | None]
"""What lines with the same surroundings share: number of the shape, first characters of the frame, number of its
elements, place of the payload, action, and the test of the payload."""

_HEADS = {
    "[2,": (4, 3, Part.REQUEST),
    "[3,": (3, 2, Part.RESPONSE),
    "[4,": (5, 4, None),
    "[5,": (5, 4, None),
    "[6,": (4, 3, Part.REQUEST),
}
"""By the first characters of a frame: number of elements, place of the payload, part of the exchange."""
