"""OCPP 2.0.1 as 1.6: what an older charge point or central system would send instead.

Sources: OCPP 1.6 section 6 and the security whitepaper; OCPP 2.0.1 Part 2 section 1 (messages) and use case E.
EVSE n is taken as connector n of 1.6.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.payload import Payload, object_at, objects_at
from ocpptui.ocpp.schema import Part
from ocpptui.translation.exchange_half import ExchangeHalf
from ocpptui.translation.generation_values import (
    CERTIFICATES,
    CHARGING_STATES,
    OLDER_STOP_REASONS,
    PURPOSES,
    RESETS,
    STILL_LOCKED,
)
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.older_readings import lose_readings, older_readings, register_of
from ocpptui.translation.payload_changes import assume, change_value, rename, respell, with_values
from ocpptui.translation.translated_settings import key_change_answered, key_changed, keys_answered, keys_asked

_REQUIRED = "which 1.6 requires"


def to_1_6_from_2_0_1(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half of 2.0.1 as one of 1.6."""
    if half.part is Part.REQUEST:
        return _request(half, notes)
    return _answer(half, notes)


# -- requests -------------------------------------------------------------------------------------------------------


def _request(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    action, payload = half.action, half.payload
    if action == "TransactionEvent":
        return _event(half, notes)
    if _has_no_request(action, payload):
        return None
    said = _action_of(action, payload)
    match action:
        case "GetVariables":
            return keys_asked(half, notes)
        case "SetVariables":
            return key_changed(half, notes)
        case "GetBaseReport":
            if "requestId" in payload:
                notes.lose("$.requestId", "the answer of 1.6 has the settings themselves")
            return half.says({}, said)
        case _:
            _simple_request(action, payload, notes)
    return half.says(payload, said)


def _has_no_request(action: str, payload: Payload) -> bool:
    """Whether 1.6 has the action, but not this request."""
    match action:
        case "Reset":
            return "evseId" in payload  # 1.6 resets the whole charge point
        case "TriggerMessage":
            return payload.get("requestedMessage") in _OWN_TRIGGERS
        case "GetBaseReport":
            return payload.get("reportBase") == "SummaryInventory"
        case "SignCertificate" | "CertificateSigned":
            return payload.get("certificateType") == "V2GCertificate"
        case "InstallCertificate":
            return payload.get("certificateType") in ("V2GRootCertificate", "MORootCertificate")
    return False


def _action_of(action: str, request: Payload | None) -> str:
    """The action of 1.6 for a request of 2.0.1; without the request, the plainest."""
    asked = request or {}
    match action:
        case "UpdateFirmware" if "signature" in object_at(asked, "firmware"):
            return "SignedUpdateFirmware"
        case "FirmwareStatusNotification" if "requestId" in asked:
            return "SignedFirmwareStatusNotification"
        case "TriggerMessage" if asked.get("requestedMessage") in ("LogStatusNotification", *_EXTENDED_TRIGGERS):
            return "ExtendedTriggerMessage"
    return _OLDER_NAMES.get(action, action)


def _simple_request(action: str, payload: Payload, notes: TranslationNotes) -> None:
    """The requests whose fields have other names and places."""
    match action:
        case "Authorize":
            _tag(payload, "idToken", "idTag", notes)
        case "BootNotification":
            station = object_at(payload, "chargingStation")
            payload |= with_values(
                chargePointVendor=station.get("vendorName"),
                chargePointModel=station.get("model"),
                chargePointSerialNumber=station.get("serialNumber"),
                firmwareVersion=station.get("firmwareVersion"),
                **{name: object_at(station, "modem").get(name) for name in ("iccid", "imsi")},
            )
            payload.pop("chargingStation", None)
        case "ChangeAvailability":
            rename(payload, "operationalStatus", "type")
            _connector_of_evse(payload, notes)
            payload.setdefault("connectorId", 0)
        case "ClearChargingProfile":
            rename(payload, "chargingProfileId", "id")
            criteria = object_at(payload, "chargingProfileCriteria")
            rename(criteria, "evseId", "connectorId")
            respell(criteria, "chargingProfilePurpose", _older(PURPOSES))
            payload.pop("chargingProfileCriteria", None)
            payload |= criteria
        case "GetCompositeSchedule" | "MeterValues":
            rename(payload, "evseId", "connectorId")
            if action == "MeterValues":
                payload["meterValue"] = older_readings(payload, notes)
        case "GetInstalledCertificateIds":
            kinds = payload.pop("certificateType", None)
            known = [str(kind) for kind in kinds if str(kind) in _CERTIFICATES] if isinstance(kinds, list) else []
            payload |= with_values(certificateType=_CERTIFICATES[known[0]] if known else None)
            for number, kind in enumerate(kinds if isinstance(kinds, list) else []):
                if kind not in known[:1]:
                    notes.lose(f"$.certificateType[{number}]", f"1.6 does not ask for {kind} here")
        case "InstallCertificate":
            respell(payload, "certificateType", _CERTIFICATES)
        case "LogStatusNotification":
            change_value(payload, "status", {"AcceptedCanceled": "UploadFailure"}, notes)
        case "RequestStartTransaction":
            _tag(payload, "idToken", "idTag", notes)
            rename(payload, "evseId", "connectorId")
            _profile(object_at(payload, "chargingProfile"), "$.chargingProfile", notes)
        case "RequestStopTransaction":
            _transaction_number(payload, notes)
        case "ReserveNow":
            rename(payload, "id", "reservationId")
            rename(payload, "expiryDateTime", "expiryDate")
            _tag(payload, "idToken", "idTag", notes)
            _tag(payload, "groupIdToken", "parentIdTag", notes)
            payload["connectorId"] = payload.pop("evseId", 0)
        case "Reset":
            respell(payload, "type", _older(RESETS))
        case "SendLocalList":
            rename(payload, "versionNumber", "listVersion")
            for entry in objects_at(payload, "localAuthorizationList"):
                _tag(entry, "idToken", "idTag", notes, "$.localAuthorizationList[]")
                _tag_info(entry, notes, "$.localAuthorizationList[]")
        case "SetChargingProfile":
            rename(payload, "chargingProfile", "csChargingProfiles")
            _profile(object_at(payload, "csChargingProfiles"), "$.chargingProfile", notes)
            rename(payload, "evseId", "connectorId")
        case "StatusNotification":
            rename(payload, "connectorStatus", "status")
            change_value(payload, "status", {"Occupied": "Preparing"}, notes)
            fault = "OtherError" if payload.get("status") == "Faulted" else "NoError"
            assume(payload, "errorCode", fault, _REQUIRED, notes)
            _lose_connector(payload, notes)
        case "TriggerMessage":
            respell(payload, "requestedMessage", {"SignChargingStationCertificate": "SignChargePointCertificate"})
            _connector_of_evse(payload, notes)
        case "UnlockConnector":
            _lose_connector(payload, notes)
        case "UpdateFirmware":
            firmware = object_at(payload, "firmware")
            if "signature" not in firmware:
                payload |= with_values(location=firmware.get("location"), retrieveDate=firmware.get("retrieveDateTime"))
                payload.pop("firmware", None)
                if "installDateTime" in firmware:
                    notes.lose("$.firmware.installDateTime", "1.6 installs what it has received")


def _event(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """Start, stop and meter values are messages of their own in 1.6; so is the change of a connector's status."""
    payload = half.payload
    said = _action_of_event(payload)
    if said is None:
        return None
    info = object_at(payload, "transactionInfo")
    transaction = with_values(transactionId=info.get("transactionId"))
    evse = _connector_of(object_at(payload, "evse"), notes)
    token = with_values(idToken=payload.get("idToken") if "idToken" in _OF_EVENT[said] else None)
    _tag(token, "idToken", "idTag", notes)
    kept = with_values(timestamp=payload.get("timestamp"))
    match said:
        case "StartTransaction":
            if transaction:
                notes.lose("$.transactionInfo.transactionId", "the central system of 1.6 makes up the id")
            kept |= token | with_values(connectorId=evse, reservationId=payload.get("reservationId"))
            kept |= with_values(meterStart=register_of(payload, "Transaction.Begin"))
            lose_readings(payload, "Transaction.Begin", notes)
        case "StopTransaction":
            _transaction_number(transaction, notes, "$.transactionInfo")
            change_value(info, "stoppedReason", OLDER_STOP_REASONS, notes, "$.transactionInfo")
            kept |= token | transaction | with_values(meterStop=register_of(payload, "Transaction.End"))
            kept |= with_values(reason=info.get("stoppedReason"))
            kept |= with_values(transactionData=older_readings(payload, notes) or None)
        case "MeterValues":
            _transaction_number(transaction, notes, "$.transactionInfo")
            kept = transaction | with_values(connectorId=evse) | {"meterValue": older_readings(payload, notes)}
        case _:
            if transaction:
                notes.lose("$.transactionInfo.transactionId", "1.6 reports a status without its transaction")
            kept |= {"status": CHARGING_STATES[info["chargingState"]]} | with_values(connectorId=evse)
            assume(kept, "errorCode", "NoError", _REQUIRED, notes)
    for name in payload:
        if name not in (*_IN_EVERY_EVENT, *_OF_EVENT[said]):
            notes.lose(f"$.{name}")
    for name in info:
        if name not in ("transactionId", *_OF_TRANSACTION[said]):
            notes.lose(f"$.transactionInfo.{name}")
    return half.says(kept, said)


def _action_of_event(payload: Payload) -> str | None:
    match payload.get("eventType"):
        case "Started":
            return "StartTransaction"
        case "Ended":
            return "StopTransaction"
    if objects_at(payload, "meterValue"):
        return "MeterValues"
    state = object_at(payload, "transactionInfo").get("chargingState")
    return "StatusNotification" if isinstance(state, str) and state in CHARGING_STATES else None


# -- answers --------------------------------------------------------------------------------------------------------


def _answer(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    action, payload, request = half.action, half.payload, half.request
    if request is not None and _has_no_request(action, request):
        return None
    said = _action_of(action, request)
    match action:
        case "TransactionEvent":
            answered = None if request is None else _action_of_event(request)
            if answered is None:
                return None  # without its event it is not known what is answered
            _tag_info(payload, notes)
            if answered == "StartTransaction":
                assume(payload, "idTagInfo", {"status": "Accepted"}, _REQUIRED, notes)
            return half.says(payload, answered)
        case "GetBaseReport":
            return None  # the settings come later, with NotifyReport
        case "Authorize":
            _tag_info(payload, notes)
        case "GetVariables":
            return half.says(keys_answered(payload, notes), said)
        case "SetVariables":
            return half.says(key_change_answered(payload), said)
        case "GetCompositeSchedule":
            schedule = object_at(payload, "schedule")
            payload |= with_values(connectorId=schedule.get("evseId"), scheduleStart=schedule.get("scheduleStart"))
            payload.pop("schedule", None)
            kept = {name: one for name, one in schedule.items() if name not in ("evseId", "scheduleStart")}
            payload |= with_values(chargingSchedule=kept or None)
        case "GetInstalledCertificateIds":
            chains = objects_at(payload, "certificateHashDataChain")
            found = [object_at(chain, "certificateHashData") for chain in chains]
            for number, chain in enumerate(chains):
                path = f"$.certificateHashDataChain[{number}]"
                if "certificateType" in chain:
                    notes.lose(f"{path}.certificateType", "1.6 names the type in the request alone")
                if objects_at(chain, "childCertificateHashData"):
                    notes.lose(f"{path}.childCertificateHashData", "1.6 lists root certificates")
            payload.pop("certificateHashDataChain", None)
            payload |= with_values(certificateHashData=found or None)
        case "GetLocalListVersion":
            rename(payload, "versionNumber", "listVersion")
        case "Reset":
            change_value(payload, "status", {"Scheduled": "Accepted"}, notes)
        case "UnlockConnector":
            change_value(payload, "status", dict.fromkeys(STILL_LOCKED, "UnlockFailed"), notes)
        case "UpdateFirmware" if said == "UpdateFirmware" and "status" in payload:
            notes.lose("$.status", "1.6 only confirms that the request arrived")
            del payload["status"]
    return half.says(payload, said)


# -- parts of payloads ----------------------------------------------------------------------------------------------


def _older(values: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in values.items()}


def _connector_of(evse: Payload, notes: TranslationNotes) -> Any:
    if evse.get("connectorId", 1) != 1:
        notes.lose("$.evse.connectorId", "EVSE n is taken as connector n")
    return evse.get("id")


def _connector_of_evse(payload: Payload, notes: TranslationNotes) -> None:
    payload |= with_values(connectorId=_connector_of(object_at(payload, "evse"), notes))
    payload.pop("evse", None)


def _lose_connector(payload: Payload, notes: TranslationNotes) -> None:
    if payload.pop("connectorId", 1) != 1:
        notes.lose("$.connectorId", "EVSE n is taken as connector n")
    rename(payload, "evseId", "connectorId")


def _transaction_number(payload: Payload, notes: TranslationNotes, path: str = "$") -> None:
    """Transaction ids of 1.6 are numbers; any other is missing then."""
    number = payload.pop("transactionId", None)
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS:
        payload["transactionId"] = int(number)
    elif number is not None:
        notes.lose(f"{path}.transactionId", f"{number} is not a number, as the ids of 1.6 are")


def _tag(payload: Payload, old: str, new: str, notes: TranslationNotes, path: str = "$") -> None:
    token = object_at(payload, old)
    payload.pop(old, None)
    if not token:
        return
    payload |= {new: token["idToken"]} if token.get("idToken") else {}
    if token.get("type") not in (None, "ISO14443"):
        notes.lose(f"{path}.{old}.type", f"1.6 does not say that it is {token.get('type')}")
    if "additionalInfo" in token:
        notes.lose(f"{path}.{old}.additionalInfo")


def _tag_info(payload: Payload, notes: TranslationNotes, path: str = "$") -> None:
    rename(payload, "idTokenInfo", "idTagInfo")
    info = object_at(payload, "idTagInfo")
    rename(info, "cacheExpiryDateTime", "expiryDate")
    _tag(info, "groupIdToken", "parentIdTag", notes, f"{path}.idTokenInfo")
    change_value(info, "status", _TOKEN_STATUSES, notes, f"{path}.idTokenInfo")


def _profile(profile: Payload, path: str, notes: TranslationNotes) -> None:
    rename(profile, "id", "chargingProfileId")
    respell(profile, "chargingProfilePurpose", _older(PURPOSES))
    _transaction_number(profile, notes, path)
    schedules = profile.get("chargingSchedule")
    if isinstance(schedules, list) and schedules:
        profile["chargingSchedule"] = schedules[0]
        if isinstance(schedules[0], dict):
            schedules[0].pop("id", None)
        for number in range(1, len(schedules)):
            notes.lose(f"{path}.chargingSchedule[{number}]", "1.6 has one schedule")


_IN_EVERY_EVENT = ("eventType", "evse", "meterValue", "transactionInfo")
"""Fields of a TransactionEvent that each message of 1.6 has in some form, or loses with a note of its own."""
_OF_EVENT: dict[str, tuple[str, ...]] = {
    "StartTransaction": ("timestamp", "idToken", "reservationId"),
    "StopTransaction": ("timestamp", "idToken"),
    "MeterValues": (),
    "StatusNotification": ("timestamp",),
}
"""Other fields that a message of 1.6 takes from the event that it is made of."""
_OF_TRANSACTION: dict[str, tuple[str, ...]] = {
    "StartTransaction": (),
    "StopTransaction": ("stoppedReason",),
    "MeterValues": (),
    "StatusNotification": ("chargingState",),
}
"""What it takes from the transactionInfo beside the id."""
_OLDER_NAMES = {
    "RequestStartTransaction": "RemoteStartTransaction",
    "RequestStopTransaction": "RemoteStopTransaction",
    "SetVariables": "ChangeConfiguration",
    "GetVariables": "GetConfiguration",
    "GetBaseReport": "GetConfiguration",
}
_CERTIFICATES = _older(CERTIFICATES) | {"ManufacturerRootCertificate": "ManufacturerRootCertificate"}
_EXTENDED_TRIGGERS = ("SignChargingStationCertificate",)
_OWN_TRIGGERS = (
    "TransactionEvent",
    "SignV2GCertificate",
    "SignCombinedCertificate",
    "PublishFirmwareStatusNotification",
)
_TOKEN_STATUSES = dict.fromkeys(("NoCredit", "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime"), "Blocked") | {
    "Unknown": "Invalid"
}
_MOST_DIGITS = 9
