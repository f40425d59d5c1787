"""Frames anywhere in a text: where one begins, where it ends, and how it is quoted."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_plus

import orjson

from ocpptui.importing.log_prefix import LONGEST
from ocpptui.importing.printed_bytes import unescaped
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
_ESCAPED_FOR_HTML = lazily(
    r"(?:\[|&#(?:0{0,2}91|x0{0,2}5b);)\s*(?:[2-6]|&#(?:0{0,2}5[0-4]|x0{0,2}3[2-6]);)\s*(?:,|&#(?:0{0,2}44|x0{0,2}2c);)\s*"
    r"&(?:quot|#0{0,2}34|#x0{0,2}22);",
    re.IGNORECASE,
)
_ESCAPED_FOR_URL = lazily(r"%5B(?:%20)*(?:[2-6]|%3[2-6])(?:(?P<form>%2C)|,(?=%22))\S+", re.IGNORECASE)
_ESCAPED_BY_LITERAL = lazily(
    r"(?:\[|\\(?:u005b|133))\s*(?:[2-6]|\\(?:u003[2-6]|06[2-6]))\s*(?:,|\\(?:u002c|054))"
    r"(?:\s|\\(?:u0020|040))*\\(?:u0022|042)",
    re.IGNORECASE,
)
"""A frame of which the quotes, or all characters, are escaped as in a literal: `[2,\\u0022a1`, `\\133\\062\\054`."""
_DOUBLED = lazily(r'"(\[\s*[2-6]\s*,\s*""(?:[^"]|"")+)"(?!")')
"""A frame in a cell of a table, with each of its quotation marks twice."""
_CELL = lazily(r'(?<!")"((?:[^"]|"")*+)"(?!")')
_DOUBLED_IN_CELL = lazily(r'\[\s*[2-6]\s*,\s*""[^",\s\]]')
"""The same behind other text of the cell: a table of log lines, or of statements of SQL."""
_ESCAPED_BY_SERVER = lazily(r"\[\s*[2-6]\s*,\s*\\x22")
"""A frame as nginx and Apache write the body of a request: `[2,\\x22a1\\x22,…]`."""
_ESCAPED_IN_MARKDOWN = lazily(r"\\([\\\[\]{}()<>_*#+.!`~|&-])")
"""A sign that Markdown escapes. Of these escapes, JSON has only that of the backslash."""
_QUOTED = lazily(r'"([^"]*+)"')
_HEX_ESCAPES = lazily(r"(?:\\x[0-9A-Fa-f]{2})+")
_SPRING = lazily(r"\.\.\], byteCount=\d+")
"""What Spring writes behind the beginning of a text message."""
PRINTED_CALL = lazily(r"<Call(?:Result|Error)? - unique_id=")
"""The notation of messages printed by the Python library `ocpp`."""
_TAG = lazily(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>")
_ATTRIBUTE = lazily(r"\s[\w.:-]+='[^'\"]*$")
"""The beginning of an attribute of XML, up to a frame."""
_CLOSED_AROUND = lazily(r"\]\s{0,9}\}$")
_QUOTE_BEHIND = lazily(r"(?<=\])\"[\s/>);,]*$")
"""The quotation mark behind a frame, with what ends the tag or the call that it is in."""
_CALL_BEHIND = lazily(r"(?<=\])\s{0,9}\)\s{0,9};?$")
"""What closes the call that a frame is in, as in JSONP."""
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


def unquoted(line: str) -> str:
    """A line in which a frame is written as in HTML, in a URL, in the log of a web server or in a cell of a table, with
    the frame as it was."""
    if _ESCAPED_FOR_HTML.search(line) is not None:
        return unescape(line)
    if _ESCAPED_BY_SERVER.search(line) is not None:
        return _HEX_ESCAPES.sub(_of_hex_escapes, _QUOTED.sub(r"'\1'", line))
    line = _ESCAPED_FOR_URL.sub(_of_url, line)
    line = _DOUBLED.sub(lambda match: match[1].replace('""', '"'), line)
    return line if _DOUBLED_IN_CELL.search(line) is None else _CELL.sub(_of_cell, line)


def without_literal_escapes(line: str) -> str:
    """A line whose frame is escaped as in a literal, with the frame as it was; any other line as it is."""
    if "\\u0022" not in line and "\\042" not in line:
        return line
    match = _ESCAPED_BY_LITERAL.search(line)
    frame = None if match is None else unescaped(line[match.start() :])
    return line if match is None or type(frame) is not str else line[: match.start()] + frame


def without_markdown(line: str) -> str:
    """A line of Markdown without the backslashes before signs that mean something in it: `\\[2,"a1","Reset",{}\\]`."""
    return _ESCAPED_IN_MARKDOWN.sub(r"\1", line)


def _of_url(match: re.Match[str]) -> str:
    """The text of a run that is encoded for a URL. Where commas are encoded, so is every plus: one that is not is the
    space of a form (URL Standard, section 5.1)."""
    return unquote_plus(match[0]) if match["form"] else unquote(match[0])


def _of_hex_escapes(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("\\x", "")).decode("utf-8", "surrogateescape")


def _of_cell(match: re.Match[str]) -> str:
    """A cell without its quotes, if a frame is in it."""
    return match[0] if _DOUBLED_IN_CELL.search(match[1]) is None else match[1].replace('""', '"')


def without_quotes(prefix: str, text: str) -> str:
    """The text of a truncated or damaged frame, without the quotes around it."""
    spring = _SPRING.search(text)
    if spring is not None:
        return text[: spring.start() + 2]
    text = text.partition("\r")[0]
    if "<![CDATA[" in prefix and "]]>" in text:
        text = text[: text.index("]]>")]
    elif "<" in text and _TAG.search(prefix) is not None and (tag := _TAG.search(text)) is not None:
        text = text[: tag.start()]
    quote = prefix[-1:]
    if _ATTRIBUTE.search(prefix) is not None and "]'" in text:
        text = text[: text.index("]'") + 1]
    elif quote in ("'", "`"):
        end = text.rfind("]" + quote)
        end = end + 1 if end > 0 else text.rfind(quote)
        if end > 0:
            text = text[:end]
    elif quote == '"' and (closing := _QUOTE_BEHIND.search(text)) is not None:
        text = text[: closing.start()]
    text = text.rstrip()
    if quote == "(" and (call := _CALL_BEHIND.search(text)) is not None:
        text = text[: call.start()]
    # What closes the object around it is not of a frame, which ends in a bracket: Go, C#, Java.
    closing = _CLOSED_AROUND.search(text)
    if closing is not None and prefix.count("{") > prefix.count("}"):
        return text[: closing.start() + 1]
    is_closed_once_more = text.endswith("]]") and text.count("]") > text.count("[")
    return text[:-1] if is_closed_once_more and prefix.count("[") > prefix.count("]") else text


def printed_call(line: str, start: int) -> str:
    """The whole `<Call - …>`, which ends with the bracket after its payload."""
    payload = line.find("{", start)
    if payload >= 0:
        end = Brackets().feed(line, payload)
        if end is not None:
            return line[start : end + (line[end : end + 1] == ">")]
    return line[start:].rstrip()
