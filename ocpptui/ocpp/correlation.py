"""Which answer belongs to which call, and what is in flight, on one connection.

An answer is matched by its connection, the opposite direction and its message id: to the most recent unanswered call.
Sources: OCPP-J 1.6 sections 4.1.1 and 4.2, OCPP 2.0.1 Part 4 sections 4.1.2 and 4.2, OCPP 2.1 Part 4 section 4.1.
Times are whatever the caller counts in, microseconds since 1970 in this program.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple, TypeVar

from ocpptui.ocpp.version import Direction

V = TypeVar("V")

MAX_OPEN = 1024
"""Unanswered calls remembered for one direction of a connection; beyond it the oldest is forgotten."""

MAX_REMEMBERED = 128
"""Answered calls remembered for one direction of a connection, to tell second answers and ids used twice."""


class PendingCall(NamedTuple):
    """A call that an answer may refer to."""

    direction: Direction
    message_id: str
    action: str
    token: int
    """Whatever its owner knows it by; an index into the timeline."""
    time: int


class MatchStatus(IntEnum):
    """How an answer was correlated."""

    MATCHED = 1
    """The answer of a call in flight."""
    LATE = 2
    """The answer of a call whose time-out had passed."""
    SECOND = 3
    """A further answer of a call that was answered before."""
    ORPHAN = 4
    """No call with this id is known."""


class Match(NamedTuple):
    """The call that an answer refers to; None for an orphan."""

    call: PendingCall | None
    status: MatchStatus


class Exchange:
    """The calls of one connection in both directions. Memory is bounded, whatever the peer does."""

    __slots__ = ("_timeout", "_to_charge_point", "_to_csms")

    def __init__(self, timeout: int | None = None) -> None:
        """With a `timeout`, an answer that took longer is LATE even if nobody asked for overdue calls."""
        self._timeout = timeout
        self._to_csms = _Calls()
        self._to_charge_point = _Calls()

    def called(self, direction: Direction, message_id: str, action: str, token: int, now: int) -> bool:
        """Note a CALL. False where its id is in flight already or was used before in this direction."""
        calls = self._to_csms if direction is _TO_CSMS else self._to_charge_point
        is_new = not calls.knows(message_id)
        calls.open.add(PendingCall(direction, message_id, action, token, now))
        return is_new

    def sent(self, direction: Direction, message_id: str) -> bool:
        """Note a SEND, which nothing answers. False where its id was used before in this direction."""
        calls = self._calls(direction)
        is_new = not calls.knows(message_id)
        _remember(calls.sends, message_id, None)
        return is_new

    def answered(self, direction: Direction, message_id: str, now: int) -> Match:
        """Note a CALLRESULT or CALLERROR that went in `direction`, and find its call."""
        calls = self._to_charge_point if direction is _TO_CSMS else self._to_csms
        call = calls.open.take(message_id)
        if call is not None:
            _remember(calls.answered, message_id, call)
            late = self._timeout is not None and now - call.time > self._timeout
            return Match(call, _LATE if late else _MATCHED)
        call = calls.overdue.take(message_id)
        if call is not None:
            _remember(calls.answered, message_id, call)
            return Match(call, _LATE)
        call = calls.answered.get(message_id)
        return _ORPHAN if call is None else Match(call, MatchStatus.SECOND)

    def result_refused(self, direction: Direction, message_id: str, now: int) -> Match:
        """Note a CALLRESULTERROR (OCPP 2.1) that went in `direction`: the caller refuses the answer it was given."""
        calls = self._calls(direction)
        call = calls.answered.get(message_id)
        if call is None:
            return _ORPHAN
        if calls.refused.get(message_id) == call.token:
            return Match(call, MatchStatus.SECOND)
        _remember(calls.refused, message_id, call.token)
        return Match(call, MatchStatus.MATCHED)

    def in_flight(self, direction: Direction) -> list[PendingCall]:
        """The unanswered calls that went in `direction`, oldest first, without those that are overdue."""
        return self._calls(direction).open.all()

    def overdue(self, now: int, timeout: int) -> list[PendingCall]:
        """The calls of both directions that have waited longer than `timeout`, each told once.

        They are no longer in flight, and their answer is still matched, as LATE.
        """
        return [*self._to_csms.expire(now - timeout), *self._to_charge_point.expire(now - timeout)]

    def _calls(self, direction: Direction) -> _Calls:
        return self._to_csms if direction is _TO_CSMS else self._to_charge_point


class _Calls:
    """The calls of one direction."""

    __slots__ = ("answered", "open", "overdue", "refused", "sends")

    def __init__(self) -> None:
        self.open = _Unanswered()
        self.overdue = _Unanswered()
        self.answered: dict[str, PendingCall] = {}
        self.refused: dict[str, int] = {}
        """Token of the call whose answer was refused."""
        self.sends: dict[str, None] = {}

    def knows(self, message_id: str) -> bool:
        return (
            message_id in self.open.by_id
            or message_id in self.answered
            or message_id in self.overdue.by_id
            or message_id in self.sends
        )

    def expire(self, before: int) -> list[PendingCall]:
        late = self.open.take_older(before)
        for call in late:
            self.overdue.add(call)
        return late


class _Unanswered:
    """Calls by message id, a later one before an earlier one of the same id."""

    __slots__ = ("by_id", "earlier")

    def __init__(self) -> None:
        self.by_id: dict[str, PendingCall] = {}
        """The latest of each id."""
        self.earlier: dict[str, list[PendingCall]] = {}
        """Those of the same id before it; hardly ever any."""

    def add(self, call: PendingCall) -> None:
        calls, message_id = self.by_id, call.message_id
        if message_id in calls:
            self.earlier.setdefault(message_id, []).append(calls[message_id])
        calls[message_id] = call
        repeated = sum(map(len, self.earlier.values())) if self.earlier else 0
        if len(calls) + repeated > MAX_OPEN:
            first = next(iter(calls))
            self._drop(self.earlier[first][0] if first in self.earlier else calls[first])

    def take(self, message_id: str) -> PendingCall | None:
        if message_id not in self.earlier:
            return self.by_id.pop(message_id, None)
        call = self.by_id[message_id]
        self.by_id[message_id] = self._take_earlier(message_id, -1)
        return call

    def take_older(self, before: int) -> list[PendingCall]:
        late = [call for call in self.all() if call.time < before]
        for call in late:
            self._drop(call)
        return late

    def all(self) -> list[PendingCall]:
        calls = list(self.by_id.values())
        for same in self.earlier.values():
            calls += same
        return sorted(calls, key=lambda call: call.token)

    def _drop(self, call: PendingCall) -> None:
        same = self.earlier.get(call.message_id)
        if same is not None and call in same:
            self._take_earlier(call.message_id, same.index(call))
        else:
            self.take(call.message_id)

    def _take_earlier(self, message_id: str, position: int) -> PendingCall:
        same = self.earlier[message_id]
        call = same.pop(position)
        if not same:
            del self.earlier[message_id]
        return call


def _remember(known: dict[str, V], message_id: str, value: V) -> None:
    """Put it at the newest end, and forget the oldest beyond the limit."""
    if message_id in known:
        del known[message_id]
    known[message_id] = value
    if len(known) > MAX_REMEMBERED:
        del known[next(iter(known))]


_ORPHAN = Match(None, MatchStatus.ORPHAN)
_MATCHED, _LATE = MatchStatus.MATCHED, MatchStatus.LATE
_TO_CSMS = Direction.TO_CSMS
