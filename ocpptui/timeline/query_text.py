"""The terms for which records have to be read."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ocpptui.protocol.frame import parse
from ocpptui.timeline.query_terms import PARSED, READ, Node, members
from ocpptui.timeline.query_values import glob, pieces
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.stretch import Stretch
from ocpptui.timeline.timeline import Timeline


class Reading(Node):
    """A term that looks at the raw text of one message after the other.

    `needles` are texts, case folded, each of which the raw text has to contain for the term to match, unless a
    backslash hides it.
    """

    needs_text = True

    def __init__(self, needles: Iterable[str] = ()) -> None:
        self.needles = [needle for needle in needles if needle]
        runs = {run.encode() for needle in self.needles for run in _RUN.findall(needle)}
        self._runs = sorted(runs, key=len, reverse=True)[:3]

    @abstractmethod
    def matches_message(self, raw: str | bytes) -> bool:
        """Whether a message matches."""

    def matches_other(self, record: Record) -> bool:
        """Whether what is no message matches."""
        return False

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        count = stop - start
        found = bytearray(count)
        stretch = Stretch(timeline, start, stop, among.bit_count())
        for place in stretch.that_may_contain(self._runs, members(among, count)):
            if timeline.kinds[start + place] <= Kind.SEND:
                raw = stretch.raw(place)
                found[place] = raw is not None and self.matches_message(raw)
            else:
                found[place] = self.matches_other(timeline.record(start + place))
        return int.from_bytes(found, "little")


class Contains(Reading):
    """Records whose text contains a word or phrase, case ignored."""

    cost = READ

    def __init__(self, words: str) -> None:
        self._words = words.casefold()
        super().__init__([self._words])

    def matches_message(self, raw: str | bytes) -> bool:
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        return self._words in text.casefold()

    def matches_other(self, record: Record) -> bool:
        return self._words in "\n".join(_words(record.detail)).casefold()


class OfMessage(Reading):
    """Messages with a certain message id."""

    cost = PARSED

    def __init__(self, wanted: str, literal: bool) -> None:
        self._wanted = glob(wanted, literal)
        super().__init__(pieces(wanted, literal))

    def matches_message(self, raw: str | bytes) -> bool:
        message_id = parse(raw).id
        return message_id is not None and self._wanted(message_id)


def _words(detail: Any) -> Iterator[str]:
    """The texts and numbers in a record's detail, `key: value` where a key has one."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            if isinstance(value, Mapping | list | tuple):
                yield str(key)
                yield from _words(value)
            else:
                yield f"{key}: {value}"
    elif isinstance(detail, list | tuple):
        for value in detail:
            yield from _words(value)
    else:
        yield str(detail)


_RUN = re.compile("[0-9a-z]+")
