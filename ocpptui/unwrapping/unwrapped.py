"""What one value of a payload contains, in lines for people."""

from __future__ import annotations

from typing import NamedTuple


class InsideLine(NamedTuple):
    """One line about the contents of a value."""

    sort: str
    """`field` (a name, two spaces, its value), `text`, `problem`, `json` or `dim`."""
    text: str


Contents = tuple[str, list[InsideLine]]
"""What a value is, in a few words, and the lines about it."""


class Unwrapped(NamedTuple):
    """The contents of one value of a payload."""

    path: str
    """The place of the value, `$.certificateChain` for example. What is within JSON in a text continues its path."""
    what: str
    """What it is, in a few words."""
    lines: tuple[InsideLine, ...] = ()


def field_line(name: str, value: object) -> InsideLine:
    """A named part of the contents."""
    return InsideLine("field", f"{name}  {value}")


def problem_line(text: str) -> InsideLine:
    """A sentence about what is wrong with the contents."""
    return InsideLine("problem", text)


def text_line(text: str) -> InsideLine:
    """A sentence about the contents."""
    return InsideLine("text", text)
