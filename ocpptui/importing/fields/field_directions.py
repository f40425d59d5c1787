"""The direction of a frame that a field or a column states, in words, signs or a boolean."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from ocpptui.importing.fields.field_vocabulary import TARGETS, plain_name
from ocpptui.importing.found_frame import Flow
from ocpptui.importing.words.log_words import RECEIVED, SENT
from ocpptui.importing.words.party_words import CENTRAL_SYSTEM, STATION
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Direction

_OF_CHARGE_POINT = frozenset(["fromclient", "isfromclient", "fromchargepoint", "fromcp", "fromstation"])
_OF_WRITER = {
    **dict.fromkeys(("incoming", "isincoming", "inbound", "isinbound", "received"), Flow.RECEIVED),
    **dict.fromkeys(("outgoing", "isoutgoing", "outbound", "isoutbound", "sent"), Flow.SENT),
}  # fmt: skip
"""Names of boolean fields."""
_AMBIGUOUS = "cs"
"""Means charging station or central system."""

_ONE_STATION = lazily(STATION)
_ONE_BACKEND = lazily(CENTRAL_SYSTEM)
_UP = lazily(
    rf"(?:from)?(?:{STATION}|cs)(?:to|2)?{CENTRAL_SYSTEM}|{STATION}(?:to|2)?cs|to{CENTRAL_SYSTEM}|from{STATION}|upstream|uplink|up|c2s"
)
_DOWN = lazily(
    rf"(?:from)?{CENTRAL_SYSTEM}(?:to|2)?(?:{STATION}|cs)|cs(?:to|2)?{STATION}|to{STATION}|from{CENTRAL_SYSTEM}|downstream|downlink|down|dn|s2c"
)
_WHAT = r"(?:message|frame|ws|websocket|ocpp)?"
_OF_WHAT = r"(?:message|frame|call|request|response)?"
_SENT = lazily(rf"{_WHAT}(?:out|outcoming|egress|write|{SENT}){_OF_WHAT}")
_RECEIVED = lazily(rf"{_WHAT}(?:in|ingress|read|{RECEIVED}){_OF_WHAT}")
_ACTIVE_UP = lazily(
    rf"{STATION}(?:sends?|sent)|{CENTRAL_SYSTEM}(?:receive[sd]?)|sentby{STATION}|receivedby{CENTRAL_SYSTEM}"
)
_ACTIVE_DOWN = lazily(
    rf"{CENTRAL_SYSTEM}(?:sends?|sent)|{STATION}(?:receive[sd]?)|sentby{CENTRAL_SYSTEM}|receivedby{STATION}"
)
"""Which end does what: `Server received`, `sent by charger`."""
_SIGNS = {
    **dict.fromkeys((">>", "->", "→", ">", "⬆", "➡", "=>", "-->"), Flow.SENT),
    **dict.fromkeys(("<<", "<-", "←", "<", "⬇", "⬅", "<=", "<--"), Flow.RECEIVED),
}
_BACKWARDS = lazily(r"(?P<to>[\w -]*?\w)\s*+(?:<[-=]*+|←|⬅️?)\s*+(?P<origin>\w[\w -]*+)")


class DirectionClue(NamedTuple):
    """The direction of a frame, absolute or as seen by the logger; at most one of the two is set."""

    direction: Direction | None = None
    flow: Flow | None = None

    def __bool__(self) -> bool:
        return self.direction is not None or self.flow is not None


_UNKNOWN = DirectionClue()


def direction_of(name: str, value: Any) -> DirectionClue:
    """The direction that a field states; unset if its content does not state one."""
    if isinstance(value, str):
        return _direction_of_word(plain_name(name), value) if len(value) <= 60 else _UNKNOWN
    if isinstance(value, bool):
        return _direction_of_boolean(plain_name(name), value)
    return _UNKNOWN


@lru_cache(maxsize=4096)
def _direction_of_word(name: str, word: str) -> DirectionClue:
    word = word.strip().lower().replace("\ufe0f", "")
    if word in ("true", "false", "1", "0", "yes", "no"):
        return _direction_of_boolean(name, word in ("true", "1", "yes"))
    if word in _SIGNS:
        return DirectionClue(flow=_SIGNS[word])
    turned = _BACKWARDS.fullmatch(word)
    letters = "".join(filter(str.isalnum, f"{turned['origin']}to{turned['to']}" if turned else word))
    letters = letters.removeprefix("direction") or letters
    up, down = _is_up(letters), _is_down(letters)
    if up != down:
        return DirectionClue(Direction.TO_CSMS if up else Direction.TO_CHARGE_POINT)
    if _SENT.fullmatch(letters):
        return DirectionClue(flow=Flow.SENT)
    if _RECEIVED.fullmatch(letters):
        return DirectionClue(flow=Flow.RECEIVED)
    if name in TARGETS or name in _SENDERS:
        by_station = _ONE_STATION.fullmatch(letters) is not None or (letters == _AMBIGUOUS and name == "origin")
        if by_station or _ONE_BACKEND.fullmatch(letters):
            sender_is_station = by_station != (name in TARGETS)
            return DirectionClue(Direction.TO_CSMS if sender_is_station else Direction.TO_CHARGE_POINT)
    return _direction_of_half(word)


def of_ends(sender: str, receiver: str, backend: str = "") -> tuple[DirectionClue, str]:
    """The direction of a frame from one end to the other, and the name of the end that is not the central system, which
    is called `backend` if that is known."""
    if backend:
        if sender == backend:
            return DirectionClue(Direction.TO_CHARGE_POINT), receiver
        return (DirectionClue(Direction.TO_CSMS), sender) if receiver == backend else (DirectionClue(), "")
    name, way = (receiver, Direction.TO_CHARGE_POINT) if is_backend(sender) else (sender, Direction.TO_CSMS)
    if not is_backend(sender) and not is_backend(receiver):
        return DirectionClue(), ""
    return DirectionClue(way), "" if direction_of("sender", name) else name


def is_backend(cell: str) -> bool:
    """Whether a cell says that the central system sent a frame."""
    return direction_of("sender", cell).direction is Direction.TO_CHARGE_POINT


_PIECES = lazily(r"[\s()\[\]/.:-]+")


def _direction_of_half(word: str) -> DirectionClue:
    """The direction that the beginning or the end of a word states: `Incoming (from charger)`, `Publish-In`,
    `ocpp.message.received`; unset if they state none, or two."""
    pieces = list(filter(None, _PIECES.split(word)))
    if not 2 <= len(pieces) <= 6 or "not" in pieces or "{" in word:
        return _UNKNOWN
    halves = pieces[0], " ".join(pieces[1:]), pieces[-1], " ".join(pieces[:-1])
    found = {clue for half in dict.fromkeys(halves) if (clue := _direction_of_word("", half))}
    absolute = {clue for clue in found if clue.direction is not None} or found
    return absolute.pop() if len(absolute) == 1 else _UNKNOWN


def _is_up(letters: str) -> bool:
    return _UP.fullmatch(letters) is not None or _ACTIVE_UP.fullmatch(letters) is not None


def _is_down(letters: str) -> bool:
    return _DOWN.fullmatch(letters) is not None or _ACTIVE_DOWN.fullmatch(letters) is not None


def _direction_of_boolean(name: str, value: bool) -> DirectionClue:
    if name in _OF_CHARGE_POINT:
        return DirectionClue(Direction.TO_CSMS if value else Direction.TO_CHARGE_POINT)
    flow = _OF_WRITER.get(name)
    if flow is None:
        return _UNKNOWN
    return DirectionClue(flow=flow if value else flow.opposite)


_SENDERS = frozenset((
    "origin", "sender", "source", "from", "direction", "dir", "initiatedby", "initiator", "originator", "sentby", "by",
    "party", "side",
))  # fmt: skip
