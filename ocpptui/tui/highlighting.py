"""Highlights what the user looks for: by underlining and reversing, which a terminal without colours shows too."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from ocpptui.tui.wrapping import Rows

FOUND = Style(bold=True, underline=True)
"""Added to the style of a match."""
CURRENT = Style(bold=True, reverse=True)
"""Added to the style of the match that the user went to."""
MOST_MATCHES = 10_000
"""How many matches are counted and can be gone to; of more, only the first."""


def word_places(words: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Where any of the case-folded words is in a text, as (start, end) in order; overlapping places are one."""
    folded = text.casefold()
    found = sorted(place for word in words if word for place in _places(word, folded))
    if len(folded) != len(text):  # a letter such as ß is folded to two
        origins = [place for place, letter in enumerate(text) for _ in letter.casefold()]
        found = [(origins[start], origins[end - 1] + 1) for start, end in found]
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _places(word: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = text.find(word, start + len(word))


def restyled(segments: Iterable[Segment], places: Sequence[tuple[int, int]], style: Style) -> list[Segment]:
    """The segments of one row, with the style added to these places: (start, end) in their text, in order."""
    if not places:
        return list(segments)
    result: list[Segment] = []
    position = 0
    for segment in segments:
        text, done = segment.text, 0
        for start, end in places:
            here, there = max(start - position, done), min(end - position, len(text))
            if here >= there:
                continue
            if here > done:
                result.append(Segment(text[done:here], segment.style))
            result.append(Segment(text[here:there], segment.style + style if segment.style else style))
            done = there
        if done < len(text) or not text:
            result.append(Segment(text[done:], segment.style))
        position += len(text)
    return result


class RowMatch(NamedTuple):
    """One match among the rows of a pane."""

    row: int
    """The row in which it begins."""
    start: int
    end: int
    """Where it ends; both are positions in the line of the row."""


class RowSearch:
    """Every match of a word or phrase in the rows of a pane; case is ignored."""

    def __init__(self, rows: Rows, words: str) -> None:
        self.words = words.casefold()
        self.matches: list[RowMatch] = []
        self.current: int | None = None
        """The number of the match that the user went to, from 0."""
        for number in range(len(rows)):
            row = rows[number]
            if len(self.matches) >= MOST_MATCHES:
                break
            if row.start == 0:
                places = word_places((self.words,), row.line)
            self.matches += [RowMatch(number, *place) for place in places if row.start <= place[0] < row.end]

    def go_from(self, row: int) -> RowMatch | None:
        """The first match in a row or below it, or else the very first one; None without matches."""
        if not self.matches:
            return None
        place = bisect_left(self.matches, (row, 0, 0))
        self.current = place % len(self.matches)
        return self.matches[self.current]

    def go_on(self, by: int) -> RowMatch | None:
        """The next match, or with -1 the previous one; after the last comes the first again."""
        if not self.matches or self.current is None:
            return None
        self.current = (self.current + by) % len(self.matches)
        return self.matches[self.current]
