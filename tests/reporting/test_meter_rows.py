"""Every reading of the meter values, whichever message of whichever version has it."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Version
from ocpptui.reporting.meter_rows import meter_rows
from tests.kit.talk import Talk

AT = "2026-01-01T10:00:00Z"


def values(value: str = "7", **more: Any) -> list[dict[str, Any]]:
    return [{"timestamp": AT, "sampledValue": [{"value": value, **more}]}]


def test_each_message_that_has_readings_gives_rows_with_their_place() -> None:
    """A query would miss the readings at the end of a transaction, or not know where they belong."""
    talk = Talk()
    start = {"connectorId": 2, "idTag": "A", "meterStart": 0, "timestamp": AT}
    talk.exchange("StartTransaction", json.dumps(start), '{"transactionId":9,"idTagInfo":{"status":"Accepted"}}')
    metered = {"connectorId": 2, "transactionId": 9, "meterValue": values(unit="W", measurand="Power.Active.Import")}
    talk.exchange("MeterValues", json.dumps(metered))
    stop = {"transactionId": 9, "meterStop": 9, "timestamp": AT, "transactionData": values(context="Transaction.End")}
    talk.exchange("StopTransaction", json.dumps(stop))
    event = {
        "eventType": "Updated", "timestamp": AT, "triggerReason": "MeterValuePeriodic", "seqNo": 1,
        "transactionInfo": {"transactionId": "t1"}, "evse": {"id": 3, "connectorId": 1},
        "meterValue": values(unitOfMeasure={"unit": "Wh", "multiplier": 3}),
    }  # fmt: skip
    event["meterValue"][0]["sampledValue"][0]["value"] = 7  # type: ignore[index]
    where: dict[str, Any] = {"version": Version.V201, "connection": 2, "charge_point": "CP2"}
    talk.call("TransactionEvent", json.dumps(event), **where)
    talk.call("MeterValues", json.dumps({"evseId": 4, "meterValue": event["meterValue"]}), **where)
    rows = list(meter_rows(talk.timeline))
    assert {row.time for row in rows} == {time_of(AT)}
    assert [(row.charge_point, row.evse, row.connector, row.transaction) for row in rows] == [
        ("CP001", None, 2, "9"), ("CP001", None, 2, "9"), ("CP2", 3, 1, "t1"), ("CP2", 4, None, None)
    ]  # fmt: skip
    assert [(row.reading.value, row.reading.unit, row.reading.context) for row in rows] == [
        (7.0, "W", ""), (7.0, "Wh", "Transaction.End"), (7000.0, "Wh", ""), (7000.0, "Wh", "")
    ]  # fmt: skip


def test_a_reading_without_a_time_has_that_of_its_message() -> None:
    """It would be at the beginning of 1970 in every chart."""
    talk = Talk()
    index = talk.call("MeterValues", '{"connectorId":1,"meterValue":[{"sampledValue":[{"value":"1"},{"value":"x"}]}]}')
    (row,) = meter_rows(talk.timeline)
    assert (row.record, row.time) == (index, talk.now)
