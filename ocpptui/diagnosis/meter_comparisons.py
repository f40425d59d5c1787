"""Compares the meter values of a transaction with each other, with the state, the clock and the configuration."""

from __future__ import annotations

import json
from math import isnan, nan
from typing import Any

from ocpptui.diagnosis.checker import Checker
from ocpptui.diagnosis.exact_number import exact_number
from ocpptui.diagnosis.meter_run import (
    INTERVALS,
    ROUNDING,
    MeterRun,
    Register,
    is_later,
    is_thousandth,
    timestamp_of,
)
from ocpptui.diagnosis.rule import Phrase, TimeSpan
from ocpptui.diagnosis.rules.meter_samples import (
    LARGEST_VALUE,
    NOT_A_NUMBER,
    SIGNED_EMPTY,
    SIGNED_FORM,
    SampleKind,
    is_unreadable,
)
from ocpptui.diagnosis.rules.transaction_metering import (
    ALTHOUGH_OFF,
    BACKWARDS,
    CONTEXT,
    DISAGREE,
    IMPLAUSIBLE,
    JUMP,
    MISSING,
    NOT_CHARGING,
    TIME_AHEAD,
    TIME_BACKWARDS,
)
from ocpptui.diagnosis.rules.transaction_registers import METER_UNIT
from ocpptui.diagnosis.seen import Seen, known_time_of
from ocpptui.ocpp.date_times import HOUR, SECOND
from ocpptui.ocpp.payload import samples_in
from ocpptui.runtime.bounded import put

MOST_KINDS = 300
"""Kinds of samples of one charge point that are remembered."""
MOST_REGISTERS = 50
COMPARED = 5
"""How many meter values of each transaction are compared with each other and with the configuration."""
SLACK = 1000.0
"""Wh that a register may rise at any time: a counter of whole kWh does so."""

_MEASURANDS = ("MeterValuesSampledData", "SampledDataCtrlr.TxUpdatedMeasurands")
_SURELY_MOVED = 2000.0
"""Wh after which the register must have moved, even if it counts whole kWh."""
_DIFFERENCE = 4.0
"""The factor by which power and current must differ; phases and their voltages may explain up to three."""
CLEAR_POWER = 1000.0
"""Watts from which power surely flows."""
_FLOWS_IN = ("Charging", "")
_PERIODIC = ("", "Sample.Periodic")
_FAST = 50.0
"""Kilowatts that hardly any charge has from its first moment on."""
_NEVER_READ = ("", nan, -1)
"""A register without a value so far."""
_NO_OTHERS = (None, None, None, None)
_IN_THE_MIDDLE = Phrase("comes in the middle of the transaction")


class MeterComparisons(Checker):
    """What is found in samples, one by one and together."""

    def begin(self) -> None:
        self.kinds: dict[Any, SampleKind] = {}

    def follow(self, call: Seen, run: MeterRun, values: list[Any], place: int, *, is_end: bool = False) -> None:
        """Read each sample of a message. Most records of a recording come here: what is usual is decided at once."""
        kinds, registers, index, is_early = self.kinds, run.registers, call.index, run.count < COMPARED
        context, time_before = "", run.time
        for meter_value in values:
            roles: dict[str, float] | None = None
            energy, time = None, timestamp_of(meter_value)
            samples = meter_value.get("sampledValue") if type(meter_value) is dict else None
            length, is_usual = len(time), time[-1:] == "Z"  # such times are compared as they are written
            for sample in samples if type(samples) is list else samples_in(meter_value):
                if type(sample) is not dict:
                    continue
                get = sample.get
                # Most samples have these three alone: what is short is found sooner.
                key: tuple[Any, ...] = (get("measurand"), get("unit"))
                value = get("value")
                try:
                    if len(sample) > 3 or None in key or value is None:
                        key = _key_of(sample)
                    kind = kinds.get(key) or self.learn(call, key, sample)
                except TypeError:  # a list or an object where a word must be
                    continue
                context = kind.context
                if is_early:
                    run.kinds.add(kind.measurand)
                if kind.is_signed or "signedMeterValue" in sample:
                    self.signed(call, kind, sample)
                    if kind.is_signed:
                        continue
                try:
                    number = float(value)  # type: ignore[arg-type]
                except (TypeError, ValueError, OverflowError):
                    self.unreadable(call, kind, value)
                    continue
                if not kind.lowest <= number <= kind.highest:
                    self.outside(call, kind, number, value)
                    continue
                number *= kind.factor
                if (register := kind.register) is not None:
                    if kind.is_total:
                        energy = number
                    before, last, _ = registers.get(register, _NEVER_READ)
                    if (
                        last - ROUNDING <= number <= last + SLACK
                        and is_usual
                        and before <= time
                        and len(before) == length
                        and before[-1] == "Z"
                    ):
                        registers[register] = (time, number, index)
                    else:
                        self.count(call, run, register, time, number)
                elif kind.role:
                    roles = {} if roles is None else roles
                    roles[kind.role] = number
            if roles is not None and (power := roles.get("P")) is not None and power >= CLEAR_POWER:
                if is_early:
                    self.compare(call, run, roles, power)
                if place != 0 and not is_end:
                    self.compare_state(call, run, place, time, power)
                if energy is not None:
                    self.compare_energy(call, run, time, energy, power)
            else:
                run.idle, run.frozen = 0, None
            if is_end:
                continue
            before = run.time
            if (
                is_usual
                and before <= time
                and len(before) == length
                and before[-1] == "Z"
                and context in _PERIODIC
                and run.end is None
                and run.count
            ):
                run.time = time
            else:
                self.compare_times(call, run, time, context)
        if not is_end and run.time != time_before:
            run.count += 1
            if run.count <= COMPARED:
                self.compare_settings(call, run, context)

    # -- one sample ---------------------------------------------------------------------------------------------

    def learn(self, call: Seen, key: tuple[Any, ...], sample: dict[str, Any]) -> SampleKind:
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

    def outside(self, call: Seen, kind: SampleKind, number: float, value: Any) -> None:
        if isnan(number) or abs(number) > LARGEST_VALUE:
            self.unreadable(call, kind, value if isinstance(value, str) else str(number))
            return
        rule = kind.range_rule()
        if rule not in kind.said:
            kind.said.add(rule)
            nominal = f"{self.limits.nominal_voltage:g} V" if self.limits.nominal_voltage else "400 V at most"
            shown = exact_number(number)
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

    # -- one register -------------------------------------------------------------------------------------------

    def count(self, call: Seen, run: MeterRun, register: Register, time: str, value: float) -> None:
        """Compare a register with its value before."""
        last = run.registers.get(register)
        if last is not None:
            if not is_later(time, last[0]):
                return
            if value < last[1] - ROUNDING:
                if (BACKWARDS, register) not in run.said:
                    run.said.add((BACKWARDS, register))
                    values = {"measurand": register[0], "value": exact_number(value), "before": exact_number(last[1])}
                    self.found(BACKWARDS, call, (last[2],), **values)
            elif value > last[1] + SLACK:
                self.rises(call, run, register, time, value)
        if last is not None or len(run.registers) < MOST_REGISTERS:
            run.registers[register] = (time, value, call.index)

    def rises(self, call: Seen, run: MeterRun, register: Register, time: str, value: float) -> None:
        before, last, index = run.registers[register]
        now, then, rise = known_time_of(time), known_time_of(before), value - last
        if now is None or then is None or now <= then or JUMP in run.said:
            return
        hours = (now - then) / HOUR
        if index == run.start and is_thousandth(last, value) and rise > SLACK + _FAST * 1000 * hours:
            run.said.add(JUMP)
            values: dict[str, Any] = {"field": Phrase("meterStart"), "value": last, "measured": value}
            self.found(METER_UNIT, call, (index,), **values)
        elif rise > SLACK + self.limits.highest_power * 1000 * hours:
            run.said.add(JUMP)
            power, span = f"{rise / hours / 1000:.0f}", TimeSpan(now - then)
            self.found(
                JUMP, call, (index,), measurand=register[0], energy=exact_number(rise / 1000), time=span, power=power
            )

    # -- all samples of one time --------------------------------------------------------------------------------

    def compare(self, call: Seen, run: MeterRun, roles: dict[str, float], power: float) -> None:
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

    def compare_state(self, call: Seen, run: MeterRun, place: int, time: str, power: float) -> None:
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
        taken = None if status in _FLOWS_IN else known_time_of(time)
        if taken is None or abs(call.time - taken) > self.limits.clock_tolerance * SECOND:
            run.idle = 0
            return
        run.idle += 1
        if run.idle == 2 and NOT_CHARGING not in run.said:
            run.said.add(NOT_CHARGING)
            self.found(NOT_CHARGING, call, power=f"{power:.0f}", status=status)

    def compare_energy(self, call: Seen, run: MeterRun, time: str, energy: float, power: float) -> None:
        """Find a register that rises by far less than the power that flows."""
        if run.frozen is None or energy < run.frozen[0]:
            run.frozen = (energy, time, power)
            return
        before, since, lowest = run.frozen
        lowest = min(lowest, power)
        run.frozen = (before, since, lowest)
        now, then = known_time_of(time), known_time_of(since)
        if now is None or then is None or IMPLAUSIBLE in run.said:
            return
        least = lowest * (now - then) / HOUR
        if least < _SURELY_MOVED:
            return
        run.frozen = (energy, time, power)
        if (energy - before) * _DIFFERENCE < least:
            run.said.add(IMPLAUSIBLE)
            self.found(IMPLAUSIBLE, call, rise=energy - before, time=TimeSpan(now - then), power=lowest)

    def compare_times(self, call: Seen, run: MeterRun, time: str, context: str) -> None:
        """Compare the time of a value with those before, and with the clock of the central system."""
        if context == "Transaction.Begin" and run.count and time > run.time and CONTEXT not in run.said:
            run.said.add(CONTEXT)
            self.found(CONTEXT, call, context=context, fault=_IN_THE_MIDDLE)
        elif context == "Transaction.End":
            run.end = (time, call.index)
        if (
            not run.count
            and (offset := self.known.clock_offset) is not None
            and call.is_timed
            and (now := known_time_of(time)) is not None
        ):
            ahead = now - (call.clock + offset)
            if ahead > self.limits.clock_tolerance * SECOND and TIME_AHEAD not in run.said:
                run.said.add(TIME_AHEAD)
                self.found(TIME_AHEAD, call, time=TimeSpan(ahead))
        if context not in _PERIODIC:
            return
        if run.end is not None and time > run.end[0] and CONTEXT not in run.said:
            run.said.add(CONTEXT)
            self.found(CONTEXT, run.end[1], (call,), context="Transaction.End", fault=_IN_THE_MIDDLE)
        if run.time and not is_later(time, run.time):
            now, then = known_time_of(time), known_time_of(run.time)
            if now is not None and then is not None and then - now > self.limits.clock_tolerance * SECOND:
                if TIME_BACKWARDS not in run.said:
                    run.said.add(TIME_BACKWARDS)
                    self.found(TIME_BACKWARDS, call, time=TimeSpan(then - now))
                return
        run.time = time

    def compare_settings(self, call: Seen, run: MeterRun, context: str) -> None:
        """Compare the first messages of a transaction with the configuration."""
        is_off = self.known.whole_setting(*INTERVALS) == 0 and context == "Sample.Periodic"
        if run.is_off and is_off and ALTHOUGH_OFF not in run.said:
            run.said.add(ALTHOUGH_OFF)
            version = self.known.version
            self.found(ALTHOUGH_OFF, call, setting=INTERVALS[version is not None and version.generation > 1])
        run.is_off = is_off
        wanted = self.known.setting(*_MEASURANDS)
        if run.count == 1:
            run.measurands = wanted
        elif run.count == COMPARED and wanted and wanted == run.measurands and context in _PERIODIC:
            names = [name.strip() for name in wanted.split(",")]
            missing = [
                name for name in names if name and name != "SoC" and not any(name.startswith(one) for one in run.kinds)
            ]
            if missing:
                version = self.known.version
                setting = _MEASURANDS[version is not None and version.generation > 1]
                self.found(MISSING, call, missing=" and ".join(missing), count=COMPARED, setting=setting)


def _key_of(sample: dict[str, Any]) -> tuple[Any, ...]:
    """What samples of one kind have in common: measurand and unit, and the other fields if there are any."""
    get = sample.get
    unit = get("unit")
    if unit is None and type(of_2x := get("unitOfMeasure")) is dict:
        unit = (of_2x.get("unit"), of_2x.get("multiplier"))
    others = (get("phase"), get("context"), get("location"), get("format"))
    return (get("measurand"), unit) if others == _NO_OTHERS else (get("measurand"), unit, *others)
