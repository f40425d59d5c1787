"""How the simulated charge point handles DER controls: it stores and reports them.

Source: OCPP 2.1 Part 2 use case R04.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, integer_at, text_at
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import SendCall

_KINDS = {
    "curve": "curve",
    "enterService": "enterService",
    "fixedPFAbsorb": "fixedPF",
    "fixedPFInject": "fixedPF",
    "fixedVar": "fixedVar",
    "freqDroop": "freqDroop",
    "gradient": "gradient",
    "limitMaxDischarge": "limitMaxDischarge",
}
"""The member of SetDERControl, which is also the list in ReportDERControl, and the name of its value there."""

_WITHOUT_FLAGS = ("enterService", "gradient")


def set_control(device: Device, request: Payload, now: int) -> Reply:
    """SetDERControl: replaces a control of the same id; Rejected if the setting itself is missing."""
    if not any(kind in request for kind in _KINDS):
        return status_reply("Rejected")
    device.controls[text_at(request, "controlId") or ""] = request
    return status_reply("Accepted")


def _matching(device: Device, request: Payload) -> list[str]:
    return [
        name
        for name, control in device.controls.items()
        if text_at(request, "controlId") in (None, name)
        and text_at(request, "controlType") in (None, text_at(control, "controlType"))
        and request.get("isDefault") in (None, control.get("isDefault"))
    ]


def get_controls(device: Device, request: Payload, now: int) -> Reply:
    """GetDERControl: answers, then sends one report for each matching control."""
    found = _matching(device, request)
    request_id = integer_at(request, "requestId") or 0
    calls = [
        SendCall(
            "ReportDERControl",
            {"requestId": request_id, "tbc": number < len(found), **_reported(name, device.controls[name])},
        )
        for number, name in enumerate(found, 1)
    ]
    return status_reply("Accepted" if found else "NotFound", *messages.valid(device.version, calls))


def _reported(name: str, control: Payload) -> Payload:
    kind = next(kind for kind in _KINDS if kind in control)
    item: Payload = {"id": name, _KINDS[kind]: control[kind]}
    if kind not in _WITHOUT_FLAGS:
        item |= {"isDefault": control.get("isDefault"), "isSuperseded": False}
    if kind == "curve":
        item["curveType"] = text_at(control, "controlType")
    return {kind: [item]}


def clear_controls(device: Device, request: Payload, now: int) -> Reply:
    """ClearDERControl."""
    found = _matching(device, request)
    for name in found:
        del device.controls[name]
    return status_reply("Accepted" if found else "NotFound")
