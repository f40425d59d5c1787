"""What the cars of a charge point draw together. If these fail, a backend's load management trips a real fuse."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.car import Car
from ocpptui.simulator.equipment import Equipment, Outlet
from tests.simulator.conftest import Operated

CARS = st.builds(
    Car,
    soc=st.floats(5, 95),
    most_current=st.sampled_from([10.0, 16.0, 32.0]),
    phases=st.sampled_from([1, 2, 3]),
    most_power=st.sampled_from([46_000.0, 150_000.0]),
    nominal_voltage=st.sampled_from([360.0, 700.0]),
)
ALTERNATING = st.builds(Outlet, phases=st.sampled_from([1, 3]), amperes=st.sampled_from([16.0, 32.0]))
DIRECT = st.builds(Outlet, phases=st.just(0), amperes=st.just(500.0), watts=st.sampled_from([50_000.0, 150_000.0]))


def drawn(equipment: Equipment) -> Operated:
    """All connectors charge, and the current has risen."""
    operated = Operated(Version.V16, ChargePointSettings(equipment=replace(equipment, voltage_noise=0.0)))
    for number in range(1, len(equipment.outlets) + 1):
        operated.start(number)
    operated.bench.run(20)
    return operated


@given(st.lists(ALTERNATING, min_size=1, max_size=4), st.lists(CARS, min_size=1, max_size=4), st.floats(1, 80))
def test_no_phase_carries_more_than_the_supply_gives(outlets: list[Outlet], cars: list[Car], supply: float) -> None:
    operated = drawn(Equipment(tuple(outlets), supply_amperes=supply, cars=tuple(cars)))
    meters = [connector.meter for connector in operated.charge_point.device.connectors.values()]
    readings = [meter.read(operated.bench.now) for meter in meters]
    assert sum(reading.current for reading in readings) <= supply + 1e-6
    for meter, reading in zip(meters, readings, strict=True):
        assert meter.car is not None
        assert reading.current <= min(meter.outlet.amperes, meter.car.most_current) + 1e-6
        assert reading.current == 0.0 or reading.offered >= meter.car.least_current
        assert sum(amperes > 0 for amperes in reading.currents) <= min(meter.outlet.phases, meter.car.phases)
    if supply >= 6.0:
        assert any(reading.current > 0 for reading in readings), "the supply suffices for a car"


@given(
    st.lists(DIRECT | ALTERNATING, min_size=1, max_size=4), st.lists(CARS, min_size=1, max_size=4), st.floats(1e3, 4e5)
)
def test_no_more_power_is_taken_than_the_supply_gives(outlets: list[Outlet], cars: list[Car], supply: float) -> None:
    """Also where one charge point has direct and alternating current.

    To within what the voltage of a battery rises until the shares are computed anew.
    """
    operated = drawn(Equipment(tuple(outlets), supply_watts=supply, cars=tuple(cars)))
    meters = [connector.meter for connector in operated.charge_point.device.connectors.values()]
    powers = [meter.read(operated.bench.now).power for meter in meters]
    assert sum(powers) <= supply * 1.01
    assert all(power <= meter.outlet.most_watts * 1.01 for power, meter in zip(powers, meters, strict=True))
    if supply >= 6.0 * 230.0 * 3 or any(meter.outlet.is_dc for meter in meters):
        assert any(power > 0 for power in powers), "the supply suffices for a car"
