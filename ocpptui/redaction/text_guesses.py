"""The places in a text that look confidential, by a label before them, their shape or as the name of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ocpptui.redaction.labelled_values import labelled_values, names_in
from ocpptui.redaction.shapes import SHORTEST_NUMBER, ShapeKind, shapes_in


class TextGuess(NamedTuple):
    """A place in a text that looks confidential; `start` and `end` are those of the value."""

    label: int
    start: int
    end: int
    kind: ShapeKind | None = None
    is_name: bool = False


def guesses_in(text: str) -> list[TextGuess]:
    """The places in a text that look confidential by a label or their shape, in order and without overlaps."""
    if len(text) < SHORTEST_TELLING or (text.isalnum() and len(text) < SHORTEST_NUMBER) or _PLAIN.fullmatch(text):
        return []
    found = [TextGuess(start, start, end, kind) for kind, start, end in shapes_in(text)]
    found += (TextGuess(one.label, one.start, one.end, None, one.is_name) for one in labelled_values(text))
    found += (TextGuess(start, start, end, None, True) for start, end in names_in(text))
    if len(found) < 2:
        return found
    kept: list[TextGuess] = []
    for guess in sorted(found, key=_place_of):
        if not kept or guess.label >= kept[-1].end:
            kept.append(guess)
        elif kept[-1].kind is None and guess.start <= kept[-1].start and guess.end > kept[-1].end:
            kept[-1] = guess  # the label has only the beginning of it
    return kept


def guesses_until(guesses: list[TextGuess], place: int, end: int) -> Iterator[TextGuess]:
    """The guesses from one on that start before `end`."""
    while place < len(guesses) and guesses[place].label < end:
        yield guesses[place]
        place += 1


def _place_of(guess: TextGuess) -> tuple[int, int]:
    return guess.label, guess.start


_PLAIN = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
    r"|[+-]?\d{1,10}(?:\.\d{1,10})?|[A-Za-z]+(?:[.\-][A-Za-z]+)*|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
)
"""Times, numbers, words and UUIDs."""


SHORTEST_TELLING = 6
"""Characters of a text that has a label and a value, or a value of a telling shape."""
