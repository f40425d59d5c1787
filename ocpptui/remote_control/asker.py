"""What a command asks for while its call is being made."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.ocpp.examples import EXAMPLE_TOKEN
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.remote_control.circumstances import Circumstances, ConnectorPlace, is_whole_number, next_number
from ocpptui.remote_control.question import KnownValue, NotAnswered, Question


class RemoteCall(NamedTuple):
    """A call that is ready to be sent."""

    action: str
    payload: Payload
    about: str = ""
    """What it is about, in a few words."""


class Asker:
    """The circumstances; it notes what was asked."""

    def __init__(self, case: Circumstances, asked: list[Question]) -> None:
        self.case = case
        self.version = case.version
        self.is_1x = case.version.generation == 1
        self.known = case.known
        self._asked = asked

    def text(self, name: str, words: str, offered: tuple[KnownValue, ...] = (), start: str = "") -> str:
        """A free text; known values are offered."""
        question = Question(name, words, offered, start=self.case.used.get(name, start))
        self._asked.append(question)
        return self.case.answer(question)

    @property
    def asked_last(self) -> Question:
        """The last free question."""
        return self._asked[-1]

    def chosen(self, name: str, words: str, *offered: KnownValue) -> str:
        return self.case.chosen(name, words, offered)

    def number(self, name: str, words: str, offered: tuple[KnownValue, ...] = ()) -> int:
        text = self.text(name, words, offered)
        if not is_whole_number(text):
            raise NotAnswered(self._asked[-1]._replace(problem=f"{text} is not a number of OCPP {self.version}"))
        return int(text)

    def members(self, action: str, *path: str) -> tuple[str, ...]:
        """The values that the schema allows in a field."""
        tree = field_tree(self.version, action, Part.REQUEST)
        found = tree.at(path) if tree is not None else None
        return found.enum if found is not None else ()

    def new_number(self, name: str) -> int:
        """A value for an id of this name that was not seen yet."""
        return next_number(self.known.suggestions(name))

    def token(self, words: str) -> Payload:
        """An idTag or an idToken, under its name in the version."""
        offered = tuple(KnownValue(token) for token in self.known.suggestions("idTag"))
        text = self.text("token", words, offered, start=EXAMPLE_TOKEN)
        return {"idTag": text} if self.is_1x else {"idToken": token_of_2(text)}


def token_of_2(text: str) -> Payload:
    """An idToken of OCPP 2.x: `eMAID:DE8AA…` names its type, else its shape shows whether it is the UID of a card."""
    kind, _, rest = text.partition(":")
    if rest and kind in _TOKEN_TYPES:
        return {"idToken": rest, "type": kind}
    is_uid = len(text) in (8, 14, 20) and all(letter in "0123456789abcdefABCDEF" for letter in text)
    return {"idToken": text, "type": "ISO14443" if is_uid else "Central"}


_TOKEN_TYPES = frozenset(
    ["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress", "DirectPayment", "EVCCID", "VIN"]
)


def only_or_wanted(case: Circumstances) -> ConnectorPlace | None:
    """The connector that is named or, where there is only one, that; None for the whole charge point."""
    wanted, places = case.wanted_place(), case.places
    if wanted is None and not case.given.get("connector") and len(places) == 1:
        return places[0]
    return wanted


def place_words(place: ConnectorPlace | None) -> str:
    """A connector, or the whole charge point, in words."""
    return "the charge point" if place is None else str(place)
