"""Firmware updates: whether they begin, in which order they go, and how they end."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_refusal, on_stray
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import SINCE_1_6, Direction, Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

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
_SIGNED_UPDATE = """
10:00:00 < SignedUpdateFirmware {"requestId":3,"firmware":{"location":"https://example.com/f.bin",
    "retrieveDateTime":"2026-01-01T10:00:00Z","signingCertificate":"c","signature":"s"}}
10:00:01 > ok {"status":"Accepted"}
"""


def _firmware(status: str, time: str, request: int | None = None) -> str:
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > FirmwareStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'


def _signed(status: str, time: str, request: int | None = 3) -> str:
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > SignedFirmwareStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'


_UPDATE_SIGNED_2 = _UPDATE_2.replace('"firmware":{', '"firmware":{"signature":"s","signingCertificate":"c",')
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
        _UPDATE + _firmware("Downloading", "00:02") + "* " + _firmware("DownloadFailed", "00:09"),
        _UPDATE_2 + "* " + _firmware("InvalidSignature", "00:09", 3),
        _UPDATE_2.replace("10:00:01 >", "* 10:00:01 >").replace("Accepted", "RevokedCertificate"),
        _SIGNED_UPDATE.replace("10:00:01 >", "* 10:00:01 >").replace("Accepted", "InvalidCertificate"),
    ),
    negative=(
        _UPDATE + _firmware("Downloading", "00:02") + _firmware("Downloaded", "00:09"),
        _UPDATE_2.replace("Accepted", "Rejected"),  # it does not begin
    ),
)

UPDATE_SILENT = Rule(
    "firmware.silent",
    Severity.WARNING,
    "The charge point took a firmware update, but does not report how it goes.",
    "OCPP 1.6 sections 4.5 and 6.55 and errata sections 3.12 and 3.47; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01 and "
    "L01.FR.13",
    says="{waited} after the time for the download, the charge point has reported nothing of this firmware update.",
    positive=(_UPDATE.replace("10:00:00 <", "* 10:00:00 <") + "12:00:00 > Heartbeat {}",),
    negative=(
        _UPDATE + _firmware("Downloading", "00:02") + "12:00:00 > Heartbeat {}",
        _UPDATE.replace("T10:00:00Z", "T20:00:00Z") + "12:00:00 > Heartbeat {}",
        _UPDATE_2.replace("Accepted", "Rejected") + "12:00:00 > Heartbeat {}",
        _UPDATE,
        _UPDATE + "12:00:00 CP2 > Heartbeat {}",
        _UPDATE.replace("10:00:01 >", "- >") + "12:00:00 > Heartbeat {}",
    ),
)

UPDATE_UNFINISHED = Rule(
    "firmware.unfinished",
    Severity.WARNING,
    "The charge point began a firmware update, but does not report how it goes on.",
    "OCPP 1.6 section 4.5 and security whitepaper L01; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01",
    says="{waited} after it reported {status}, the charge point has reported nothing more of this firmware update.",
    remedy="It may hang, or it ended and nobody was told. A TriggerMessage for FirmwareStatusNotification asks for the "
    "state.",
    positive=(
        f"{_UPDATE}* {_firmware('Downloading', '00:02')}12:00:00 > Heartbeat {{}}",
        f"{_UPDATE_2}* {_firmware('Installing', '00:09', 3)}12:00:00 > Heartbeat {{}}",
        # It restarts to install, and says nothing of it.
        (
            f"{_UPDATE}* {_firmware('Installing', '00:02')}10:05:00 closed\n10:10:00 opened\n"
            f"{_boot('10:10:01', '1.1')}12:00:00 > Heartbeat {{}}"
        ),
    ),
    negative=(
        f"{_UPDATE}{_firmware('Downloading', '00:02')}{_firmware('DownloadFailed', '50:00')}12:00:00 > Heartbeat {{}}",
        f"{_UPDATE}{_firmware('Downloading', '00:02')}10:59:00 > Heartbeat {{}}",
        # It waits for the end of a transaction, or for its time.
        f"{_UPDATE}{_firmware('Downloaded', '00:02')}12:00:00 > Heartbeat {{}}",
        f"{_UPDATE_2}{_firmware('InstallScheduled', '00:02', 3)}12:00:00 > Heartbeat {{}}",
        # It is not connected, or has just come back.
        f"{_UPDATE}{_firmware('Installing', '00:02')}10:05:00 closed\n12:00:00 opened\n12:00:01 > Heartbeat {{}}",
        f"{_UPDATE}{_firmware('Downloading', '00:02')}12:00:00 CP2 > Heartbeat {{}}",
        _UPDATE + _firmware("Downloading", "00:02").replace("10:00:02 >", "- >") + "12:00:00 > Heartbeat {}",
        # The answer to a message that the recording lacks.
        f'{_UPDATE}{_firmware("Downloading", "00:02")}10:05:00 < [3,"x",{{}}]\n12:00:00 > Heartbeat {{}}',
        f"{_UPDATE}{_firmware('Downloading', '00:02')}{_UPDATE.replace('10:00', '10:50')}11:20:00 > Heartbeat {{}}",
    ),
)

OUT_OF_ORDER = Rule(
    "firmware.order",
    Severity.WARNING,
    "The states of a firmware update come in the wrong order.",
    "OCPP 1.6 section 4.5 and security whitepaper L01; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01, L01.FR.04 and L01.FR.23",
    says="{status} follows {before} in the same firmware update{lacks}.",
    positive=(
        _UPDATE + _firmware("Installing", "00:02") + "* " + _firmware("Downloaded", "00:09"),
        _UPDATE + _firmware("Downloading", "00:02") + "* " + _firmware("Installing", "00:09"),
        (
            _SIGNED_UPDATE
            + _signed("Downloading", "00:02")
            + _signed("Downloaded", "00:04")
            + "* "
            + _signed("Installing", "00:09")
        ),
    ),
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
        # A boot loader that is replaced reports nothing of the installation.
        _UPDATE
        + _firmware("Downloading", "00:02")
        + _firmware("Downloaded", "00:04")
        + _firmware("Installed", "00:09"),
        # What happened in between may have been lost with the connection.
        (
            _UPDATE
            + _firmware("Downloading", "00:02")
            + "10:00:04 closed\n10:00:05 opened\n"
            + _firmware("Installing", "00:09")
        ),
        (
            _SIGNED_UPDATE
            + _signed("Downloading", "00:02")
            + _signed("Downloaded", "00:04")
            + _signed("SignatureVerified", "00:05")
            + _signed("Installing", "00:09")
        ),
        _UPDATE + _firmware("Downloaded", "00:04") + _firmware("Installing", "00:09"),
        _firmware("Installing", "00:09"),
    ),
)

SAME_VERSION = Rule(
    "firmware.version-same",
    Severity.INFO,
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

REQUEST_ID = Rule(
    "firmware.request-id",
    Severity.ERROR,
    "A status of a firmware update does not name its request.",
    "OCPP 1.6 security whitepaper L01.FR.21; OCPP 2.0.1 and 2.1 Part 2 L01.FR.10 and L01.FR.20",
    versions=SINCE_1_6,
    says="{status} {what}.",
    remedy="The central system cannot tell which firmware update it is about.",
    positive=(
        _UPDATE_2 + "* " + _firmware("Downloading", "00:09"),
        _UPDATE_2 + "* " + _firmware("Downloading", "00:09", 4),
        _SIGNED_UPDATE + "* " + _signed("Downloading", "00:09", None),
        _SIGNED_UPDATE + "* " + _signed("Downloading", "00:09", 4),
    ),
    negative=(
        _UPDATE_2 + _firmware("Downloading", "00:09", 3),
        "2.0.1\n" + _firmware("Idle", "00:09"),
        "2.0.1\n" + _firmware("Downloading", "00:09", 4),
        _UPDATE + _firmware("Downloading", "00:09"),
        _SIGNED_UPDATE + _signed("Downloading", "00:09"),
        # The update before it is cancelled.
        _UPDATE_2
        + _UPDATE_2.replace("2.0.1", "").replace('"requestId":3', '"requestId":4')
        + _firmware("DownloadFailed", "00:09", 3)
        + _firmware("Downloading", "00:10", 4),
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
        _SIGNED_UPDATE + "* " + _signed("Installed", "05:00") + "11:00:00 > Heartbeat {}",
        _UPDATE_SIGNED_2 + "* " + _firmware("Installed", "05:00", 3) + "11:00:00 > Heartbeat {}",
    ),
    negative=(
        _SIGNED_UPDATE + _signed("Installed", "05:00") + _EVENT + "11:00:00 > Heartbeat {}",
        _SIGNED_UPDATE + _EVENT.replace("10:06", "10:04") + _signed("Installed", "05:00") + "11:00:00 > Heartbeat {}",
        _UPDATE_2 + _firmware("Installed", "05:00", 3) + "11:00:00 > Heartbeat {}",
        _signed("Installed", "05:00") + "11:00:00 > Heartbeat {}",
        _SIGNED_UPDATE + _signed("Installed", "05:00"),
        _SIGNED_UPDATE + _signed("Installed", "05:00") + "10:05:10 closed\n11:00:00 opened\n11:00:01 > Heartbeat {}",
        _SIGNED_UPDATE + _signed("InstallationFailed", "05:00") + "11:00:00 > Heartbeat {}",
        _SIGNED_UPDATE + _signed("Installed", "05:00") + "11:00:00 CP2 > Heartbeat {}",
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
    positive=(_UPDATE.replace("10:00:01 > ok", '* 10:00:01 > error NotSupported "no"'),),
    negative=(_UPDATE, _UPDATE.replace("10:00:01 > ok", '10:00:01 > error InternalError "no"')),
)

RULES = (
    UPDATE_FAILED,
    UPDATE_SILENT,
    UPDATE_UNFINISHED,
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
_UNDER_WAY = ("Downloading", "Installing", "InstallRebooting")
"""Statuses after which the next one comes by itself, and soon."""
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
        self.under_way: tuple[str, int] | None = None  # the last status, if another one must follow, and its record
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
        self.stage = self.under_way = None
        self.stop_waiting("progress")
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
        self.stop_waiting("progress")
        self.under_way = (status, call.index) if status in _UNDER_WAY else None
        self.expect_progress(call)
        if status == "Installed":
            self.installed = True
            if self.is_signed and not self.has_event:
                self.installed_at = call.index
                self.expect_event(call)

    def expect_progress(self, record: Seen) -> None:
        """Wait for the status after one that must be followed by another."""
        if self.under_way is None or not record.is_timed:
            return
        wait, (status, index) = round(self.limits.firmware_patience * SECOND), self.under_way

        def missed() -> None:
            self.found(UPDATE_UNFINISHED, index, status=status, waited=TimeSpan(wait))

        self.wait("progress", record.clock + wait, missed)

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
        self.stop_waiting("progress")

    @on_stray
    def lacks_a_message(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CHARGE_POINT:
            self.under_way = None  # it may answer the next status

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        self.expect_progress(event)

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
