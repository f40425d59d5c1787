"""What one charge point and its central system say to each other, and what is known from it."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.ocpp.version import Direction, Version
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.tracker import StationTracker
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

SECOND = 1_000_000
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


class StationTalk:
    """A connection of one charge point; every record comes a second after the one before."""

    def __init__(self, version: Version | None = Version.V16, charge_point: str = "CP001") -> None:
        self.timeline = Timeline()
        self.knowledge = StationTracker()
        self.version = version
        self.charge_point = charge_point
        self._ids = 0

    @property
    def known(self) -> ChargePointState:
        return self.knowledge[self.charge_point]

    def take(self, record: Record) -> None:
        self.timeline.append(record)
        assert self.knowledge.advance(self.timeline, 60)

    def happen(self, event: ConnectionEvent, connection: int = 1) -> None:
        self.take(
            Record(
                len(self.timeline) * SECOND,
                connection,
                RecordKind.CONNECTION,
                None,
                self.charge_point,
                self.version,
                detail={"event": event.value},
            )
        )

    def say(self, raw: str | bytes, direction: Direction = UP) -> None:
        self.take(
            message_record(
                raw,
                time=len(self.timeline) * SECOND,
                connection=1,
                direction=direction,
                charge_point=self.charge_point,
                version=self.version,
            )
        )

    def call(self, action: str, payload: Any, answer: Any = None, direction: Direction = UP) -> None:
        """A call and, unless it is None, its result."""
        self._ids += 1
        self.say(json.dumps([2, str(self._ids), action, payload]), direction)
        if answer is not None:
            self.say(json.dumps([3, str(self._ids), answer]), direction.opposite)

    def ask(self, action: str, payload: Any, answer: Any = None) -> None:
        """The same, from the central system."""
        self.call(action, payload, answer, DOWN)
