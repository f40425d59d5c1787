"""How the simulated charge point handles the calls about DER controls. Source: OCPP 2.1 Part 2 use case R04."""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at
from ocpptui.simulator.der_controls import ENTER_SERVICE, DerControl, DerControls
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import SendCall


def set_control(device: Device, request: Payload, now: int) -> Reply:
    """SetDERControl: kept by its priority; a scheduled one starts and stops by itself."""
    status, superseded = device.der.set(request, now)
    return Reply({"status": status, **({"supersededIds": superseded} if superseded else {})})


def get_controls(device: Device, request: Payload, now: int) -> Reply:
    """GetDERControl: answers, then reports what was found."""
    if not _is_supported(device, request):
        return status_reply("NotSupported")
    found = device.der.found(request)
    if not found:
        return status_reply("NotFound")
    curves = [_curve(device.der, one) for one in found if one.kind != ENTER_SERVICE]
    settings = [
        {"id": one.id, "enterService": object_at(one.request, "enterService")}
        for one in found
        if one.kind == ENTER_SERVICE
    ]
    reports = [{"curve": part} for part in (curves[:24], curves[24:]) if part]
    reports += [{"enterService": settings[:24]}] if settings else []
    number, last = integer_at(request, "requestId") or 0, len(reports) - 1
    calls = [
        SendCall("ReportDERControl", {"requestId": number, "tbc": place < last, **report})
        for place, report in enumerate(reports)
    ]
    return status_reply("Accepted", *calls)


def clear_controls(device: Device, request: Payload, now: int) -> Reply:
    """ClearDERControl: one by its id, those of a type, or all that are default or scheduled."""
    if not _is_supported(device, request):
        return status_reply("NotSupported")
    found = device.der.found(request)
    device.der.clear(found, now)
    is_of_all = "controlType" not in request and "controlId" not in request
    return status_reply("Accepted" if found or is_of_all else "NotFound")


def _is_supported(device: Device, request: Payload) -> bool:
    kind = text_at(request, "controlType")
    return bool(device.der.supported) and (kind is None or kind in device.der.supported)


def _curve(controls: DerControls, one: DerControl) -> Payload:
    return {
        "id": one.id,
        "curveType": one.kind,
        "isDefault": one.is_default,
        "isSuperseded": controls.is_superseded(one),
        "curve": object_at(one.request, "curve"),
    }
