"""The tokens of a JSON text with their positions and paths, even if the text is only nearly JSON.

This is the only scanner of JSON in the program: masking, redacting, rewriting and colouring use it. It
reads what `json` reads and also single quotes, bare words for keys and values, missing and trailing commas, text
before and after, closing brackets that are missing or of the other kind, and truncated text. The paths
in text that is not JSON are a good guess. Nothing here raises, and all of it is linear in the length of the text.

Source of what is JSON: RFC 8259.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple

from ocpptui.jsontext.text import LONE_SURROGATE, STRING, without_surrogates

MAX_DEPTH = 100
"""How many levels a path distinguishes; a deeper token has the path of the deepest level, so that time stays linear."""

Steps = tuple[str | int, ...]
"""The keys and indexes that lead from the top of the text to a value."""


class TokenKind(StrEnum):
    """The kind of a token."""

    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    WORD = "word"
    """`true`, `false`, `null`, and in text that is not JSON, anything else without quotes."""
    OPEN = "open"
    """`{` or `[`."""
    CLOSE = "close"
    """`}` or `]`; empty if the bracket is missing, so that each OPEN has its CLOSE."""


class Token(NamedTuple):
    """A piece of JSON text; commas, colons and white space are between the tokens."""

    path: Steps
    """The path of the value that it is, opens or closes; for a key, that of the value after it."""
    kind: TokenKind
    start: int
    end: int
    """Offsets in characters; the quotation marks of a string are within them."""
    value: str
    """The decoded text of a string or key; anything else as it is written."""


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Every token of the text, or of the part between two offsets, in order."""
    stop = len(text) if end is None else end
    above: list[tuple[Steps, Steps, int, str]] = []  # the values of the four variables below outside of each bracket
    base: Steps = ()
    place: Steps = ()  # the path of the next value
    index, bracket = 0, ""
    key_is_due = False
    arrays = 0
    for match in _TOKEN.finditer(text, start, stop):
        what = match.lastindex
        if what == _SIGN:
            sign = match[_SIGN]
            if sign == ",":
                if bracket == "[":
                    index += 1
                    place = (*base, index)
                elif bracket:
                    key_is_due = True
                else:
                    place = ()
            elif sign == ":":
                key_is_due = False
            elif sign == "[" or sign == "{":
                yield Token(place, TokenKind.OPEN, *match.span(), sign)
                above.append((base, place, index, bracket))
                if len(above) <= MAX_DEPTH + 1:
                    base = place
                index, bracket = 0, sign
                if sign == "[":
                    arrays += 1
                    place = (*base, 0)
                    key_is_due = False
                else:
                    place = (*base, "")
                    key_is_due = True
            elif arrays if sign == "]" else arrays < len(above):  # else it closes nothing
                opening = "[" if sign == "]" else "{"
                while bracket != opening:
                    arrays -= bracket == "["
                    base, place, index, bracket = above.pop()
                    yield Token(place, TokenKind.CLOSE, match.start(), match.start(), "")
                arrays -= bracket == "["
                base, place, index, bracket = above.pop()
                key_is_due = False
                yield Token(place, TokenKind.CLOSE, *match.span(), sign)
        elif what in _STRINGS:
            begin, finish = match.span(_STRING)
            value = text[begin + 1 : finish - 1]
            if "\\" in value or finish == stop:
                value = string_value(text[begin:finish])
            if what == _COLON or key_is_due:
                key_is_due = False
                place = (*base, value)
                yield Token(place, TokenKind.KEY, begin, finish, value)
            else:
                yield Token(place, TokenKind.STRING, begin, finish, value)
        elif key_is_due:
            key_is_due = False
            place = (*base, match[0])
            yield Token(place, TokenKind.KEY, *match.span(), match[0])
        else:
            kind = TokenKind.NUMBER if what == _NUMBER else TokenKind.WORD
            yield Token(place, kind, *match.span(), match[0])
    while above:
        base, place, index, bracket = above.pop()
        yield Token(place, TokenKind.CLOSE, stop, stop, "")


def scalars(text: str) -> Iterator[Token]:
    """Every string, number and word that is a value, without those deeper than MAX_DEPTH, which have no path."""
    for token in tokens(text):
        if token.kind in _SCALARS and len(token.path) <= MAX_DEPTH:
            yield token


def elements(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of each element of the array that opens at or after `start`; ends where it is not JSON."""
    position = text.find("[", start) + 1
    while position:
        position = _skip_space(text, position)
        end = value_end(text, position)
        if end is None:
            return
        yield position, end
        position = _skip_space(text, end)
        position = position + 1 if text[position : position + 1] == "," else 0


def value_end(text: str, start: int) -> int | None:
    """The offset after the JSON value that starts at `start`; None if no complete value starts there."""
    # Of the decoder in C, which is five times as fast as any scanner in Python.
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def string_value(written: str) -> str:
    """The decoded text of a string in quotation marks of any kind, the last of which may be missing."""
    quote = written[0]
    inner = written[1:-1] if is_closed(written) else written[1:]
    if "\\" not in inner:
        return inner
    literal = inner if quote == '"' else _UNLIKE_JSON.sub(lambda match: match[1] or match[2] or '\\"', inner)
    for ending in ("", "\\"):  # a text may be truncated after a backslash
        with suppress(ValueError):
            return str(json.loads(f'"{literal}{ending}"', strict=False))
    return inner


class Brackets:
    """Follows brackets and strings through a text that arrives in pieces, until the first bracket is closed again."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.quote = ""
        """The quotation mark of the string in which the text so far ends; empty outside of strings."""
        self.broken = False
        """A bracket was closed by one of the other kind, or one was not open: this cannot become JSON."""
        self._escape = False  # the string ended in a backslash

    @classmethod
    def end_of(cls, text: str, start: int) -> int | None:
        """As `value_end` for an array or object, without decoding it: for texts with too many values."""
        return cls().feed(text, start)

    def feed(self, text: str, start: int = 0) -> int | None:
        """Follow a piece from `start`; return the offset after the bracket that closes all, None if it is not there."""
        if self.quote:
            ended = _END_OF_STRING[self.quote].match(text, start + self._escape)
            self._escape = False
            if ended is None:
                self._escape = _ends_in_escape(text[start:])
                return None
            self.quote, start = "", ended.end()
        for match in _TOKEN.finditer(text, start):
            what = match.lastindex
            if what == _SIGN:
                sign = match[_SIGN]
                if sign == "[" or sign == "{":
                    self.open.append(sign)
                elif sign == "]" or sign == "}":
                    if not self.open or self.open.pop() != ("[" if sign == "]" else "{"):
                        self.broken = True
                        return None
                    if not self.open:
                        return match.end()
            elif what == _STRING and match.end() == len(text) and not is_closed(match[0]):
                self.quote = match[0][0]
                self._escape = _ends_in_escape(match[0])
        return None


def rewritten(original: str, value: str, kind: TokenKind) -> str:
    """The notation of another value in place of a token of this kind that is written as `original`."""
    quote = original[:1]
    if kind not in _WITH_QUOTES or quote not in _QUOTES:
        return value
    if quote == '"':
        written = json.dumps(value, ensure_ascii=original.isascii())
        if LONE_SURROGATE.search(original) is None:  # then it was written as an escape, and must be again
            written = without_surrogates(written)
    else:
        written = quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote
    return written if is_closed(original) else written[:-1]


def is_closed(string: str) -> bool:
    """Whether a string has its closing quotation mark."""
    if len(string) < 2 or string[-1] != string[0]:
        return False
    return not _ends_in_escape(string[1:-1])


def _ends_in_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def replaced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with some parts replaced: start, end and the new text of each, in their order."""
    parts: list[str] = []
    done = 0
    for start, end, new in edits:
        parts += text[done:start], new
        done = end
    return "".join((*parts, text[done:])) if parts else text


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


_WITH_QUOTES = frozenset({TokenKind.KEY, TokenKind.STRING})
_SCALARS = frozenset({TokenKind.STRING, TokenKind.NUMBER, TokenKind.WORD})
_STRING, _COLON, _SIGN, _NUMBER = range(1, 5)
"""The groups of `_TOKEN`."""
_STRINGS = (_STRING, _COLON)
_QUOTES = "\"'`"
_QUOTED = "|".join(
    rf"{quote}[^{quote}\\]*+(?:\\.[^{quote}\\]*+)*+{quote}(?=[ \t\r\n]*+(?:[,:\]}}>)]|\Z))"
    rf"|{quote}[^{_QUOTES}\\]*+(?:\\.[^{_QUOTES}\\]*+)*+\\?\Z"
    for quote in "'`"
)
"""A string in the quotes of JavaScript and Python: its closing quote is followed by what may follow a value; if the
text is truncated within it, it contains no other quote. Otherwise the quote is an apostrophe."""
_TOKEN = re.compile(
    rf"({STRING}|{_QUOTED})(?:[ \t\r\n]*+(:))?|([{{}}\[\],:])"
    r"|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?=[ \t\r\n,:\]}]|\Z))"
    r'|[^ \t\r\n{}\[\],:"]+',
    re.DOTALL,
)
_END_OF_STRING = {quote: re.compile(rf"(?:[^\\{quote}]|\\.)*+{quote}", re.DOTALL) for quote in _QUOTES}
_UNLIKE_JSON = re.compile(r"\\(['`])|(\\.)|\"", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
