"""What was known of a charge point right after one of the records, whatever came later."""

from __future__ import annotations

from ocpptui.stations.checkpoints import Checkpoints
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.tracker import StationTracker
from ocpptui.timeline.timeline import Timeline

NEAR = 512
"""How many messages are applied between two checkpoints of a look into the past, so that a step back is short."""


class PastState:
    """The state of one charge point at a record; call `advance` until it returns True.

    It begins with the checkpoint before the record, so it takes a bounded number of messages wherever the record is.
    """

    def __init__(self, timeline: Timeline, now: StationTracker, charge_point: str, index: int) -> None:
        """`now` is the tracker of the whole timeline, as far as it has come."""
        self.charge_point = charge_point
        self.index = index
        self._timeline = timeline
        self._now = now
        self._near = Checkpoints(NEAR)
        begin = now.checkpoints.before(charge_point, index + 1)
        self._tracker = StationTracker.of_one(charge_point, begin, self._near)
        self._from = self._tracker.observed

    def go_to(self, charge_point: str, index: int) -> PastState:
        """The state at another record; what is known already is used again where that is shorter."""
        far = self._now.checkpoints.before(charge_point, index + 1)
        near = self._near.before(charge_point, index + 1)
        first = 0 if far is None else far.stop
        if charge_point == self.charge_point and first <= self._tracker.observed <= index + 1:
            pass  # it only has to go on
        elif near is not None and first <= near.stop:
            self._near.forget_after(charge_point, near.stop)
            self._tracker = StationTracker.of_one(charge_point, near, self._near)
        else:
            return PastState(self._timeline, self._now, charge_point, index)
        self.index, self._from = index, self._tracker.observed
        return self

    def advance(self, budget_s: float) -> bool:
        """Process records for about `budget_s` seconds; True when the state is known."""
        return self._tracker.advance(self._timeline, budget_s, self.index + 1)

    @property
    def progress(self) -> float:
        """The part of the records that was processed, from 0 to 1."""
        records = self.index + 1 - self._from
        return (self._tracker.observed - self._from) / records if records > 0 else 1.0

    @property
    def state(self) -> ChargePointState | None:
        """What was known, once `advance` returned True; None if no record before was about the charge point."""
        return self._tracker.get(self.charge_point)
