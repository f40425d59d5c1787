"""Any payload in words, and parts that many messages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ocpptui.describe.chart_scale import unit_text
from ocpptui.ocpp.measurands import ENERGY
from ocpptui.ocpp.payload import samples_in

MAX_LENGTH = 400
"""The most characters of a summary; no screen is wider."""
MAX_NAMES, MAX_ITEMS, MAX_DEPTH = 12, 8, 4
"""How much of an object, of a list and of their nesting is described."""

Payload = Mapping[str, Any]


def said(in_words: Callable[[Payload], str] | None, payload: Any, depth: int = 0) -> str:
    """A payload in the words for its action; in those for any payload if it does not follow its schema."""
    words = _fitting(in_words, payload) if in_words is not None and isinstance(payload, dict) else None
    return payload_words(payload, depth) if words is None else words


def _fitting(in_words: Callable[[Payload], str], payload: Payload) -> str | None:
    """The payload in these words; None if it does not have what they need."""
    try:
        return in_words(payload)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError):
        return None


# -- any payload ------------------------------------------------------------------------------------------------


def payload_words(value: Any, depth: int = 0) -> str:
    """Names and values, the inner ones in brackets."""
    if not isinstance(value, dict):
        return value_of(value, depth)
    names = list(value)
    variable = _fitting(variable_of, value) if "component" in value else None
    if variable is not None:
        names = [name for name in names if name not in ("component", "variable")]
    return joined((variable or "", *(_pair(str(name), value[name], depth) for name in names[:MAX_NAMES])))


def _pair(name: str, value: Any, depth: int = 0) -> str:
    short = _NESTED.get(name)
    if short is not None and isinstance(value, dict) and depth < MAX_DEPTH:
        return said(short, value, depth + 1)
    if name in _SPEAKING and isinstance(value, str):
        return value[:MAX_LENGTH]
    return f"{_NAMES.get(name, name)} {value_of(value, depth)}"


def value_of(value: Any, depth: int = 0) -> str:
    """A value of any type; for a list, the first few items."""
    match value:
        case str() if value.startswith("-----BEGIN"):
            return f"{len(value):,} characters of PEM"
        case str():
            return value[:MAX_LENGTH]
        case dict():
            return f"{{{payload_words(value, depth + 1) if depth < MAX_DEPTH else '…'}}}" if value else "{}"
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
        return value_of(values[0], depth + 1)
    if values and isinstance(values[0], dict | list):
        return f"{value_of(values[0], depth + 1)} and {len(values) - 1} more"
    shown = ", ".join(value_of(value, depth + 1) for value in values[:MAX_ITEMS])
    return f"[{shown}{', …' if len(values) > MAX_ITEMS else ''}]"


def joined(parts: Iterable[str]) -> str:
    """The parts that are not empty, with a gap between them."""
    return "  ".join(part for part in parts if part)


def rest_of(payload: Payload, *told: str) -> str:
    """The part of a payload that was not described yet."""
    return payload_words({name: value for name, value in payload.items() if name not in told})


def several(items: list[Payload], in_words: Callable[[Payload], str]) -> str:
    """Each item of a list."""
    shown = ", ".join(in_words(item) for item in items[:MAX_ITEMS])
    return f"{shown}, …" if len(items) > MAX_ITEMS else shown


# -- parts that many messages share --------------------------------------------------------------------------------


def place_of(payload: Payload) -> str:
    """The place: connector in 1.6, EVSE and its connector in 2.x."""
    evse = payload.get("evse")
    if isinstance(evse, dict):
        return evse_of(evse)
    parts = [f"{name} {payload[key]}" for key, name in (("evseId", "EVSE"), ("connectorId", "connector"))
             if key in payload]  # fmt: skip
    return " ".join(parts)


def evse_of(evse: Payload) -> str:
    """An EVSE, with its connector if one is named."""
    connector = f" connector {evse['connectorId']}" if "connectorId" in evse else ""
    return f"EVSE {evse['id']}{connector}"


def token_of(token: Payload) -> str:
    """An idToken of 2.x with its type; one of type NoAuthorization is empty."""
    kind = token.get("type")
    return f"{token['idToken']} ({kind})" if kind and token["idToken"] else str(token["idToken"] or kind)


def token_info_of(info: Payload) -> str:
    """What is known about a token: its status before the other fields."""
    plain = {name: value for name, value in info.items() if name != "status" and not isinstance(value, dict | list)}
    return joined((str(info["status"]), payload_words(plain)))


def reason_of(info: Payload) -> str:
    """A statusInfo."""
    return joined((str(info["reasonCode"]), str(info.get("additionalInfo", ""))))


def certificate_of(hashes: Payload) -> str:
    """A certificate, which its hashes identify: its serial number."""
    return f"certificate {hashes['serialNumber']}"


def variable_of(payload: Payload) -> str:
    """A variable of the device model, with its component: `OCPPCommCtrlr.HeartbeatInterval`."""
    component, variable = payload["component"], payload.get("variable")
    name = _named(component)
    if isinstance(component.get("evse"), dict):
        name = f"{name} @ {evse_of(component['evse'])}"
    return f"{name}.{_named(variable)}" if variable is not None else name


def _named(part: Payload) -> str:
    return f"{part['name']}[{part['instance']}]" if part.get("instance") else str(part["name"])


def samples_of(meter_values: list[Payload]) -> str:
    """The readings of the last meter value."""
    return joined(_sample(sample) for sample in samples_in(meter_values[-1])[:MAX_ITEMS])


def _sample(sample: Payload) -> str:
    measurand = sample.get("measurand", ENERGY)
    # An energy without a unit is in Wh (SampledValue of 1.6, UnitOfMeasure of 2.x); nothing else has a default.
    default = "Wh" if measurand.startswith("Energy") else ""
    unit = unit_text(str(sample.get("unit") or (sample.get("unitOfMeasure") or {}).get("unit") or default))
    phase = f" {sample['phase']}" if "phase" in sample else ""
    value = str(sample["value"])
    # A signed value is a blob of hundreds of characters.
    return f"{_MEASURANDS.get(measurand, measurand)}{phase} {value if len(value) < 24 else '…'} {unit}".rstrip()


def schedule_of(schedule: Any) -> str:
    """The limits of a charging schedule."""
    if isinstance(schedule, list):
        return schedule_of(schedule[0])
    periods, unit = schedule["chargingSchedulePeriod"], schedule.get("chargingRateUnit", "")
    limits = [f"{period.get('limit', period.get('setpoint', '–'))}" for period in periods[:MAX_ITEMS]]
    return f"{', '.join(limits)}{', …' if len(periods) > MAX_ITEMS else ''} {unit}"


def profile_of(profile: Payload) -> str:
    """A charging profile: its purpose and limits before its numbers."""
    number = profile.get("chargingProfileId", profile.get("id", ""))
    purpose = profile["chargingProfilePurpose"]
    schedule = schedule_of(profile["chargingSchedule"]) if profile.get("chargingSchedule") else ""
    return joined((purpose, schedule, f"profile {number}", f"stack {profile.get('stackLevel', 0)}"))


_NESTED: dict[str, Callable[[Payload], str]] = {
    "certificateHashData": certificate_of,
    "chargingProfile": profile_of,
    "customerCertificate": certificate_of,
    "evse": evse_of,
    "groupIdToken": lambda token: f"group {token_of(token)}",
    "idTagInfo": token_info_of,
    "idToken": token_of,
    "idTokenInfo": token_info_of,
    "ocspRequestData": certificate_of,
    "statusInfo": reason_of,
}
"""Objects that have a short form wherever they occur, by the name of their field."""
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
"""Names that have a common shorter form."""
_SPEAKING = frozenset(
    {"allowedEnergyTransfer", "certificateType", "chargingProfilePurpose", "controlType", "currentTime", "eventType",
     "idTag", "location", "messageId", "monitoringBase", "reportBase", "requestedMessage", "reservationUpdateStatus",
     "status", "techCode", "techInfo", "timestamp", "type", "updateStatus", "uploadStatus", "vendorId"}
)  # fmt: skip
"""Names that are omitted, because the values are clear without them."""
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
