"""The messages about transactions, in their order, until the central system has each of them.

A charge point without a connection goes on charging, and delivers later what happened. A message without a good answer
is sent again, after a wait that grows; then it is given up. Restarts do not lose any.

Source: OCPP 1.6 sections 3.7, 3.7.1; OCPP 2.x use cases B12, E04, E12, E13.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import Payload
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.effects import Effect, SendCall

PATIENCE = 300 * SECOND
"""The time after which one of our calls counts as lost if nobody reports its time-out."""
MOST_MESSAGES = 5_000
"""How many messages wait at most; beyond that, what was measured in between is dropped first (2.x E04.FR.08)."""


class Sender(Protocol):
    """Who has put a message into the queue."""

    def filled(self, call: SendCall) -> SendCall:
        """The call with what became known since: the transaction id of 1.6."""
        ...

    def delivered(self, call: SendCall, answer: Payload | None, now: int) -> list[Effect]:
        """The call was answered with a CALLRESULT, or given up (None)."""
        ...


@dataclass(slots=True, eq=False)
class _Entry:
    call: SendCall
    sender: Sender
    transaction: Callable[[], str]
    is_edge: bool
    """It begins or ends a transaction."""
    attempts: int = 0


class TransactionQueue:
    """The queue of one charge point. One message is on its way at a time."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._entries: deque[_Entry] = deque()
        self._is_open = False
        self._sent: SendCall | None = None  # the first entry, as it was sent
        self._due: int | None = None  # when the first is sent again, or its answer counts as lost

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent; otherwise what happens now happens offline."""
        return self._is_open

    def holds(self, transaction: str | None = None) -> bool:
        """Whether messages wait, of one transaction or of any; case is ignored (2.x identifierString)."""
        if transaction is None:
            return bool(self._entries)
        return any(entry.transaction().lower() == transaction.lower() for entry in self._entries)

    def waiting(self) -> list[tuple[SendCall, str, bool]]:
        """All messages in their order: the call, a mark of its transaction, and whether it begins or ends it."""
        found = []
        for entry in self._entries:
            known = entry.transaction()
            call = entry.sender.filled(entry.call) if known else entry.call
            found.append((call, known or f"unknown {id(entry.sender)}", entry.is_edge))
        return found

    def put(
        self, call: SendCall, sender: Sender, transaction: Callable[[], str], now: int, *, is_edge: bool = False
    ) -> list[Effect]:
        """Add a message; what has to be sent now. `transaction` gives the id of its transaction."""
        if len(self._entries) >= MOST_MESSAGES:
            self._make_room()
        self._entries.append(_Entry(call, sender, transaction, is_edge))
        return self._next(now) if len(self._entries) == 1 else []

    def open(self, now: int) -> list[Effect]:
        """The central system listens (again): send the first message, however often it was tried."""
        self._is_open, self._sent, self._due = True, None, None
        return self._next(now)

    def close(self) -> None:
        """The central system does not listen: the message on its way may be lost, but that is not an attempt."""
        self._is_open, self._sent, self._due = False, None, None

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect] | None:
        """The answer to one of our calls, None if none came. Returns None if the call is not from this queue."""
        call = self._sent
        if call is None or call.action != action or call.payload != sent:
            return None
        self._sent, self._due = None, None
        entry = self._entries[0]
        good = answer if answer is not None and answer.kind is MessageKind.CALLRESULT else None
        payload = good.payload if good is not None and isinstance(good.payload, dict) else None
        entry.attempts += 1
        if payload is None and entry.attempts < self._configuration.integer("TransactionMessageAttempts"):
            wait = self._configuration.integer("TransactionMessageRetryInterval") * SECOND
            self._due = now + wait * entry.attempts
            return []
        self._entries.popleft()
        return [*entry.sender.delivered(entry.call, payload, now), *self._next(now)]

    def forget(self, sender: Sender) -> None:
        """Drop all messages of a sender but the one on its way."""
        kept = [e for n, e in enumerate(self._entries) if e.sender is not sender or (n == 0 and self._sent is not None)]
        self._entries = deque(kept)

    def tick(self, now: int) -> list[Effect]:
        """Send the first message again, or count its answer as lost, if that is due."""
        if self._due is None or self._due > now:
            return []
        if self._sent is None:
            return self._next(now)
        return self.answered(self._sent.action, self._sent.payload, None, now) or []

    def wakeup(self) -> int | None:
        """When `tick` next has something to do."""
        return self._due

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._due = None if self._due is None else self._due + by

    def _next(self, now: int) -> list[Effect]:
        if not self._is_open or not self._entries or self._sent is not None:
            return []
        entry = self._entries[0]
        self._sent, self._due = entry.sender.filled(entry.call), now + PATIENCE
        return [self._sent]

    def _make_room(self) -> None:
        between = [entry for entry in list(self._entries)[1:] if not entry.is_edge]
        dropped = set(map(id, between[::2]))
        self._entries = deque(entry for entry in self._entries if id(entry) not in dropped)
