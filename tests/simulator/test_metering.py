"""The simulated meter. If these fail, a backend's graph of a charge looks like that of no real meter."""

from __future__ import annotations

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.standard_settings import MEASURANDS
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.simulator.car import Car
from ocpptui.simulator.metering import EnergyMeter, main_meter, meter_value

SECOND = 1_000_000
NOW = 1_795_341_723_000_000


def test_no_current_flows_before_switching_on_or_after_switching_off() -> None:
    meter = EnergyMeter(1)
    meter.plug_in()
    before = meter.read(NOW)
    assert (before.energy, before.power, before.current) == (1000, 0.0, 0.0)
    meter.switch_on(NOW)
    meter.switch_off(NOW + 3600 * SECOND)
    after = meter.read(NOW + 7200 * SECOND)
    assert after.power == 0.0
    assert 11_000 < after.energy - before.energy < 11_040


def test_current_rises_and_the_register_never_falls() -> None:
    meter = EnergyMeter(1)
    meter.plug_in()
    meter.switch_on(NOW)
    readings = [meter.read(NOW + second * SECOND) for second in range(0, 100, 2)]
    currents = [reading.current for reading in readings]
    assert currents[0] == 0.0
    assert currents[:4] == sorted(currents[:4])
    assert set(currents[4:]) == {16.0}
    energies = [reading.energy for reading in readings]
    assert energies == sorted(energies)
    assert all(227 < volts < 233 for reading in readings for volts in reading.voltages)


def test_the_frequency_of_readings_does_not_change_them() -> None:
    often, seldom = EnergyMeter(1), EnergyMeter(1)
    for meter, step in ((often, 1), (seldom, 3600)):
        meter.plug_in()
        meter.switch_on(NOW)
        for second in range(0, 7201, step):
            meter.read(NOW + second * SECOND)
    difference = often.read(NOW + 7200 * SECOND).energy - seldom.read(NOW + 7200 * SECOND).energy
    assert abs(difference) <= 1


def test_a_full_battery_takes_no_energy_and_the_next_car_charges_again() -> None:
    meter = EnergyMeter(1)
    meter.plug_in()
    meter.switch_on(NOW)
    for minute in range(0, 1500, 5):
        meter.read(NOW + minute * 60 * SECOND)
    full = meter.read(NOW + 1500 * 60 * SECOND)
    assert meter.is_full
    assert (full.soc, full.current) == (100.0, 0.0)
    assert full.energy - 1000 <= Car().battery * 0.66
    meter.unplug(NOW + 1500 * 60 * SECOND)
    meter.plug_in()
    assert not meter.is_full
    assert meter.read(NOW + 1501 * 60 * SECOND).energy == full.energy


def test_a_limit_applies_at_once_and_not_to_what_was_before() -> None:
    """A profile of 0 A would otherwise leave full power on the register until the next reading."""
    meter = EnergyMeter(1)
    meter.plug_in()
    meter.switch_on(NOW)
    before = meter.read(NOW + 3600 * SECOND)
    meter.offer(NOW + 3600 * SECOND, 6.0)
    assert meter.read(NOW + 3600 * SECOND).current == 6.0
    assert before.energy - 1000 > 11_000
    assert 4_100 < meter.read(NOW + 7200 * SECOND).energy - before.energy < 4_150
    meter.offer(NOW + 7200 * SECOND, 99.0)
    assert meter.read(NOW + 7200 * SECOND).offered == 16.0
    meter.offer(NOW + 7200 * SECOND, -5.0)
    assert meter.read(NOW + 7200 * SECOND).current == 0.0


def test_below_6_amperes_a_car_pauses() -> None:
    """IEC 61851-1: a pilot signal cannot offer less. A backend that allocates 3 A must see that nothing flows."""
    meter = EnergyMeter(1)
    meter.plug_in()
    meter.switch_on(NOW)
    meter.offer(NOW, 5.9)
    assert meter.read(NOW + 600 * SECOND).energy == 1000
    meter.offer(NOW + 600 * SECOND, 6.0)
    assert meter.read(NOW + 1200 * SECOND).energy > 1000


def test_meter_values_are_valid_with_all_measurands_and_with_none(version: Version) -> None:
    reading = main_meter(NOW, [EnergyMeter(1), EnergyMeter(2)])
    assert reading.energy == 3000
    for measurands in ([], ["Frequency", "Nonsense"], list(MEASURANDS)):
        value = meter_value(version, reading, measurands, "Sample.Clock")
        where = "connectorId" if version is Version.V16 else "evseId"
        payload = {where: 0, "meterValue": [value]}
        assert violations(version, "MeterValues", Part.REQUEST, payload) == ()
        told = [sample["measurand"] for sample in value["sampledValue"]]
        assert set(told) == set(measurands) & set(MEASURANDS) or told == ["Energy.Active.Import.Register"]
        kind = str if version is Version.V16 else (int, float)
        assert all(isinstance(sample["value"], kind) for sample in value["sampledValue"])
