"""Frames anywhere in a text: where one begins, where it ends, and whether it is quoted."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import orjson

from ocpptui.importing.packets.printed_bytes import unescaped
from ocpptui.importing.prefixes.log_prefix import LONGEST
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets, value_end
from ocpptui.ocpp.actions import versions_of
from ocpptui.ocpp.json_defects import MAX_VALUES, has_too_many_values
from ocpptui.ocpp.json_encoding import JsonMessage, plain_message

START = lazily(
    r"\[\s*[2-6]\s*,\s*"
    r"(?:(?P<escape>\\*)[\"'](?=[^\"'\s]|\\*[\"']|\s)|(?:-?\d+|null)\s*,\s*(?P<escape2>\\*)(?:[\"'{]|null))"
)
"""A message type and what may follow it: a message id in quotes, or one without quotes and then a third element."""
OPEN = lazily(r"\[\s*+(?:[2-6]\s*+(?:,\s*+)?)?$")
"""What may be the beginning of a frame that continues in the next line."""
STRING_CONTENT = lazily(r'(?:[^"\\]|\\.)*+', re.DOTALL)
PRINTED_CALL = lazily(r"<Call(?:Result|Error)? - unique_id=")
"""The notation of messages printed by the Python library `ocpp`."""
_QUOTATION_MARKS = ("'", '"')
DEEPEST = 4
"""How many levels of strings within strings are searched."""


class Taken(NamedTuple):
    """A frame in a text."""

    end: int
    """The position after it."""
    raw: str | bytes


def escaped_frame(text: str, start: int) -> Taken | None:
    """The frame that starts here within a string of JSON or logfmt, with backslashes before its quotes."""
    content = STRING_CONTENT.match(text, start)
    assert content is not None
    inner = content[0]
    for _ in range(DEEPEST):
        try:
            inner = json.loads(f'"{inner}"', strict=False)
        except ValueError:
            return _of_literal(inner, content.end(), truncated=content.end() == len(text))
        end = value_end(inner, 0)
        if end is not None:
            return Taken(content.end(), inner[:end])
        if '\\"' not in inner:
            return Taken(content.end(), inner.rstrip())
        deeper = STRING_CONTENT.match(inner)
        assert deeper is not None
        inner = deeper[0]
    return None


def _of_literal(inner: str, end: int, *, truncated: bool) -> Taken | None:
    """The frame in the content of a string literal that has escapes which JSON does not know: Go's `%q`, Rust, C."""
    raw = unescaped(inner)
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return Taken(end, raw) if START.match(text) and (truncated or text.endswith("]")) else None


def is_in_frame(line: str, place: int) -> bool:
    """Whether a place in a line is in a frame of OCPP-J."""
    start = START.search(line, 0, place)
    if start is None:
        return False
    end = value_end(line, start.start())
    return end is None or end > place


def is_text_of_frame(text: str, start: int, end: int) -> bool:
    """Whether a JSON array is a frame and not some other list that begins with a small number."""
    if end - start > MAX_VALUES and has_too_many_values(text[start:end]):
        return True
    try:
        elements: list[Any] = orjson.loads(text[start:end])
    except orjson.JSONDecodeError:
        elements = json.loads(text[start:end])
    kind, count = elements[0], len(elements)
    if kind in (2, 6):
        return count >= 3 and type(elements[2]) is str and (count >= 4 or bool(versions_of(elements[2])))
    if kind == 3:
        return count >= 3
    return count >= 4 and type(elements[2]) is str


def message_at_end(line: str, start: int) -> JsonMessage | None:
    """The flawless CALL or CALLRESULT that the rest of a line is, read already; None for everything else."""
    if line[-1] != "]" or line[start - 1 : start] in _QUOTATION_MARKS:
        return None
    return plain_message(line[start:])


def is_quoted(line: str, start: int) -> bool:
    """Whether what starts here is quoted and the quotes end in this line."""
    quote = line[start - 1] if start else ""
    return quote in ("'", '"', "`") and line.find(quote, start) > 0 and line.rfind(quote) > start + 4


def text_behind(line: str, end: int, following: re.Match[str] | None) -> str:
    """The rest of a line behind a frame, up to the following one."""
    return line[end : end + LONGEST] if following is None else line[end : following.start()]


def end_of_shortened(line: str, start: int, end: int) -> int:
    """The end of a frame that a logger shortened: its brackets may seem to be closed before its end."""
    if "..." not in line[start:end] and "…" not in line[start:end]:
        return end
    quote = line[start - 1] if start else ""
    if quote in ("'", "`"):
        quoted = line.find(f"]{quote}", end - 1)
        if quoted >= 0:
            return quoted + 1
    if line[end : end + 1] == ",":
        return max(end, line.rfind("]") + 1)
    while line[end : end + 1] in ("]", "}"):
        end += 1
    return end


def printed_call(line: str, start: int) -> str:
    """The whole `<Call - …>`, which ends with the bracket after its payload."""
    payload = line.find("{", start)
    if payload >= 0:
        end = Brackets().feed(line, payload)
        if end is not None:
            return line[start : end + (line[end : end + 1] == ">")]
    return line[start:].rstrip()
