"""The differences between two recordings of the same scenario, without those that must occur: times and ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ocpptui.ocpp.answer_comparison import Difference, compare, compare_answers
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Direction, Version
from ocpptui.replay.alignment import BY_CLOCK, AlignedExchange, aligned, exchanges
from ocpptui.replay.call_matching import expected_payload
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.plan import PlanError, Recorded, charge_points
from ocpptui.replay.replay_report import DeviationKind, shown
from ocpptui.replay.rewriting import Rewriting, Rewritten
from ocpptui.replay.substitutions import Substitutions
from ocpptui.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Divergence:
    """One difference of the second recording."""

    kind: DeviationKind
    charge_point: str
    """Its id in the first recording."""
    direction: Direction
    """Who sent the message that differs."""
    action: str
    first: int | None
    """Index of the message in the first recording; None if it has none."""
    second: int | None
    """The same for the second recording."""
    differences: tuple[Difference, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON; in each difference `recorded` is the first recording's value, `live` the second's."""
        return {
            "kind": self.kind.value,
            "chargePoint": self.charge_point,
            "direction": self.direction.value,
            "action": self.action,
            "first": self.first,
            "second": self.second,
            "differences": [difference._asdict() for difference in self.differences],
        }

    def __str__(self) -> str:
        place = (
            f"record {self.first + 1}" if self.first is not None else f"record {(self.second or 0) + 1} of the second"
        )
        words = " ".join(filter(None, (self.direction.value, shown(self.action))))
        lines = [f"{shown(self.charge_point)}, {place}: {self.kind.value}, {words}"]
        return "\n".join([*lines, *(f"  {shown(str(difference))}" for difference in self.differences)])


@dataclass(slots=True)
class Diff:
    """The result of comparing two recordings."""

    compared: int = 0
    """Pairs of messages that correspond."""
    found: list[Divergence] = field(default_factory=list)
    ids: list[Rewritten] = field(default_factory=list)
    """Ids of the first recording and the ones that replace them in the second; `times` has no meaning here."""

    @property
    def is_same(self) -> bool:
        return not self.found

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        ids = [{"kind": row.kind, "first": row.recorded, "second": row.live} for row in self.ids]
        deviations = [one.to_dict() for one in self.found]
        return {"same": self.is_same, "compared": self.compared, "findings": deviations, "ids": ids}

    def to_text(self) -> str:
        """Several lines for a person."""
        lines = [str(one) for one in self.found]
        lines += [f"{row.kind} {shown(row.recorded)} became {shown(row.live)}" for row in self.ids]
        differences = counted(len(self.found), "difference") if self.found else "no differences"
        return "\n".join([*lines, f"{differences}, {counted(self.compared, 'message')} compared"])


def diff(
    first: Timeline,
    second: Timeline,
    *,
    only: Sequence[str] = (),
    rules: Substitutions | None = None,
    ignoring: Ignoring | None = None,
) -> Diff:
    """Compare two recordings, charge point by charge point.

    Each charge point is compared with the one of the same id, or of the id that `rules` give it, or with the only one
    if each recording has one. `only` (ids of the first) limits the comparison. Raises PlanError if there is nothing
    to compare.
    """
    rules, ignoring = rules or Substitutions(), ignoring or Ignoring()
    here, there = charge_points(first), charge_points(second)
    for recorded, words in ((here, "first"), (there, "second")):
        if not recorded:
            raise PlanError(f"the {words} recording contains no OCPP messages")
    names = {one.charge_point for one in here}
    for name in only:
        if name not in names:
            raise PlanError(f"the first recording has no charge point {name!r}; it has {', '.join(sorted(names))}")
    others = {one.charge_point: one for one in there}
    result = Diff()
    met: set[str] = set()
    for one in here:
        name = rules.charge_points.get(one.charge_point, one.charge_point)
        if name not in others and len(here) == len(there) == 1:
            name = there[0].charge_point
        met.add(name)
        if not only or one.charge_point in only:
            _Conversation(first, second, one, others.get(name), rules, ignoring, result).compare()
    if not only:
        for name, other in others.items():
            if name not in met:
                _Conversation(first, second, None, other, rules, ignoring, result).compare()
    return result


class _Conversation:
    """One charge point in both recordings."""

    def __init__(
        self,
        first: Timeline,
        second: Timeline,
        one: Recorded | None,
        other: Recorded | None,
        rules: Substitutions,
        ignoring: Ignoring,
        result: Diff,
    ) -> None:
        known = one or other
        assert known is not None
        self._first = first
        self._second = second
        self._name = known.charge_point
        version = known.version or (other.version if other else None) or Version.V16
        self._left = exchanges(first, one.charge_point, version) if one else []
        self._right = exchanges(second, other.charge_point, version) if other else []
        self._rewriting = Rewriting(version, rules)
        self._ignoring = ignoring
        self._result = result

    def compare(self) -> None:
        pairs, missing, new = aligned(self._left, self._right)
        found: list[tuple[float, Divergence]] = []
        places = [(other.index, one.index) for one, other in pairs]
        for one, other in pairs:
            found += [(one.index, divergence) for divergence in self._of_pair(one, other)]
        for one in missing:
            if one.action not in BY_CLOCK:
                kind = DeviationKind.CALL_NOT_MADE if one.action else DeviationKind.MISSING_TEXT
                found.append((one.index, self._divergence(kind, one, one.index, None)))
        before, place = sorted(places), -1.0
        for other in new:
            while before and before[0][0] < other.index:
                place = before.pop(0)[1] + 0.5
            if other.action not in BY_CLOCK:
                kind = DeviationKind.NEW_CALL if other.action else DeviationKind.NEW_TEXT
                found.append((place, self._divergence(kind, other, None, other.index)))
        self._result.found += [divergence for _, divergence in sorted(found, key=lambda pair: pair[0])]
        self._result.ids += [row for row in self._rewriting.table if row.recorded != row.live]

    def _of_pair(self, one: AlignedExchange, other: AlignedExchange) -> list[Divergence]:
        """The differences of an exchange: in its call and in its answer."""
        found: list[Divergence] = []
        self._result.compared += 1
        recorded, live = self._first.frame(one.index), self._second.frame(other.index)
        if not one.action or not isinstance(recorded, Message) or not isinstance(live, Message):
            return found
        action = one.action
        self._rewriting.learn(action, recorded.payload_text, live.payload_text, in_answer=False)
        expected = expected_payload(recorded, action, self._rewriting)
        differences = compare(expected, live.payload, ignored=lambda path: self._ignoring(action, path))
        if differences:
            found.append(self._divergence(DeviationKind.DIFFERENT_CALL, one, one.index, other.index, differences))
        return found + self._of_answers(one, other)

    def _of_answers(self, one: AlignedExchange, other: AlignedExchange) -> list[Divergence]:
        if one.answer is None or other.answer is None:
            if one.answer is other.answer:
                return []
            kind = DeviationKind.NO_ANSWER if other.answer is None else DeviationKind.NEW_ANSWER
            return [self._divergence(kind, one, one.answer, other.answer, of_answer=True)]
        self._result.compared += 1
        recorded, live, action = self._first.frame(one.answer), self._second.frame(other.answer), one.action
        if not isinstance(recorded, Message) or not isinstance(live, Message):
            return []
        expected = None
        if recorded.kind is MessageKind.CALLRESULT and live.kind is MessageKind.CALLRESULT:
            self._rewriting.learn(action, recorded.payload_text, live.payload_text, in_answer=True)
            expected = expected_payload(recorded, action, self._rewriting)
        differences = compare_answers(
            recorded, live, expected=expected, ignored=lambda path: self._ignoring(action, path)
        )
        if not differences:
            return []
        kind = DeviationKind.DIFFERENT_ANSWER
        return [self._divergence(kind, one, one.answer, other.answer, differences, of_answer=True)]

    def _divergence(
        self,
        kind: DeviationKind,
        exchange: AlignedExchange,
        first: int | None,
        second: int | None,
        differences: tuple[Difference, ...] = (),
        *,
        of_answer: bool = False,
    ) -> Divergence:
        direction = exchange.direction.opposite if of_answer else exchange.direction
        return Divergence(kind, self._name, direction, exchange.action, first, second, differences)
