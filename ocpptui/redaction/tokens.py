"""The strings and numbers of a JSON text with their places, also of a text that is only nearly JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

MAX_DEPTH = 200
"""Levels whose steps are told apart; deeper ones are told as the deepest."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_QUOTES = "'`"
"""What other notations than JSON have around a text."""
_LONE = re.compile("[\ud800-\udfff]")
_INNER = re.compile(r'"((?:[^"\\]|\\.)*+)"?\Z', re.DOTALL)


class Token(NamedTuple):
    """A string, a number, or a piece of text that is neither."""

    start: int
    end: int
    """Offsets in characters; a string's quotation marks are within them."""
    steps: tuple[str | int, ...]
    """Keys and indexes that lead to it from the whole text; of a key, those of its value."""
    value: str
    """Of a string what it says, of anything else how it is written."""
    kind: str
    """`key`, `string`, `number` or `other`, which no JSON has outside of strings, but for true, false and null."""


def tokens(text: str) -> Iterator[Token]:
    """Every token in order; linear, and never raises. The steps in a text that is no JSON are a good guess."""
    stack: list[str | int] = []
    arrays: list[bool] = []
    expects_key = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "{[":
            arrays.append(token == "[")
            stack.append(0 if token == "[" else "")
            expects_key = token == "{"
        elif token in "}]":
            if arrays:
                arrays.pop()
                stack.pop()
            expects_key = False
        elif token == ",":
            in_array = bool(arrays) and arrays[-1]
            expects_key = bool(arrays) and not in_array
            if in_array:
                stack[-1] = int(stack[-1]) + 1
        elif token == ":":
            expects_key = False
        elif token.startswith('"'):
            value = _said(token)
            if expects_key:
                stack[-1] = value
            yield Token(*match.span(), tuple(stack[:MAX_DEPTH]), value, "key" if expects_key else "string")
        else:
            start, end = match.span()
            if len(token) > 1 and token[0] in _QUOTES and token[-1] == token[0]:
                token, start, end = token[1:-1], start + 1, end - 1
            if expects_key:
                stack[-1] = token
            kind = "key" if expects_key else "number" if _NUMBER.fullmatch(token) else "other"
            yield Token(start, end, tuple(stack[:MAX_DEPTH]), token, kind)


def rewritten(original: str, value: str, kind: str) -> str:
    """How another value is written in the place of the token of this kind that is written as `original`."""
    if not original.startswith('"') or kind in ("number", "other"):
        return value
    written = json.dumps(value, ensure_ascii=original.isascii())
    if _LONE.search(original) is None:  # then an escape said it, and has to again
        written = _LONE.sub(lambda match: f"\\u{ord(match.group()):04x}", written)
    return written if len(original) > 1 and original.endswith('"') else written[:-1]


def _said(token: str) -> str:
    for whole in (token, token + '"'):
        with suppress(ValueError):
            return str(json.loads(whole, strict=False))
    match = _INNER.match(token)
    return match[1] if match else token[1:]
