"""The filter expressions of fault rules, asked about messages that are in the timeline, or about to be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpptui.filter.query import parse_filter
from ocpptui.timeline.record import Origin, message_record
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection
    from ocpptui.simulator.fault_plan import FaultPlan


Page = Callable[[], tuple[Timeline, int]]
"""Makes a timeline with a message, and perhaps the call that it answers; and says which index the message has."""


class RuleFilters:
    """Those of a plan, by the place of the rule; all connections of a session share them."""

    def __init__(self, plan: FaultPlan, timeline: Timeline) -> None:
        self._timeline = timeline
        self.adopt(plan)

    def adopt(self, plan: FaultPlan) -> None:
        """Use those of another plan from now on."""
        self._queries = [parse_filter(rule.filter) for rule in plan.rules]

    def match_received(self, place: int, index: int) -> bool:
        """Whether the record at an index of the timeline matches the filter of a rule."""
        return self._queries[place].matches(self._timeline, index)

    def match_page(self, place: int, page: Page) -> bool:
        """Whether a message that is not in the timeline yet matches the filter of a rule."""
        query = self._queries[place]
        return query.matches_all or query.matches(*page())

    def match_own(self, place: int, text: str, connection: Connection, now: int) -> bool:
        """Whether a frame that is not sent yet matches the filter of a rule."""
        query = self._queries[place]
        if query.matches_all:
            return True
        page = Timeline()
        record = message_record(
            text,
            time=now,
            connection=connection.number,
            direction=connection.sends,
            charge_point=connection.charge_point,
            version=connection.version,
            origin=Origin.BEHAVIOUR,
            transport=connection.encoding.transport,
        )
        return query.matches(page, page.append(record))
