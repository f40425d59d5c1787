"""Reads many lines of a recording at once into batches. Opening a large file spends most of its time here."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice
from typing import Any, NamedTuple

import orjson

from ocpptui.ocpp.action_use import misuse_of
from ocpptui.ocpp.date_times import rfc3339_text, times_of
from ocpptui.ocpp.json_encoding import MAX_ID_LENGTH, may_repeat_keys
from ocpptui.ocpp.judgement import Judgement, Verdict, judge, judge_wrong
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import validator
from ocpptui.ocpp.version import Transport, Version
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import SCHEMA_VERSION, Unreadable, from_line
from ocpptui.timeline.columns import (
    NO_TIME,
    UNNUMBERED,
    Batch,
    ConnectionKey,
    RecordTemplate,
    short_action,
    template_of,
)
from ocpptui.timeline.record import Record

MAX_REMEMBERED = 50_000
"""How many templates or connections are remembered; beyond that, the reader forgets them all and starts again."""

EPOCH = rfc3339_text(0)

Check = Callable[[Any], bool]


@dataclass(slots=True)
class ReadChunk:
    """What was found in a piece of a file."""

    batch: Batch = field(default_factory=Batch)
    lines: int = 0
    """How many lines it has, including those that are not records."""
    problems: list[Unreadable] = field(default_factory=list)
    """The lines that are not records; their numbers count from 1 at the start of the piece."""
    end: int = 0
    """Where in the file the last of them ends."""
    later: LaterVersion | None = None
    """Set if a line has a later version of the format; the piece was read up to it."""


class LineReader:
    """Reads lines into batches. It remembers what lines share, so use one reader for all pieces of a file.

    If a line has the fields that `to_line` writes, and shares all but its time, id and payload with an earlier line,
    only these three are read, provided the frame has no defect. `from_line` reads all other lines. The results are
    the same.
    """

    def __init__(self) -> None:
        self._heads: dict[_Head, _Kin] = {}
        self._templates: dict[RecordTemplate, int] = {}
        self._parties: dict[_Party, int] = {}
        self._connections: dict[ConnectionKey, int] = {}

    def read(self, data: bytes, offset: int) -> ReadChunk:
        """The records of complete lines; `offset` is the start of `data` in the file."""
        if max(len(self._heads), len(self._templates)) > MAX_REMEMBERED:
            self._heads.clear()
            self._templates.clear()
        if max(len(self._parties), len(self._connections)) > MAX_REMEMBERED:
            self._parties.clear()
            self._connections.clear()
        first_new = len(self._templates), len(self._connections)
        try:
            return self._read(data, offset, *first_new)
        except ValueError:  # a time in another format
            return self._read(data, offset, *first_new, with_care=True)

    def _read(
        self, data: bytes, offset: int, first_template: int, first_connection: int, *, with_care: bool = False
    ) -> ReadChunk:
        """Raises ValueError for a time in another format, unless all is read `with_care`."""
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        block = ReadChunk(lines=len(lines), end=offset + len(data))
        templates: list[int] = []
        connections: list[int] = []
        stamps: list[str] = []
        ids: list[str] = []
        verdicts: list[int] = []
        skipped: list[int] = []
        timeless: list[int] = []
        add_template, add_connection, add_stamp = templates.append, connections.append, stamps.append
        add_id, add_verdict = ids.append, verdicts.append
        loads, dumps, heads, parties = orjson.loads, orjson.dumps, self._heads, self._parties
        for number, line in enumerate(lines):
            head: _Head | None = None
            party: _Party | None = None
            try:
                fields = loads(line)
                raw = fields["raw"]
                frame = loads(raw)
                meta = fields["meta"]["ocpptui"]
                version = fields["ocppVersion"]
                party = meta["connection"], fields["chargePointId"], version
                head = raw[:3], fields["action"], fields["direction"], meta["origin"], version
                kin = heads[head]
                template, parts, position, action, check, verdict, is_empty_right, _, _, _ = kin
                connection = parties[party]
                message_id, payload, stamp = frame[1], frame[position], fields["timestamp"]
                if (
                    len(frame) == parts
                    and (parts != 4 or frame[2] == action)
                    and len(meta) == 2
                    and fields["schemaVersion"] == SCHEMA_VERSION
                    and fields["transport"] == "json"
                    and type(message_id) is str
                    and 0 < len(message_id) <= MAX_ID_LENGTH
                    and type(payload) is dict
                    and not with_care
                ):
                    if not payload:
                        is_right = is_empty_right
                    elif dumps(frame) == raw.encode() or not may_repeat_keys(raw, frame):
                        is_right = check is None or check(payload)
                    else:
                        raise ValueError
                    if not is_right:
                        verdict, template = self._wrong(kin, payload)
                    add_verdict(verdict)
                    add_template(template)
                    add_connection(connection)
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
            message_id, action, (verdict, remarks) = _described(record, line)
            if record.time == NO_TIME:
                timeless.append(len(templates))
            template, connection = self._numbers(record, action, remarks)
            if head is not None and party is not None:
                self._learn(head, party, record, action, connection)
            add_verdict(verdict)
            add_template(template)
            add_connection(connection)
            add_stamp(EPOCH if record.time == NO_TIME else rfc3339_text(record.time))
            add_id(message_id)
        batch = block.batch
        batch.first_template, batch.new_templates = first_template, list(islice(self._templates, first_template, None))
        batch.first_connection = first_connection
        batch.new_connections = list(islice(self._connections, first_connection, None))
        batch.templates, batch.connections = array("H", templates), array("H", connections)
        batch.ids, batch.verdicts = ids, bytes(verdicts)
        batch.times = times_of(stamps)
        for place in timeless:
            batch.times[place] = NO_TIME
        batch.offsets, batch.lengths = _places(lines, offset, skipped)
        return block

    def _numbers(self, record: Record, action: str, remarks: tuple[str, ...]) -> tuple[int, int]:
        """The numbers of the template and the connection of a record."""
        number = record.connection or (UNNUMBERED if record.kind.is_message else 0)
        key = ConnectionKey(number, record.charge_point, record.version, record.transport)
        return (
            self._number(template_of(record, action, remarks)),
            self._connections.setdefault(key, len(self._connections)),
        )

    def _number(self, template: RecordTemplate) -> int:
        return self._templates.setdefault(template, len(self._templates))

    def _learn(self, head: _Head, party: _Party, record: Record, action: str, connection: int) -> None:
        """Remember what lines with these fields have in common, if this line contains nothing else."""
        frame, version = record.frame, record.version
        if record.connection == party[0] > 0 and record.transport is Transport.JSON:
            self._parties[party] = connection
        own = action == head[1] and not record.masked
        if not own or head[0] not in _HEADS or not isinstance(frame, Message) or frame.defects:
            return
        parts, position, part = _HEADS[head[0]]
        check, common = None, Judgement(Verdict.UNKNOWN)
        if version is not None:
            if frame.action is not None and misuse_of(version, record.direction, frame.kind, frame.action) is not None:
                common = judge(version, record.direction, frame)
            elif (check := validator(version, action, part)) is not None:
                common = Judgement(Verdict.VALID)
        like = template_of(record, action, common.remarks)
        number, is_empty_right = self._number(like), check is None or check({})
        self._heads[head] = _Kin(
            number, parts, position, action, check, common.verdict, is_empty_right, like, version, part
        )

    def _wrong(self, kin: _Kin, payload: dict[str, Any]) -> tuple[Verdict, int]:
        """The verdict on a payload that fails its test, and the number of the template of such a record."""
        assert kin.version is not None
        verdict, remarks = judge_wrong(kin.version, kin.action, kin.part, payload)
        return verdict, self._number(kin.like._replace(remarks=remarks))


def _described(record: Record, line: bytes) -> tuple[str, str, Judgement]:
    """Message id, action and judgement. The action of an answer is what the line says."""
    frame = record.frame
    if frame is None:
        return "", "", Judgement(Verdict.UNKNOWN)
    if isinstance(frame, Malformed):
        return frame.id or "", "", judge(record.version, record.direction, frame)
    action = short_action(_named_action(line) if frame.action is None else frame.action)
    return frame.id, action, judge(record.version, record.direction, frame, action)


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


_Head = tuple[Any, ...]
"""Start of the frame, action, direction, origin and version, as written in a line."""
_Party = tuple[Any, ...]
"""Connection, charge point and version, as written in a line."""


class _Kin(NamedTuple):
    """What lines with the same head share."""

    template: int
    """Number of the template for payloads that are valid or cannot be tested."""
    parts: int
    """Number of elements of the frame."""
    position: int
    """Index of the payload in the frame."""
    action: str
    check: Check | None
    """The test of the payload."""
    verdict: Verdict
    """The verdict if there is no test or the payload passes it."""
    is_empty_right: bool
    """Whether an empty payload passes the test."""
    like: RecordTemplate
    """The template."""
    version: Version | None
    part: Part


_HEADS = {
    "[2,": (4, 3, Part.REQUEST),
    "[3,": (3, 2, Part.RESPONSE),
    "[6,": (4, 3, Part.REQUEST),
}
"""By the start of a frame: number of its elements, index of the payload, part of the exchange. Errors are rare and can
have more defects."""
