"""Boots: how often and why a charge point starts, what it says of itself, and what follows."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.bookkeeping import statuses_in
from ocpptui.diagnosis.boot_traces import booted_2x, booted_16, serial_16, statuses_16
from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record
from ocpptui.diagnosis.known import MOST_CONNECTORS
from ocpptui.diagnosis.rule import Phrase, Rule, StatedTime, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION, SINCE_1_6, Direction
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

_STATUS_2 = (
    '10:00:02 > StatusNotification {"timestamp":"2026-01-01T10:00:02Z","connectorStatus":"Available",'
    '"evseId":1,"connectorId":1}\n10:00:02 < ok\n'
)
_EVENT_2 = (
    '10:00:02 > NotifyEvent {"generatedAt":"2026-01-01T10:00:02Z","seqNo":0,"eventData":[{"eventId":1,'
    '"timestamp":"2026-01-01T10:00:02Z","trigger":"Delta","actualValue":"Available","eventNotificationType":'
    '"HardWiredNotification","component":{"name":"Connector","evse":{"id":1,"connectorId":1}},'
    '"variable":{"name":"AvailabilityState"}}]}\n10:00:02 < ok\n'
)
_RESET = '10:03:00 < Reset {"type":"Hard"}\n10:03:00 > ok {"status":"Accepted"}\n'
_RECONNECTED = "10:01:00 closed\n10:01:02 opened\n"
_TWO_CONNECTORS = """
09:59:00 < GetConfiguration {"key":["NumberOfConnectors"]}
09:59:00 > ok {"configurationKey":[{"key":"NumberOfConnectors","readonly":true,"value":"2"}]}
"""


def _reset_2(kind: str = "Immediate", status: str = "Accepted", more: str = "") -> str:
    return f'10:01:00 < Reset {{"type":"{kind}"{more}}}\n10:01:01 > ok {{"status":"{status}"}}\n'


REPEATED = Rule(
    "boot.repeated",
    Severity.WARNING,
    "The charge point boots again, although nobody asked for it.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 use case B01; Open OCPP Trace, rule on repeated boots",
    says="The charge point boots again within {waited}, although the boot before was accepted.",
    remedy="It may crash or lose power, or send a BootNotification for each connection, which it should not.",
    positive=(
        booted_16("10:00:00") + "* " + booted_16("10:01:00") + "* " + booted_16("10:02:00"),
        "2.0.1\n" + booted_2x("10:00:00") + "* " + booted_2x("10:01:00", "Watchdog"),
    ),
    negative=(
        booted_16("10:00:00") + booted_16("10:30:00"),
        booted_16("10:02:00") + _RESET + booted_16("10:04:00"),
        booted_16("10:02:00")
        + '10:03:00 < UpdateFirmware {"location":"http://a","retrieveDate":"2026-01-01T10:03:00Z"}\n10:03:00 > ok\n'
        + booted_16("10:04:00"),
        booted_16("10:00:00")
        + '10:01:00 < TriggerMessage {"requestedMessage":"BootNotification"}\n10:01:00 > ok {"status":"Accepted"}\n'
        + booted_16("10:01:01"),
        # two charge points
        booted_16("10:00:00") + booted_16("10:01:00").replace(" > ", " CP2 > ").replace(" < ", " CP2 < "),
        # nothing says when
        booted_16("10:00:00").replace("10:00:00 ", "- ") + booted_16("10:01:00").replace("10:01:00 ", "- "),
        # retries of a boot that was not accepted
        booted_16("10:00:00").replace("Accepted", "Pending") * 2 + booted_16("10:01:00"),
    ),
)

UNNEEDED = Rule(
    "boot.unneeded",
    Severity.INFO,
    "The charge point sends a BootNotification although it only reconnects, and nothing has changed.",
    "OCPP-J 1.6 section 5.4; OCPP 2.0.1 and 2.1 Part 4 section 5.3",
    versions=SINCE_1_6,
    says="The charge point sends the same BootNotification as before, {waited} after it lost the connection, too early "
    "for a restart.",
    remedy="After a mere reconnect it is still accepted. The central system may take this for a restart.",
    positive=(
        "10:00:00 opened\n" + booted_16("10:00:00") + _RECONNECTED + "* " + booted_16("10:01:03"),
        "2.0.1\n10:00:00 opened\n" + booted_2x("10:00:00") + _RECONNECTED + "* " + booted_2x("10:01:03"),
    ),
    negative=(
        "10:00:00 opened\n" + booted_16("10:00:00") + _RECONNECTED + statuses_16("10:01:03", 1),
        "10:00:00 opened\n" + booted_16("10:00:00") + "10:01:00 closed\n10:01:30 opened\n" + booted_16("10:01:31"),
        "10:00:00 opened\n" + booted_16("10:00:00") + _RECONNECTED + booted_16("10:01:03", ',"firmwareVersion":"2"'),
        "10:00:00 opened\n" + _RECONNECTED + booted_16("10:01:03"),
        "10:02:00 opened\n"
        + booted_16("10:02:00")
        + _RESET
        + "10:03:01 closed\n10:03:03 opened\n"
        + booted_16("10:03:03"),
    ),
)

MISSING = Rule(
    "boot.missing",
    Severity.INFO,
    "The charge point sends messages, but no BootNotification.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B01.FR.01",
    versions=SINCE_1_6,
    says="The charge point sends {action} first, and has sent no BootNotification since the connection opened.",
    remedy="It may have been accepted before this recording began. If not, it must send a BootNotification first.",
    positive=(
        "10:00:00 opened\n* 10:00:01 > Heartbeat {}\n10:00:02 > Heartbeat {}\n10:02:00 now",
        "2.0.1\n10:00:00 opened\n* 10:00:01 > Heartbeat {}\n10:00:30 closed\n10:00:31 opened\n10:00:32 > Heartbeat {}",
    ),
    negative=(
        "10:00:00 opened\n" + booted_16("10:00:01") + "10:00:05 closed\n10:00:06 opened\n10:00:07 > Heartbeat {}\n"
        "10:02:00 now",
        "10:00:00 opened\n10:00:01 > Heartbeat {}\n" + booted_16("10:00:02") + "10:02:00 now",
        "10:00:00 opened\n10:00:01 > Heartbeat {}\n10:00:10 now",
        "10:00:00 > Heartbeat {}\n10:02:00 now",
        "10:00:00 > Heartbeat {}\n10:01:00 closed\n10:01:05 opened\n10:01:06 > Heartbeat {}\n10:05:00 now",
        "10:00:00 opened\n10:02:00 now",
        "10:00:00 closed\n10:01:05 opened\n10:01:06 > Heartbeat {}\n10:05:00 now",
    ),
)

NO_STATUS = Rule(
    "boot.no-status",
    Severity.WARNING,
    "After its BootNotification was accepted, the charge point does not report all its connectors.",
    "OCPP 1.6 errata sheet section 3.22; OCPP 2.0.1 and 2.1 Part 2 B01.FR.05",
    versions=SINCE_1_6,
    says="The BootNotification was accepted, but in {waited} there was no status of {connectors}.",
    remedy="The central system does not know which connectors are available.",
    positive=(
        "* " + booted_16("10:00:00") + "10:01:05 > Heartbeat {}",
        "* " + booted_16("10:00:00") + "10:01:05 now",
        _TWO_CONNECTORS + "* " + booted_16("10:00:00") + statuses_16("10:00:01", 0, 1) + "10:05:00 now",
        "2.0.1\n* " + booted_2x("10:00:00") + "10:05:00 > Heartbeat {}",
    ),
    negative=(
        _TWO_CONNECTORS + booted_16("10:00:00") + statuses_16("10:00:01", 0, 1, 2) + "10:05:00 now",
        booted_16("10:00:00") + statuses_16("10:00:01", 1) + "10:05:00 now",
        booted_16("10:00:00") + statuses_16("10:00:50", 0) + statuses_16("10:02:00", 1) + "10:05:00 now",
        _TWO_CONNECTORS
        + booted_16("10:00:00")
        + statuses_16("10:00:50", 0, 1)
        + statuses_16("10:02:00", 2)
        + "10:05:00 now",
        "2.0.1\n" + booted_2x("10:00:00") + _STATUS_2 + "10:05:00 > Heartbeat {}",
        "2.1\n" + booted_2x("10:00:00") + _EVENT_2 + "10:05:00 > Heartbeat {}",
        booted_16("10:00:00") + "10:00:05 closed\n10:05:00 opened\n10:06:00 > Heartbeat {}",
        booted_16("10:00:00") + "10:00:50 now",
        booted_16("10:00:00").replace("Accepted", "Pending") + "10:05:00 now",
        # the central system asks for the boot, and knows the connectors
        '10:00:00 < TriggerMessage {"requestedMessage":"BootNotification"}\n10:00:00 > ok {"status":"Accepted"}\n'
        + booted_16("10:00:01")
        + "10:05:00 now",
    ),
)

REASON = Rule(
    "boot.reason",
    Severity.WARNING,
    "The reason of the BootNotification does not fit what was asked of the charging station.",
    "OCPP 2.0.1 and 2.1 Part 2 B01.FR.09 and BootReasonEnumType",
    versions=SECOND_GENERATION,
    says="The reason is {reason}, although this boot follows {cause}: it should be {expected}.",
    remedy="The CSMS takes it for another kind of boot, a power failure for example.",
    positive=(
        f"2.0.1\n{_reset_2()}* {booted_2x('10:02:00')}",
        f"2.0.1\n{_reset_2('OnIdle', 'Scheduled')}* {booted_2x('10:02:00')}",
        (
            '2.0.1\n10:00:00 < TriggerMessage {"requestedMessage":"BootNotification"}\n'
            f'10:00:00 > ok {{"status":"Accepted"}}\n* {booted_2x("10:00:01")}'
        ),
        (
            '2.0.1\n10:00:00 > FirmwareStatusNotification {"status":"InstallRebooting","requestId":1}\n10:00:00 < ok\n'
            f"* {booted_2x('10:01:00')}"
        ),
    ),
    negative=(
        f"2.0.1\n{_reset_2()}{booted_2x('10:02:00', 'RemoteReset')}{booted_2x('10:30:00')}",
        f"2.0.1\n{_reset_2('OnIdle', 'Scheduled')}{booted_2x('10:02:00', 'ScheduledReset')}",
        f"2.0.1\n{_reset_2(status='Rejected')}{booted_2x('10:02:00')}",
        f"2.0.1\n{_reset_2()}{booted_2x('12:00:00')}",
        f"2.0.1\n{_reset_2(more=',' + chr(34) + 'evseId' + chr(34) + ':1')}{booted_2x('10:02:00')}",
        f"2.0.1\n{booted_2x('10:02:00')}",
        f"2.0.1\n{_reset_2()}{booted_2x('10:02:00').replace(' > ', ' CP2 > ').replace(' < ', ' CP2 < ')}",
    ),
)

IDENTITY_CHANGED = Rule(
    "boot.identity-changed",
    Severity.WARNING,
    "The charge point reports another serial number, vendor or model than before.",
    "OCPP-J 1.6 section 3.1.1; OCPP 2.0.1 and 2.1 Part 2 B01.FR.11 and B01.FR.12",
    says="The {field} is {value}; at the boot before it was {before}.",
    remedy="Two charge points may use one identity, or the charge point was exchanged.",
    positive=(
        booted_16("10:00:00", serial_16("S1")) + "* " + booted_16("10:30:00", serial_16("S2")),
        booted_16("10:00:00") + "* " + booted_16("10:30:00").replace('Model":"B', 'Model":"C'),
        "2.0.1\n" + booted_2x("10:00:00") + "* " + booted_2x("10:30:00", serial="S2"),
    ),
    negative=(
        booted_16("10:00:00", serial_16("S1")) + booted_16("10:30:00", serial_16("S1")),
        booted_16("10:00:00", serial_16("S1")) + booted_16("10:30:00"),
        booted_16("10:00:00", ',"firmwareVersion":"1"') + booted_16("10:30:00", ',"firmwareVersion":"2"'),
        booted_16("10:00:00", serial_16("S1"))
        + booted_16("10:30:00", serial_16("S2")).replace(" > ", " CP2 > ").replace(" < ", " CP2 < "),
    ),
)

INTERVAL = Rule(
    "boot.interval",
    Severity.INFO,
    "The heartbeat interval in the answer to the BootNotification is 0, very short, or longer than a day. A negative "
    "one is not reported: neither the schema nor the text gives a lower bound.",
    "OCPP 1.6 sections 4.2, 4.6 and 6.4; OCPP 2.0.1 and 2.1 Part 2 B01.FR.04 and section 1.2.2",
    versions=SINCE_1_6,
    says="The heartbeat interval is {interval}{meaning}.",
    remedy="An interval of some minutes is usual. Once a day is needed to set the clock.",
    positive=(
        "10:00:00 > " + booted_16("10:00:00", interval=0).replace("10:00:00 <", "* 10:00:00 <")[11:],
        "10:00:00 > " + booted_16("10:00:00", interval=86_401).replace("10:00:00 <", "* 10:00:00 <")[11:],
        "10:00:00 > " + booted_16("10:00:00", interval=5).replace("10:00:00 <", "* 10:00:00 <")[11:],
    ),
    negative=(
        booted_16("10:00:00", interval=300),
        booted_16("10:00:00", interval=86_400),
        booted_16("10:00:00", interval=-1),
        booted_16("10:00:00", interval=0).replace("Accepted", "Rejected"),
        booted_16("10:00:00", interval=5).replace("Accepted", "Pending"),
    ),
)

RULES = (REPEATED, UNNEEDED, MISSING, NO_STATUS, REASON, IDENTITY_CHANGED, INTERVAL)

_NO_RESTART = 5 * SECOND
"""A connection that is back so soon was lost by a charge point that went on."""
_MISSING_AFTER = 60 * SECOND
"""A BootNotification that has not come so long after another message does not come."""
_MORE_TIME = 3
"""So much longer the others may take when one connector has reported its status."""
_DAY = 86_400
_FIELDS = {
    "serial number": (("chargePointSerialNumber",), ("chargingStation", "serialNumber")),
    "vendor": (("chargePointVendor",), ("chargingStation", "vendorName")),
    "model": (("chargePointModel",), ("chargingStation", "model")),
}


class _Boot(NamedTuple):
    """An accepted boot."""

    record: int
    clock: int | None
    content: int
    """The hash of its payload."""


class BootHistoryChecker(Checker):
    """Compares the boots of a charge point with each other, and with what happened between them."""

    listens = False

    def begin(self) -> None:
        self.last: _Boot | None = None  # the last accepted one
        self.is_explained = False  # since then, something happened that lets a charge point boot
        self.triggered = False  # since then, the central system asked for a BootNotification
        self.identity: dict[str, tuple[str, int]] = {}  # by field: value and record
        self.closed_at: int | None = None
        self.back_after: int | None = None  # how long the charge point was away before this connection
        self.unregistered = 0  # the connection on which no BootNotification has come
        self.first: tuple[int, str] | None = None  # its first message, and the action
        self.statuses: set[int] | None = None  # the connectors reported since the boot, while that is of interest
        self.causes: dict[str, tuple[tuple[str, ...], int, int]] = {}  # of the next boot: reasons, clock and record

    # -- connections --------------------------------------------------------------------------------------------

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        self.back_after = event.since(self.closed_at)
        if self.known.boot is None and not self.known.was_connected_before(event.connection):
            self.unregistered, self.first = event.connection, None
            self.listen(True)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.closed_at, self.statuses = event.clock, None
        self.stop_waiting("status")
        if event.connection == self.unregistered:
            self.stop_waiting("boot")
            self.no_boot()

    @on_record(RecordKind.CALL)
    def called(self, call: Seen) -> None:
        """The first call of a connection whose charge point is not known to have booted."""
        if call.direction is not Direction.TO_CSMS or call.connection != self.unregistered:
            return
        self.listen(False)
        if call.action != "BootNotification" and self.known.boot is None:
            self.first = call.index, call.action
            self.wait("boot", call.clock + _MISSING_AFTER, self.no_boot)

    def no_boot(self) -> None:
        if self.first is not None and self.known.boot is None:
            self.found(MISSING, self.first[0], action=self.first[1])
        self.unregistered, self.first = 0, None

    # -- boots --------------------------------------------------------------------------------------------------

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        self.unregistered, self.first = 0, None
        self.listen(False)
        self.stop_waiting("boot")
        causes, self.causes = self.causes, {}
        reason = call.text("reason")
        fitting = [
            (cause, reasons, record)
            for cause, (reasons, until, record) in causes.items()
            if call.is_timed and call.clock <= until
        ]
        if reason and fitting and not any(reason in reasons for _, reasons, _ in fitting):
            cause, reasons, record = fitting[-1]
            expected = Phrase(" or ".join(reasons))
            self.found(REASON, call, (record,), reason=reason, cause=Phrase(cause), expected=expected)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Accepted" or call.index != self.known.boot:
            return
        boot = _Boot(call.index, call.clock if call.is_timed else None, hash(str(call.payload)))
        self.compare_with_last(call, boot.content)
        self.compare_identity(call)
        if not self.triggered and answer.is_timed:
            wait, self.statuses, index = round(self.limits.status_settles * SECOND), set(), call.index
            later = answer.clock + wait * _MORE_TIME
            self.wait("status", answer.clock + wait, lambda: self.look_for_status(index, wait, later))
        self.last, self.is_explained, self.triggered = boot, False, False
        interval = answer.integer("interval")
        if interval is not None and (meaning := self.odd(interval)) is not None:
            self.found(INTERVAL, answer, (call,), interval=StatedTime(interval), meaning=Phrase(meaning))

    def odd(self, interval: int) -> str | None:
        """What an interval in seconds means, if it is unusual."""
        if interval < 0:  # no schema and no text forbids it, or says what it means
            return None
        if interval == 0:
            return ", so that the charge point chooses its own"
        if interval < self.limits.short_interval:
            return ": so many heartbeats cost mobile data, and pings do the same for less"
        return ": less than once a day" if interval > _DAY else None

    def compare_with_last(self, call: Seen, content: int) -> None:
        last = self.last
        if last is None or last.clock is None or not call.is_timed or self.is_explained or self.triggered:
            return
        closed, waited = self.closed_at, call.clock - last.clock
        if closed is not None and last.clock < closed and last.content == content:
            since = call.clock - closed
            if self.back_after is not None and self.back_after <= _NO_RESTART and since <= 2 * _NO_RESTART:
                self.found(UNNEEDED, call, (last.record,), waited=TimeSpan(since))
                return
        if waited <= self.limits.repeated_boot * SECOND:
            self.found(REPEATED, call, (last.record,), waited=TimeSpan(waited))

    def compare_identity(self, call: Seen) -> None:
        for name, paths in _FIELDS.items():
            value = next((found for path in paths if (found := call.text(*path))), None)
            if value is None:
                continue
            before, self.identity[name] = self.identity.get(name), (value, call.index)
            if before is not None and before[0] != value:
                self.found(IDENTITY_CHANGED, call, (before[1],), field=Phrase(name), value=value, before=before[0])

    # -- what lets a charge point boot --------------------------------------------------------------------------

    @on_exchange("Reset")
    def reset(self, call: Seen, answer: Seen) -> None:
        self.is_explained, status = True, answer.text("status")
        if call.value("evseId") is None and status in ("Accepted", "Scheduled"):
            later = status == "Scheduled" or call.text("type") == "OnIdle"
            reasons = ("ScheduledReset", "RemoteReset") if later else ("RemoteReset",)
            self.expect("a Reset", reasons, answer, call.index)

    @on_exchange("TriggerMessage", "ExtendedTriggerMessage")
    def asked(self, call: Seen, answer: Seen) -> None:
        if call.text("requestedMessage") == "BootNotification" and answer.text("status") == "Accepted":
            self.triggered = True
            self.expect("a TriggerMessage", ("Triggered",), answer, call.index)

    @on_exchange("UpdateFirmware", "SignedUpdateFirmware", "ChangeConfiguration", "SetVariables", "SetNetworkProfile")
    def changed(self, call: Seen, answer: Seen) -> None:
        self.is_explained = True

    @on_call("FirmwareStatusNotification")
    def installing(self, call: Seen) -> None:
        if call.text("status") == "InstallRebooting":
            self.is_explained = True
            self.expect("the installation of a firmware", ("FirmwareUpdate",), call, call.index)

    def expect(self, cause: str, reasons: tuple[str, ...], record: Seen, index: int) -> None:
        if record.is_timed:
            self.causes[cause] = reasons, record.clock + round(self.limits.reset_patience * SECOND), index

    # -- the status of the connectors ---------------------------------------------------------------------------

    @on_call("StatusNotification", "NotifyEvent")
    def reported(self, call: Seen) -> None:
        if self.statuses is not None and len(self.statuses) < MOST_CONNECTORS:
            self.statuses.update(one.place[1] for one in statuses_in(call))

    def look_for_status(self, boot: int, wait: int, later: int) -> None:
        """Whether there was any status; if so, look later for those that are missing."""
        if self.statuses:
            self.wait("status", later, lambda: self.look_for_all(boot, wait * _MORE_TIME))
        elif self.statuses is not None:
            self.statuses = None
            self.found(NO_STATUS, boot, waited=TimeSpan(wait), connectors=Phrase("any connector"))

    def look_for_all(self, boot: int, wait: int) -> None:
        reported, self.statuses = self.statuses, None
        count = self.known.whole_setting("NumberOfConnectors")
        if reported is None or count is None or count > MOST_CONNECTORS:
            return
        if missing := {*range(1, count + 1)} - reported:
            names = Phrase(f"connector {', '.join(map(str, sorted(missing)))}")
            self.found(NO_STATUS, boot, waited=TimeSpan(wait), connectors=names)
