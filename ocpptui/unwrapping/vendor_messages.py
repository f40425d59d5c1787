"""What vendors say: messages of known vendors in DataTransfer, and their error codes.

Sources: OCA application note "Using ISO 15118 Plug & Charge with OCPP 1.6", whose messages have the payloads of
OCPP 2.0.1; OCA white paper "OCPP & California Pricing Requirements"; OCPP 1.6 section 4.9 for vendorErrorCode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ocpptui.ocpp.json_defects import short_json
from ocpptui.ocpp.payload import number_at, object_at, objects_at, shown_text, text_at, value_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import MAX_VIOLATIONS, is_valid, violations
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.wrapped_messages import LONGEST_DATA, PLUG_AND_CHARGE, WRAPPED
from ocpptui.unwrapping.unwrapped import Contents, InsideLine, Unwrapped, field_line, problem_line, text_line

PRICING = "org.openchargealliance.costmsg"
LANGUAGES = "org.openchargealliance.multilanguage"
MOST_SHOWN = 20


def vendor_contents(action: str, part: Part, payload: Any, call: Any) -> Iterator[Unwrapped]:
    """What a payload says in the words of a vendor. `call` is the payload of the call, None if it is unknown."""
    if action == "DataTransfer":
        yield from _data_transfer(part, payload, call)
    elif action == "StatusNotification" and part is Part.REQUEST:
        yield from _vendor_error(payload)
    elif action == "NotifyEvent" and part is Part.REQUEST:
        for number, event in enumerate(objects_at(payload, "eventData")[:MOST_SHOWN]):
            if code := shown_text(event, "techCode"):
                words = " · ".join(word for word in (code, shown_text(event, "techInfo")) if word)
                yield Unwrapped(f"$.eventData[{number}].techCode", f"vendor's code {words}")


def _vendor_error(payload: Any) -> Iterator[Unwrapped]:
    """The vendor's error code beside that of the standard."""
    vendor = shown_text(payload, "vendorErrorCode")
    if not vendor:
        return
    vendor_id, info = shown_text(payload, "vendorId"), shown_text(payload, "info")
    lines = [field_line("vendor", vendor_id)] if vendor_id else []
    lines += [field_line("info", info)] if info else []
    standard = shown_text(payload, "errorCode") or "missing"
    yield Unwrapped("$.vendorErrorCode", f"vendor's code {vendor} · errorCode {standard}", tuple(lines))


def _data_transfer(part: Part, payload: Any, call: Any) -> Iterator[Unwrapped]:
    vendor, message = text_at(call, "vendorId"), text_at(call, "messageId") or ""
    if vendor not in (PLUG_AND_CHARGE, PRICING, LANGUAGES):
        return
    data = value_at(payload, "data")
    if data is None and part is Part.RESPONSE:
        return  # a status without data says all
    try:
        content = orjson.loads(data) if isinstance(data, str) and len(data) <= LONGEST_DATA else data
    except orjson.JSONDecodeError:
        return  # it is unwrapped as a text that is not JSON
    if isinstance(content, str):
        return
    if vendor == PLUG_AND_CHARGE:
        what, lines = _plug_and_charge(part, message, content)
    elif vendor == PRICING:
        what, lines = _pricing(part, message, content)
    else:
        what, lines = "multi-language messages", _languages(content)
    yield Unwrapped("$.data", what, tuple(lines))


def _plug_and_charge(part: Part, message: str, content: Any) -> Contents:
    name = f"{message}{part.value.capitalize()}" if message else "message without a messageId"
    what = f"{name} of OCPP 2.0.1 (Plug & Charge in OCPP 1.6)"
    if message not in WRAPPED:
        known = ", ".join(sorted(WRAPPED))
        return what, [problem_line(f"The messageId is not one of {known}.")]
    valid = is_valid(Version.V201, message, part, content)
    if valid is None:
        return what, [text_line("It is not validated, because its schema is missing.")]
    if valid:
        return what, [text_line("Valid by the schema of OCPP 2.0.1.")]
    return what, _violation_lines(message, part, content)


def _violation_lines(message: str, part: Part, content: Any) -> list[InsideLine]:
    found = violations(Version.V201, message, part, content)
    lines = [problem_line(str(one)) for one in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        more = "or more " if len(found) == MAX_VIOLATIONS else ""
        lines.append(problem_line(f"and {len(found) - MOST_SHOWN} {more}violations more"))
    return lines or [problem_line("It breaks the schema of OCPP 2.0.1.")]


def _pricing(part: Part, message: str, content: Any) -> Contents:
    what = f"{message or 'message without a messageId'} (California pricing)"
    needed = _PRICING_FIELDS.get(message)
    if needed is None:
        return what, [problem_line(f"The messageId is not one of {', '.join(_PRICING_FIELDS)}.")]
    lines = [field_line(name, words) for name, words in _price_words(content) if words]
    if part is Part.REQUEST:
        missing = [name for name in needed if not isinstance(content, dict) or name not in content]
        lines += [problem_line(f"{name}: {message} requires the field, but it is missing.") for name in missing]
        lines += [problem_line(f"{path}: expected {kind}, got {shown}") for path, kind, shown in _wrong_kinds(content)]
    return what, [*lines, *_languages(content)]


def _wrong_kinds(content: Any) -> Iterator[tuple[str, str, str]]:
    """The fields of California pricing whose value is not of their kind: path, kind expected, value."""
    places = [("", content), *((f"{name}.", object_at(content, name)) for name in _PRICE_OBJECTS)]
    period = object_at(content, "nextPeriod")
    places += [(f"nextPeriod.{name}.", object_at(period, name)) for name in _PRICE_OBJECTS]
    for path, place in places:
        for name in (*_NUMBERS, *_TEXTS):
            value = value_at(place, name)
            is_right = isinstance(value, str) if name in _TEXTS else number_at(place, name) is not None
            if value is not None and not is_right:
                yield f"{path}{name}", "a text" if name in _TEXTS else "a number", short_json(value)


def _price_words(content: Any) -> Iterator[tuple[str, str]]:
    for name, key in _PRICES:
        value = value_at(content, key)
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            yield name, str(value)[:500]
    for name, words in _PRICE_OBJECTS.items():
        yield words, _rates(object_at(content, name))
    yield "next period", _next_period(object_at(content, "nextPeriod"))


def _rates(prices: dict[str, Any]) -> str:
    return ", ".join(
        f"{prices[key]} {unit}"
        for key, unit in _RATES.items()
        if isinstance(prices.get(key), int | float) and not isinstance(prices[key], bool)
    )


def _next_period(period: dict[str, Any]) -> str:
    rates = _rates(object_at(period, "chargingPrice"))
    return " · ".join(part for part in (shown_text(period, "atTime"), rates) if part)


def _languages(content: Any) -> list[InsideLine]:
    """The texts to the user, one a line with its language."""
    texts = objects_at(content) or objects_at(content, "priceTextExtra") or objects_at(content, "messages")
    return [
        field_line(shown_text(one, "language") or "no language", shown_text(one, "content"))
        for one in texts[:MOST_SHOWN]
        if shown_text(one, "content")
    ]


_PRICING_FIELDS = {
    "SetUserPrice": ("idToken", "priceText"),
    "RunningCost": ("transactionId", "timestamp", "meterValue", "cost", "state"),
    "FinalCost": ("transactionId", "cost", "priceText"),
    "ConnectorUnplugged": ("transactionId", "timestamp"),
}
"""The messages of California pricing and the fields that each must have."""
_PRICES = (
    ("token", "idToken"),
    ("transaction", "transactionId"),
    ("time", "timestamp"),
    ("cost", "cost"),
    ("meter", "meterValue"),
    ("state", "state"),
    ("price", "priceText"),
    ("QR code", "qrCodeText"),
)
_PRICE_OBJECTS = {"chargingPrice": "charging price", "idlePrice": "idle price"}
_RATES = {"kWhPrice": "per kWh", "hourPrice": "per hour", "flatFee": "once", "graceMinutes": "min of grace"}
_NUMBERS = ("transactionId", "meterValue", "cost", *_RATES)
_TEXTS = ("idToken", "timestamp", "state", "priceText", "qrCodeText")
