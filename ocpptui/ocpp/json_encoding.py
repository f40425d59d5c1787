"""OCPP-J: messages as JSON arrays. Reading never raises: anything else is a `Malformed` value.

Source: OCPP-J 1.6 section 4.2, OCPP 2.0.1 Part 4 section 4.2, OCPP 2.1 Part 4 sections 4.1.3 and 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

import orjson

from ocpptui.jsontext.text import STRING, quote, value_text
from ocpptui.jsontext.tokens import elements
from ocpptui.ocpp.json_defects import (
    MAX_READ_ID,
    MAX_VALUES,
    control_in_text,
    decode_leniently,
    has_too_many_values,
    id_in,
    kind_of_json,
    malformed,
    may_repeat_keys,
    readable_id,
    repeated_keys,
    short_json,
    too_deep,
)
from ocpptui.ocpp.message import Defect, Malformed, Message, MessageKind
from ocpptui.ocpp.version import Transport

MAX_ID_LENGTH = 36
"""The longest message id that any version allows, in characters."""


class JsonMessage(Message):
    """A message that is written as an OCPP-J array."""

    __slots__ = ()

    @property
    def payload_text(self) -> str:
        """The payload exactly as it is in the raw text; `{}` if it is missing."""
        span = JSON.payload_span(self)
        return "{}" if span is None else self.raw[span[0] : span[1]]

    @property
    def has_numeric_id(self) -> bool:
        """The id in the raw text is a number; an answer must repeat it as a number."""
        return any(defect.name == "integer-id" for defect in self.defects)

    @property
    def id_text(self) -> str:
        """The message id as JSON, ready to be put into an answer."""
        return self.id if self.has_numeric_id else quote(self.id)


class JsonEncoding:
    """OCPP-J as a `SpokenEncoding`."""

    transport = Transport.JSON

    def read(self, raw: str | bytes) -> JsonMessage | Malformed:
        """As `parse`."""
        return parse(raw)

    def payload_span(self, message: Message) -> tuple[int, int] | None:
        """As in `SpokenEncoding`: the last element of a complete array."""
        raw, place = message.raw, _ELEMENTS[message.kind] - 1
        head = _HEADS[place].match(raw)
        if head is None or any(defect.name in _ODD_LENGTHS for defect in message.defects):
            return next(islice(elements(raw), place, None), None)
        # The payload is the rest of the text: a large one is not scanned again to find its end.
        end = raw.rindex("]")
        while raw[end - 1] in _SPACE:
            end -= 1
        return head.end(), end

    def call(self, message_id: str, action: str, payload: str) -> str:
        """The array of a CALL."""
        return f"[2,{quote(message_id)},{quote(action)},{payload}]"

    def send(self, message_id: str, action: str, payload: str) -> str:
        """The array of a SEND."""
        return f"[6,{quote(message_id)},{quote(action)},{payload}]"

    def result(self, of: Message | str, payload: str) -> str:
        """The array of a CALLRESULT."""
        return f"[3,{id_text(of)},{payload}]"

    def result_message(self, of: Message, payload: dict[str, Any]) -> Message | Malformed:
        """The CALLRESULT to a message, with its array as the raw text: as `read` returns it, without parsing it."""
        try:
            text = orjson.dumps(payload).decode()
        except orjson.JSONEncodeError:
            text = "null"
        if of.defects or "null" in text:  # orjson also writes null for NaN and Infinity
            return parse(self.result(of, value_text(payload)))
        return JsonMessage(f"[3,{quote(of.id)},{text}]", MessageKind.CALLRESULT, of.id, None, payload)

    def error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """The array of a CALLERROR."""
        return f"[4,{id_text(of)},{quote(code)},{quote(description)},{details}]"

    def result_error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """The array of a CALLRESULTERROR."""
        return f"[5,{id_text(of)},{quote(code)},{quote(description)},{details}]"

    def rewritten(self, message: Message, id_text: str, rewrite: Callable[[str], str], action: str = "") -> str:
        """As in `SpokenEncoding`: the array."""
        if message.transport is not self.transport:
            return self._anew(message, id_text, rewrite(message.payload_text), action)
        raw = message.raw
        start, end = next(islice(elements(raw), 1, None))
        head, payload = raw[:start] + id_text, self.payload_span(message)
        if payload is None:
            return head + raw[end:]
        return head + raw[end : payload[0]] + rewrite(raw[payload[0] : payload[1]]) + raw[payload[1] :]

    def with_payload(self, message: Message, payload: str, action: str) -> str:
        """As in `SpokenEncoding`."""
        return self.rewritten(message, id_text(message), lambda _: payload, action)

    def _anew(self, message: Message, id_text: str, payload: str, action: str) -> str:
        """A message of another encoding as an array."""
        number = message_type(message.kind)
        if not message.kind.is_answer:
            return f"[{number},{id_text},{quote(message.action or action)},{payload}]"
        if message.kind.is_error:
            error = f"{quote(message.error_code)},{quote(message.error_description)}"
            return f"[{number},{id_text},{error},{payload}]"
        return f"[{number},{id_text},{payload}]"


JSON = JsonEncoding()


_SPACE = " \t\r\n"
_ELEMENT = rf"[{_SPACE}]*+(?:{STRING}|-?[0-9]++)[{_SPACE}]*+,"
_HEADS = {
    place: re.compile(rf"\ufeff?[{_SPACE}]*+\[(?:{_ELEMENT}){{{place}}}[{_SPACE}]*+", re.DOTALL) for place in (2, 3, 4)
}
"""What precedes the payload, by the number of its elements."""
_ODD_LENGTHS = frozenset({"extra-elements", "missing-parts"})
"""Defects of an array whose last element is not the payload."""


def message_type(kind: MessageKind) -> int:
    """The number that begins the array of a message of this kind."""
    return next(number for number, meant in MESSAGE_TYPES.items() if meant is kind)


def id_text(of: Message | str) -> str:
    """The message id to answer with, as JSON: that of a message as it was written, or the given id."""
    if isinstance(of, JsonMessage):
        return of.id_text
    return quote(of if isinstance(of, str) else of.id)


def parse(raw: str | bytes) -> JsonMessage | Malformed:
    """Read one WebSocket message. Never raises."""
    if isinstance(raw, bytes):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            return malformed(raw, Defect("not-utf8", f"byte {error.start} is not UTF-8: {error.reason}", error.start))
    else:
        text = raw
    if has_too_many_values(text):
        defect = Defect("too-many-values", f"more than {MAX_VALUES:,} keys and values, which is more than is read")
        return malformed(text, defect, readable_id(text))
    defects: list[Defect] = []
    body = text
    if body.startswith("\ufeff"):
        body = body[1:]
        defects.append(Defect("byte-order-mark", "the frame starts with a byte order mark", 0))
    try:
        array = orjson.loads(body)
        repeats = may_repeat_keys(body, array)
    except (orjson.JSONDecodeError, RecursionError):
        leniently = decode_leniently(body, text, defects)
        if isinstance(leniently, Malformed):
            return leniently
        (array,) = leniently
        repeats = True
    except orjson.JSONEncodeError:
        return too_deep(text)
    return _of_value(text, body, array, repeats, defects)


def plain_message(raw: str) -> JsonMessage | None:
    """The flawless CALL or CALLRESULT that a text is, as `parse` reads it; None, sooner than that, for any other text
    and for a long one."""
    if len(raw) > MAX_VALUES:  # it may have too many values
        return None
    try:
        value = orjson.loads(raw)
        repeats = may_repeat_keys(raw, value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return None
    if type(value) is not list or control_in_text(raw) or (repeats and repeated_keys(raw)):
        return None
    return _flawless(raw, value)


def _flawless(text: str, array: list[Any]) -> JsonMessage | None:
    """The CALL or CALLRESULT that an array is, if each of its elements is as it must be."""
    if len(array) == 4:
        number, message_id, action, payload = array
        if number != 2 or type(action) is not str or not len(action) <= MAX_READ_ID:
            return None
        kind = MessageKind.CALL
    elif len(array) == 3:
        number, message_id, payload = array
        if number != 3:
            return None
        kind, action = MessageKind.CALLRESULT, None
    else:
        return None
    if type(number) is not int or type(message_id) is not str or not 0 < len(message_id) <= MAX_ID_LENGTH:
        return None
    if type(payload) is not dict:
        return None
    return JsonMessage(text, kind, message_id, action, payload)


def _of_value(text: str, body: str, value: Any, repeats: bool, defects: list[Defect]) -> JsonMessage | Malformed:
    """The message whose text was decoded; `repeats` tells that its keys may repeat."""
    if repeats:
        defects.extend(repeated_keys(body))
    if control := control_in_text(body):
        defects.append(Defect("control-in-text", f"a text has the control character \\{control} in it"))
    if type(value) is not list:
        return malformed(text, Defect("not-an-array", f"the frame is {kind_of_json(value)}, not an array", 0))
    return _from_array(text, value, defects)


def _from_array(text: str, array: list[Any], defects: list[Defect]) -> JsonMessage | Malformed:
    if not defects and (message := _flawless(text, array)) is not None:  # as almost always
        return message
    if not array:
        return malformed(text, Defect("missing-parts", "the array is empty", _end(text)))
    number = array[0]
    if type(number) is not int or number not in MESSAGE_TYPES:
        defect = Defect(
            "message-type", f"{short_json(number)} is not a message type; message types are 2 to 6", _start(text, 0)
        )
        return malformed(text, defect, id_in(array))
    kind = MESSAGE_TYPES[number]
    if len(array) < 2:
        return malformed(text, Defect("missing-parts", "the message id is missing", _end(text)))
    raw_id = array[1]
    numeric = type(raw_id) is int
    if not numeric and type(raw_id) is not str:
        return malformed(
            text, Defect("bad-id", f"the message id is {kind_of_json(raw_id)}, not a string", _start(text, 1))
        )
    if not numeric and len(raw_id) > MAX_READ_ID:
        sentence = f"the message id has {len(raw_id):,} characters, at most {MAX_ID_LENGTH} are allowed"
        return malformed(text, Defect("bad-id", sentence, _start(text, 1)))
    message_id = str(raw_id)
    if numeric:
        defects.append(Defect("integer-id", f"the message id {message_id} is a number, not a string", _start(text, 1)))
    if len(message_id) > MAX_ID_LENGTH:
        sentence = f"the message id has {len(message_id)} characters, at most {MAX_ID_LENGTH} are allowed"
        defects.append(Defect("long-id", sentence, _start(text, 1)))
    elif not message_id:
        defects.append(Defect("empty-id", "the message id is empty", _start(text, 1)))
    wanted = _ELEMENTS[kind]
    if len(array) > wanted:
        sentence = f"{len(array)} elements, but a {kind.name} has {wanted}"
        defects.append(Defect("extra-elements", sentence, _start(text, wanted)))
    if number == 4 or number == 5:
        return _error_frame(text, kind, message_id, array, defects)
    action: str | None = None
    position = 2
    if number != 3:
        if len(array) < 3:
            return malformed(text, Defect("missing-parts", "the action is missing", _end(text)), message_id)
        if type(array[2]) is not str:
            defect = Defect("bad-action", f"the action is {kind_of_json(array[2])}, not a string", _start(text, 2))
            return malformed(text, defect, message_id)
        if len(array[2]) > MAX_READ_ID:
            sentence = f"the action has {len(array[2]):,} characters"
            return malformed(text, Defect("bad-action", sentence, _start(text, 2)), message_id)
        action, position = array[2], 3
    payload = array[position] if len(array) > position else None
    if len(array) <= position:
        defects.append(Defect("missing-parts", "the payload is missing", _end(text)))
    elif payload is None:
        sentence = "the payload is null, which is allowed for an empty payload; {} is preferred"
        defects.append(Defect("null-payload", sentence, _start(text, position)))
    elif type(payload) is not dict:
        sentence = f"the payload is {kind_of_json(payload)}, not an object"
        defects.append(Defect("payload-not-object", sentence, _start(text, position)))
    return JsonMessage(text, kind, message_id, action, payload, "", "", tuple(defects))


def _error_frame(
    text: str,
    kind: MessageKind,
    message_id: str,
    array: list[Any],
    defects: list[Defect],
) -> JsonMessage:
    if len(array) < 5:
        names = ("error code", "error description", "error details")[len(array) - 2 :]
        verb = "is" if len(names) == 1 else "are"
        defects.append(Defect("missing-parts", f"the {' and the '.join(names)} {verb} missing", _end(text)))
    code = array[2] if len(array) > 2 else ""
    description = array[3] if len(array) > 3 else ""
    details = array[4] if len(array) > 4 else None
    if type(code) is not str:
        defects.append(
            Defect("bad-error-code", f"the error code is {kind_of_json(code)}, not a string", _start(text, 2))
        )
        code = short_json(code)
    if type(description) is not str:
        sentence = f"the description is {kind_of_json(description)}, not a string"
        defects.append(Defect("bad-description", sentence, _start(text, 3)))
        description = short_json(description)
    if len(array) > 4 and type(details) is not dict:
        sentence = f"the details are {kind_of_json(details)}, not an object"
        defects.append(Defect("details-not-object", sentence, _start(text, 4)))
    return JsonMessage(text, kind, message_id, None, details, code, description, tuple(defects))


def _start(text: str, element: int) -> int | None:
    """The position at which an element of the frame starts."""
    span = next(islice(elements(text), element, None), None)
    return span[0] if span else None


def _end(text: str) -> int:
    """The position of the closing bracket of the frame."""
    return len(text.rstrip()) - 1


MESSAGE_TYPES = {
    2: MessageKind.CALL,
    3: MessageKind.CALLRESULT,
    4: MessageKind.CALLERROR,
    5: MessageKind.CALLRESULTERROR,
    6: MessageKind.SEND,
}
"""What the first element of an array means."""
_ELEMENTS = {
    MessageKind.CALL: 4,
    MessageKind.CALLRESULT: 3,
    MessageKind.CALLERROR: 5,
    MessageKind.CALLRESULTERROR: 5,
    MessageKind.SEND: 4,
}
