"""What a charging station does for the grid: the DER controls that it keeps, which of them is in force, what follows.

The cars here only charge. So of a curve over frequency, the negative values count: so many per cent of the most power
may be charged. A control that trips lets no car charge until the grid is right again.

Source: OCPP 2.1 Part 2 use cases R04, R05; DERCurveType, EnterServiceType. The points of a trip curve are those of
IEEE 2030.5: so many seconds (x) beyond so many hertz (y).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ocpptui.ocpp.date_times import SECOND, date_time, time_of
from ocpptui.ocpp.payload import Payload, integer_at, number_at, object_at, objects_at, text_at
from ocpptui.ocpp.profile_moment import FOREVER
from ocpptui.simulator.effects import Effect, SendCall

FREQUENCY_WATT = "FreqWatt"
ENTER_SERVICE = "EnterService"
TRIPS = {"HFMustTrip": "OverFrequency", "LFMustTrip": "UnderFrequency"}
"""The controls that trip, with the fault of the grid that makes each do so (GridEventFaultEnumType)."""
DER_TYPES = (FREQUENCY_WATT, *TRIPS, ENTER_SERVICE)
"""The types of controls that can have an effect here (DERControlEnumType)."""
MOST_CONTROLS = 24
"""How many default or scheduled ones are kept; a report has no room for more of a kind."""
_BAND = 0.01
"""How far the frequency may be from the rated one to enter service, as a share, unless a control says it."""


@dataclass(slots=True, eq=False)
class DerControl:
    """One control, as SetDERControl has set it. Times are microseconds since 1970-01-01 UTC."""

    request: Payload
    is_default: bool
    kind: str
    priority: int
    """0 is the highest."""
    start: int = 0
    end: int = FOREVER
    is_running: bool = False
    """Whether its start was reported; a default control has none."""

    @property
    def id(self) -> str:
        return text_at(self.request, "controlId") or ""

    @property
    def points(self) -> list[tuple[float, float]]:
        """The x and y of its curve."""
        data = objects_at(object_at(self.request, "curve"), "curveData")
        return [(float(number_at(one, "x") or 0), float(number_at(one, "y") or 0)) for one in data]

    def competes_with(self, other: DerControl) -> bool:
        """Whether only one of both can be in force at some time."""
        is_like = (self.kind, self.is_default) == (other.kind, other.is_default)
        return is_like and self is not other and self.start < other.end and other.start < self.end


class DerControls:
    """The controls of one charging station, and the frequency of the grid that it is connected to."""

    def __init__(self, supported: Collection[str], frequency: float) -> None:
        self.supported = supported
        self.frequency = frequency
        """Hertz."""
        self.tripped = ""
        """The kind of control that lets no car charge; empty for none."""
        self.due: int | None = None
        """When `follow` next has something to do."""
        self._rated = frequency
        self._controls: list[DerControl] = []  # the one that was set last at the end
        self._beyond: dict[tuple[str, float], int] = {}  # since when the frequency is beyond so many hertz
        self._right_since: int | None = None  # while it has tripped: since when it may enter service
        self._untold: list[Effect] = []

    def __iter__(self) -> Iterator[DerControl]:
        return iter(self._controls)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds; the schedule of the controls is by the calendar."""
        self._beyond = {key: since + by for key, since in self._beyond.items()}
        self._right_since = None if self._right_since is None else self._right_since + by
        self.due = None if self.due is None else min(self.due, self.due + by)

    # -- the controls -------------------------------------------------------------------------------------------

    def set(self, request: Payload, now: int) -> tuple[str, list[str]]:
        """Keep a control; return the status and the ids of those that it supersedes (R04)."""
        kind = text_at(request, "controlType") or ""
        if kind not in self.supported:
            return "NotSupported", []
        content = _content(request)
        is_default = request.get("isDefault") is True
        control = DerControl(request, is_default, kind, integer_at(content, "priority") or 0)
        start, duration = time_of(text_at(content, "startTime") or ""), number_at(content, "duration")
        if not content or not _is_usable(control, content) or (start is None) != is_default:
            return "Rejected", []
        if start is not None:
            if duration is None or start + duration * SECOND <= now:
                return "Rejected", []
            control.start, control.end = start, start + round(duration * SECOND)
        others = [one for one in self._controls if one.id != control.id]
        if sum(one.is_default is is_default for one in others) >= MOST_CONTROLS:
            return "Rejected", []
        replaced = next((one for one in self._controls if one.id == control.id), None)
        self._stop(replaced, now)
        self._controls = [*others, control]
        return "Accepted", [one.id for one in others if control.competes_with(one) and self._leads(control, one)]

    def found(self, request: Payload) -> list[DerControl]:
        """Those that a GetDERControl or ClearDERControl is about."""
        names = {"isDefault": "is_default", "controlType": "kind", "controlId": "id"}
        wanted = {name: request[key] for key, name in names.items() if key in request}
        if "id" in wanted:
            wanted.pop("kind", None)  # not used when the id is provided
        return [one for one in self._controls if all(getattr(one, name) == value for name, value in wanted.items())]

    def clear(self, controls: Collection[DerControl], now: int) -> None:
        """Forget controls; the end of one that runs is reported."""
        for one in controls:
            self._stop(one, now)
        self._controls = [one for one in self._controls if one not in controls]

    def is_superseded(self, control: DerControl) -> bool:
        """Whether one of a higher priority takes its place at some time."""
        return any(one.competes_with(control) and self._leads(one, control) for one in self._controls)

    def in_force(self, kind: str, now: int) -> DerControl | None:
        """A scheduled control before a default one; then the highest priority, and of equal ones the last."""
        active = [one for one in self._controls if one.kind == kind and one.start <= now < one.end]
        place = self._controls.index
        return min(active, key=lambda one: (one.is_default, one.priority, -place(one)), default=None)

    def _leads(self, one: DerControl, other: DerControl) -> bool:
        place = self._controls.index
        return (one.priority, -place(one)) < (other.priority, -place(other))

    # -- what follows -------------------------------------------------------------------------------------------

    def follow(self, now: int, *, is_online: bool) -> list[Effect]:
        """What starts, stops and trips by `now`; without a connection it is reported later."""
        for kind in self.supported:
            self._follow_schedule(kind, now)
        self._controls = [one for one in self._controls if now < one.end]
        for kind, fault in TRIPS.items():
            self._follow_trip(kind, fault, now)
        self._enter_service(now)
        self.due = self._next(now)
        if not is_online:
            return []
        told, self._untold = self._untold, []
        return told

    def _next(self, now: int) -> int | None:
        times = [time for one in self._controls for time in (one.start, one.end) if now < time < FOREVER]
        times += [self._beyond[key] + round(seconds * SECOND) for key, seconds in self._limits(now)]
        if self._right_since is not None:
            times.append(self._right_since + self._delay(now))
        return min((time for time in times if time > now), default=None)

    def share(self, now: int) -> float | None:
        """The share of the most power that cars may take, 0 to 1; None if no control limits it."""
        if self.tripped:
            return 0.0
        control = self.in_force(FREQUENCY_WATT, now)
        return None if control is None else min(1.0, max(0.0, -_value(control.points, self.frequency) / 100))

    def _follow_schedule(self, kind: str, now: int) -> None:
        for one in self._controls:
            if one.kind == kind and now >= one.end:
                self._stop(one, one.end)
        leading = self.in_force(kind, now)
        if leading is None or leading.is_default or leading.is_running:
            return
        superseded = [one for one in self._controls if one.kind == kind and one.is_running]
        for one in superseded:
            one.is_running = False  # the report says so
        leading.is_running = True
        self._report(leading, now, [one.id for one in superseded])

    def _stop(self, control: DerControl | None, time: int) -> None:
        if control is not None and control.is_running:
            control.is_running = False
            self._report(control, time)

    def _report(self, control: DerControl, time: int, superseded: list[str] | None = None) -> None:
        payload = {"controlId": control.id, "started": control.is_running, "timestamp": date_time(time)}
        more = {"supersededIds": superseded} if superseded else {}
        self._untold.append(SendCall("NotifyDERStartStop", {**payload, **more}))

    def _limits(self, now: int) -> Iterator[tuple[tuple[str, float], float]]:
        """The limits of the trip curves that the frequency is beyond, with the seconds until each trips."""
        for kind in TRIPS:
            control = self.in_force(kind, now)
            for seconds, hertz in control.points if control is not None else ():
                if (kind, hertz) in self._beyond:
                    yield (kind, hertz), seconds

    def _follow_trip(self, kind: str, fault: str, now: int) -> None:
        control = self.in_force(kind, now)
        for _, hertz in control.points if control is not None else ():
            is_beyond = self.frequency >= hertz if fault == "OverFrequency" else self.frequency <= hertz
            if is_beyond:
                self._beyond.setdefault((kind, hertz), now)
            else:
                self._beyond.pop((kind, hertz), None)
        reached = any(
            key[0] == kind and now >= self._beyond[key] + seconds * SECOND for key, seconds in self._limits(now)
        )
        if reached and not self.tripped:
            self.tripped = kind
            alarm = {"controlType": kind, "gridEventFault": fault, "timestamp": date_time(now)}
            self._untold.append(SendCall("NotifyDERAlarm", alarm))

    def _enter_service(self, now: int) -> None:
        """After a trip, charge again once the frequency has been right for the delay (EnterService)."""
        if not self.tripped:
            return
        settings = self._settings(now)
        low = number_at(settings, "lowFreq") or self._rated * (1 - _BAND)
        high = number_at(settings, "highFreq") or self._rated * (1 + _BAND)
        if not low <= self.frequency <= high:
            self._right_since = None
            return
        if self._right_since is None:
            self._right_since = now
        if now < self._right_since + self._delay(now):
            return
        ended = {"controlType": self.tripped, "gridEventFault": TRIPS[self.tripped], "alarmEnded": True}
        self._untold.append(SendCall("NotifyDERAlarm", {**ended, "timestamp": date_time(now)}))
        self.tripped, self._right_since = "", None

    def _settings(self, now: int) -> Payload:
        control = self.in_force(ENTER_SERVICE, now)
        return {} if control is None else _content(control.request)

    def _delay(self, now: int) -> int:
        return round((number_at(self._settings(now), "delay") or 0) * SECOND)


def _content(request: Payload) -> Payload:
    return object_at(request, "enterService" if request.get("controlType") == ENTER_SERVICE else "curve")


def _is_usable(control: DerControl, content: Payload) -> bool:
    """Whether the values of a control mean something here."""
    if control.kind == ENTER_SERVICE:
        low, high = number_at(content, "lowFreq") or 0, number_at(content, "highFreq") or 0
        return control.is_default and low < high
    if control.kind == FREQUENCY_WATT:
        rises = all(one[0] < other[0] for one, other in pairwise(control.points))
        return rises and text_at(content, "yUnit") == "PctMaxW"
    return all(seconds >= 0 and hertz > 0 for seconds, hertz in control.points)


def _value(points: list[tuple[float, float]], x: float) -> float:
    """The y of a curve at x: on a straight line between its points, beyond them that of the nearest."""
    if x <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return points[-1][1]
