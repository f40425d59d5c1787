"""The conditions of prices. If these fail, the bill of the charge point is not that of its tariff.

Each case is one charge of ten hours from 20:00 on a Sunday, with 1 kWh in each of the first eight hours.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import HOUR, SECOND, time_of
from ocpptui.simulator.running_cost import RunningCost
from ocpptui.simulator.tariff_conditions import ChargePlace, ChargeUsage, offset_of

SUNDAY_EVENING = time_of("2026-11-22T20:00:00Z") or 0
HOURS, CHARGING = 10, 8


def bill(part: str, price: str, conditions: dict[str, Any], *, place: ChargePlace | None = None, steps: int = 1) -> Any:
    """The cost details of the charge, with a price of 1 under these conditions and none otherwise.

    It is calculated after each of so many steps; the time in which nothing flows is one step.
    """
    prices = [{price: 1.0, "conditions": conditions}]
    tariff = {"tariffId": "T", "currency": "EUR", part: {"prices": prices}}
    cost, where = RunningCost(), place or ChargePlace()
    cost.details(tariff, ChargeUsage(), SUNDAY_EVENING, is_final=False, place=where)
    for step in range(1, steps + 1):
        hours = CHARGING * step / steps
        usage = ChargeUsage(1000 * hours, 3600 * hours, 0)
        cost.details(tariff, usage, SUNDAY_EVENING + round(hours * HOUR), is_final=False, place=where)
    usage = ChargeUsage(1000 * CHARGING, 3600 * CHARGING, 3600 * (HOURS - CHARGING))
    return cost.details(tariff, usage, SUNDAY_EVENING + HOURS * HOUR, is_final=True, place=where)


ENERGY: list[tuple[dict[str, Any], float]] = [
    ({}, 8),
    ({"startTimeOfDay": "22:00"}, 2),
    ({"startTimeOfDay": "22:00", "endTimeOfDay": "00:00"}, 2),
    ({"startTimeOfDay": "22:00", "endTimeOfDay": "03:30"}, 5.5),
    ({"endTimeOfDay": "01:15"}, 1.25),
    ({"startTimeOfDay": "20:30", "endTimeOfDay": "21:00"}, 0.5),
    ({"dayOfWeek": ["Monday"]}, 4),
    ({"dayOfWeek": ["Sunday", "Monday"]}, 8),
    ({"dayOfWeek": ["Friday"]}, 0),
    ({"dayOfWeek": ["Monday"], "endTimeOfDay": "01:00"}, 1),
    ({"validFromDate": "2026-11-23"}, 4),
    ({"validToDate": "2026-11-23"}, 4),
    ({"minEnergy": 3000}, 5),
    ({"maxEnergy": 3000}, 3),
    ({"minEnergy": 1000, "maxEnergy": 1500}, 0.5),
    ({"minTime": 7200}, 6),
    ({"maxTime": 7200}, 2),
    ({"minChargingTime": 1800}, 7.5),
    ({"maxIdleTime": 1}, 8),
    ({"minPower": 1000}, 8),
    ({"minPower": 1001}, 0),
    ({"maxPower": 1000}, 0),
    ({"maxPower": 2000}, 8),
    ({"minCurrent": 4.0}, 8),
    ({"maxCurrent": 4.0}, 0),
    ({"evseKind": "AC"}, 8),
    ({"evseKind": "DC"}, 0),
    ({"minEnergy": 3000, "startTimeOfDay": "00:00", "endTimeOfDay": "02:00"}, 2),
]


@pytest.mark.parametrize("steps", [1, 7])
@pytest.mark.parametrize(("conditions", "kwh"), ENERGY, ids=lambda value: str(value))
def test_energy_is_priced_while_the_conditions_hold(conditions: dict[str, Any], kwh: float, steps: int) -> None:
    details = bill("energy", "priceKwh", conditions, steps=steps)
    assert details["totalCost"]["total"]["exclTax"] == pytest.approx(kwh, abs=0.001)
    volumes = [period["dimensions"][0]["volume"] for period in details["chargingPeriods"]]
    assert sum(volumes) == pytest.approx(CHARGING)


@pytest.mark.parametrize(
    ("conditions", "minutes"),
    [({}, 120), ({"minIdleTime": 1800}, 90), ({"maxIdleTime": 1800}, 30), ({"startTimeOfDay": "05:00"}, 60)],
)
def test_idle_time_is_priced_while_the_conditions_hold(conditions: dict[str, Any], minutes: float) -> None:
    details = bill("idleTime", "priceMinute", conditions)
    assert details["totalCost"]["total"]["exclTax"] == pytest.approx(minutes, abs=0.1)


@pytest.mark.parametrize(
    ("conditions", "fee"),
    [
        ({"dayOfWeek": ["Sunday"]}, 1),
        ({"dayOfWeek": ["Monday"]}, 0),
        ({"startTimeOfDay": "19:00", "endTimeOfDay": "21:00"}, 1),
        ({"paymentBrand": "Visa"}, 0),
    ],
)
def test_a_fixed_fee_is_due_if_its_conditions_hold_at_the_beginning(conditions: dict[str, Any], fee: int) -> None:
    assert bill("fixedFee", "priceFixed", conditions)["totalCost"]["total"]["exclTax"] == fee


def test_times_of_day_are_local() -> None:
    berlin = ChargePlace(offset=offset_of("+01:00"))
    assert bill("energy", "priceKwh", {"startTimeOfDay": "23:00"}, place=berlin)["totalCost"]["total"]["exclTax"] == 1
    assert [offset_of(text) for text in ("-03:30", "Z", "", "x")] == [-12_600, 0, 0, 0]


def test_the_first_price_that_holds_counts_and_each_change_begins_a_period() -> None:
    night = {"startTimeOfDay": "22:00", "endTimeOfDay": "06:00"}
    prices = [{"priceKwh": 0.2, "conditions": night}, {"priceKwh": 0.5}]
    tariff = {"tariffId": "T", "currency": "EUR", "energy": {"prices": prices}}
    cost = RunningCost()
    cost.details(tariff, ChargeUsage(), SUNDAY_EVENING, is_final=False)
    details = cost.details(tariff, ChargeUsage(8000, 28_800, 0), SUNDAY_EVENING + 8 * HOUR, is_final=True)
    assert details["totalCost"]["total"]["exclTax"] == pytest.approx(2 * 0.5 + 6 * 0.2)
    assert [period["startPeriod"][11:16] for period in details["chargingPeriods"]] == ["20:00", "22:00"]


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 20_000), st.integers(0, 20_000)), min_size=1, max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "startTimeOfDay": st.sampled_from(["00:00", "06:30", "22:00"]),
            "endTimeOfDay": st.sampled_from(["00:00", "06:00", "23:59"]),
            "dayOfWeek": st.lists(st.sampled_from(["Sunday", "Monday"]), min_size=1, unique=True),
            "minEnergy": st.integers(0, 9000),
            "maxTime": st.integers(1, 90_000),
            "minPower": st.integers(0, 5000),
        },
    ),
)
@settings(max_examples=40, deadline=None)
def test_a_price_and_its_opposite_are_the_whole(steps: list[tuple[int, int, int]], conditions: dict[str, Any]) -> None:
    """Nothing is left out and nothing is counted twice, wherever the conditions change."""
    prices = [{"priceKwh": 1.0, "conditions": conditions}, {"priceKwh": 3.0}]
    tariff = {"tariffId": "T", "currency": "EUR", "energy": {"prices": prices}}
    cost, usage, now = RunningCost(), ChargeUsage(), SUNDAY_EVENING
    details = cost.details(tariff, usage, now, is_final=True)
    for energy, charging, idle in steps:
        usage = ChargeUsage(usage.energy + energy, usage.charging + charging, usage.idle + idle)
        now += (charging + idle) * SECOND
        details = cost.details(tariff, usage, now, is_final=True)
    volumes = [sum(one["dimensions"][part]["volume"] for one in details["chargingPeriods"]) for part in range(3)]
    assert volumes == pytest.approx([usage.energy / 1000, usage.charging, usage.idle], abs=0.01)
    total = details["totalCost"]["total"]["exclTax"]
    assert usage.energy / 1000 - 0.01 <= total <= 3 * usage.energy / 1000 + 0.01
