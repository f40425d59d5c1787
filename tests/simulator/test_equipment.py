"""What a charge point is built of. If these fail, a backend is tried against physics that no charge point has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.car import Car
from ocpptui.simulator.equipment import Equipment, Outlet

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

ONE_PHASE = Outlet(phases=1, switches_phases=False)
FAST = Outlet("cCCS2", 0, 500.0, 150_000.0, switches_phases=False)
POST = Outlet(amperes=32.0)
LARGE_CAR = Car(most_current=32.0)


def with_equipment(operate: Operate, version: Version, equipment: Equipment) -> Operated:
    return operate(version, ChargePointSettings(equipment=equipment, meter_interval=10))


def profile(operated: Operated, limit: float, *, unit: str = "A", place: int = 1, **period: int) -> str:
    """Set a profile that limits a connector, or with 0 the whole charge point; return the status."""
    is_1x = operated.version is Version.V16
    purpose = "TxDefaultProfile" if place else "ChargePointMaxProfile" if is_1x else "ChargingStationMaxProfile"
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit, **period}],
    }
    content: dict[str, Any] = {"stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute"}
    if is_1x:
        content |= {"chargingProfileId": 1, "chargingSchedule": schedule}
        request: dict[str, Any] = {"connectorId": place, "csChargingProfiles": content}
    else:
        content |= {"id": 1, "chargingSchedule": [{"id": 1, **schedule}]}
        request = {"evseId": place, "chargingProfile": content}
    answer = operated.order("SetChargingProfile", request, seconds=20)
    return str(answer["status"])


def currents(operated: Operated, number: int = 1) -> tuple[float, ...]:
    reading = operated.charge_point.device.connectors[number].meter.read(operated.bench.now)
    return tuple(round(amperes, 1) for amperes in reading.currents)


def power(operated: Operated, number: int = 1) -> float:
    return operated.charge_point.device.connectors[number].meter.read(operated.bench.now).power


def test_a_car_uses_the_phases_that_both_have(operate: Operate, version: Version) -> None:
    for outlet, car, expected in (
        (ONE_PHASE, Car(), (16.0,)),
        (Outlet(), Car(phases=1, most_current=32.0), (16.0, 0.0, 0.0)),
        (Outlet(), Car(phases=2), (16.0, 16.0, 0.0)),
        (Outlet(), Car(), (16.0, 16.0, 16.0)),
        (POST, Car(most_current=10.0), (10.0, 10.0, 10.0)),
    ):
        operated = with_equipment(operate, version, Equipment((outlet,), cars=(car,)))
        operated.start()
        operated.bench.run(20)
        assert currents(operated) == expected


def test_a_profile_switches_to_one_phase_and_back(operate: Operate, version: Version) -> None:
    operated = with_equipment(operate, version, Equipment((Outlet(),)))
    operated.start()
    operated.bench.run(20)
    assert profile(operated, 10, numberPhases=1) == "Accepted"
    assert currents(operated) == (10.0, 0.0, 0.0)
    assert 2_250 < power(operated) < 2_320
    if version is not Version.V16:
        assert profile(operated, 10, numberPhases=1, phaseToUse=3) == "Accepted"
        assert currents(operated) == (0.0, 0.0, 10.0)
    assert profile(operated, 10, numberPhases=3) == "Accepted"
    assert currents(operated) == (10.0, 10.0, 10.0)


def test_one_without_a_switch_refuses_to_use_fewer_phases(operate: Operate, version: Version) -> None:
    """Accepted, 3680 W on one phase would let three phases draw 11 kW."""
    operated = with_equipment(operate, version, Equipment((Outlet(switches_phases=False),)))
    assert profile(operated, 3680, unit="W", numberPhases=1) == "Rejected"
    assert profile(operated, 3680, unit="W", numberPhases=3) == "Accepted"
    single = with_equipment(operate, version, Equipment((ONE_PHASE,)))
    assert profile(single, 10, numberPhases=1) == "Accepted"
    fast = with_equipment(operate, version, Equipment((FAST,)))
    assert profile(fast, 10, numberPhases=1) == "Rejected"


@pytest.mark.parametrize("phases", [1, 3])
def test_a_limit_in_watts_is_for_the_phases_of_the_car(operate: Operate, version: Version, phases: int) -> None:
    operated = with_equipment(operate, version, Equipment((POST,), cars=(Car(phases=phases, most_current=32.0),)))
    operated.start()
    operated.bench.run(10)
    assert profile(operated, 5_520, unit="W") == "Accepted"
    assert currents(operated)[0] == (24.0 if phases == 1 else 8.0)


def test_connectors_share_the_supply_of_the_building(operate: Operate, version: Version) -> None:
    post = Equipment((POST, POST), supply_amperes=32.0, cars=(LARGE_CAR,))
    operated = with_equipment(operate, version, post)
    operated.start(1)
    operated.bench.run(15)
    assert currents(operated, 1) == (32.0,) * 3
    operated.start(2)
    operated.bench.run(15)
    assert currents(operated, 1) == currents(operated, 2) == (16.0,) * 3
    answer = operated.order(
        "GetCompositeSchedule", {"connectorId" if version is Version.V16 else "evseId": 0, "duration": 60}
    )
    content = answer["chargingSchedule"] if version is Version.V16 else answer["schedule"]
    assert content["chargingSchedulePeriod"][0]["limit"] == 32.0
    assert profile(operated, 20, place=0) == "Accepted"
    assert currents(operated, 1) == currents(operated, 2) == (10.0,) * 3


def test_what_one_car_cannot_take_is_for_the_other(operate: Operate) -> None:
    cars = (Car(most_current=8.0), LARGE_CAR)
    operated = with_equipment(operate, Version.V16, Equipment((POST, POST), supply_amperes=32.0, cars=cars))
    operated.start(1)
    operated.start(2)
    operated.bench.run(15)
    assert (currents(operated, 1)[0], currents(operated, 2)[0]) == (8.0, 24.0)


def test_direct_current_follows_the_curve_and_the_limit(operate: Operate, version: Version) -> None:
    car = Car(battery=80_000.0, soc=10.0, most_power=140_000.0, curve=((0, 1.0), (50, 1.0), (80, 0.4), (100, 0.05)))
    operated = with_equipment(operate, version, Equipment((FAST,), cars=(car,)))
    operated.start()
    operated.bench.run(30)
    assert 135_000 < power(operated) <= 140_001
    assert profile(operated, 50_000, unit="W") == "Accepted"
    assert 49_000 < power(operated) <= 50_100
    assert profile(operated, 150_000, unit="W") == "Accepted"
    powers = []
    for _ in range(12):
        operated.bench.run(300)
        powers.append(power(operated))
    assert powers[-1] < powers[5] < powers[0]
    battery = operated.charge_point.device.connectors[1].meter.car
    assert battery is not None and battery.soc > 80


def test_direct_current_has_one_voltage_and_no_phases(operate: Operate, version: Version) -> None:
    names = (
        "Energy.Active.Import.Register",
        "Power.Active.Import",
        "Power.Offered",
        "Current.Import",
        "Voltage",
        "SoC",
    )
    operated = with_equipment(operate, version, Equipment((FAST,), measurands=names))
    operated.start()
    operated.bench.run(30)
    value = operated.told("MeterValues" if version is Version.V16 else "TransactionEvent")[-1].payload["meterValue"]
    samples = {sample["measurand"]: sample for sample in value[0]["sampledValue"]}
    assert set(samples) == {*names, "Voltage", "SoC"}
    assert all("phase" not in sample for sample in samples.values())
    assert 350 < float(samples["Voltage"]["value"]) < 440


def test_a_meter_that_does_not_measure_the_charge_refuses_to_report_it(operate: Operate, version: Version) -> None:
    """A wallbox cannot know what is in the battery of the car."""
    plain = Equipment((ONE_PHASE,), measurands=("Energy.Active.Import.Register", "Current.Import"))
    operated = with_equipment(operate, version, plain)
    if version is Version.V16:
        answer = operated.order("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "SoC"})
        assert answer == {"status": "Rejected"}
        return
    data = {
        "component": {"name": "SampledDataCtrlr"},
        "variable": {"name": "TxUpdatedMeasurands"},
        "attributeValue": "SoC",
    }
    (result,) = operated.order("SetVariables", {"setVariableData": [data]})["setVariableResult"]
    assert result["attributeStatus"] == "Rejected"


def test_cars_come_in_turn_or_as_the_seed_draws_them(operate: Operate) -> None:
    models = tuple(Car(soc=float(soc)) for soc in (10, 20, 30))

    def arrivals(*, draws: bool, seed: int = 0) -> list[float]:
        operated = with_equipment(operate, Version.V16, Equipment(cars=models, draws_cars=draws, seed=seed))
        found = []
        for _ in range(8):
            operated.operate("plug-in", seconds=1)
            car = operated.charge_point.device.connectors[1].meter.car
            assert car is not None
            found.append(car.soc)
            operated.operate("unplug", seconds=1)
        return found

    assert arrivals(draws=False) == [10, 20, 30, 10, 20, 30, 10, 20]
    assert arrivals(draws=True, seed=7) == arrivals(draws=True, seed=7)
    assert len({tuple(arrivals(draws=True, seed=seed)) for seed in range(4)}) > 1


def test_noise_is_bounded_and_the_same_again_with_its_seed(operate: Operate) -> None:
    def volts(seed: int, noise: float) -> list[tuple[float, ...]]:
        operated = with_equipment(operate, Version.V16, Equipment(seed=seed, voltage_noise=noise))
        meter = operated.charge_point.device.connectors[1].meter
        start = operated.bench.now
        return [meter.read(start + second * 1_000_000).voltages for second in range(30)]

    quiet, noisy = volts(1, 0.0), volts(1, 2.0)
    assert noisy == volts(1, 2.0) != volts(2, 2.0)
    pairs = [(a, b) for one, other in zip(quiet, noisy, strict=True) for a, b in zip(one, other, strict=True)]
    assert all(abs(a - b) <= 2.0 for a, b in pairs)
    assert any(abs(a - b) > 0.5 for a, b in pairs)


def test_the_main_meter_knows_which_phase_of_the_mains_carries_what(operate: Operate) -> None:
    from ocpptui.simulator.metering import main_meter

    outlets = (Outlet(rotation="RST"), Outlet(rotation="STR"))
    operated = with_equipment(operate, Version.V16, Equipment(outlets, cars=(Car(phases=1),)))
    operated.start(1)
    operated.start(2)
    operated.bench.run(15)
    meters = [connector.meter for connector in operated.charge_point.device.connectors.values()]
    assert main_meter(operated.bench.now, meters).currents == (16.0, 16.0, 0.0)


@pytest.mark.parametrize("interruption", ["power-loss", "restart", "offline"])
def test_energy_never_falls_over_an_interruption(operate: Operate, version: Version, interruption: str) -> None:
    operated = with_equipment(operate, version, Equipment((Outlet(register=54_321.0),)))
    registers = []
    for _ in range(3):
        operated.start()
        for _ in range(5):
            operated.bench.run(20)
            registers.append(operated.charge_point.device.connectors[1].meter.read(operated.bench.now).energy)
        operated.operate(interruption, argument="" if interruption == "restart" else "5", seconds=30)
        for charge in operated.charge_point.device.running():
            operated.stop(charge.transaction)
        operated.bench.run(20)
    assert registers[0] >= 54_321
    assert registers == sorted(registers)
    assert registers[-1] > registers[0]


def test_the_device_model_says_what_was_built(operate: Operate) -> None:
    operated = with_equipment(operate, Version.V201, Equipment((FAST, FAST)))
    rows = {
        (row.component, row.variable, row.evse): operated.charge_point.device.configuration.value(row)
        for row in operated.charge_point.device.configuration.variables()
    }
    assert rows["EVSE", "Power", 2] == "150000"
    assert rows["Connector", "ConnectorType", 1] == "cCCS2"
    assert rows["EVSE", "SupplyPhases", 1] == "0"
    assert ("EVSE", "ACPhaseSwitchingSupported", 1) not in rows
