"""Frames anywhere in a text: where one begins, where it ends, and how it is quoted."""

from __future__ import annotations

import ast
import json
import re
from typing import NamedTuple

from ocpptui.jsontext.text import without_surrogates
from ocpptui.jsontext.tokens import value_end

START = re.compile(
    r"\[\s*[2-6]\s*,\s*"
    r"(?:(?P<escape>\\*)[\"'](?=[^\"'\s]|\\*[\"']|\s)|(?:-?\d+|null)\s*,\s*(?P<escape2>\\*)(?:[\"'{]|null))"
)
"""A message type and what may follow it: a message id in quotes, or one without quotes and then a third element."""
OPEN = re.compile(r"\[\s*(?:[2-6]\s*,?\s*)?$")
"""What may be the beginning of a frame that continues in the next line."""
_CONTENT = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)
_UNDEFINED = re.compile(r"(?:[\w$]+|'[^'\n]*')\s*:\s*(?:undefined|\[(?:Object|Array|Function[^\]]*)\])\s*,?")
DEEPEST = 4
"""How many levels of strings within strings are searched."""


class Taken(NamedTuple):
    """A frame in a text."""

    end: int
    """The position after it."""
    raw: str
    notation: str = ""


def escaped_frame(text: str, start: int) -> Taken | None:
    """The frame that starts here within a string of JSON or logfmt, with backslashes before its quotes."""
    content = _CONTENT.match(text, start)
    assert content is not None
    inner = content[0]
    for _ in range(DEEPEST):
        try:
            inner = json.loads(f'"{inner}"', strict=False)
        except ValueError:
            return None
        end = value_end(inner, 0)
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
        return without_surrogates(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    except (ValueError, TypeError):
        return None
