"""Frames within any JSON value, with what the keys around them say: logs in JSON, exports, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ocpptui.importing.fields.field_directions import direction_of
from ocpptui.importing.fields.field_values import message_type_of, moment_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning, is_of_answer
from ocpptui.importing.fields.frame_from_parts import Assembler
from ocpptui.importing.fields.listed_fields import entry_of_stream, fields_in_turn, fields_listed
from ocpptui.importing.found_frame import FoundFrame, turned
from ocpptui.importing.objects.json_context import Level, with_said
from ocpptui.importing.objects.json_groups import around_message, groups_in
from ocpptui.importing.objects.json_shapes import (
    decoded_json,
    plain_fields,
    rows_below_names,
    rows_in,
    text_of_base64,
    text_of_bytes,
)
from ocpptui.importing.objects.object_parts import are_of_ocpp, gathered_parts, have_message_id, parts_of_object
from ocpptui.importing.objects.twin_frames import without_twins
from ocpptui.importing.packets.framed_bytes import AS_BYTES
from ocpptui.importing.packets.packet_fields import layers_once
from ocpptui.importing.packets.printed_bytes import bytes_in, bytes_of_numbers, may_hold_bytes
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.texts.odd_frames import odd_frame
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import compact, value_text, without_surrogates
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.json_encoding import plain_message

FindInText = Callable[[str], Iterable[FoundFrame]]
"""Finds the frames in a text that contains more than a frame."""

DEEPEST = 60
"""How many levels of a value are searched."""
FEW = 8
"""The most elements of a list that contains one frame among words about it."""

_PRINTED = "<Call"
"""How the Python library `ocpp` begins to print a message."""
_ENVELOPE = "Envelope"
"""The root element of SOAP."""
_KIND_AND_ID = lazily(r"\[\s*(?P<kind>[2-4])\s*,\s*\"(?P<id>[^\"]*)\"")


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
                yield with_said(FoundFrame(self._written(value)), level.said)
            else:
                yield from self._in_list(value, level, depth)

    def _in_object(self, fields: dict[str, Any], around: Level, depth: int) -> Iterator[FoundFrame]:
        if "tcp" in fields or "tcp_raw" in fields:
            fields = layers_once(fields)
        kinds = list(map(type, fields.values()))
        lists, objects = kinds.count(list), kinds.count(dict)
        rows = rows_in(fields) if lists > 1 or 1 < objects == len(kinds) else None
        if rows is not None:
            yield from self._in_list(rows, Level(fields, around), depth)
            return
        if objects:
            fields = plain_fields(fields)
        level, any_found = Level(fields, around), False
        exchange = _exchange_in(fields)
        if exchange is not None:
            yield from self._side_by_side(fields, exchange, level)
            return
        gathered = gathered_parts(fields)
        if gathered is not None:
            yield from self._assembled(gathered, level)
            return
        found = self._in_fields(fields, level, depth, by_name=lists + objects == len(kinds))
        for one in without_twins(found) if _may_repeat(fields) else found:
            any_found = True
            yield one
        if not any_found:
            yield from self._assembled(fields, level)

    def _in_fields(self, fields: dict[str, Any], level: Level, depth: int, *, by_name: bool) -> Iterator[FoundFrame]:
        """The frames in the fields of an object; `by_name` if its fields may be called by charge points."""
        for name, value, within in groups_in(fields, level, by_name=by_name):
            if value == "" and name[:1] == "[":  # a text is the key, as those of tshark are
                yield from self._in_string(name, level)
            else:
                stated = self._stated_by_name(name, value, level) if type(value) is dict else None
                yield from stated or self.into(value, within, depth + 1)

    def _stated_by_name(self, name: str, value: dict[str, Any], level: Level) -> list[FoundFrame]:
        """The frame of the parts in a field whose name is the message type: `"callResult": {"messageId": …}`."""
        if name.isdecimal() or message_type_of(name) is None:
            return []
        parts = plain_fields(value)
        if not have_message_id(parts):
            return []
        return list(self._assembled({"messageType": name, **parts}, Level(parts, level)))

    def _side_by_side(self, fields: dict[str, Any], exchange: dict[str, Any], level: Level) -> Iterator[FoundFrame]:
        """A call and its answer in two fields of an object."""
        raws = {name: value.strip() if type(value) is str else self._written(value) for name, value in exchange.items()}
        call, answer = sorted(exchange, key=lambda name: _kind_and_id(exchange[name])[0])
        yield with_said(FoundFrame(raws[call]), around_message(call, exchange[call], level).said)
        around = around_message(answer, exchange[answer], level)
        found = with_said(FoundFrame(raws[answer]), around.said)
        yield _at_time_of_answer(found, fields) if around is not level else _beside_its_call(found, fields)

    def _assembled(self, fields: dict[str, Any], level: Level) -> Iterator[FoundFrame]:
        """The frame, or the call and its answer, whose parts are the fields of an object."""
        parts = parts_of_object(fields)
        if parts is None:
            return
        kind, said = message_type_of(parts.get(FieldMeaning.MESSAGE_TYPE)), level.said
        if not are_of_ocpp(fields, parts) and not self._assembler.expects(parts, kind, said.charge_point):
            return
        try:
            assembled = self._assembler.frames(parts, kind, said.charge_point, said.way)
        except RecursionError:
            return
        for raw, beside_call in assembled:
            found = with_said(FoundFrame(raw, notation="fields"), said)
            yield _beside_its_call(found, fields) if beside_call else found

    def _in_list(self, values: list[Any], around: Level, depth: int) -> Iterator[FoundFrame]:
        fields = fields_listed(values) or entry_of_stream(values) or fields_in_turn(values)
        if fields is not None:
            yield from self._in_object(fields, around, depth)
            return
        text = text_of_bytes(values)
        if text is not None and START.match(text.lstrip()) is None:
            yield from self._in_string(text, around)
            return
        carried = bytes_of_numbers(values)
        if carried:
            for one in carried:
                yield with_said(FoundFrame(one.raw, direction=one.direction, notation=AS_BYTES), around.said)
            return
        values = rows_below_names(values) or values
        level = around
        if len(values) > 1:
            words = _words_beside_a_frame(values) if len(values) <= FEW else None
            level = Level(words, around, in_list=words is None)
        for value in values:
            if type(value) in (str, list, dict):
                yield from self.into(value, level, depth + 1)

    def _in_string(self, text: str, level: Level) -> Iterator[FoundFrame]:
        start = START.search(text) if "[" in text else None
        if start is None and _PRINTED not in text:
            decoded = text_of_base64(text) if text[:1] in ("e", "C", "H") else None
            if decoded is not None:
                yield from self._in_string(decoded, level)
                return
        value = decoded_json(text) if text[:1] == "{" and text[-1:] == "}" else None
        if type(value) is dict:
            yield from _Walk(self._find_in_text, text, self._assembler).into(value, level, DEEPEST // 2)
            return
        if start is None and _PRINTED not in text and _ENVELOPE not in text and odd_frame(text, _never) is None:
            yield from self._in_bytes(text, level)
            return
        if start is not None and not text[: start.start()].strip() and not start["escape"] and not start["escape2"]:
            whole = _whole(text.strip())
            if whole is not None:
                yield with_said(whole, level.said)
                return
        if self._find_in_text is not None:
            for found in self._find_in_text(text.rstrip()):
                yield with_said(found, level.said)

    def _in_bytes(self, text: str, level: Level) -> Iterator[FoundFrame]:
        """The frames whose bytes a text shows: in hexadecimal, in base64, in a dump of several lines."""
        if "\n" in text and self._find_in_text is not None and may_hold_bytes(text):
            for found in self._find_in_text(text):
                yield with_said(found, level.said)
            return
        for run in bytes_in(text):
            for carried in run.frames:
                yield with_said(FoundFrame(carried.raw, direction=carried.direction, notation=AS_BYTES), level.said)

    def _written(self, frame: list[Any]) -> str:
        """A frame as it is written in the text; encoded again if there is no text or it is not found there."""
        match = START.search(self._text, self._place) if self._text else None
        while match is not None:
            end = value_end(self._text, match.start())
            if end is not None:
                piece = self._text[match.start() : end]
                decoded = decoded_json(piece)
                if decoded == frame or ("NaN" in piece and repr(decoded) == repr(frame)):
                    self._place = end
                    return without_surrogates(compact(piece) if "\n" in piece else piece)
            match = START.search(self._text, match.end() if end is None else end)
        self._text = ""
        try:
            return value_text(frame)
        except RecursionError:
            return value_text(frame[:2])[:-1]  # nested deeper than any message


def _never(before: str) -> bool:
    """That nothing before a list in a field announces a frame."""
    return False


def _whole(text: str) -> FoundFrame | None:
    """The frame that a text is and nothing else; None if it is not one."""
    message = plain_message(text)
    if message is not None:  # as almost always
        return FoundFrame(text, frame=message)
    return FoundFrame(without_surrogates(text)) if is_frame(decoded_json(text)) else None


def _words_beside_a_frame(values: list[Any]) -> dict[str, Any] | None:
    """The words of a list such as [time, direction, frame] by what they seem to be; None if it is not such a list."""
    frames = [value for value in values if is_frame(value) or (type(value) is str and START.search(value))]
    if len(frames) != 1:
        return None
    words: dict[str, Any] = {}
    for place, value in enumerate(values, 1):
        if value is frames[0]:
            continue
        if "time" not in words and moment_of(value) is not None:
            words["time"] = value
        elif "direction" not in words and direction_of("direction", value):
            words["direction"] = value
        else:
            words[f"value {place}"] = value
    return words


def _exchange_in(fields: dict[str, Any]) -> dict[str, Any] | None:
    """The call and its answer in two fields of an object, by their names; None if there are not just these frames."""
    frames = {
        name: value for name, value in fields.items() if ("[" in value[:3] if type(value) is str else is_frame(value))
    }
    if len(frames) != 2:
        return None
    (kind, message_id), (other, same_id) = map(_kind_and_id, frames.values())
    is_exchange = message_id == same_id and {kind, other} in ({"2", "3"}, {"2", "4"})
    return frames if is_exchange else None


def _kind_and_id(frame: str | list[Any]) -> tuple[str, str]:
    """The message type and the id of a frame, as a text or decoded; empty if it has none."""
    if type(frame) is list:
        return str(frame[0]), str(frame[1])
    match = _KIND_AND_ID.match(str(frame).strip())
    return ("", "") if match is None else (match["kind"], match["id"])


def _beside_its_call(answer: FoundFrame, fields: dict[str, Any]) -> FoundFrame:
    """An answer in the object of its call, whose direction it has: it goes the opposite way."""
    return _at_time_of_answer(turned(answer), fields)


def _at_time_of_answer(answer: FoundFrame, fields: dict[str, Any]) -> FoundFrame:
    """An answer in the object of its call, at the time that a field states for it."""
    times = (moment_of(value) for name, value in fields.items() if is_of_answer(name))
    moment = next(filter(None, times), None)
    if moment is not None:
        answer.at(moment)
    return answer


def _may_repeat(fields: dict[str, Any]) -> bool:
    """Whether an object has a frame and beside it something else that may be the same message."""
    values = [
        value for value in fields.values() if type(value) in (dict, list) or (type(value) is str and "[" in value)
    ]
    if len(values) < 2 or any(type(value) is list and not is_frame(value) for value in values):
        return False
    return any(type(value) is list or (type(value) is str and START.search(value) is not None) for value in values)
