"""Directions that the frames of a file show, and the words that are only beside those of one direction.

The calls that only one side may send, and the answers to them, show which way they went. What is beside them in a line,
a field or a column is so understood in any language: `C2S`, `ingress`, `eingehend`, an arrow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from ocpptui.importing.words.action_names import only_sender
from ocpptui.importing.words.log_words import is_flow_word
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Direction

MOST_OPEN = 20_000
"""How many calls are remembered to find the direction of their answers."""
MOST_WORDS = 2000
"""How many words are remembered."""
FEWEST_LINES = 2
"""Of each direction, before a word beside all of them means it."""
_LETTER = r"[^\s\d\0!-/:-@\[-`{-~]"
"""Also the vowels of Hindi and Thai, which are signs that combine."""
_WORD = lazily(rf"{_LETTER}{{1,40}}")


class ShownDirections:
    """The directions that the actions of calls show, and those of the answers to them."""

    def __init__(self) -> None:
        self._calls: dict[tuple[int, str], Direction | None] = {}  # None if calls of both sides have the id

    def of(self, action: str | None, message_id: str, connection: int = 0) -> Direction | None:
        """The direction of a call, or of an answer, whose `action` is None; None if nothing shows it.

        Call it for the frames in their order.
        """
        key = connection, message_id
        if action is None:
            way = self._calls.pop(key, None)
            return None if way is None else way.opposite
        sender = only_sender(action)
        way = None if sender is None else sender.sends
        if len(self._calls) < MOST_OPEN or key in self._calls:
            self._calls[key] = way if self._calls.get(key, way) is way else None
        return way


class WordsOfOneWay:
    """The words that mean `sent` and `received` in a file, in any language: they are beside all frames of one direction
    and none of the other. `found` is empty unless both directions have one."""

    def __init__(self, beside: Iterable[tuple[Direction, str]]) -> None:
        """`beside` are the direction of each frame and the text before it, with zeros for digits."""
        lines, counts = Counter[Direction](), dict[str, Counter[Direction]]()
        self._texts = set[str]()
        for direction, text in beside:
            lines[direction] += 1
            self._texts.add(text)
            for word in {*_WORD.findall(text)}:
                if len(counts) < MOST_WORDS or word in counts:
                    counts.setdefault(word, Counter())[direction] += 1
        self.found = frozenset[str]()
        self.are_known = False
        """Whether the program knows what they mean without the file."""
        self._everywhere = frozenset(word for word, count in counts.items() if count == lines)
        if len(lines) == 2 and min(lines.values()) >= FEWEST_LINES:
            ways = [{word for word, count in counts.items() if count == Counter({way: lines[way]})} for way in lines]
            self.are_known = all(any(map(is_flow_word, words)) for words in ways)
            if all(ways):
                self.found = frozenset(chain.from_iterable(ways))

    @property
    def are_endings(self) -> bool:
        """Whether one of them is the ending of a name: `CP-77에서`."""
        pattern = None if not self.found else re.compile(rf"0(?:{_any_of(self.found)})(?!{_LETTER})")
        return pattern is not None and any(map(pattern.search, self._texts))

    @property
    def with_those_beside(self) -> frozenset[str]:
        """Them and the words in small letters that are in all lines, beside one of them: `mesaj alındı`."""
        found, more = self.found, self.found
        while more:
            beside = re.compile(rf"(?<!{_LETTER})({_LETTER}+) (?:{_any_of(more)})(?!{_LETTER})")
            words = {word for text in self._texts for word in beside.findall(text)}
            more = frozenset(word for word in words & self._everywhere if word == word.lower()) - found
            found |= more
        return found

    @staticmethod
    def pattern_of(words: frozenset[str]) -> re.Pattern[str]:
        """What finds these words in a text."""
        return re.compile(rf"(?<!{_LETTER})(?:{_any_of(words)})(?!{_LETTER})")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


class LearnedDirections:
    """Which words mean which direction."""

    def __init__(self, enough: int = 1) -> None:
        """`enough` frames of one direction beside a word show what it means."""
        self._enough = enough
        self._beside: dict[str, dict[Direction, int]] = {}

    def learn(self, words: Iterable[str], direction: Direction) -> None:
        """Note the words beside a frame of a direction."""
        for word in words:
            if len(self._beside) < MOST_WORDS or word in self._beside:
                beside = self._beside.setdefault(word, {})
                beside[direction] = beside.get(direction, 0) + 1

    def meant(self, words: Iterable[str]) -> dict[Direction, str]:
        """The directions that these words mean, each with a word that means it."""
        found = dict[Direction, str]()
        for word in words:
            beside = self._beside.get(word, {})
            if len(beside) == 1:
                ((direction, count),) = beside.items()
                if count >= self._enough:
                    found[direction] = word
        return found
