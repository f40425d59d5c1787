"""What each word of the filter language means: the terms `name:value` and the words that stand alone."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ne
from typing import NamedTuple

from ocpptui.filter.terms import (
    InBytes,
    Latency,
    Marked,
    Node,
    Not,
    OfAction,
    OfParty,
    Since,
    Unanswered,
)
from ocpptui.filter.text_terms import OfMessage
from ocpptui.filter.values import ORDERS, glob, moment_of, span_of
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.columns import DIRECTIONS, DUPLICATE_ID, EVENT_SHIFT, EVENTS, MASKED, ORIGINS
from ocpptui.timeline.record import Event, Kind, Origin
from ocpptui.timeline.timeline import Answering, Verdict


class Field(NamedTuple):
    """A term `name:value`."""

    wants: str
    """What it wants, for a person."""
    make: Callable[[str, bool], Node | None]
    """The term for a value, or None where it is none; the flag says that `*` is meant literally."""
    choices: tuple[str, ...] = ()
    """The values where there are no others."""


def _action(value: str, literal: bool) -> Node | None:
    return OfAction(glob(value, literal))


def _charge_point(value: str, literal: bool) -> Node | None:
    wanted = glob(value, literal)
    return OfParty(lambda party: wanted(party.charge_point))


def _connection(value: str, literal: bool) -> Node | None:
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        return None
    wanted = int(value)
    return OfParty(lambda party: party.connection == wanted)


def _version(value: str, literal: bool) -> Node | None:
    wanted = Version.parse(value)
    return None if wanted is None else OfParty(lambda party: party.version is wanted)


def _message(value: str, literal: bool) -> Node | None:
    return OfMessage(value, literal)


def _after(value: str, literal: bool) -> Node | None:
    moment = moment_of(value)
    return None if moment is None else Since(moment)


def _before(value: str, literal: bool) -> Node | None:
    moment = moment_of(value)
    return None if moment is None else Not(Since(moment))


def _chosen(column: str, values: dict[str, frozenset[int]], shift: int = 0) -> Callable[[str, bool], Node | None]:
    def make(value: str, literal: bool) -> Node | None:
        wanted = values.get(value.casefold())
        return None if wanted is None else InBytes(column, lambda entry: entry >> shift in wanted)

    return make


def latency(comparison: str, value: str) -> Node | None:
    """The term `latency>2s`; None where the value is no span of time."""
    wanted = span_of(value)
    if wanted is None:
        return None
    compare = COMPARISONS[comparison]
    return Latency(lambda micros: compare(micros, wanted))


def _any_of(*kinds: Kind) -> frozenset[int]:
    return frozenset(map(int, kinds))


_KINDS = {
    "call": _any_of(Kind.CALL),
    "result": _any_of(Kind.CALLRESULT),
    "error": _any_of(Kind.CALLERROR, Kind.CALLRESULTERROR),
    "answer": _any_of(Kind.CALLRESULT, Kind.CALLERROR, Kind.CALLRESULTERROR),
    "send": _any_of(Kind.SEND),
    "malformed": _any_of(Kind.MALFORMED),
    "connection": _any_of(Kind.CONNECTION),
    "ping": _any_of(Kind.PING),
    "pong": _any_of(Kind.PONG),
    "note": _any_of(Kind.NOTE),
    "callresult": _any_of(Kind.CALLRESULT),
    "callerror": _any_of(Kind.CALLERROR),
    "callresulterror": _any_of(Kind.CALLRESULTERROR),
}
_TO_CSMS = frozenset({DIRECTIONS.index(Direction.TO_CSMS)})
_TO_CHARGE_POINT = frozenset({DIRECTIONS.index(Direction.TO_CHARGE_POINT)})
_DIRECTIONS = {
    "to-csms": _TO_CSMS,
    "to-cp": _TO_CHARGE_POINT,
    Direction.TO_CSMS.value: _TO_CSMS,
    Direction.TO_CHARGE_POINT.value: _TO_CHARGE_POINT,
}
_ORIGINS = {origin.value: frozenset({ORIGINS.index(origin)}) for origin in Origin}
_EVENTS = {event.value: frozenset({EVENTS.index(event)}) for event in Event}
_MOMENT = "a time such as 10:00, 2026-11-22 or 2026-11-22T10:00Z"


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _choice(column: str, values: dict[str, frozenset[int]], shown: int, shift: int = 0) -> Field:
    choices = tuple(values)[:shown]
    return Field(_one_of(choices), _chosen(column, values, shift), choices)


FIELDS: dict[str, Field] = {
    "action": Field("a name such as BootNotification or *Transaction", _action),
    "cp": Field("the identity of a charge point, such as CP001 or CP*", _charge_point),
    "kind": _choice("kinds", _KINDS, 10),
    "dir": _choice("directions", _DIRECTIONS, 2),
    "id": Field("a message id, such as a81f or a8*", _message),
    "version": Field(_one_of(tuple(Version)), _version, tuple(Version)),
    "origin": _choice("origins", _ORIGINS, len(Origin)),
    "event": _choice("flags", _EVENTS, len(Event), EVENT_SHIFT),
    "conn": Field("the number of a connection, such as 2", _connection),
    "after": Field(_MOMENT, _after),
    "before": Field(_MOMENT, _before),
}
"""The terms `name:value`. `after` includes its moment, `before` does not; a time of day is that of the record's day."""

FLAGS: dict[str, Callable[[], Node]] = {
    "invalid": lambda: InBytes("verdicts", Verdict.INVALID.__eq__),
    "valid": lambda: InBytes("verdicts", Verdict.VALID.__eq__),
    "unanswered": Unanswered,
    "orphan": lambda: InBytes("answerings", Answering.ORPHAN.__eq__),
    "late": lambda: InBytes("answerings", Answering.LATE.__eq__),
    "second": lambda: InBytes("answerings", Answering.SECOND.__eq__),
    "duplicate": lambda: InBytes("flags", lambda flags: bool(flags & DUPLICATE_ID)),
    "marked": Marked,
    "masked": lambda: InBytes("flags", lambda flags: bool(flags & MASKED)),
}
"""The words that stand alone: payloads against their schema, calls without an answer, answers without a call, late or a
second time, calls with an id used before, records that a person marked, and those that had secrets masked."""

LATENCY = "latency"
LATENCY_WANTS = "a time such as 2s or 200ms"
COMPARISONS: dict[str, Callable[[int, int], bool]] = {"=": eq, "!=": ne, **ORDERS}
