"""OCPP 2.0, which was withdrawn, and 2.0.1 in each other: mostly fields that were renamed or moved.

Sources: the schemas of both versions, and OCPP 2.0.1 Part 0 section "Changes since OCPP 2.0".
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.payload import Payload, number_at, object_at, objects_at
from ocpptui.ocpp.schema import Part
from ocpptui.translation.exchange_half import ExchangeHalf
from ocpptui.translation.generation_values import STILL_LOCKED
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.payload_changes import NEWLY_REQUIRED, assume, change_value, rename, respell, with_values

_REQUIRED_BEFORE = "which 2.0 requires"


def to_2_0_1_from_2_0(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half of 2.0 as one of 2.0.1."""
    action, payload = half.action, half.payload
    if action in ("NotifyCentralChargingNeeds", "Renegotiate15118Schedule"):
        return None
    if half.part is Part.REQUEST:
        if action == "FirmwareStatusNotification" and payload.get("status") == "PublishFailed":
            return None
        _newer_request(action, payload, notes)
    else:
        _newer_answer(half, notes)
    return half._replace(action=_RENEWED.get(action, action))


def to_2_0_from_2_0_1(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half of 2.0.1 as one of 2.0."""
    action, payload = half.action, half.payload
    asked = payload if half.part is Part.REQUEST else half.request or {}
    if action == "Reset" and "evseId" in asked:
        return None  # 2.0 resets the whole charging station
    if action == "TriggerMessage" and asked.get("requestedMessage") in _TRIGGERS_OF_2_0_1:
        return None
    if action == "PublishFirmwareStatusNotification" and asked.get("status") == "Idle":
        return None
    if action == "Get15118EVCertificate" and asked.get("action") == "Update":
        half = half._replace(action="Update15118EVCertificate")
    if half.part is Part.REQUEST:
        _older_request(action, payload, notes)
    else:
        _older_answer(half, notes)
    return half


# -- requests -------------------------------------------------------------------------------------------------------


def _newer_request(action: str, payload: Payload, notes: TranslationNotes) -> None:
    match action:
        case "Authorize":
            rename(payload, "15118CertificateHashData", "iso15118CertificateHashData")
        case "CertificateSigned":
            rename(payload, "typeOfCertificate", "certificateType")
            parts = payload.pop("cert", None)
            if isinstance(parts, list):
                payload["certificateChain"] = "\n".join(str(one).strip("\n") for one in parts)
        case "SignCertificate":
            rename(payload, "typeOfCertificate", "certificateType")
        case "ChangeAvailability":
            if evse := payload.pop("evseId", 0):
                payload["evse"] = {"id": evse}
        case "ClearChargingProfile":
            wanted = object_at(payload, "chargingProfile")
            criteria = {name: value for name, value in wanted.items() if name != "id"}
            if "evseId" in payload:
                criteria["evseId"] = payload.pop("evseId")
            payload.pop("chargingProfile", None)
            payload |= with_values(chargingProfileId=wanted.get("id"), chargingProfileCriteria=criteria or None)
        case "FirmwareStatusNotification":
            respell(payload, "status", {"CertificateVerified": "SignatureVerified"})
            change_value(payload, "status", dict.fromkeys(_BAD_CERTIFICATES, "InvalidSignature"), notes)
        case "Get15118EVCertificate" | "Update15118EVCertificate":
            rename(payload, "15118SchemaVersion", "iso15118SchemaVersion")
            payload["action"] = "Install" if action.startswith("Get") else "Update"
        case "GetInstalledCertificateIds":
            kind = payload.pop("typeOfCertificate", None)
            if isinstance(kind, str):
                payload["certificateType"] = [_CERTIFICATES.get(kind, kind)]
        case "InstallCertificate":
            respell(payload, "certificateType", _CERTIFICATES)
        case "MeterValues":
            _leave_out_signatures(payload, "2.0 and 2.0.1 sign meter values differently", notes)
        case "NotifyChargingLimit":
            for number, schedule in enumerate(objects_at(payload, "chargingSchedule")):
                assume(schedule, "id", number + 1, NEWLY_REQUIRED, notes, f"$.chargingSchedule[{number}]")
        case "NotifyEVChargingSchedule":
            assume(object_at(payload, "chargingSchedule"), "id", 1, NEWLY_REQUIRED, notes, "$.chargingSchedule")
        case "NotifyEVChargingNeeds":
            needs = object_at(payload, "chargingNeeds")
            respell(needs, "requestedEnergyTransfer", _TRANSFERS)
            change_value(needs, "requestedEnergyTransfer", _DC_TRANSFERS, notes, "$.chargingNeeds")
        case "NotifyEvent":
            for number, event in enumerate(objects_at(payload, "eventData")):
                monitor = object_at(event, "variableMonitoringEvent")
                kind = "CustomMonitor" if monitor else "HardWiredNotification"
                assume(event, "eventNotificationType", kind, NEWLY_REQUIRED, notes, f"$.eventData[{number}]")
                if "id" in monitor:
                    event["variableMonitoringId"] = monitor["id"]
        case "NotifyReport":
            for attribute in _attributes(payload):
                rename(attribute, "persistence", "persistent")
        case "PublishFirmwareStatusNotification":
            if "location" in payload:
                payload["location"] = [payload["location"]]
        case "ReportChargingProfiles":
            for number, profile in enumerate(objects_at(payload, "chargingProfile")):
                _newer_profile(profile, f"$.chargingProfile[{number}]", notes)
        case "RequestStartTransaction" | "SetChargingProfile":
            _newer_profile(object_at(payload, "chargingProfile"), "$.chargingProfile", notes)
        case "ReserveNow":
            reservation = object_at(payload, "reservation")
            evse = object_at(reservation, "evse")
            if "connectorId" in evse:
                notes.lose("$.reservation.evse.connectorId", "2.0.1 reserves an EVSE")
            payload.pop("reservation", None)
            payload |= with_values(
                id=reservation.get("id"),
                expiryDateTime=reservation.get("expiryDateTime"),
                connectorType=reservation.get("connectorCode"),
                evseId=evse.get("id"),
            )
        case "SetMonitoringBase":
            change_value(payload, "monitoringBase", {"None": "HardWiredOnly"}, notes)
        case "TransactionEvent":
            rename(payload, "transactionData", "transactionInfo")
            transaction = object_at(payload, "transactionInfo")
            rename(transaction, "id", "transactionId")
            respell(transaction, "chargingState", {"EVDetected": "EVConnected"})
            current = number_at(payload, "cableMaxCurrent")
            if isinstance(current, float):
                payload["cableMaxCurrent"] = int(current)
                if current != int(current):
                    notes.change("$.cableMaxCurrent", current, int(current))
            _leave_out_signatures(payload, "2.0 and 2.0.1 sign meter values differently", notes)
    if action in _WITH_REQUEST_ID:
        assume(payload, "requestId", 0, NEWLY_REQUIRED, notes)


def _older_request(action: str, payload: Payload, notes: TranslationNotes) -> None:
    match action:
        case "Authorize":
            rename(payload, "iso15118CertificateHashData", "15118CertificateHashData")
        case "CertificateSigned":
            rename(payload, "certificateType", "typeOfCertificate")
            chain = payload.pop("certificateChain", None)
            if isinstance(chain, str):
                *parts, rest = chain.split(_END_OF_CERTIFICATE)
                whole = [part.lstrip() + _END_OF_CERTIFICATE for part in parts]
                payload["cert"] = whole + ([rest.strip()] if rest.strip() or not whole else [])
        case "SignCertificate":
            rename(payload, "certificateType", "typeOfCertificate")
        case "ChangeAvailability":
            evse = object_at(payload, "evse")
            if "connectorId" in evse:
                notes.lose("$.evse.connectorId", "2.0 changes the availability of an EVSE")
            payload.pop("evse", None)
            payload["evseId"] = evse.get("id", 0)
        case "ClearChargingProfile":
            criteria = object_at(payload, "chargingProfileCriteria")
            wanted = {name: value for name, value in criteria.items() if name != "evseId"}
            wanted |= with_values(id=payload.pop("chargingProfileId", None))
            payload.pop("chargingProfileCriteria", None)
            payload |= with_values(evseId=criteria.get("evseId"), chargingProfile=wanted or None)
        case "FirmwareStatusNotification":
            respell(payload, "status", {"SignatureVerified": "CertificateVerified"})
            assume(payload, "requestId", 0, _REQUIRED_BEFORE, notes)
        case "Get15118EVCertificate":
            rename(payload, "iso15118SchemaVersion", "15118SchemaVersion")
            payload.pop("action", None)
        case "GetInstalledCertificateIds":
            kinds = payload.pop("certificateType", None)
            if isinstance(kinds, list) and kinds:
                payload["typeOfCertificate"] = _OLDER_CERTIFICATES.get(str(kinds[0]), kinds[0])
                for number, kind in enumerate(kinds[1:], 1):
                    notes.lose(f"$.certificateType[{number}]", f"2.0 asks for one type at a time, not for {kind} too")
        case "InstallCertificate":
            respell(payload, "certificateType", _OLDER_CERTIFICATES)
        case "LogStatusNotification":
            change_value(payload, "status", {"AcceptedCanceled": "UploadFailure"}, notes)
            assume(payload, "requestId", 0, _REQUIRED_BEFORE, notes)
        case "MeterValues":
            _leave_out_signatures(payload, "2.0 and 2.0.1 sign meter values differently", notes)
        case "NotifyEVChargingNeeds":
            needs = object_at(payload, "chargingNeeds")
            respell(needs, "requestedEnergyTransfer", {new: old for old, new in _TRANSFERS.items()})
            change_value(needs, "requestedEnergyTransfer", {"DC": "DC_core"}, notes, "$.chargingNeeds")
        case "NotifyEvent":
            for event in objects_at(payload, "eventData"):
                event.setdefault("cleared", False)  # the default of 2.0.1
        case "NotifyReport":
            for attribute in _attributes(payload):
                rename(attribute, "persistent", "persistence")
                for name in ("persistence", "constant"):
                    attribute.setdefault(name, False)  # the default of 2.0.1
                assume(attribute, "value", "", _REQUIRED_BEFORE, notes, "$.reportData[].variableAttribute[]")
        case "PublishFirmwareStatusNotification":
            places = payload.pop("location", None)
            if isinstance(places, list) and places:
                payload["location"] = places[0]
                for number in range(1, len(places)):
                    notes.lose(f"$.location[{number}]", "2.0 has one location")
        case "ReportChargingProfiles":
            for number, profile in enumerate(objects_at(payload, "chargingProfile")):
                _older_profile(profile, f"$.chargingProfile[{number}]", notes)
        case "RequestStartTransaction" | "SetChargingProfile":
            _older_profile(object_at(payload, "chargingProfile"), "$.chargingProfile", notes)
        case "ReserveNow":
            evse_id = payload.pop("evseId", None)
            payload["reservation"] = with_values(
                id=payload.pop("id", None),
                expiryDateTime=payload.pop("expiryDateTime", None),
                connectorCode=payload.pop("connectorType", None),
                evse=None if evse_id is None else {"id": evse_id},
            )
        case "SetMonitoringBase":
            change_value(payload, "monitoringBase", {"HardWiredOnly": "None"}, notes)
        case "TransactionEvent":
            rename(payload, "transactionInfo", "transactionData")
            transaction = object_at(payload, "transactionData")
            rename(transaction, "transactionId", "id")
            respell(transaction, "chargingState", {"EVConnected": "EVDetected"})
            change_value(payload, "triggerReason", _TRIGGER_REASONS, notes)
            _leave_out_signatures(payload, "2.0 and 2.0.1 sign meter values differently", notes)
    if action in _WITH_TBC:
        payload.setdefault("tbc", False)  # the default of 2.0.1


# -- answers --------------------------------------------------------------------------------------------------------


def _newer_answer(half: ExchangeHalf, notes: TranslationNotes) -> None:
    payload = half.payload
    match half.action:
        case "Authorize":
            if "evseId" in payload:
                object_at(payload, "idTokenInfo")["evseId"] = payload.pop("evseId")
        case "GetCertificateStatus":
            respell(payload, "status", {"Rejected": "Failed"})
        case "GetCompositeSchedule":
            evse_id, composite = payload.pop("evseId", None), object_at(payload, "schedule")
            schedule = object_at(composite, "chargingSchedule")
            start = composite.get("startDateTime", schedule.get("startSchedule"))
            if schedule:
                kept = {name: value for name, value in schedule.items() if name != "startSchedule"}
                payload["schedule"] = kept | with_values(evseId=evse_id, scheduleStart=start)
            else:
                payload.pop("schedule", None)
        case "GetInstalledCertificateIds":
            kind = (half.request or {}).get("typeOfCertificate")
            chains = [
                with_values(certificateHashData=one, certificateType=_CERTIFICATES.get(str(kind), kind))
                for one in objects_at(payload.pop("certificateHashData", None))
            ]
            if chains:
                payload["certificateHashDataChain"] = chains
        case "InstallCertificate":
            change_value(payload, "status", dict.fromkeys(_INSTALLATION_FAULTS, "Rejected"), notes)
        case "SetVariableMonitoring":
            for number, result in enumerate(objects_at(payload, "setMonitoringResult")):
                path = f"$.setMonitoringResult[{number}]"
                change_value(result, "status", {"OutOfRange": "Rejected"}, notes, path)
        case "SetVariables":
            for number, result in enumerate(objects_at(payload, "setVariableResult")):
                path = f"$.setVariableResult[{number}]"
                change_value(result, "attributeStatus", _VALUE_FAULTS, notes, path)


def _older_answer(half: ExchangeHalf, notes: TranslationNotes) -> None:
    payload = half.payload
    match half.action:
        case "Authorize":
            info = object_at(payload, "idTokenInfo")
            if "evseId" in info:
                payload["evseId"] = info.pop("evseId")
        case "Get15118EVCertificate" if payload.get("status") == "Failed":
            for name in ("contractSignatureCertificateChain", "saProvisioningCertificateChain"):
                assume(payload, name, {"certificate": ""}, _REQUIRED_BEFORE, notes)
        case "GetBaseReport" | "GetReport" | "GetMonitoringReport" | "SetMonitoringBase":
            change_value(payload, "status", {"EmptyResultSet": "Rejected"}, notes)
        case "GetCertificateStatus":
            respell(payload, "status", {"Failed": "Rejected"})
        case "GetCompositeSchedule":
            schedule = object_at(payload, "schedule")
            evse_id = schedule.pop("evseId", (half.request or {}).get("evseId"))
            payload |= with_values(evseId=evse_id)
            if schedule:
                start = with_values(startDateTime=schedule.pop("scheduleStart", None))
                payload["schedule"] = start | {"chargingSchedule": schedule}
        case "GetInstalledCertificateIds":
            found: list[Any] = []
            for number, chain in enumerate(objects_at(payload.pop("certificateHashDataChain", None))):
                if "certificateType" in chain:
                    path = f"$.certificateHashDataChain[{number}].certificateType"
                    notes.lose(path, "2.0 names the type in the request alone")
                found += [object_at(chain, "certificateHashData"), *objects_at(chain, "childCertificateHashData")]
            if found:
                payload["certificateHashData"] = found
        case "InstallCertificate":
            change_value(payload, "status", dict.fromkeys(("Rejected", "Failed"), "SignatureError"), notes)
        case "UnlockConnector":
            change_value(payload, "status", dict.fromkeys(STILL_LOCKED, "UnlockFailed"), notes)
        case "UpdateFirmware":
            change_value(payload, "status", dict.fromkeys(_BAD_CERTIFICATES, "Rejected"), notes)


# -- parts of payloads ----------------------------------------------------------------------------------------------


def _newer_profile(profile: Payload, path: str, notes: TranslationNotes) -> None:
    schedule = profile.get("chargingSchedule")
    if isinstance(schedule, dict):
        assume(schedule, "id", 1, NEWLY_REQUIRED, notes, f"{path}.chargingSchedule")
        profile["chargingSchedule"] = [schedule]


def _older_profile(profile: Payload, path: str, notes: TranslationNotes) -> None:
    schedules = profile.get("chargingSchedule")
    if isinstance(schedules, list) and schedules:
        profile["chargingSchedule"] = schedules[0]
        for number in range(1, len(schedules)):
            notes.lose(f"{path}.chargingSchedule[{number}]", "2.0 has one schedule")


def _leave_out_signatures(payload: Payload, why: str, notes: TranslationNotes) -> None:
    for place, reading in enumerate(objects_at(payload, "meterValue")):
        for number, sample in enumerate(objects_at(reading, "sampledValue")):
            if sample.pop("signedMeterValue", None) is not None:
                notes.lose(f"$.meterValue[{place}].sampledValue[{number}].signedMeterValue", why)


def _attributes(payload: Payload) -> list[Payload]:
    data = objects_at(payload, "reportData")
    return [attribute for one in data for attribute in objects_at(one, "variableAttribute")]


_RENEWED = {"Update15118EVCertificate": "Get15118EVCertificate"}
_WITH_REQUEST_ID = frozenset(
    {"GetChargingProfiles", "GetMonitoringReport", "GetReport", "NotifyCustomerInformation", "NotifyMonitoringReport"}
    | {"NotifyReport", "PublishFirmware", "ReportChargingProfiles"}
)
_WITH_TBC = frozenset(
    {"NotifyCustomerInformation", "NotifyDisplayMessages", "NotifyEvent", "NotifyMonitoringReport", "NotifyReport"}
)
_BAD_CERTIFICATES = ("InvalidCertificate", "RevokedCertificate")
_TRIGGERS_OF_2_0_1 = ("PublishFirmwareStatusNotification", "SignCombinedCertificate")
_CERTIFICATES = {"V2GRootCertficate": "V2GRootCertificate"}
"""2.0 writes it without its second i."""
_OLDER_CERTIFICATES = {new: old for old, new in _CERTIFICATES.items()}
_TRANSFERS = {"AC_single_phase_core": "AC_single_phase", "AC_three_phase_core": "AC_three_phase"}
_DC_TRANSFERS = dict.fromkeys(("DC_core", "DC_extended", "DC_combo_core", "DC_unique"), "DC")
_INSTALLATION_FAULTS = (
    "SignatureError",
    "CertificateExpired",
    "CertificateRevoked",
    "NoCertificateAvailable",
    "CertChainError",
    "ContractCancelled",
)
_VALUE_FAULTS = {"InvalidValue": "Rejected", "OutOfRange": "Rejected"}
_TRIGGER_REASONS = {
    "AbnormalCondition": "ChargingStateChanged",
    "ResetCommand": "ChargingStateChanged",
    "SignedDataReceived": "MeterValuePeriodic",
}
_END_OF_CERTIFICATE = "-----END CERTIFICATE-----"
