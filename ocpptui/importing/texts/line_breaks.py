"""How the lines of a text were broken: at any character, as terminals do, or in place of a space, as mail programs do.

Lines that were broken at a width have one length. Those that were broken between words have several, and the word that
follows each would not have fitted in it. What a file shows once holds for its frames that were broken only once.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.vocabulary import is_word_of_ocpp

_FIRST = lazily(r"\S*")
_LAST_WORD, _FIRST_WORD = lazily(r"\w{1,60}$"), lazily(r"\w{1,60}")
_END_OF_NAME = lazily(r"[\w.-]{0,60}\\{0,7}\"\s{0,3}:")
_HYPHEN = lazily(r"\w-$")
"""Where mail programs also break a word."""


class LineBreaks:
    """What the lines of a file show so far."""

    def __init__(self) -> None:
        self._are_between_words = False
        self._width = 0  # at which words that were too long were broken, too

    def gaps(self, lines: Sequence[str], pieces: Sequence[str]) -> list[str]:
        """What was between the pieces of a text, each of which is in a line: a space, or nothing."""
        shown = _are_between_words(lines, pieces)
        if shown:
            self._are_between_words = True
        if shown is False or not self._are_between_words:
            return [""] * (len(pieces) - 1)
        breaks = list(zip(lines, pieces, pieces[1:], strict=False))
        within = [len(line) for line, before, after in breaks if _is_in_word(before, after)]
        self._width = max(self._width, *within) if within else self._width
        return [
            "" if _is_one_word(before, after) or _is_in_word(before, after) or len(line) == self._width else " "
            for line, before, after in breaks
        ]


def _are_between_words(lines: Sequence[str], pieces: Sequence[str]) -> bool | None:
    """Whether lines were broken between words; None if they do not show it."""
    broken = lines[:-1]
    if len(broken) < 2:
        return None
    if any(piece[-1:].isspace() for piece in pieces[:-1]):
        return False  # the spaces stay where the lines end
    lengths = [len(line) for line in broken]
    of_text = [len(line.strip()) for line in broken]
    in_bytes = [len(line.encode("utf-8", "surrogatepass")) for line in broken]
    if any(len({*measured}) == 1 for measured in (lengths, of_text, in_bytes)):
        return None if len(broken) == 2 else False
    of_words = [len(line) for line, piece in zip(broken, pieces, strict=False) if " " in piece.strip()]
    width = max(of_words, default=0)  # a single word may be longer
    follow = [len(first[0]) for piece in pieces[1:] if (first := _FIRST.match(piece.lstrip())) is not None]
    return all(length + 1 + first > width for length, first in zip(lengths, follow, strict=True))


def _is_one_word(before: str, after: str) -> bool:
    return not after or before[-1:].isspace() or after[0].isspace() or _HYPHEN.search(before) is not None


def _is_in_word(before: str, after: str) -> bool:
    """Whether a line was broken within the name of a field or a word of OCPP, which have no space: it was too long."""
    if _END_OF_NAME.match(after) is not None:
        return True
    last, first = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    return last is not None and first is not None and is_word_of_ocpp(last[0] + first[0])
