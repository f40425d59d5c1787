"""Where the single values of a JSON text stand, so that one can be changed and every other character kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_DEPTH = 100
"""Nesting below which nothing is looked at, which keeps the time linear; the deepest OCPP message has seven levels."""


class Scalar(NamedTuple):
    """A string, number, boolean or null inside a JSON text."""

    path: str
    """JSON path as violations write it, `$.meterValue[0].timestamp` for example."""
    key: str
    """The nearest object key above it; empty where there is none."""
    start: int
    end: int
    """Offsets in characters; `text[start:end]` is the value as it is written."""


@dataclass(slots=True)
class _Level:
    """One open object or array."""

    path: str
    key: str
    is_object: bool
    index: int = 0
    child: str | None = field(default=None)
    """Of an object the key whose value comes next; None while a key is due."""


def scalars(text: str) -> Iterator[Scalar]:
    """Every scalar of a JSON text in its order, down to MAX_DEPTH levels; stops where the text is no JSON."""
    levels: list[_Level] = []
    position = 0
    while (match := _TOKEN.match(text, position)) is not None:
        position = match.end()
        token = match.group(1)
        level = levels[-1] if levels else None
        match token:
            case "{" | "[":
                path, key = _place(level) if len(levels) < MAX_DEPTH else ("", "")
                levels.append(_Level(path, key, token == "{"))
            case "}" | "]":
                if level is None:
                    return
                levels.pop()
            case ",":
                if level is None:
                    return
                level.index += 1
                level.child = None
            case ":":
                pass
            case _ if level is not None and level.is_object and level.child is None:
                level.child = _string(token)
            case _ if len(levels) <= MAX_DEPTH:
                yield Scalar(*_place(level), match.start(1), position)


def replaced(text: str, edits: Iterable[tuple[Scalar, str]]) -> str:
    """The text with other JSON in the place of some scalars, which come in their order."""
    parts: list[str] = []
    done = 0
    for scalar, new in edits:
        parts += text[done : scalar.start], new
        done = scalar.end
    return "".join(parts) + text[done:] if parts else text


def _place(level: _Level | None) -> tuple[str, str]:
    if level is None:
        return "$", ""
    if level.is_object:
        return f"{level.path}.{level.child}", level.child or ""
    return f"{level.path}[{level.index}]", level.key


def _string(token: str) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token


_TOKEN = re.compile(r'[ \t\r\n]*([{}\[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+)', re.DOTALL)
