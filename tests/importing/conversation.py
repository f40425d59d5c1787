"""A conversation of two charge points with their central system, whose every detail is known, to be written as logs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ocpptui.ocpp.version import Version

BEGIN = datetime(2026, 3, 14, 9, 30, 0, 250_000, tzinfo=UTC)


@dataclass(frozen=True)
class Exchanged:
    """A frame on the wire."""

    time: datetime
    name: str
    """The charge point."""
    up: bool
    """Whether the charge point sent it."""
    raw: str
    half: int | None
    """The position of its call or answer in the conversation."""

    def local(self, hours: float) -> datetime:
        """The time on a clock that is ahead of UTC."""
        return (self.time + timedelta(hours=hours)).replace(tzinfo=None)


def conversation(names: Sequence[str], version: Version, begin: datetime = BEGIN) -> list[Exchanged]:
    """Both directions, message ids used by both charge points and by both sides, a malformed frame, a retry."""
    steps = _STEPS_16 if version is Version.V16 else _STEPS_2
    frames = list[Exchanged]()
    calls: dict[tuple[str, bool, str], int] = {}
    halves: dict[int, int] = {}
    for number, (who, up, message_id, content) in enumerate(steps):
        time = begin + timedelta(seconds=1.5 * number, milliseconds=number)
        stamp = (time - timedelta(milliseconds=40)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if isinstance(content, str):
            raw = content
            calls[names[who], up, message_id] = number
        else:
            raw = (
                json.dumps(content, separators=(",", ":")).replace('"NOW"', f'"{stamp}"').replace("SERIAL", f"SN{who}")
            )
            if content[0] == 2:
                calls[names[who], up, message_id] = number
            else:
                call = calls[names[who], not up, message_id]
                halves[call], halves[number] = number, call
        frames.append(Exchanged(time, names[who], up, raw, None))
    return [
        Exchanged(frame.time, frame.name, frame.up, frame.raw, halves.get(number))
        for number, frame in enumerate(frames)
    ]


def exchanges(names: Sequence[str], version: Version, begin: datetime = BEGIN) -> list[Exchanged]:
    """The shortest conversation that shows everything: a call of each charge point with the same id, and its answer."""
    frames = conversation(names, version, begin)[:4]
    calls = [frames[0], replace(frames[1], raw='[2,"1","Heartbeat",{}]')]
    answers = [frames[2], replace(frames[3], raw=f'[3,"1",{{"currentTime":"{begin:%Y-%m-%dT%H:%M:%S}Z"}}]')]
    return [replace(frame, half=half) for frame, half in zip((*calls, *answers), (2, 3, 0, 1), strict=True)]


def of_one(frames: Sequence[Exchanged]) -> list[Exchanged]:
    """The frames of the first charge point alone."""
    places = [number for number, frame in enumerate(frames) if frame.name == frames[0].name]
    return [
        replace(frames[number], half=None if (half := frames[number].half) is None else places.index(half))
        for number in places
    ]


def _call(who: int, up: bool, message_id: str, action: str, payload: dict[str, Any]) -> tuple[int, bool, str, Any]:
    return who, up, message_id, [2, message_id, action, payload]


def _result(who: int, up: bool, message_id: str, payload: dict[str, Any]) -> tuple[int, bool, str, Any]:
    return who, up, message_id, [3, message_id, payload]


_BOOT_16 = {"chargePointVendor": "Acme", "chargePointModel": "X1", "chargePointSerialNumber": "SERIAL"}
_STATUS_16 = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": "NOW"}
_START = {"connectorId": 1, "idTag": "T1", "meterStart": 0, "timestamp": "NOW"}
_METER = {"connectorId": 1, "meterValue": [{"timestamp": "NOW", "sampledValue": [{"value": "7"}]}]}
_BOOTED = {"currentTime": "NOW", "interval": 300, "status": "Accepted"}
_STEPS_16: list[tuple[int, bool, str, Any]] = [
    _call(0, True, "1", "BootNotification", _BOOT_16),
    _call(1, True, "1", "BootNotification", _BOOT_16),
    _result(0, False, "1", _BOOTED),
    _result(1, False, "1", _BOOTED),
    _call(0, True, "2", "StatusNotification", _STATUS_16),
    _result(0, False, "2", {}),
    _call(1, True, "2", "Heartbeat", {}),
    _call(0, False, "2", "GetConfiguration", {}),
    _result(1, False, "2", {"currentTime": "NOW"}),
    _result(0, True, "2", {"configurationKey": [], "unknownKey": []}),
    _call(1, False, "7", "DataTransfer", {"vendorId": "acme"}),
    _result(1, True, "7", {"status": "Accepted"}),
    _call(0, True, "3", "StartTransaction", _START),
    _call(0, True, "3", "StartTransaction", _START),
    _result(0, False, "3", {"transactionId": 5, "idTagInfo": {"status": "Accepted"}}),
    (1, True, "8", '[2,"8","Authorize",{"idTag":"T9",}]'),
    (1, False, "8", [4, "8", "FormationViolation", "", {}]),
    _call(1, True, "9", "DataTransfer", {"vendorId": "acme", "data": "x [2] y"}),
    _call(0, True, "4", "MeterValues", _METER),
    _result(1, False, "9", {"status": "UnknownVendorId"}),
    _result(0, False, "4", {}),
    _call(0, False, "4", "RemoteStopTransaction", {"transactionId": 5}),
    _result(0, True, "4", {"status": "Accepted"}),
    _call(1, False, "10", "Reset", {"type": "Soft"}),
    (1, True, "10", [4, "10", "InternalError", "no", {}]),
]
_BOOT_2 = {
    "reason": "PowerUp",
    "chargingStation": {"model": "X2", "vendorName": "Acme", "serialNumber": "SERIAL"},
}
_STATUS_2 = {"timestamp": "NOW", "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
_EVENT = {
    "eventType": "Started",
    "timestamp": "NOW",
    "triggerReason": "Authorized",
    "seqNo": 0,
    "transactionInfo": {"transactionId": "t1"},
}
_VALUES = {"evseId": 1, "meterValue": [{"timestamp": "NOW", "sampledValue": [{"value": 7}]}]}
_VARIABLE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
_STEPS_2: list[tuple[int, bool, str, Any]] = [
    _call(0, True, "1", "BootNotification", _BOOT_2),
    _call(1, True, "1", "BootNotification", _BOOT_2),
    _result(0, False, "1", _BOOTED),
    _result(1, False, "1", _BOOTED),
    _call(0, True, "2", "StatusNotification", _STATUS_2),
    _result(0, False, "2", {}),
    _call(1, True, "2", "Heartbeat", {}),
    _call(0, False, "2", "GetVariables", {"getVariableData": [_VARIABLE]}),
    _result(1, False, "2", {"currentTime": "NOW"}),
    _result(0, True, "2", {"getVariableResult": [{"attributeStatus": "Accepted", **_VARIABLE}]}),
    _call(1, False, "7", "DataTransfer", {"vendorId": "acme"}),
    _result(1, True, "7", {"status": "Accepted"}),
    _call(0, True, "3", "TransactionEvent", _EVENT),
    _call(0, True, "3", "TransactionEvent", _EVENT),
    _result(0, False, "3", {}),
    (1, True, "8", '[2,"8","Authorize",{"idToken":{"idToken":"T9","type":"Central"}]'),
    (1, False, "8", [4, "8", "FormatViolation", "", {}]),
    _call(1, True, "9", "DataTransfer", {"vendorId": "acme", "data": "x [2] y"}),
    _call(0, True, "4", "MeterValues", _VALUES),
    _result(1, False, "9", {"status": "UnknownVendorId"}),
    _result(0, False, "4", {}),
    _call(0, False, "4", "RequestStopTransaction", {"transactionId": "t1"}),
    _result(0, True, "4", {"status": "Accepted"}),
    _call(1, False, "10", "Reset", {"type": "Immediate"}),
    (1, True, "10", [4, "10", "InternalError", "no", {}]),
]
