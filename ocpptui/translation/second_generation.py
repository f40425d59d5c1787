"""OCPP 2.0.1 and 2.1 in each other: 2.1 has nearly all of 2.0.1, so that little is lost but downwards.

Source: the schemas of both versions; OCPP 2.1 Part 2 section 3 (data types).
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.measurands import LARGEST_WHOLE
from ocpptui.ocpp.payload import Payload, object_at, objects_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.translation.exchange_half import ExchangeHalf
from ocpptui.translation.fitting import measurands_of
from ocpptui.translation.notes import TranslationNotes
from ocpptui.translation.payload_changes import NEWLY_REQUIRED, assume, change_value, respell


def to_2_1_from_2_0_1(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half of 2.0.1 as one of 2.1."""
    if (half.action, half.part) == ("NotifyMonitoringReport", Part.REQUEST):
        for monitored in objects_at(half.payload.get("monitor")):
            for one in objects_at(monitored, "variableMonitoring"):
                path = "$.monitor[].variableMonitoring[]"
                assume(one, "eventNotificationType", "CustomMonitor", "which 2.1 requires", notes, path)
    if (half.action, half.part) == ("SetNetworkProfile", Part.REQUEST):
        respell(object_at(half.payload, "connectionData"), "ocppVersion", {"OCPP20": "OCPP201"})
    return half


def to_2_0_1_from_2_1(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half of 2.1 as one of 2.0.1."""
    payload = half.payload
    match half.action, half.part:
        case (("MeterValues" | "TransactionEvent"), Part.REQUEST):
            _older_readings(payload, notes)
            change_value(payload, "triggerReason", _TRIGGER_REASONS, notes)
            transaction = object_at(payload, "transactionInfo")
            change_value(transaction, "stoppedReason", _STOP_REASONS, notes, "$.transactionInfo")
        case "NotifyEVChargingNeeds", Part.REQUEST:
            for name in ("acChargingParameters", "dcChargingParameters"):
                _whole_numbers(object_at(payload, "chargingNeeds", name), f"$.chargingNeeds.{name}", notes)
        case "Reset", Part.REQUEST:
            change_value(payload, "type", {"ImmediateAndResume": "Immediate"}, notes)
        case "SetNetworkProfile", Part.REQUEST:
            respell(object_at(payload, "connectionData"), "ocppVersion", {"OCPP201": "OCPP20"})
        case "SetDisplayMessage", Part.RESPONSE:
            change_value(payload, "status", {"LanguageNotSupported": "Rejected"}, notes)
        case "ClearDisplayMessage", Part.RESPONSE:
            change_value(payload, "status", {"Rejected": "Unknown"}, notes)
        case "NotifyEVChargingNeeds", Part.RESPONSE:
            change_value(payload, "status", {"NoChargingProfile": "Accepted"}, notes)
    return half


def _older_readings(payload: Payload, notes: TranslationNotes) -> None:
    """A value whose measurand 2.0.1 does not have is left out: without it, it would be energy."""
    known = measurands_of(Version.V201)
    readings = []
    for place, reading in enumerate(objects_at(payload, "meterValue")):
        values = []
        for number, sample in enumerate(objects_at(reading, "sampledValue")):
            path = f"$.meterValue[{place}].sampledValue[{number}]"
            if "measurand" in sample and sample["measurand"] not in known:
                notes.lose(path, f"2.0.1 has no measurand {sample['measurand']}")
                continue
            signed = object_at(sample, "signedMeterValue")
            for name in ("signingMethod", "publicKey") if signed else ():
                assume(signed, name, "", NEWLY_REQUIRED, notes, f"{path}.signedMeterValue")
            values.append(sample)
        if values:
            readings.append(reading | {"sampledValue": values})
    if "meterValue" in payload:
        payload["meterValue"] = readings
        if not readings and "eventType" in payload:
            del payload["meterValue"]


def _whole_numbers(parameters: Payload, path: str, notes: TranslationNotes) -> None:
    for name, value in parameters.items():
        if isinstance(value, float) and value.is_integer():
            parameters[name] = int(value)
        elif isinstance(value, float):
            parameters[name] = _rounded(value)
            notes.change(f"{path}.{name}", value, parameters[name])


def _rounded(value: float) -> Any:
    return round(value) if abs(value) <= LARGEST_WHOLE else value


_TRIGGER_REASONS = {
    "CostLimitReached": "EnergyLimitReached",
    "LimitSet": "ChargingRateChanged",
    "OperationModeChanged": "ChargingStateChanged",
    "RunningCost": "MeterValuePeriodic",
    "SoCLimitReached": "EnergyLimitReached",
    "TariffChanged": "ChargingRateChanged",
    "TariffNotAccepted": "Deauthorized",
    "TxResumed": "ChargingStateChanged",
}
_STOP_REASONS = {"ReqEnergyTransferRejected": "Other"}
