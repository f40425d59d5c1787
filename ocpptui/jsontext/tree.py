"""Converts JSON text to a tree and back without losing what a parser usually discards.

A number keeps its text (`21.40` stays `21.40`), an object keeps the order of its keys and repeated ones.
Source: RFC 8259; NaN and Infinity are accepted, because a debugger must be able to send them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from ocpptui.jsontext.text import string_text

MAX_DEPTH = 100
"""The most levels of nesting; the deepest OCPP message has seven."""


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as it is written."""

    text: str

    @property
    def value(self) -> int | float:
        """The number itself; a float if the text has a fraction or an exponent."""
        if _INTEGER.fullmatch(self.text) and len(self.text) <= _LONGEST_INTEGER:
            return int(self.text)
        return float(self.text)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A JSON object as its pairs in order, repeated keys included."""

    items: list[tuple[str, Tree]]


Tree: TypeAlias = "Pairs | list[Tree] | Number | str | bool | None"
"""A JSON value."""


@dataclass(frozen=True, slots=True)
class JsonDefect:
    """Why a text is not JSON, and where: line and column count from 1."""

    text: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.text}"


def parse_tree(text: str) -> Tree | JsonDefect:
    """Read JSON text. Never raises: for other text it returns a `JsonDefect`."""
    try:
        tree: Tree = json.loads(
            text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=Number
        )
    except json.JSONDecodeError as error:
        return JsonDefect(error.msg[:1].lower() + error.msg[1:], error.lineno, error.colno)
    except RecursionError:
        return JsonDefect(_TOO_DEEP)
    return JsonDefect(_TOO_DEEP) if _is_deep(tree) else tree


def tree_of(value: Any) -> Tree:
    """The tree of a decoded JSON value."""
    if isinstance(value, Pairs | Number):
        return value
    if isinstance(value, dict):
        return Pairs([(str(key), tree_of(item)) for key, item in value.items()])
    if isinstance(value, list | tuple):
        return [tree_of(item) for item in value]
    if isinstance(value, bool | str) or value is None:
        return value
    return Number(json.dumps(value) if isinstance(value, int | float) else str(value))


def tree_value(tree: Tree) -> Any:
    """The decoded JSON value of a tree; of repeated keys the last one counts, as with most parsers."""
    if isinstance(tree, Pairs):
        return {key: tree_value(item) for key, item in tree.items}
    if isinstance(tree, list):
        return [tree_value(item) for item in tree]
    return tree.value if isinstance(tree, Number) else tree


def tree_text(tree: Tree, pretty: bool = False) -> str:
    """The JSON text of a tree: on one line without spaces, or pretty with two spaces per level."""
    parts: list[str] = []
    _write(tree, parts, "\n" if pretty else "")
    return "".join(parts)


def _write(tree: Tree, parts: list[str], newline: str) -> None:
    inner = f"{newline}  " if newline else ""
    if isinstance(tree, Pairs):
        colon = ": " if newline else ":"
        _write_branch([(f"{string_text(key)}{colon}", item) for key, item in tree.items], "{}", parts, newline, inner)
    elif isinstance(tree, list):
        _write_branch([("", item) for item in tree], "[]", parts, newline, inner)
    elif isinstance(tree, Number):
        parts.append(tree.text)
    else:
        parts.append(string_text(tree) if isinstance(tree, str) else json.dumps(tree))


def _write_branch(items: list[tuple[str, Tree]], brackets: str, parts: list[str], newline: str, inner: str) -> None:
    if not items:
        parts.append(brackets)
        return
    before = brackets[0] + inner
    for lead, item in items:
        parts.append(before + lead)
        _write(item, parts, inner)
        before = f",{inner}"
    parts.append(newline + brackets[1])


def _is_deep(tree: Tree) -> bool:
    level: list[Tree] = [tree]
    for _ in range(MAX_DEPTH + 1):
        level = [item for branch in level for item in _inside(branch)]
        if not level:
            return False
    return True


def _inside(tree: Tree) -> list[Tree]:
    if isinstance(tree, Pairs):
        return [item for _, item in tree.items]
    return tree if isinstance(tree, list) else []


_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_LONGEST_INTEGER = 4000  # digits; Python refuses to convert more than 4300
_INTEGER = re.compile(r"-?[0-9]+")
