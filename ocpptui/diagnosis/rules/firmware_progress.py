"""The progress of a firmware update: whether the charge point tells how it goes on."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.boot_traces import booted_16
from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_stray
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.firmware_traces import UPDATE, UPDATE_2, firmware_at
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_DOWNLOADS = UPDATE + firmware_at("Downloading", "00:02")
_LATER = UPDATE.replace("T10:00:00Z", "T11:00:00Z")
_LATER_2 = UPDATE_2.replace("T10:00:00Z", "T11:00:00Z")
_INSTALLED_LATER = UPDATE_2.replace('00Z"', '00Z","installDateTime":"2026-01-01T11:00:00Z"')
_HOUR_AHEAD = '09:00:00 > Heartbeat {}\n09:00:00 < ok {"currentTime":"2026-01-01T10:00:00Z"}\n'

UPDATE_UNFINISHED = Rule(
    "firmware.unfinished",
    Severity.WARNING,
    "The charge point began a firmware update, but does not report how it goes on.",
    "OCPP 1.6 section 4.5 and security whitepaper L01; OCPP 2.0.1 and 2.1 Part 2 L01.FR.01",
    says="{waited} after it reported {status}, the charge point has reported nothing more about this firmware update.",
    remedy="The update may hang, or may have ended without a report. A TriggerMessage for FirmwareStatusNotification "
    "asks for the state.",
    positive=(
        f"{UPDATE}* {firmware_at('Downloading', '00:02')}12:00:00 > Heartbeat {{}}",
        f"{UPDATE_2}* {firmware_at('Installing', '00:09', 3)}12:00:00 > Heartbeat {{}}",
        # It restarts to install, and says nothing of it.
        (
            f"{UPDATE}* {firmware_at('Installing', '00:02')}10:05:00 closed\n10:10:00 opened\n"
            f"{booted_16('10:10:01')}12:00:00 > Heartbeat {{}}"
        ),
    ),
    negative=(
        f"{_DOWNLOADS}{firmware_at('DownloadFailed', '50:00')}12:00:00 > Heartbeat {{}}",
        f"{_DOWNLOADS}10:59:00 > Heartbeat {{}}",
        # It waits for the end of a transaction, or for its time.
        f"{UPDATE}{firmware_at('Downloaded', '00:02')}12:00:00 > Heartbeat {{}}",
        f"{UPDATE_2}{firmware_at('InstallScheduled', '00:02', 3)}12:00:00 > Heartbeat {{}}",
        # It is not connected, or has just come back.
        f"{UPDATE}{firmware_at('Installing', '00:02')}10:05:00 closed\n12:00:00 opened\n12:00:01 > Heartbeat {{}}",
        f"{_DOWNLOADS}12:00:00 CP2 > Heartbeat {{}}",
        UPDATE + firmware_at("Downloading", "00:02").replace("10:00:02 >", "- >") + "12:00:00 > Heartbeat {}",
        # The answer to a message that the recording lacks.
        f'{UPDATE}{firmware_at("Downloading", "00:02")}10:05:00 < [3,"x",{{}}]\n12:00:00 > Heartbeat {{}}',
        f"{_DOWNLOADS}{UPDATE.replace('10:00', '10:50')}11:20:00 > Heartbeat {{}}",
    ),
)

UPDATE_EARLY = Rule(
    "firmware.early",
    Severity.WARNING,
    "The charge point begins to download or to install firmware before the time that it was given.",
    "OCPP 1.6 section 6.55 and security whitepaper, FirmwareType; OCPP 2.0.1 and 2.1 Part 2, FirmwareType",
    says="The charge point reports {status} {early} before the {field} of the update.",
    remedy="It may be out of service when it is needed, or load a network that was to be spared.",
    positive=(
        f"{_LATER}* {firmware_at('Downloading', '00:02')}{firmware_at('Downloaded', '05:00')}",
        f"{_LATER_2}* {firmware_at('Downloading', '00:02', 3)}",
        f"{_INSTALLED_LATER}{firmware_at('Downloading', '00:02', 3)}* {firmware_at('Installing', '05:00', 3)}",
    ),
    negative=(
        f"{UPDATE}{firmware_at('Downloading', '00:02')}{firmware_at('Installing', '05:00')}",
        f"{_LATER}{firmware_at('Downloading', '59:50')}",
        f"{_LATER_2}{firmware_at('DownloadScheduled', '00:02', 3)}",
        f"{_LATER_2}{firmware_at('Downloading', '00:02', 2)}",  # of an update before this one
        f"{_INSTALLED_LATER}{firmware_at('Downloading', '00:02', 3)}{firmware_at('InstallScheduled', '05:00', 3)}",
        firmware_at("Downloading", "00:02"),
        f"{_LATER.replace('Z', '+05:00').replace('T11:', 'T15:')}{firmware_at('Downloading', '00:02')}",
        # The central system is an hour ahead of the recording.
        f"{_HOUR_AHEAD}{_LATER}{firmware_at('Downloading', '00:02')}",
    ),
)

RULES = (UPDATE_UNFINISHED, UPDATE_EARLY)

_TIMES = {
    "Downloading": (("retrieveDate",), ("firmware", "retrieveDateTime")),
    "Installing": (("firmware", "installDateTime"),),
}
"""By the status that may come from then on: where a request for an update says when, in its versions."""

_UNDER_WAY = ("Downloading", "Installing", "InstallRebooting")
"""Statuses after which the next one comes by itself, and soon."""


class _Earliest(NamedTuple):
    """When a status may come."""

    field: str
    time: int
    """µs since 1970 UTC."""
    call: int
    number: int | None
    """The requestId."""


class FirmwareProgressChecker(ExpectingChecker):
    """Waits for the status after one that another one must follow, while the charge point is connected."""

    def begin(self) -> None:
        self.under_way: tuple[str, int] | None = None
        """The last status, if another one must follow, and its record."""
        self.earliest: dict[str, _Earliest] = {}
        """By status, when it may come."""

    @on_exchange("UpdateFirmware", "SignedUpdateFirmware")
    def accepted(self, call: Seen, answer: Seen) -> None:
        if (answer.text("status") or "Accepted").startswith("Accepted"):
            self.under_way = None
            self.stop_waiting("progress")
            times = {status: [(path[-1], call.date_time(*path)) for path in paths] for status, paths in _TIMES.items()}
            self.earliest = {
                status: _Earliest(field, time, call.index, call.integer("requestId"))
                for status, said in times.items()
                for field, time in said
                if time is not None
            }

    @on_call("FirmwareStatusNotification", "SignedFirmwareStatusNotification")
    def updating(self, call: Seen) -> None:
        status = call.text("status")
        self.stop_waiting("progress")
        self.compare_time(call, status)
        self.under_way = (status, call.index) if status in _UNDER_WAY else None
        self.expect_progress(call)

    def compare_time(self, call: Seen, status: str | None) -> None:
        """Look whether a status comes before the time for it, by the clock of the central system if that is known."""
        one, number = self.earliest.get(status or ""), call.integer("requestId")
        if one is None or (number != one.number and None not in (number, one.number)):
            return  # it is of another update
        del self.earliest[status or ""]
        if not call.is_timed:
            return
        offset = self.known.clock_offset
        early = one.time - (call.time if offset is None else call.clock + offset)
        if early > self.limits.clock_tolerance * SECOND:
            values = {"status": status, "early": TimeSpan(early), "field": Phrase(one.field)}
            self.found(UPDATE_EARLY, call, (one.call,), **values)

    def expect_progress(self, record: Seen) -> None:
        if self.under_way is None or not record.is_timed:
            return
        wait, (status, index) = round(self.limits.firmware_patience * SECOND), self.under_way

        def missed() -> None:
            self.found(UPDATE_UNFINISHED, index, status=status, waited=TimeSpan(wait))

        self.wait("progress", record.clock + wait, missed)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop_waiting("progress")

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        self.expect_progress(event)

    @on_stray
    def lacks_a_message(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CHARGE_POINT:
            self.under_way = None  # it may answer the next status
