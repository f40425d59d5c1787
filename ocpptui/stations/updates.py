"""How each message updates the known state of a charge point, by action.

The functions recognise the version by the shape of the payload, so they also read captures that do not name a
version. Source: OCPP 1.6 edition 2 sections 6 and 7, OCPP 2.0.1 and 2.1 Part 2 section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ocpptui.ocpp.payload import integer_at, measured_at, meter_values_in, objects_at, shown_text, value_at
from ocpptui.ocpp.version import Version
from ocpptui.stations.meter_values import readings
from ocpptui.stations.setting_messages import SettingNews, event_news, exchange_news, report_news
from ocpptui.stations.state import CertificateHash, ChargePointState, TransactionState

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
    for path in _LOCATIONS:
        known.remember("location", shown_text(payload, *path))
    known.remember("chargingProfileId", shown_text(payload, "csChargingProfiles", "chargingProfileId"))
    known.remember("chargingProfileId", shown_text(payload, "chargingProfile", "id"))
    for token in (shown_text(payload, "idTag"), shown_text(payload, "idToken", "idToken")):
        if token:
            known.id_tokens.add(token)


def _boot(known: ChargePointState, payload: Any, time: int) -> None:
    if not known.boot_is_triggered and shown_text(payload, "reason") != "Triggered":
        known.settings.reboot(time)
    known.boot_is_triggered = False
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
    _take(known, event_news(payload), time)


# -- transactions and meter values ------------------------------------------------------------------------------


def _started(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    transaction_id = shown_text(result, "transactionId")
    if not transaction_id:
        return
    transaction = known.transaction(transaction_id)
    transaction.connector = integer_at(request, "connectorId") or 0
    transaction.id_token = shown_text(request, "idTag")
    transaction.started, transaction.start_record = time, known.record
    transaction.meter_start = measured_at(request, "meterStart")
    if transaction.meter_last is None:
        transaction.meter_last = transaction.meter_start
    _release_reservation(known, request)


def _stopped(known: ChargePointState, payload: Any, time: int) -> None:
    transaction_id = shown_text(payload, "transactionId")
    if not transaction_id:
        return
    transaction = known.transaction(transaction_id)
    transaction.stopped, transaction.stop_record = time, known.record
    transaction.reason = shown_text(payload, "reason") or _default_reason(known)
    _meter(known, transaction, 0, transaction.connector, value_at(payload, "transactionData"), time)
    meter_stop = measured_at(payload, "meterStop")
    if meter_stop is not None:
        transaction.meter_last = meter_stop


def _default_reason(known: ChargePointState) -> str:
    return (known.version or Version.V16).default_stop_reason


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
    transaction.token_type = transaction.token_type or shown_text(payload, "idToken", "type")
    transaction.state = shown_text(payload, "transactionInfo", "chargingState") or transaction.state
    sequence = integer_at(payload, "seqNo")
    if sequence is not None:
        transaction.sequence = max(sequence, transaction.sequence or 0)
    known.remember("remoteStartId", shown_text(payload, "transactionInfo", "remoteStartId"))
    match shown_text(payload, "eventType"):
        case "Started":
            transaction.started, transaction.start_record = time, known.record
        case "Ended":
            transaction.stopped, transaction.stop_record = time, known.record
            transaction.reason = shown_text(payload, "transactionInfo", "stoppedReason") or _default_reason(known)
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


# -- certificates -----------------------------------------------------------------------------------------------


def _certificates(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    use = shown_text(request, "certificateType")  # 1.6 asks for those of one use
    listed = [_certificate(data, use) for data in objects_at(result, "certificateHashData")]
    for chain in objects_at(result, "certificateHashDataChain"):
        listed.append(_certificate(value_at(chain, "certificateHashData"), shown_text(chain, "certificateType")))
        listed += [_certificate(data) for data in objects_at(chain, "childCertificateHashData")]
    known.list_certificates(listed)


def _certificate_deleted(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    if shown_text(result, "status") == "Accepted":
        gone = _certificate(value_at(request, "certificateHashData"))
        known.certificates = [one for one in known.certificates if one._replace(use="") != gone]


def _certificate(data: Any, use: str = "") -> CertificateHash:
    algorithm, name, key, serial = (shown_text(data, part) for part in _HASH_NAMES)
    return CertificateHash(algorithm, name, key, serial, use)


_HASH_NAMES = ("hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber")


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
    _take(known, exchange_news(request, result), time)


def _report(known: ChargePointState, payload: Any, time: int) -> None:
    _take(known, report_news(payload), time)


def _take(known: ChargePointState, told: Iterable[SettingNews], time: int) -> None:
    for news in told:
        known.settings.take(news, time)
        value = news.value if news.value is not None and news.status in ("", "Accepted") else ""
        if str(news.place) in _HEARTBEAT_KEYS and value.isascii() and value.isdigit() and 0 < len(value) < 10:
            known.heartbeat_interval = int(value) or known.heartbeat_interval


def _triggered(known: ChargePointState, request: Any, result: Any, time: int) -> None:
    if shown_text(request, "requestedMessage") == "BootNotification" and shown_text(result, "status") == "Accepted":
        known.boot_is_triggered = True


_HEARTBEAT_KEYS = frozenset({"HeartbeatInterval", "HeartBeatInterval", "OCPPCommCtrlr.HeartbeatInterval"})

_WITHOUT_IDS = frozenset({"MeterValues", "StatusNotification", "NotifyEvent", "NotifyReport"})
"""Frequent or long messages that contain no ids to remember."""

_REMEMBERED = ("requestId", "remoteStartId", "vendorId", "messageId")

_LOCATIONS = (("location",), ("log", "remoteLocation"), ("firmware", "location"))
"""Where messages name the URL of a file."""

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
    "TriggerMessage": _triggered,
    "GetInstalledCertificateIds": _certificates,
    "DeleteCertificate": _certificate_deleted,
}

RELEVANT = frozenset(_ON_CALL) | frozenset(_ON_RESULT) | frozenset(
    {
        # These contain only ids and tokens.
        "Authorize",
        "CustomerInformation",
        "DataTransfer",
        "GetBaseReport",
        "GetChargingProfiles",
        "GetDiagnostics",
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
