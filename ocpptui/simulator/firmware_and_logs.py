"""How the simulated charge point handles logs, firmware and certificates. Nothing is uploaded or installed: it reports
the same steps as a real one, at the interval of the setting `step`.

Source: OCPP 1.6 sections 5.9, 5.19 and the security whitepaper (use cases L01, M03 to M05, N01); OCPP 2.x the same.
"""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at, texts_at
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device, Reply, Work, status_reply
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.installed_certificates import CertificateId

UPLOAD = ("Uploading", "Uploaded")
UPDATE = ("Downloading", "Downloaded", "Installing", "Installed")
SIGNED_UPDATE = ("Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed")

Told = Callable[[Work], SendCall]


def _work(
    device: Device,
    topic: str,
    work: Work,
    steps: tuple[str, ...],
    told: Told,
    start: int,
    *,
    by_calendar: bool = False,
) -> None:
    """Plan the steps of a piece of work, the first one at `start`, which may be a time of day (`by_calendar`)."""

    def step(status: str) -> Callable[[int], list[Effect]]:
        def tell(now: int) -> list[Effect]:
            work.status = status
            call = told(work)
            if status == steps[-1]:
                work.status, work.request_id = "Idle", None
            return [call, *_afterwards(device, status, work, now)]

        return tell

    pause = max(1, int(device.settings.step * SECOND))
    for number, status in enumerate(steps):
        device.agenda.at(start + number * pause, topic, step(status), by_calendar=by_calendar)


def _afterwards(device: Device, status: str, work: Work, now: int) -> list[Effect]:
    """Report new firmware as a critical security event; 1.6 has it only in the security extension."""
    told = status == "Installed" and (work.is_signed or device.version.generation > 1)
    return [messages.security_event("FirmwareUpdated", now)] if told else []


def log(device: Device, request: Payload, now: int) -> Reply:
    """GetLog: a new request replaces one that is still running."""
    device.log = Work(request_id=integer_at(request, "requestId"))
    canceled = device.agenda.cancel("log")
    first = now + max(1, int(device.settings.step * SECOND))
    _work(device, "log", device.log, UPLOAD, lambda work: messages.log_status(work.status, work.request_id), first)
    name = "security.log" if text_at(request, "logType") == "SecurityLog" else "diagnostics.log"
    return Reply({"status": "AcceptedCanceled" if canceled else "Accepted", "filename": name})


def diagnostics(device: Device, request: Payload, now: int) -> Reply:
    """GetDiagnostics (1.6)."""
    device.agenda.cancel("diagnostics")
    device.diagnostics = Work()
    first = now + max(1, int(device.settings.step * SECOND))
    work = device.diagnostics
    _work(device, "diagnostics", work, UPLOAD, lambda work: messages.diagnostics_status(work.status), first)
    return Reply({"fileName": "diagnostics.log"})


def update_firmware(device: Device, request: Payload, now: int) -> Reply:
    """UpdateFirmware; in 2.x, a signature in the request is reported as verified."""
    if device.version.generation == 1:
        _update(device, Work(), UPDATE, text_at(request, "retrieveDate"), now)
        return Reply({})
    firmware = object_at(request, "firmware")
    return _update_2x(device, request, "signature" in firmware, now)


def update_signed_firmware(device: Device, request: Payload, now: int) -> Reply:
    """SignedUpdateFirmware (1.6 security extension, L01)."""
    return _update_2x(device, request, True, now)


def _update_2x(device: Device, request: Payload, is_signed: bool, now: int) -> Reply:
    work = Work(request_id=integer_at(request, "requestId"), is_signed=is_signed)
    when = text_at(object_at(request, "firmware"), "retrieveDateTime")
    canceled = _update(device, work, SIGNED_UPDATE if is_signed else UPDATE, when, now)
    return status_reply("AcceptedCanceled" if canceled else "Accepted")


def _update(device: Device, work: Work, steps: tuple[str, ...], when: str | None, now: int) -> bool:
    device.firmware = work
    canceled = device.agenda.cancel("firmware")
    is_signed = work.is_signed
    first = now + max(1, int(device.settings.step * SECOND))

    def told(work: Work) -> SendCall:
        return messages.firmware_status(device.version, work.status, work.request_id, is_signed)

    wanted = time_of(when or "") or 0
    _work(device, "firmware", work, steps, told, max(first, wanted), by_calendar=wanted > first)
    return canceled


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
