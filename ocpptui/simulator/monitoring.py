"""The monitors that a central system has set on variables, and the events that they make.

Source: OCPP 2.x use cases N04, N05, N07, N08; MonitorEnumType in Part 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.payload import Payload, only
from ocpptui.ocpp.standard_settings import Access, Setting
from ocpptui.simulator.aligned_data import next_aligned

PERIODIC = ("Periodic", "PeriodicClockAligned")
KINDS = ("UpperThreshold", "LowerThreshold", "Delta", *PERIODIC)
"""The kinds that are served."""
LEAST_SEVERE = 9


@dataclass(slots=True)
class Monitor:
    """One monitor, and what it has seen."""

    number: int
    item: dict[str, Any]
    """As it was set: type, value, severity, component and variable."""
    setting: Setting
    seen: str
    """The value of the variable when it last made an event, or was set."""
    is_exceeded: bool = False
    due: int | None = None
    """When a periodic monitor makes its next event, in microseconds since 1970-01-01 UTC."""

    @property
    def kind(self) -> str:
        return str(self.item.get("type"))

    @property
    def value(self) -> float:
        return float(self.item.get("value", 0))

    @property
    def severity(self) -> int:
        return int(self.item.get("severity", 0))


class Monitors:
    """The monitors of one charging station, by their id."""

    def __init__(self) -> None:
        self.level = LEAST_SEVERE
        """Events of a higher number are not sent (N05)."""
        self._monitors: dict[int, Monitor] = {}

    def __contains__(self, number: object) -> bool:
        return number in self._monitors

    def items(self) -> list[tuple[int, dict[str, Any]]]:
        """Each monitor as it was set, by id."""
        return [(number, monitor.item) for number, monitor in sorted(self._monitors.items())]

    def set(self, number: int | None, item: dict[str, Any], setting: Setting, value: str, now: int) -> int:
        """Watch a variable that has this value now; return the id, a new one for None."""
        if number is None:
            number = max(self._monitors, default=0) + 1
        monitor = self._monitors[number] = Monitor(number, item, setting, value)
        monitor.due = _next_due(monitor, now)
        return number

    def remove(self, number: int) -> bool:
        """Forget a monitor; False if there is none."""
        return self._monitors.pop(number, None) is not None

    def clear(self) -> None:
        self._monitors.clear()

    def wakeup(self) -> int | None:
        """When the next periodic event is due."""
        return min((one.due for one in self._monitors.values() if one.due is not None), default=None)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        for monitor in self._monitors.values():
            monitor.due = None if monitor.due is None else monitor.due + by

    def look(self, value_of: Callable[[Setting], str], now: int, queued: int | None) -> list[Payload]:
        """Look at the variables: the eventData for what has happened.

        Without a connection, only the monitors up to the severity number `queued` look, and no periodic ones.
        """
        data = []
        for monitor in self._monitors.values():
            if queued is not None and (monitor.severity > queued or monitor.kind in PERIODIC):
                continue
            value = value_of(monitor.setting)
            event = _event(monitor, value, now)
            if event is not None and monitor.severity <= self.level:
                data.append(_written(monitor, value, event, now))
        return data


def _written(monitor: Monitor, value: str, event: tuple[str, bool], now: int) -> Payload:
    """The eventData; nothing is said of the value of a variable that nobody may read (N07.FR.10)."""
    trigger, is_cleared = event
    return {
        "timestamp": date_time(now),
        "trigger": trigger,
        "actualValue": "" if monitor.setting.access is Access.WRITE_ONLY else value,
        **({"cleared": True} if is_cleared else {}),
        "variableMonitoringId": monitor.number,
        "eventNotificationType": "CustomMonitor",
        **only(monitor.item, "component", "variable"),
    }


def _event(monitor: Monitor, value: str, now: int) -> tuple[str, bool] | None:
    """The trigger of an event and whether it clears an earlier one; None if nothing has happened."""
    if monitor.kind in PERIODIC:
        if monitor.due is None or monitor.due > now:
            return None
        monitor.due = _next_due(monitor, now)
        return "Periodic", False
    number = _number(value)
    if monitor.kind == "Delta":
        before = _number(monitor.seen)
        if number is None or before is None:
            changed = value != monitor.seen
        else:
            changed = abs(number - before) >= monitor.value and number != before
        if not changed:
            return None
        monitor.seen = value
        return "Delta", False
    if number is None:
        return None
    exceeds = number > monitor.value if monitor.kind == "UpperThreshold" else number < monitor.value
    if exceeds == monitor.is_exceeded:
        return None
    monitor.is_exceeded = exceeds
    return "Alerting", not exceeds


def _next_due(monitor: Monitor, now: int) -> int | None:
    if monitor.kind not in PERIODIC or monitor.value < 1:
        return None
    if monitor.kind == "PeriodicClockAligned":
        return next_aligned(now, int(monitor.value))
    return now + int(monitor.value * SECOND)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
