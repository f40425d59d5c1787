"""The payload of a message in a few words: what a person would look for in it first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

MAX_LENGTH = 400
"""Characters of a summary; no screen is wider."""
MAX_NAMES, MAX_ITEMS, MAX_DEPTH = 12, 8, 4
"""How much of an object, of a list and of their nesting is put into words."""

Payload = Mapping[str, Any]


def of_call(action: str, payload: Any) -> str:
    """What a CALL or SEND says."""
    return _said(_CALLS.get(action), payload)


def of_answer(action: str, payload: Any) -> str:
    """What the CALLRESULT to a call of this action says; the verdict comes first."""
    return _said(_ANSWERS.get(action, _answer), payload)


def of_details(payload: Any) -> str:
    """What the details of an error say."""
    return _words(payload) if payload else ""


def _said(in_words: Callable[[Payload], str] | None, payload: Any) -> str:
    if in_words is not None and isinstance(payload, dict):
        try:
            return in_words(payload)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError):
            pass  # a payload that is not as its schema wants it
    return _words(payload)


# -- any payload ------------------------------------------------------------------------------------------------


def _words(value: Any, depth: int = 0) -> str:
    """Names and values, the inner ones in brackets."""
    if isinstance(value, dict):
        return _joined(_pair(str(name), value[name], depth) for name in list(value)[:MAX_NAMES])
    return _value(value, depth)


def _pair(name: str, value: Any, depth: int = 0) -> str:
    short = _NESTED.get(name)
    if short is not None and isinstance(value, dict):
        return _said(short, value)
    if name in _SPEAKING and isinstance(value, str):
        return value[:MAX_LENGTH]
    return f"{_NAMES.get(name, name)} {_value(value, depth)}"


def _value(value: Any, depth: int = 0) -> str:
    match value:
        case str():
            return value[:MAX_LENGTH]
        case dict():
            return f"{{{_words(value, depth + 1) if depth < MAX_DEPTH else '…'}}}" if value else "{}"
        case list():
            return _list(value, depth)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
    return str(value)[:MAX_LENGTH]


def _list(values: list[Any], depth: int) -> str:
    if depth >= MAX_DEPTH:
        return "[…]"
    if len(values) == 1:
        return _value(values[0], depth + 1)
    if values and isinstance(values[0], dict | list):
        return f"{_value(values[0], depth + 1)} and {len(values) - 1} more"
    shown = ", ".join(_value(value, depth + 1) for value in values[:MAX_ITEMS])
    return f"[{shown}{', …' if len(values) > MAX_ITEMS else ''}]"


def _joined(parts: Iterable[str]) -> str:
    return "  ".join(part for part in parts if part)


def _rest(payload: Payload, *said: str) -> str:
    """What of a payload was not said yet."""
    return _words({name: value for name, value in payload.items() if name not in said})


def _several(items: list[Payload], in_words: Callable[[Payload], str]) -> str:
    """Each of a list that holds one thing after the other."""
    shown = ", ".join(in_words(item) for item in items[:MAX_ITEMS])
    return f"{shown}, …" if len(items) > MAX_ITEMS else shown


# -- parts that many messages have --------------------------------------------------------------------------------


def _place(payload: Payload) -> str:
    """Where: connector in 1.6, EVSE and its connector in 2.x."""
    evse = payload.get("evse")
    if isinstance(evse, dict):
        return _evse(evse)
    parts = [f"{name} {payload[key]}" for key, name in (("evseId", "EVSE"), ("connectorId", "connector"))
             if key in payload]  # fmt: skip
    return " ".join(parts)


def _evse(evse: Payload) -> str:
    connector = f" connector {evse['connectorId']}" if "connectorId" in evse else ""
    return f"EVSE {evse['id']}{connector}"


def _token(token: Payload) -> str:
    kind = token.get("type")
    return f"{token['idToken']} ({kind})" if kind and token["idToken"] else str(token["idToken"] or kind)


def _token_info(info: Payload) -> str:
    return _joined((str(info["status"]), _rest(info, "status")))


def _reason(info: Payload) -> str:
    return _joined((str(info["reasonCode"]), str(info.get("additionalInfo", ""))))


def _variable(payload: Payload) -> str:
    """A variable of the device model, with its component: `OCPPCommCtrlr.HeartbeatInterval`."""
    component, variable = payload["component"], payload.get("variable")
    name = _named(component)
    if isinstance(component.get("evse"), dict):
        name = f"{name} @ {_evse(component['evse'])}"
    return f"{name}.{_named(variable)}" if variable is not None else name


def _named(part: Payload) -> str:
    return f"{part['name']}[{part['instance']}]" if part.get("instance") else str(part["name"])


def _samples(meter_values: list[Payload]) -> str:
    """The readings of the last meter value."""
    return _joined(_sample(sample) for sample in meter_values[-1]["sampledValue"][:MAX_ITEMS])


def _sample(sample: Payload) -> str:
    measurand = sample.get("measurand", "Energy.Active.Import.Register")
    # Without a unit an energy is in Wh (SampledValue of 1.6, UnitOfMeasure of 2.x); nothing else has a default.
    default = "Wh" if measurand.startswith("Energy") else ""
    unit = sample.get("unit") or (sample.get("unitOfMeasure") or {}).get("unit") or default
    phase = f" {sample['phase']}" if "phase" in sample else ""
    value = str(sample["value"])
    # A signed value is a blob of hundreds of characters.
    return f"{_MEASURANDS.get(measurand, measurand)}{phase} {value if len(value) < 24 else '…'} {unit}".rstrip()


def _schedule(schedule: Any) -> str:
    """The limits of a charging schedule."""
    if isinstance(schedule, list):
        return _schedule(schedule[0])
    periods, unit = schedule["chargingSchedulePeriod"], schedule.get("chargingRateUnit", "")
    limits = [f"{period.get('limit', period.get('setpoint', '?'))}" for period in periods[:MAX_ITEMS]]
    return f"{', '.join(limits)}{', …' if len(periods) > MAX_ITEMS else ''} {unit}"


def _profile(profile: Payload) -> str:
    number = profile.get("chargingProfileId", profile.get("id", ""))
    purpose = profile["chargingProfilePurpose"]
    schedule = _schedule(profile["chargingSchedule"]) if profile.get("chargingSchedule") else ""
    return _joined((purpose, schedule, f"profile {number}", f"stack {profile.get('stackLevel', 0)}"))


# -- calls --------------------------------------------------------------------------------------------------------


def _boot(payload: Payload) -> str:
    station = payload.get("chargingStation")
    if isinstance(station, dict):
        made = f"{station['vendorName']} {station['model']}"
        return _joined((made, station.get("firmwareVersion", ""), payload.get("reason", "")))
    made = f"{payload['chargePointVendor']} {payload['chargePointModel']}"
    return _joined((made, payload.get("firmwareVersion", "")))


def _status(payload: Payload) -> str:
    if "connectorStatus" in payload:
        return f"{_place(payload)}  {payload['connectorStatus']}"
    parts = [_place(payload), payload["status"]]
    if payload.get("errorCode", "NoError") != "NoError":
        parts.append(payload["errorCode"])
    parts += [str(payload[name]) for name in ("vendorErrorCode", "info") if payload.get(name)]
    return _joined(parts)


def _meter_values(payload: Payload) -> str:
    transaction = f"tx {payload['transactionId']}" if "transactionId" in payload else ""
    return _joined((_place(payload), _samples(payload["meterValue"]), transaction))


def _transaction_event(payload: Payload) -> str:
    info = payload["transactionInfo"]
    parts = [f"{payload['eventType']} {payload['triggerReason']}", _place(payload)]
    parts += [str(info[name]) for name in ("chargingState", "stoppedReason") if name in info]
    if isinstance(payload.get("idToken"), dict):
        parts.append(_token(payload["idToken"]))
    if payload.get("meterValue"):
        parts.append(_samples(payload["meterValue"]))
    return _joined([*parts, f"tx {info['transactionId']}", f"seq {payload['seqNo']}"])


def _start(payload: Payload) -> str:
    return f"{_place(payload)}  {payload['idTag']}  from {payload['meterStart']} Wh"


def _stop(payload: Payload) -> str:
    return f"tx {payload['transactionId']}  {payload.get('reason', 'Local')}  at {payload['meterStop']} Wh"


def _remote_start(payload: Payload) -> str:
    token = payload["idTag"] if "idTag" in payload else _token(payload["idToken"])
    return _joined((_place(payload), token, _rest(payload, "evseId", "connectorId", "idTag", "idToken")))


def _availability(payload: Payload) -> str:
    wanted = payload["type"] if "type" in payload else payload["operationalStatus"]
    return _joined((_place(payload) or "the whole station", wanted))


def _set_profile(payload: Payload) -> str:
    profile = payload["csChargingProfiles"] if "csChargingProfiles" in payload else payload["chargingProfile"]
    return _joined((_place(payload), _profile(profile)))


def _report_profiles(payload: Payload) -> str:
    profiles = _several(payload["chargingProfile"], _profile)
    return _joined((_place(payload), profiles, _more(payload), f"request {payload['requestId']}"))


def _data_transfer(payload: Payload) -> str:
    return _joined((payload["vendorId"], payload.get("messageId", ""), _value(payload.get("data", ""))))


def _trigger(payload: Payload) -> str:
    return _joined((payload["requestedMessage"], payload.get("customTrigger", ""), _place(payload)))


def _get_variables(payload: Payload) -> str:
    return _several(payload["getVariableData"], _variable)


def _set_variables(payload: Payload) -> str:
    return _several(payload["setVariableData"], lambda item: f"{_variable(item)} = {item['attributeValue']}")


def _report(payload: Payload) -> str:
    def reported(item: Payload) -> str:
        values = [str(attribute["value"]) for attribute in item["variableAttribute"] if "value" in attribute]
        return f"{_variable(item)} = {values[0]}" if values else _variable(item)

    items = payload.get("reportData", [])
    count = f"{len(items)} variable{'' if len(items) == 1 else 's'}"
    return _joined((count, _more(payload), _several(items, reported), f"request {payload['requestId']}"))


def _event(payload: Payload) -> str:
    def happened(item: Payload) -> str:
        cleared = " cleared" if item.get("cleared") else ""
        return f"{_variable(item)} = {item['actualValue']} ({item['trigger']}{cleared})"

    return _joined((_several(payload["eventData"], happened), _more(payload)))


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
    return _joined((firmware["location"], f"at {when}", request))


def _log(payload: Payload) -> str:
    return _joined((payload["logType"], payload["log"]["remoteLocation"], f"request {payload['requestId']}"))


def _certificate(payload: Payload) -> str:
    kind = payload.get("certificateType", "")
    text = next((str(payload[name]) for name in ("csr", "certificate", "certificateChain") if name in payload), "")
    return _joined((kind, f"{len(text):,} characters of PEM" if text else ""))


# -- answers ------------------------------------------------------------------------------------------------------


def _answer(payload: Payload) -> str:
    """The status, where there is one, before everything else."""
    info = payload.get("idTagInfo", payload.get("idTokenInfo"))
    status = _token_info(info) if isinstance(info, dict) else ""
    return _joined((str(payload.get("status", "")), status, _rest(payload, "status", "idTagInfo", "idTokenInfo")))


def _boot_answer(payload: Payload) -> str:
    rest = _rest(payload, "status", "interval", "currentTime")
    return _joined((payload["status"], f"interval {payload['interval']} s", payload["currentTime"], rest))


def _configuration(payload: Payload) -> str:
    keys = _several(payload.get("configurationKey", []), lambda item: f"{item['key']} = {item.get('value', '')}")
    unknown = payload.get("unknownKey")
    return _joined((keys, f"unknown: {', '.join(unknown[:MAX_ITEMS])}" if unknown else ""))


def _variables_got(payload: Payload) -> str:
    def got(item: Payload) -> str:
        accepted = item["attributeStatus"] == "Accepted"
        return f"{_variable(item)} {'= ' + item.get('attributeValue', '') if accepted else item['attributeStatus']}"

    return _several(payload["getVariableResult"], got)


def _variables_set(payload: Payload) -> str:
    return _several(payload["setVariableResult"], lambda item: f"{item['attributeStatus']} {_variable(item)}")


def _composite(payload: Payload) -> str:
    if "schedule" in payload:
        schedule = payload["schedule"]
        return _joined(
            (payload["status"], _schedule(schedule), f"EVSE {schedule['evseId']}", schedule["scheduleStart"])
        )
    limits = _schedule(payload["chargingSchedule"]) if "chargingSchedule" in payload else ""
    return _joined((payload["status"], limits, _rest(payload, "status", "chargingSchedule")))


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
_NESTED: dict[str, Callable[[Payload], str]] = {
    "chargingProfile": _profile,
    "evse": _evse,
    "idTagInfo": _token_info,
    "idToken": _token,
    "idTokenInfo": _token_info,
    "statusInfo": _reason,
}
"""Objects that have a short form wherever they stand, by the name that they have there."""
_NAMES = {
    "chargingProfileId": "profile",
    "connectorId": "connector",
    "evseId": "EVSE",
    "parentIdTag": "group",
    "remoteStartId": "remote start",
    "requestId": "request",
    "reservationId": "reservation",
    "transactionId": "tx",
}
"""Names that have a shorter one in the field."""
_SPEAKING = frozenset(
    {"currentTime", "idTag", "location", "messageId", "reportBase", "requestedMessage", "status", "techCode",
     "techInfo", "type", "updateStatus", "uploadStatus", "vendorId"}
)  # fmt: skip
"""Names that their values make clear."""
_MEASURANDS = {
    "Energy.Active.Import.Register": "energy",
    "Energy.Active.Export.Register": "energy out",
    "Power.Active.Import": "power",
    "Power.Active.Export": "power out",
    "Power.Offered": "offered",
    "Current.Import": "current",
    "Current.Offered": "offered",
    "Voltage": "voltage",
    "Frequency": "frequency",
    "Temperature": "temperature",
}
