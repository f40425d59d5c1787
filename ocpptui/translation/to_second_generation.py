"""OCPP 1.6 as 2.0.1: what a charge point or central system that migrates would send instead.

Sources: OCPP 1.6 section 6 and the security whitepaper; OCPP 2.0.1 Part 2 section 1 (messages) and use case E.
A connector n of 1.6 is taken as connector 1 of EVSE n.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.measurands import ENERGY, LARGEST_WHOLE
from ocpptui.ocpp.payload import Payload, measured_at, object_at, objects_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.translation.exchange_half import ExchangeHalf
from ocpptui.translation.fitting import measurands_of
from ocpptui.translation.generation_values import (
    CERTIFICATES,
    OCCUPIED,
    PURPOSES,
    RENAMED,
    RESETS,
    STOP_REASONS,
    STOP_TRIGGERS,
    TRIGGERS,
    UNITS,
    UPLOADS,
)
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.payload_changes import NEWLY_REQUIRED, assume, change_value, rename, respell, with_values
from ocpptui.translation.translated_settings import (
    variable_change_answered,
    variable_changed,
    variables_answered,
    variables_asked,
)


def to_2_0_1_from_1_6(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half of 1.6 as one of 2.0.1."""
    if half.part is Part.REQUEST:
        return _request(half, notes)
    return _answer(half, notes)


# -- requests -------------------------------------------------------------------------------------------------------


def _request(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    action, payload = half.action, half.payload
    match action:
        case "StartTransaction":
            return half.says(_started(payload, notes), "TransactionEvent")
        case "StopTransaction":
            return half.says(_ended(payload, notes), "TransactionEvent")
        case "MeterValues":
            _newer_readings(payload, "meterValue", notes)
            if "transactionId" in payload:
                return half.says(_updated(payload, notes), "TransactionEvent")
            _place(payload)
        case "StatusNotification":
            if payload.get("connectorId") == 0:
                return None  # 2.0.1 reports the charging station by the variable AvailabilityState
            _status(payload, notes)
        case "GetConfiguration":
            return variables_asked(half, notes)
        case "ChangeConfiguration":
            return variable_changed(half)
        case _:
            _simple_request(action, payload, notes)
    return half.says(payload, RENAMED.get(action, action))


def _simple_request(action: str, payload: Payload, notes: TranslationNotes) -> None:
    """The requests whose fields have other names and places."""
    match action:
        case "Authorize":
            _token(payload, "idTag", "idToken", notes)
        case "BootNotification":
            modem = with_values(iccid=payload.pop("iccid", None), imsi=payload.pop("imsi", None))
            payload["chargingStation"] = with_values(
                vendorName=payload.pop("chargePointVendor", None),
                model=payload.pop("chargePointModel", None),
                serialNumber=payload.pop("chargePointSerialNumber", None),
                firmwareVersion=payload.pop("firmwareVersion", None),
                modem=modem or None,
            )
            assume(payload, "reason", "PowerUp", NEWLY_REQUIRED, notes)
        case "ChangeAvailability":
            rename(payload, "type", "operationalStatus")
            if connector := payload.pop("connectorId", 0):
                payload["evse"] = {"id": connector}
        case "ClearChargingProfile":
            rename(payload, "id", "chargingProfileId")
            respell(payload, "chargingProfilePurpose", PURPOSES)
            _place(payload)
            names = ("evseId", "chargingProfilePurpose", "stackLevel")
            criteria = {name: payload.pop(name) for name in names if name in payload}
            payload |= with_values(chargingProfileCriteria=criteria or None)
        case "DiagnosticsStatusNotification" | "LogStatusNotification":
            respell(payload, "status", UPLOADS)
        case "GetCompositeSchedule":
            _place(payload)
        case "GetDiagnostics":
            payload["log"] = with_values(
                remoteLocation=payload.pop("location", None),
                oldestTimestamp=payload.pop("startTime", None),
                latestTimestamp=payload.pop("stopTime", None),
            )
            payload["logType"] = "DiagnosticsLog"
            assume(payload, "requestId", 1, NEWLY_REQUIRED, notes)
        case "GetInstalledCertificateIds":
            if isinstance(kind := payload.get("certificateType"), str):
                payload["certificateType"] = [CERTIFICATES.get(kind, kind)]
        case "InstallCertificate":
            respell(payload, "certificateType", CERTIFICATES)
        case "RemoteStartTransaction":
            _token(payload, "idTag", "idToken", notes)
            _place(payload)
            assume(payload, "remoteStartId", 1, NEWLY_REQUIRED, notes)
            _profile(object_at(payload, "chargingProfile"), "$.chargingProfile", notes)
        case "RemoteStopTransaction":
            _transaction_id(payload)
        case "ReserveNow":
            rename(payload, "reservationId", "id")
            rename(payload, "expiryDate", "expiryDateTime")
            _token(payload, "idTag", "idToken", notes)
            _token(payload, "parentIdTag", "groupIdToken", notes)
            if connector := payload.pop("connectorId", 0):
                payload["evseId"] = connector
        case "Reset":
            respell(payload, "type", RESETS)
        case "SendLocalList":
            rename(payload, "listVersion", "versionNumber")
            for entry in objects_at(payload, "localAuthorizationList"):
                _token(entry, "idTag", "idToken", notes, "$.localAuthorizationList[]")
                _token_info(entry, notes, "$.localAuthorizationList[]")
        case "SetChargingProfile":
            rename(payload, "csChargingProfiles", "chargingProfile")
            _profile(object_at(payload, "chargingProfile"), "$.chargingProfile", notes)
            _place(payload)
        case "TriggerMessage" | "ExtendedTriggerMessage":
            respell(payload, "requestedMessage", TRIGGERS)
            if connector := payload.pop("connectorId", 0):
                payload["evse"] = {"id": connector}
        case "UnlockConnector":
            _place(payload)
            assume(payload, "connectorId", 1, "of the EVSE of the same number", notes)
        case "UpdateFirmware":
            payload["firmware"] = with_values(
                location=payload.pop("location", None), retrieveDateTime=payload.pop("retrieveDate", None)
            )
            assume(payload, "requestId", 1, NEWLY_REQUIRED, notes)


def _started(payload: Payload, notes: TranslationNotes) -> Payload:
    """The transaction id is in the answer of the central system in 1.6; in 2.0.1 the charging station makes it up."""
    event: Payload = {"eventType": "Started", "transactionInfo": {}}
    event |= with_values(timestamp=payload.get("timestamp"), reservationId=payload.get("reservationId"))
    assume(event, "triggerReason", "Authorized", "as a transaction of 1.6 begins with a token", notes)
    assume(event, "seqNo", 0, "the first of the transaction", notes)
    connector = payload.get("connectorId")
    if isinstance(connector, int):
        event["evse"] = {"id": connector, "connectorId": 1}
        notes.assume("$.evse.connectorId", 1, "of the EVSE of the same number")
    if "idTag" in payload:
        event |= _token_of(payload, notes)
    if isinstance(register := payload.get("meterStart"), int):
        event["meterValue"] = [_register(register, "Transaction.Begin", payload.get("timestamp"))]
    return event


def _ended(payload: Payload, notes: TranslationNotes) -> Payload:
    _newer_readings(payload, "transactionData", notes)
    reason = payload.get("reason", "Local")  # the default of 1.6
    event: Payload = {"eventType": "Ended", "transactionInfo": with_values(transactionId=_text(payload))}
    event |= with_values(timestamp=payload.get("timestamp"))
    event["triggerReason"] = STOP_TRIGGERS.get(str(reason), "AbnormalCondition")
    notes.assume("$.triggerReason", event["triggerReason"], f"for the reason {reason}")
    info = {"stoppedReason": reason}
    change_value(info, "stoppedReason", STOP_REASONS, notes, "$.transactionInfo")
    event["transactionInfo"] |= info
    assume(event, "seqNo", 1, "its place among the events of the transaction", notes)
    if "idTag" in payload:
        event |= _token_of(payload, notes)
    readings = objects_at(payload, "transactionData")
    if isinstance(register := payload.get("meterStop"), int):
        readings.append(_register(register, "Transaction.End", payload.get("timestamp")))
    return event | with_values(meterValue=readings or None)


def _updated(payload: Payload, notes: TranslationNotes) -> Payload:
    readings = objects_at(payload, "meterValue")
    samples = [sample for reading in readings for sample in objects_at(reading, "sampledValue")]
    contexts = {str(sample.get("context")) for sample in samples}
    trigger = next((_TRIGGER_OF_CONTEXT[one] for one in sorted(contexts) if one in _TRIGGER_OF_CONTEXT), None)
    event: Payload = {"eventType": "Updated", "transactionInfo": with_values(transactionId=_text(payload))}
    event |= with_values(timestamp=next((one["timestamp"] for one in readings if "timestamp" in one), None))
    event["triggerReason"] = trigger or "MeterValuePeriodic"
    assume(event, "seqNo", 1, "its place among the events of the transaction", notes)
    if isinstance(connector := payload.get("connectorId"), int) and connector:
        event["evse"] = {"id": connector, "connectorId": 1}
        notes.assume("$.evse.connectorId", 1, "of the EVSE of the same number")
    return event | with_values(meterValue=readings or None)


def _status(payload: Payload, notes: TranslationNotes) -> None:
    rename(payload, "status", "connectorStatus")
    change_value(payload, "connectorStatus", dict.fromkeys(OCCUPIED, "Occupied"), notes)
    if payload.get("errorCode") == "NoError":
        del payload["errorCode"]  # nothing is lost
    _place(payload)
    assume(payload, "connectorId", 1, "of the EVSE of the same number", notes)


# -- answers --------------------------------------------------------------------------------------------------------


def _answer(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    action, payload, request = half.action, half.payload, half.request or {}
    match action:
        case "Authorize" | "StartTransaction" | "StopTransaction":
            _token_info(payload, notes)
            return half.says(payload, "Authorize" if action == "Authorize" else "TransactionEvent")
        case "MeterValues":
            return half.says(payload, "TransactionEvent" if "transactionId" in request else action)
        case "ChangeConfiguration":
            return variable_change_answered(half, notes)
        case "GetConfiguration":
            return variables_answered(half, notes)
        case "GetCompositeSchedule":
            schedule = object_at(payload, "chargingSchedule")
            composite = schedule | with_values(
                evseId=payload.get("connectorId"),
                scheduleStart=payload.get("scheduleStart", schedule.pop("startSchedule", None)),
            )
            if "minChargingRate" in composite:
                notes.lose("$.chargingSchedule.minChargingRate")
            for name in ("chargingSchedule", "connectorId", "scheduleStart"):
                payload.pop(name, None)
            kept = {name: one for name, one in composite.items() if name not in ("startSchedule", "minChargingRate")}
            payload |= with_values(schedule=kept if schedule else None)
        case "GetDiagnostics":
            rename(payload, "fileName", "filename")
            assume(payload, "status", "Accepted", NEWLY_REQUIRED, notes)
        case "GetInstalledCertificateIds":
            kind = request.get("certificateType")
            found = [
                with_values(certificateHashData=one, certificateType=CERTIFICATES.get(str(kind), kind))
                for one in objects_at(payload, "certificateHashData")
            ]
            payload.pop("certificateHashData", None)
            payload |= with_values(certificateHashDataChain=found or None)
        case "GetLocalListVersion":
            rename(payload, "listVersion", "versionNumber")
            if payload.get("versionNumber") == -1:
                notes.change("$.versionNumber", "-1 (no local list)", 0)
                payload["versionNumber"] = 0
        case "SendLocalList":
            change_value(payload, "status", {"NotSupported": "Failed"}, notes)
        case "SetChargingProfile":
            change_value(payload, "status", {"NotSupported": "Rejected"}, notes)
        case "UnlockConnector":
            change_value(payload, "status", {"NotSupported": "UnlockFailed"}, notes)
        case "UpdateFirmware":
            assume(payload, "status", "Accepted", NEWLY_REQUIRED, notes)
    return half.says(payload, RENAMED.get(action, action))


# -- parts of payloads ----------------------------------------------------------------------------------------------


def _place(payload: Payload) -> None:
    """The EVSE of the same number as the connector."""
    rename(payload, "connectorId", "evseId")


def _text(payload: Payload) -> str | None:
    number = payload.get("transactionId")
    return None if number is None else str(number)


def _transaction_id(payload: Payload) -> None:
    if "transactionId" in payload:
        payload["transactionId"] = str(payload["transactionId"])


def _token_of(payload: Payload, notes: TranslationNotes) -> Payload:
    found: Payload = {"idTag": payload["idTag"]}
    _token(found, "idTag", "idToken", notes)
    return found


def _token(payload: Payload, old: str, new: str, notes: TranslationNotes, path: str = "$") -> None:
    if old in payload:
        payload[new] = {"idToken": payload.pop(old), "type": "ISO14443"}
        notes.assume(f"{path}.{new}.type", "ISO14443", "an idTag does not say what kind of token it is")


def _token_info(payload: Payload, notes: TranslationNotes, path: str = "$") -> None:
    rename(payload, "idTagInfo", "idTokenInfo")
    info = object_at(payload, "idTokenInfo")
    rename(info, "expiryDate", "cacheExpiryDateTime")
    _token(info, "parentIdTag", "groupIdToken", notes, f"{path}.idTokenInfo")


def _profile(profile: Payload, path: str, notes: TranslationNotes) -> None:
    rename(profile, "chargingProfileId", "id")
    respell(profile, "chargingProfilePurpose", PURPOSES)
    _transaction_id(profile)
    if isinstance(schedule := profile.get("chargingSchedule"), dict):
        assume(schedule, "id", 1, NEWLY_REQUIRED, notes, f"{path}.chargingSchedule[0]")
        profile["chargingSchedule"] = [schedule]


def _register(value: int, context: str, time: Any) -> Payload:
    sample = {"value": value, "context": context, "measurand": ENERGY, "unitOfMeasure": {"unit": "Wh"}}
    return with_values(timestamp=time) | {"sampledValue": [sample]}


def _newer_readings(payload: Payload, name: str, notes: TranslationNotes) -> None:
    """Values as numbers; what is not a number, or has a measurand that 2.0.1 does not have, is left out."""
    known, readings = measurands_of(Version.V201), []
    for place, reading in enumerate(objects_at(payload, name)):
        values = []
        for number, sample in enumerate(objects_at(reading, "sampledValue")):
            path = f"$.{name}[{place}].sampledValue[{number}]"
            value = _number(sample.get("value"))
            if sample.get("measurand", ENERGY) not in known:
                notes.lose(path, f"2.0.1 has no measurand {sample['measurand']}")
            elif sample.get("format") == "SignedData":
                notes.lose(path, "1.6 and 2.0.1 sign meter values differently")
            elif value is None:
                notes.lose(path, f"{sample.get('value')} is not a number")
            else:
                unit = sample.get("unit")
                kept = {key: one for key, one in sample.items() if key not in ("format", "unit", "value")}
                named = {} if unit is None else {"unitOfMeasure": {"unit": UNITS.get(str(unit), unit)}}
                values.append({"value": value} | kept | named)
        if values:
            readings.append(reading | {"sampledValue": values})
    if name in payload:
        payload[name] = readings


def _number(value: Any) -> int | float | None:
    found = measured_at(value)
    if found is None or abs(found) > LARGEST_WHOLE:
        return None
    return int(found) if found.is_integer() else found


_TRIGGER_OF_CONTEXT = {
    "Sample.Clock": "MeterValueClock",
    "Sample.Periodic": "MeterValuePeriodic",
    "Trigger": "Trigger",
}
