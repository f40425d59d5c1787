"""The transactions and meter values in the example traces of rules."""

from __future__ import annotations

import json
from typing import Any


def start_call(at: str = "10:00:00", meter: int = 1000, number: int = 7) -> str:
    """A StartTransaction at connector 1 with its answer."""
    return (
        f'{at} > StartTransaction {{"connectorId":1,"idTag":"A","meterStart":{meter},'
        f'"timestamp":"2026-01-01T{at}Z"}}\n'
        f'{at} < ok {{"idTagInfo":{{"status":"Accepted"}},"transactionId":{number}}}\n'
    )


def stop_call(meter: int, at: str = "11:00:00", more: str = "", number: int = 7) -> str:
    """A StopTransaction."""
    return (
        f'{at} > StopTransaction {{"transactionId":{number},"meterStop":{meter},'
        f'"timestamp":"2026-01-01T{at}Z"{more}}}\n'
    )


def meter_value_at(energy: float, at: str, context: str | None = None, **others: float) -> dict[str, Any]:
    """A MeterValue with the register and, by name, power `P`, current `I1` and voltage `U1`."""
    names = {"P": ("Power.Active.Import", "W"), "I": ("Current.Import", "A"), "U": ("Voltage", "V")}
    samples: list[dict[str, Any]] = [{"value": f"{energy}", "unit": "Wh"}]
    for name, value in others.items():
        sample = {"value": f"{value}", "measurand": names[name[0]][0], "unit": names[name[0]][1]}
        samples.append({**sample, "phase": f"L{name[1:]}"} if name[1:] else sample)
    if context:
        samples = [{**one, "context": context} for one in samples]
    return {"timestamp": f"2026-01-01T{at}Z", "sampledValue": samples}


def meter_call(
    energy: float, at: str, *, sent: str = "", number: int | None = 7, context: str | None = None, **others: float
) -> str:
    """MeterValues of connector 1 with its answer; `sent` is its time if that is not the time of the value."""
    body: dict[str, Any] = {"connectorId": 1, "meterValue": [meter_value_at(energy, at, context, **others)]}
    if number is not None:
        body["transactionId"] = number
    return f"{sent or at} > MeterValues {json.dumps(body)}\n{sent or at} < ok\n"


def transaction_data(*values: dict[str, Any]) -> str:
    """The transactionData of a StopTransaction."""
    return f',"transactionData":{json.dumps(values)}'


def reads_settings(*settings: tuple[str, str]) -> str:
    """A GetConfiguration with its answer."""
    listed = [{"key": key, "readonly": False, "value": value} for key, value in settings]
    return (
        f"09:59:00 < GetConfiguration {json.dumps({'key': [key for key, _ in settings]})}\n"
        f"09:59:00 > ok {json.dumps({'configurationKey': listed})}\n"
    )


STATUS = '09:58:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"%s"}\n09:58:00 < ok\n'


def event_call(kind: str, at: str, energy: float | None = None) -> str:
    """A TransactionEvent of EVSE 1, with a register if one is given."""
    value = {"timestamp": f"2026-01-01T{at}Z", "sampledValue": [{"value": energy}]}
    body = {
        "eventType": kind,
        "timestamp": f"2026-01-01T{at}Z",
        "triggerReason": "MeterValuePeriodic",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "t1"},
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": [value],
    }
    if energy is None:
        del body["meterValue"]
    return f"{at} > TransactionEvent {json.dumps(body)}\n{at} < ok\n"


def evse_meter_call(context: str | None = None, at: str = "10:05:00") -> str:
    """MeterValues of EVSE 1."""
    sample = {"value": 5, **({"context": context} if context else {})}
    value = {"timestamp": f"2026-01-01T{at}Z", "sampledValue": [sample]}
    return f"{at} > MeterValues {json.dumps({'evseId': 1, 'meterValue': [value]})}"
