"""OCPP-J: messages as JSON arrays. Reading never raises: anything else is a `Malformed` value.

Source: OCPP-J 1.6 section 4.2, OCPP 2.0.1 Part 4 section 4.2, OCPP 2.1 Part 4 sections 4.1.3 and 4.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import orjson

from ocpptui.jsontext.text import STRING, quote, value_text
from ocpptui.jsontext.tokens import TokenKind, elements, tokens
from ocpptui.ocpp.message import Defect, Malformed, Message, MessageKind
from ocpptui.ocpp.version import Transport

MAX_ID_LENGTH = 36
"""The longest message id that any version allows, in characters."""

MAX_DEPTH = 254
"""Levels of nesting; a deeper text is malformed. The deepest OCPP message has ten."""

MAX_VALUES = 250_000
"""Keys and values of a message; one with more is malformed. As Python objects they would take twenty times the memory
of the text, and a second to read. The largest messages of OCPP, local lists and reports, have some ten thousand."""

MAX_READ_ID = 10_000
"""How many characters of a malformed message are searched for its id. A longer message id cannot be read."""

MAX_DUPLICATES = 10
"""How many repeated keys of one frame are reported."""


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

    def rewritten(self, message: Message, id_text: str, rewrite: Callable[[str], str]) -> str:
        """The array of a message with another id (as JSON) and its payload passed through `rewrite`.

        Every other character stays.
        """
        raw = message.raw
        start, end = next(islice(elements(raw), 1, None))
        head, payload = raw[:start] + id_text, self.payload_span(message)
        if payload is None:
            return head + raw[end:]
        return head + raw[end : payload[0]] + rewrite(raw[payload[0] : payload[1]]) + raw[payload[1] :]


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
            return _malformed(raw, Defect("not-utf8", f"byte {error.start} is not UTF-8: {error.reason}", error.start))
    else:
        text = raw
    if has_too_many_values(text):
        defect = Defect("too-many-values", f"more than {MAX_VALUES:,} keys and values, which is more than is read")
        return _malformed(text, defect, _readable_id(text))
    defects: list[Defect] = []
    body = text
    if body.startswith("\ufeff"):
        body = body[1:]
        defects.append(Defect("byte-order-mark", "the frame starts with a byte order mark", 0))
    try:
        array = orjson.loads(body)
        repeats = may_repeat_keys(body, array)
    except (orjson.JSONDecodeError, RecursionError):
        leniently = _decode_leniently(body, text, defects)
        if isinstance(leniently, Malformed):
            return leniently
        (array,) = leniently
        repeats = True
    except orjson.JSONEncodeError:
        return _too_deep(text)
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
    if type(value) is not list:
        return None
    message = _of_value(raw, raw, value, repeats, [])
    if isinstance(message, Malformed) or message.defects or message.kind not in _PLAIN_KINDS:
        return None
    return message


_PLAIN_KINDS = (MessageKind.CALL, MessageKind.CALLRESULT)


def _of_value(text: str, body: str, value: Any, repeats: bool, defects: list[Defect]) -> JsonMessage | Malformed:
    """The message whose text was decoded; `repeats` tells that its keys may repeat."""
    if repeats:
        defects.extend(_duplicates(body))
    if control := control_in_text(body):
        defects.append(Defect("control-in-text", f"a text has the control character \\{control} in it"))
    if type(value) is not list:
        return _malformed(text, Defect("not-an-array", f"the frame is {_kind(value)}, not an array", 0))
    return _from_array(text, value, defects)


def control_in_text(text: str) -> str:
    """The first escape in a JSON text, without its backslash, of a control character other than a tab or the end of a
    line; empty if there is none."""
    found = _CONTROL_IN_TEXT.search(text) if "\\" in text else None
    return "" if found is None else found[1]


def _decode_leniently(body: str, text: str, defects: list[Defect]) -> tuple[Any] | Malformed:
    """What the standard decoder reads in text that the strict one refuses."""
    if not body.strip():
        return _malformed(text, Defect("empty", "the message is empty", 0))
    try:
        array = json.loads(body, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        position = error.pos + len(text) - len(body)
        return _malformed(text, _json_defect(text, error, position), _readable_id(text))
    except _NotANumberError as error:
        return _malformed(text, _number_defect(text, str(error)), _readable_id(text))
    except RecursionError:
        return _too_deep(text)
    except ValueError as error:
        return _malformed(text, Defect("not-json", f"this JSON cannot be read: {error}"), _readable_id(text))
    if _is_too_deep(array):
        return _too_deep(text)
    # The strict decoder does not say why it refuses: these are what the standard decoder accepts.
    defects.append(Defect("lenient-json", "not strict JSON: a lone surrogate or a number out of range"))
    return (array,)


_DOTS = re.compile(r"\.{3}|…")


class _NotANumberError(Exception):
    """NaN or Infinity in a text, which Python reads and JSON does not have (RFC 8259 section 6)."""


def _refuse(literal: str) -> None:
    raise _NotANumberError(literal)


def _number_defect(text: str, literal: str) -> Defect:
    position = next(
        (token.start for token in tokens(text) if token.kind is TokenKind.WORD and token.value == literal), None
    )
    place = "" if position is None else f" at position {position}"
    return Defect("not-json", f"not valid JSON: {literal}{place} is not a number of JSON", position)


def _malformed(raw: str | bytes, defect: Defect, message_id: str | None = None) -> Malformed:
    number = _FIRST_NUMBER.match(raw if isinstance(raw, str) else raw.decode("utf-8", "replace"))
    return Malformed(raw, defect, message_id, may_be_call=number is None or number[1] == "2")


def _too_deep(text: str) -> Malformed:
    return _malformed(text, Defect("too-deep", f"more than {MAX_DEPTH} levels of nesting"), _readable_id(text))


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inner(outer) if type(inner) in (dict, list)]
        if not level:
            return False
    return True


def _inner(value: Any) -> Iterable[Any]:
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


def _json_defect(text: str, error: json.JSONDecodeError, position: int) -> Defect:
    if error.msg.startswith("Invalid control character"):
        code = ord(text[position]) if position < len(text) else 0
        return Defect(
            "control-character", f"an unescaped control character U+{code:04X} at position {position}", position
        )
    if position >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return Defect("truncated", f"the text ends inside the frame after {len(text)} characters", position)
    if dots := left_out(text, position):
        return Defect("truncated", f'a part of the frame is left out at "{dots}"', position)
    if error.msg == "Extra data":
        return Defect("extra-data", f"more text follows the frame at position {position}", position)
    return Defect("not-json", f"not valid JSON: {error.msg.lower()} at position {position}", position)


def left_out(text: str, position: int) -> str:
    """The dots that a logger writes in place of the middle of a text, if JSON breaks off there; else ""."""
    dots = next(reversed(list(_DOTS.finditer(text, 0, position + 3))), None)
    return dots[0] if dots is not None and text.count('"', dots.start(), position) <= 1 else ""


def _from_array(text: str, array: list[Any], defects: list[Defect]) -> JsonMessage | Malformed:
    if not array:
        return _malformed(text, Defect("missing-parts", "the array is empty", _end(text)))
    number = array[0]
    if type(number) is not int or number not in MESSAGE_TYPES:
        defect = Defect(
            "message-type", f"{_show(number)} is not a message type; message types are 2 to 6", _start(text, 0)
        )
        return _malformed(text, defect, _id_of(array))
    kind = MESSAGE_TYPES[number]
    if len(array) < 2:
        return _malformed(text, Defect("missing-parts", "the message id is missing", _end(text)))
    raw_id = array[1]
    numeric = type(raw_id) is int
    if not numeric and type(raw_id) is not str:
        return _malformed(text, Defect("bad-id", f"the message id is {_kind(raw_id)}, not a string", _start(text, 1)))
    if not numeric and len(raw_id) > MAX_READ_ID:
        sentence = f"the message id has {len(raw_id):,} characters, at most {MAX_ID_LENGTH} are allowed"
        return _malformed(text, Defect("bad-id", sentence, _start(text, 1)))
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
            return _malformed(text, Defect("missing-parts", "the action is missing", _end(text)), message_id)
        if type(array[2]) is not str:
            defect = Defect("bad-action", f"the action is {_kind(array[2])}, not a string", _start(text, 2))
            return _malformed(text, defect, message_id)
        if len(array[2]) > MAX_READ_ID:
            sentence = f"the action has {len(array[2]):,} characters"
            return _malformed(text, Defect("bad-action", sentence, _start(text, 2)), message_id)
        action, position = array[2], 3
    payload = array[position] if len(array) > position else None
    if len(array) <= position:
        defects.append(Defect("missing-parts", "the payload is missing", _end(text)))
    elif payload is None:
        sentence = "the payload is null, which is allowed for an empty payload; {} is preferred"
        defects.append(Defect("null-payload", sentence, _start(text, position)))
    elif type(payload) is not dict:
        sentence = f"the payload is {_kind(payload)}, not an object"
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
        defects.append(Defect("bad-error-code", f"the error code is {_kind(code)}, not a string", _start(text, 2)))
        code = _show(code)
    if type(description) is not str:
        sentence = f"the description is {_kind(description)}, not a string"
        defects.append(Defect("bad-description", sentence, _start(text, 3)))
        description = _show(description)
    if len(array) > 4 and type(details) is not dict:
        sentence = f"the details are {_kind(details)}, not an object"
        defects.append(Defect("details-not-object", sentence, _start(text, 4)))
    return JsonMessage(text, kind, message_id, None, details, code, description, tuple(defects))


def plain_payload(raw: str | bytes) -> dict[str, Any] | None:
    """The payload of a flawless CALL or CALLRESULT that is not long, without the other work of `parse`; else None."""
    if len(raw) > MAX_VALUES:  # it may have too many values
        return None
    try:
        frame = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return _payload_of_flawless(frame)


def plain_payloads(raws: Sequence[str]) -> list[dict[str, Any] | None]:
    """The same of many messages at once, each of which was found to be JSON before."""
    try:
        frames = orjson.loads(f"[{','.join(raws)}]")
    except orjson.JSONDecodeError:
        frames = []
    if len(frames) != len(raws):  # one of them is not JSON any more
        return [plain_payload(raw) for raw in raws]
    return [_payload_of_flawless(frame) for frame in frames]


def _payload_of_flawless(frame: Any) -> dict[str, Any] | None:
    """The payload in the array of a CALL or CALLRESULT that has nothing wrong; else None."""
    if type(frame) is not list or not 3 <= len(frame) <= 4:
        return None
    payload = frame[-1]
    if type(payload) is not dict or type(frame[1]) is not str or type(frame[0]) is not int:
        return None
    if len(frame) == 3:
        return payload if frame[0] == 3 else None
    return payload if frame[0] == 2 and type(frame[2]) is str else None


def may_repeat_keys(text: str, value: Any) -> bool:
    """A cheap test whose False is always right, so that the slow test seldom runs.

    Raises orjson.JSONEncodeError if `value` is nested deeper than `MAX_DEPTH`.
    """
    again = orjson.dumps(value).decode()
    if again == text:
        return False
    return text.count('":') != again.count('":') or "\\u0022" in text or _SPACED_COLON.search(text) is not None


def _duplicates(text: str) -> list[Defect]:
    names: dict[str, None] = {}

    def pairs(items: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in items}) == len(items):
            return
        seen: set[str] = set()
        for key, _ in items:
            if key in seen:
                names[key] = None
                if len(names) >= MAX_DUPLICATES:
                    raise _EnoughError
            seen.add(key)

    # Invalid JSON is reported elsewhere.
    with suppress(ValueError, RecursionError, _EnoughError):
        json.loads(text, object_pairs_hook=pairs)
    return [Defect("duplicate-key", f"the key {_show(name)} appears more than once in one object") for name in names]


class _EnoughError(Exception):
    """As many repeated keys as are reported have been found."""


def _start(text: str, element: int) -> int | None:
    """The position at which an element of the frame starts."""
    span = next(islice(elements(text), element, None), None)
    return span[0] if span else None


def _end(text: str) -> int:
    """The position of the closing bracket of the frame."""
    return len(text.rstrip()) - 1


def has_too_many_values(text: str) -> bool:
    """Whether a text has more than `MAX_VALUES` keys and values; decided without reading it as JSON."""
    if len(text) <= MAX_VALUES or text.count('"') // 2 + _values_between(text, 0, len(text)) <= MAX_VALUES:
        return False
    count = done = 0
    for string in _STRING.finditer(text):  # a string may contain anything
        count += 1 + _values_between(text, done, string.start())
        done = string.end()
        if count > MAX_VALUES:
            return True
    return count + _values_between(text, done, len(text)) > MAX_VALUES


def _values_between(text: str, start: int, end: int) -> int:
    """How many values other than strings begin in a part of a text; in a long part, at most."""
    if end - start <= 1:
        return 0
    scalars = len(_SCALAR.findall(text, start, end)) if end - start <= 64 else text.count(",", start, end) + 1
    return scalars + text.count("[", start, end) + text.count("{", start, end)


def _readable_id(text: str) -> str | None:
    text = text[:MAX_READ_ID]
    span = next(islice(elements(text), 1, None), None)
    return None if span is None else _id_of([None, json.loads(text[span[0] : span[1]])])


def _id_of(array: list[Any]) -> str | None:
    if len(array) > 1 and type(array[1]) in (str, int):
        return str(array[1])
    return None


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return names[type(value)]


def _show(value: object) -> str:
    """A value as short JSON."""
    if type(value) in (dict, list):
        return _kind(value)
    text = json.dumps(value[:40] if isinstance(value, str) else value)
    return text if len(text) <= 40 else text[:39] + "…"


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
_FIRST_NUMBER = re.compile(r"\s*\[\s*(\d+)\s*(?:,|$)")
_STRING = re.compile(STRING, re.DOTALL)
_SCALAR = re.compile(r"[^\s\[\]{},:]+")
_CONTROL_IN_TEXT = re.compile(
    r"(?<!\\)(?:\\\\)*+\\(u00(?:0[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF])|[bf])",
)
"""An odd number of backslashes begins an escape."""
_SPACED_COLON = re.compile(r'"[ \t\r\n]+:')
