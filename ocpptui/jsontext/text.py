"""Writes and formats JSON text: one way to quote, one to compact, one to indent."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from ocpptui.jsontext.unsafe_characters import UNSAFE, escaped

LITERAL_NAMES = {True: "true", False: "false", None: "null"}
"""The values that JSON writes as words (RFC 8259 section 3)."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""A character that UTF-8 cannot encode."""
STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+["\\]?'
"""A JSON string as a regular expression (with DOTALL); one that the end of the text truncates ends there."""


def quote(text: str) -> str:
    """A string as JSON, in UTF-8 where that is possible."""
    try:
        return orjson.dumps(text).decode()
    except orjson.JSONEncodeError:  # a lone surrogate, which only an escape can carry
        return json.dumps(text)


def string_text(text: str) -> str:
    """A string as JSON; characters that a screen would interpret or hide are escaped."""
    return escaped(quote(text))


def value_text(value: Any) -> str:
    """A decoded value as JSON on one line without spaces between its tokens; lone surrogates are escaped.

    NaN, Infinity and integers of any length are written as Python reads them. Raises RecursionError if the value is
    nested too deeply, TypeError if JSON has no such value.
    """
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # a lone surrogate, a long integer, many levels
        return without_surrogates(_ENCODE(value))
    return text if "null" not in text else _ENCODE(value)  # orjson also writes null for NaN and Infinity


def without_surrogates(text: str) -> str:
    """A JSON text with its lone surrogates, which UTF-8 cannot encode, as escapes."""
    if text.isascii():
        return text
    return LONE_SURROGATE.sub(_surrogate_escape, text)


def _surrogate_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def utf8(text: str) -> bytes:
    """A text in UTF-8: bytes that were not UTF-8 as they were (surrogate escapes, PEP 383), and the escape of JSON for
    any other lone surrogate."""
    return _NOT_BYTES.sub(_surrogate_escape, text).encode("utf-8", "surrogateescape")


def text_if_utf8(data: bytes) -> str | bytes:
    """The text that bytes are in UTF-8; bytes that are not UTF-8 stay as they are."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def compact(text: str) -> str:
    """JSON text without the white space between its tokens; each token stays as it was typed."""
    return "".join(_UNBROKEN.findall(text))


def indented(text: str) -> str:
    """JSON text with two spaces per level; each token stays as it was typed. Text that is not JSON may look odd."""
    parts: list[str] = []
    depth, before = 0, ""
    for token in _PIECES.findall(text):
        closing = token == "}" or token == "]"
        depth = max(0, depth - closing)
        if before == "," or closing != (before == "{" or before == "["):
            parts.append("\n" + "  " * depth)
        parts.append(": " if token == ":" else token)
        depth += token == "{" or token == "["
        before = token
    return "".join(parts)


def readable(text: str) -> str:
    """JSON text for display: letters, signs and emoji instead of their escapes.

    Every other escape stays, so it is JSON of the same value; what a screen would interpret or hide stays escaped.
    """
    return _ESCAPE.sub(_readable, text) if "\\u" in text else text


def _readable(escape: re.Match[str]) -> str:
    high, low, one = escape.group("high", "low", "one")
    if high:
        character = chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    elif one:
        character = chr(int(one, 16))
    else:
        return escape[0]
    return escape[0] if character.isascii() or not character.isprintable() or UNSAFE.match(character) else character


def is_number(text: str) -> bool:
    """True for the text of a JSON number."""
    return _NUMBER.fullmatch(text) is not None


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_UNBROKEN = re.compile(rf'(?:[^ \t\r\n"]++|{STRING})++', re.DOTALL)
_PIECES = re.compile(rf'{STRING}|[\[\]{{}},:]|[^\s\[\]{{}},:"]+', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})|u(?P<one>[0-9a-fA-F]{4})|.)",
    re.DOTALL,
)
_NOT_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
