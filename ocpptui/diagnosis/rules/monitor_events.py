"""Events of monitors that the CSMS has set: whether the value is beyond the threshold, and the monitor still set."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.exact_number import exact_number
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import Payload, integer_at, measured_at, number_at, object_at, text_at
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_MONITORS = 500
"""Monitors that are remembered."""
_POWER = '"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"}'


def _set(kind: str = "UpperThreshold", status: str = "Accepted", at: str = "10:00:00") -> str:
    return (
        f'{at} < SetVariableMonitoring {{"setMonitoringData":[{{"value":50,"type":"{kind}","severity":5,{_POWER}}}]}}\n'
        f'{at} > ok {{"setMonitoringResult":[{{"id":11,"status":"{status}","type":"{kind}","severity":5,{_POWER}}}]}}\n'
    )


def _cleared(status: str = "Accepted") -> str:
    return (
        '10:01:00 < ClearVariableMonitoring {"id":[11]}\n'
        f'10:01:00 > ok {{"clearMonitoringResult":[{{"id":11,"status":"{status}"}}]}}\n'
    )


def _event(value: str, more: str = "", at: str = "10:10:00", said: str = "", number: int = 11) -> str:
    return (
        f'{at} > NotifyEvent {{"generatedAt":"2026-01-01T{at}Z","seqNo":0,"eventData":[{{"eventId":1,'
        f'"timestamp":"2026-01-01T{said or at}Z","trigger":"Alerting","actualValue":"{value}",'
        f'"eventNotificationType":"CustomMonitor","variableMonitoringId":{number}{more},{_POWER}}}]}}\n{at} < ok\n'
    )


_OVER = ',"cleared":true'
_RAISED = _set(at="10:05:00").replace('"value":50', '"id":11,"value":70')

NOT_BEYOND = Rule(
    "monitor.threshold",
    Severity.WARNING,
    "The event of a threshold has a value that does not fit it.",
    "OCPP 2.0.1 and 2.1 Part 2 use case N07, MonitorEnumType and EventDataType, field cleared",
    versions=SECOND_GENERATION,
    says="Monitor {monitor} has the {kind} {limit}, but the value is {value} in the event that {what}.",
    remedy="The charging station compares wrongly, or in another unit than it reports.",
    positive=(
        f"2.0.1\n{_set()}* {_event('40')}",
        f"2.0.1\n{_set()}* {_event('60', _OVER)}",
        f"2.1\n{_set('LowerThreshold')}* {_event('50.5')}",
        f"2.0.1\n{_set()}{_RAISED}* {_event('60')}",
    ),
    negative=(
        f"2.0.1\n{_set()}{_event('60')}",
        f"2.0.1\n{_set()}{_event('40', _OVER)}",
        f"2.0.1\n{_set()}{_event('50')}{_event('50', _OVER, '10:11:00')}",
        f"2.0.1\n{_set('LowerThreshold')}{_event('40')}",
        f"2.0.1\n{_set('Periodic')}{_event('40')}",
        f"2.0.1\n{_set()}{_event('high')}",
        f"2.0.1\n{_set()}{_event('40', number=12)}",
        f"2.0.1\n{_set(status='Rejected')}{_event('40')}",
        f"2.0.1\n{_set()}{_cleared()}{_set('LowerThreshold', at='10:02:00')}{_event('40')}",
        f"2.0.1\n{_set()}{_RAISED}{_event('60', said='10:03:00')}",  # it waited in the queue
    ),
)

CLEARED = Rule(
    "monitor.cleared",
    Severity.WARNING,
    "An event comes from a monitor that was cleared.",
    "OCPP 2.0.1 and 2.1 Part 2 use case N06",
    versions=SECOND_GENERATION,
    says="Monitor {monitor} was cleared, but here is an event of it that happened later.",
    remedy="The charging station goes on watching, and reports what nobody wants to know.",
    positive=(f"2.0.1\n{_set()}{_cleared()}* {_event('60')}{_event('70', at='10:20:00')}",),
    negative=(
        f"2.0.1\n{_set()}{_cleared('Rejected')}{_event('60')}",
        f"2.0.1\n{_set()}{_cleared()}{_event('60', said='10:00:30')}",  # it waited in the queue
        f"2.0.1\n{_set()}{_cleared()}{_set(at='10:02:00')}{_event('60')}",
        f"2.0.1\n{_set()}{_cleared()}{_event('60', number=12)}",
    ),
)

RULES = (NOT_BEYOND, CLEARED)

_THRESHOLDS = ("LowerThreshold", "UpperThreshold")


class _Monitor(NamedTuple):
    """A monitor of a threshold."""

    kind: str
    limit: float
    call: int
    certain_from: int | None
    """From when on this threshold is certain, in µs since 1970 UTC; None if no other one came before it."""


class MonitorEventChecker(Checker):
    """Knows the monitors that were set and cleared."""

    def begin(self) -> None:
        self.monitors: dict[int, _Monitor] = {}
        self.cleared: dict[int, tuple[int, int]] = {}  # the answer, and its time in µs since 1970 UTC

    @on_exchange("SetVariableMonitoring")
    def were_set(self, call: Seen, answer: Seen) -> None:
        asked, results = call.objects("setMonitoringData"), answer.objects("setMonitoringResult")
        for place, result in enumerate(results):
            number, kind = integer_at(result, "id"), text_at(result, "type") or ""
            if number is None or text_at(result, "status") != "Accepted":
                continue
            self.cleared.pop(number, None)
            self.monitors.pop(number, None)
            one = asked[place] if len(asked) == len(results) else {}
            limit, certain_from = number_at(one, "value"), None
            if integer_at(one, "id") is not None:  # it replaces a monitor, of which events may wait in the queue
                if not answer.is_timed:
                    continue
                certain_from = answer.time + round(self.limits.clock_tolerance * SECOND)
            if limit is not None and kind in _THRESHOLDS and _subject(one) == _subject(result):
                put(self.monitors, number, _Monitor(kind, limit, call.index, certain_from), MOST_MONITORS)

    @on_exchange("ClearVariableMonitoring")
    def were_cleared(self, call: Seen, answer: Seen) -> None:
        for result in answer.objects("clearMonitoringResult"):
            number = integer_at(result, "id")
            if number is not None and text_at(result, "status") == "Accepted":
                self.monitors.pop(number, None)
                if answer.is_timed:
                    put(self.cleared, number, (answer.index, answer.time), MOST_MONITORS)

    @on_call("NotifyEvent")
    def events(self, call: Seen) -> None:
        if self.monitors or self.cleared:
            for event in call.objects("eventData"):
                number = integer_at(event, "variableMonitoringId")
                if number is not None:
                    self.compare(call, event, number)

    def compare(self, call: Seen, event: Payload, number: int) -> None:
        happened = time_of(text_at(event, "timestamp") or "")
        if (cleared := self.cleared.get(number)) is not None:
            if happened is not None and happened > cleared[1] + self.limits.clock_tolerance * SECOND:
                del self.cleared[number]
                self.found(CLEARED, call, (cleared[0],), monitor=number)
            return
        monitor, value = self.monitors.get(number), measured_at(event.get("actualValue"))
        if monitor is None or value is None or text_at(event, "trigger") != "Alerting" or value == monitor.limit:
            return
        if monitor.certain_from is not None and (happened is None or happened < monitor.certain_from):
            return
        is_beyond = (value > monitor.limit) == (monitor.kind == "UpperThreshold")
        if is_beyond == (event.get("cleared") is True):
            what = Phrase("clears it" if is_beyond else "reports it")
            values = {"kind": Phrase(monitor.kind), "limit": exact_number(monitor.limit), "value": exact_number(value)}
            self.found(NOT_BEYOND, call, (monitor.call,), monitor=number, what=what, **values)


def _subject(one: Payload) -> tuple[str | None, Payload, Payload]:
    """What a monitor watches, and how."""
    return text_at(one, "type"), object_at(one, "component"), object_at(one, "variable")
