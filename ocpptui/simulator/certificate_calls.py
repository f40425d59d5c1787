"""How the simulated charge point handles certificates.

Source: OCPP 1.6 security whitepaper, use cases A02, M03 to M05; OCPP 2.x the same.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, object_at, text_at, texts_at
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.installed_certificates import CertificateId


def install_certificate(device: Device, request: Payload, now: int) -> Reply:
    """InstallCertificate: Rejected if it is not a certificate."""
    kind, pem = text_at(request, "certificateType") or "", text_at(request, "certificate") or ""
    return status_reply("Accepted" if device.certificates.install(kind, pem) else "Rejected")


def installed_certificates(device: Device, request: Payload, now: int) -> Reply:
    """GetInstalledCertificateIds: for one kind in 1.6, for several or all in 2.x."""
    if device.version.generation == 1:
        found = device.certificates.installed([text_at(request, "certificateType") or ""])
        hashes = {"certificateHashData": [identity.payload() for _, identity in found]}
    else:
        found = device.certificates.installed(texts_at(request, "certificateType"))
        chain = [{"certificateType": kind, "certificateHashData": identity.payload()} for kind, identity in found]
        hashes = {"certificateHashDataChain": chain}
    return Reply({"status": "Accepted", **hashes}) if found else status_reply("NotFound")


def delete_certificate(device: Device, request: Payload, now: int) -> Reply:
    """DeleteCertificate: the certificate is found by its hashes."""
    data = object_at(request, "certificateHashData")
    identity = CertificateId(
        (text_at(data, "issuerNameHash") or "").lower(),
        (text_at(data, "issuerKeyHash") or "").lower(),
        (text_at(data, "serialNumber") or "").lower(),
    )
    return status_reply("Accepted" if device.certificates.delete(identity) else "NotFound")


def certificate_signed(device: Device, request: Payload, now: int) -> Reply:
    """CertificateSigned: a certificate for another key than ours is refused, with a security event (A02.FR.07)."""
    kind = text_at(request, "certificateType") or ""
    if device.own_certificates.take(kind, text_at(request, "certificateChain") or ""):
        return status_reply("Accepted")
    station = "ChargePoint" if device.version.generation == 1 else "ChargingStation"
    return status_reply("Rejected", device.security_event(f"Invalid{station}Certificate", now))
