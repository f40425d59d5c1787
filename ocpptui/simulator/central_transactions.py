"""The transactions that a central system knows: their numbers in 1.6, and which tokens are in use."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, text_at
from ocpptui.runtime.bounded import put

MAX_REMEMBERED = 10_000
"""How many transactions are remembered to recognise their repetition, and charge points with running ones."""
MOST_RUNNING = 100
"""How many running transactions of one charge point are remembered."""


class RunningTransaction(NamedTuple):
    """A transaction that was accepted and has not ended."""

    token: str
    """In lower case."""
    connector: int
    """The connector (1.6) or EVSE (2.x); 0 if it is not known."""


class CentralTransactions:
    """The transactions of all charge points of a session; numbers are unique among them.

    A StartTransaction that is repeated because its answer was lost gets the same number again.
    """

    def __init__(self) -> None:
        self._next = 1
        self._given: dict[tuple[str, str], int] = {}
        self._running: dict[str, dict[str, RunningTransaction]] = {}  # by charge point, then transaction id

    def number(self, charge_point: str, request: Payload) -> int:
        """The number for this StartTransaction."""
        key = (charge_point, repr([request.get(name) for name in ("connectorId", "idTag", "timestamp", "meterStart")]))
        number = self._given.get(key)
        if number is None:
            number = self._next
            self._next += 1
            put(self._given, key, number, MAX_REMEMBERED)
        return number

    def begin(self, charge_point: str, transaction: str, token: str, connector: int) -> None:
        """A transaction runs with this token; another one at the same connector has ended without a word.

        One that runs keeps its token: another that is presented during it only ends it.
        """
        if transaction in self._running.get(charge_point, {}):
            return
        if connector:
            self.is_free(charge_point, connector, besides=transaction)
        self._note(charge_point, transaction, RunningTransaction(token.lower(), connector))

    def end(self, charge_point: str, transaction: str) -> None:
        """A transaction has ended."""
        there = self._running.get(charge_point, {})
        there.pop(transaction, None)
        if not there:
            self._running.pop(charge_point, None)

    def is_free(self, charge_point: str, connector: int, *, besides: str = "") -> None:
        """No transaction runs at a connector, except perhaps `besides`."""
        for transaction, running in list(self._running.get(charge_point, {}).items()):
            if transaction != besides and running.connector == connector:
                self.end(charge_point, transaction)

    def uses(self, token: str, *, besides: tuple[str, str]) -> bool:
        """Whether a token is in a transaction other than that of this charge point and id."""
        wanted = token.lower()
        return any(
            running.token == wanted and (name, transaction) != besides
            for name, there in self._running.items()
            for transaction, running in there.items()
        )

    def kept(self) -> Payload:
        """Everything as plain values."""
        return {
            "nextTransactionId": self._next,
            "started": [{"chargePoint": key[0], "call": key[1], "id": number} for key, number in self._given.items()],
            "running": [
                {"chargePoint": name, "id": transaction, "token": one.token, "connector": one.connector}
                for name, there in self._running.items()
                for transaction, one in there.items()
            ],
        }

    def take(self, kept: Payload) -> None:
        """Go on from such values."""
        self._next = max(1, integer_at(kept, "nextTransactionId") or 1)
        for one in objects_at(kept, "started"):
            number = integer_at(one, "id") or 0
            put(self._given, (text_at(one, "chargePoint") or "", text_at(one, "call") or ""), number, MAX_REMEMBERED)
            self._next = max(self._next, number + 1)
        for one in objects_at(kept, "running"):
            running = RunningTransaction(text_at(one, "token") or "", integer_at(one, "connector") or 0)
            self._note(text_at(one, "chargePoint") or "", text_at(one, "id") or "", running)

    def _note(self, charge_point: str, transaction: str, running: RunningTransaction) -> None:
        there = self._running.pop(charge_point, {})
        put(there, transaction, running, MOST_RUNNING)
        put(self._running, charge_point, there, MAX_REMEMBERED)


def transaction_place(request: Payload) -> tuple[str, int]:
    """The id and the EVSE in a TransactionEvent; the EVSE is 0 where it is not named."""
    return text_at(request, "transactionInfo", "transactionId") or "", integer_at(object_at(request, "evse"), "id") or 0
