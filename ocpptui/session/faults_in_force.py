"""The faults on purpose that a session has now: rules and faults of the link, which the user may change meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ocpptui.ocpp.version import Role
from ocpptui.session.fault_injection import FaultInjection, FaultyDriver
from ocpptui.session.faulty_link import Note
from ocpptui.session.rule_filters import RuleFilters
from ocpptui.simulator.fault_plan import Fault, FaultPlan, FaultRule, LinkFault
from ocpptui.simulator.misbehaviour import Misbehaviour
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection
    from ocpptui.session.connection_driver import ConnectionDriver


class FaultsInForce:
    """Those of all connections of a session: a charge point that reconnects goes on where it was.

    A fault is known by its place: the rules come first, in the order in which they are tried, then the faults of the
    link. One that stays keeps its counts, whatever happens to the others.
    """

    def __init__(
        self,
        plan: FaultPlan,
        timeline: Timeline,
        drivers: Mapping[int, ConnectionDriver],
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        note: Note,
        links_changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`drivers` are those of the open connections; `links_changed` is called for those that run through us."""
        self._links_changed = links_changed
        self.plan = plan
        """What is in force."""
        self._timeline = timeline
        self._drivers = drivers
        self._clock = clock
        self._new_id = new_id
        self._note = note
        self.filters = RuleFilters(plan, timeline)
        """The filter expressions of the rules."""
        self._known: dict[tuple[str, Role | None], Misbehaviour] = {}
        for driver in drivers.values():  # connections that were open before anything went wrong on purpose
            if not driver.connection.is_relayed:
                driver.faults = self.of(driver.connection, driver)

    def of(self, connection: Connection, driver: FaultyDriver) -> FaultInjection:
        """The faults of a connection."""
        return FaultInjection(
            connection,
            self._timeline,
            self.misbehaviour(connection.charge_point, connection.role),
            self.filters,
            driver,
            clock=self._clock,
            new_id=self._new_id,
            note=self._note,
        )

    def misbehaviour(self, charge_point: str, role: Role | None) -> Misbehaviour:
        """What goes wrong with a charge point on our side of its connections, or (None) in passing."""
        key = charge_point, role
        if key not in self._known:
            self._known[key] = Misbehaviour(self.plan, *key)
        return self._known[key]

    # -- what there is ------------------------------------------------------------------------------------------

    @property
    def all(self) -> tuple[Fault, ...]:
        """All faults by their places."""
        return (*self.plan.rules, *self.plan.links)

    def times_fired(self, place: int) -> int:
        """How often a fault happened, at all charge points together. A latency, and pings without answer, are not
        counted."""
        link = place - len(self.plan.rules)
        return sum(one.times_done(place) if link < 0 else one.times_failed(link) for one in self._known.values())

    # -- changes ------------------------------------------------------------------------------------------------

    def add(self, fault: Fault) -> int:
        """Put a fault after the others of its kind; return its place."""
        self._adopt([*self._kept(), (None, fault)])
        return len(self.plan.rules if isinstance(fault, FaultRule) else self.all) - 1

    def exchange(self, place: int, fault: Fault) -> None:
        """Put a fault of the same kind in the place of another, and count anew."""
        kept = self._kept()
        kept[place] = None, fault
        self._adopt(kept)

    def switch(self, place: int) -> None:
        """Put a fault out of force, or in force again."""
        kept = self._kept()
        fault = self.all[place]
        kept[place] = place, replace(fault, enabled=not fault.enabled)
        self._adopt(kept)

    def remove(self, place: int) -> None:
        """Take a fault away."""
        kept = self._kept()
        del kept[place]
        self._adopt(kept)

    def move(self, place: int, by: int) -> int:
        """Have a rule tried earlier (-1) or later (1); return its place, which is the same where it cannot move."""
        target, number = place + by, len(self.plan.rules)
        if place >= number or not 0 <= target < number:
            return place
        kept = self._kept()
        kept[place], kept[target] = kept[target], kept[place]
        self._adopt(kept)
        return target

    def use(self, plan: FaultPlan) -> None:
        """Use another plan, and count anew."""
        self.plan = replace(self.plan, seed=plan.seed)
        self._adopt([*((None, rule) for rule in plan.rules), *((None, link) for link in plan.links)])

    def _kept(self) -> list[_Kept]:
        return list(enumerate(self.all))

    def _adopt(self, kept: list[_Kept]) -> None:
        """Use these faults, on the open connections, too."""
        before = self.plan
        rules = [(place, fault) for place, fault in kept if isinstance(fault, FaultRule)]
        links = [
            (None if place is None else place - len(before.rules), fault)
            for place, fault in kept
            if isinstance(fault, LinkFault)
        ]
        self.plan = replace(before, rules=tuple(rule for _, rule in rules), links=tuple(link for _, link in links))
        self.filters.adopt(self.plan)
        for misbehaviour in self._known.values():
            misbehaviour.adopt(self.plan, [place for place, _ in rules], [place for place, _ in links])
        if self.plan.links != before.links:
            for driver in self._drivers.values():
                if driver.faults is not None:
                    driver.faults.link.start_again()
            self._links_changed()


_Kept = tuple[int | None, Fault]
"""A fault, and its place before; None if it is new."""
