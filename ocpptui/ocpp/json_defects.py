"""What is wrong with the text of a message of OCPP-J before anything is known of its parts, and how that is worded.

Source: RFC 8259; OCPP-J 1.6 section 4.2, OCPP 2.1 Part 4 section 4.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

import orjson

from ocpptui.jsontext.text import STRING
from ocpptui.jsontext.tokens import TokenKind, elements, tokens
from ocpptui.ocpp.message import Defect, Malformed

MAX_DEPTH = 254
"""Levels of nesting; a deeper text is malformed. The deepest OCPP message has ten."""

MAX_VALUES = 250_000
"""Keys and values of a message; one with more is malformed. As Python objects they would take twenty times the memory
of the text, and a second to read. The largest messages of OCPP, local lists and reports, have some ten thousand."""

MAX_READ_ID = 10_000
"""How many characters of a malformed message are searched for its id. A longer message id cannot be read."""

MAX_DUPLICATES = 10
"""How many repeated keys of one frame are reported."""


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


def malformed(raw: str | bytes, defect: Defect, message_id: str | None = None) -> Malformed:
    number = _FIRST_NUMBER.match(raw if isinstance(raw, str) else raw.decode("utf-8", "replace"))
    may_be_call = number is None or number[1] == "2"
    action = _readable_action(raw) if may_be_call and message_id is not None and isinstance(raw, str) else ""
    return Malformed(raw, defect, message_id, may_be_call, action=action)


def too_deep(text: str) -> Malformed:
    return malformed(text, Defect("too-deep", f"more than {MAX_DEPTH} levels of nesting"), readable_id(text))


def is_too_deep(value: Any) -> bool:
    """Whether a decoded value has more than `MAX_DEPTH` levels of nesting."""
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


def _json_defect(text: str, error: json.JSONDecodeError, position: int, what: str) -> Defect:
    if error.msg.startswith("Invalid control character"):
        code = ord(text[position]) if position < len(text) else 0
        return Defect(
            "control-character", f"an unescaped control character U+{code:04X} at position {position}", position
        )
    if position >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return Defect("truncated", f"the text ends inside the {what} after {len(text)} characters", position)
    if dots := left_out(text, position):
        return Defect("truncated", f'a part of the {what} is left out at "{dots}"', position)
    if error.msg == "Extra data":
        return Defect("extra-data", f"more text follows the {what} at position {position}", position)
    return Defect("not-json", f"not valid JSON: {error.msg.lower()} at position {position}", position)


def why_not_json(text: str) -> str:
    """The defect, in words, of JSON that a decoder refused and that is not a frame, but within one."""
    defects: list[Defect] = []
    read = decode_leniently(text, text, defects, what="JSON")
    return (read.defect if isinstance(read, Malformed) else defects[0]).text


def decode_leniently(body: str, text: str, defects: list[Defect], what: str = "frame") -> tuple[Any] | Malformed:
    """What the standard decoder reads in text that the strict one refuses; `what` is what a defect calls the text."""
    if not body.strip():
        return malformed(text, Defect("empty", f"the {'message' if what == 'frame' else what} is empty", 0))
    try:
        array = json.loads(body, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        position = error.pos + len(text) - len(body)
        return malformed(text, _json_defect(text, error, position, what), readable_id(text))
    except _NotANumberError as error:
        return malformed(text, _number_defect(text, str(error)), readable_id(text))
    except RecursionError:
        return too_deep(text)
    except ValueError as error:
        return malformed(text, Defect("not-json", f"this JSON cannot be read: {error}"), readable_id(text))
    if is_too_deep(array):
        return too_deep(text)
    # The strict decoder does not say why it refuses: these are what the standard decoder accepts.
    defects.append(Defect("lenient-json", "not strict JSON: a lone surrogate or a number out of range"))
    return (array,)


def control_in_text(text: str) -> str:
    """The first escape in a JSON text, without its backslash, of a control character other than a tab or the end of a
    line; empty if there is none."""
    found = _CONTROL_IN_TEXT.search(text) if "\\" in text else None
    return "" if found is None else found[1]


def may_repeat_keys(text: str, value: Any) -> bool:
    """A cheap test whose False is always right, so that the slow test seldom runs.

    Raises orjson.JSONEncodeError if `value` is nested deeper than `MAX_DEPTH`.
    """
    again = orjson.dumps(value).decode()
    if again == text:
        return False
    return text.count('":') != again.count('":') or "\\u0022" in text or _SPACED_COLON.search(text) is not None


def repeated_keys(text: str) -> list[Defect]:
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
    return [
        Defect("duplicate-key", f"the key {short_json(name)} appears more than once in one object") for name in names
    ]


class _EnoughError(Exception):
    """As many repeated keys as are reported have been found."""


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


def readable_id(text: str) -> str | None:
    text = text[:MAX_READ_ID]
    span = next(islice(elements(text), 1, None), None)
    return None if span is None else id_in([None, json.loads(text[span[0] : span[1]])])


def _readable_action(text: str) -> str:
    """The third element of a malformed message, if it may be the name of an action; else an empty text."""
    text = text[:MAX_READ_ID]
    span = next(islice(elements(text), 2, None), None)
    action = None if span is None else json.loads(text[span[0] : span[1]])
    return action if type(action) is str and action.isidentifier() else ""


def id_in(array: list[Any]) -> str | None:
    if len(array) > 1 and type(array[1]) in (str, int):
        return str(array[1])
    return None


def kind_of_json(value: object) -> str:
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


def short_json(value: object) -> str:
    """A value as short JSON."""
    if type(value) in (dict, list):
        return kind_of_json(value)
    text = json.dumps(value[:40] if isinstance(value, str) else value)
    return text if len(text) <= 40 else text[:39] + "…"


_FIRST_NUMBER = re.compile(r"\s*\[\s*(\d+)\s*(?:,|$)")
_STRING = re.compile(STRING, re.DOTALL)
_SCALAR = re.compile(r"[^\s\[\]{},:]+")
_CONTROL_IN_TEXT = re.compile(
    r"(?<!\\)(?:\\\\)*+\\(u00(?:0[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF])|[bf])",
)
"""An odd number of backslashes begins an escape."""
_SPACED_COLON = re.compile(r'"[ \t\r\n]+:')
_DOTS = re.compile(r"\.{3}|…")


def left_out(text: str, position: int) -> str:
    """The dots that a logger writes in place of the middle of a text, if JSON breaks off there; else ""."""
    dots = next(reversed(list(_DOTS.finditer(text, 0, position + 3))), None)
    return dots[0] if dots is not None and text.count('"', dots.start(), position) <= 1 else ""
