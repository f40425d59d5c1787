"""How the simulated charge point updates its firmware: it loads the file, checks its signature, restarts.

Source: OCPP 1.6 sections 4.5, 5.19, security whitepaper L01; OCPP 2.x use cases L01, L02.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect, SendCall, TransferOutcome
from ocpptui.simulator.file_work import Work
from ocpptui.simulator.outgoing_calls import StopReason
from ocpptui.simulator.schedule import Action

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){1,3}")
_MANUFACTURER = "ManufacturerRootCertificate"
_CANNOT_BE_STOPPED = ("Installing", "InstallRebooting")


def update(device: Device, request: Payload, now: int) -> Reply:
    """UpdateFirmware."""
    if device.version.generation == 1:
        source = {"location": text_at(request, "location"), "retrieveDateTime": text_at(request, "retrieveDate")}
        given_up = device.files.give_up(device.firmware)
        _Update(device, Work(), source, request, None).plan(now)
        return Reply({}, given_up)
    return _update_checked(device, request, now)


def update_signed(device: Device, request: Payload, now: int) -> Reply:
    """SignedUpdateFirmware (1.6 security extension, L01)."""
    return _update_checked(device, request, now)


def _update_checked(device: Device, request: Payload, now: int) -> Reply:
    firmware = object_at(request, "firmware")
    if device.firmware.status in _CANNOT_BE_STOPPED:
        return status_reply("Rejected")
    certificate = None
    if "signature" in firmware or "signingCertificate" in firmware:
        from ocpptui.simulator.firmware_signature import signing_certificate

        roots = device.certificates.pems(_MANUFACTURER)
        certificate = signing_certificate(text_at(firmware, "signingCertificate") or "", roots)
        if certificate is None:  # L01.FR.02, L01.FR.22
            return status_reply("InvalidCertificate", *device.security_event("InvalidFirmwareSigningCertificate", now))
    was_busy = device.firmware.status != "Idle" or device.agenda.has("firmware")
    given_up = device.files.give_up(device.firmware)
    work = Work(request_id=integer_at(request, "requestId"), is_signed=certificate is not None)
    _Update(device, work, firmware, request, certificate).plan(now)
    return status_reply("AcceptedCanceled" if was_busy else "Accepted", *given_up)


class _Update:
    """One firmware update with its retries."""

    def __init__(
        self, device: Device, work: Work, firmware: Payload, request: Payload, certificate: Certificate | None
    ) -> None:
        self._device = device
        self._work = device.firmware = work
        self._place = text_at(firmware, "location") or ""
        self._signature = text_at(firmware, "signature") or ""
        self._certificate = certificate
        self._retrieve_at = time_of(text_at(firmware, "retrieveDateTime") or "") or 0
        self._install_at = time_of(text_at(firmware, "installDateTime") or "") or 0
        self._retries = integer_at(request, "retries") or 0
        self._pause = (integer_at(request, "retryInterval") or 0) * SECOND

    def plan(self, now: int) -> None:
        """Download at the requested time, but not before the answer."""
        self._device.agenda.cancel("firmware")
        first = now + self._device.step
        self._at(max(first, self._retrieve_at), self._begin, by_calendar=self._retrieve_at > first)

    def _at(self, due: int, step: Action, *, by_calendar: bool = False) -> None:
        self._device.agenda.at(due, "firmware", step, by_calendar=by_calendar)

    def _tell(self, status: str) -> SendCall:
        self._work.status = status
        return messages.firmware_status(self._device.version, status, self._work.request_id, self._work.is_signed)

    def _begin(self, now: int) -> list[Effect]:
        return [self._tell("Downloading"), self._device.files.move(self._work, self._place, "", None, self._downloaded)]

    def _downloaded(self, outcome: TransferOutcome, now: int) -> list[Effect]:
        device = self._device
        if outcome.failure == "failed" and self._retries > 0:
            self._retries -= 1
            self._at(now + max(self._pause, device.step), self._begin)
            return []
        if outcome.failure:
            return self._ended("DownloadFailed")
        effects: list[Effect] = [self._tell("Downloaded")]
        if self._certificate is not None:
            from ocpptui.simulator.firmware_signature import is_signed

            if not is_signed(outcome.digest, self._signature, self._certificate):
                event = device.security_event("InvalidFirmwareSignature", now)
                return [*effects, *self._ended("InvalidSignature"), *event]
            effects.append(self._tell("SignatureVerified"))
        if self._install_at > now + device.step and self._speaks_of_more:
            effects.append(self._tell("InstallScheduled"))
        self._at(max(now + device.step, self._install_at), self._install, by_calendar=self._install_at > now)
        return effects

    def _ended(self, status: str) -> list[Effect]:
        told = self._tell(status)
        self._work.status, self._work.request_id = "Idle", None
        return [told]

    @property
    def _speaks_of_more(self) -> bool:
        """Whether the version knows more than Downloading, Downloaded, Installing and Installed."""
        return self._work.is_signed or self._device.version.generation > 1

    def _install(self, now: int) -> list[Effect]:
        """Install as soon as no transaction runs (L01.FR.06)."""
        if self._device.running():
            self._at(now + self._device.step, self._install)
            return []
        self._at(now + self._device.step, self._reboot)
        return [self._tell("Installing")]

    def _reboot(self, now: int) -> list[Effect]:
        self._at(now + self._device.step, self._restart)
        return [self._tell("InstallRebooting")] if self._speaks_of_more else []

    def _restart(self, now: int) -> list[Effect]:
        device, work = self._device, self._work
        device.take_firmware(new_version(self._place, device.identity.firmware))
        device.after_boot = [messages.firmware_status(device.version, "Installed", work.request_id, work.is_signed)]
        if self._speaks_of_more:  # reported with the status, after the boot
            device.security.happened("FirmwareUpdated", now, is_online=False)
        return device.reset(StopReason.REBOOT, "FirmwareUpdate", now)


def new_version(place: str, old: str) -> str:
    """The version of new firmware: as its file name says, else the old one counted on."""
    found = _VERSION.findall(place.rsplit("/", 1)[-1])
    if found and found[-1] != old:
        return str(found[-1])
    head, dot, last = (old or "1.0.0").rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdecimal() else f"{old}.1"
