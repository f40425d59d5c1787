"""Reads many lines of a recording at once into batches. Opening a large file spends most of its time here."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice
from typing import Any, NamedTuple

import orjson

from ocpptui.jsontext.text import quote
from ocpptui.ocpp.action_use import misuse_of
from ocpptui.ocpp.date_times import rfc3339_text, times_of
from ocpptui.ocpp.harmless_texts import ZEROS, HarmlessTexts, may_hold_secret
from ocpptui.ocpp.json_defects import control_in_text, may_repeat_keys
from ocpptui.ocpp.json_encoding import MAX_ID_LENGTH
from ocpptui.ocpp.judgement import Judgement, Verdict, judge, judge_faulty
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import bare_flawless
from ocpptui.ocpp.version import Version
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import Unreadable, from_line, to_line
from ocpptui.recording.message_line import ACTION, DETAIL, DIRECTION, LINE_START, MESSAGE_ID, META, ORIGIN, RAW, STAMP
from ocpptui.timeline.columns import (
    NO_TIME,
    UNNUMBERED,
    Batch,
    ConnectionKey,
    RecordTemplate,
    short_action,
    template_of,
)
from ocpptui.timeline.record import Record, was_kept_back

MAX_REMEMBERED = 50_000
"""How many templates or connections are remembered; beyond that, the reader forgets them all and starts again."""

MAX_FAMILIES = 25_000
"""How many combinations of what precedes the message id and what follows the raw text are remembered; others take
little longer."""

EPOCH = rfc3339_text(0).encode()

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

    A line that `to_line` writes, and that shares all but its time, id and payload with an earlier line, is cut into
    its parts, and only its payload is decoded. `from_line` reads all other lines. The results are the same.
    """

    def __init__(self) -> None:
        self._templates: dict[RecordTemplate, int] = {}
        self._connections: dict[ConnectionKey, int] = {}
        self._parties: dict[tuple[bytes, bytes], tuple[int, Version | None]] = {}
        self._kin: dict[tuple[Version | None, bytes, bytes], dict[bytes, _Kin]] = {}
        self._families: dict[tuple[bytes, bytes], tuple[int, dict[bytes, _Kin]]] = {}
        self._harmless = HarmlessTexts()

    def read(self, data: bytes, offset: int) -> ReadChunk:
        """The records of complete lines; `offset` is the start of `data` in the file."""
        if len(self._templates) > MAX_REMEMBERED:
            self._templates.clear()
            for kin in self._kin.values():
                kin.clear()
        if max(len(self._parties), len(self._connections)) > MAX_REMEMBERED:
            self._parties.clear()
            self._connections.clear()
            self._families.clear()
        if len(self._families) > MAX_FAMILIES:
            self._families.clear()
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
        stamps: list[bytes] = []
        ids: list[bytes] = []
        odd_ids: dict[int, str] = {}
        verdicts: list[int] = []
        skipped: list[int] = []
        timeless: list[int] = []
        suspects: list[int] = []
        harmless, shapes = self._harmless, self._harmless.shapes
        add_template, add_connection, add_stamp = templates.append, connections.append, stamps.append
        add_id, add_verdict = ids.append, verdicts.append
        loads, dumps, families = orjson.loads, orjson.dumps, self._families
        for number, line in enumerate(lines):
            front, _, rest = line.partition(MESSAGE_ID)
            message_id, _, rest = rest.partition(ACTION)
            action, _, rest = rest.partition(RAW)
            raw, _, tail = rest.rpartition(META)
            if not raw:
                raw, tail = _without_detail(rest)
            surroundings = front[STAMP.stop :], tail
            try:
                try:
                    connection, kin = families[surroundings]
                except KeyError:
                    connection, kin = self._family(surroundings)
                before, after, template, verdict, check, of_empty, own = kin[action]
                start = before + message_id + after
                if (
                    raw.startswith(start)
                    and line.startswith(LINE_START)
                    and 0 < len(message_id) <= MAX_ID_LENGTH
                    and not with_care
                ):
                    payload = raw[len(start) :]
                    if payload == b"{}":
                        verdict, template = of_empty
                    else:
                        text = loads(b'"[' + payload + b']"')
                        frame = loads(text)
                        (content,) = frame
                        if type(content) is not dict:
                            raise ValueError
                        if dumps(frame) != text.encode() and may_repeat_keys(text, frame):
                            raise ValueError
                        if control_in_text(text):
                            raise ValueError
                        if check is not None and not check(content):
                            verdict, template = self._wrong(own, content)
                        shape = payload.translate(ZEROS)
                        if shape not in shapes and not harmless.is_harmless(shape, text):
                            suspects.append(len(templates))
                    add_verdict(verdict)
                    add_template(template)
                    add_connection(connection)
                    add_stamp(front[STAMP])
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
            odd_id, name, (verdict, remarks) = _described(record, line)
            if record.time == NO_TIME:
                timeless.append(len(templates))
            if not isinstance(record.frame, Message) or _is_suspect(record.frame.raw):
                suspects.append(len(templates))
            template, connection = self._numbers(record, name, remarks)
            if tail:
                self._learn(surroundings, action, line, record, name, connection)
            add_verdict(verdict)
            add_template(template)
            add_connection(connection)
            add_stamp(EPOCH if record.time == NO_TIME else rfc3339_text(record.time).encode())
            odd_ids[len(ids)] = odd_id
            add_id(b"")
        batch = block.batch
        batch.first_template, batch.new_templates = first_template, list(islice(self._templates, first_template, None))
        batch.first_connection = first_connection
        batch.new_connections = list(islice(self._connections, first_connection, None))
        batch.templates, batch.connections = array("H", templates), array("H", connections)
        batch.ids, batch.verdicts = _texts_of(ids), bytes(verdicts)
        for place, odd_id in odd_ids.items():
            batch.ids[place] = odd_id
        batch.times = times_of(stamps)
        for place in timeless:
            batch.times[place] = NO_TIME
        if may_hold_secret("\n".join(batch.ids)):
            suspects += [place for place, message_id in enumerate(batch.ids) if may_hold_secret(message_id)]
        batch.suspects = array("I", sorted(set(suspects)))
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

    def _family(self, surroundings: tuple[bytes, bytes]) -> tuple[int, dict[bytes, _Kin]]:
        """What is known of lines with these parts before the message id and after the raw text, by their action.

        Raises KeyError if nothing is known of their connection, or of their message type, direction and origin.
        """
        party, use = _parts_of(surroundings)
        connection, version = self._parties[party]
        family = self._families[surroundings] = connection, self._kin[version, *use]
        return family

    def _learn(
        self, surroundings: tuple[bytes, bytes], own: bytes, line: bytes, record: Record, action: str, connection: int
    ) -> None:
        """Remember what a line shares with others, if it is written as `to_line` writes it; `own` is its action."""
        frame, version = record.frame, record.version
        if (
            record.connection == 0
            or record.masked
            or _is_unlike_others(record.detail)
            or not isinstance(frame, Message)
            or (frame.action is not None and may_hold_secret(frame.action))
            or frame.defects
            or frame.kind not in _PARTS
            or to_line(record, action)[:-1] != line
        ):
            return
        party, use = _parts_of(surroundings)
        self._parties[party] = connection, version
        known = self._kin.setdefault((version, *use), {})
        if own in known:
            return
        number, part = _PARTS[frame.kind]
        before, after = f'[{number},"', '",' if frame.action is None else f'",{quote(frame.action)},'
        if not frame.raw.startswith(f"{before}{frame.id}{after}"):
            return
        check, common = None, Judgement(Verdict.UNKNOWN)
        if version is not None:
            if frame.action is not None and misuse_of(version, record.direction, frame.kind, frame.action) is not None:
                common = judge(version, record.direction, frame)
            elif (check := bare_flawless(version, action, part)) is not None:
                common = Judgement(Verdict.VALID)
        shared = _Shared(template_of(record, action, common.remarks), version, part)
        template = self._number(shared.template)
        of_empty = (common.verdict, template) if check is None or check({}) else self._wrong(shared, {})
        known[own] = _escaped(before), _escaped(after), template, common.verdict, check, of_empty, shared

    def _wrong(self, shared: _Shared, payload: dict[str, Any]) -> tuple[Verdict, int]:
        """The verdict on a payload that is not flawless, and the number of the template of such a record."""
        assert shared.version is not None
        verdict, remarks = judge_faulty(shared.version, shared.template.action, shared.part, payload)
        return verdict, self._number(shared.template._replace(remarks=remarks))


def _parts_of(surroundings: tuple[bytes, bytes]) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """The parts that belong to the connection, and those that belong to the use of the message."""
    name, _, use = surroundings[0].partition(DIRECTION)
    number, _, origin = surroundings[1].partition(ORIGIN)
    return (name, number), (use, origin)


def _without_detail(rest: bytes) -> tuple[bytes, bytes]:
    """Raw text and tail of a line that has a detail, unless the detail makes it unlike other lines."""
    raw, _, rest = rest.partition(DETAIL)
    detail, _, tail = rest.rpartition(META[2:])
    try:
        if not _is_unlike_others(orjson.loads(detail)):
            return raw, tail
    except (ValueError, TypeError):
        pass
    return b"", b""


def _is_unlike_others(detail: Mapping[str, Any]) -> bool:
    """Whether a detail shows in the columns of its record."""
    return not _OF_SUBSTITUTES.isdisjoint(detail) or was_kept_back(detail)


def _escaped(text: str) -> bytes:
    """The text as the content of a JSON string."""
    return orjson.dumps(text)[1:-1]


def _texts_of(ids: list[bytes]) -> list[str]:
    """Message ids from lines, as text. Raises ValueError if any has characters that could be part of an escape."""
    if not ids:
        return []
    joined = b"\n".join(ids)
    if joined.translate(None, _PLAIN):
        raise ValueError("a message id with unusual characters")
    return joined.decode().split("\n")


def _described(record: Record, line: bytes) -> tuple[str, str, Judgement]:
    """Message id, action and judgement. The action of an answer is what the line says."""
    frame = record.frame
    if frame is None:
        return "", "", Judgement(Verdict.UNKNOWN)
    if isinstance(frame, Malformed):
        return frame.id or "", short_action(frame.action), judge(record.version, record.direction, frame)
    action = short_action(_named_action(line) if frame.action is None else frame.action)
    return frame.id, action, judge(record.version, record.direction, frame, action)


def _is_suspect(raw: str | bytes) -> bool:
    return may_hold_secret(raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape"))


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


class _Shared(NamedTuple):
    """What lines share that differ only in time, connection, message id and payload."""

    template: RecordTemplate
    """That of lines whose payload is valid or cannot be tested."""
    version: Version | None
    part: Part


_Kin = tuple[bytes, bytes, int, Verdict, Check | None, tuple[Verdict, int], _Shared]
"""What lines share, as it is needed to read one: the raw text before the message id, and between that and the payload;
number of the template; verdict on a payload that is valid or cannot be tested; its test; verdict and template for `{}`;
and the rest."""

_PARTS = {
    MessageKind.CALL: (2, Part.REQUEST),
    MessageKind.CALLRESULT: (3, Part.RESPONSE),
    MessageKind.SEND: (6, Part.REQUEST),
}
"""Number of the message type, and part of the exchange. Errors are rare and can have more defects."""
_OF_SUBSTITUTES = frozenset({"change", "insteadOf", "timeless"})
"""Fields of the detail of what a proxy sent instead of another message, and of a message without a time."""
_PLAIN = b"\n" + bytes(code for code in range(32, 127) if code not in b'"\\')
"""The characters of JSON strings that represent themselves, as bytes, and the line feed."""
