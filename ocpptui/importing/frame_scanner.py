"""Frames anywhere in a text: where one begins, where it ends, and how it is quoted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from ocpptui.importing.printed_bytes import unescaped
from ocpptui.jsontext.tokens import Brackets, value_end
from ocpptui.ocpp.actions import versions_of

START = re.compile(
    r"\[\s*[2-6]\s*,\s*"
    r"(?:(?P<escape>\\*)[\"'](?=[^\"'\s]|\\*[\"']|\s)|(?:-?\d+|null)\s*,\s*(?P<escape2>\\*)(?:[\"'{]|null))"
)
"""A message type and what may follow it: a message id in quotes, or one without quotes and then a third element."""
OPEN = re.compile(r"\[\s*+(?:[2-6]\s*+(?:,\s*+)?)?$")
"""What may be the beginning of a frame that continues in the next line."""
_CONTENT = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)
_MARK = r"[\"'“”„‘’«»`]"
_ODD = re.compile(
    rf"\[\s*{_MARK}?[-+]?\d{{1,3}}(?:\.\d+)?{_MARK}?\s*,\s*"
    rf"(?:{_MARK}[^\"'“”„‘’«»`,\[\]{{}}]{{0,80}}{_MARK}|-?\d+|null|None)\s*,\s*"
    rf"(?:{_MARK}(?P<action>\w[\w.-]*){_MARK}\s*[,\]]|\{{)"
)
"""What is built like a frame, with a wrong message type or wrong quotes."""
DEEPEST = 4
"""How many levels of strings within strings are searched."""
MOST_LISTS = 20
"""How many lists of a line are looked at."""


def odd_frame(text: str, announced: Callable[[str], bool]) -> tuple[int, int] | None:
    """Start and end of what is built like a frame but cannot be one: of message type 1, of type "2", in typographic
    quotes. None if there is none.

    A list in an ordinary log is not one: either its third element is an action of OCPP, or `announced` says of the text
    before it that a frame follows, and nothing follows the list itself.
    """
    for match in islice(_ODD.finditer(text), MOST_LISTS):
        start = match.start()
        end = value_end(text, start) or Brackets().feed(text, start) or len(text.rstrip())
        known = match["action"] is not None and bool(versions_of(match["action"]))
        if known or (not text[end:].strip(" \t\r'\"`") and announced(text[:start])):
            return start, end
    return None


class Taken(NamedTuple):
    """A frame in a text."""

    end: int
    """The position after it."""
    raw: str | bytes


def escaped_frame(text: str, start: int) -> Taken | None:
    """The frame that starts here within a string of JSON or logfmt, with backslashes before its quotes."""
    content = _CONTENT.match(text, start)
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
            return Taken(content.end(), inner)
        deeper = _CONTENT.match(inner)
        assert deeper is not None
        inner = deeper[0]
    return None


def _of_literal(inner: str, end: int, *, truncated: bool) -> Taken | None:
    """The frame in the content of a string literal that has escapes which JSON does not know: Go's `%q`, Rust, C."""
    raw = unescaped(inner)
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return Taken(end, raw) if START.match(text) and (truncated or text.endswith("]")) else None
