"""How the simulated charge point uploads diagnostics and logs: it moves real bytes, and says what became of them.

Source: OCPP 1.6 section 5.9, security whitepaper N01; OCPP 2.x use case N01.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ocpptui.ocpp.date_times import SECOND, date_time, time_of
from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at
from ocpptui.ocpp.standard_settings import Access
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device, Reply
from ocpptui.simulator.effects import Effect, SendCall, TransferOutcome
from ocpptui.simulator.file_work import Work

_LOG_FAILURES = {"protocol": "NotSupportedOperation", "permission": "PermissionDenied", "failed": "UploadFailure"}
"""The UploadLogStatus for each failure."""


def log(device: Device, request: Payload, now: int) -> Reply:
    """GetLog: a new request replaces one that is still running (2.x N01.FR.20)."""
    before, was_busy = device.log, device.log.status != "Idle" or device.agenda.has("log")
    given_up = device.files.give_up(before)
    if was_busy and device.version.generation > 1:  # 1.6 has no such status
        given_up.append(messages.log_status("AcceptedCanceled", before.request_id))
    device.log = work = Work(request_id=integer_at(request, "requestId"))
    is_security = text_at(request, "logType") == "SecurityLog"
    file = SECURITY_LOG if is_security else STATION_LOG

    def tell(status: str) -> SendCall:
        return messages.log_status(_LOG_FAILURES.get(status, status), work.request_id)

    _Upload(device, "log", work, file, request, tell).plan(now)
    return Reply({"status": "AcceptedCanceled" if was_busy else "Accepted", "filename": file.name}, given_up)


def diagnostics(device: Device, request: Payload, now: int) -> Reply:
    """GetDiagnostics (1.6)."""
    given_up = device.files.give_up(device.diagnostics)
    device.diagnostics = work = Work()

    def tell(status: str) -> SendCall:
        return messages.diagnostics_status("UploadFailed" if status in _LOG_FAILURES else status)

    _Upload(device, "diagnostics", work, STATION_LOG, request, tell).plan(now)
    return Reply({"fileName": STATION_LOG.name}, given_up)


class UploadedFile(NamedTuple):
    """A file that a charge point can upload."""

    name: str
    content: Callable[[Device, Payload, int], bytes]
    """Takes the charge point, the request and the time."""


class _Upload:
    """One upload with its retries. Another request that takes its place gives it up: nothing of it happens then."""

    def __init__(
        self,
        device: Device,
        topic: str,
        work: Work,
        file: UploadedFile,
        request: Payload,
        tell: Callable[[str], SendCall],
    ) -> None:
        self._device = device
        self._topic = topic
        self._work = work
        self._place = text_at(request, "location") or text_at(request, "log", "remoteLocation") or ""
        self._file = file
        self._request = request
        self._tell = tell
        self._retries = integer_at(request, "retries") or 0
        self._pause = (integer_at(request, "retryInterval") or 0) * SECOND

    def plan(self, now: int) -> None:
        """Begin shortly after the answer."""
        self._device.agenda.cancel(self._topic)
        self._device.agenda.at(now + self._device.step, self._topic, self._begin)

    def _begin(self, now: int) -> list[Effect]:
        self._work.status = "Uploading"
        content = self._file.content(self._device, self._request, now)
        transfer = self._device.files.move(self._work, self._place, self._file.name, content, self._ended)
        return [self._tell("Uploading"), transfer]

    def _ended(self, outcome: TransferOutcome, now: int) -> list[Effect]:
        if outcome.failure == "failed" and self._retries > 0:
            self._retries -= 1
            self._device.agenda.at(now + max(self._pause, self._device.step), self._topic, self._begin)
            return []
        self._work.status = "Idle"
        return [self._tell(outcome.failure or "Uploaded")]


def station_log(device: Device, request: Payload, now: int) -> bytes:
    """What is uploaded: who the charge point is, its connectors and settings, without secrets."""
    lines = [
        f"{date_time(now)} {device.identity.vendor} {device.identity.model} {device.identity.serial}".rstrip(),
        f"firmware {device.identity.firmware or 'unknown'}, OCPP {device.version}",
    ]
    for connector in device.connectors.values():
        energy = connector.meter.read(now).energy
        lines.append(
            f"connector {connector.number}: {device.status(connector)}, {energy} Wh, faults {connector.faults}"
        )
    for setting in (*device.configuration.readable(), *device.configuration.variables()):
        if setting.access is not Access.WRITE_ONLY:
            name = setting.key if device.version.generation == 1 else f"{setting.component}.{setting.variable}"
            lines.append(f"{name or setting.variable} = {device.configuration.value(setting)}")
    return ("\n".join(lines) + "\n").encode()


def security_log(device: Device, request: Payload, now: int) -> bytes:
    """The security events in the time that was asked for (N01.FR.03)."""
    limits = object_at(request, "log")
    oldest = time_of(text_at(limits, "oldestTimestamp") or "") or 0
    latest = time_of(text_at(limits, "latestTimestamp") or "") or now
    lines = [f"{date_time(time)} {kind}" for time, kind in device.security.log if oldest <= time <= latest]
    return ("\n".join([f"{date_time(now)} {len(lines)} security events", *lines]) + "\n").encode()


STATION_LOG = UploadedFile("diagnostics.log", station_log)
SECURITY_LOG = UploadedFile("security.log", security_log)
