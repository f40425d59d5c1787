"""One line that says what a record holds: for the log, where a payload has no room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocpptui.protocol.frame import Frame, Malformed, MessageType
from ocpptui.timeline.record import Event, Kind, Record
from ocpptui.tui.printable import printable

MAX_LENGTH = 400
"""Characters of a summary; no screen is wider."""


def summary_of(record: Record) -> str:
    """What a record holds, in one line fit for a terminal."""
    return printable(_summary(record)[:MAX_LENGTH])


def _summary(record: Record) -> str:
    frame = record.frame
    if isinstance(frame, Malformed):
        return f"{frame.defect.text}: {_text(frame.raw)}"
    if isinstance(frame, Frame):
        return _frame_summary(frame)
    match record.kind:
        case Kind.CONNECTION:
            return _connection_summary(record)
        case Kind.PONG if "roundTripMs" in record.detail:
            return f"round trip {record.detail['roundTripMs']:g} ms"
        case Kind.NOTE:
            return str(record.detail.get("text", ""))
    return ""


def _frame_summary(frame: Frame) -> str:
    if frame.type.is_error:
        details = _words(frame.payload) if frame.payload else ""
        return " ".join(part for part in (frame.error_code, frame.error_description, details) if part)
    if frame.type is MessageType.CALLRESULT or not isinstance(frame.payload, dict):
        return _words(frame.payload)
    of_action = _BY_ACTION.get(frame.action or "")
    try:
        return of_action(frame.payload) if of_action is not None else _words(frame.payload)
    except (KeyError, TypeError, AttributeError, IndexError):  # a payload that is not as its schema wants it
        return _words(frame.payload)


def _connection_summary(record: Record) -> str:
    detail = record.detail
    match detail.get("event"):
        case Event.LISTENING:
            return "listening on " + ", ".join(str(url) for url in detail.get("urls", ()))
        case Event.OPENING:
            return f"connecting to {detail.get('url', '')}"
        case Event.OPENED:
            parts = [str(detail.get("url", "")), str(detail.get("subprotocol") or "no subprotocol")]
            tls = detail.get("tls")
            if isinstance(tls, dict):
                parts.append(f"{tls.get('version')} {tls.get('cipher')}")
            if detail.get("insecure"):
                parts.append("certificate not verified")
            return "  ".join(parts)
        case Event.CLOSED:
            reason = f" {detail['closeReason']}" if detail.get("closeReason") else ""
            again = f", again in {detail['retryInSeconds']:g} s" if "retryInSeconds" in detail else ""
            return f"closed by {detail.get('closedBy', 'nobody')}: {detail.get('closeCode', '')}{reason}{again}"
    parts = [str(detail[key]) for key in ("error", "advice") if detail.get(key)]
    if "retryInSeconds" in detail:
        parts.append(f"Again in {detail['retryInSeconds']:g} s.")
    return " ".join(parts)


def _words(value: Any) -> str:
    """Any payload in words: names and values, the inner ones in brackets."""
    if isinstance(value, dict):
        return "  ".join(_pair(name, inner) for name, inner in list(value.items())[:12])
    return _value(value)


def _pair(name: str, value: Any) -> str:
    if name in _SPEAKING and isinstance(value, str):
        return value
    return f"{name} {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{" + _words(value) + "}" if value else "{}"
        case list() if len(value) == 1:
            return _value(value[0])
        case list():
            return f"[{len(value)}]"
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
    return str(value)


def _status(payload: dict[str, Any]) -> str:
    if "connectorStatus" in payload:
        return f"EVSE {payload['evseId']} connector {payload['connectorId']}  {payload['connectorStatus']}"
    error = payload.get("errorCode", "NoError")
    text = f"connector {payload['connectorId']}  {payload['status']}"
    return text if error == "NoError" else f"{text}  {error} {payload.get('info', '')}"


def _boot(payload: dict[str, Any]) -> str:
    station = payload.get("chargingStation")
    if isinstance(station, dict):
        made = f"{station['vendorName']} {station['model']} {station.get('firmwareVersion', '')}"
        return f"{payload.get('reason', '')}  {made}"
    version = payload.get("firmwareVersion", "")
    return f"{payload['chargePointVendor']} {payload['chargePointModel']} {version}"


def _sampled(meter_values: list[dict[str, Any]]) -> str:
    readings = []
    for sample in meter_values[-1]["sampledValue"]:
        name = sample.get("measurand", "Energy.Active.Import.Register")
        unit = sample.get("unit") or (sample.get("unitOfMeasure") or {}).get("unit") or _UNITS.get(name, "")
        phase = f" {sample['phase']}" if "phase" in sample else ""
        readings.append(f"{_SHORT.get(name, name)}{phase} {sample['value']} {unit}".rstrip())
    return "  ".join(readings)


def _meter_values(payload: dict[str, Any]) -> str:
    place = f"EVSE {payload['evseId']}" if "evseId" in payload else f"connector {payload['connectorId']}"
    transaction = f" tx {payload['transactionId']}" if "transactionId" in payload else ""
    return f"{place}{transaction}  {_sampled(payload['meterValue'])}"


def _transaction_event(payload: dict[str, Any]) -> str:
    info = payload["transactionInfo"]
    parts = [payload["eventType"], payload["triggerReason"], f"seq {payload['seqNo']}", f"tx {info['transactionId']}"]
    parts += [str(info[name]) for name in ("chargingState", "stoppedReason") if name in info]
    if payload.get("meterValue"):
        parts.append(_sampled(payload["meterValue"]))
    return "  ".join(parts)


def _start(payload: dict[str, Any]) -> str:
    return f"connector {payload['connectorId']}  {payload['idTag']}  from {payload['meterStart']} Wh"


def _stop(payload: dict[str, Any]) -> str:
    reason = payload.get("reason", "Local")
    return f"tx {payload['transactionId']}  {reason}  at {payload['meterStop']} Wh"


_BY_ACTION: dict[str, Callable[[dict[str, Any]], str]] = {
    "StatusNotification": _status,
    "BootNotification": _boot,
    "MeterValues": _meter_values,
    "TransactionEvent": _transaction_event,
    "StartTransaction": _start,
    "StopTransaction": _stop,
}
_SPEAKING = frozenset({"status", "idTag", "type", "vendorId", "requestedMessage", "currentTime"})
"""Names that their values make clear."""
_SHORT = {
    "Energy.Active.Import.Register": "energy",
    "Power.Active.Import": "power",
    "Current.Import": "current",
    "Voltage": "voltage",
    "SoC": "SoC",
    "Temperature": "temperature",
}
_UNITS = {"Energy.Active.Import.Register": "Wh", "SoC": "%", "Voltage": "V", "Current.Import": "A"}


def _text(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "backslashreplace")
