"""Messages of OCPP 2.0.1 that 1.6 carries in DataTransfer, for plug and charge.

Source: OCA application note "Using ISO 15118 Plug & Charge with OCPP 1.6": vendorId and messageId name the message,
`data` has its payload as JSON in a text.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import orjson

from ocpptui.ocpp.payload import Payload, text_at

PLUG_AND_CHARGE = "org.openchargealliance.iso15118pnc"
"""The vendorId."""
OF_CHARGE_POINT = frozenset({"Authorize", "Get15118EVCertificate", "GetCertificateStatus", "SignCertificate"})
OF_CENTRAL_SYSTEM = frozenset(
    {"CertificateSigned", "DeleteCertificate", "GetInstalledCertificateIds", "InstallCertificate", "TriggerMessage"}
)
WRAPPED = OF_CHARGE_POINT | OF_CENTRAL_SYSTEM
"""All messageIds."""
LONGEST_DATA = 100_000
"""Characters of the longest `data` that is read."""


class WrappedCall(NamedTuple):
    """What is in a DataTransfer."""

    action: str
    payload: Payload | None
    """None if its data is not a JSON object."""


def wrapped_request(action: str, payload: Payload) -> Payload:
    """The payload of the DataTransfer that carries a call."""
    return {"vendorId": PLUG_AND_CHARGE, "messageId": action, "data": _text(payload)}


def wrapped_result(payload: Payload) -> Payload:
    """The answer to the DataTransfer that carries an answer."""
    return {"status": "Accepted", "data": _text(payload)}


def call_within(request: Payload) -> WrappedCall | None:
    """The call in the payload of a DataTransfer; None if it is of another vendor."""
    if text_at(request, "vendorId") != PLUG_AND_CHARGE:
        return None
    return WrappedCall(text_at(request, "messageId") or "", _object_in(text_at(request, "data") or "{}"))


def result_within(answer: Any) -> Payload | None:
    """The answer in that to a DataTransfer; None if there is none."""
    return None if text_at(answer, "status") != "Accepted" else _object_in(text_at(answer, "data") or "")


def _object_in(data: str) -> Payload | None:
    if len(data) > LONGEST_DATA:
        return None
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _text(payload: Payload) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
