"""Frames in a text, wherever they stand: where one begins, where it ends, and what it is in."""

from __future__ import annotations

import ast
import json
import re
from typing import NamedTuple

START = re.compile(
    r"\[\s*[2-6]\s*,\s*"
    r"(?:(?P<escape>\\*)[\"'](?=[^\"'\s]|\\*[\"']|\s)|(?:-?\d+|null)\s*,\s*(?P<escape2>\\*)(?:[\"'{]|null))"
)
"""A message type and what may come behind it: a message id in quotes, or a bare one and then a third element."""
OPEN = re.compile(r"\[\s*(?:[2-6]\s*,?\s*)?$")
"""What may be the beginning of a frame that goes on in the next line."""
_SIGNS = re.compile(r"[\"'\[\]{}]")
_IN_STRING = {
    '"': re.compile(r"(?:[^\"\\]|\\.)*+(\")?", re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*+(')?", re.DOTALL),
}
_CLOSES = {"]": "[", "}": "{"}
_DECODER = json.JSONDecoder()
_CONTENT = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)
_UNDEFINED = re.compile(r"(?:[\w$]+|'[^'\n]*')\s*:\s*(?:undefined|\[(?:Object|Array|Function[^\]]*)\])\s*,?")
DEEPEST = 4
"""Strings within strings that are looked into."""


class Bracket:
    """Follows brackets and strings through a text that comes in pieces, until the first bracket is closed again."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.quote = ""
        """The quote of the string in which the text so far ends; empty outside of strings."""
        self.broken = False
        """A bracket was closed by another one than its own: this is not going to be JSON."""
        self._escaped = False

    def feed(self, text: str, start: int = 0) -> int | None:
        """Follow a piece from `start`; the place behind the bracket that closes all, None if it is not in there."""
        place, end = start, len(text)
        while place < end:
            if self.quote:
                if self._escaped:
                    self._escaped = False
                    place += 1
                    continue
                match = _IN_STRING[self.quote].match(text, place)
                assert match is not None
                place = match.end()
                if match[1]:
                    self.quote = ""
                elif place < end:  # a lone backslash is the last character
                    self._escaped = True
                    return None
                continue
            sign = _SIGNS.search(text, place)
            if sign is None:
                return None
            place = sign.end()
            character = sign[0]
            if character in "\"'":
                self.quote = character
            elif character in "[{":
                self.stack.append(character)
            elif self.stack and self.stack[-1] == _CLOSES[character]:
                self.stack.pop()
                if not self.stack:
                    return place
            else:
                self.broken = True
                return None
        return None


class Taken(NamedTuple):
    """A frame in a text."""

    end: int
    """The place behind it."""
    raw: str
    notation: str = ""


def json_at(text: str, start: int) -> int | None:
    """The place behind the JSON value that starts here, None where there is no whole one."""
    try:
        return int(_DECODER.raw_decode(text, start)[1])
    except (ValueError, RecursionError):
        return None


def escaped_frame(text: str, start: int) -> Taken | None:
    """The frame that starts here inside of a string of JSON or of logfmt, with backslashes before its quotes."""
    content = _CONTENT.match(text, start)
    assert content is not None
    inner = content[0]
    for _ in range(DEEPEST):
        try:
            inner = json.loads(f'"{inner}"', strict=False)
        except ValueError:
            return None
        end = json_at(inner, 0)
        if end is not None:
            return Taken(content.end(), inner[:end])
        if '\\"' not in inner:
            return Taken(content.end(), inner)
        deeper = _CONTENT.match(inner)
        assert deeper is not None
        inner = deeper[0]
    return None


def other_notation(text: str) -> str | None:
    """A frame as JavaScript or Python prints it (single quotes, bare keys, None), as JSON; else None."""
    import pyjson5

    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        try:
            value = pyjson5.decode(_UNDEFINED.sub("", text), 200)
        except (pyjson5.Json5Exception, ValueError, RecursionError, OverflowError):
            return None
    if type(value) is not list or len(value) < 3 or value[0] not in (2, 3, 4, 5, 6):
        return None
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError):
        return None
