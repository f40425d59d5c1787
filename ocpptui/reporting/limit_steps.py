"""The limit of the charging profiles over the time of a log, as steps, at charge points that have profiles."""

from __future__ import annotations

from array import array
from math import isnan, nan
from typing import ClassVar

from ocpptui.diagnosis.checker import on_call, on_exchange, on_stray
from ocpptui.diagnosis.rules.limits_followed import LimitChecker
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.composite_schedule import Supply
from ocpptui.ocpp.profile_moment import FOREVER
from ocpptui.runtime.bounded import put
from ocpptui.stations.present_draw import present_draw
from ocpptui.stations.profile_events import PlacedTransaction, ReportedComposite
from ocpptui.stations.profile_history import PROFILE_ACTIONS, PROFILE_RESULTS, ProfileHistory

MOST_STEPS = 100_000
"""Steps of one place that are kept; later ones are left out."""
MOST_AT_ONCE = 256
"""Changes of a schedule that are followed between two messages; what is more changes too often to be seen."""
MOST_PLACES = 200


class LimitSteps:
    """The limit of one connector or EVSE: each value holds from its time until that of the next one."""

    def __init__(self, charge_point: str, place: int) -> None:
        self.charge_point = charge_point
        self.place = place
        self.times = array("q")
        """µs since 1970 UTC."""
        self.amperes = array("d")
        """Per phase; NaN where nothing limits it, or where the limit is unknown."""
        self.watts = array("d")
        """The same of all phases together."""
        self.until = 0
        """How far the limit is known."""

    def add(self, time: int, amperes: float | None, watts: float | None) -> None:
        """Note what holds from a time on."""
        self.until = max(self.until, time)
        now = nan if amperes is None else amperes, nan if watts is None else watts
        if self.times:
            before = self.amperes[-1], self.watts[-1]
            if before == now or (isnan(before[0]) and isnan(now[0])):
                return
            time = max(time, self.times[-1])
        elif isnan(now[0]):
            return
        if len(self.times) < MOST_STEPS:
            self.times.append(time)
            self.amperes.append(now[0])
            self.watts.append(now[1])


class LimitFollower(LimitChecker):
    """Follows one charge point, and notes its limits where the diagnosis would compare them."""

    limits_of: ClassVar[dict[tuple[str, int], LimitSteps]]
    followers: ClassVar[dict[str, LimitFollower]]
    """All of a run by charge point; each adds itself."""

    def begin(self) -> None:
        super().begin()
        self.supplies: dict[int, Supply] = {}
        self.changes: dict[int, int] = {}  # by place: when its limit may change by itself
        self.running: dict[int, PlacedTransaction] = {}  # as of the last limits
        self.followers[self.known.identity] = self

    def compare(self, call: Seen, place: int, history: ProfileHistory) -> None:
        """Note with how many phases, and at which voltage, it charges."""
        draw = present_draw(self.state, place)
        supply = Supply(draw.voltage or 230.0, draw.phases or 3)
        if self.supplies.get(place) != supply:
            put(self.supplies, place, supply, MOST_PLACES)
            self.changes.pop(place, None)

    def compare_composite(
        self, call: Seen, answer: Seen, place: int, reported: ReportedComposite, history: ProfileHistory
    ) -> None:
        """What the charge point says of its limit is not compared here."""

    @on_call(*PROFILE_ACTIONS)
    def noted(self, call: Seen) -> None:
        if self.history is not None:
            if call.action != "MeterValues" or self.history.running != self.running:
                self.running = dict(self.history.running)
                self.changes.clear()
            self.pass_to(call.time)

    @on_exchange(*PROFILE_RESULTS)
    def agreed(self, call: Seen, answer: Seen) -> None:
        if self.history is not None:
            self.changes.clear()
            self.pass_to(answer.time)

    @on_stray
    def lost(self, answer: Seen) -> None:
        if self.history is None:
            for (charge_point, _), steps in self.limits_of.items():
                if charge_point == self.known.identity:
                    steps.add(answer.time, None, None)

    def pass_to(self, time: int) -> None:
        """Note the limits of all places up to a time."""
        history = self.history
        if history is None:
            return
        for place in history.places()[:MOST_PLACES]:
            steps = self.limits_of.get((self.known.identity, place))
            if steps is None:
                steps = self.limits_of[self.known.identity, place] = LimitSteps(self.known.identity, place)
            steps.until = max(steps.until, time)
            for _ in range(MOST_AT_ONCE):
                at = self.changes.get(place, time)
                if at > time:
                    break
                limit = self.limit(place, at, history, self.supplies.get(place))
                steps.add(at, limit.amperes, limit.watts)
                put(self.changes, place, max(limit.until, at + 1), MOST_PLACES)
        if self.changes and (following := min(self.changes.values())) < FOREVER:
            self.wait("limit", following, self.step)  # before the next message, which may change everything

    def step(self) -> None:
        """Note the limit at a change that was foreseen."""
        if self.changes:
            self.pass_to(min(self.changes.values()))
