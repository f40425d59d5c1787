"""Example payloads from the tree of fields: always valid by the schema, with values that suit the field names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ocpptui.ocpp.schema import Field

DATE_TIME = "2026-01-31T12:00:00Z"
"""Every date-time of an example: the same payload each time."""


def smallest(field: Field) -> Any:
    """The fewest valid fields: the required ones, and one item in a required array."""
    return _build(field, lambda inner: inner.required)


def complete_example(field: Field) -> Any:
    """Every field, with one item in each array; customData once, at the top."""
    root = _build(field, lambda inner: inner.required or inner.name != "customData")
    custom = field.child("customData")
    return root if custom is None else root | {custom.name: _build(custom, lambda inner: True)}


def _build(field: Field, wanted: Callable[[Field], bool], parent: str = "") -> Any:
    if field.type == "object":
        return {inner.name: _build(inner, wanted, field.name or parent) for inner in field.fields if wanted(inner)}
    if field.type == "array" and field.item is not None:
        item = replace(field.item, name=field.name) if _is_scalar(field.item) else field.item
        return [_build(item, wanted, field.name) for _ in range(max(1, field.min_items or 0))]
    if field.default is not None:
        return field.default
    if field.enum:
        return _choice(field)
    if field.type == "boolean":
        return field.name not in _FALSE
    if field.type in ("integer", "number"):
        return _number(field)
    return _text(field, parent)


def _is_scalar(field: Field) -> bool:
    return field.type not in ("object", "array")


def _choice(field: Field) -> str:
    return next((choice for choice in _CHOICES if choice in field.enum), field.enum[0])


def _number(field: Field) -> int | float:
    value: float = _NUMBERS.get(field.name, 1)
    if field.minimum is not None:
        value = max(value, field.minimum)
    if field.maximum is not None:
        value = min(value, field.maximum)
    return int(value) if field.type == "integer" or value == int(value) else value


def _text(field: Field, parent: str) -> str:
    if field.format == "date-time":
        return DATE_TIME if not _AHEAD.search(field.name) else _NEXT_DAY
    text = _TEXTS.get(f"{parent}.{field.name}") or _TEXTS.get(field.name) or field.name or "text"
    if field.format == "uri" and "://" not in text:
        text = f"https://example.com/{text}"
    if field.min_length is not None:
        text = text.ljust(field.min_length, "x")
    return text if field.max_length is None else text[: field.max_length]


_NEXT_DAY = "2026-02-01T12:00:00Z"
_AHEAD = re.compile("(?i)expir|validTo|^end|^stop|^nextUpdate|^latest")
_FALSE = frozenset({"offline", "tbc", "ongoingIndicator", "failureToCalculate", "alarmEnded", "isSuperseded"})

_CHOICES = (
    "Accepted",
    "Available",
    "NoError",
    "Actual",
    "Wh",
    "A",
    "TxDefaultProfile",
    "Sample.Periodic",
    "Energy.Active.Import.Register",
    "Outlet",
    "ISO14443",
    "OCPP201",
    "OCPP20",
    "JSON",
    "cCCS2",
    "PowerUp",
    "Local",
    "Started",
    "UTF8",
)
"""Preferred if they are allowed; otherwise the first value of the schema."""

_NUMBERS: dict[str, float] = {
    "bulkSoC": 80,
    "chargingProfileId": 1,
    "dischargeLimit": 0,
    "duration": 3600,
    "energyAmount": 10000,
    "energy": 10000,
    "evMaxCurrent": 32,
    "evMaxPower": 22000,
    "evMaxVoltage": 400,
    "exponent": 0,
    "fullSoC": 100,
    "interval": 300,
    "limit": 16.0,
    "limit_L2": 16.0,
    "limit_L3": 16.0,
    "maxCurrent": 32,
    "maxEnergy": 40000,
    "maxPower": 22000,
    "meterStart": 1000,
    "meterStop": 6000,
    "messageTimeout": 30,
    "minChargingRate": 6.0,
    "multiplier": 0,
    "numberOfPhasesUsed": 3,
    "numberPhases": 3,
    "pending": 0,
    "priority": 0,
    "retries": 3,
    "retryInterval": 60,
    "securityProfile": 2,
    "seqNo": 0,
    "severity": 5,
    "soC": 80,
    "soH": 95,
    "soc": 80,
    "stackLevel": 0,
    "startPeriod": 0,
    "stateOfCharge": 80,
    "targetSoC": 80,
    "timeout": 60,
    "timeSpentCharging": 1800,
    "totalCost": 4.25,
    "amount": 25,
    "maxSoC": 90,
}

_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUexample\n-----END CERTIFICATE-----\n"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_BASE64 = "b2NwcHR1aQ=="
EXAMPLE_TOKEN = "04A2B3C4D5E6F7"

_TEXTS = {
    "actualValue": "300",
    "additionalIdToken": EXAMPLE_TOKEN,
    "attributeValue": "300",
    "basicAuthPassword": "correct-horse-battery",
    "certificate": _CERTIFICATE,
    "certificateChain": _CERTIFICATE,
    "chargePointModel": "Model S",
    "chargePointVendor": "Example Inc",
    "chargingLimitSource": "EMS",
    "checksum": _HASH[:32],
    "connectorType": "cCCS2",
    "content": "Welcome",
    "country": "NL",
    "csr": "-----BEGIN CERTIFICATE REQUEST-----\nMIHuexample\n-----END CERTIFICATE REQUEST-----\n",
    "currency": "EUR",
    "data": "hello",
    "digestValue": _BASE64,
    "endTimeOfDay": "20:00",
    "exiRequest": _BASE64,
    "exiResponse": _BASE64,
    "fileName": "diagnostics.zip",
    "filename": "log.txt",
    "firmwareVersion": "1.0.0",
    "iccid": "89310410106543789301",
    "idTag": EXAMPLE_TOKEN,
    "idToken": EXAMPLE_TOKEN,
    "encodingMethod": "OCMF",
    "company.name": "Example Inc",
    "vatCompany.name": "Example Inc",
    "identity": "CP001",
    "instance": "main",
    "imsi": "310170845466094",
    "iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef",
    "issuerKeyHash": _HASH,
    "issuerNameHash": _HASH,
    "key": "HeartbeatInterval",
    "language": "en",
    "language1": "en",
    "language2": "nl",
    "location": "https://example.com/files/log",
    "model": "Model S",
    "chargePointSerialNumber": "SN0001",
    "chargeBoxSerialNumber": "SN0001",
    "meterSerialNumber": "M0001",
    "meterType": "Example meter",
    "ocppCsmsUrl": "wss://csms.example.com/ocpp",
    "ocspResult": _BASE64,
    "parentIdTag": "PARENT1",
    "publicKey": _BASE64,
    "reasonCode": "NoReason",
    "receiptUrl": "https://example.com/receipt/1",
    "remoteLocation": "https://example.com/files/log",
    "responderURL": "https://ocsp.example.com",
    "serialNumber": "SN0001",
    "server": "vpn.example.com",
    "signature": _BASE64,
    "signedMeterData": _BASE64,
    "signingCertificate": _CERTIFICATE,
    "signingMethod": "ECDSA-secp256r1-SHA256",
    "startTimeOfDay": "08:00",
    "tariffId": "tariff-1",
    "transactionId": "6f2c1d8e-3b7a-4c55-9a41-0d2e8f7b6c10",
    "additionalInfo.type": "eMAID",
    "idToken.type": "ISO14443",
    "variable.name": "HeartbeatInterval",
    "component.name": "OCPPCommCtrlr",
    "components.name": "OCPPCommCtrlr",
    "type": "SettingSystemTime",
    "unit": "Wh",
    "url": "https://example.com",
    "validFromDate": "2026-01-01",
    "validToDate": "2026-12-31",
    "value": "300",
    "vatNumber": "NL123456789B01",
    "vendorId": "com.example",
    "vendorName": "Example Inc",
}
