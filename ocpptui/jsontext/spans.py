"""Where the parts of a JSON text stand, so that one can be read or replaced and every other character kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

EACH = "*"
"""In a pattern: every element of an array."""


class Span(NamedTuple):
    """A value inside a JSON text."""

    steps: tuple[str | int, ...]
    """Keys and indexes that lead to it."""
    start: int
    end: int
    """Offsets in characters; `text[start:end]` is the value as it is written."""


def elements(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of each element of the array that opens at or after `start`; stops where it is no JSON."""
    position = text.find("[", start) + 1
    while position:
        position = _skip_space(text, position)
        end = _value_end(text, position)
        if end < 0:
            return
        yield position, end
        position = _after_comma(text, end)


def members(text: str, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Key, start and end of the value of each pair of the object that opens at or after `start`, repeated keys too."""
    position = text.find("{", start) + 1
    while position:
        position = _skip_space(text, position)
        colon = _skip_space(text, _value_end(text, position))
        if text[position : position + 1] != '"' or text[colon : colon + 1] != ":":
            return
        key = json.loads(text[position:colon])
        value = _skip_space(text, colon + 1)
        end = _value_end(text, value)
        if end < 0:
            return
        yield key, value, end
        position = _after_comma(text, end)


def find(text: str, at: Span, pattern: Sequence[str]) -> Iterator[Span]:
    """Every value that a pattern of keys and `EACH` leads to from the value `at`.

    An array that is missing around a lone object is overlooked, a repeated key is followed each time.
    """
    if not pattern:
        yield at
        return
    step, rest = pattern[0], pattern[1:]
    opening = text[at.start : at.start + 1]
    if step == EACH and opening == "[":
        for index, (start, end) in enumerate(elements(text, at.start)):
            yield from find(text, Span((*at.steps, index), start, end), rest)
    elif step == EACH:
        yield from find(text, at, rest)
    elif opening == "{":
        for key, start, end in members(text, at.start):
            if key == step:
                yield from find(text, Span((*at.steps, key), start, end), rest)


def _value_end(text: str, position: int) -> int:
    """Where the JSON value at `position` ends; -1 where there is none."""
    try:
        return _DECODER.raw_decode(text, position)[1] if position >= 0 else -1
    except (ValueError, RecursionError):
        return -1


def _after_comma(text: str, position: int) -> int:
    """The position behind the comma that comes next; 0 where something else does."""
    position = _skip_space(text, position)
    return position + 1 if text[position : position + 1] == "," else 0


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position) if position >= 0 else None
    return match.end() if match else position


_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
