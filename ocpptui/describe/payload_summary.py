"""The payload of a message in a few words: what the user would look for first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocpptui.describe.payload_words import (
    MAX_ITEMS,
    Payload,
    joined,
    payload_words,
    place_of,
    profile_of,
    rest_of,
    said,
    samples_of,
    schedule_of,
    several,
    token_info_of,
    token_of,
    value_of,
    variable_of,
)
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.payload import meter_values_in
from ocpptui.ocpp.version import Version


def of_call(action: str, payload: Any, version: Version | None = None) -> str:
    """The content of a CALL or SEND; `version` is that of its connection, if it is known."""
    if action == "StopTransaction" and version is not None:
        return said(lambda stop: _stop(stop, version.default_stop_reason), payload)
    return said(_CALLS.get(action), payload)


def of_answer(action: str, payload: Any) -> str:
    """The content of the CALLRESULT to a call of this action; the status comes first."""
    return said(_ANSWERS.get(action, _answer), payload)


def of_details(payload: Any) -> str:
    """The content of the details of an error."""
    return payload_words(payload) if payload else ""


# -- calls --------------------------------------------------------------------------------------------------------


def _boot(payload: Payload) -> str:
    station = payload.get("chargingStation")
    if isinstance(station, dict):
        made = f"{station['vendorName']} {station['model']}"
        return joined((made, station.get("firmwareVersion", ""), payload.get("reason", "")))
    made = f"{payload['chargePointVendor']} {payload['chargePointModel']}"
    return joined((made, payload.get("firmwareVersion", "")))


def _status(payload: Payload) -> str:
    if "connectorStatus" in payload:
        return f"{place_of(payload)}  {payload['connectorStatus']}"
    parts = [place_of(payload), payload["status"]]
    if payload.get("errorCode", "NoError") != "NoError":
        parts.append(payload["errorCode"])
    parts += [str(payload[name]) for name in ("vendorErrorCode", "info") if payload.get(name)]
    return joined(parts)


def _meter_values(payload: Payload) -> str:
    transaction = f"tx {payload['transactionId']}" if "transactionId" in payload else ""
    return joined((place_of(payload), samples_of(meter_values_in(payload)), transaction))


def _transaction_event(payload: Payload) -> str:
    info = payload["transactionInfo"] if "transactionInfo" in payload else payload["transactionData"]  # of 2.0
    parts = [f"{payload['eventType']} {payload['triggerReason']}", place_of(payload)]
    parts += [str(info[name]) for name in ("chargingState", "stoppedReason") if name in info]
    if isinstance(payload.get("idToken"), dict):
        parts.append(token_of(payload["idToken"]))
    if payload.get("meterValue"):
        parts.append(samples_of(payload["meterValue"]))
    transaction = info["transactionId"] if "transactionId" in info else info["id"]
    return joined([*parts, f"tx {transaction}", f"seq {payload['seqNo']}"])


def _start(payload: Payload) -> str:
    return f"{place_of(payload)}  {payload['idTag']}  from {payload['meterStart']} Wh"


def _stop(payload: Payload, default_reason: str = "") -> str:
    return joined(
        (f"tx {payload['transactionId']}", payload.get("reason", default_reason), f"at {payload['meterStop']} Wh")
    )


def _remote_start(payload: Payload) -> str:
    token = payload["idTag"] if "idTag" in payload else token_of(payload["idToken"])
    return joined((place_of(payload), token, rest_of(payload, "evseId", "connectorId", "idTag", "idToken")))


def _availability(payload: Payload) -> str:
    wanted = payload["type"] if "type" in payload else payload["operationalStatus"]
    return joined((place_of(payload) or "the whole station", wanted))


def _set_profile(payload: Payload) -> str:
    profile = payload["csChargingProfiles"] if "csChargingProfiles" in payload else payload["chargingProfile"]
    return joined((place_of(payload), profile_of(profile)))


def _report_profiles(payload: Payload) -> str:
    profiles = several(payload["chargingProfile"], profile_of)
    return joined((place_of(payload), profiles, _more(payload), f"request {payload['requestId']}"))


def _data_transfer(payload: Payload) -> str:
    # The message before its vendor, whose name fills the row of 80 columns.
    return joined((payload.get("messageId", ""), payload["vendorId"], value_of(payload.get("data", ""))))


def _trigger(payload: Payload) -> str:
    return joined((payload["requestedMessage"], payload.get("customTrigger", ""), place_of(payload)))


def _get_variables(payload: Payload) -> str:
    return several(payload["getVariableData"], variable_of)


def _set_variables(payload: Payload) -> str:
    return several(payload["setVariableData"], lambda item: f"{variable_of(item)} = {item['attributeValue']}")


def _report(payload: Payload) -> str:
    def reported(item: Payload) -> str:
        values = [str(attribute["value"]) for attribute in item["variableAttribute"] if "value" in attribute]
        return f"{variable_of(item)} = {values[0]}" if values else variable_of(item)

    items = payload.get("reportData", [])
    count = counted(len(items), "variable")
    return joined((count, _more(payload), several(items, reported), f"request {payload['requestId']}"))


def _event(payload: Payload) -> str:
    def happened(item: Payload) -> str:
        cleared = " cleared" if item.get("cleared") else ""
        return f"{variable_of(item)} = {item['actualValue']} ({item['trigger']}{cleared})"

    return joined((several(payload["eventData"], happened), _more(payload)))


def _more(payload: Payload) -> str:
    return "more to come" if payload.get("tbc") else ""


def _get_configuration(payload: Payload) -> str:
    return ", ".join(payload["key"][:MAX_ITEMS]) if payload.get("key") else "every key"


def _local_list(payload: Payload) -> str:
    entries = payload.get("localAuthorizationList", [])
    number = payload["listVersion"] if "listVersion" in payload else payload["versionNumber"]
    return f"{payload['updateType']}  version {number}  {len(entries)} entr{'y' if len(entries) == 1 else 'ies'}"


def _update_firmware(payload: Payload) -> str:
    firmware = payload.get("firmware", payload)
    when = firmware["retrieveDate"] if "retrieveDate" in firmware else firmware["retrieveDateTime"]
    request = f"request {payload['requestId']}" if "requestId" in payload else ""
    return joined((firmware["location"], f"at {when}", request))


def _log(payload: Payload) -> str:
    return joined((payload["logType"], payload["log"]["remoteLocation"], f"request {payload['requestId']}"))


def _certificate(payload: Payload) -> str:
    text = next((payload[name] for name in ("csr", "certificate", "certificateChain") if name in payload), "")
    return joined((payload.get("certificateType", ""), value_of(text)))


# -- answers ------------------------------------------------------------------------------------------------------


def _answer(payload: Payload) -> str:
    """The status, if there is one, before everything else."""
    info = payload.get("idTagInfo", payload.get("idTokenInfo"))
    status = token_info_of(info) if isinstance(info, dict) else ""
    return joined((str(payload.get("status", "")), status, rest_of(payload, "status", "idTagInfo", "idTokenInfo")))


def _boot_answer(payload: Payload) -> str:
    rest = rest_of(payload, "status", "interval", "heartbeatInterval", "currentTime")
    interval = payload["interval"] if "interval" in payload else payload["heartbeatInterval"]
    return joined((payload["status"], f"interval {interval} s", payload["currentTime"], rest))


def _configuration(payload: Payload) -> str:
    keys = several(payload.get("configurationKey", []), lambda item: f"{item['key']} = {item.get('value', '')}")
    unknown = payload.get("unknownKey")
    return joined((keys, f"unknown: {', '.join(unknown[:MAX_ITEMS])}" if unknown else ""))


def _variables_got(payload: Payload) -> str:
    def got(item: Payload) -> str:
        accepted = item["attributeStatus"] == "Accepted"
        return f"{variable_of(item)} {'= ' + item.get('attributeValue', '') if accepted else item['attributeStatus']}"

    return several(payload["getVariableResult"], got)


def _variables_set(payload: Payload) -> str:
    return several(payload["setVariableResult"], lambda item: f"{item['attributeStatus']} {variable_of(item)}")


def _composite(payload: Payload) -> str:
    if "schedule" in payload:
        schedule = payload["schedule"]
        return joined(
            (payload["status"], schedule_of(schedule), f"EVSE {schedule['evseId']}", schedule["scheduleStart"])
        )
    limits = schedule_of(payload["chargingSchedule"]) if "chargingSchedule" in payload else ""
    return joined((payload["status"], limits, rest_of(payload, "status", "chargingSchedule")))


_CALLS: dict[str, Callable[[Payload], str]] = {
    "BootNotification": _boot,
    "CertificateSigned": _certificate,
    "ChangeAvailability": _availability,
    "ChangeConfiguration": lambda payload: f"{payload['key']} = {payload['value']}",
    "DataTransfer": _data_transfer,
    "ExtendedTriggerMessage": _trigger,
    "GetConfiguration": _get_configuration,
    "GetLog": _log,
    "GetVariables": _get_variables,
    "InstallCertificate": _certificate,
    "MeterValues": _meter_values,
    "NotifyEvent": _event,
    "NotifyReport": _report,
    "RemoteStartTransaction": _remote_start,
    "ReportChargingProfiles": _report_profiles,
    "RequestStartTransaction": _remote_start,
    "SendLocalList": _local_list,
    "SetChargingProfile": _set_profile,
    "SetVariables": _set_variables,
    "SignCertificate": _certificate,
    "SignedUpdateFirmware": _update_firmware,
    "StartTransaction": _start,
    "StatusNotification": _status,
    "StopTransaction": _stop,
    "TransactionEvent": _transaction_event,
    "TriggerMessage": _trigger,
    "UpdateFirmware": _update_firmware,
}
_ANSWERS: dict[str, Callable[[Payload], str]] = {
    "BootNotification": _boot_answer,
    "GetCompositeSchedule": _composite,
    "GetConfiguration": _configuration,
    "GetVariables": _variables_got,
    "SetVariables": _variables_set,
}
