"""How each message updates the known state of a charge point, by action.

The functions recognise the version by the shape of the payload, so they also read captures that do not name a
version. Source: OCPP 1.6 edition 2 sections 6 and 7, OCPP 2.0.1 and 2.1 Part 2 section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ocpptui.ocpp.payload import integer_at, measured_at, meter_values_in, objects_at, shown_text, value_at
from ocpptui.stations.meter_values import readings
from ocpptui.stations.state import ChargePointState, TransactionState

OnCall = Callable[[ChargePointState, Any, int], None]
"""Applies a call: the state, its payload, and the time in microseconds since 1970-01-01 UTC."""
OnResult = Callable[[ChargePointState, Any, Any, int], None]
"""Applies a CALLRESULT: the state, the payloads of the call and of the result, and the time of the result."""


def fold_call(known: ChargePointState, action: str, payload: Any, time: int) -> None:
    """Apply a CALL or SEND with any payload."""
    if action not in RELEVANT:
        return
    if action not in _WITHOUT_IDS:
        _ids(known, payload)
    if (on_call := _ON_CALL.get(action)) is not None:
        on_call(known, payload, time)


def fold_result(known: ChargePointState, action: str, request: Any, result: Any, time: int) -> None:
    """Apply a CALLRESULT with the payload of its call."""
    if (on_result := _ON_RESULT.get(action)) is not None:
        on_result(known, request, result, time)


def _ids(known: ChargePointState, payload: Any) -> None:
    for name in _REMEMBERED:
        known.remember(name, shown_text(payload, name))
    known.remember("chargingProfileId", shown_text(payload, "csChargingProfiles", "chargingProfileId"))
    known.remember("chargingProfileId", shown_text(payload, "chargingProfile", "id"))
    for token in (shown_text(payload, "idTag"), shown_text(payload, "idToken", "idToken")):
        if token:
            known.id_tokens.add(token)


def _boot(known: ChargePointState, payload: Any, time: int) -> None:
    station = value_at(payload, "chargingStation")
    if isinstance(station, dict):
        known.vendor = shown_text(station, "vendorName")
        known.model = shown_text(station, "model")
        known.serial = shown_text(station, "serialNumber")
        known.firmware = shown_text(station, "firmwareVersion")
    else:
        known.vendor = shown_text(payload, "chargePointVendor")
        known.model = shown_text(payload, "chargePointModel")
        known.serial = shown_text(payload, "chargePointSerialNumber") or shown_text(payload, "chargeBoxSerialNumber")
        known.firmware = shown_text(payload, "firmwareVersion")


def _booted(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    known.registration = shown_text(result, "status")
    interval = integer_at(result, "interval") or integer_at(result, "heartbeatInterval")  # the latter before 1.6
    # In other answers the interval is the time to wait before the next BootNotification.
    if known.registration == "Accepted" and interval is not None and interval > 0:
        known.heartbeat_interval = interval


def _status(known: ChargePointState, payload: Any, time: int) -> None:
    status = shown_text(payload, "connectorStatus") or shown_text(payload, "status")
    connector = integer_at(payload, "connectorId")
    if connector is None or not status:
        return
    error = shown_text(payload, "errorCode")
    known.set_status(integer_at(payload, "evseId") or 0, connector, status, "" if error == "NoError" else error, time)


def _event(known: ChargePointState, payload: Any, time: int) -> None:
    for event in objects_at(payload, "eventData"):
        status = shown_text(event, "actualValue")
        if shown_text(event, "variable", "name") == "AvailabilityState" and status:
            place = value_at(event, "component", "evse")
            known.set_status(integer_at(place, "id") or 0, integer_at(place, "connectorId") or 0, status, "", time)


# -- transactions and meter values ------------------------------------------------------------------------------


def _started(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    transaction_id = shown_text(result, "transactionId")
    if not transaction_id:
        return
    transaction = known.transaction(transaction_id)
    transaction.connector = integer_at(request, "connectorId") or 0
    transaction.id_token = shown_text(request, "idTag")
    transaction.started = time
    transaction.meter_start = measured_at(request, "meterStart")
    if transaction.meter_last is None:
        transaction.meter_last = transaction.meter_start
    _release_reservation(known, request)


def _stopped(known: ChargePointState, payload: Any, time: int) -> None:
    transaction_id = shown_text(payload, "transactionId")
    if not transaction_id:
        return
    transaction = known.transaction(transaction_id)
    transaction.stopped = time
    transaction.reason = shown_text(payload, "reason") or "Local"
    _meter(known, transaction, 0, transaction.connector, value_at(payload, "transactionData"), time)
    meter_stop = measured_at(payload, "meterStop")
    if meter_stop is not None:
        transaction.meter_last = meter_stop


def _meter_values(known: ChargePointState, payload: Any, time: int) -> None:
    transaction = known.transactions.get(shown_text(payload, "transactionId"))
    evse, connector = integer_at(payload, "evseId") or 0, integer_at(payload, "connectorId") or 0
    _meter(known, transaction, evse, connector, meter_values_in(payload), time)


def _transaction_event(known: ChargePointState, payload: Any, time: int) -> None:
    transaction_id = shown_text(payload, "transactionInfo", "transactionId")
    if not transaction_id:
        return
    transaction = known.transaction(transaction_id)
    transaction.evse = integer_at(payload, "evse", "id") or transaction.evse
    transaction.connector = integer_at(payload, "evse", "connectorId") or transaction.connector
    transaction.id_token = transaction.id_token or shown_text(payload, "idToken", "idToken")
    transaction.state = shown_text(payload, "transactionInfo", "chargingState") or transaction.state
    known.remember("remoteStartId", shown_text(payload, "transactionInfo", "remoteStartId"))
    match shown_text(payload, "eventType"):
        case "Started":
            transaction.started = time
        case "Ended":
            transaction.stopped = time
            transaction.reason = shown_text(payload, "transactionInfo", "stoppedReason") or "Local"
    _release_reservation(known, payload)
    # Without the connector, as in MeterValues, so that both feed the same series.
    _meter(known, transaction, transaction.evse, 0, value_at(payload, "meterValue"), time)


def _meter(
    known: ChargePointState,
    transaction: TransactionState | None,
    evse: int,
    connector: int,
    meter_values: Any,
    time: int,
) -> None:
    for reading in readings(meter_values):
        known.add_reading(evse, connector, reading, time)
        if transaction is not None and (energy := reading.energy) is not None:
            transaction.meter_last = energy
            if transaction.meter_start is None:
                transaction.meter_start = energy


# -- reservations and the local list ----------------------------------------------------------------------------


def _reserved(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    reservation = integer_at(request, "reservationId")
    if reservation is None:
        reservation = integer_at(request, "id")
    if reservation is not None and shown_text(result, "status") == "Accepted":
        known.reservations.add(reservation)


def _reservation_cancelled(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    if shown_text(result, "status") == "Accepted":
        _release_reservation(known, request)


def _reservation_ended(known: ChargePointState, payload: Any, time: int) -> None:
    if shown_text(payload, "reservationUpdateStatus"):
        _release_reservation(known, payload)


def _release_reservation(known: ChargePointState, payload: Any) -> None:
    reservation = integer_at(payload, "reservationId")
    if reservation is not None:
        known.reservations.discard(reservation)


def _local_list(known: ChargePointState, payload: Any, time: int) -> None:
    for entry in objects_at(payload, "localAuthorizationList"):
        token = shown_text(entry, "idTag") or shown_text(entry, "idToken", "idToken")
        if token:
            known.id_tokens.add(token)


# -- configuration and device model -----------------------------------------------------------------------------


def _configured(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    for key, value, _ in settings_in(request, result):
        _configure(known, key, value or "")


def _report(known: ChargePointState, payload: Any, time: int) -> None:
    for key, value in settings_reported(payload):
        _configure(known, key, value)


def settings_in(request: Any, result: Any) -> Iterator[tuple[str, str | None, bool]]:
    """The settings that an exchange reads or sets successfully: name, value and whether it is in force at once.

    Of GetConfiguration, ChangeConfiguration, GetVariables and SetVariables, by the shape of the payloads. A setting
    that needs a reboot is not in force. The value is None if the charge point does not show it.
    """
    for entry in objects_at(result, "configurationKey"):
        yield shown_text(entry, "key"), shown_text(entry, "value") if "value" in entry else None, True
    for entry in objects_at(result, "getVariableResult"):
        if shown_text(entry, "attributeStatus") == "Accepted" and _is_actual(entry, "attributeType"):
            yield _variable(entry), shown_text(entry, "attributeValue"), True
    accepted = {
        (_variable(entry), shown_text(entry, "attributeType") or "Actual"): shown_text(entry, "attributeStatus")
        for entry in objects_at(result, "setVariableResult")
    }
    for entry in objects_at(request, "setVariableData"):
        status = accepted.get((_variable(entry), "Actual")) if _is_actual(entry, "attributeType") else None
        if status in _TAKEN:
            yield _variable(entry), shown_text(entry, "attributeValue"), status == "Accepted"
    if value_at(request, "key") is not None and value_at(request, "value") is not None:
        status = shown_text(result, "status")
        if status in _TAKEN:
            yield shown_text(request, "key"), shown_text(request, "value"), status == "Accepted"


def settings_reported(payload: Any) -> Iterator[tuple[str, str]]:
    """The settings in a NotifyReport: name and value."""
    for entry in objects_at(payload, "reportData"):
        for attribute in objects_at(entry, "variableAttribute"):
            if _is_actual(attribute, "type") and isinstance(value_at(attribute, "value"), str):
                yield _variable(entry), shown_text(attribute, "value")


def _is_actual(entry: Any, key: str) -> bool:
    return shown_text(entry, key) in ("", "Actual")


def _variable(entry: Any) -> str:
    """`Component.Variable`, instances in brackets, EVSE and connector after `@`: `Connector@1.2.Available`."""
    component, variable = value_at(entry, "component"), value_at(entry, "variable")
    place = ".".join(str(number) for number in _place(value_at(component, "evse")))
    return f"{_named(component)}{'@' + place if place else ''}.{_named(variable)}"


def _place(evse: Any) -> Iterator[int]:
    for key in ("id", "connectorId"):
        number = integer_at(evse, key)
        if number is not None:
            yield number


def _named(value: Any) -> str:
    instance = shown_text(value, "instance")
    return f"{shown_text(value, 'name')}[{instance}]" if instance else shown_text(value, "name")


def _configure(known: ChargePointState, key: str, value: str) -> None:
    if not key.strip("."):
        return
    known.set_configuration(key, value)
    if key in _HEARTBEAT_KEYS and value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0:
        known.heartbeat_interval = int(value)


_TAKEN = ("Accepted", "RebootRequired")
_HEARTBEAT_KEYS = frozenset({"HeartbeatInterval", "HeartBeatInterval", "OCPPCommCtrlr.HeartbeatInterval"})

_WITHOUT_IDS = frozenset({"MeterValues", "StatusNotification", "NotifyEvent", "NotifyReport"})
"""Frequent or long messages that contain no ids to remember."""

_REMEMBERED = ("requestId", "remoteStartId", "vendorId", "messageId")

_ON_CALL: dict[str, OnCall] = {
    "BootNotification": _boot,
    "StatusNotification": _status,
    "NotifyEvent": _event,
    "StopTransaction": _stopped,
    "MeterValues": _meter_values,
    "TransactionEvent": _transaction_event,
    "ReservationStatusUpdate": _reservation_ended,
    "SendLocalList": _local_list,
    "NotifyReport": _report,
}

_ON_RESULT: dict[str, OnResult] = {
    "BootNotification": _booted,
    "StartTransaction": _started,
    "ReserveNow": _reserved,
    "CancelReservation": _reservation_cancelled,
    "GetConfiguration": _configured,
    "ChangeConfiguration": _configured,
    "GetVariables": _configured,
    "SetVariables": _configured,
}

RELEVANT = frozenset(_ON_CALL) | frozenset(_ON_RESULT) | frozenset(
    {
        # These contain only ids and tokens.
        "Authorize",
        "CustomerInformation",
        "DataTransfer",
        "GetBaseReport",
        "GetChargingProfiles",
        "GetDisplayMessages",
        "GetLog",
        "GetMonitoringReport",
        "GetReport",
        "PublishFirmware",
        "RemoteStartTransaction",
        "RequestStartTransaction",
        "SetChargingProfile",
        "SignedUpdateFirmware",
        "UpdateFirmware",
    }
)  # fmt: skip
"""The actions that say something about the state; the messages of all others need not be read."""

ANSWERS_MATTER = frozenset(_ON_RESULT)
"""The actions whose answers say something about the state."""
