"""Readings in their base unit, which every view compares."""

from __future__ import annotations

import pytest

from ocpptui.stations.meter_values import MeterReading


@pytest.mark.parametrize(
    ("measurand", "unit", "value", "base"),
    [
        ("Power.Active.Import", "kW", 7.36, (7360.0, "W")),
        ("Power.Active.Import", "W", 7360.0, (7360.0, "W")),
        ("Power.Active.Import", "", 7360.0, (7360.0, "W")),
        ("Power.Reactive.Import", "", 5.0, (5.0, "var")),
        ("Power.Factor", "", 0.98, (0.98, "")),
        ("Energy.Active.Import.Register", "kWh", 1.5, (1500.0, "Wh")),
        ("Energy.Reactive.Import.Register", "kvarh", 1.5, (1500.0, "varh")),
        ("Current.Import", "", 16.0, (16.0, "A")),
        ("Current.Import", "Percent", 50.0, (50.0, "Percent")),
        ("SoC", "", 80.0, (80.0, "Percent")),
        ("Temperature", "Celcius", 21.0, (21.0, "Celsius")),
        ("Temperature", "Fahrenheit", 212.0, (100.0, "Celsius")),
        ("Temperature", "K", 273.15, (0.0, "Celsius")),
        ("Frequency", "Hertz", 50.0, (50.0, "Hertz")),
    ],
)
def test_a_reading_has_one_base_unit(measurand: str, unit: str, value: float, base: tuple[float, str]) -> None:
    """A chart, a query and a rule would disagree by a factor of a thousand."""
    reading = MeterReading(measurand, "L1-N", "Outlet", unit, value).in_base_unit
    assert (round(reading.value, 9), reading.unit, reading.phase) == (*base, "L1")


def test_a_phase_between_two_conductors_stays() -> None:
    """The voltage between two phases would be taken for that of one."""
    phases = ("", "N", "L1-L2", "L3-N")
    readings = [MeterReading("Voltage", phase, "Outlet", "V", 230.0).in_base_unit for phase in phases]
    assert [reading.phase for reading in readings] == ["", "N", "L1-L2", "L3"]
