"""Display messages and customer data. If these fail, a backend cannot read back what it set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.display_messages import MOST_SHOWN

if TYPE_CHECKING:
    from tests.simulator.conftest import Operated

V201, V21 = Version.V201, Version.V21
two_x = pytest.mark.parametrize("version", [V201, V21])


def message(number: int, **more: Any) -> dict[str, Any]:
    content = {"format": "UTF8", "content": f"Hello {number}"}
    return {"message": {"id": number, "priority": "NormalCycle", "message": content, **more}}


@pytest.mark.parametrize("version", [V21])
def test_a_message_that_cannot_be_shown_is_refused_with_its_reason(operated: Operated) -> None:
    """A station without a display for it would be believed to show a code that nobody can scan."""
    code = {"format": "QRCODE", "content": "https://example.com"}
    for request in (message(1, message=code), message(1, messageExtra=[code])):
        assert operated.order("SetDisplayMessage", request) == {"status": "NotSupportedMessageFormat"}
    assert operated.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Unknown"}


@two_x
def test_a_full_display_takes_no_further_message_but_replaces_one(operated: Operated) -> None:
    for number in range(MOST_SHOWN):
        assert operated.order("SetDisplayMessage", message(number), 0.1) == {"status": "Accepted"}
    assert operated.order("SetDisplayMessage", message(MOST_SHOWN)) == {"status": "Rejected"}
    assert operated.order("SetDisplayMessage", message(7)) == {"status": "Accepted"}


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
def test_a_message_is_shown_until_its_end(operated: Operated) -> None:
    end = date_time(operated.bench.now + 60_000_000)
    assert operated.order("SetDisplayMessage", message(4, endDateTime=end)) == {"status": "Accepted"}
    operated.bench.run(30)
    assert operated.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Accepted"}
    operated.bench.run(30)
    assert operated.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Unknown"}
    assert operated.order("ClearDisplayMessage", {"id": 4}) == {"status": "Unknown"}


@two_x
def test_the_message_of_a_transaction_is_gone_with_it(operated: Operated) -> None:
    operated.start()
    shown = message(4, transactionId=operated.transaction)
    assert operated.order("SetDisplayMessage", shown) == {"status": "Accepted"}
    assert operated.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Accepted"}
    operated.stop(operated.transaction)
    assert operated.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Unknown"}


@two_x
def test_only_one_message_is_always_in_front(operated: Operated) -> None:
    for number in (1, 2):
        answer = operated.order("SetDisplayMessage", message(number, priority="AlwaysFront"))
        assert answer == {"status": "Accepted"}
    operated.order("GetDisplayMessages", {"requestId": 1})
    (told,) = operated.told("NotifyDisplayMessages")
    assert [one["id"] for one in told.payload["messageInfo"]] == [2]


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
