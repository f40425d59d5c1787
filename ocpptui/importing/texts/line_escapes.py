"""Lines in which a frame is escaped for HTML, a URL, Markdown, a cell of a table or a literal of a program."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, unquote_plus

from ocpptui.importing.packets.printed_bytes import unescaped
from ocpptui.jsontext.lazy_pattern import lazily

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


def with_plain_frame(line: str) -> str:
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
