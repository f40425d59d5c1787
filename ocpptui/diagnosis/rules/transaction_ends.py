"""Ends of transactions, of all versions: how long they lasted, and how much energy they took."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.meter_traces import event_call, start_call, stop_call
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.measurands import ENERGY
from ocpptui.ocpp.payload import measured_at, samples_in, value_at
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

DURATION = Rule(
    "tx.duration",
    Severity.INFO,
    "The transaction was very short, or very long.",
    "Open OCPP Trace, fixture short session",
    says="Transaction {transaction} lasted {lasted}.",
    remedy="A short one: the cable may not fit, the vehicle may refuse to charge, or the user gave up. A long one: it "
    "may have been forgotten. `short-session` and `long-session` under [check] set the limits.",
    positive=(
        f"{start_call()}* {stop_call(1000, '10:00:08')}",
        f"{start_call()}* {stop_call(90000, '11:00:00').replace('01T11', '03T11')}",
        f"2.0.1\n{event_call('Started', '10:00:00')}* {event_call('Ended', '10:00:08')}",
    ),
    negative=(
        f"{start_call()}{stop_call(2000)}",
        stop_call(1000, "10:00:08"),
        f"2.0.1\n{event_call('Ended', '10:00:08')}",
        f"{start_call()}{stop_call(2000, '10:00:08', number=8)}",
    ),
)

NO_ENERGY = Rule(
    "tx.no-energy",
    Severity.INFO,
    "The transaction ended with the register that it began with.",
    "OCPP 1.6 sections 6.45 and 6.49; OCPP 2.0.1 and 2.1 Part 2 E01.FR.09 and E06.FR.11",
    says="Transaction {transaction} took no energy in {lasted}: the register is {register:.12g} Wh at its end, as at "
    "its start.",
    remedy="The vehicle did not charge, or the meter does not count.",
    positive=(
        f"{start_call()}* {stop_call(1000, '10:30:00')}",
        f"2.0.1\n{event_call('Started', '10:00:00', 500)}* {event_call('Ended', '10:30:00', 500)}",
    ),
    negative=(
        f"{start_call()}{stop_call(1001, '10:30:00')}",
        f"{start_call()}{stop_call(1000, '10:00:08')}",
        stop_call(1000, "10:30:00"),
        f"2.0.1\n{event_call('Started', '10:00:00', 500)}{event_call('Ended', '10:30:00', 600)}",
        f"2.0.1\n{event_call('Started', '10:00:00')}{event_call('Ended', '10:30:00', 500)}",
        f"2.0.1\n{event_call('Updated', '10:00:00', 500)}{event_call('Ended', '10:30:00', 500)}",
    ),
)

RULES = (DURATION, NO_ENERGY)


class TransactionEndChecker(Checker):
    """Compares the end of each transaction with its start."""

    def begin(self) -> None:
        self.registers: dict[str, float] = {}  # by transaction of 2.x: at its start

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        one = self.known.open.get(str(call.integer("transactionId")))
        if one is not None and one.start is not None:
            self.compare(call, one, one.meter_start, call.measured("meterStop"))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        number, kind = call.text("transactionInfo", "transactionId"), call.text("eventType")
        if not number or kind not in ("Started", "Ended"):
            return
        register = _register_in(call.objects("meterValue"), first=kind == "Started")
        if kind == "Started" and register is not None:
            put(self.registers, number, register, MOST_TRANSACTIONS)
        elif kind == "Ended" and (one := self.known.open.get(number)) is not None and one.start is not None:
            self.compare(call, one, self.registers.pop(number, None), register)

    def compare(self, call: Seen, one: KnownTransaction, first: float | None, last: float | None) -> None:
        began, ended = one.started_at, call.date_time("timestamp")
        lasted = ended - began if began is not None and ended is not None else call.since(one.started)
        if lasted is None or lasted < 0:
            return
        related = () if one.start is None else (one.start,)
        if not self.limits.short_session * SECOND <= lasted <= self.limits.long_session * SECOND:
            self.found(DURATION, call, related, transaction=one.id, lasted=TimeSpan(lasted))
        if first is not None and first == last and lasted >= self.limits.short_session * SECOND:
            self.found(NO_ENERGY, call, related, transaction=one.id, lasted=TimeSpan(lasted), register=first)


def _register_in(values: list[dict[str, Any]], *, first: bool) -> float | None:
    """The first or last reading of the register of imported energy, in Wh."""
    found: float | None = None
    for value in values:
        for sample in samples_in(value):
            if value_at(sample, "measurand") in (None, ENERGY) and value_at(sample, "phase") is None:
                number, unit = measured_at(sample, "value"), value_at(sample, "unitOfMeasure", "unit")
                if number is not None and value_at(sample, "unitOfMeasure", "multiplier") in (None, 0):
                    found = number * 1000 if unit == "kWh" else number
                if first and found is not None:
                    return found
    return found
