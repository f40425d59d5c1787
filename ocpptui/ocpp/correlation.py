"""Which answer belongs to which call, what is in flight and what is overdue, on one connection.

An answer is matched by its connection, the opposite direction and its message id: to the most recent unanswered call.
Sources: OCPP-J 1.6 sections 4.1.1 and 4.2, OCPP 2.0.1 Part 4 sections 4.1.2 and 4.2, OCPP 2.1 Part 4 section 4.1.

A token identifies a message: any number that the caller chooses, in this program the timeline index. Times are in any
unit that the caller chooses, in this program microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import islice
from typing import TypeAlias, TypeVar

from ocpptui.ocpp.message import UNREADABLE_ID
from ocpptui.ocpp.unanswered_calls import UnansweredCalls, Waiting
from ocpptui.ocpp.version import Direction

K = TypeVar("K")
V = TypeVar("V")

MAX_OPEN = 1024
"""How many unanswered calls one direction of a connection may always have."""

MAX_OPEN_IN_ALL = 100_000
"""Unanswered calls, over all connections that share their `Totals`, up to which one direction may have more than
MAX_OPEN. Beyond it, that direction forgets its oldest call for each new one."""

MAX_REMEMBERED = 128
"""How many answered calls are remembered for one direction of a connection, to detect second answers and reused ids,
and fewer than twice as many at any time; also how many unreadable calls are remembered."""

MAX_REMEMBERED_IN_ALL = 4096
"""Answered calls, over all open connections that share their `Totals`, up to which MAX_REMEMBERED holds. With more
connections, each remembers its share of this number, but always MIN_REMEMBERED."""

MIN_REMEMBERED = 8

LONGEST_KEPT = 64
"""The most characters of a message id that is remembered as it is; of a longer one, the digest is remembered."""


class AnswerStatus(IntEnum):
    """How an answer found its call."""

    NONE = 0
    """It is not an answer."""
    FIRST = 1
    """The first answer to its call, in time."""
    LATE = 2
    """The first answer to its call, after the time-out."""
    SECOND = 3
    """Another answer to a call that was already answered. It belongs to no call."""
    ORPHAN = 4
    """No call with this id is known."""


ANSWERED = frozenset({int(AnswerStatus.FIRST), int(AnswerStatus.LATE)})
"""The answers that belong to their call, as a column has them."""

Match: TypeAlias = tuple[int | None, AnswerStatus]
"""The token of the call that an answer refers to, None for an orphan, and how the answer found it."""


class Totals:
    """Counts over all connections that share this object."""

    __slots__ = ("_connections", "overdue", "remembered", "unanswered")

    def __init__(self) -> None:
        self._connections = 0
        self.remembered = MAX_REMEMBERED
        """How many answered calls each direction of a connection remembers."""
        self.unanswered = 0
        """Calls that wait for their answer, including those that are overdue."""
        self.overdue = 0

    @property
    def in_flight(self) -> int:
        """Calls that wait for their answer, without those that are overdue."""
        return self.unanswered - self.overdue

    def count_connection(self, change: int) -> None:
        """Note that a connection was added, 1, or ended, -1."""
        self._connections += change
        share = MAX_REMEMBERED_IN_ALL // max(self._connections, 1)
        self.remembered = min(max(share, MIN_REMEMBERED), MAX_REMEMBERED)


class Correlation:
    """The calls of one connection in both directions. Memory is bounded, whatever the peer does."""

    __slots__ = ("_late_after", "_to_charge_point", "_to_csms", "_totals")

    def __init__(self, late_after: int | None = None, totals: Totals | None = None) -> None:
        """An answer is late if it comes more than `late_after` after its call; never if that is None."""
        self._late_after = late_after
        self._totals = Totals() if totals is None else totals
        self._totals.count_connection(1)
        self._to_csms = _Calls(self._totals)
        self._to_charge_point = _Calls(self._totals)

    # -- messages -----------------------------------------------------------------------------------------------

    def called(self, direction: Direction, message_id: str, token: int, now: int) -> int | None:
        """Note a CALL; return the token of the CALL or SEND that used its id in this direction before, or None."""
        calls = self._to_csms if direction is _TO_CSMS else self._to_charge_point
        key = message_id if len(message_id) <= LONGEST_KEPT else _digest(message_id)
        unanswered = calls.open
        if (
            key in unanswered.latest
            or key in calls.answered
            or unanswered.earlier
            or key in calls.overdue.latest
            or key in calls.sends
        ):
            before = calls.used_by(key)
            unanswered.add(key, (token, now))
        else:  # The same for a new id, as almost all are: large files spend their time here.
            before = None
            unanswered.latest[key] = (token, now)
        totals = self._totals
        totals.unanswered += 1
        if totals.unanswered > MAX_OPEN_IN_ALL and calls.unanswered > MAX_OPEN:
            calls.forget_oldest()
        return before

    def sent(self, direction: Direction, message_id: str, token: int) -> int | None:
        """Note a SEND, which gets no answer; return the token of the message that used its id before, or None."""
        calls, key = self._calls(direction), _key(message_id)
        before = calls.used_by(key)
        _remember(calls.sends, key, token)
        return before

    def unreadable(self, direction: Direction, message_id: str | None, token: int, now: int) -> None:
        """Note what may have been meant as a CALL but is not one; `message_id` is None if that is illegible too.

        It is not in flight, since nobody has to answer it, but an answer to it is not an orphan.
        """
        key = None if message_id is None else _key(message_id)
        _remember(self._calls(direction).unreadable, token, (key, now))

    def answered(self, direction: Direction, message_id: str, is_error: bool, now: int) -> Match:
        """Note a CALLRESULT or CALLERROR (`is_error`) that went in `direction`, and find its call."""
        calls = self._to_charge_point if direction is _TO_CSMS else self._to_csms
        key = message_id if len(message_id) <= LONGEST_KEPT else _digest(message_id)
        late_after = self._late_after
        if calls.unreadable:
            found = calls.take_unreadable(key, is_error, None if late_after is None else now - late_after)
            if found is not None:
                token, time = found
                if key not in _NO_IDS:
                    calls.remember_answered(key, token, not is_error)
                return token, _LATE if late_after is not None and now - time > late_after else _FIRST
        unanswered, totals = calls.open, self._totals
        call = unanswered.latest.pop(key, None)
        if call is None and unanswered.earlier:
            call = unanswered.take(key)
        if call is not None:
            totals.unanswered -= 1
            token, time = call
            calls.remember_answered(key, token, not is_error)
            return token, _LATE if late_after is not None and now - time > late_after else _FIRST
        call = calls.overdue.take(key)
        if call is not None:
            totals.unanswered -= 1
            totals.overdue -= 1
            calls.remember_answered(key, call[0], not is_error)
            return call[0], _LATE
        earlier = calls.answered.get(key)
        return _ORPHAN if earlier is None else (earlier[0], AnswerStatus.SECOND)

    def result_refused(self, direction: Direction, message_id: str) -> Match:
        """Note a CALLRESULTERROR (OCPP 2.1) that went in `direction`, and find the call whose CALLRESULT it refuses.

        The sender of the call sends it, so it has the direction of the call. It does not exist for a call that got a
        CALLERROR (OCPP 2.1 Part 4 section 4.2.5).
        """
        calls, key = self._calls(direction), _key(message_id)
        token, was_result = calls.answered.get(key, (None, False))
        if token is None or not was_result:
            return _ORPHAN
        if calls.refused.get(key) == token:
            return token, AnswerStatus.SECOND
        _remember(calls.refused, key, token)
        return token, _FIRST

    # -- what is known ------------------------------------------------------------------------------------------

    def waiting(self, direction: Direction, message_id: str) -> int | None:
        """The token of the latest unanswered call with this id that went in `direction`; None if there is none."""
        calls, key = self._calls(direction), _key(message_id)
        call = calls.open.get(key) or calls.overdue.get(key)
        return None if call is None else call[0]

    def user_of(self, direction: Direction, message_id: str) -> int | None:
        """The token of a call that used this id in `direction`, answered or not; None if none is known."""
        return self._calls(direction).used_by(_key(message_id))

    # -- what has no answer yet ---------------------------------------------------------------------------------

    def in_flight(self, direction: Direction) -> list[int]:
        """The tokens of the unanswered calls that went in `direction`, oldest first, without those that are overdue."""
        return sorted(token for token, _ in self._calls(direction).open.all())

    def oldest(self, direction: Direction) -> Waiting | None:
        """The call in flight that was made first; None if there is none."""
        return self._calls(direction).open.oldest()

    def overdue(self, direction: Direction, now: int) -> list[int]:
        """The tokens of the calls that went in `direction` and have become overdue, each named once.

        They are no longer in flight. Their answer is still matched, as LATE.
        """
        return [] if self._late_after is None else list(self._calls(direction).expire(now - self._late_after))

    def give_up(self, direction: Direction, message_id: str) -> int | None:
        """Have the latest call with this id that went in `direction` be overdue at once; its token, or None."""
        calls, key = self._calls(direction), _key(message_id)
        call = calls.open.take(key)
        if call is None:
            return None
        self._totals.overdue += 1
        calls.overdue.add(key, call)
        return call[0]

    def end(self) -> list[int]:
        """Note that the connection has ended: nothing is in flight any more. The tokens of the calls that it leaves
        without an answer, oldest first."""
        self._totals.count_connection(-1)
        left = list[int]()
        for calls in (self._to_csms, self._to_charge_point):
            self._totals.unanswered -= calls.unanswered
            self._totals.overdue -= calls.overdue.count
            left += (token for unanswered in (calls.open, calls.overdue) for token, _ in unanswered.all())
        return sorted(left)

    def _calls(self, direction: Direction) -> _Calls:
        return self._to_csms if direction is _TO_CSMS else self._to_charge_point


class _Calls:
    """The calls of one direction."""

    __slots__ = ("_totals", "answered", "open", "overdue", "refused", "sends", "unreadable")

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        self.open = UnansweredCalls()
        self.overdue = UnansweredCalls()
        self.answered: dict[str, tuple[int, bool]] = {}
        """Token of the call, and whether it got a result."""
        self.refused: dict[str, int] = {}
        """Token of the call whose answer was refused."""
        self.sends: dict[str, int] = {}
        self.unreadable: dict[int, tuple[str | None, int]] = {}
        """What may have been meant as a call, by its token: the id if it is legible, and the time."""

    @property
    def unanswered(self) -> int:
        return self.open.count + self.overdue.count

    def used_by(self, key: str) -> int | None:
        """The token of the message that used an id."""
        before = self.open.get(key) or self.answered.get(key) or self.overdue.get(key)
        return self.sends.get(key) if before is None else before[0]

    def remember_answered(self, key: str, token: int, got_result: bool) -> None:
        answered = self.answered
        if key in answered:
            del answered[key]
        answered[key] = (token, got_result)
        kept = self._totals.remembered
        if len(answered) >= 2 * kept:
            # Half at once: finding the first entry of a dictionary that has lost many takes long.
            for oldest in list(islice(answered, len(answered) - kept)):
                del answered[oldest]

    def take_unreadable(self, key: str, is_error: bool, late: int | None) -> Waiting | None:
        """Remove and return the unreadable call that an answer with this id refers to.

        That is the latest with its id. A CALLERROR without a legible id refers to the latest of all, unless that was
        made before `late`: a peer that refuses a message does so at once. A CALL with the id has precedence if it is
        later, or if the answer is a CALLRESULT.
        """
        call = self.open.get(key)
        if call is not None and not is_error:
            return None
        for token, (name, time) in reversed(self.unreadable.items()):
            if call is not None and call[0] > token:
                return None
            if name == key or (is_error and key in _NO_IDS and (late is None or time >= late)):
                del self.unreadable[token]
                return token, time
        return None

    def forget_oldest(self) -> None:
        """Forget the call that was made first."""
        if self.overdue.take_oldest() is not None:
            self._totals.overdue -= 1
        else:
            self.open.take_oldest()
        self._totals.unanswered -= 1

    def expire(self, before: int) -> Iterator[int]:
        """Remove and return the calls that were made before a time."""
        while (call := self.open.oldest()) is not None and call[1] < before:
            self._totals.overdue += 1
            found = self.open.take_oldest()
            assert found is not None
            self.overdue.add(*found)
            yield call[0]


def _key(message_id: str) -> str:
    """What is remembered of a message id, so that a peer cannot fill the memory with long ids."""
    return message_id if len(message_id) <= LONGEST_KEPT else _digest(message_id)


def _digest(message_id: str) -> str:
    from hashlib import blake2b  # seldom needed, and slow to load

    return f"{blake2b(message_id.encode('utf-8', 'surrogatepass'), digest_size=32).hexdigest()}#"


def _remember(known: dict[K, V], key: K, value: V) -> None:
    """Add it as the newest, and forget the oldest ones beyond the limit."""
    if key in known:
        del known[key]
    known[key] = value
    if len(known) > MAX_REMEMBERED:
        del known[next(iter(known))]


_NO_IDS = frozenset({UNREADABLE_ID, ""})
_ORPHAN: Match = (None, AnswerStatus.ORPHAN)
_FIRST, _LATE = AnswerStatus.FIRST, AnswerStatus.LATE
_TO_CSMS = Direction.TO_CSMS
