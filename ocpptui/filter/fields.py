"""The meaning of each word of the filter language: the terms `name:value`, and the flags, which are single words."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ne
from typing import NamedTuple

from ocpptui.filter.payload_terms import Refusing
from ocpptui.filter.terms import (
    AllOf,
    InBytes,
    Latency,
    Marked,
    Not,
    OfAction,
    OfParty,
    OfRule,
    OfSeverity,
    Since,
    Term,
    Unanswered,
)
from ocpptui.filter.text_terms import OfMessage
from ocpptui.filter.transaction_term import OfTransaction
from ocpptui.filter.values import ORDERS, glob, span_of, typed_moment
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.columns import DIRECTIONS, DUPLICATE_ID, EVENT_SHIFT, EVENTS, MASKED, ORIGINS
from ocpptui.timeline.record import ConnectionEvent, Origin, RecordKind
from ocpptui.timeline.severity import Severity


class FilterField(NamedTuple):
    """A term `name:value`."""

    expects: str
    """A description of its values, for the user."""
    make: Callable[[str, bool], Term | None]
    """Makes the term for a value, or None if the value is invalid; the flag says that `*` is meant literally."""
    fixed_choices: tuple[str, ...] = ()
    later_choices: Callable[[], tuple[str, ...]] | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The possible values, if there are only these."""
        return self.fixed_choices if self.later_choices is None else self.later_choices()


def _action(value: str, literal: bool) -> Term | None:
    return OfAction(glob(value, literal))


def _charge_point(value: str, literal: bool) -> Term | None:
    wanted = glob(value, literal)
    return OfParty(lambda party: wanted(party.charge_point))


def _connection(value: str, literal: bool) -> Term | None:
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        return None
    wanted = int(value)
    return OfParty(lambda party: party.connection == wanted)


def _version(value: str, literal: bool) -> Term | None:
    wanted = Version.parse(value)
    return None if wanted is None else OfParty(lambda party: party.version is wanted)


def _transport(value: str, literal: bool) -> Term | None:
    wanted = value.casefold()
    return OfParty(lambda party: party.transport == wanted) if wanted in tuple(Transport) else None


def _rule_ids() -> tuple[str, ...]:
    from ocpptui.diagnosis.registry import RULE_BY_ID  # most of it is not needed before the first paint

    return tuple(RULE_BY_ID)


def _rule(value: str, literal: bool) -> Term | None:
    """The rules that the options of `check` mean by the value; None for a typo, with which any log looks flawless."""
    from ocpptui.diagnosis.rule_patterns import rules_matching

    try:
        wanted = frozenset(rules_matching(value.casefold()))
    except ValueError:
        return None
    return OfRule(wanted.__contains__)


def _severity(value: str, literal: bool) -> Term | None:
    wanted = _SEVERITIES.get(value.casefold())
    return None if wanted is None else OfSeverity(wanted.__eq__)


def _message(value: str, literal: bool) -> Term | None:
    return OfMessage(value, literal)


def _transaction(value: str, literal: bool) -> Term | None:
    return OfTransaction(value)


def _after(value: str, literal: bool) -> Term | None:
    moment = typed_moment(value)
    return None if moment is None else Since(moment)


def _before(value: str, literal: bool) -> Term | None:
    moment = typed_moment(value)
    return None if moment is None else Not(Since(moment))


def _chosen(column: str, values: dict[str, frozenset[int]], shift: int = 0) -> Callable[[str, bool], Term | None]:
    def make(value: str, literal: bool) -> Term | None:
        wanted = values.get(value.casefold())
        return None if wanted is None else InBytes(column, lambda entry: entry >> shift in wanted)

    return make


def latency(comparison: str, value: str) -> Term | None:
    """The term `latency>2s`; None if the value is not a duration."""
    wanted = span_of(value)
    if wanted is None:
        return None
    compare = COMPARISONS[comparison]
    return Latency(lambda micros: compare(micros, wanted))


def _any_of(*kinds: RecordKind) -> frozenset[int]:
    return frozenset(map(int, kinds))


_KINDS = {
    "call": _any_of(RecordKind.CALL),
    "result": _any_of(RecordKind.CALLRESULT),
    "error": _any_of(*(kind for kind in RecordKind if kind.is_error)),
    "answer": _any_of(*(kind for kind in RecordKind if kind.is_answer)),
    "send": _any_of(RecordKind.SEND),
    "malformed": _any_of(RecordKind.MALFORMED),
    "connection": _any_of(RecordKind.CONNECTION),
    "ping": _any_of(RecordKind.PING),
    "pong": _any_of(RecordKind.PONG),
    "note": _any_of(RecordKind.NOTE),
    "callresult": _any_of(RecordKind.CALLRESULT),
    "callerror": _any_of(RecordKind.CALLERROR),
    "callresulterror": _any_of(RecordKind.CALLRESULTERROR),
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
_EVENTS = {event.value: frozenset({EVENTS.index(event)}) for event in ConnectionEvent}
_SEVERITIES = {severity.word: severity for severity in reversed(Severity) if severity}
_MOMENT = "a time such as 10:00, 2026-11-22 or 2026-11-22T10:00Z"


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _choice(column: str, values: dict[str, frozenset[int]], shown: int, shift: int = 0) -> FilterField:
    choices = tuple(values)[:shown]
    return FilterField(_one_of(choices), _chosen(column, values, shift), choices)


FIELDS: dict[str, FilterField] = {
    "action": FilterField("a name such as BootNotification or *Transaction", _action),
    "cp": FilterField("the identity of a charge point, such as CP001 or CP*", _charge_point),
    "kind": _choice("kinds", _KINDS, 10),
    "dir": _choice("directions", _DIRECTIONS, 2),
    "id": FilterField("a message id, such as a81f or a8*", _message),
    "transaction": FilterField("the id of a transaction, such as 8; its start and all answers included", _transaction),
    "version": FilterField(_one_of(tuple(Version)), _version, tuple(Version)),
    "transport": FilterField(_one_of(tuple(Transport)), _transport, tuple(Transport)),
    "origin": _choice("origins", _ORIGINS, len(Origin)),
    "event": _choice("flags", _EVENTS, len(ConnectionEvent), EVENT_SHIFT),
    "conn": FilterField("the number of a connection, such as 2", _connection),
    "rule": FilterField("the id of a rule, such as rpc.late-answer or rpc.*", _rule, later_choices=_rule_ids),
    "severity": FilterField(_one_of(tuple(_SEVERITIES)), _severity, tuple(_SEVERITIES)),
    "after": FilterField(_MOMENT, _after),
    "before": FilterField(_MOMENT, _before),
}
"""The terms `name:value`. `after` includes its moment, `before` does not; a time of day refers to the record's day."""

FLAGS: dict[str, Callable[[], Term]] = {
    "problem": lambda: OfSeverity(Severity.WARNING.__le__),
    "refused": lambda: AllOf((InBytes("kinds", int(RecordKind.CALLRESULT).__eq__), Refusing())),
    "invalid": lambda: InBytes("verdicts", Verdict.INVALID.__eq__),
    "valid": lambda: InBytes("verdicts", Verdict.VALID.__eq__),
    "unanswered": Unanswered,
    "orphan": lambda: InBytes("answerings", AnswerStatus.ORPHAN.__eq__),
    "late": lambda: InBytes("answerings", AnswerStatus.LATE.__eq__),
    "second": lambda: InBytes("answerings", AnswerStatus.SECOND.__eq__),
    "duplicate": lambda: InBytes("flags", lambda flags: bool(flags & DUPLICATE_ID)),
    "marked": Marked,
    "masked": lambda: InBytes("flags", lambda flags: bool(flags & MASKED)),
}
"""The words without a value: records with a warning or an error, answers that
refuse a request as OCPP allows, messages that are wrong or right by themselves, calls
without an answer, answers without a call, late and second answers, calls with an id used before, records marked by the
user, and records with masked secrets."""

LATENCY = "latency"
LATENCY_EXPECTS = "a time such as 2s or 200ms"
COMPARISONS: dict[str, Callable[[int, int], bool]] = {"=": eq, "!=": ne, **ORDERS}
