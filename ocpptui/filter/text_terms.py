"""The terms that read records."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress
from typing import Any

from ocpptui.filter.terms import PARSED, READ, Term
from ocpptui.filter.values import glob, pieces
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline

BLOCK = 1024
"""How many record texts are fetched at once."""


class TextTerm(Term):
    """A term that reads the raw text of each message.

    `needles` are case-folded texts: the term can match only if the raw text contains all of them or has a backslash,
    which may hide them.
    """

    needs_text = True

    def __init__(self, needles: Iterable[str] = ()) -> None:
        self.needles = [needle for needle in needles if needle]
        runs = {run.encode() for needle in self.needles for run in _RUN.findall(needle)}
        self._runs = sorted(runs, key=len, reverse=True)[:3]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.needles)

    @abstractmethod
    def matches_message(self, raw: str | bytes, frame: Message | Malformed | None = None) -> bool:
        """Whether a message matches; `frame` is what it says where the raw text is not OCPP-J."""

    def matches_other(self, record: Record) -> bool:
        """Whether a record that is not a message matches."""
        return False

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        count = stop - start
        found, chosen = bytearray(count), among.to_bytes(count, "little")
        table, parties = timeline.party_table, timeline.parties
        not_json = {number for number, party in enumerate(table) if party.transport is not Transport.JSON}
        for block in range(0, count, BLOCK):
            part = chosen[block : block + BLOCK]
            wanted = part.count(1)
            if wanted:
                first = start + block
                texts = timeline.texts(first, first + len(part), wanted)
                for place in texts.that_may_contain(self._runs, compress(range(len(part)), part)):
                    if timeline.kinds[first + place] <= RecordKind.SEND:
                        raw, index = texts.raw(place), first + place
                        frame = timeline.frame(index) if parties[index] in not_json else None
                        found[block + place] = raw is not None and self.matches_message(raw, frame)
                    else:
                        found[block + place] = self.matches_other(timeline.record(first + place))
        return int.from_bytes(found, "little")


class Contains(TextTerm):
    """Records whose text contains a word or phrase; case is ignored."""

    cost = READ

    def __init__(self, words: str) -> None:
        self._words = words.casefold()
        super().__init__([self._words])

    def matches_message(self, raw: str | bytes, frame: Message | Malformed | None = None) -> bool:
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        return self._words in text.casefold()

    def matches_other(self, record: Record) -> bool:
        return self._words in "\n".join(_words(record.detail)).casefold()


class OfMessage(TextTerm):
    """Messages with a given message id."""

    cost = PARSED

    def __init__(self, wanted: str, literal: bool) -> None:
        self._wanted = glob(wanted, literal)
        super().__init__(pieces(wanted, literal))

    def matches_message(self, raw: str | bytes, frame: Message | Malformed | None = None) -> bool:
        message_id = (parse(raw) if frame is None else frame).id
        return message_id is not None and self._wanted(message_id)


def _words(detail: Any) -> Iterator[str]:
    """The texts and numbers in a record's detail, as `key: value` if a key has one."""
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
