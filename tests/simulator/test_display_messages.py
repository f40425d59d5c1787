"""Display messages, tariffs, customer data. If these fail, a backend cannot read back what it set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V201, V21 = Version.V201, Version.V21
two_x = pytest.mark.parametrize("version", [V201, V21])


def message(number: int, **more: Any) -> dict[str, Any]:
    content = {"format": "UTF8", "content": f"Hello {number}"}
    return {"message": {"id": number, "priority": "NormalCycle", "message": content, **more}}


@two_x
def test_messages_are_shown_listed_and_cleared(operated: Operated) -> None:
    assert operated.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Unknown"}
    assert operated.order("SetDisplayMessage", message(4)) == {"status": "Accepted"}
    assert operated.order("SetDisplayMessage", message(5, priority="InFront", state="Idle")) == {"status": "Accepted"}
    ghost = message(6, transactionId="ghost")
    assert operated.order("SetDisplayMessage", ghost) == {"status": "UnknownTransaction"}

    def listed(**criteria: Any) -> list[int]:
        operated.bench.said.clear()
        answer = operated.order("GetDisplayMessages", {"requestId": 2, **criteria})
        found = [info["id"] for said in operated.told() for info in said.payload["messageInfo"]]
        assert answer == {"status": "Accepted" if found else "Unknown"}
        return found

    assert listed() == [4, 5]
    assert listed(id=[4, 9]) == [4]
    assert listed(priority="InFront") == [5]
    assert listed(state="Faulted") == []
    assert operated.order("ClearDisplayMessage", {"id": 4}) == {"status": "Accepted"}
    assert operated.order("ClearDisplayMessage", {"id": 4}) == {"status": "Unknown"}
    assert listed() == [5]


@two_x
def test_customer_information(operated: Operated) -> None:
    asked = {"requestId": 9, "report": True, "clear": False}
    assert operated.order("CustomerInformation", asked) == {"status": "Invalid"}
    assert operated.order("CustomerInformation", {**asked, "customerIdentifier": "me"}) == {"status": "Accepted"}
    (report,) = operated.told("NotifyCustomerInformation")
    assert (report.payload["requestId"], report.payload["tbc"], report.payload["data"]) == (9, False, "")
    quiet = {"requestId": 9, "report": False, "clear": True, "customerIdentifier": "me"}
    assert operated.order("CustomerInformation", quiet) == {"status": "Accepted"}
    assert len(operated.told("NotifyCustomerInformation")) == 1


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
