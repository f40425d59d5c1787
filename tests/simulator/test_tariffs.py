"""Tariffs of 2.1. If these fail, a backend cannot read back what it set, and sees no cost that follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.version import Version
from tests.simulator.conftest import Operate

V21 = Version.V21


def tariff(name: str, evse: int = 0) -> dict[str, Any]:
    return {"evseId": evse, "tariff": {"tariffId": name, "currency": "EUR"}}


def test_tariffs(operate: Operate) -> None:
    operated = operate(V21)
    assert operated.order("GetTariffs", {"evseId": 0}) == {"status": "NoTariff"}
    assert operated.order("SetDefaultTariff", tariff("DAY")) == {"status": "Accepted"}
    assert operated.order("SetDefaultTariff", tariff("NIGHT", 2)) == {"status": "Accepted"}
    assert operated.order("SetDefaultTariff", tariff("X", 9)) == {"status": "Rejected"}
    found = operated.order("GetTariffs", {"evseId": 0})["tariffAssignments"]
    assert [(item["tariffId"], item["evseIds"]) for item in found] == [("DAY", [1]), ("NIGHT", [2])]
    cleared = operated.order("ClearTariffs", {"tariffIds": ["NIGHT", "NOON"]})["clearTariffsResult"]
    assert cleared == [{"tariffId": "NIGHT", "status": "Accepted"}, {"tariffId": "NOON", "status": "NoTariff"}]
    assert operated.order("ClearTariffs", {"evseId": 2})["clearTariffsResult"] == [{"status": "NoTariff"}]
    assert len(operated.order("ClearTariffs")["clearTariffsResult"]) == 1
    assert operated.order("GetTariffs", {"evseId": 1}) == {"status": "NoTariff"}


def test_the_tariff_of_a_running_transaction_changes_and_that_is_told(operate: Operate) -> None:
    """2.1 I11.FR.04, I11.FR.07."""
    operated = operate(Version.V21)
    euro = {"tariffId": "T1", "currency": "EUR"}
    unknown = operated.order("ChangeTransactionTariff", {"transactionId": "x", "tariff": euro})
    assert unknown["status"] == "TxNotFound"
    operated.start()
    change = {"transactionId": operated.transaction, "tariff": euro}
    assert operated.order("ChangeTransactionTariff", change)["status"] == "Accepted"
    assert operated.told("TransactionEvent")[-1].payload["triggerReason"] == "TariffChanged"
    other = {**change, "tariff": {"tariffId": "T2", "currency": "USD"}}
    assert operated.order("ChangeTransactionTariff", other)["status"] == "NoCurrencyChange"


def test_the_cost_runs_with_the_transaction_and_ends_with_it(operate: Operate) -> None:
    """2.1 I12: with each reading, and at the end with its periods."""
    operated = operate(V21)
    priced = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}
    assert operated.order("SetDefaultTariff", {"evseId": 0, "tariff": priced}) == {"status": "Accepted"}
    operated.start()
    operated.bench.run(130)
    dear = {**priced, "tariffId": "T2", "energy": {"prices": [{"priceKwh": 1.0}]}}
    change = {"transactionId": operated.transaction, "tariff": dear}
    assert operated.order("ChangeTransactionTariff", change) == {"status": "Accepted"}
    operated.bench.run(60)
    operated.stop(operated.transaction)
    events = [said.payload for said in operated.told("TransactionEvent")]
    costs = [event["costDetails"]["totalCost"]["total"]["exclTax"] for event in events if "costDetails" in event]
    assert len(costs) == len([event for event in events if "meterValue" in event])
    assert costs == sorted(costs)
    final = events[-1]["costDetails"]
    first, second = final["chargingPeriods"]
    energies = [period["dimensions"][0]["volume"] for period in (first, second)]
    assert costs[-1] == pytest.approx(energies[0] * 0.5 + energies[1] * 1.0, abs=0.001)
    assert sum(energies) == pytest.approx(final["totalUsage"]["energy"])
    assert energies[0] > energies[1] > 0.1


def test_a_price_with_conditions_begins_and_ends_during_the_charge(operate: Operate) -> None:
    operated = operate(V21)
    cheap = {"priceKwh": 0.1, "conditions": {"maxEnergy": 200}}
    priced = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [cheap, {"priceKwh": 1.0}]}}
    assert operated.order("SetDefaultTariff", {"evseId": 0, "tariff": priced}) == {"status": "Accepted"}
    operated.start()
    operated.bench.run(130)
    operated.stop(operated.transaction)
    final = operated.told("TransactionEvent")[-1].payload["costDetails"]
    first, second = (period["dimensions"][0]["volume"] for period in final["chargingPeriods"])
    assert first == pytest.approx(0.2)
    total = final["totalCost"]["total"]["exclTax"]
    assert total == pytest.approx(0.2 * 0.1 + second, abs=0.001)
    assert second > 0.1


@pytest.mark.parametrize("action", ["SetDefaultTariff", "ChangeTransactionTariff"])
def test_a_tariff_that_cannot_be_calculated_is_refused(operate: Operate, action: str) -> None:
    operated = operate(V21)
    operated.start()
    night = {"priceKwh": 0.1, "conditions": {"startTimeOfDay": "22:00", "endTimeOfDay": "late"}}
    wanted = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [night]}}
    place = {"evseId": 1} if action == "SetDefaultTariff" else {"transactionId": operated.transaction}
    assert operated.order(action, {**place, "tariff": wanted}) == {"status": "ConditionNotSupported"}
    assert operated.order("GetTariffs", {"evseId": 0}) == {"status": "NoTariff"}
