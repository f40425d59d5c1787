"""The start of a message that continues a running transaction: its next event, its meter values, its end.

Source: OCPP 1.6 sections 4.7, 4.8 and 4.10; OCPP 2.x Part 2 use cases E01 to E08 and section 1.37 (seqNo).
"""

from __future__ import annotations

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.measurands import ENERGY
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.remote_control.asker import token_of_2
from ocpptui.stations.state import ChargePointState, TransactionState
from ocpptui.translation.common_reading import commonly_written


def continued(
    version: Version, action: str, known: ChargePointState, now: int, new_id: str, transaction_id: str = ""
) -> Payload:
    """The fields that are known for the next message of a transaction; empty for actions that belong to none.

    `transaction_id` names the transaction; without it the one that started last goes on. `new_id` is for a new one, if
    none is running. `now` is in µs since 1970.
    """
    found = _continued(version, action, known, now, new_id, transaction_id)
    said = commonly_written(version, action, found)
    return {} if said is None else said[1]


def _continued(
    version: Version, action: str, known: ChargePointState, now: int, new_id: str, transaction_id: str
) -> Payload:
    running = [one for one in known.running if not transaction_id or one.id == transaction_id]
    transaction = running[0] if running else None
    if action == "TransactionEvent":
        return _updated(transaction, now) if transaction is not None else _started(known, new_id)
    if action == "StartTransaction":
        register = _register(known, _first_connector(known))
        return {"meterStart": round(register)} if register is not None else {}
    if transaction is None or version.generation == 2 and action != "MeterValues":
        return {}
    if action == "StopTransaction":
        token = {"idTag": transaction.id_token} if transaction.id_token else {}
        return {"transactionId": _number(transaction.id), "meterStop": _meter(transaction)} | token
    if action != "MeterValues":
        return {}
    if version.generation == 2:
        return {"evseId": transaction.evse or 1, "meterValue": [_meter_value(transaction, now)]}
    sample = {"value": str(_meter(transaction)), "context": "Sample.Periodic", "measurand": ENERGY, "unit": "Wh"}
    return {
        "connectorId": transaction.connector,
        "transactionId": _number(transaction.id),
        "meterValue": [{"timestamp": date_time(now), "sampledValue": [sample]}],
    }


def _started(known: ChargePointState, new_id: str) -> Payload:
    """The first event of a transaction at the first EVSE, with the token that was used last."""
    payload: Payload = {"transactionInfo": {"transactionId": new_id}}
    if known.evses:
        payload["evse"] = _evse(known.evses[0], 1)
    for token in list(known.id_tokens)[:1]:
        payload["idToken"] = token_of_2(token)
    return payload


def _updated(transaction: TransactionState, now: int) -> Payload:
    """The next event: a TransactionEvent that updates the transaction with its meter value."""
    info = {"transactionId": transaction.id} | ({"chargingState": transaction.state} if transaction.state else {})
    payload: Payload = {
        "eventType": "Updated",
        "triggerReason": "MeterValuePeriodic",
        "seqNo": transaction.sequence + 1 if transaction.sequence is not None else 0,
        "transactionInfo": info,
        "meterValue": [_meter_value(transaction, now)],
    }
    if transaction.evse:
        payload["evse"] = _evse(transaction.evse, transaction.connector)
    if transaction.id_token:
        of_shape = token_of_2(transaction.id_token)
        payload["idToken"] = {"idToken": transaction.id_token, "type": transaction.token_type or of_shape["type"]}
    return payload


def _evse(evse: int, connector: int) -> Payload:
    return {"id": evse} | ({"connectorId": connector} if connector else {})


def _meter_value(transaction: TransactionState, now: int) -> Payload:
    sample = {
        "value": _meter(transaction),
        "context": "Sample.Periodic",
        "measurand": ENERGY,
        "unitOfMeasure": {"unit": "Wh"},
    }
    return {"timestamp": date_time(now), "sampledValue": [sample]}


def _meter(transaction: TransactionState) -> int:
    """The last reading of its meter in Wh."""
    return round(transaction.meter_last or transaction.meter_start or 0)


def _first_connector(known: ChargePointState) -> int:
    return next((int(connector) for connector in known.suggestions("connectorId")), 1)


def _register(known: ChargePointState, connector: int) -> float | None:
    """The energy that the meter of a connector showed last, in Wh."""
    ended = [one for one in reversed(known.transactions.values()) if one.connector == connector]
    return next((one.meter_last for one in ended if one.meter_last is not None), None)


def _number(text: str) -> int | str:
    """A transaction id of 1.x as the integer that it is."""
    return int(text) if text.removeprefix("-").isdigit() and text.isascii() and len(text) < 19 else text
