"""What a connector draws by its latest readings. If these fail, a limit is compared with the wrong number."""

from __future__ import annotations

import pytest

from ocpptui.stations.meter_values import MeterReading
from ocpptui.stations.present_draw import TOGETHER, PresentDraw, present_draw
from ocpptui.stations.state import ChargePointState


def draw(*readings: tuple[str, str, str, float], place: int = 1, location: str = "Outlet") -> PresentDraw:
    known = ChargePointState("CP1")
    for time, (measurand, phase, unit, value) in enumerate(readings):
        known.add_reading(0, 1, MeterReading(measurand, phase, location, unit, value), time)
    return present_draw(known, place)


def test_currents_by_phase_and_power() -> None:
    found = draw(
        ("Current.Import", "L1", "A", 9.5),
        ("Current.Import", "L2", "A", 0.2),
        ("Current.Import", "L3", "A", 0.0),
        ("Current.Import", "N", "A", 9.3),
        ("Power.Active.Import", "", "kW", 2.2),
        ("Voltage", "L1-N", "V", 231.0),
        ("Voltage", "L1-L2", "V", 400.0),
        ("Current.Offered", "", "A", 16.0),
        ("Power.Offered", "", "W", 11040.0),
    )
    assert found.amperes == {"L1": 9.5, "L2": 0.2, "L3": 0.0}
    assert (found.highest, found.phases, found.watts, found.power, found.voltage) == (9.5, 1, 2200.0, 2200.0, 231.0)
    assert (found.offered_amperes, found.offered_watts, found.time, found.offered_time) == (16.0, 11040.0, 4, 8)


def test_a_current_without_a_phase_is_one_of_each() -> None:
    found = draw(("Current.Import", "", "A", 10.0))
    assert (found.highest, found.phases, found.power) == (10.0, None, 6900.0)


def test_a_sum_beside_the_phases_is_left_out() -> None:
    found = draw(("Current.Import", "", "A", 30.0), ("Current.Import", "L1", "A", 10.0))
    assert found.highest == 10.0


def test_power_alone_gives_the_current() -> None:
    assert draw(("Power.Active.Import", "", "W", 6900.0)).highest == pytest.approx(10.0)
    parts = draw(*(("Power.Active.Import", f"L{phase}", "W", 2300.0) for phase in (1, 2, 3)))
    assert parts.watts == 6900.0
    assert parts.highest == pytest.approx(10.0)


def test_direct_current_is_known_by_its_power() -> None:
    """A limit in W of a fast charger would be divided by three phases."""
    found = draw(
        ("Voltage", "", "V", 400.0), ("Current.Import", "", "A", 120.0), ("Power.Active.Import", "", "kW", 47.8)
    )
    assert (found.is_direct, found.voltage, found.phases, found.highest) == (True, 400.0, 1, 120.0)
    of_three = draw(
        ("Voltage", "", "V", 400.0), ("Current.Import", "", "A", 16.0), ("Power.Active.Import", "", "W", 11040.0)
    )
    assert (of_three.is_direct, of_three.voltage, of_three.phases) == (False, None, None)


def test_the_phases_of_an_earlier_car_are_left_out() -> None:
    known = ChargePointState("CP1")
    for time, phase in ((0, "L1"), (0, "L2"), (TOGETHER + 1, "L1")):
        known.add_reading(0, 1, MeterReading("Current.Import", phase, "Outlet", "A", 16.0), time)
    assert present_draw(known, 1).amperes == {"L1": 16.0}


def test_other_places_and_units_say_nothing() -> None:
    assert draw(("Current.Import", "L1", "A", 9.5), place=2) == PresentDraw()
    assert draw(("Current.Import", "L1", "A", 9.5), location="Inlet") == PresentDraw()
    assert draw(("Current.Import", "L1", "var", 9.5)) == PresentDraw()
    assert draw().highest is None
