"""Attempts to charge, and how many drivers succeeded with the first one.

An attempt begins when an id token is presented or sent, or with the transaction if there was none before. It succeeds
if its transaction takes energy from the grid. It fails if the token or the start is refused, if no transaction follows
within PATIENCE, or if the transaction ends without energy. Attempts with one token, or where there is none at one
connector, that begin less than PATIENCE after the end of the one before are one visit; the first of them counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ocpptui.ocpp.date_times import SECOND
from ocpptui.runtime.bounded import put

PATIENCE = 300 * SECOND
"""µs. After so long without a transaction an attempt has failed, and the next one is another visit."""
MOST_PENDING = 200


class AttemptCounts(NamedTuple):
    """How many attempts there were, by their outcome."""

    succeeded: int
    failed: int
    unsettled: int
    first: int
    """First attempts of a visit whose outcome is known."""
    first_succeeded: int


@dataclass(slots=True)
class _Attempt:
    visitor: str
    begun: int
    is_first: bool


class ChargeAttempts:
    """The attempts at one charge point. Clocks are in µs."""

    def __init__(self) -> None:
        self.succeeded = 0
        self.failed = 0
        self.unsettled = 0
        """Nobody knows how they ended: their energy is unknown, or the recording lacks the end."""
        self.first = 0
        """First attempts of a visit whose outcome is known."""
        self.first_succeeded = 0
        self._waiting: dict[str, _Attempt] = {}  # by visitor: a token was presented, no transaction began yet
        self._running: dict[str, _Attempt] = {}  # by transaction
        self._last: dict[str, int] = {}  # when the last attempt of a visitor ended

    def refused(self, visitor: str, clock: int) -> None:
        """A token or a start was refused."""
        self._give_up(clock)
        self._settle(self._taken(visitor, clock), False, clock)

    def presented(self, visitor: str, clock: int) -> None:
        """A token was accepted, or a remote start."""
        self._give_up(clock)
        if visitor not in self._waiting:
            self._make_room(self._waiting)
            self._waiting[visitor] = self._begin(visitor, clock)

    def started(self, transaction: str, visitor: str, clock: int) -> None:
        """A transaction began that was not refused."""
        self._give_up(clock)
        attempt = self._taken(visitor, clock)
        self._make_room(self._running)
        self._running[transaction] = attempt

    def named(self, transaction: str, token: str) -> None:
        """A transaction that had no token got one: an attempt that waits with this token is the same."""
        if transaction in self._running and (waiting := self._waiting.pop(token, None)) is not None:
            self._running[transaction] = waiting

    def ended(self, transaction: str, energy: float | None, clock: int, *, refused: bool = False) -> None:
        """A transaction ended with this energy in Wh; `refused` if its token was."""
        if (attempt := self._running.pop(transaction, None)) is not None:
            self._settle(attempt, False if refused else None if energy is None else energy > 0, clock)

    def withdrawn(self, token: str) -> None:
        """A token was presented to stop a transaction, that of another token too, which is not an attempt."""
        self._waiting.pop(token, None)

    def counts_at(self, clock: int) -> AttemptCounts:
        """The counts at the end of the recording."""
        late = [one for one in self._waiting.values() if clock - one.begun > PATIENCE]
        return AttemptCounts(
            succeeded=self.succeeded,
            failed=self.failed + len(late),
            unsettled=self.unsettled + len(self._waiting) - len(late) + len(self._running),
            first=self.first + sum(one.is_first for one in late),
            first_succeeded=self.first_succeeded,
        )

    def _taken(self, visitor: str, clock: int) -> _Attempt:
        """The attempt of a visitor that waits, or a new one."""
        waiting = self._waiting.pop(visitor, None)
        return self._begin(visitor, clock) if waiting is None else waiting

    def _begin(self, visitor: str, clock: int) -> _Attempt:
        last = self._last.get(visitor)
        return _Attempt(visitor, clock, last is None or clock - last > PATIENCE)

    def _settle(self, attempt: _Attempt, success: bool | None, clock: int) -> None:
        self._last.pop(attempt.visitor, None)
        put(self._last, attempt.visitor, clock, MOST_PENDING)
        if success is None:
            self.unsettled += 1
            return
        self.succeeded += success
        self.failed += not success
        self.first += attempt.is_first
        self.first_succeeded += attempt.is_first and success

    def _give_up(self, clock: int) -> None:
        """Settle the attempts that have waited too long. They are in the order of their beginning."""
        while self._waiting:
            oldest = next(iter(self._waiting.values()))
            if clock - oldest.begun <= PATIENCE:
                return
            del self._waiting[oldest.visitor]
            self._settle(oldest, False, oldest.begun + PATIENCE)

    def _make_room(self, attempts: dict[str, _Attempt]) -> None:
        if len(attempts) >= MOST_PENDING:
            del attempts[next(iter(attempts))]
            self.unsettled += 1
