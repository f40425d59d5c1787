"""What the simulated charge point of 1.6 does with the calls for plug and charge that are wrapped in DataTransfer."""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, text_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.wrapped_messages import OF_CENTRAL_SYSTEM, call_within, wrapped_result
from ocpptui.simulator import certificate_calls as certificates
from ocpptui.simulator.device import Device, Reply, status_reply

_TRIGGERED = {"SignV2GCertificate": "V2GCertificate"}
"""The kind of certificate that each trigger asks for; other messages have a trigger of 1.6."""


def data_transfer(device: Device, request: Payload, now: int) -> Reply:
    """DataTransfer: only plug and charge in 1.6 is known."""
    wrapped = call_within(request) if device.version.generation == 1 else None
    if wrapped is None:
        return status_reply("UnknownVendorId")
    if wrapped.action not in OF_CENTRAL_SYSTEM:
        return status_reply("UnknownMessageId")
    inner = wrapped.payload
    if inner is None or is_valid(Version.V201, wrapped.action, Part.REQUEST, inner) is False:
        return status_reply("Rejected")
    reply = _REACTIONS[wrapped.action](device, inner, now)
    return Reply(wrapped_result(reply.payload), reply.effects)


def _trigger(device: Device, request: Payload, now: int) -> Reply:
    kind = _TRIGGERED.get(text_at(request, "requestedMessage") or "")
    return status_reply("NotImplemented") if kind is None else status_reply("Accepted", device.sign_certificate(kind))


_REACTIONS = {
    "CertificateSigned": certificates.certificate_signed,
    "DeleteCertificate": certificates.delete_certificate,
    "GetInstalledCertificateIds": certificates.listed_certificates,
    "InstallCertificate": certificates.install_certificate,
    "TriggerMessage": _trigger,
}
