"""Raw text to parsed frame and back. Parsing never raises: what is no OCPP-J frame is a `Malformed` value.

Source: OCPP-J 1.6 section 4.2, OCPP 2.0.1 Part 4 section 4.2, OCPP 2.1 Part 4 sections 4.1.3 and 4.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

MAX_ID_LENGTH = 36
"""The longest message id that any version allows, in characters."""

UNREADABLE_ID = "-1"
"""The message id of a CALLERROR for a call whose own id cannot be read (2.0.1 Part 4 section 4.2.3)."""


class MessageType(IntEnum):
    """The first element of a frame."""

    CALL = 2
    CALLRESULT = 3
    CALLERROR = 4
    CALLRESULTERROR = 5
    SEND = 6

    @property
    def is_answer(self) -> bool:
        """True for the types that refer to an earlier frame by its message id."""
        return self in _ANSWERS

    @property
    def is_error(self) -> bool:
        return self is MessageType.CALLERROR or self is MessageType.CALLRESULTERROR


_ANSWERS = frozenset({MessageType.CALLRESULT, MessageType.CALLERROR, MessageType.CALLRESULTERROR})
_ELEMENTS = {
    MessageType.CALL: 4,
    MessageType.CALLRESULT: 3,
    MessageType.CALLERROR: 5,
    MessageType.CALLRESULTERROR: 5,
    MessageType.SEND: 4,
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong with a frame."""

    name: str
    """A stable identifier in kebab case, `integer-id` for example."""
    text: str
    """One sentence for a person."""
    position: int | None = None
    """Where, as an offset into the raw text in characters (bytes where the frame is not UTF-8)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that can be read, with what was tolerated in reading it."""

    raw: str
    """The text as it was on the wire."""
    type: MessageType
    id: str
    """The message id as text, also where the wire had a number."""
    action: str | None
    """The action of a CALL or SEND; None for an answer, which does not name it."""
    payload: Any
    """The decoded payload; the details of a CALLERROR; None where it is missing."""
    error_code: str = ""
    error_description: str = ""
    defects: tuple[Defect, ...] = ()
    """What is wrong but was tolerated."""
    numeric_id: bool = False
    """The wire had the id as an integer; an answer has to repeat it so."""

    @property
    def payload_text(self) -> str:
        """The payload exactly as it stands in the raw text; `{}` where it is missing."""
        index = 4 if self.type.is_error else (2 if self.type is MessageType.CALLRESULT else 3)
        for position, (start, end) in enumerate(element_spans(self.raw)):
            if position == index:
                return self.raw[start:end]
        return "{}"

    @property
    def id_text(self) -> str:
        """The message id as JSON, ready to be put into an answer."""
        return self.id if self.numeric_id else quote(self.id)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that arrived and is no OCPP-J frame, kept whole."""

    raw: str | bytes
    """The text; bytes where it is not UTF-8."""
    defect: Defect
    id: str | None = None
    """The message id where it could still be read."""


def parse(raw: str | bytes) -> Frame | Malformed:
    """Read one WebSocket message. Never raises."""
    if isinstance(raw, bytes):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            return Malformed(raw, Defect("not-utf8", f"byte {error.start} is not UTF-8: {error.reason}", error.start))
    else:
        text = raw
    defects: list[Defect] = []
    body = text
    if body.startswith("\ufeff"):
        body = body[1:]
        defects.append(Defect("byte-order-mark", "the frame starts with a byte order mark", 0))
    try:
        array = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        leniently = _decode_leniently(body, text, defects)
        if isinstance(leniently, Malformed):
            return leniently
        (array,) = leniently
    if type(array) is not list:
        return Malformed(text, Defect("not-an-array", f"a frame is an array, this is {_kind(array)}", 0))
    return _from_array(text, array, defects)


def _decode_leniently(body: str, text: str, defects: list[Defect]) -> tuple[Any] | Malformed:
    """What the standard decoder makes of text that the strict one refuses."""
    if not body.strip():
        return Malformed(text, Defect("empty", "the message is empty", 0))
    try:
        array = json.loads(body)
    except json.JSONDecodeError as error:
        position = error.pos + len(text) - len(body)
        return Malformed(text, _json_defect(text, error, position), _readable_id(body))
    except (RecursionError, ValueError) as error:
        return Malformed(text, Defect("not-json", f"this JSON cannot be read: {error}"), _readable_id(body))
    # The strict decoder says no more than that it refuses: these are what the standard one lets pass.
    defects.append(Defect("lenient-json", "no strict JSON: NaN, Infinity, a lone surrogate or a number out of range"))
    return (array,)


def _json_defect(text: str, error: json.JSONDecodeError, position: int) -> Defect:
    if error.msg.startswith("Invalid control character"):
        code = ord(text[position]) if position < len(text) else 0
        return Defect("control-character", f"a bare control character U+{code:04X} at position {position}", position)
    if position >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return Defect("truncated", f"the text ends inside the frame, after {len(text)} characters", position)
    if error.msg == "Extra data":
        return Defect("extra-data", f"more text follows the frame at position {position}", position)
    return Defect("not-json", f"no JSON: {error.msg.lower()} at position {position}", position)


def _from_array(text: str, array: list[Any], defects: list[Defect]) -> Frame | Malformed:
    if not array:
        return Malformed(text, Defect("missing-parts", "the array is empty", 0))
    number = array[0]
    if type(number) is not int or number not in _TYPES:
        return Malformed(
            text,
            Defect("message-type", f"{_show(number)} is no message type; it is one of 2 to 6", 1),
            _id_of(array),
        )
    message_type = _TYPES[number]
    if len(array) < 2:
        return Malformed(text, Defect("missing-parts", "the message id is missing", len(text) - 1))
    raw_id = array[1]
    if type(raw_id) is int:
        defects.append(Defect("integer-id", f"the message id {raw_id} is a number, not a string"))
        message_id = str(raw_id)
    elif type(raw_id) is str:
        message_id = raw_id
    else:
        return Malformed(text, Defect("bad-id", f"the message id is {_kind(raw_id)}, not a string"))
    if len(message_id) > MAX_ID_LENGTH:
        defects.append(
            Defect("long-id", f"the message id has {len(message_id)} characters, {MAX_ID_LENGTH} are allowed")
        )
    elif not message_id:
        defects.append(Defect("empty-id", "the message id is empty"))
    numeric = type(raw_id) is int
    if len(array) > _ELEMENTS[message_type]:
        defects.append(
            Defect(
                "extra-elements",
                f"{len(array)} elements where a {message_type.name} has {_ELEMENTS[message_type]}",
            )
        )
    if message_type.is_error:
        return _error_frame(text, message_type, message_id, array, defects, numeric)
    action: str | None = None
    position = 2
    if message_type is not MessageType.CALLRESULT:
        if len(array) < 3:
            return Malformed(text, Defect("missing-parts", "the action is missing", len(text) - 1), message_id)
        if type(array[2]) is not str:
            defect = Defect("bad-action", f"the action is {_kind(array[2])}, not a string")
            return Malformed(text, defect, message_id)
        action, position = array[2], 3
    payload = array[position] if len(array) > position else None
    if len(array) <= position:
        defects.append(Defect("missing-parts", "the payload is missing"))
    elif type(payload) is not dict:
        defects.append(Defect("payload-not-object", f"the payload is {_kind(payload)}, not an object"))
    elif payload and _may_repeat_keys(text, payload):
        defects.extend(_duplicates(text))
    return Frame(text, message_type, message_id, action, payload, "", "", tuple(defects), numeric)


def _error_frame(
    text: str,
    message_type: MessageType,
    message_id: str,
    array: list[Any],
    defects: list[Defect],
    numeric: bool,
) -> Frame:
    if len(array) < 5:
        names = ("error code", "error description", "error details")[len(array) - 2 :]
        defects.append(Defect("missing-parts", f"{' and '.join(names)} missing"))
    code = array[2] if len(array) > 2 else ""
    description = array[3] if len(array) > 3 else ""
    details = array[4] if len(array) > 4 else None
    if type(code) is not str:
        defects.append(Defect("bad-error-code", f"the error code is {_kind(code)}, not a string"))
        code = _show(code)
    if type(description) is not str:
        defects.append(Defect("bad-description", f"the description is {_kind(description)}, not a string"))
        description = _show(description)
    if len(array) > 4 and type(details) is not dict:
        defects.append(Defect("details-not-object", f"the details are {_kind(details)}, not an object"))
    return Frame(text, message_type, message_id, None, details, code, description, tuple(defects), numeric)


def element_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each element of the array in `text`, as character offsets; stops where it is no JSON."""
    decoder = json.JSONDecoder()
    position = text.find("[") + 1
    if position == 0:
        return
    while True:
        position = _skip_space(text, position)
        try:
            _, end = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            return
        yield position, end
        position = _skip_space(text, end)
        if text[position : position + 1] != ",":
            return
        position += 1


def quote(text: str) -> str:
    """A string as JSON, in UTF-8 where that is possible."""
    return json.dumps(text, ensure_ascii=any("\ud800" <= c <= "\udfff" for c in text))


def call(message_id: str, action: str, payload: str) -> str:
    """The text of a CALL; `payload` is JSON text and goes in as it stands."""
    return f"[2,{quote(message_id)},{quote(action)},{payload}]"


def send(message_id: str, action: str, payload: str) -> str:
    """The text of a SEND (OCPP 2.1); `payload` is JSON text and goes in as it stands."""
    return f"[6,{quote(message_id)},{quote(action)},{payload}]"


def call_result(id_text: str, payload: str) -> str:
    """The text of a CALLRESULT; `id_text` is the id as JSON (`Frame.id_text`), `payload` JSON text."""
    return f"[3,{id_text},{payload}]"


def call_error(id_text: str, code: str, description: str = "", details: str = "{}") -> str:
    """The text of a CALLERROR; `id_text` is the id as JSON (`Frame.id_text`), `details` JSON text."""
    return f"[4,{id_text},{quote(code)},{quote(description)},{details}]"


def call_result_error(id_text: str, code: str, description: str = "", details: str = "{}") -> str:
    """The text of a CALLRESULTERROR (OCPP 2.1), which refuses a CALLRESULT."""
    return f"[5,{id_text},{quote(code)},{quote(description)},{details}]"


def _may_repeat_keys(text: str, payload: Any) -> bool:
    """A cheap test that is never wrong when it says no, so that the slow one seldom runs."""
    return text.count('":') != _key_count(payload) or _SPACED_COLON.search(text) is not None


def _key_count(value: Any) -> int:
    if type(value) is dict:
        return len(value) + sum(_key_count(v) for v in value.values() if type(v) in (dict, list))
    return sum(_key_count(v) for v in value if type(v) in (dict, list))


def _duplicates(text: str) -> list[Defect]:
    names: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(items)
        if len(seen) != len(items):
            keys = [key for key, _ in items]
            names.extend(sorted({key for key in keys if keys.count(key) > 1}))
        return seen

    try:
        json.loads(text.removeprefix("\ufeff"), object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return []
    return [Defect("duplicate-key", f"the key {quote(name)} stands twice in one object") for name in names]


def _readable_id(text: str) -> str | None:
    for position, (start, end) in enumerate(element_spans(text)):
        if position == 1:
            return _id_of([None, json.loads(text[start:end])])
    return None


def _id_of(array: list[Any]) -> str | None:
    if len(array) > 1 and type(array[1]) in (str, int):
        return str(array[1])
    return None


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


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
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:39] + "…"


_TYPES = {int(t): t for t in MessageType}
_SPACE = re.compile(r"[ \t\r\n]*")
_SPACED_COLON = re.compile(r'"[ \t\r\n]+:')
