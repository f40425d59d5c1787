"""What people do to a charge point by themselves, in turn: the `[[schedule]]` of a station profile.

The acts for one connector follow each other; those for different connectors do not wait for each other. An act that is
for the whole charge point is in the turn of the connector that it names, or in that of connector 0.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from ocpptui.ocpp.date_times import SECOND
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.device import Device
from ocpptui.simulator.scheduled_act import ScheduledAct

POLL = SECOND // 4
"""Microseconds between two looks whether a condition holds."""


def _has_car(device: Device, connector: Connector) -> bool:
    return connector.meter.car is not None


CONDITIONS: dict[str, Callable[[Device, Connector], bool]] = {
    "free": lambda device, connector: connector.meter.car is None and device.is_usable(connector) and (
        connector.charge is None or connector.charge.has_ended
    ),
    "plugged-in": _has_car,
    "transaction": lambda device, connector: connector.has_transaction,
    "no-transaction": lambda device, connector: not connector.has_transaction,
    "charging": lambda device, connector: device.status(connector) == "Charging",
    "suspended": lambda device, connector: device.status(connector).startswith("Suspended"),
    "faulted": lambda device, connector: bool(connector.faults or device.station_faults),
    "online": lambda device, connector: device.queue.is_open,
    "offline": lambda device, connector: not device.queue.is_open,
}  # fmt: skip
"""What can be waited for, by its word."""


class _Turn:
    """The acts for one connector that are still to come."""

    def __init__(self, acts: Sequence[ScheduledAct], start: int) -> None:
        self.acts = deque(acts)
        self.start = start
        self.done = start  # when the act before was done
        self.held: int | None = None  # since when the conditions of the next act hold

    def clock_set(self, by: int) -> None:
        self.start += by
        self.done += by
        if self.held is not None:
            self.held += by


class DriverSchedule:
    """Says when which act is due. It has no clock: times are microseconds since 1970-01-01 UTC."""

    def __init__(self, acts: Sequence[ScheduledAct], *, repeats: bool) -> None:
        """`repeats`: it begins anew when all acts are done."""
        self._acts = acts
        self._repeats = repeats
        self._turns: list[_Turn] | None = None  # until it is started
        self._wakeup: int | None = None

    def start(self, now: int) -> None:
        """Begin, unless it has begun."""
        if self._turns is None:
            self._begin(now)

    def _begin(self, now: int) -> None:
        turns = dict.fromkeys(act.turn for act in self._acts)
        self._turns = [_Turn([act for act in self._acts if act.turn == turn], now) for turn in turns]
        self._wakeup = now if self._acts else None

    def due(self, device: Device, now: int) -> Iterator[ScheduledAct]:
        """The acts that are due by now; each is to be done before the next one is asked for."""
        if self._turns is None or not self._acts:
            return
        waits: list[int] = []
        for turn in self._turns:
            while turn.acts:
                wait = self._wait(turn, device, now)
                if wait > now:
                    waits.append(wait)
                    break
                turn.done, turn.held = now, None
                yield turn.acts.popleft()
        if self._repeats and not waits:
            self._begin(now + POLL)  # an act that is not possible must not be tried again at once
            waits = [now + POLL]
        self._wakeup = min(waits, default=None)

    def _wait(self, turn: _Turn, device: Device, now: int) -> int:
        """When to look at the next act of a turn again; not later than now if it is due."""
        act = turn.acts[0]
        begin = turn.done if act.at is None else turn.start + round(act.at * SECOND)
        has_conditions = bool(act.when) or act.soc is not None
        if has_conditions and turn.done > turn.start:
            begin = max(begin, turn.done + POLL)  # the act before has its effect first: the connection is lost, say
        if now < begin:
            return begin
        if turn.held is None:
            if not _holds(act, device):
                return now + POLL
            turn.held = now if has_conditions else begin
        return turn.held + round(act.after * SECOND)

    def wakeup(self) -> int | None:
        """When to ask again; None if nothing is to come."""
        return self._wakeup

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        for turn in self._turns or ():
            turn.clock_set(by)
        if self._wakeup is not None:
            self._wakeup += by


def _holds(act: ScheduledAct, device: Device) -> bool:
    """Whether the conditions of an act hold, at its connector or at any."""
    connectors = [device.connectors[act.turn]] if act.turn else list(device.connectors.values())
    return any(
        (not act.when or CONDITIONS[act.when](device, connector)) and _is_at(act.soc, connector)
        for connector in connectors
    )


def _is_at(soc: float | None, connector: Connector) -> bool:
    return soc is None or (connector.meter.car is not None and connector.meter.car.soc >= soc)
