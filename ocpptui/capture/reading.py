"""Lines of a recording into batches, many at once. This is where the time goes when a large file is opened."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice
from typing import Any

import orjson

from ocpptui.capture.errors import LaterVersion
from ocpptui.capture.lines import DIRECTIONS, LARGEST_CONNECTION, ORIGINS, SCHEMA_VERSION, Unreadable, from_line
from ocpptui.capture.times import all_from_text, to_text
from ocpptui.protocol.frame import Frame
from ocpptui.protocol.schema import Part
from ocpptui.protocol.validation import validator
from ocpptui.protocol.version import Version
from ocpptui.timeline.columns import (
    DIRECTION_CODES,
    LONGEST_ACTION,
    NO_TIME,
    ORIGIN_CODES,
    Batch,
    Shape,
    shape_of,
    short_action,
)
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.timeline import Verdict, verdict_of

MAX_SHAPES = 50_000
"""Shapes remembered; beyond it the reader forgets them all and starts anew."""

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

    Lines as `to_line` writes them take a short way, all others that of `from_line`; both come to the same.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], tuple[int, int, int, Check | None]] = {}
        self._numbers: dict[Shape, int] = {}

    def read(self, data: bytes, offset: int) -> Block:
        """The records of whole lines; `offset` is where `data` begins in the file."""
        if max(len(self._numbers), len(self._known)) > MAX_SHAPES:
            self._known.clear()
            self._numbers.clear()
        first_new = len(self._numbers)
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        block = Block(lines=len(lines), end=offset + len(data))
        shapes: list[int] = []
        stamps: list[str] = []
        ids: list[str] = []
        verdicts: list[int] = []
        calls: dict[str, str] = {}
        skipped: list[int] = []
        add_shape, add_stamp, add_id, add_verdict = shapes.append, stamps.append, ids.append, verdicts.append
        loads, known = orjson.loads, self._known
        for number, line in enumerate(lines):
            try:
                fields = loads(line)
                raw = fields["raw"]
                frame = loads(raw)
                meta = fields["meta"]["ocpptui"]
                key = (
                    raw[:3],
                    fields["action"],
                    meta["connection"],
                    fields["chargePointId"],
                    fields["ocppVersion"],
                    fields["direction"],
                    meta["origin"],
                )
                try:
                    shape, parts, position, check = known[key]
                except KeyError:
                    shape, parts, position, check = self._learn(*key)
                stamp, message_id = fields["timestamp"], frame[1]
                if (
                    len(frame) == parts
                    and (parts != 4 or frame[2] == key[1])
                    and len(meta) == 2
                    and fields["schemaVersion"] == SCHEMA_VERSION
                    and type(message_id) is str
                    and type(stamp) is str
                ):
                    add_verdict(0 if check is None else 2 - check(frame[position]))
                    add_shape(shape)
                    add_stamp(stamp)
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
            message_id, action, verdict = self._described(record, calls)
            add_verdict(verdict)
            add_shape(self._number(shape_of(record, action)))
            add_stamp("" if record.time == NO_TIME else to_text(record.time))
            add_id(message_id)
        batch = Batch(first_new, list(islice(self._numbers, first_new, None)), array("H", shapes))
        batch.times = all_from_text(stamps, NO_TIME)
        batch.ids = ids
        batch.verdicts = bytes(verdicts)
        batch.offsets, batch.lengths = _places(lines, offset, skipped)
        block.batch = batch
        return block

    def _learn(
        self,
        head: Any,
        action: Any,
        connection: Any,
        charge_point: Any,
        version: Any,
        direction: Any,
        origin: Any,
    ) -> tuple[int, int, int, Check | None]:
        """What lines with these fields share. Raises LookupError or ValueError if they are to be read whole."""
        kind, parts, position, part = _HEADS[head]
        if not (
            type(action) is type(charge_point) is type(version) is str
            and len(action) <= LONGEST_ACTION
            and type(connection) is int
            and 0 < connection <= LARGEST_CONNECTION
        ):
            raise ValueError
        known_version = Version.parse(version)
        shape = Shape(
            kind,
            DIRECTION_CODES[DIRECTIONS[direction]],
            ORIGIN_CODES[ORIGINS[origin]],
            0,
            connection,
            charge_point,
            known_version,
            action,
        )
        check = None if known_version is None or part is None else validator(known_version, action, part)
        known = self._number(shape), parts, position, check
        self._known[head, action, connection, charge_point, version, direction, origin] = known
        return known

    def _number(self, shape: Shape) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))

    def _described(self, record: Record, calls: dict[str, str]) -> tuple[str, str, int]:
        """Message id, action and verdict; `calls` holds the actions of the calls before it, for an answer's."""
        frame = record.frame
        if not isinstance(frame, Frame):
            return "", "", Verdict.UNKNOWN
        if frame.action is not None:
            calls[frame.id] = action = short_action(frame.action)
            return frame.id, action, verdict_of(record.version, action, Part.REQUEST, frame.payload)
        action = calls.get(frame.id, "")
        if record.kind is not Kind.CALLRESULT:
            return frame.id, action, Verdict.UNKNOWN
        return frame.id, action, verdict_of(record.version, action, Part.RESPONSE, frame.payload)


def _places(lines: list[bytes], offset: int, skipped: list[int]) -> tuple[array[int], array[int]]:
    """Offset in the file and length of each line that is a record."""
    lengths = [len(line) for line in lines]
    offsets = list(accumulate(lengths, lambda start, length: start + length + 1, initial=offset))
    offsets.pop()
    if skipped:
        kept = [True] * len(lines)
        for number in skipped:
            kept[number] = False
        lengths, offsets = list(compress(lengths, kept)), list(compress(offsets, kept))
    return array("q", offsets), array("I", lengths)


_HEADS = {
    f"[{int(kind)},": (kind, parts, position, part)
    for kind, parts, position, part in (
        (Kind.CALL, 4, 3, Part.REQUEST),
        (Kind.CALLRESULT, 3, 2, Part.RESPONSE),
        (Kind.CALLERROR, 5, 4, None),
        (Kind.CALLRESULTERROR, 5, 4, None),
        (Kind.SEND, 4, 3, Part.REQUEST),
    )
}
"""By the first three characters of a frame: kind, number of elements, place of the payload, part it is."""
