"""The cost of a transaction. If these fail, a backend compares its bill with one that nobody can explain."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.simulator.running_cost import RunningCost, tariff_problem
from ocpptui.simulator.tariff_conditions import ChargeUsage
from tests.simulator.conftest import START


def tariff(name: str = "T1", **parts: Any) -> dict[str, Any]:
    return {"tariffId": name, "currency": "EUR", **parts}


def per_kwh(price: float, **more: Any) -> dict[str, Any]:
    return {"energy": {"prices": [{"priceKwh": price}], **more}}


FULL = tariff(
    **per_kwh(0.5, taxRates=[{"type": "vat", "tax": 20.0}]),
    chargingTime={"prices": [{"priceMinute": 0.1}]},
    idleTime={"prices": [{"priceMinute": 0.2}]},
    fixedFee={"prices": [{"priceFixed": 1.0}]},
)
USED = ChargeUsage(energy=10_000, charging=600, idle=300)


def test_each_part_is_priced() -> None:
    details = RunningCost().details(FULL, USED, START, is_final=False)
    assert details["totalCost"] == {
        "currency": "EUR",
        "typeOfCost": "NormalCost",
        "total": {"exclTax": 8.0, "inclTax": 9.0},
        "energy": {"exclTax": 5.0, "inclTax": 6.0},
        "chargingTime": {"exclTax": 1.0, "inclTax": 1.0},
        "idleTime": {"exclTax": 1.0, "inclTax": 1.0},
        "fixed": {"exclTax": 1.0, "inclTax": 1.0},
    }
    assert details["totalUsage"] == {"energy": 10.0, "chargingTime": 600, "idleTime": 300}
    assert "chargingPeriods" not in details


def test_each_period_has_the_prices_of_its_tariff() -> None:
    """I11: what was used before the change keeps its price; the fixed fee is due once."""
    cost = RunningCost()
    dear = tariff("T2", **per_kwh(1.0), fixedFee={"prices": [{"priceFixed": 5.0}]})
    cost.details(FULL, ChargeUsage(), START, is_final=False)
    cost.details(dear, ChargeUsage(energy=4_000, charging=60), START + 60 * SECOND, is_final=False)
    final = cost.details(dear, ChargeUsage(energy=6_000, charging=120), START + 120 * SECOND, is_final=True)
    assert final["totalCost"]["energy"] == {"exclTax": 4.0, "inclTax": 4.4}
    assert final["totalCost"]["fixed"]["exclTax"] == 1.0
    volumes = [[one["volume"] for one in period["dimensions"]] for period in final["chargingPeriods"]]
    assert volumes == [[4.0, 60.0, 0.0], [2.0, 60.0, 0.0]]
    assert [one["tariffId"] for one in final["chargingPeriods"]] == ["T1", "T2"]


@pytest.mark.parametrize(
    ("bounds", "kind", "total"),
    [
        ({"minCost": {"exclTax": 9.0, "inclTax": 10.0}}, "MinCost", {"exclTax": 9.0, "inclTax": 10.0}),
        ({"maxCost": {"exclTax": 2.0, "inclTax": 2.4}}, "MaxCost", {"exclTax": 2.0, "inclTax": 2.4}),
        ({"minCost": {"exclTax": 1.0}, "maxCost": {"exclTax": 50.0}}, "NormalCost", {"exclTax": 5.0, "inclTax": 5.0}),
    ],
)
def test_the_total_is_within_the_bounds(bounds: dict[str, Any], kind: str, total: dict[str, float]) -> None:
    details = RunningCost().details(tariff(**per_kwh(0.5), **bounds), USED, START, is_final=True)
    assert (details["totalCost"]["typeOfCost"], details["totalCost"]["total"]) == (kind, total)


def test_a_tax_of_a_higher_stack_is_on_the_price_with_the_others() -> None:
    taxes = [{"type": "city", "tax": 10.0, "stack": 1}, {"type": "vat", "tax": 20.0}]
    details = RunningCost().details(tariff(**per_kwh(1.0, taxRates=taxes)), USED, START, is_final=False)
    assert details["totalCost"]["total"] == {"exclTax": 10.0, "inclTax": 13.2}


def test_without_a_tariff_nothing_is_said() -> None:
    assert RunningCost().details({}, USED, START, is_final=True) == {}


def test_a_tariff_that_is_not_calculated_is_refused() -> None:
    for conditions in ({"startTimeOfDay": "25:00"}, {"endTimeOfDay": "noon"}, {"validFromDate": "2026-13-01"}):
        odd = {"priceKwh": 0.1, "conditions": conditions}
        assert tariff_problem(tariff(energy={"prices": [odd]}), START) == "ConditionNotSupported"
    assert tariff_problem(tariff(reservationTime={"prices": [{"priceMinute": 1.0}]}), START) == "Rejected"
    assert tariff_problem(tariff(validFrom=date_time(START + SECOND)), START) == "Rejected"
    assert tariff_problem(FULL | {"validFrom": date_time(START)}, START) == ""


@given(st.lists(st.tuples(*[st.integers(0, 100_000)] * 3), min_size=1, max_size=5))
def test_the_cost_of_the_whole_is_that_of_its_periods(steps: list[tuple[int, int, int]]) -> None:
    """With one price throughout, a change of the tariff changes nothing."""
    at_once, in_parts = RunningCost(), RunningCost()
    usage = ChargeUsage()
    for number, (energy, charging, idle) in enumerate(steps):
        same = dict(FULL)
        in_parts.details(same, usage, START + number, is_final=False)
        usage = ChargeUsage(usage.energy + energy, usage.charging + charging, usage.idle + idle)
        parts = in_parts.details(same, usage, START + number, is_final=True)
    whole = at_once.details(FULL, usage, START, is_final=True)
    for key, price in whole["totalCost"].items():
        if isinstance(price, dict):
            assert parts["totalCost"][key] == pytest.approx(price, abs=0.001)
