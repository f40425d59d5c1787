"""The shapes of texts: what those have in common that differ only in their digits, or in hexadecimal numbers.

A log has few shapes and many lines, so that what is known of a shape costs one look-up.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ocpptui.importing.words.log_words import LEVEL
from ocpptui.jsontext.lazy_pattern import lazily

_ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
"""Translates every digit into a zero."""
_TRACE = lazily(
    r"(?<![\w-])(?:[0a-f]{8}(?:-[0a-f]{4}){3}-[0a-f]{12}|[0A-F]{8}(?:-[0A-F]{4}){3}-[0A-F]{12}"
    r"|(?=[a-f]{0,40}0)[0a-f]{8,64}|(?=[A-F]{0,40}0)[0A-F]{8,64})(?![\w-])"
)

_CLOCK = lazily(r"0{1,2}:00:00(?:[.,:]0{1,9})?")
_LEVEL = lazily(rf"\b(?:{LEVEL})\b\s*", re.IGNORECASE)


def without_digits(text: str) -> str:
    """The text with each digit as a zero."""
    # By way of bytes, as it is done for every line: a table for `str` takes ten times as long.
    return text.encode("utf-8", "surrogatepass").translate(_ANY_DIGIT).decode("utf-8", "surrogatepass")


def without_traces(text: str) -> str:
    """A text without digits also without the letters of hexadecimal numbers, which are others in each line."""
    return _TRACE.sub(lambda match: "0" * len(match[0]), text)


@lru_cache(maxsize=1024)
def logger_before(shape: str) -> str:
    """What tells the loggers of a file apart by their lines alone: what a text without digits has up to its first time
    of day, without the level; empty if it has no time."""
    end = end_of_clock(shape)
    return _LEVEL.sub("", shape[:end])


def end_of_clock(shape: str) -> int:
    """Where the first time of day of a text without digits ends; 0 if it has none."""
    clock = _CLOCK.search(shape)
    return 0 if clock is None else clock.end()
