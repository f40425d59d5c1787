"""Raw text to parsed frame and back. Parsing never raises: what is no OCPP-J frame is a `Malformed` value.

Source: OCPP-J 1.6 section 4.2, OCPP 2.0.1 Part 4 section 4.2, OCPP 2.1 Part 4 sections 4.1.3 and 4.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Any, NamedTuple

import orjson

from ocpptui.jsontext.text import quote
from ocpptui.jsontext.tokens import elements

MAX_ID_LENGTH = 36
"""The longest message id that any version allows, in characters."""

MAX_DEPTH = 254
"""Levels of nesting; a frame deeper than that is none, and the deepest message of OCPP has ten."""

MAX_DUPLICATES = 10
"""No more repeated keys than this are named in one frame."""

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
        return 3 <= self <= 5

    @property
    def is_error(self) -> bool:
        return 4 <= self <= 5


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


class Frame(NamedTuple):
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
        repeats = may_repeat_keys(body, array)
    except (orjson.JSONDecodeError, RecursionError):
        leniently = _decode_leniently(body, text, defects)
        if isinstance(leniently, Malformed):
            return leniently
        (array,) = leniently
        repeats = True
    except orjson.JSONEncodeError:
        return _too_deep(text)
    if repeats:
        defects.extend(_duplicates(body))
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
        return Malformed(text, _json_defect(text, error, position), _readable_id(text))
    except RecursionError:
        return _too_deep(text)
    except ValueError as error:
        return Malformed(text, Defect("not-json", f"this JSON cannot be read: {error}"), _readable_id(text))
    if _is_too_deep(array):
        return _too_deep(text)
    # The strict decoder says no more than that it refuses: these are what the standard one lets pass.
    defects.append(Defect("lenient-json", "no strict JSON: NaN, Infinity, a lone surrogate or a number out of range"))
    return (array,)


def _too_deep(text: str) -> Malformed:
    return Malformed(text, Defect("too-deep", f"more than {MAX_DEPTH} levels of nesting"), _readable_id(text))


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
        return Defect("control-character", f"a bare control character U+{code:04X} at position {position}", position)
    if position >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return Defect("truncated", f"the text ends inside the frame, after {len(text)} characters", position)
    if error.msg == "Extra data":
        return Defect("extra-data", f"more text follows the frame at position {position}", position)
    return Defect("not-json", f"no JSON: {error.msg.lower()} at position {position}", position)


def _from_array(text: str, array: list[Any], defects: list[Defect]) -> Frame | Malformed:
    if not array:
        return Malformed(text, Defect("missing-parts", "the array is empty", _end(text)))
    number = array[0]
    if type(number) is not int or number not in _TYPES:
        defect = Defect("message-type", f"{_show(number)} is no message type; it is one of 2 to 6", _start(text, 0))
        return Malformed(text, defect, _id_of(array))
    message_type = _TYPES[number]
    if len(array) < 2:
        return Malformed(text, Defect("missing-parts", "the message id is missing", _end(text)))
    raw_id = array[1]
    numeric = type(raw_id) is int
    if not numeric and type(raw_id) is not str:
        return Malformed(text, Defect("bad-id", f"the message id is {_kind(raw_id)}, not a string", _start(text, 1)))
    message_id = str(raw_id)
    if numeric:
        defects.append(Defect("integer-id", f"the message id {message_id} is a number, not a string", _start(text, 1)))
    if len(message_id) > MAX_ID_LENGTH:
        sentence = f"the message id has {len(message_id)} characters, {MAX_ID_LENGTH} are allowed"
        defects.append(Defect("long-id", sentence, _start(text, 1)))
    elif not message_id:
        defects.append(Defect("empty-id", "the message id is empty", _start(text, 1)))
    wanted = _ELEMENTS[message_type]
    if len(array) > wanted:
        sentence = f"{len(array)} elements where a {message_type.name} has {wanted}"
        defects.append(Defect("extra-elements", sentence, _start(text, wanted)))
    if number == 4 or number == 5:
        return _error_frame(text, message_type, message_id, array, defects, numeric)
    action: str | None = None
    position = 2
    if number != 3:
        if len(array) < 3:
            return Malformed(text, Defect("missing-parts", "the action is missing", _end(text)), message_id)
        if type(array[2]) is not str:
            defect = Defect("bad-action", f"the action is {_kind(array[2])}, not a string", _start(text, 2))
            return Malformed(text, defect, message_id)
        action, position = array[2], 3
    payload = array[position] if len(array) > position else None
    if len(array) <= position:
        defects.append(Defect("missing-parts", "the payload is missing", _end(text)))
    elif payload is None:
        sentence = "the payload is null, which is allowed for an empty one; {} is preferred"
        defects.append(Defect("null-payload", sentence, _start(text, position)))
    elif type(payload) is not dict:
        sentence = f"the payload is {_kind(payload)}, not an object"
        defects.append(Defect("payload-not-object", sentence, _start(text, position)))
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
    return Frame(text, message_type, message_id, None, details, code, description, tuple(defects), numeric)


def plain_payload(raw: str | bytes) -> dict[str, Any] | None:
    """The payload of a CALL or CALLRESULT that is as it should be, without all that `parse` finds out; else None."""
    try:
        match orjson.loads(raw):
            case [int(2), str(), str(), dict() as payload] | [int(3), str(), dict() as payload]:
                return payload
    except orjson.JSONDecodeError:
        pass
    return None


def element_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each element of the array in `text`, as character offsets; stops where it is no JSON."""
    return elements(text)


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


def may_repeat_keys(text: str, value: Any) -> bool:
    """A cheap test that is never wrong when it says no, so that the slow one seldom runs.

    Raises orjson.JSONEncodeError where `value` is nested deeper than `MAX_DEPTH`.
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

    # Wrong JSON is told elsewhere.
    with suppress(ValueError, RecursionError, _EnoughError):
        json.loads(text, object_pairs_hook=pairs)
    return [Defect("duplicate-key", f"the key {_show(name)} stands more than once in one object") for name in names]


class _EnoughError(Exception):
    """As many repeated keys as are named have been found."""


def _start(text: str, element: int) -> int | None:
    """Where an element of the frame starts."""
    span = next(islice(element_spans(text), element, None), None)
    return span[0] if span else None


def _end(text: str) -> int:
    """Where the closing bracket of the frame stands."""
    return len(text.rstrip()) - 1


def _readable_id(text: str) -> str | None:
    span = next(islice(element_spans(text), 1, None), None)
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


_TYPES = {int(t): t for t in MessageType}
_SPACED_COLON = re.compile(r'"[ \t\r\n]+:')
