"""What a charging station reports by itself: its faults, and what its monitors see (2.x).

Without a connection, an event waits if it is severe enough, as OfflineQueuingSeverity has it; a monitor of something
less severe looks again once the connection is back, and periodic ones go on then.

Source: OCPP 2.x use cases N05, N07 (N07.FR.04), N08; Part 2 appendix 3, MonitoringCtrlr.
"""

from __future__ import annotations

from collections import deque
from itertools import count

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.simulator import station_faults as faults
from ocpptui.simulator.configuration import Configuration, Place
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.monitor_streams import EventStreams
from ocpptui.simulator.monitoring import Monitors

MOST_WAITING = 1_000
"""How many events wait at most; of more, the oldest are dropped."""
IN_ONE_MESSAGE = 10
"""How many events that have waited are in one NotifyEvent."""


class StationEvents:
    """The events of one charging station. A charge point of 1.6 has none."""

    def __init__(self, version: Version, configuration: Configuration) -> None:
        self.monitors = Monitors()
        self.streams = EventStreams()
        self._has_any = version.generation > 1
        self._configuration = configuration
        self._numbers = count(1)
        self._waiting: deque[Payload] = deque(maxlen=MOST_WAITING)

    def fault(self, fault: str, is_active: bool, evse: int, now: int, *, is_online: bool) -> list[Effect]:
        """A fault has begun or ended at an EVSE; 0 for the whole station."""
        if not self._has_any or faults.severity(fault) > self._most(is_online=is_online):
            return []
        return self._tell([faults.event(fault, is_active, evse, now)], now, is_online=is_online)

    def watch(self, now: int, *, is_online: bool) -> list[Effect]:
        """What the monitors see in the variables, which have their values of `now`."""
        if not self._configuration.is_on("MonitoringCtrlr"):
            return []
        most = None if is_online else self._most(is_online=False)
        data = self.monitors.look(self._configuration.value, now, most)
        told = [one for one in data if not self._is_streamed(one, now)]
        return self._tell(told, now, is_online=is_online) + (self.streams.send(now) if is_online else [])

    def wakeup(self) -> int | None:
        """When `watch` next has something to do, apart from what happens."""
        times = (self.monitors.wakeup(), self.streams.wakeup())
        return min((time for time in times if time is not None), default=None)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self.monitors.clock_set(by)
        self.streams.clock_set(by)

    def _is_streamed(self, event: Payload, now: int) -> bool:
        """Whether a periodic value goes into a stream."""
        is_periodic = event["trigger"] == "Periodic"
        return is_periodic and self.streams.take(event["variableMonitoringId"], event["actualValue"], now)

    def open(self, now: int) -> list[Effect]:
        """The central system listens (again): what has waited."""
        waited = list(self._waiting)
        self._waiting.clear()
        parts = [waited[start : start + IN_ONE_MESSAGE] for start in range(0, len(waited), IN_ONE_MESSAGE)]
        return [
            SendCall(
                "NotifyEvent",
                {"generatedAt": date_time(now), "seqNo": number, "tbc": number < len(parts) - 1, "eventData": part},
            )
            for number, part in enumerate(parts)
        ]

    def _most(self, *, is_online: bool) -> int:
        """The highest severity number of which the central system hears."""
        if is_online:
            return self.monitors.level
        setting = self._configuration.by_place(Place("MonitoringCtrlr", "OfflineQueuingSeverity"))
        queued = int(self._configuration.value(setting)) if setting is not None else 0
        return min(self.monitors.level, queued)

    def _tell(self, data: list[Payload], now: int, *, is_online: bool) -> list[Effect]:
        numbered = [{"eventId": next(self._numbers), **one} for one in data]
        if not is_online:
            self._waiting.extend(numbered)
        if not numbered or not is_online:
            return []
        return [SendCall("NotifyEvent", {"generatedAt": date_time(now), "seqNo": 0, "eventData": numbered})]
