"""What a command starts from: the charge point as it is known, what the user points at, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ocpptui.ocpp.version import Version
from ocpptui.remote_control.offered_firmware import OfferedFirmware
from ocpptui.remote_control.question import KnownValue, NotAnswered, Question
from ocpptui.stations.state import ChargePointState, TransactionState

MOST_NUMBER = 2**31 - 1
"""The largest integer that every charge point can read."""


class ConnectorPlace(NamedTuple):
    """A connector. `evse` is 0 in OCPP 1.x, which has none; `connector` is 0 for all of an EVSE."""

    evse: int
    connector: int

    @property
    def number(self) -> int:
        """What users call it: the EVSE or, without one, the connector."""
        return self.evse or self.connector

    def __str__(self) -> str:
        if not self.evse:
            return f"connector {self.connector}"
        return f"EVSE {self.evse}" + (f" connector {self.connector}" if self.connector else "")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known at the moment of a command."""

    version: Version
    known: ChargePointState
    now: int
    """Microseconds since 1970-01-01 UTC."""
    place: ConnectorPlace | None = None
    """The connector that the user points at; None for no particular one."""
    transaction: str = ""
    """The transaction that the user points at."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Answers by the name of their question."""
    certificates: Mapping[str, str] = field(default_factory=dict)
    """Certificates at hand, in PEM, by what the user calls them."""
    used: Mapping[str, str] = field(default_factory=dict)
    """The last answers to free questions, by name, to begin with."""
    firmware: tuple[OfferedFirmware, ...] = ()
    """The files that the charge point can fetch from us."""

    @property
    def places(self) -> list[ConnectorPlace]:
        """The connectors that are known, in order, without those numbered 0."""
        found = {ConnectorPlace(evse, connector) for evse, connector in self.known.connectors if connector > 0}
        if self.version.generation == 2:
            with_connectors = {place.evse for place in found}
            found |= {ConnectorPlace(evse, 0) for evse in self.known.evses if evse not in with_connectors}
        return sorted(found)

    def status_of(self, place: ConnectorPlace) -> str:
        """The last reported status of a connector."""
        state = self.known.connectors.get((place.evse, place.connector))
        return state.status if state is not None else ""

    def running(self, place: ConnectorPlace | None = None) -> list[TransactionState]:
        """The open transactions, newest first; at one place, or anywhere."""
        running = self.known.running
        return [one for one in running if place is None or (one.evse or one.connector) in (0, place.number)]

    # -- answers ------------------------------------------------------------------------------------------------

    def answer(self, question: Question) -> str:
        """What was answered. Raises NotAnswered."""
        answer = self.given.get(question.name, "").strip()
        if not answer:
            raise NotAnswered(question)
        values = {one.value for one in question.offered}
        if not question.is_free and answer not in values:
            folded = {value.casefold(): value for value in values}
            if answer.casefold() not in folded:
                names = ", ".join(one.value for one in question.offered)
                raise NotAnswered(question._replace(problem=f"{question.name} is one of {names}"))
            return folded[answer.casefold()]
        return answer

    def chosen(self, name: str, words: str, offered: Iterable[KnownValue]) -> str:
        """One of a few values. Raises NotAnswered."""
        return self.answer(Question(name, words, tuple(offered), is_free=False))

    def needed_place(self, words: str) -> ConnectorPlace:
        """The one connector that is meant; asked for where there are several. Raises NotAnswered."""
        places = self.places
        if self.place is not None:
            return self.place
        if not self.given.get("connector") and len(places) == 1:
            return places[0]
        offered = tuple(KnownValue(_digits(place), self.status_of(place)) for place in places)
        question = Question("connector", words, offered, start="" if offered else "1")
        text = self.answer(question)
        place = self.place_named(text)
        if place is None or not place.number:
            raise NotAnswered(question._replace(problem=f"{text} is not the number of a connector"))
        return place

    def wanted_place(self) -> ConnectorPlace | None:
        """The connector that the user or a script names; None for the whole charge point. Raises NotAnswered."""
        text = self.given.get("connector", "")
        if self.place is not None or not text:
            return self.place
        place = self.place_named(text)
        if place is None:
            question = Question("connector", "Which connector?", problem=f"{text} is not the number of a connector")
            raise NotAnswered(question)
        return place if place.number else None

    def place_named(self, text: str) -> ConnectorPlace | None:
        """The place that `2` or, with EVSEs, `1/2` names; an EVSE with one known connector includes that."""
        first, _, second = text.partition("/")
        if not is_whole_number(first) or (second and not is_whole_number(second)):
            return None
        if self.version.generation == 1:
            return None if second else ConnectorPlace(0, int(first))
        known = [place for place in self.places if place.evse == int(first)]
        if second or len(known) != 1:
            return ConnectorPlace(int(first), int(second or 0))
        return known[0]


def _digits(place: ConnectorPlace) -> str:
    return f"{place.evse}/{place.connector}".removesuffix("/0") if place.evse else str(place.connector)


def is_whole_number(text: str) -> bool:
    """Whether a text is an integer that every charge point can read, without a sign."""
    return text.isascii() and text.isdigit() and int(text[:12]) <= MOST_NUMBER


def next_number(seen: Iterable[str | int]) -> int:
    """A number for something new, after those that were seen."""
    numbers = [int(one) for one in map(str, seen) if is_whole_number(one)]
    last = max(numbers, default=0)
    return last + 1 if last < MOST_NUMBER else 1
