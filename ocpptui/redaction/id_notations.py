"""One id in the notations that programs and readers of cards have for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocpptui.jsontext.known_texts import ANYWHERE

LONGEST_SEPARATED = 64
"""Characters of an id that may be written with other separators."""


def bare_id(value: str) -> str:
    """An id without its separators; empty if it is too short for one, or has no digits."""
    bare = _SEPARATORS.sub("", value) if len(value) <= LONGEST_SEPARATED else ""
    return bare if len(bare) >= ANYWHERE and bare.isalnum() and any(map(str.isdigit, bare)) else ""


def other_notations(value: str) -> Iterator[str]:
    """How else an id is written: without its separators, and hexadecimal in pairs, as readers of cards print it."""
    bare = bare_id(value)
    if bare:
        yield bare
    if _HEXADECIMAL.fullmatch(bare):
        for separator in _BETWEEN_PAIRS:
            yield separator.join(bare[place : place + 2] for place in range(0, len(bare), 2))


def written_as(model: str, value: str) -> str:
    """The letters and digits of a value between the separators of an id."""
    characters = iter(value)
    written = [one if _SEPARATORS.match(one) else next(characters, "") for one in model]
    return "".join((*written, *characters))


_SEPARATORS = re.compile(r"[ :*.\-]")


_BETWEEN_PAIRS = (":", "-", " ")


_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){4,16}")
