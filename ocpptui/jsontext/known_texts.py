"""Many known texts, found wherever they occur in other texts: secrets that were masked, values that were redacted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from os.path import commonprefix

ANYWHERE = 8
"""Characters from which a known text is also found inside a word."""
MOST_BRANCHES = 40
"""Branches of the expression, one in the other; beyond that, texts are compared one by one."""
NOT_BESIDE = r"(?<![^\W_])", r"(?![^\W_])"
"""Before and after a text that is found as a word only: no letter and no digit adjoins it."""


class KnownTexts:
    """The places of known texts in other texts.

    The texts become one expression that branches by their characters, so that a search takes time by the length of the
    searched text, however many are known. A text with fewer characters than `anywhere` is found only as a word.
    """

    def __init__(self, texts: Iterable[str], anywhere: int = ANYWHERE) -> None:
        known = sorted(set(filter(None, texts)))
        long = [text for text in known if len(text) >= anywhere]
        short = [text for text in known if len(text) < anywhere]
        parts = [_any_of(long, 0)] if long else []
        if short:
            parts.append(_any_of(short, 0).join(NOT_BESIDE))
        self._pattern = re.compile("|".join(parts), re.DOTALL) if parts else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """The start and end of known texts, in order and without overlaps; of several at one place, the longest."""
        if self._pattern is not None:
            for match in self._pattern.finditer(text):
                yield match.span()

    def are_in(self, text: str) -> bool:
        """Whether one of them occurs in a text."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def replaced_in(self, text: str, new: str, spared: str = "") -> str:
        """The text with another text in place of each of them, except those that are part of `spared`."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: match[0] if match[0] in spared else new, text)


def _any_of(texts: list[str], branches: int) -> str:
    """An expression in a group for any of these sorted texts, the longest first where one begins with another."""
    common = commonprefix([texts[0], texts[-1]])
    rest = [text[len(common) :] for text in texts]
    if len(rest) == 1:
        return f"(?:{re.escape(texts[0])})"
    if branches == MOST_BRANCHES:
        found = "|".join(re.escape(text) for text in sorted(rest, key=len, reverse=True))
        return f"(?:{re.escape(common)}(?:{found}))"
    ends = not rest[0]
    groups = groupby(rest[1:] if ends else rest, key=lambda text: text[0])
    found = "|".join([*(_any_of(list(group), branches + 1) for _, group in groups), *([""] if ends else [])])
    return f"(?:{re.escape(common)}(?:{found}))"
