"""The car. If these fail, a simulated charge ends with more energy than any battery holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.charging_profile import LEAST_CURRENT
from ocpptui.simulator.car import Car


@given(st.floats(0, 100), st.lists(st.floats(0, 50_000), max_size=20))
def test_a_battery_takes_no_more_than_it_holds(soc: float, energies: list[float]) -> None:
    car = Car(soc=soc)
    taken = sum(car.store(energy) for energy in energies)
    assert taken <= (100 - soc) / 100 * car.battery + 1e-6
    assert soc <= car.soc <= 100


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_car_takes_no_more_than_is_offered_and_nothing_of_too_little(soc: float, offered: float) -> None:
    current = Car(soc=soc).current(offered)
    assert 0 <= current <= min(offered, 16.0)
    if offered < LEAST_CURRENT:
        assert current == 0


def test_a_car_that_waits_takes_nothing() -> None:
    car = Car(is_ready=False)
    assert car.current(16.0) == 0
    assert not car.wants_energy
