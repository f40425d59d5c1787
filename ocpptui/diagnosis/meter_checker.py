"""Follows the meter values of each transaction, for the rules of `meter_samples` and `transaction_metering`."""

from __future__ import annotations

import json
from math import isnan
from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_stray
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Phrase, TimeSpan
from ocpptui.diagnosis.rules.meter_samples import (
    LARGEST_VALUE,
    NOT_A_NUMBER,
    SIGNED_EMPTY,
    SIGNED_FORM,
    SampleKind,
    is_unreadable,
)
from ocpptui.diagnosis.rules.transaction_data import DATA_MISSING
from ocpptui.diagnosis.rules.transaction_metering import (
    ALTHOUGH_OFF,
    BACKWARDS,
    CONTEXT,
    DATA_ALTHOUGH_OFF,
    DISAGREE,
    GAP,
    IMPLAUSIBLE,
    JUMP,
    MISSING,
    NO_TRANSACTION_ID,
    NOT_CHARGING,
    NOT_OPEN,
    OUTSIDE_EVENT,
    REBASED,
    TIME_AHEAD,
    TIME_BACKWARDS,
)
from ocpptui.diagnosis.rules.transaction_registers import METER_BACKWARDS, METER_UNIT
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import HOUR, SECOND, time_of
from ocpptui.ocpp.measurands import ENERGY
from ocpptui.ocpp.payload import meter_values_in, samples_in
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent

MOST_KINDS = 300
"""Kinds of samples of one charge point that are remembered."""
MOST_REGISTERS = 50

_INTERVALS = ("MeterValueSampleInterval", "SampledDataCtrlr.TxUpdatedInterval")
_MEASURANDS = ("MeterValuesSampledData", "SampledDataCtrlr.TxUpdatedMeasurands")
_TOTAL = (ENERGY, "", "Outlet")
"""The register that the meter at the start and at the end of a transaction of 1.x reads."""
_ROUNDING = 1.0
"""Wh by which rounded values of one register may differ."""
_SLACK = 1000.0
"""Wh that a register may rise at any time: a counter of whole kWh does so."""
_CLEAR_POWER = 1000.0
"""Watts from which power surely flows."""
_SURELY_MOVED = 2000.0
"""Wh after which the register must have moved, even if it counts whole kWh."""
_DIFFERENCE = 4.0
"""The factor by which power and current must differ; phases and their voltages may explain up to three."""
_COMPARED = 5
"""How many meter values of each transaction are compared with each other and with the configuration."""
_FLOWS_IN = ("Charging", "")
_FAST = 50.0
"""Kilowatts that hardly any charge has from its first moment on."""
_SURELY_KWH = 5.0
"""A meter below this is rather a new one."""
_SEVERAL = 3
"""Values without a context that are surely periodic."""
_IN_THE_MIDDLE = Phrase("comes in the middle of the transaction")
_UNTIED = ("Sample.Clock", "Trigger", "Other")
"""Contexts of values that need not belong to the transaction."""


class _Run:
    """The meter values of one transaction, or of one connector or EVSE without one."""

    __slots__ = ("count", "end", "frozen", "heard", "heard_index", "idle", "is_off", "kinds", "measurands", "registers",
                 "said", "start", "time", "until", "watched")  # fmt: skip

    def __init__(self) -> None:
        self.registers: dict[Any, tuple[str, float, int]] = {}
        """The latest value of each register: its timestamp, the value in Wh or varh, and the record."""
        self.time = ""
        """The latest timestamp of a periodic value."""
        self.count = 0
        """How many periodic values of different times there were."""
        self.start = -1
        """The StartTransaction."""
        self.kinds: set[str] = set()
        """The measurands of the first messages."""
        self.measurands: str | None = None
        """The setting of the measurands at the first message."""
        self.is_off = False
        """The interval was 0 at the first message."""
        self.heard = self.heard_index = self.until = 0
        self.watched = False
        self.idle = 0
        """The messages in a row in which power flows without Charging."""
        self.frozen: tuple[float, str, float] | None = None
        """A value of the register, since when, and the lowest power since."""
        self.end: tuple[str, int] | None = None
        """The time and the record of a value with the context Transaction.End."""
        self.said: set[Any] = set()


class MeterValueChecker(Checker):
    """Follows the meter values of each transaction. Most records are meter values: each step must be cheap."""

    def begin(self) -> None:
        self.kinds: dict[Any, SampleKind] = {}
        self.runs: dict[str, _Run] = {}
        self.settled: dict[int, Any] = {}  # the transaction that values of a connector name, once that was checked
        self.stopped: dict[int, tuple[int, float, int]] = {}  # by connector: time, meterStop and record of the last end
        self.stray = -1  # the last answer whose call the recording lacks, which may have had meter values
        self.clock_offset: int | None = None  # of the central system, in µs, against that of the recording

    # -- messages -----------------------------------------------------------------------------------------------

    @on_call("MeterValues")
    def sampled(self, call: Seen) -> None:
        payload = call.payload
        number, connector = payload.get("transactionId"), payload.get("connectorId")
        place = payload.get("evseId") if connector is None else connector
        values = meter_values_in(payload)
        if type(place) is not int or type(values) is not list:
            return
        is_named = type(number) is int and number > 0
        run = self.run(str(number) if is_named else f"@{place}")
        self.follow(call, run, values, place)
        if connector is None:
            if "event" not in run.said and self.known.open_transactions:
                self.in_transaction(call, run, place, values)
        elif place > 0 and self.settled.get(place, -1) != number:
            self.assign(call, place, number, values)
        if is_named and call.is_timed:
            run.heard, run.heard_index = call.clock, call.index
            if not run.watched:
                self.watch(run, str(number))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        payload = call.payload
        values, number = payload.get("meterValue"), call.text("transactionInfo", "transactionId")
        if not number or (values is None and payload.get("eventType") != "Ended"):
            return
        run = self.run(number)
        if type(values) is list:
            self.follow(call, run, values, -1, is_end=payload.get("eventType") == "Ended")
        if payload.get("eventType") == "Ended":
            self.forget(number)
            if (one := self.known.transactions.get(number)) is not None:
                self.look_for_values(call, run, one)
        elif call.is_timed and payload.get("triggerReason") == "MeterValuePeriodic":
            run.heard, run.heard_index = call.clock, call.index
            if not run.watched:
                self.watch(run, number)

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector, meter, time = call.integer("connectorId"), call.measured("meterStart"), call.date_time("timestamp")
        before = self.stopped.get(connector or 0)
        if before is not None and meter == 0 and time is not None and time >= before[0] and before[1] > _ROUNDING:
            self.found(REBASED, call, (before[2],), before=f"{before[1]:g}")

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        number, meter, time = answer.integer("transactionId"), call.measured("meterStart"), call.text("timestamp")
        self.settled.clear()
        if number is None:
            return
        run = _Run()
        put(self.runs, str(number), run, MOST_TRANSACTIONS)
        if meter is not None and time is not None and abs(meter) < LARGEST_VALUE:
            run.registers[_TOTAL] = (time, float(meter), call.index)
            run.start = call.index

    @on_call("StopTransaction")
    def stop(self, call: Seen) -> None:
        number, meter, time = call.integer("transactionId"), call.measured("meterStop"), call.text("timestamp") or ""
        self.settled.clear()
        data = meter_values_in({"meterValue": call.value("transactionData")})
        if number is not None:
            run = self.run(str(number))
            last = run.registers.get(_TOTAL)
            transaction, ended = self.known.transactions.get(str(number)), time_of(time)
            if last is not None and meter is not None and meter < last[1] - _ROUNDING and _is_later(time, last[0]):
                if _is_thousandth(meter, last[1]):
                    values_of: dict[str, Any] = {"field": Phrase("meterStop"), "value": meter, "measured": last[1]}
                    self.found(METER_UNIT, call, (last[2],), **values_of)
                elif last[2] != run.start and not self.is_below_start(transaction, meter):
                    values = {"stop": f"{meter:g}", "before": f"{last[1]:g}", "at": Phrase("in its last sample")}
                    self.found(METER_BACKWARDS, call, (last[2],), transaction=number, **values)
            elif type(data) is list:
                self.follow(call, run, data, -1, is_end=True)
            self.forget(str(number))
            if transaction is not None:
                self.look_for_values(call, run, transaction)
                if transaction.connector and meter is not None and ended is not None:
                    put(self.stopped, transaction.connector, (ended, meter, call.index), MOST_CONNECTORS)
                if not data:
                    self.look_for_data(call, transaction)
        if type(data) is list and data:
            self.check_data(call, data)

    @staticmethod
    def is_below_start(one: KnownTransaction | None, meter: float) -> bool:
        """Whether the end is even below the meter at the start, which is reported by itself."""
        return one is not None and one.meter_start is not None and meter < one.meter_start

    def look_for_data(self, call: Seen, one: KnownTransaction) -> None:
        """Find a StopTransaction without the data that the configuration asks for."""
        value, interval = self.known.setting("StopTxnSampledData"), self.known.whole_setting(_INTERVALS[0])
        ended, needed = call.date_time("timestamp"), self.limits.unmetered if interval is None else interval
        if not value or not value.strip() or one.start is None or one.started_at is None or ended is None:
            return
        if needed and ended - one.started_at >= needed * SECOND:
            told: dict[str, Any] = {"message": Phrase("The StopTransaction"), "what": Phrase("meter values")}
            self.found(DATA_MISSING, call, transaction=one.id, setting="StopTxnSampledData", value=value[:80], **told)

    def look_for_values(self, call: Seen, run: _Run, one: KnownTransaction) -> None:
        """Find a transaction that ended without any meter value."""
        place = one.connector if one.evse is None else one.evse
        last, first = call.date_time("timestamp"), one.started_at
        if run.kinds or one.start is None or one.started is None or not one.is_open or self.stray > one.start:
            return
        if last is None or first is None:
            return
        untied = self.runs.get(f"@{place}")
        if self.known.whole_setting(*_INTERVALS) == 0 or (untied is not None and untied.kinds):
            return
        is_whole = all(c.opened is None or c.opened <= one.started for c in self.known.connections.values())
        watched = min(last - first, call.since(one.started) or 0)  # what was queued is delivered at once
        if is_whole and watched >= self.limits.unmetered * SECOND:
            but = Phrase("from its start to its end")
            self.found(GAP, call, (one.start,), time=TimeSpan(last - first), but=but)

    def check_data(self, call: Seen, data: list[Any]) -> None:
        """What the transactionData of a StopTransaction must and must not have."""
        contexts = {
            one.get("context") for value in data for one in samples_in(value) if isinstance(one, dict)
            if isinstance(one.get("context"), str)
        }  # fmt: skip
        if "Transaction.Begin" in contexts and "Transaction.End" not in contexts:
            self.found(CONTEXT, call, context="Transaction.End", fault=Phrase("is missing beside Transaction.Begin"))
        setting = self.known.setting
        if setting("StopTxnSampledData") == "" and setting("StopTxnAlignedData") == "":
            self.found(DATA_ALTHOUGH_OFF, call)

    @on_stray
    def lacks_calls(self, answer: Seen) -> None:
        self.stray = answer.index
        self.stop_all_waiting()

    @on_exchange("BootNotification", "Heartbeat")
    def time_known(self, call: Seen, answer: Seen) -> None:
        now = answer.date_time("currentTime")
        if now is not None and answer.is_timed:
            self.clock_offset = now - answer.clock

    # -- transactions -------------------------------------------------------------------------------------------

    def run(self, name: str) -> _Run:
        found = self.runs.get(name)
        if found is None:
            found = _Run()
            put(self.runs, name, found, MOST_TRANSACTIONS)
        return found

    def forget(self, number: str) -> None:
        run = self.runs.get(number)
        if run is not None and run.watched:
            self.stop_waiting(f"gap {number}")
            run.watched = False

    def assign(self, call: Seen, connector: int, number: Any, values: list[Any]) -> None:
        """Compare the transaction that meter values name with the one of their connector."""
        running = self.known.open_transaction_at(None, connector)
        sample = next((one for value in values for one in samples_in(value) if isinstance(one, dict)), {})
        time = time_of(_timestamp(values[-1])) if values else None
        if time is None or sample.get("context") in _UNTIED:
            return
        named = self.known.transactions.get(str(number)) if type(number) is int and number > 0 else None
        if named is not None and named.end is not None:
            stop = self.stopped.get(connector)
            late = self.limits.meter_value_tolerance * SECOND
            if stop is not None and stop[2] == named.end and time > stop[0] + late:
                put(self.settled, connector, number, MOST_CONNECTORS)
                but = Phrase("which has ended")
                self.found(NOT_OPEN, call, (named.end,), connector=connector, named=number, but=but)
            return
        if running is None or running.start is None or time < (running.started_at or time):
            return
        put(self.settled, connector, number, MOST_CONNECTORS)
        if number is None:
            self.found(NO_TRANSACTION_ID, call, (running.start,), connector=connector, transaction=running.id)
        elif type(number) is int and number > 0 and named is None:
            but = Phrase("but another one runs there")
            self.found(NOT_OPEN, call, (running.start,), connector=connector, named=number, but=but)

    def in_transaction(self, call: Seen, run: _Run, evse: int, values: list[Any]) -> None:
        """Find values of a transaction in MeterValues of 2.x."""
        for value in values:
            for sample in samples_in(value):
                context = sample.get("context", "") if isinstance(sample, dict) else _UNTIED[0]
                if context in _UNTIED or (context == "" and not (run.count >= _SEVERAL and _is_off_clock(value))):
                    continue
                if self.known.open_transaction_at(evse, None) is not None:
                    run.said.add("event")
                    shown = str(context) if context else Phrase("Sample.Periodic, the default")
                    self.found(OUTSIDE_EVENT, call, context=shown)
                    return

    # -- gaps ---------------------------------------------------------------------------------------------------

    def allowed(self) -> int | None:
        """How long no meter values may come, in µs; None if that is unknown."""
        interval = self.known.whole_setting(*_INTERVALS)
        return round((2 * interval + self.limits.meter_value_tolerance) * SECOND) if interval else None

    def watch(self, run: _Run, number: str) -> None:
        """Look later whether further meter values have come."""
        allowed = self.allowed()
        if allowed is not None:
            run.watched, run.until = True, run.heard + allowed
            self.wait(f"gap {number}", run.until, lambda: self.look(run, number))

    def look(self, run: _Run, number: str) -> None:
        run.watched = False
        allowed, interval = self.allowed(), self.known.whole_setting(*_INTERVALS)
        if allowed is None or interval is None:
            return
        if run.heard + allowed <= run.until:
            but = Phrase(f"but their interval is {TimeSpan(interval * SECOND)}")
            self.found(GAP, run.heard_index, time=TimeSpan(allowed), but=but)
        else:
            self.watch(run, number)

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        for number in self.runs:
            self.forget(number)

    # -- values -------------------------------------------------------------------------------------------------

    def follow(self, call: Seen, run: _Run, values: list[Any], place: int, *, is_end: bool = False) -> None:
        """Read each sample of a message."""
        kinds, is_early = self.kinds, run.count < _COMPARED
        context, time_before = "", run.time
        for meter_value in values:
            roles: dict[str, float] = {}
            time, energy = _timestamp(meter_value), None
            for sample in samples_in(meter_value):
                if type(sample) is not dict:
                    continue
                get = sample.get
                unit = get("unit")
                if unit is None and type(of_2x := get("unitOfMeasure")) is dict:
                    unit = (of_2x.get("unit"), of_2x.get("multiplier"))
                try:
                    key = (get("measurand"), unit, get("phase"), get("context"), get("location"), get("format"))
                    kind = kinds.get(key)
                    if kind is None:
                        kind = self.learn(call, key, sample)
                except TypeError:  # a list or an object where a word must be
                    continue
                context = kind.context or ""
                if is_early:
                    run.kinds.add(kind.measurand)
                if kind.is_signed or "signedMeterValue" in sample:
                    self.signed(call, kind, sample)
                    if kind.is_signed:
                        continue
                value = get("value")
                try:
                    number = float(value)  # type: ignore[arg-type]
                except (TypeError, ValueError, OverflowError):
                    self.unreadable(call, kind, value)
                    continue
                if not kind.lowest <= number <= kind.highest:
                    self.outside(call, kind, number)
                    continue
                number *= kind.factor
                if kind.register is not None:
                    if kind.register == _TOTAL or (kind.measurand == ENERGY and kind.register[1] is None):
                        energy = number
                    self.count(call, run, kind, time, number)
                elif kind.role:
                    roles[kind.role] = number
            power = roles.get("P")
            if power is not None and power >= _CLEAR_POWER:
                if is_early:
                    self.compare(call, run, roles, power)
                if place != 0 and not is_end:
                    self.compare_state(call, run, place, time, power)
                if energy is not None:
                    self.compare_energy(call, run, time, energy, power)
            else:
                run.idle, run.frozen = 0, None
            if not is_end:
                self.compare_times(call, run, time, context)
        if not is_end and run.time != time_before:
            run.count += 1
            if run.count <= _COMPARED:
                self.compare_settings(call, run, context)

    def learn(self, call: Seen, key: Any, sample: dict[str, Any]) -> SampleKind:
        kind = SampleKind(sample, self.limits.nominal_voltage)
        put(self.kinds, key, kind, MOST_KINDS)
        for rule, values in kind.faults:
            self.found(rule, call, **values)
        return kind

    def unreadable(self, call: Seen, kind: SampleKind, value: Any) -> None:
        if isinstance(value, str) and NOT_A_NUMBER not in kind.said:
            kind.said.add(NOT_A_NUMBER)
            shown = json.dumps(value[:40]) if value else "empty"
            self.found(NOT_A_NUMBER, call, measurand=kind.measurand, value=shown)

    def outside(self, call: Seen, kind: SampleKind, number: float) -> None:
        if isnan(number) or abs(number) > LARGEST_VALUE:
            self.unreadable(call, kind, str(number))
            return
        rule = kind.range_rule()
        if rule not in kind.said:
            kind.said.add(rule)
            nominal = f"{self.limits.nominal_voltage:g} V" if self.limits.nominal_voltage else "400 V at most"
            shown = f"{number:g}"
            self.found(rule, call, measurand=kind.measurand, value=shown, phase=kind.phase or "", nominal=nominal)

    def signed(self, call: Seen, kind: SampleKind, sample: dict[str, Any]) -> None:
        inner = sample.get("signedMeterValue")
        data = inner.get("signedMeterData") if isinstance(inner, dict) else sample.get("value")
        if not isinstance(data, str):
            return
        rule = SIGNED_EMPTY if not data.strip() else SIGNED_FORM if is_unreadable(data) else None
        if rule is not None and rule not in kind.said:
            kind.said.add(rule)
            self.found(rule, call, measurand=kind.measurand)

    def count(self, call: Seen, run: _Run, kind: SampleKind, time: str, value: float) -> None:
        """Compare a register with its value before."""
        measurand, phase, location = kind.register or _TOTAL
        key = (measurand, phase or "", location)
        last = run.registers.get(key)
        if last is not None:
            if not _is_later(time, last[0]):
                return
            if value < last[1] - _ROUNDING:
                if (BACKWARDS, key) not in run.said:
                    run.said.add((BACKWARDS, key))
                    values = {"measurand": measurand, "value": f"{value:g}", "before": f"{last[1]:g}"}
                    self.found(BACKWARDS, call, (last[2],), **values)
            elif value > last[1] + _SLACK:
                self.rises(call, run, key, time, value)
        if last is not None or len(run.registers) < MOST_REGISTERS:
            run.registers[key] = (time, value, call.index)

    def rises(self, call: Seen, run: _Run, key: Any, time: str, value: float) -> None:
        before, last, index = run.registers[key]
        now, then, rise = time_of(time), time_of(before), value - last
        if now is None or then is None or now <= then or JUMP in run.said:
            return
        hours = (now - then) / HOUR
        if index == run.start and _is_thousandth(last, value) and rise > _SLACK + _FAST * 1000 * hours:
            run.said.add(JUMP)
            values: dict[str, Any] = {"field": Phrase("meterStart"), "value": last, "measured": value}
            self.found(METER_UNIT, call, (index,), **values)
        elif rise > _SLACK + self.limits.highest_power * 1000 * hours:
            run.said.add(JUMP)
            power, span = f"{rise / hours / 1000:.0f}", TimeSpan(now - then)
            self.found(JUMP, call, (index,), measurand=key[0], energy=f"{rise / 1000:g}", time=span, power=power)

    def compare(self, call: Seen, run: _Run, roles: dict[str, float], power: float) -> None:
        """Compare power with current and voltage."""
        volts = [roles[name] for name in ("U", "U1", "U2", "U3") if roles.get(name)]
        amperes = [roles[name] for name in ("I1", "I2", "I3") if name in roles]
        if not amperes and "I" in roles:
            amperes = [roles["I"]]
        if not volts or not amperes or DISAGREE in run.said:
            return
        product = sum(amperes) * sum(volts) / len(volts)
        if power > _DIFFERENCE * abs(product) or abs(product) > _DIFFERENCE * power:
            run.said.add(DISAGREE)
            self.found(DISAGREE, call, power=f"{power:.0f}", product=f"{product:.0f}")

    def compare_state(self, call: Seen, run: _Run, place: int, time: str, power: float) -> None:
        """Compare power that flows with the state that was reported."""
        status, settles = "", self.limits.status_settles * SECOND
        if place > 0:
            connector = self.known.connectors.get((0, place))
            if connector is not None and (since := call.since(connector.since)) is not None and since > settles:
                status = connector.status
        elif (number := call.text("transactionInfo", "transactionId")) is not None:
            transaction, state = self.known.transactions.get(number), call.text("transactionInfo", "chargingState")
            if transaction is not None and state in (None, transaction.charging_state):
                status = transaction.charging_state or ""
        taken = None if status in _FLOWS_IN else time_of(time)
        if taken is None or abs(call.time - taken) > self.limits.clock_tolerance * SECOND:
            run.idle = 0
            return
        run.idle += 1
        if run.idle == 2 and NOT_CHARGING not in run.said:
            run.said.add(NOT_CHARGING)
            self.found(NOT_CHARGING, call, power=f"{power:.0f}", status=status)

    def compare_energy(self, call: Seen, run: _Run, time: str, energy: float, power: float) -> None:
        """Find a register that rises by far less than the power that flows."""
        if run.frozen is None or energy < run.frozen[0]:
            run.frozen = (energy, time, power)
            return
        before, since, lowest = run.frozen
        lowest = min(lowest, power)
        run.frozen = (before, since, lowest)
        now, then = time_of(time), time_of(since)
        if now is None or then is None or IMPLAUSIBLE in run.said:
            return
        least = lowest * (now - then) / HOUR
        if least < _SURELY_MOVED:
            return
        run.frozen = (energy, time, power)
        if (energy - before) * _DIFFERENCE < least:
            run.said.add(IMPLAUSIBLE)
            self.found(IMPLAUSIBLE, call, rise=energy - before, time=TimeSpan(now - then), power=lowest)

    def compare_times(self, call: Seen, run: _Run, time: str, context: str) -> None:
        """Compare the time of a value with those before, and with the clock of the central system."""
        if context == "Transaction.Begin" and run.count and time > run.time and CONTEXT not in run.said:
            run.said.add(CONTEXT)
            self.found(CONTEXT, call, context=context, fault=_IN_THE_MIDDLE)
        elif context == "Transaction.End":
            run.end = (time, call.index)
        if not run.count and self.clock_offset is not None and call.is_timed and (now := time_of(time)) is not None:
            ahead = now - (call.clock + self.clock_offset)
            if ahead > self.limits.clock_tolerance * SECOND and TIME_AHEAD not in run.said:
                run.said.add(TIME_AHEAD)
                self.found(TIME_AHEAD, call, time=TimeSpan(ahead))
        if context not in ("", "Sample.Periodic"):
            return
        if run.end is not None and time > run.end[0] and CONTEXT not in run.said:
            run.said.add(CONTEXT)
            self.found(CONTEXT, run.end[1], (call,), context="Transaction.End", fault=_IN_THE_MIDDLE)
        if run.time and not _is_later(time, run.time):
            now, then = time_of(time), time_of(run.time)
            if now is not None and then is not None and then - now > self.limits.clock_tolerance * SECOND:
                if TIME_BACKWARDS not in run.said:
                    run.said.add(TIME_BACKWARDS)
                    self.found(TIME_BACKWARDS, call, time=TimeSpan(then - now))
                return
        run.time = time

    def compare_settings(self, call: Seen, run: _Run, context: str) -> None:
        """Compare the first messages of a transaction with the configuration."""
        is_off = self.known.whole_setting(*_INTERVALS) == 0 and context == "Sample.Periodic"
        if run.is_off and is_off and ALTHOUGH_OFF not in run.said:
            run.said.add(ALTHOUGH_OFF)
            version = self.known.version
            self.found(ALTHOUGH_OFF, call, setting=_INTERVALS[version is not None and version.generation > 1])
        run.is_off = is_off
        wanted = self.known.setting(*_MEASURANDS)
        if run.count == 1:
            run.measurands = wanted
        elif run.count == _COMPARED and wanted and wanted == run.measurands and context in ("", "Sample.Periodic"):
            names = [name.strip() for name in wanted.split(",")]
            missing = [
                name for name in names if name and name != "SoC" and not any(name.startswith(one) for one in run.kinds)
            ]
            if missing:
                version = self.known.version
                setting = _MEASURANDS[version is not None and version.generation > 1]
                self.found(MISSING, call, missing=" and ".join(missing), count=_COMPARED, setting=setting)


def _is_thousandth(meter: float, measured: float) -> bool:
    """Whether a meter in whole kWh fits what was measured soon after it, or before, in Wh."""
    return meter >= _SURELY_KWH and abs(measured / 1000 - meter) < 1.5


def _is_off_clock(meter_value: Any) -> bool:
    """Whether a value was not taken at a full minute, as clock-aligned ones are."""
    time = time_of(_timestamp(meter_value))
    return time is not None and time % (60 * SECOND) != 0


def _timestamp(meter_value: Any) -> str:
    found = meter_value.get("timestamp") if type(meter_value) is dict else None
    return found if type(found) is str else ""


def _is_later(time: str, before: str) -> bool:
    """Whether a timestamp is not before another one. The usual notation is compared as text, which is cheap.

    Values that have none are in the order of their messages.
    """
    if len(time) == len(before) and time[-1:] == before[-1:] and time[-1:] in ("Z", ""):
        return time >= before
    now, then = time_of(time), time_of(before)
    return now is not None and then is not None and now >= then
