"""The streams in which periodic monitors of a charging station send their values, many in one message (OCPP 2.1).

Source: OCPP 2.1 Part 2 use cases N11 to N14; ConstantStreamDataType, PeriodicEventStreamParamsType.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.payload import Payload, integer_at, object_at
from ocpptui.simulator.effects import Effect, SendCall

MOST_VALUES = 1_000
"""How many values a stream keeps at most; then it sends them, whatever was wanted."""


@dataclass(slots=True)
class _Stream:
    params: Payload
    is_open: bool = False
    """Whether the central system has accepted it."""
    since: int = 0
    """When it sent last, or was opened."""
    values: list[tuple[int, str]] = field(default_factory=list)
    """When each value was measured, and the value."""

    @property
    def due(self) -> int | None:
        """When it has to send what it has; None if that depends on more values."""
        interval = integer_at(self.params, "interval")
        return self.since + interval * SECOND if self.values and interval is not None else None

    def is_due(self, now: int) -> bool:
        most, due = integer_at(self.params, "values"), self.due
        if most is None and due is None:
            return bool(self.values)
        is_full = len(self.values) >= min(MOST_VALUES, MOST_VALUES if most is None else max(1, most))
        return is_full or (due is not None and due <= now)


class EventStreams:
    """The streams of one charging station. The id of a stream is that of its monitor."""

    def __init__(self) -> None:
        self._streams: dict[int, _Stream] = {}

    def open(self, monitor: int, params: Payload) -> list[Effect]:
        """Let a monitor send in a stream, instead of one that it may have."""
        closed = self.close(monitor)
        self._streams[monitor] = _Stream(params)
        return [*closed, self._opening(monitor)]

    def reopen(self) -> list[Effect]:
        """After a restart, the central system has to know of each stream again."""
        for stream in self._streams.values():
            stream.is_open = False
        return [self._opening(monitor) for monitor in self._streams]

    def close(self, monitor: int) -> list[Effect]:
        """The monitor is gone; its stream, if it has one, is closed."""
        stream = self._streams.pop(monitor, None)
        return [SendCall("ClosePeriodicEventStream", {"id": monitor})] if stream is not None and stream.is_open else []

    def close_all(self) -> list[Effect]:
        return [effect for monitor in list(self._streams) for effect in self.close(monitor)]

    def answered(self, sent: dict[str, Any], *, is_accepted: bool, now: int) -> None:
        """OpenPeriodicEventStream was answered; a stream that is refused is forgotten, and its monitor sends events."""
        number = integer_at(object_at(sent, "constantStreamData"), "id") or 0
        stream = self._streams.get(number)
        if stream is None:
            return
        if is_accepted:
            stream.is_open, stream.since = True, now
        else:
            del self._streams[number]

    def take(self, monitor: int, value: str, now: int) -> bool:
        """Whether there is an open stream for a value; it then has it."""
        stream = self._streams.get(monitor)
        if stream is None or not stream.is_open:
            return False
        stream.values.append((now, value))
        return True

    def send(self, now: int) -> list[Effect]:
        """NotifyPeriodicEventStream of each stream that is due."""
        effects: list[Effect] = []
        for number, stream in self._streams.items():
            if not stream.is_due(now):
                continue
            base = stream.values[0][0]
            data = [{"t": round((time - base) / SECOND, 3), "v": value} for time, value in stream.values]
            payload = {"id": number, "pending": 0, "basetime": date_time(base), "data": data}
            effects.append(SendCall("NotifyPeriodicEventStream", payload))
            stream.values, stream.since = [], now
        return effects

    def adjust(self, number: int, params: Payload) -> bool:
        """Send at another pace from now on; False if there is no such stream."""
        stream = self._streams.get(number)
        if stream is None or not stream.is_open:
            return False
        stream.params = {**stream.params, **params}
        return True

    def listed(self) -> list[Payload]:
        """ConstantStreamDataType of each open stream."""
        return [_constant(number, stream) for number, stream in self._streams.items() if stream.is_open]

    def wakeup(self) -> int | None:
        """When `send` next has something to do."""
        return min((stream.due for stream in self._streams.values() if stream.due is not None), default=None)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        for stream in self._streams.values():
            stream.since += by
            stream.values = [(time + by, value) for time, value in stream.values]

    def _opening(self, number: int) -> SendCall:
        return SendCall("OpenPeriodicEventStream", {"constantStreamData": _constant(number, self._streams[number])})


def _constant(number: int, stream: _Stream) -> Payload:
    return {"id": number, "variableMonitoringId": number, "params": stream.params}
