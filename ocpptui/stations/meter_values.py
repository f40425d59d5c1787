"""Meter values of all versions as readings, and a short history of each for a sparkline."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ocpptui.ocpp.measurands import ENERGY, MAX_EXPONENT
from ocpptui.ocpp.payload import integer_at, measured_at, objects_at, samples_in, shown_text, value_at

HISTORY = 120
"""How many values of each series are kept."""
LARGEST = 1e100
"""Larger values and powers of ten are not measurements, and their product would overflow."""


class MeterKey(NamedTuple):
    """What one series of values measures."""

    evse: int
    """0 in OCPP 1.6, which has no EVSEs."""
    connector: int
    """0 in MeterValues of OCPP 2.x, which name only the EVSE."""
    measurand: str
    phase: str = ""
    location: str = "Outlet"


class MeterReading(NamedTuple):
    """One sample in its own unit, with the multiplier of OCPP 2.x applied."""

    measurand: str
    phase: str
    location: str
    unit: str
    value: float
    context: str = ""
    """As it is in the sample; empty if it is missing."""
    timestamp: str = ""
    """As it is in the meter value."""

    @property
    def energy(self) -> float | None:
        """The energy meter reading in Wh; None for another measurand or a single phase."""
        if self.measurand != ENERGY or self.phase:
            return None
        return self.in_base_unit.value

    @property
    def in_base_unit(self) -> MeterReading:
        """The same without thousands, temperatures in Celsius, and the phase without the neutral conductor.

        A missing unit is that of the measurand (OCPP 1.6 section 7.46 has a default for energy alone, but many charge
        points leave out the others, too). An unknown unit stays.
        """
        unit = self.unit or next((unit for start, unit in _USUAL if self.measurand.startswith(start)), "")
        base, factor, zero = _BASE.get(unit, (unit, 1.0, 0.0))
        return self._replace(
            unit=base, value=(self.value - zero) * factor, phase=self.phase.removesuffix("-N") or self.phase
        )


@dataclass(slots=True)
class MeterSeries:
    """The latest values of one series, oldest first."""

    unit: str
    time: int
    """When the latest value came, in microseconds since 1970-01-01 UTC."""
    values: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))

    @property
    def last(self) -> float:
        return self.values[-1]


def readings(meter_values: Any) -> Iterator[MeterReading]:
    """The readable samples of a `meterValue` or `transactionData` list; signed data and texts are left out."""
    for meter_value in objects_at(meter_values):
        yield from readings(value_at(meter_value, "values"))  # the transactionData of OCPP 1.5
        for sample in objects_at(samples_in(meter_value)):
            value, unit_of_measure = measured_at(sample.get("value")), sample.get("unitOfMeasure")
            if value is None or abs(value) > LARGEST or sample.get("format") == "SignedData":
                continue
            measurand, unit = shown_text(sample.get("measurand")) or ENERGY, shown_text(sample.get("unit"))
            if isinstance(unit_of_measure, dict):
                unit = shown_text(unit_of_measure.get("unit"))
                exponent = integer_at(unit_of_measure.get("multiplier")) or 0
                if abs(exponent) > MAX_EXPONENT:
                    continue
                value *= 10.0**exponent
            yield MeterReading(
                measurand,
                shown_text(sample.get("phase")),
                shown_text(sample.get("location")) or "Outlet",
                unit or ("Wh" if measurand.startswith("Energy.") else ""),
                value,
                shown_text(sample.get("context")),
                shown_text(meter_value.get("timestamp")),
            )


_BASE = {
    "kW": ("W", 1000.0, 0.0),
    "kWh": ("Wh", 1000.0, 0.0),
    "kvar": ("var", 1000.0, 0.0),
    "kvarh": ("varh", 1000.0, 0.0),
    "kVA": ("VA", 1000.0, 0.0),
    "kVAh": ("VAh", 1000.0, 0.0),
    "Celcius": ("Celsius", 1.0, 0.0),  # the spelling of OCPP 1.6
    "Fahrenheit": ("Celsius", 5 / 9, 32.0),
    "K": ("Celsius", 1.0, 273.15),
}
"""The base of a unit, by how much to multiply, and what to subtract before."""
_USUAL = (
    ("Power.Reactive", "var"),
    ("Power.Factor", ""),
    ("Power.", "W"),
    ("Current.", "A"),
    ("Voltage", "V"),
    ("SoC", "Percent"),
    ("Temperature", "Celsius"),
)
"""The unit of a measurand, by how its name begins."""
