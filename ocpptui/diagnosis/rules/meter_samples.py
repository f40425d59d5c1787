"""Meter values, one sample alone: its unit, phase and value. `MeterComparisons` reads them."""

from __future__ import annotations

import re
from typing import Any

from ocpptui.diagnosis.rule import Rule
from ocpptui.ocpp.measurands import ENERGY, MAX_EXPONENT
from ocpptui.ocpp.payload import integer_at, text_at
from ocpptui.ocpp.version import FIRST_GENERATION
from ocpptui.timeline.severity import Severity


def _samples(*samples: str, version: str = "") -> str:
    """A message with these samples, marked if one begins with a star."""
    star = "* " if any(one.startswith("*") for one in samples) else ""
    listed = ",".join(one.lstrip("* ") for one in samples)
    body = f'"meterValue":[{{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{listed}]}}]'
    place = '"evseId":1' if version else '"connectorId":1'
    return f"{version}\n{star}10:00:00 > MeterValues {{{place},{body}}}"


WRONG_UNIT = Rule(
    "meter.unit",
    Severity.WARNING,
    "The unit of a sample does not fit its measurand.",
    "OCPP 1.6 sections 7.31 and 7.45; OCPP 2.0.1 and 2.1 Part 2, UnitOfMeasureType and appendix on units",
    says="{measurand} is given in {unit}, but its units are {right}.",
    remedy="The central system may refuse the value, or take energy for power.",
    positive=(
        _samples('* {"value":"5","measurand":"Energy.Active.Import.Register","unit":"W"}'),
        _samples('* {"value":"5","measurand":"Power.Active.Import","unit":"Wh"}'),
        _samples('* {"value":"230","measurand":"Voltage","unit":"A"}'),
        _samples('* {"value":20,"measurand":"SoC","unitOfMeasure":{"unit":"kWh"}}', version="2.0.1"),
    ),
    negative=(
        _samples('{"value":"5","unit":"kWh"}', '{"value":"5","measurand":"Power.Active.Import","unit":"kW"}'),
        _samples('{"value":5,"measurand":"Voltage","unitOfMeasure":{"unit":"mV"}}', version="2.0.1"),
        _samples('{"value":"50","measurand":"Frequency","unit":"Hertz"}', '{"value":"0.9","measurand":"Power.Factor"}'),
    ),
)

NO_UNIT = Rule(
    "meter.no-unit",
    Severity.INFO,
    "A sample has no unit, and the default unit, Wh, does not fit its measurand.",
    "OCPP 1.6 sections 7.43 and 7.45; OCPP 2.0.1 and 2.1 Part 2, UnitOfMeasureType",
    says="{measurand} has no unit: the default, Wh, does not fit.",
    positive=(_samples('* {"value":"5","measurand":"Power.Active.Import"}'),),
    negative=(_samples('{"value":"5"}', '{"value":"5","measurand":"SoC"}', '{"value":"50","measurand":"Frequency"}'),),
)

NO_SUCH_PHASE = Rule(
    "meter.phase-not-applicable",
    Severity.INFO,
    "A sample has a phase that its measurand cannot have.",
    "OCPP 1.6 sections 4.7 and 7.34; OCPP 2.0.1 and 2.1 Part 2, SampledValueType",
    says="{measurand} has phase {phase}, which it cannot have.",
    positive=(
        _samples('* {"value":"5","measurand":"SoC","unit":"Percent","phase":"L1"}'),
        _samples('* {"value":"5","measurand":"Current.Import","unit":"A","phase":"L1-L2"}'),
    ),
    negative=(
        _samples('{"value":"5","measurand":"Current.Import","unit":"A","phase":"L1"}'),
        _samples('{"value":"400","measurand":"Voltage","unit":"V","phase":"L1-L2"}'),
    ),
)

NOT_A_NUMBER = Rule(
    "meter.not-a-number",
    Severity.ERROR,
    "The value of a sample is not a decimal number.",
    "OCPP 1.6 sections 7.43 and 7.49",
    versions=FIRST_GENERATION,
    says="The value of {measurand} is {value}, which is not a decimal number.",
    remedy="The central system cannot read it. What was not measured must be left out.",
    positive=(
        _samples('* {"value":""}'),
        _samples('* {"value":"NaN"}'),
        _samples('* {"value":"12,5","measurand":"Current.Import","unit":"A"}'),
    ),
    negative=(_samples('{"value":"12.5"}'), _samples('{"value":"0A1B","format":"SignedData"}')),
)

SOC_RANGE = Rule(
    "meter.soc-out-of-range",
    Severity.WARNING,
    "The state of charge is not between 0 and 100 %.",
    "OCPP 1.6 section 7.31; OCPP 2.0.1 and 2.1 Part 2, MeasurandEnumType",
    says="The state of charge is {value} %.",
    positive=(_samples('* {"value":"255","measurand":"SoC","unit":"Percent"}'),),
    negative=(_samples('{"value":"100","measurand":"SoC","unit":"Percent"}'),),
)

NEGATIVE = Rule(
    "meter.negative",
    Severity.WARNING,
    "A register is negative.",
    "OCPP 1.6 section 7.31; OCPP 2.0.1 and 2.1 Part 2 J02.FR.17",
    says="{measurand} is {value}, and a register of a meter cannot be negative.",
    remedy="A counter may have overflowed, or the charge point may compute the value itself.",
    positive=(_samples('* {"value":"-20"}'),),
    negative=(_samples('{"value":"0"}', '{"value":"-200","measurand":"Power.Active.Import","unit":"W"}'),),
)

VOLTAGE = Rule(
    "meter.odd-voltage",
    Severity.INFO,
    "The voltage of a phase is far from the nominal voltage.",
    "OCPP 1.6 section 7.31; IEC 60038",
    says="The voltage on {phase} is {value} V, and the nominal voltage is {nominal}.",
    positive=(_samples('* {"value":"2301","measurand":"Voltage","unit":"V","phase":"L1-N"}'),),
    negative=(
        _samples('{"value":"230.1","measurand":"Voltage","unit":"V","phase":"L1-N"}'),
        _samples('{"value":"120","measurand":"Voltage","unit":"V","phase":"L1"}'),
        _samples('{"value":"0","measurand":"Voltage","unit":"V","phase":"L2-N"}'),
        _samples('{"value":"800","measurand":"Voltage","unit":"V"}'),
    ),
)

SIGNED_EMPTY = Rule(
    "meter.signed-without-data",
    Severity.WARNING,
    "A signed sample has no data.",
    "OCPP 1.6 section 7.49; OCPP 2.0.1 and 2.1 Part 2, SignedMeterValueType",
    says="The signed value of {measurand} is empty.",
    remedy="Nobody can verify the transaction.",
    positive=(
        _samples('* {"value":"","format":"SignedData"}'),
        _samples(
            '* {"value":1,"signedMeterValue":{"signedMeterData":"","signingMethod":"","encodingMethod":"OCMF",'
            '"publicKey":""}}',
            version="2.0.1",
        ),
    ),
    negative=(_samples('{"value":"0A1B","format":"SignedData"}'), _samples('{"value":1}', version="2.0.1")),
)

SIGNED_FORM = Rule(
    "meter.signed",
    Severity.INFO,
    "A signed sample cannot be decoded: it is neither hexadecimal, base64, nor text of a known form.",
    "OCPP 1.6 section 7.49; OCPP 2.0.1 and 2.1 Part 2 J01.FR.21 and J02.FR.21; OCA application note on signed meter "
    "values",
    says="The signed value of {measurand} cannot be decoded.",
    remedy="Nobody can verify the transaction. Write the OCMF text, or the data of the meter, in base64.",
    positive=(
        _samples('* {"value":"123","format":"SignedData"}'),
        _samples(
            '* {"value":1,"signedMeterValue":{"signedMeterData":"not signed","signingMethod":"",'
            '"encodingMethod":"OCMF","publicKey":""}}',
            version="2.0.1",
        ),
    ),
    negative=(
        _samples('{"value":"4F434D46","format":"SignedData"}'),
        _samples('{"value":"T0NNRnx7fXx7fQ==","format":"SignedData"}'),
        _samples('{"value":"OCMF|{}|{}","format":"SignedData"}'),
        _samples('{"value":"123"}'),
        _samples(
            '{"value":1,"signedMeterValue":{"signedMeterData":"T0NNRnx7fXx7fQ==","signingMethod":"",'
            '"encodingMethod":"OCMF","publicKey":""}}',
            version="2.0.1",
        ),
    ),
)

RULES = (
    WRONG_UNIT,
    NO_UNIT,
    NO_SUCH_PHASE,
    NOT_A_NUMBER,
    SOC_RANGE,
    NEGATIVE,
    VOLTAGE,
    SIGNED_EMPTY,
    SIGNED_FORM,
)

SHORTEST_SIGNED = 8
"""Characters of a signed value in base64; a shorter one cannot hold a signature."""
LONGEST_SIGNED = 20_000
"""Characters of a signed value that is looked at."""
LARGEST_VALUE = 1e100
"""No measured value is larger; infinity and what is not a number are outside of any range."""
HIGHEST_PHASE_VOLTAGE = 520.0
"""Volts between a phase and neutral that no public grid exceeds, with 30 % above 400 V."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_READABLE = re.compile(r"OCMF\||AP;|[<{]")
"""How the texts of signed meter values begin: OCMF, Alfen, XML, JSON."""

_UNITS = (
    ("Energy.Active.", ("Wh", "kWh")),
    ("Energy.Reactive.", ("varh", "kvarh")),
    ("Power.Active.", ("W", "kW")),
    ("Power.Offered", ("W", "kW", "VA", "kVA")),
    ("Power.Reactive.", ("var", "kvar")),
    ("Current.", ("A",)),
    ("Voltage", ("V",)),
    ("SoC", ("Percent",)),
    ("Temperature", ("Celsius", "Celcius", "Fahrenheit", "K")),
    ("Frequency", ("Hertz", "Hz")),
)
_ALL_UNITS = frozenset(unit for _, units in _UNITS for unit in units)
_MAY_LACK_UNIT = ("Energy.", "SoC", "Frequency")
_WITHOUT_PHASE = frozenset({"SoC", "Temperature", "RPM"})
_BETWEEN_PHASES = frozenset({"L1-L2", "L2-L3", "L3-L1"})
_PHASES = {None: "", "L1": "1", "L2": "2", "L3": "3", "L1-N": "1", "L2-N": "2", "L3-N": "3"}
_ROLES = {"Power.Active.Import": "P", "Current.Import": "I", "Voltage": "U"}


def is_unreadable(data: str) -> bool:
    """Whether a signed value is in no form that anything could read."""
    text = "".join(data.split()) if len(data) < LONGEST_SIGNED else ""
    if not text or _READABLE.match(text) or _HEX.fullmatch(text):
        return False
    if _BASE64.fullmatch(text) is None or len(text) < SHORTEST_SIGNED:
        return True
    return len(text) % 4 > 0 if "=" in text else len(text) % 4 == 1


class SampleKind:
    """What samples with the same fields apart from the value have in common."""

    __slots__ = ("context", "factor", "faults", "highest", "is_signed", "is_total", "lowest", "measurand", "phase",
                 "register", "role", "said")  # fmt: skip

    def __init__(self, sample: dict[str, Any], nominal_voltage: float) -> None:
        measurand, phase, unit = text_at(sample, "measurand") or ENERGY, text_at(sample, "phase"), sample.get("unit")
        of_2x = sample.get("unitOfMeasure")
        unit = of_2x.get("unit") if isinstance(of_2x, dict) else unit
        exponent = integer_at(of_2x, "multiplier") or 0
        location = text_at(sample, "location") or "Outlet"
        self.measurand, self.phase = measurand, phase
        self.context = text_at(sample, "context") or ""
        """Empty if the sample does not say it; the default is Sample.Periodic."""
        self.is_signed = sample.get("format") == "SignedData"
        self.factor = (1000.0 if unit in ("kWh", "kW", "kvarh") else 1.0) * 10.0 ** max(
            -MAX_EXPONENT, min(MAX_EXPONENT, exponent)
        )
        self.register = (measurand, phase or "", location) if measurand.endswith(".Register") else None
        """The register of the meter that it reads, with its phase and location; None for what is not a register."""
        self.is_total = measurand == ENERGY and (phase is None or (phase == "" and location == "Outlet"))
        """Whether it reads the energy of all phases together."""
        role = _ROLES.get(measurand)
        self.role = f"{role}{_PHASES[phase]}" if role and location == "Outlet" and phase in _PHASES else ""
        """`P`, `I` or `U` at the outlet, with the number of the phase if it has one."""
        self.lowest, self.highest = -LARGEST_VALUE, LARGEST_VALUE
        if measurand == "SoC":
            self.lowest, self.highest = 0.0, 100.0
        elif self.register:
            self.lowest = 0.0
        elif self.role.startswith("U") and phase:
            self.highest = 1.3 * nominal_voltage if nominal_voltage else HIGHEST_PHASE_VOLTAGE
        self.said: set[Rule] = set()
        """The rules that were broken by a value, each reported once."""
        self.faults = tuple(_faults(measurand, unit, phase, exponent, is_signed=self.is_signed))
        """The rules that its fields break, with the values of the findings."""

    def range_rule(self) -> Rule:
        """The rule that a number outside of the range breaks."""
        return SOC_RANGE if self.measurand == "SoC" else NEGATIVE if self.register else VOLTAGE


def _faults(
    measurand: str, unit: Any, phase: str | None, exponent: int, *, is_signed: bool
) -> list[tuple[Rule, dict[str, Any]]]:
    found: list[tuple[Rule, dict[str, Any]]] = []
    right = next((units for start, units in _UNITS if measurand.startswith(start)), ())
    if unit is None:
        if right and not measurand.startswith(_MAY_LACK_UNIT) and not is_signed:
            found.append((NO_UNIT, {"measurand": measurand}))
    elif right and unit in _ALL_UNITS and unit not in right:
        found.append((WRONG_UNIT, {"measurand": measurand, "unit": unit, "right": " and ".join(right)}))
    if phase and (measurand in _WITHOUT_PHASE or (measurand.startswith("Current.") and phase in _BETWEEN_PHASES)):
        found.append((NO_SUCH_PHASE, {"measurand": measurand, "phase": phase}))
    return found
