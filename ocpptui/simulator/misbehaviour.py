"""Decides which messages of one charge point's connections go wrong, and how: the same each time for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from ocpptui.ocpp.version import Direction, Role
from ocpptui.simulator.fault_plan import FaultPlan, FaultRule, LinkFault, RuleSubject


@dataclass(frozen=True, slots=True)
class ChosenFault:
    """What a rule does with one message."""

    rule: FaultRule
    number: int
    """The number of the message among those that the rule is about, from 1."""
    wait: float
    """Seconds to wait first."""
    place: float
    """Where a frame is cut, from 0 to before 1."""


@dataclass(slots=True)
class _Count:
    """What happened to one rule in one direction."""

    random: Random
    seen: int = 0
    done: int = 0


@dataclass(slots=True)
class _LinkCount:
    random: Random
    done: int = 0


class Misbehaviour:
    """The faults of one charge point on our side of its connections. It outlives a connection.

    Each rule has its own random numbers in each direction, and draws as many for each message that it is about. So what
    it does depends on the seed, the identity and the messages of that direction, not on other rules or on time.
    """

    def __init__(self, plan: FaultPlan, charge_point: str, role: Role | None) -> None:
        """`role` is our side; None if we pass on what both sides send."""
        self._plan = plan
        self._charge_point = charge_point
        self._sends = None if role is None else role.sends
        self._counts = {
            (place, direction): self._new_count(place, direction)
            for place in range(len(plan.rules))
            for direction in Direction
        }
        self._links = {place: self._new_link_count(place) for place in range(len(plan.links))}

    def adopt(self, plan: FaultPlan, rules: Sequence[int | None], links: Sequence[int | None]) -> None:
        """Follow another plan. `rules` and `links` say which place each of its had before, None where it is new.

        One that was there before goes on with its counts and its random numbers.
        """
        self._plan = plan
        self._counts = {
            (place, direction): self._new_count(place, direction) if before is None else self._counts[before, direction]
            for place, before in enumerate(rules)
            for direction in Direction
        }
        self._links = {
            place: self._new_link_count(place) if before is None else self._links[before]
            for place, before in enumerate(links)
        }

    def _new_count(self, place: int, direction: Direction) -> _Count:
        return _Count(Random(f"{self._plan.seed}/{self._charge_point}/{place}/{direction.value}"))

    def _new_link_count(self, place: int) -> _LinkCount:
        return _LinkCount(Random(f"{self._plan.seed}/{self._charge_point}/link {place}"))

    @property
    def links(self) -> list[tuple[int, LinkFault]]:
        """The faults of the link that this charge point has, each with its place in the plan."""
        links = enumerate(self._plan.links)
        return [(place, link) for place, link in links if link.enabled and link.covers(self._charge_point)]

    def times_done(self, place: int) -> int:
        """How often the rule at a place of the plan applied."""
        return sum(self._counts[place, direction].done for direction in Direction)

    def times_failed(self, place: int) -> int:
        """How often the link had the fault at a place of the plan."""
        return self._links[place].done

    def fault(
        self,
        direction: Direction,
        action: str,
        matches: Callable[[int], bool],
        form: RuleSubject = RuleSubject.CALL,
    ) -> ChosenFault | None:
        """What happens to a message of this direction and form; None if no rule applies.

        `matches` says whether it matches the filter of the rule at a place in the plan. A rule that is about the
        message, but whose probability or number rules it out, leaves it to the next rule.
        """
        own = None if self._sends is None else direction is self._sends
        found: tuple[ChosenFault, _Count] | None = None
        for place, rule in enumerate(self._plan.rules):
            if not rule.is_about(direction, action, form, own=own) or not matches(place):
                continue
            count = self._counts[place, direction]
            count.seen += 1
            luck, wait, cut = count.random.random(), count.random.random(), count.random.random()
            if found is None and _applies(rule, count, luck):
                found = ChosenFault(rule, count.seen, rule.seconds + rule.jitter * wait, cut), count
        if found is None:
            return None
        found[1].done += 1
        return found[0]

    def link_wait(self, place: int) -> float | None:
        """Seconds until the next fault of a link of DISCONNECT or HALF_OPEN; None if there is none any more."""
        link, count = self._plan.links[place], self._links[place]
        if link.times and count.done >= link.times:
            return None
        return link.every + link.jitter * count.random.random()

    def link_done(self, place: int) -> None:
        """Count a fault of the link."""
        self._links[place].done += 1

    def latency(self, place: int) -> float:
        """Seconds by which the next message is late."""
        link = self._plan.links[place]
        return link.seconds + link.jitter * self._links[place].random.random()


def _applies(rule: FaultRule, count: _Count, luck: float) -> bool:
    if rule.times and count.done >= rule.times:
        return False
    if rule.nth and count.seen != rule.nth:
        return False
    return count.seen % rule.every == 0 and luck < rule.probability
