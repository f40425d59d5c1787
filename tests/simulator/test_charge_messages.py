"""What a charge says of its transaction. A backend bills by it: without the readings at both ends it bills nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_both_ends_of_a_transaction_have_a_reading(version: Version, operate: Operate) -> None:
    operated = operate(version, ChargePointSettings(meter_interval=10))
    operated.start()
    operated.bench.run(22)
    operated.stop(operated.transaction)
    events = [call.payload for call in operated.told("TransactionEvent")]
    first, last = events[0], events[-1]
    assert (first["eventType"], last["eventType"]) == ("Started", "Ended")
    contexts = [[value["sampledValue"][0]["context"] for value in event["meterValue"]] for event in (first, last)]
    assert contexts == [["Transaction.Begin"], ["Transaction.End"]]
    assert last["transactionInfo"]["timeSpentCharging"] > 0
    assert [event["seqNo"] for event in events] == list(range(len(events)))


def test_the_registers_of_1_6_never_fall(operate: Operate) -> None:
    operated = operate(Version.V16, ChargePointSettings(meter_interval=10))
    operated.start()
    operated.bench.run(22)
    operated.stop(operated.transaction)
    (start,), (stop,) = operated.told("StartTransaction"), operated.told("StopTransaction")
    assert start.payload["meterStart"] < stop.payload["meterStop"]
