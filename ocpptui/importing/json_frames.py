"""Frames within any JSON value, with what the keys around them say: logs in JSON, exports, documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ocpptui.importing.field_vocabulary import (
    SURE_ID,
    DirectionClue,
    FieldMeaning,
    direction_of,
    meanings,
    message_type_of,
    moment_of,
    plain_name,
    version_of,
)
from ocpptui.importing.found_frame import FoundFrame, turned
from ocpptui.importing.frame_from_parts import Assembler, action_and_kind
from ocpptui.importing.frame_scanner import START
from ocpptui.importing.framed_bytes import AS_BYTES
from ocpptui.importing.log_prefix import read_prefix
from ocpptui.importing.prefix_names import sure_name
from ocpptui.importing.printed_bytes import bytes_in, bytes_of_numbers, may_hold_bytes
from ocpptui.importing.timestamps import Moment
from ocpptui.jsontext.text import compact, value_text, without_surrogates
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.json_encoding import has_too_many_values
from ocpptui.ocpp.version import Version

FindInText = Callable[[str], Iterable[FoundFrame]]
"""Finds the frames in a text that contains more than a frame."""

DEEPEST = 60
"""How many levels of a value are searched."""
LONGEST_REMARK = 300
"""The most characters of a text beside a frame that may state its direction."""
LONGEST_NAME = 100
"""The most characters of the identity of a charge point."""
FEW = 8
"""The most elements of a list that contains one frame among words about it."""

_PRINTED = "<Call"
"""How the Python library `ocpp` begins to print a message."""
_ENVELOPE = "Envelope"
"""The root element of SOAP."""
_REMARKS = frozenset(("msg", "message", "event", "text", "title", "name", "logger", "m", "mt"))
_ABOUT = frozenset((
    "metadata", "meta", "context", "attributes", "fields", "session", "info", "tags", "labels", "extra", "properties",
    "source", "mdc", "bindings", "header", "headers", "stream", "resource", "kubernetes", "ocpp",
))  # fmt: skip
"""Objects that describe the fields beside them."""
_PARTS = frozenset((
    FieldMeaning.MESSAGE_TYPE, FieldMeaning.MESSAGE_ID, FieldMeaning.ACTION, FieldMeaning.PAYLOAD,
    FieldMeaning.ANSWER, FieldMeaning.ERROR_CODE, FieldMeaning.ERROR_DESCRIPTION,
))  # fmt: skip

_OBJECTS = frozenset((FieldMeaning.PAYLOAD, FieldMeaning.ANSWER))
_PATHS = frozenset(("topic", "path", "url", "uri", "subject", "routingkey", "queue"))
_NAME_OF_FIELD = ("field", "name", "key")


@dataclass(slots=True)
class Said:
    """What a part of a value says about its frames."""

    moment: Moment | None = None
    way: DirectionClue = DirectionClue()
    charge_point: str = ""
    version: Version | None = None
    connection: str = ""
    path: str = ""
    """A topic, path or URL, which may have the charge point in it."""


def frames_in(
    value: Any,
    find_in_text: FindInText | None = None,
    text: str = "",
    around: Level | None = None,
    assembler: Assembler | None = None,
) -> Iterator[FoundFrame]:
    """The frames in a JSON value, in its order; `line` is not set. Never raises.

    A frame is a list as in OCPP-J, a text that is one, an object whose fields are the parts of one, or what
    `find_in_text` finds in a text. The keys beside it describe it, else those around it, but a time does not apply to a
    list of several things. If `text`, from which `value` was decoded, is given, a frame that is a list is returned as
    written there, except for line feeds and indentation. `around` is what surrounds the value; `assembler` is that of
    the file, so that the answer to a call without a message id is found in another value.
    """
    yield from _Walk(find_in_text, text, assembler or Assembler()).into(value, around or Level(None), 0)


def is_frame(value: Any) -> bool:
    """Whether a decoded list is a frame, and not another list that begins with a small number."""
    if type(value) is not list or not 3 <= len(value) <= 8:
        return False
    kind, message_id, third = value[:3]
    if type(kind) is not int or not 2 <= kind <= 6 or type(message_id) not in (str, int):
        return False
    if kind in (2, 6):
        return type(third) is str and (len(value) == 3 or value[3] is None or type(value[3]) in (dict, list))
    if kind == 3:
        return type(third) is dict or (type(message_id) is str and (third is None or type(third) is list))
    return type(third) is str


class Level:
    """An object, or a list with words in it, around a frame; its content is read only when a frame is found."""

    __slots__ = ("_around", "_in_list", "_said", "fields")

    def __init__(self, fields: dict[str, Any] | None, around: Level | None = None, *, in_list: bool = False) -> None:
        """`in_list`: whether it is one of several things in a list."""
        self.fields = fields
        self._in_list = in_list
        self._around = around
        self._said: Said | None = None

    @property
    def said(self) -> Said:
        if self._said is None:
            around = Said() if self._around is None else self._around.said
            own = Said() if self.fields is None else _said_by(self.fields)
            self._said = Said(
                own.moment or (None if self._in_list else around.moment),
                own.way or around.way,
                own.charge_point or around.charge_point,
                own.version or around.version,
                own.connection or around.connection,
                own.path or around.path,
            )
        return self._said


class _Walk:
    """One search through a value."""

    def __init__(self, find_in_text: FindInText | None, text: str, assembler: Assembler) -> None:
        self._find_in_text = find_in_text
        self._assembler = assembler
        self._text = text
        self._place = 0

    def into(self, value: Any, level: Level, depth: int) -> Iterator[FoundFrame]:
        kind = type(value)
        if kind is str:
            yield from self._in_string(value, level)
        elif depth > DEEPEST:
            return
        elif kind is dict:
            yield from self._in_object(value, level, depth)
        elif kind is list:
            if is_frame(value):
                yield _with(FoundFrame(self._written(value)), level.said)
            else:
                yield from self._in_list(value, level, depth)

    def _in_object(self, fields: dict[str, Any], around: Level, depth: int) -> Iterator[FoundFrame]:
        level, any_found = Level(fields, around), False
        gathered = _gathered(fields)
        if gathered is not None:
            yield from self._assembled(gathered, level)
            return
        for value in fields.values():
            if type(value) in (str, list, dict):
                for found in self.into(value, level, depth + 1):
                    any_found = True
                    yield found
        if not any_found:
            yield from self._assembled(fields, level)

    def _assembled(self, fields: dict[str, Any], level: Level) -> Iterator[FoundFrame]:
        """The frame, or the call and its answer, whose parts are the fields of an object."""
        parts = _parts_of(fields)
        if parts is None:
            return
        kind, said = message_type_of(parts.get(FieldMeaning.MESSAGE_TYPE)), level.said
        try:
            assembled = self._assembler.frames(parts, kind, said.charge_point, said.way)
        except RecursionError:
            return
        for raw, beside_call in assembled:
            found = _with(FoundFrame(raw, notation="fields"), said)
            yield turned(found) if beside_call else found

    def _in_list(self, values: list[Any], around: Level, depth: int) -> Iterator[FoundFrame]:
        fields = fields_listed(values)
        if fields is not None:
            yield from self._in_object(fields, around, depth)
            return
        carried = bytes_of_numbers(values)
        if carried:
            for one in carried:
                yield _with(FoundFrame(one.raw, direction=one.direction, notation=AS_BYTES), around.said)
            return
        level = around
        if len(values) > 1:
            words = _words_beside_a_frame(values) if len(values) <= FEW else None
            level = Level(words, around, in_list=words is None)
        for value in values:
            if type(value) in (str, list, dict):
                yield from self.into(value, level, depth + 1)

    def _in_string(self, text: str, level: Level) -> Iterator[FoundFrame]:
        start = START.search(text) if "[" in text else None
        if start is None and _PRINTED not in text and _ENVELOPE not in text:
            yield from self._in_bytes(text, level)
            return
        if start is not None and not text[: start.start()].strip() and not start["escape"] and not start["escape2"]:
            raw = _whole(text.strip())
            if raw is not None:
                yield _with(FoundFrame(raw), level.said)
                return
        if self._find_in_text is not None:
            for found in self._find_in_text(text):
                yield _with(found, level.said)

    def _in_bytes(self, text: str, level: Level) -> Iterator[FoundFrame]:
        """The frames whose bytes a text shows: in hexadecimal, in base64, in a dump of several lines."""
        if "\n" in text and self._find_in_text is not None and may_hold_bytes(text):
            for found in self._find_in_text(text):
                yield _with(found, level.said)
            return
        for run in bytes_in(text):
            for carried in run.frames:
                yield _with(FoundFrame(carried.raw, direction=carried.direction, notation=AS_BYTES), level.said)

    def _written(self, frame: list[Any]) -> str:
        """A frame as it is written in the text; encoded again if there is no text or it is not found there."""
        match = START.search(self._text, self._place) if self._text else None
        while match is not None:
            end = value_end(self._text, match.start())
            if end is not None:
                piece = self._text[match.start() : end]
                if _decoded(piece) == frame:
                    self._place = end
                    return without_surrogates(compact(piece) if "\n" in piece else piece)
            match = START.search(self._text, match.end() if end is None else end)
        self._text = ""
        try:
            return value_text(frame)
        except RecursionError:
            return value_text(frame[:2])[:-1]  # nested deeper than any message


def _decoded(text: str) -> Any:
    if has_too_many_values(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(text: str) -> str | None:
    """The text if it is one frame and nothing else."""
    return without_surrogates(text) if is_frame(_decoded(text)) else None


def _words_beside_a_frame(values: list[Any]) -> dict[str, Any] | None:
    """The words of a list such as [time, direction, frame] by what they seem to be; None if it is not such a list."""
    frames = [value for value in values if is_frame(value) or (type(value) is str and START.search(value))]
    if len(frames) != 1:
        return None
    words: dict[str, Any] = {}
    for value in values:
        if value is frames[0]:
            continue
        if "time" not in words and moment_of(value) is not None:
            words["time"] = value
        elif "direction" not in words and direction_of("direction", value):
            words["direction"] = value
    return words


def _parts_of(fields: dict[str, Any]) -> dict[FieldMeaning, Any] | None:
    """The fields of an object that are the parts of a frame; None if they are not.

    They are if they state a message type and an id, or an action of OCPP with the content of the call or the answer.
    """
    best: dict[FieldMeaning, tuple[int, Any]] = {}
    for name, value in fields.items():
        for field, rank in meanings(name):
            if field not in _PARTS or value is None or rank >= best.get(field, (99, None))[0]:
                continue
            if field in _OBJECTS:
                value = _decoded(value) if type(value) is str and value[:1] in ("{", "[") else value
                if type(value) is not dict:
                    continue
            elif field is FieldMeaning.MESSAGE_TYPE and message_type_of(value) is None:
                continue
            best[field] = rank, value
    if best.get(FieldMeaning.MESSAGE_ID, (0, None))[0] > SURE_ID:
        del best[FieldMeaning.MESSAGE_ID]
    parts = {field: value for field, (_, value) in best.items()}
    if FieldMeaning.MESSAGE_TYPE in parts and FieldMeaning.MESSAGE_ID in parts:
        return parts
    action = parts.get(FieldMeaning.ACTION)
    has_content = FieldMeaning.PAYLOAD in parts or FieldMeaning.ANSWER in parts
    return parts if has_content and type(action) is str and action_and_kind(action) is not None else None


def _gathered(fields: dict[str, Any]) -> dict[str, Any] | None:
    """The parts of a frame whose id is in an object beside its payload, as in the messages of Node-RED; None if there
    is no such object."""
    content = next((value for name, value in fields.items() if _may_be(name, value, FieldMeaning.PAYLOAD)), None)
    if content is None or any(type(value) is str and START.search(value) for value in content.values()):
        return None
    for name, value in fields.items():
        if type(value) is dict and value is not content and plain_name(name) in _ABOUT:
            sure = (meaning for key in value for meaning in meanings(key) if meaning.rank <= SURE_ID)
            if any(meaning.field is FieldMeaning.MESSAGE_ID for meaning in sure):
                inner = any(_may_be(key, one, FieldMeaning.PAYLOAD) for key, one in content.items())
                whole = {**value, **(content if inner and len(content) <= FEW else {"payload": content})}
                return None if _parts_of(whole) is None else whole
    return None


def _may_be(name: str, value: Any, field: FieldMeaning) -> bool:
    """Whether this is an object with a name for a field."""
    return type(value) is dict and any(meaning.field is field for meaning in meanings(name))


def fields_listed(values: list[Any]) -> dict[str, Any] | None:
    """The fields of an object that is written as a list of names and values, as CloudWatch and OpenTelemetry do; None
    if it is none."""
    fields: dict[str, Any] = {}
    for value in values:
        if type(value) is not dict or not 2 <= len(value) <= 3:
            return None
        name = next((value[key] for key in _NAME_OF_FIELD if key in value), None)
        if type(name) is not str or "value" not in value:
            return None
        inner = value["value"]
        if type(inner) is dict and len(inner) == 1 and next(iter(inner)).endswith("Value"):
            (inner,) = inner.values()  # {"stringValue": "CP7"}
        fields[name] = inner
    return fields or None


# -- what is said ------------------------------------------------------------------------------------------------------


def _said_by(fields: dict[str, Any]) -> Said:
    """What the fields of an object say, and those of the objects in it that describe it."""
    said, ranks = Said(), dict.fromkeys(FieldMeaning, 99)
    _hear(said, ranks, fields, 0)
    for name, value in fields.items():
        if type(value) is list:
            value = fields_listed(value)
        if type(value) is str and "/" in value[:LONGEST_REMARK] and plain_name(name) in _PATHS:
            said.path = said.path or value[:LONGEST_REMARK]
        if type(value) is dict:
            plain = plain_name(name)
            if plain in _ABOUT:
                _hear(said, ranks, value, 50)
            if any(meaning.field is FieldMeaning.CHARGE_POINT for meaning in meanings(name)) and not said.charge_point:
                said.charge_point = next((str(value[key]) for key in ("id", "identity", "name") if value.get(key)), "")
    if not said.way or not said.charge_point:
        _hear_remarks(said, fields)
    said.charge_point = said.charge_point[:LONGEST_NAME]
    return said


def _hear(said: Said, ranks: dict[FieldMeaning, int], fields: dict[str, Any], behind: int) -> None:
    for name, value in fields.items():
        if value is None:
            continue
        for field, rank in meanings(name):
            if rank + behind < ranks[field] and _take(said, field, name, value):
                ranks[field] = rank + behind


def _hear_remarks(said: Said, fields: dict[str, Any]) -> None:
    """What a text beside the frame says: "msg": "received from CP7"."""
    for name, value in fields.items():
        if type(value) is str and len(value) <= LONGEST_REMARK and plain_name(name) in _REMARKS and "[" not in value:
            remark = read_prefix(value)
            if not said.way:
                said.way = DirectionClue(remark.direction, remark.flow)
            said.charge_point = said.charge_point or sure_name(value)
            said.version = said.version or remark.version


def _take(said: Said, field: FieldMeaning, name: str, value: Any) -> bool:
    """Put what a field says into `said`; False if it says nothing."""
    if field is FieldMeaning.TIME:
        moment = moment_of(value)
        if moment is not None:
            said.moment = moment
            return True
    elif field is FieldMeaning.DIRECTION:
        which = direction_of(name, value)
        if which:
            said.way = which
            return True
    elif field is FieldMeaning.VERSION:
        version = version_of(value)
        if version is not None:
            said.version = version
            return True
    elif type(value) in (str, int) and value != "" and len(str(value)[: LONGEST_NAME + 1]) <= LONGEST_NAME:
        if field is FieldMeaning.CHARGE_POINT:
            said.charge_point = str(value)
            return True
        if field is FieldMeaning.CONNECTION:
            said.connection = str(value)
            return True
    return False


def described(found: FoundFrame, fields: dict[str, Any]) -> None:
    """Complete a frame by what an object beside it says."""
    said = _said_by(fields)
    if found.direction is None and found.flow is None:
        found.direction, found.flow = said.way
    found.charge_point = found.charge_point or said.charge_point
    found.version = found.version or said.version
    found.connection = found.connection or said.connection
    if found.time is None and said.moment is not None:
        found.at(said.moment)


def _with(found: FoundFrame, said: Said) -> FoundFrame:
    """A frame with what is said around it; its own text may state the direction more precisely."""
    moment = said.moment
    if moment is not None and (found.time is None or moment.zoned or not found.zoned):
        found.at(moment)
    if found.direction is None:
        found.direction = said.way.direction
        if found.flow is None and found.direction is None:
            found.flow = said.way.flow
    found.charge_point = said.charge_point or found.charge_point
    if found.charge_point:
        found.prefix = found.above = ""
    elif said.path:
        found.prefix = f"{said.path} {found.prefix}".rstrip()
    found.version = found.version or said.version
    found.connection = found.connection or said.connection
    return found
