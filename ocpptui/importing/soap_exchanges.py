"""Which request a SOAP response answers, and so whose it is: responses seldom name their charge point.

Sources: OCPP-S 1.6 section 3 (the headers chargeBoxIdentity, From, To, MessageID and RelatesTo).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ocpptui.ocpp.version import Direction

if TYPE_CHECKING:
    from ocpptui.importing.found_envelope import FoundEnvelope

K = TypeVar("K")
V = TypeVar("V")
MOST_REQUESTS = 2000
"""How many requests, and how many addresses, are remembered."""


class SoapExchanges:
    """The requests of a file so far, by their ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, FoundEnvelope] = {}
        self._unanswered: dict[int, FoundEnvelope] = {}
        self._at_address: dict[str, str] = {}

    def complete(self, found: FoundEnvelope) -> None:
        """Add to an envelope what those before it say: to a response what its request says, and to a request of the
        central system the charge point that has its address."""
        if found.is_answer:
            request = self._by_id.get(found.message_id) if found.message_id else self._of_exchange(found)
            if request is not None:
                found.message_id = found.message_id or request.message_id
                found.charge_point = found.charge_point or request.charge_point
                found.version = found.version or request.version
                if found.direction is None and request.direction is not None:
                    found.direction = request.direction.opposite
                self._unanswered.pop(id(request), None)
            return
        if found.sender and found.charge_point and found.direction is Direction.TO_CSMS:
            _remember(self._at_address, found.sender, found.charge_point)
        if not found.charge_point and found.direction is Direction.TO_CHARGE_POINT:
            found.charge_point = self._at_address.get(found.recipient, "")
        _remember(self._by_id, found.message_id, found)
        _remember(self._unanswered, id(found), found)

    def _of_exchange(self, answer: FoundEnvelope) -> FoundEnvelope | None:
        """The request of an answer without RelatesTo: that of the same exchange, else the latest to its service."""
        waiting = list(reversed(self._unanswered.values()))
        for same in ("exchange", "connection"):
            if key := getattr(answer, same):
                return next((request for request in waiting if getattr(request, same) == key), None)
        way = None if answer.direction is None else answer.direction.opposite
        return next((request for request in waiting if way is None or request.direction is way), None)


def _remember(known: dict[K, V], key: K, value: V) -> None:
    """Put a value last, and forget the oldest of too many."""
    known.pop(key, None)
    known[key] = value
    if len(known) > MOST_REQUESTS:
        del known[next(iter(known))]
