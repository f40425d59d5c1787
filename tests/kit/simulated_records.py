"""What a simulated wire carried, as the records of a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record


class SaidOnWire(Protocol):
    """One message on the wire, in its parsed form."""

    @property
    def time(self) -> int: ...
    @property
    def by(self) -> Role: ...
    @property
    def frame(self) -> Message: ...


class RememberingWire(Protocol):
    """What a simulated wire has to remember."""

    version: Version

    @property
    def said(self) -> Sequence[SaidOnWire]: ...
    @property
    def changes(self) -> Sequence[tuple[int, bool]]:
        """When the connection was opened (True) or lost, in microseconds since 1970."""
        ...


def records_of(wire: RememberingWire) -> list[Record]:
    """The records, in the order of their times, with the connection events between them."""
    found: list[Record] = []
    changes, connection = list(wire.changes), 0

    def follow(until: int) -> None:
        nonlocal connection
        # What is said at the moment of a change is said on the open connection.
        while changes and changes[0][0] + (not changes[0][1]) <= until:
            time, is_open = changes.pop(0)
            connection += is_open
            event = ConnectionEvent.OPENED if is_open else ConnectionEvent.CLOSED
            found.append(
                Record(time, connection, RecordKind.CONNECTION, None, "CP001", wire.version, detail={"event": event})
            )

    for said in wire.said:
        follow(said.time)
        direction = Direction.TO_CSMS if said.by is Role.CHARGE_POINT else Direction.TO_CHARGE_POINT
        place = {"connection": connection, "charge_point": "CP001", "version": wire.version}
        found.append(message_record(str(said.frame.raw), time=said.time, direction=direction, **place))  # type: ignore[arg-type]
    return found
