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

SHORT = 128
"""Bytes from the id in the frame to its end up to which a verdict is remembered."""
MAX_SEEN = 100
"""Verdicts remembered for each surroundings."""

START = f'{{"schemaVersion":"{SCHEMA_VERSION}","timestamp":"'.encode()
ID_MARK, META_MARK = b',"messageId":"', b',"meta":{"ocpptui":{'
FRAME_HEAD = len('"[2,')
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

    A line as `to_line` writes it is its start, the time, and then what surrounds the message id, which stands in it
    twice: as a field and in the frame. Where the surroundings are byte for byte those of a line that was read whole
    before, only time, id and payload remain to be read, and a short payload that was seen there before not even that.
    All other lines take the way of `from_line`, and both come to the same.
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
            return self._read(data, offset, first_new)
        except ValueError:  # something stands in the place of a time that is none
            return self._read(data, offset, first_new, with_care=True)

    def _read(self, data: bytes, offset: int, first_new: int, *, with_care: bool = False) -> Block:
        """Raises ValueError for a time that is none, unless it reads every line whole, which is `with_care`."""
        known = {} if with_care else self._known
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
        id_mark, id_mark_length, meta_mark, head, short = ID_MARK, len(ID_MARK), META_MARK, FRAME_HEAD, SHORT
        for number, line in enumerate(lines):
            around = None
            try:
                id_starts = line.find(id_mark, stamp_ends) + id_mark_length
                id_ends = line.find(b'"', id_starts)
                id_bytes = line[id_starts:id_ends]
                in_frame = line.find(b'\\"' + id_bytes + b'\\"', id_ends)
                tail = line.rfind(meta_mark)
                around = line[stamp_ends:id_starts], line[id_ends:in_frame], line[tail:]
                shape, parts, position, action, check, seen = known[around]
                message_id = id_bytes.decode()
                verdict = seen.get(line[in_frame + len(id_bytes) : tail]) if tail - in_frame < short else None
                if verdict is None:
                    frame = loads(loads(line[in_frame - head : tail]))
                    if len(frame) == parts and frame[1] == message_id and (parts != 4 or frame[2] == action):
                        verdict = 0 if check is None else 2 - check(frame[position])
                        if tail - in_frame < short and len(seen) < MAX_SEEN and _is_plain(message_id):
                            seen[line[in_frame + len(id_bytes) : tail]] = verdict
                elif not _is_plain(message_id):
                    verdict = None
                if verdict is not None and line.startswith(start):
                    add_verdict(verdict)
                    add_shape(shape)
                    add_stamp(line[stamp_starts:stamp_ends])
                    add_id(message_id)
                    continue
            except (LookupError, TypeError, ValueError):
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
            elif around is not None and not with_care:
                self._learn(around, record, action, line)
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

    def _learn(self, around: _Surroundings, record: Record, action: str, line: bytes) -> None:
        """Remember what surrounds the message id in a line that is exactly as `to_line` writes it."""
        frame = record.frame
        if not isinstance(frame, Frame) or len(action) > LONGEST_ACTION or to_line(record, action) != line + b"\n":
            return
        start, parts, position, part = _STARTS[record.kind]
        if around[0].endswith(ID_MARK) and around[1].endswith(start) and around[2].startswith(META_MARK):
            version = record.version
            check = None if version is None or part is None else validator(version, action, part)
            self._known[around] = self._number(shape_of(record, action)), parts, position, action, check, {}


def _is_plain(message_id: str) -> bool:
    """True for an id that stands in JSON, and in JSON within JSON, as it is."""
    return message_id.isprintable() and "\\" not in message_id


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
"""What stands between time and id, between id and the id in the frame, and behind the frame."""
_Kin = tuple[int, int, int, str, Check | None, dict[bytes, int]]
"""What lines with the same surroundings share: number of the shape, number of elements of the frame, place of the
payload, action, test of the payload, and the verdicts on short payloads, by what follows the id in the frame."""

_STARTS = {
    kind: (f',"raw":"[{int(kind)},'.encode(), parts, position, part)
    for kind, parts, position, part in (
        (Kind.CALL, 4, 3, Part.REQUEST),
        (Kind.CALLRESULT, 3, 2, Part.RESPONSE),
        (Kind.CALLERROR, 5, 4, None),
        (Kind.CALLRESULTERROR, 5, 4, None),
        (Kind.SEND, 4, 3, Part.REQUEST),
    )
}
"""What a frame starts with in a line, number of its elements, place of the payload, part of the exchange."""
