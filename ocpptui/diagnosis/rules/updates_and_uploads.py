"""Firmware updates, diagnostics and logs: whether they end, in their order, and well."""

from __future__ import annotations

from urllib.parse import urlsplit

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.timeline.severity import Severity

_1X = frozenset({Version.V12, Version.V15, Version.V16})
_2X = frozenset(Version) - _1X

_UPDATE = """
10:00:00 < UpdateFirmware {"location":"https://example.com/f.bin","retrieveDate":"2026-01-01T10:00:00Z"}
10:00:01 > ok
"""
_UPDATE_2 = """
2.0.1
10:00:00 < UpdateFirmware {"requestId":3,
    "firmware":{"location":"https://example.com/f.bin","retrieveDateTime":"2026-01-01T10:00:00Z"}}
10:00:01 > ok {"status":"Accepted"}
"""
_DIAGNOSTICS = """
10:00:00 < GetDiagnostics {"location":"ftp://example.com/"}
10:00:01 > ok {"fileName":"d.zip"}
"""
_LOG_2 = """
2.0.1
10:00:00 < GetLog {"requestId":3,"logType":"DiagnosticsLog","log":{"remoteLocation":"https://example.com/"}}
10:00:01 > ok {"status":"Accepted","filename":"d.zip"}
"""
_PROTOCOLS = """
10:00:00 < GetConfiguration {"key":["SupportedFileTransferProtocols"]}
10:00:00 > ok {"configurationKey":[{"key":"SupportedFileTransferProtocols","readonly":true,"value":"FTP, HTTP"}]}
"""


def _firmware(status: str, time: str, request: int | None = None) -> str:
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > FirmwareStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'


def _upload(status: str, time: str) -> str:
    return f'10:{time} > DiagnosticsStatusNotification {{"status":"{status}"}}\n10:{time} < ok\n'


def _log(status: str, time: str, request: int | None = None) -> str:
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > LogStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'


def _boot(time: str, firmware: str) -> str:
    return (
        f'{time} > BootNotification {{"chargePointVendor":"A","chargePointModel":"B","firmwareVersion":"{firmware}"}}\n'
        f'{time} < ok {{"currentTime":"2026-01-01T{time}Z","interval":300,"status":"Accepted"}}\n'
    )


UPDATE_FAILED = Rule(
    "firmware.failed",
    Severity.WARNING,
    "The firmware update failed.",
    "OCPP 1.6 sections 4.5 and 7.25; OCPP 2.0.1 and 2.1 Part 2, FirmwareStatusEnumType",
    says="The firmware update failed: {status}.",
    remedy="The charge point keeps its firmware. Look whether it reaches the location, and whether the signature fits.",
    positive=(
        _UPDATE + _firmware("Downloading", "00:02") + "* " + _firmware("DownloadFailed", "00:09"),
        _UPDATE_2 + "* " + _firmware("InvalidSignature", "00:09", 3),
    ),
    negative=(_UPDATE + _firmware("Downloading", "00:02") + _firmware("Downloaded", "00:09"),),
)

UPLOAD_FAILED = Rule(
    "diagnostics.failed",
    Severity.WARNING,
    "The upload of diagnostics or of a log failed.",
    "OCPP 1.6 sections 4.4 and 7.24; OCPP 2.0.1 and 2.1 Part 2, UploadLogStatusEnumType",
    says="The upload failed: {status}.",
    remedy="Look whether the charge point reaches the location, and may write there.",
    positive=(
        _DIAGNOSTICS + _upload("Uploading", "00:02") + "* " + _upload("UploadFailed", "00:09"),
        _LOG_2 + "* " + _log("PermissionDenied", "00:09", 3),
    ),
    negative=(_DIAGNOSTICS + _upload("Uploading", "00:02") + _upload("Uploaded", "00:09"),),
)

UPDATE_SILENT = Rule(
    "firmware.no-status",
    Severity.WARNING,
    "The charge point took a firmware update, but does not report how it goes.",
    "OCPP 1.6 sections 4.5 and 6.55; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01",
    says="{waited} after the time for the download, the charge point has reported nothing of this firmware update.",
    positive=(_UPDATE.replace("10:00:00 <", "* 10:00:00 <") + "12:00:00 > Heartbeat {}",),
    negative=(
        _UPDATE + _firmware("Downloading", "00:02") + "12:00:00 > Heartbeat {}",
        _UPDATE.replace("T10:00:00Z", "T20:00:00Z") + "12:00:00 > Heartbeat {}",
        _UPDATE_2.replace("Accepted", "Rejected") + "12:00:00 > Heartbeat {}",
    ),
)

UPLOAD_SILENT = Rule(
    "diagnostics.no-status",
    Severity.WARNING,
    "The charge point accepted an upload, but does not report how it ends.",
    "OCPP 1.6 section 4.4; OCPP 2.0.1 and 2.1 Part 2 use case N01",
    says="{waited} after it accepted this upload, the charge point has not reported how it ended.",
    positive=(
        _DIAGNOSTICS.replace("10:00:00 <", "* 10:00:00 <") + _upload("Uploading", "00:02") + "12:00:00 > Heartbeat {}",
        _LOG_2.replace("10:00:00 <", "* 10:00:00 <") + "12:00:00 > Heartbeat {}",
    ),
    negative=(
        _DIAGNOSTICS + _upload("Uploaded", "00:20") + "12:00:00 > Heartbeat {}",
        _DIAGNOSTICS.replace('{"fileName":"d.zip"}', "") + "12:00:00 > Heartbeat {}",
        _LOG_2 + _log("Uploaded", "00:20", 3) + "12:00:00 > Heartbeat {}",
    ),
)

OUT_OF_ORDER = Rule(
    "firmware.order",
    Severity.WARNING,
    "The states of a firmware update come in the wrong order.",
    "OCPP 1.6 section 4.5; OCPP 2.0.1 and 2.1 Part 2 use cases L01 and L02",
    says="{status} follows {before} in the same firmware update.",
    positive=(_UPDATE + _firmware("Installing", "00:02") + "* " + _firmware("Downloaded", "00:09"),),
    negative=(
        _UPDATE
        + "".join(
            _firmware(status, f"00:{second}")
            for second, status in enumerate(
                ("Downloading", "DownloadFailed", "Downloading", "Downloaded", "Installing", "Installed"), 10
            )
        ),
        _UPDATE + _firmware("Installed", "00:02") + _firmware("Idle", "00:03") + _firmware("Downloading", "00:09"),
        _UPDATE
        + _firmware("Installed", "00:02")
        + _UPDATE.replace("10:00", "10:01")
        + _firmware("Downloading", "01:09"),
    ),
)

SAME_VERSION = Rule(
    "firmware.same-version",
    Severity.WARNING,
    "The charge point installed firmware, but reports the same version as before.",
    "OCPP 1.6 sections 4.5 and 6.3; OCPP 2.0.1 and 2.1 Part 2 use case L01",
    says="The charge point reports firmware {version} as before, although it has installed an update since.",
    remedy="The update may have been rolled back, or it was the version that the charge point had.",
    positive=(_boot("09:00:00", "1.0") + _UPDATE + _firmware("Installed", "05:00") + "* " + _boot("10:06:00", "1.0"),),
    negative=(
        _boot("09:00:00", "1.0") + _UPDATE + _firmware("Installed", "05:00") + _boot("10:06:00", "1.1"),
        _boot("09:00:00", "1.0") + _UPDATE + _firmware("InstallationFailed", "05:00") + _boot("10:06:00", "1.0"),
        _UPDATE + _firmware("Installed", "05:00") + _boot("10:06:00", "1.0"),
    ),
)

NO_REQUEST_ID = Rule(
    "firmware.request-id-missing",
    Severity.ERROR,
    "A status of an update or an upload does not say which request it belongs to.",
    "OCPP 2.0.1 and 2.1 Part 2, FirmwareStatusNotificationRequest and LogStatusNotificationRequest, requestId",
    versions=_2X,
    says="{status} has no requestId, which is mandatory while something is going on.",
    positive=(_UPDATE_2 + "* " + _firmware("Downloading", "00:09"), _LOG_2 + "* " + _log("Uploading", "00:09")),
    negative=(
        _UPDATE_2 + _firmware("Downloading", "00:09", 3),
        "2.0.1\n" + _firmware("Idle", "00:09"),
        "2.0.1\n" + _log("Idle", "00:09"),
    ),
)

OTHER_REQUEST_ID = Rule(
    "firmware.request-id-unknown",
    Severity.WARNING,
    "A status of an update or an upload names another request than the last one.",
    "OCPP 2.0.1 and 2.1 Part 2, FirmwareStatusNotificationRequest and LogStatusNotificationRequest, requestId",
    versions=_2X,
    says="This status is for request {number}, but the last {action} was request {expected}.",
    positive=(_UPDATE_2 + "* " + _firmware("Downloading", "00:09", 4), _LOG_2 + "* " + _log("Uploading", "00:09", 1)),
    negative=(_UPDATE_2 + _firmware("Downloading", "00:09", 3), "2.0.1\n" + _firmware("Downloading", "00:09", 4)),
)

OTHER_PROTOCOL = Rule(
    "firmware.protocol",
    Severity.WARNING,
    "The location needs a protocol that the charge point does not have by its configuration.",
    "OCPP 1.6, key SupportedFileTransferProtocols; OCPP 2.0.1 and 2.1 Part 2, OCPPCommCtrlr.FileTransferProtocols",
    says="The location begins with {scheme}:, but the charge point supports {supported}.",
    positive=(_PROTOCOLS + _UPDATE.replace("10:00:00 <", "* 10:00:00 <"),),
    negative=(_PROTOCOLS + _DIAGNOSTICS, _UPDATE),
)

RULES = (
    UPDATE_FAILED,
    UPLOAD_FAILED,
    UPDATE_SILENT,
    UPLOAD_SILENT,
    OUT_OF_ORDER,
    SAME_VERSION,
    NO_REQUEST_ID,
    OTHER_REQUEST_ID,
    OTHER_PROTOCOL,
)

_UPDATE_FAILURES = {
    "DownloadFailed",
    "InstallationFailed",
    "InstallVerificationFailed",
    "InvalidCertificate",
    "InvalidFirmware",
    "InvalidSignature",
    "RevokedCertificate",
}
_UPLOAD_FAILURES = {"UploadFailed", "UploadFailure", "BadMessage", "NotSupportedOperation", "PermissionDenied"}
_UPLOAD_ENDS = _UPLOAD_FAILURES | {"Uploaded", "AcceptedCanceled"}
_STAGES = (
    "DownloadScheduled",
    "Downloading",
    "Downloaded",
    "SignatureVerified",
    "InstallScheduled",
    "Installing",
    "Installed",
)
_STAGE = {status: number for number, status in enumerate(_STAGES)} | {"DownloadPaused": 1, "InstallRebooting": 5}
_PROTOCOL_SETTINGS = ("SupportedFileTransferProtocols", "OCPPCommCtrlr.FileTransferProtocols")
_CURRENT = {"FirmwareStatusNotification": "UpdateFirmware", "LogStatusNotification": "GetLog"}


class FirmwareChecker(Checker):
    """Follows the last firmware update and the last upload of a charge point."""

    def begin(self) -> None:
        self.stage: tuple[str, int] | None = None  # the last status of the update, and its record
        self.requests: dict[str, int] = {}  # by action: the id of the last request that was accepted
        self.firmware: tuple[str, int] | None = None  # the version at the last boot, and its record
        self.installed = False  # since then

    # -- requests -----------------------------------------------------------------------------------------------

    @on_call("UpdateFirmware", "SignedUpdateFirmware", "GetDiagnostics", "GetLog", "PublishFirmware")
    def asked(self, call: Seen) -> None:
        location = call.text("location") or call.text("firmware", "location") or call.text("log", "remoteLocation")
        supported = self.known.setting(*_PROTOCOL_SETTINGS)
        if not location or not supported:
            return
        scheme = _scheme(location)
        names = {name.strip().upper() for name in supported.split(",")}
        if scheme and scheme.upper() not in names:
            self.found(OTHER_PROTOCOL, call, scheme=scheme, supported=supported)

    @on_exchange("UpdateFirmware", "SignedUpdateFirmware")
    def update_accepted(self, call: Seen, answer: Seen) -> None:
        status = answer.text("status")
        if status is not None and not status.startswith("Accepted"):
            return
        self.stage = None
        if (number := call.integer("requestId")) is not None:
            self.requests["UpdateFirmware"] = number
        begins = call.date_time("retrieveDate") or call.date_time("firmware", "retrieveDateTime")
        begins = begins or call.date_time("firmware", "retrieveDate")
        if not answer.is_timed or begins is None:
            return
        wait, index = round(self.limits.firmware_patience * SECOND), call.index
        delay = max(begins - answer.time, 0)
        self.wait(
            "update",
            answer.clock + delay + wait,
            lambda: self.found(UPDATE_SILENT, index, waited=TimeSpan(wait)),
        )

    @on_exchange("GetDiagnostics", "GetLog")
    def upload_accepted(self, call: Seen, answer: Seen) -> None:
        name = answer.text("fileName") or answer.text("filename")
        accepted = name if call.action == "GetDiagnostics" else (answer.text("status") or "").startswith("Accepted")
        if not accepted:
            return
        if (number := call.integer("requestId")) is not None:
            self.requests["GetLog"] = number
        if answer.is_timed:
            wait, index = round(self.limits.upload_patience * SECOND), call.index
            waited = TimeSpan(wait)
            self.wait("upload", answer.clock + wait, lambda: self.found(UPLOAD_SILENT, index, waited=waited))

    # -- how they go --------------------------------------------------------------------------------------------

    @on_call("FirmwareStatusNotification", "SignedFirmwareStatusNotification")
    def updating(self, call: Seen) -> None:
        status = call.text("status") or ""
        self.stop_waiting("update")
        self.compare_request(call, status)
        if status in _UPDATE_FAILURES:
            self.found(UPDATE_FAILED, call, status=status)
        before, stage = self.stage, _STAGE.get(status)
        if before is not None and stage is not None and stage < _STAGE[before[0]]:
            self.found(OUT_OF_ORDER, call, (before[1],), status=status, before=before[0])
        self.stage = None if stage is None else (status, call.index)
        self.installed = self.installed or status == "Installed"

    @on_call("DiagnosticsStatusNotification", "LogStatusNotification")
    def uploading(self, call: Seen) -> None:
        status = call.text("status") or ""
        self.compare_request(call, status)
        if status in _UPLOAD_ENDS:
            self.stop_waiting("upload")
        if status in _UPLOAD_FAILURES:
            self.found(UPLOAD_FAILED, call, status=status)

    def compare_request(self, call: Seen, status: str) -> None:
        """Look whether a status names its request, in OCPP 2.x."""
        action = _CURRENT.get(call.action)
        if action is None or status in ("", "Idle"):
            return
        number, expected = call.integer("requestId"), self.requests.get(action)
        if number is None:
            self.found(NO_REQUEST_ID, call, status=status)
        elif expected is not None and number != expected:
            self.found(OTHER_REQUEST_ID, call, number=number, action=action, expected=expected)

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        version = call.text("firmwareVersion") or call.text("chargingStation", "firmwareVersion")
        before = self.firmware
        if self.installed and before is not None and version == before[0]:
            self.found(SAME_VERSION, call, (before[1],), version=version)
        self.installed = False
        self.firmware = None if version is None else (version, call.index)


def _scheme(location: str) -> str:
    try:
        return urlsplit(location).scheme
    except ValueError:
        return ""
