"""Firmware updates: whether they begin, in which order they go, and how they end."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_refusal
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.firmware_traces import SIGNED_UPDATE, UPDATE, UPDATE_2, firmware_at, signed_at
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import SINCE_1_6, Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_UPDATE_SIGNED_2 = UPDATE_2.replace('"firmware":{', '"firmware":{"signature":"s","signingCertificate":"c",')
_EVENT = (
    '10:06:00 > SecurityEventNotification {"type":"FirmwareUpdated","timestamp":"2026-01-01T10:06:00Z"}\n'
    "10:06:00 < ok\n"
)


def _boot(time: str, firmware: str) -> str:
    return (
        f'{time} > BootNotification {{"chargePointVendor":"A","chargePointModel":"B","firmwareVersion":"{firmware}"}}\n'
        f'{time} < ok {{"currentTime":"2026-01-01T{time}Z","interval":300,"status":"Accepted"}}\n'
    )


UPDATE_FAILED = Rule(
    "firmware.failed",
    Severity.ERROR,
    "The firmware update failed.",
    "OCPP 1.6 sections 4.5 and 7.25 and security whitepaper L01; OCPP 2.0.1 and 2.1 Part 2 L01.FR.22, L01.FR.29 and "
    "L01.FR.30",
    says="The firmware update failed: {status}.",
    remedy="The charge point keeps its firmware. Check whether it reaches the location, and whether the signature is "
    "valid.",
    positive=(
        UPDATE + firmware_at("Downloading", "00:02") + "* " + firmware_at("DownloadFailed", "00:09"),
        UPDATE_2 + "* " + firmware_at("InvalidSignature", "00:09", 3),
        UPDATE_2.replace("10:00:01 >", "* 10:00:01 >").replace("Accepted", "RevokedCertificate"),
        SIGNED_UPDATE.replace("10:00:01 >", "* 10:00:01 >").replace("Accepted", "InvalidCertificate"),
    ),
    negative=(
        UPDATE + firmware_at("Downloading", "00:02") + firmware_at("Downloaded", "00:09"),
        UPDATE_2.replace("Accepted", "Rejected"),  # it does not begin
    ),
)

UPDATE_SILENT = Rule(
    "firmware.silent",
    Severity.WARNING,
    "The charge point took a firmware update, but does not report how it goes.",
    "OCPP 1.6 sections 4.5 and 6.55 and errata sections 3.12 and 3.47; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01 and "
    "L01.FR.13",
    says="{waited} after the time for the download, the charge point has reported nothing about this firmware update.",
    positive=(UPDATE.replace("10:00:00 <", "* 10:00:00 <") + "12:00:00 > Heartbeat {}",),
    negative=(
        UPDATE + firmware_at("Downloading", "00:02") + "12:00:00 > Heartbeat {}",
        UPDATE.replace("T10:00:00Z", "T20:00:00Z") + "12:00:00 > Heartbeat {}",
        UPDATE_2.replace("Accepted", "Rejected") + "12:00:00 > Heartbeat {}",
        UPDATE,
        UPDATE + "12:00:00 CP2 > Heartbeat {}",
        UPDATE.replace("10:00:01 >", "- >") + "12:00:00 > Heartbeat {}",
    ),
)

OUT_OF_ORDER = Rule(
    "firmware.order",
    Severity.WARNING,
    "The states of a firmware update come in the wrong order.",
    "OCPP 1.6 section 4.5 and security whitepaper L01; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01, L01.FR.04 and L01.FR.23",
    says="{status} follows {before} in the same firmware update{lacks}.",
    positive=(
        UPDATE + firmware_at("Installing", "00:02") + "* " + firmware_at("Downloaded", "00:09"),
        UPDATE + firmware_at("Downloading", "00:02") + "* " + firmware_at("Installing", "00:09"),
        (
            SIGNED_UPDATE
            + signed_at("Downloading", "00:02")
            + signed_at("Downloaded", "00:04")
            + "* "
            + signed_at("Installing", "00:09")
        ),
    ),
    negative=(
        UPDATE
        + "".join(
            firmware_at(status, f"00:{second}")
            for second, status in enumerate(
                ("Downloading", "DownloadFailed", "Downloading", "Downloaded", "Installing", "Installed"), 10
            )
        ),
        UPDATE + firmware_at("Installed", "00:02") + firmware_at("Idle", "00:03") + firmware_at("Downloading", "00:09"),
        UPDATE
        + firmware_at("Installed", "00:02")
        + UPDATE.replace("10:00", "10:01")
        + firmware_at("Downloading", "01:09"),
        # A boot loader that is replaced reports nothing of the installation.
        UPDATE
        + firmware_at("Downloading", "00:02")
        + firmware_at("Downloaded", "00:04")
        + firmware_at("Installed", "00:09"),
        # What happened in between may have been lost with the connection.
        (
            UPDATE
            + firmware_at("Downloading", "00:02")
            + "10:00:04 closed\n10:00:05 opened\n"
            + firmware_at("Installing", "00:09")
        ),
        (
            SIGNED_UPDATE
            + signed_at("Downloading", "00:02")
            + signed_at("Downloaded", "00:04")
            + signed_at("SignatureVerified", "00:05")
            + signed_at("Installing", "00:09")
        ),
        UPDATE + firmware_at("Downloaded", "00:04") + firmware_at("Installing", "00:09"),
        firmware_at("Installing", "00:09"),
    ),
)

SAME_VERSION = Rule(
    "firmware.version-same",
    Severity.INFO,
    "The charge point installed firmware, but reports the same version as before.",
    "OCPP 1.6 sections 4.5 and 6.3; OCPP 2.0.1 and 2.1 Part 2 use case L01",
    says="The charge point reports firmware {version} as before, although it has installed an update since.",
    remedy="The update may have been rolled back, or it was the version that the charge point had.",
    positive=(_boot("09:00:00", "1.0") + UPDATE + firmware_at("Installed", "05:00") + "* " + _boot("10:06:00", "1.0"),),
    negative=(
        _boot("09:00:00", "1.0") + UPDATE + firmware_at("Installed", "05:00") + _boot("10:06:00", "1.1"),
        _boot("09:00:00", "1.0") + UPDATE + firmware_at("InstallationFailed", "05:00") + _boot("10:06:00", "1.0"),
        UPDATE + firmware_at("Installed", "05:00") + _boot("10:06:00", "1.0"),
    ),
)

REQUEST_ID = Rule(
    "firmware.request-id",
    Severity.ERROR,
    "A status of a firmware update does not name its request.",
    "OCPP 1.6 security whitepaper L01.FR.21; OCPP 2.0.1 and 2.1 Part 2 L01.FR.10 and L01.FR.20",
    versions=SINCE_1_6,
    says="{status} {what}.",
    remedy="The central system cannot tell which firmware update it is about.",
    positive=(
        UPDATE_2 + "* " + firmware_at("Downloading", "00:09"),
        UPDATE_2 + "* " + firmware_at("Downloading", "00:09", 4),
        SIGNED_UPDATE + "* " + signed_at("Downloading", "00:09", None),
        SIGNED_UPDATE + "* " + signed_at("Downloading", "00:09", 4),
    ),
    negative=(
        UPDATE_2 + firmware_at("Downloading", "00:09", 3),
        "2.0.1\n" + firmware_at("Idle", "00:09"),
        "2.0.1\n" + firmware_at("Downloading", "00:09", 4),
        UPDATE + firmware_at("Downloading", "00:09"),
        SIGNED_UPDATE + signed_at("Downloading", "00:09"),
        # The update before it is cancelled.
        UPDATE_2
        + UPDATE_2.replace("2.0.1", "").replace('"requestId":3', '"requestId":4')
        + firmware_at("DownloadFailed", "00:09", 3)
        + firmware_at("Downloading", "00:10", 4),
    ),
)

NO_EVENT = Rule(
    "firmware.no-event",
    Severity.WARNING,
    "A signed firmware was installed, but no security event FirmwareUpdated came.",
    "OCPP 1.6 security whitepaper A04 and L01; OCPP 2.0.1 and 2.1 Part 2 L01.FR.31",
    versions=SINCE_1_6,
    says="The firmware was installed, but in {waited} no security event FirmwareUpdated came.",
    remedy="A list of security events does not show the new firmware.",
    positive=(
        SIGNED_UPDATE + "* " + signed_at("Installed", "05:00") + "11:00:00 > Heartbeat {}",
        _UPDATE_SIGNED_2 + "* " + firmware_at("Installed", "05:00", 3) + "11:00:00 > Heartbeat {}",
    ),
    negative=(
        SIGNED_UPDATE + signed_at("Installed", "05:00") + _EVENT + "11:00:00 > Heartbeat {}",
        SIGNED_UPDATE + _EVENT.replace("10:06", "10:04") + signed_at("Installed", "05:00") + "11:00:00 > Heartbeat {}",
        UPDATE_2 + firmware_at("Installed", "05:00", 3) + "11:00:00 > Heartbeat {}",
        signed_at("Installed", "05:00") + "11:00:00 > Heartbeat {}",
        SIGNED_UPDATE + signed_at("Installed", "05:00"),
        SIGNED_UPDATE + signed_at("Installed", "05:00") + "10:05:10 closed\n11:00:00 opened\n11:00:01 > Heartbeat {}",
        SIGNED_UPDATE + signed_at("InstallationFailed", "05:00") + "11:00:00 > Heartbeat {}",
        SIGNED_UPDATE + signed_at("Installed", "05:00") + "11:00:00 CP2 > Heartbeat {}",
    ),
)

UNSIGNED = Rule(
    "firmware.unsigned",
    Severity.INFO,
    "The charge point takes signed firmware only.",
    "OCPP 1.6 security whitepaper L01.FR.20",
    versions=frozenset({Version.V16}),
    says="The charge point refuses UpdateFirmware with {code}; it may take signed firmware only.",
    remedy="Use SignedUpdateFirmware of the security extension.",
    positive=(UPDATE.replace("10:00:01 > ok", '* 10:00:01 > error NotSupported "no"'),),
    negative=(UPDATE, UPDATE.replace("10:00:01 > ok", '10:00:01 > error InternalError "no"')),
)

RULES = (
    UPDATE_FAILED,
    UPDATE_SILENT,
    OUT_OF_ORDER,
    SAME_VERSION,
    REQUEST_ID,
    NO_EVENT,
    UNSIGNED,
)

_FAILURES = {
    "DownloadFailed",
    "InstallationFailed",
    "InstallVerificationFailed",
    "InvalidCertificate",
    "InvalidFirmware",
    "InvalidSignature",
    "RevokedCertificate",
}
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
_INSTALLS = ("InstallScheduled", "Installing")
_NUMBERED = {1: "SignedFirmwareStatusNotification", 2: "FirmwareStatusNotification"}
"""By generation, the action whose messages name their request."""


class FirmwareChecker(ExpectingChecker):
    """Follows the last firmware update of a charge point."""

    def begin(self) -> None:
        self.stage: tuple[str, int, int] | None = None  # the last status of the update, its record and connection
        self.request: int | None = None  # the id of the last request that was accepted
        self.before: int | None = None  # the id of the one before it, until a status names the last
        self.is_signed = False  # the firmware of the last request
        self.has_event = False  # since that request
        self.installed_at: int | None = None  # the record that says so, while its security event is missing
        self.firmware: tuple[str, int] | None = None  # the version at the last boot, and its record
        self.installed = False  # since then

    # -- requests -----------------------------------------------------------------------------------------------

    @on_exchange("UpdateFirmware", "SignedUpdateFirmware")
    def accepted(self, call: Seen, answer: Seen) -> None:
        status = answer.text("status")
        if status in _FAILURES:
            self.found(UPDATE_FAILED, answer, (call,), status=status)
        if status is not None and not status.startswith("Accepted"):
            return
        self.stage = None
        self.before, self.request = self.request, call.integer("requestId")
        self.is_signed, self.has_event = call.text("firmware", "signature") is not None, False
        self.installed_at = None
        self.stop_waiting("event")
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

    @on_refusal("UpdateFirmware")
    def refused(self, call: Seen, error: Seen) -> None:
        frame = error.frame
        if isinstance(frame, Message) and frame.error_code == "NotSupported":
            self.found(UNSIGNED, error, (call,), code=frame.error_code)

    # -- how it goes --------------------------------------------------------------------------------------------

    @on_call("FirmwareStatusNotification", "SignedFirmwareStatusNotification")
    def updating(self, call: Seen) -> None:
        status = call.text("status") or ""
        self.stop_waiting("update")
        self.compare_request(call, status)
        if status in _FAILURES or status.endswith("Failed"):  # also as no version spells it
            self.found(UPDATE_FAILED, call, status=status)
        self.compare_stage(call, status)
        if status == "Installed":
            self.installed = True
            if self.is_signed and not self.has_event:
                self.installed_at = call.index
                self.expect_event(call)

    def compare_stage(self, call: Seen, status: str) -> None:
        """Look whether a status may follow the one before it."""
        before, stage = self.stage, _STAGE.get(status)
        if before is not None and stage is not None:
            lacks = Phrase()
            if before[2] == call.connection and before[1] > self.known.lacks_own and status in _INSTALLS:
                if _STAGE[before[0]] < _STAGE["Downloaded"]:
                    lacks = Phrase(", without Downloaded")
                elif self.is_signed and before[0] == "Downloaded":
                    lacks = Phrase(", without SignatureVerified")
            if lacks or stage < _STAGE[before[0]]:
                self.found(OUT_OF_ORDER, call, (before[1],), status=status, before=Phrase(before[0]), lacks=lacks)
        self.stage = None if stage is None else (status, call.index, call.connection)

    def compare_request(self, call: Seen, status: str) -> None:
        """Look whether a status names its request."""
        version = self.known.version
        if status in ("", "Idle") or version is None or call.action != _NUMBERED[version.generation]:
            return
        number, expected = call.integer("requestId"), self.request
        if number is None:
            self.found(REQUEST_ID, call, status=status, what=Phrase("has no requestId"))
        elif expected is not None and number not in (expected, self.before):
            what = Phrase(f"is for request {number}, but the last firmware update was request {expected}")
            self.found(REQUEST_ID, call, status=status, what=what)
        elif number == expected:
            self.before = None

    def expect_event(self, record: Seen) -> None:
        """Wait for the security event of what was installed."""
        wait, index = round(self.limits.queue_patience * SECOND), self.installed_at
        if record.is_timed and index is not None:
            waited = TimeSpan(wait)
            self.wait("event", record.clock + wait, lambda: self.found(NO_EVENT, index, waited=waited))

    @on_call("SecurityEventNotification")
    def event(self, call: Seen) -> None:
        if call.text("type") == "FirmwareUpdated":
            self.has_event, self.installed_at = True, None
            self.stop_waiting("event")

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop_waiting("event")

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if self.installed_at is not None and answer.text("status") == "Accepted":
            self.expect_event(answer)

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        version = call.text("firmwareVersion") or call.text("chargingStation", "firmwareVersion")
        before = self.firmware
        if self.installed and before is not None and version == before[0]:
            self.found(SAME_VERSION, call, (before[1],), version=version)
        self.installed = False
        self.firmware = None if version is None else (version, call.index)
