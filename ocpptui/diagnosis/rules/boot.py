"""Boot: what each side may send until the BootNotification is accepted."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

_1X = frozenset({Version.V12, Version.V15, Version.V16})
_SINCE_16 = frozenset(Version) - {Version.V12, Version.V15}

_OPENED = "10:00:00 opened\n"
_BOOT = 'BootNotification {"chargePointVendor":"A","chargePointModel":"B"}'


def _boot_2(reason: str = "PowerUp") -> str:
    return f'BootNotification {{"reason":"{reason}","chargingStation":{{"vendorName":"A","model":"B"}}}}'


def _answer(status: str, interval: int) -> str:
    return f'ok {{"currentTime":"2026-01-01T10:00:01Z","interval":{interval},"status":"{status}"}}'


def _registered(status: str, interval: int = 60) -> str:
    return f"10:00:00 > {_BOOT}\n10:00:01 < {_answer(status, interval)}\n"


def _registered_2(status: str, interval: int = 60) -> str:
    return f"2.0.1\n10:00:00 > {_boot_2()}\n10:00:01 < {_answer(status, interval)}\n"


_ASKED = '10:00:00 > [2,"b","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]\n'
_LATE_ANSWER = f'< [3,"b",{_answer("Accepted", 60).removeprefix("ok ")}]'
_STATUS = 'StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}'
_ACCEPTED = 'ok {"status":"Accepted"}'
_TIME = 'ok {"currentTime":"2026-01-01T10:00:03Z"}'
_REMOTE_START = 'RemoteStartTransaction {"idTag":"A"}'
_REMOTE_START_2 = 'RequestStartTransaction {"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"}}'
_RESET = f'10:00:30 < Reset {{"type":"Hard"}}\n10:00:30 > {_ACCEPTED}\n'


def _triggered(message: str) -> str:
    return f'10:00:02 < TriggerMessage {{"requestedMessage":"{message}"}}\n10:00:02 > {_ACCEPTED}\n'


CALL_BEFORE = Rule(
    "boot.call-before",
    Severity.ERROR,
    "The charge point sends a request before its BootNotification is answered.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B01.FR.08",
    says="The charge point sends {action} before its BootNotification is answered.",
    remedy="The central system may refuse or ignore it. Until then, the charge point may send nothing else.",
    positive=(
        f"{_OPENED}* 10:00:01 > {_STATUS}\n10:00:01 < ok\n10:00:02 > {_BOOT}\n10:00:03 < {_answer('Accepted', 60)}",
        f"{_ASKED}* 10:00:01 > Heartbeat {{}}\n10:00:02 > {_STATUS}\n10:00:03 {_LATE_ANSWER}",
        (
            f"2.0.1\n{_OPENED}10:00:00 > {_boot_2()}\n10:00:01 < {_answer('Accepted', 60)}\n10:05:00 closed\n"
            f"10:06:00 opened\n* 10:06:01 > Heartbeat {{}}\n10:06:01 < {_TIME}\n10:06:02 > {_boot_2()}"
        ),
        (
            f"{_OPENED}{_registered('Accepted')}{_RESET}10:00:40 closed\n10:01:40 opened\n"
            f"* 10:01:41 > {_STATUS}\n10:01:41 < ok\n10:01:42 > {_BOOT}"
        ),
    ),
    negative=(
        f"{_OPENED}{_registered('Accepted')}10:00:02 > {_STATUS}",
        "10:00:02 > Heartbeat {}",
        # it begins in the middle, and the answers may be missing
        f"10:00:02 > {_STATUS}\n10:00:03 > {_BOOT}",
        f"10:00:02 > {_BOOT}\n10:00:03 > Heartbeat {{}}\n10:00:13 > Heartbeat {{}}",
        # it was accepted before, and only reconnects
        (
            f"{_OPENED}{_registered('Accepted')}10:05:00 closed\n10:05:03 opened\n"
            f"10:05:04 > {_STATUS}\n10:05:04 < ok\n10:05:05 > {_BOOT}"
        ),
        (
            f"10:00:00 > {_STATUS}\n10:00:00 < ok\n10:05:00 closed\n10:05:03 opened\n"
            f"10:05:04 > {_STATUS}\n10:05:04 < ok\n10:05:05 > {_BOOT}"
        ),
        # the central system asks for it
        f"{_OPENED}10:00:01 > {_STATUS}\n10:00:01 < ok\n{_triggered('BootNotification')}10:00:03 > {_BOOT}",
        f"{_OPENED}10:00:01 CP2 > {_STATUS}\n10:00:02 > {_BOOT}",
    ),
)

CALL_WHILE_PENDING = Rule(
    "boot.call-while-pending",
    Severity.ERROR,
    "The charge point sends a request that nobody asked for, although its BootNotification was answered Pending.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B01.FR.10 and B02.FR.02",
    versions=_SINCE_16,
    says="The charge point sends {action} although its BootNotification was answered Pending.",
    remedy="The central system may refuse or ignore it. The charge point may only send what it is asked for.",
    positive=(
        f"{_registered('Pending')}* 10:00:02 > Heartbeat {{}}\n10:00:03 > {_STATUS}",
        f"{_registered_2('Pending')}* 10:00:02 > Heartbeat {{}}",
    ),
    negative=(
        f"{_registered('Pending')}{_triggered('StatusNotification')}10:00:03 > {_STATUS}",
        f"{_registered('Accepted')}10:00:02 > Heartbeat {{}}",
        f"{_registered('Pending')}10:01:02 > {_BOOT}",
        (
            f"{_registered_2('Pending')}"
            f'10:00:02 < GetBaseReport {{"requestId":1,"reportBase":"FullInventory"}}\n10:00:02 > {_ACCEPTED}\n'
            '10:00:03 > NotifyReport {"requestId":1,"seqNo":0,"generatedAt":"2026-01-01T10:00:03Z"}'
        ),
        f"{_registered('Pending')}10:00:02 CP2 > Heartbeat {{}}",
    ),
)

CALL_WHILE_REJECTED = Rule(
    "boot.call-while-rejected",
    Severity.ERROR,
    "The charge point sends a request although its BootNotification was rejected.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B03.FR.02",
    says="The charge point sends {action} although its BootNotification was rejected.",
    remedy="It must wait for the interval in the answer, and then send a BootNotification.",
    positive=(
        f"{_registered('Rejected')}* 10:00:06 > Heartbeat {{}}",
        f"{_registered_2('Rejected')}* 10:00:06 > Heartbeat {{}}\n10:00:07 > Heartbeat {{}}",
    ),
    negative=(
        f"{_registered('Rejected')}10:01:01 > {_BOOT}",
        f"{_registered('Rejected')}10:01:01 > {_BOOT}\n10:01:02 < {_answer('Accepted', 60)}\n10:01:03 > Heartbeat {{}}",
        f"{_registered('Rejected')}10:00:06 CP2 > Heartbeat {{}}",
    ),
)

ANSWERS_WHILE_REJECTED = Rule(
    "boot.answers-while-rejected",
    Severity.WARNING,
    "The charge point answers a request of a central system that has rejected it.",
    "OCPP 1.6 section 4.2",
    versions=frozenset({Version.V16}),
    says="The charge point answers {action} although its BootNotification was rejected.",
    remedy="A rejected charge point does not respond.",
    positive=(f"{_registered('Rejected')}10:00:02 < GetConfiguration {{}}\n* 10:00:03 > ok {{}}",),
    negative=(
        f"{_registered('Rejected')}10:00:02 < GetConfiguration {{}}",
        f"{_registered('Pending')}10:00:02 < GetConfiguration {{}}\n10:00:03 > ok {{}}",
        (
            f"{_ASKED}10:00:00 < GetConfiguration {{}}\n10:00:01 {_LATE_ANSWER.replace('Accepted', 'Rejected')}\n"
            "10:00:02 > ok {}"
        ),
    ),
)

CSMS_CALLS_REJECTED = Rule(
    "boot.csms-calls-rejected",
    Severity.ERROR,
    "The central system sends a request to a charge point that it has rejected.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B03.FR.03",
    versions=_SINCE_16,
    says="The central system sends {action} although it has rejected the BootNotification.",
    remedy="A rejected charge point does not respond. To work with it before it is accepted, answer Pending.",
    positive=(
        f"{_registered('Rejected')}* 10:00:02 < GetConfiguration {{}}\n10:00:40 < GetConfiguration {{}}",
        (f'{_registered_2("Rejected")}* 10:00:02 < GetBaseReport {{"requestId":1,"reportBase":"FullInventory"}}'),
    ),
    negative=(
        f"{_registered('Pending')}10:00:02 < GetConfiguration {{}}",
        f'{_registered_2("Pending")}10:00:02 < GetBaseReport {{"requestId":1,"reportBase":"FullInventory"}}',
        f"{_registered('Rejected')}10:00:02 CP2 < GetConfiguration {{}}",
    ),
)

REMOTE_START_PENDING = Rule(
    "boot.remote-start-pending",
    Severity.ERROR,
    "A charge point whose BootNotification was answered Pending is to start or stop a transaction.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B02.FR.05",
    versions=_SINCE_16,
    says="{action} does not go together with a BootNotification that was answered Pending.",
    remedy="Accept the charge point first. A charging station with OCPP 2.x must answer Rejected.",
    positive=(
        f"{_registered('Pending')}* 10:00:02 < {_REMOTE_START}",
        f'{_registered("Pending")}* 10:00:02 < RemoteStopTransaction {{"transactionId":7}}',
        f"{_registered_2('Pending')}10:00:02 < {_REMOTE_START_2}\n* 10:00:03 > {_ACCEPTED}",
    ),
    negative=(
        f"{_registered('Accepted')}10:00:02 < {_REMOTE_START}",
        f'{_registered_2("Pending")}10:00:02 < {_REMOTE_START_2}\n10:00:03 > ok {{"status":"Rejected"}}',
        f"10:00:02 < {_REMOTE_START}",
    ),
)

NO_SECURITY_ERROR = Rule(
    "boot.no-security-error",
    Severity.WARNING,
    "The central system answers a request of a charge point that is not accepted.",
    "OCPP-J 1.6 errata sheet section 3.10; OCPP 2.0.1 and 2.1 Part 2 B01.FR.10, B02.FR.09 and B03.FR.07",
    versions=_SINCE_16,
    says="The central system answers {action} of a charge point that it has not accepted.",
    remedy="It should answer with a CALLERROR SecurityError, so that the charge point does not go on.",
    positive=(
        f"{_registered('Pending')}10:00:02 > Heartbeat {{}}\n* 10:00:03 < {_TIME}",
        f"{_registered_2('Rejected')}10:00:02 > Heartbeat {{}}\n* 10:00:03 < {_TIME}",
    ),
    negative=(
        f'{_registered("Pending")}10:00:02 > Heartbeat {{}}\n10:00:03 < error SecurityError "wait"',
        f"{_registered('Pending')}{_triggered('Heartbeat')}10:00:03 > Heartbeat {{}}\n10:00:03 < {_TIME}",
        (
            f"{_registered('Pending')}10:01:02 > {_BOOT}\n10:01:03 < {_answer('Accepted', 60)}\n"
            f"10:01:04 > Heartbeat {{}}\n10:01:05 < {_TIME}"
        ),
    ),
)

RETRY_EARLY = Rule(
    "boot.retry-early",
    Severity.WARNING,
    "The charge point repeats its BootNotification before the interval is over.",
    "OCPP 1.6 sections 4.2 and 6.6; OCPP 2.0.1 and 2.1 Part 2 B02.FR.04",
    says="The BootNotification is repeated after {waited}, but the central system asked to wait {interval}.",
    remedy="The charge point must wait at least the interval in the answer.",
    positive=(
        f"{_registered('Rejected', 300)}* 10:00:11 > {_BOOT}",
        f"{_registered('Pending', 60)}* 10:00:06 > {_BOOT}",
        f"{_registered_2('Pending', 60)}* 10:00:06 > {_boot_2()}",
    ),
    negative=(
        f"{_registered('Rejected', 300)}10:05:01 > {_BOOT}",
        f"{_registered('Pending', 60)}10:01:02 > {_BOOT}",
        f"{_registered('Pending', 0)}10:00:11 > {_BOOT}",
        f"{_registered('Pending', 300)}{_triggered('BootNotification')}10:00:03 > {_BOOT}",
        f"{_registered('Pending', 300)}- > {_BOOT}",
        f"{_registered('Pending', 300)}10:00:06 CP2 > {_BOOT}",
    ),
)

RETRY_MISSING = Rule(
    "boot.retry-missing",
    Severity.WARNING,
    "The charge point is not accepted, and does not ask again after the interval.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B02.FR.08 and B03.FR.06",
    versions=_SINCE_16,
    says="The answer asks for another BootNotification after {interval}, but none came in {waited}.",
    remedy="The charge point stays out of use, unless the central system triggers a BootNotification.",
    positive=(
        f"{_OPENED}{_registered('Pending', 30).replace('10:00:01 <', '* 10:00:01 <')}10:10:00 now",
        f"2.0.1\n{_OPENED}10:00:00 > {_boot_2()}\n* 10:00:01 < {_answer('Rejected', 30)}\n10:10:00 ping",
    ),
    negative=(
        f"{_OPENED}{_registered('Pending', 30)}10:00:31 > {_BOOT}\n10:00:32 < {_answer('Accepted', 300)}\n10:10:00 now",
        f"{_OPENED}{_registered('Pending', 30)}10:01:30 now",
        f"{_OPENED}{_registered('Pending', 30)}10:00:20 closed\n10:10:00 opened",
        f"{_OPENED}{_registered('Pending', 0)}10:10:00 now",
        f"{_OPENED}{_registered('Accepted', 30)}10:10:00 now",
        f"{_registered('Pending', 30)}10:10:00 now",
    ),
)

PENDING_CLOSED = Rule(
    "boot.pending-closed",
    Severity.WARNING,
    "The connection is closed although the BootNotification was answered Pending.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B02.FR.06",
    versions=_SINCE_16,
    remedy="Pending means that the charge point is to be configured first, for which both need the connection.",
    positive=(
        f'{_OPENED}{_registered("Pending")}* 10:00:05 closed {{"closeCode":1000}}',
        (
            f"2.0.1\n{_OPENED}10:00:00 > {_boot_2()}\n10:00:01 < {_answer('Pending', 60)}\n"
            '* 10:00:05 closed {"closeCode":1001,"closedBy":"peer"}'
        ),
    ),
    negative=(
        f'{_OPENED}{_registered("Rejected")}10:00:05 closed {{"closeCode":1000}}',
        f'{_OPENED}{_registered("Accepted")}10:00:05 closed {{"closeCode":1000}}',
        f'{_OPENED}{_registered("Pending")}10:00:05 closed {{"closeCode":1006}}',
        f"{_OPENED}{_registered('Pending')}10:00:05 closed",
        f'{_OPENED}{_registered("Pending")}{_RESET}10:00:35 closed {{"closeCode":1000}}',
        f'{_OPENED}{_registered("Pending")}10:00:04 CP2 opened\n10:00:05 CP2 closed {{"closeCode":1000}}',
    ),
)

RULES = (
    CALL_BEFORE,
    CALL_WHILE_PENDING,
    CALL_WHILE_REJECTED,
    ANSWERS_WHILE_REJECTED,
    CSMS_CALLS_REJECTED,
    REMOTE_START_PENDING,
    NO_SECURITY_ERROR,
    RETRY_EARLY,
    RETRY_MISSING,
    PENDING_CLOSED,
)

_REMOTE_CONTROL = ("RemoteStartTransaction", "RemoteStopTransaction")
_NOT_REBOOTED = ("Triggered", "Unknown")
"""Reasons of OCPP 2.x that do not say that the charging station has started."""
_ASKS = (
    "TriggerMessage",
    "ExtendedTriggerMessage",
    "GetBaseReport",
    "GetReport",
    "GetMonitoringReport",
    "CustomerInformation",
    "GetDiagnostics",
    "GetLog",
    "UpdateFirmware",
    "SignedUpdateFirmware",
)
"""What a charge point answers with further messages."""


class BootChecker(Checker):
    """Follows a charge point from the beginning of a connection until its BootNotification is accepted."""

    listens = False

    def begin(self) -> None:
        self.connection = 0  # that of the last BootNotification
        self.answer = 0  # the answer to it
        self.opened = 0  # the connection that has just opened, until there is a BootNotification
        self.first: tuple[int, str] | None = None  # the first other call of that connection, and its action
        self.early: tuple[int, str] | None = None  # a call before the BootNotification was answered
        self.unasked = -1  # the last call that the charge point should not have made
        self.asked = False  # the central system has asked for messages since the BootNotification
        self.was_reset = False  # since the last BootNotification
        self.reported: set[Rule] = set()  # once for each BootNotification

    # -- the BootNotification -----------------------------------------------------------------------------------

    @on_connection(ConnectionEvent.OPENED)
    def connected(self, event: Seen) -> None:
        self.opened, self.first = event.connection, None
        self.listen(True)

    @on_call("BootNotification")
    def boot(self, call: Seen) -> None:
        known, waited = self.known, call.since(self.known.registered)
        if known.retry_interval and waited is not None and not self.asked:
            interval = known.retry_interval * SECOND
            if waited < interval - self.limits.boot_tolerance * SECOND:
                related = () if known.boot is None else (known.boot,)
                self.found(RETRY_EARLY, call, related, waited=TimeSpan(waited), interval=TimeSpan(interval))
        if self.first is not None and self.opened == call.connection and self.has_started(call):
            self.found(CALL_BEFORE, self.first[0], (call,), action=self.first[1])
        self.opened, self.first = 0, None
        self.asked = self.was_reset = False
        self.unasked = -1
        self.reported.clear()
        self.connection = call.connection
        self.stop_waiting("retry")
        self.listen(True)

    def has_started(self, call: Seen) -> bool:
        """Whether a BootNotification shows that the charge point was not registered before it, as far as is known."""
        if self.asked:
            return False
        if self.known.boot is None:  # then nothing of an earlier connection may show that it was
            others = (one for one in self.known.connections.values() if one.number != call.connection)
            return all(one.heard is None for one in others)
        reason = call.text("reason")
        return self.was_reset or (reason is not None and reason not in _NOT_REBOOTED)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if call.index != self.known.boot:
            return
        if self.early is not None:
            self.found(CALL_BEFORE, self.early[0], (call,), action=self.early[1])
            self.early = None
        self.answer = answer.index
        if answer.text("status") == "Accepted":
            self.listen(False)
            return
        interval, connection = answer.integer("interval"), self.known.connections.get(call.connection)
        if interval and interval > 0 and answer.is_timed and connection is not None and connection.opened is not None:
            asked, wait = TimeSpan(interval * SECOND), round((2 * interval + self.limits.command_patience) * SECOND)
            index, waited = answer.index, TimeSpan(wait)
            self.wait(
                "retry",
                answer.clock + wait,
                lambda: self.found(RETRY_MISSING, index, (call.index,), interval=asked, waited=waited),
            )

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        known = self.known
        if event.connection == self.opened:
            self.opened, self.first = 0, None
        if event.connection != self.connection:
            return
        self.stop_waiting("retry")
        if known.registration == "Pending" and known.boot is not None and not self.was_reset:
            code = event.detail.get("closeCode")
            if isinstance(code, int) and code != _ABNORMAL and event.detail.get("closedBy") != "nobody":
                self.found(PENDING_CLOSED, event, (known.boot,))

    # -- what else they send ------------------------------------------------------------------------------------

    @on_exchange(*_ASKS)
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.asked = True

    @on_exchange("Reset")
    def reset(self, call: Seen, answer: Seen) -> None:
        self.was_reset = self.was_reset or answer.text("status") == "Accepted"

    @on_record(RecordKind.CALL, RecordKind.SEND)
    def called(self, call: Seen) -> None:
        if call.action == "BootNotification":
            return
        if call.direction is Direction.TO_CSMS:
            self.sent(call)
        elif self.known.registration == "Rejected":
            self.once(CSMS_CALLS_REJECTED, call)
        elif self.known.registration == "Pending" and call.action in _REMOTE_CONTROL:
            self.once(REMOTE_START_PENDING, call)

    def sent(self, call: Seen) -> None:
        """A call of the charge point that is not its BootNotification."""
        known = self.known
        if self.opened == call.connection:
            if self.first is None:
                self.first = call.index, call.action
            if known.registration == "Accepted" or known.boot is None:
                self.listen(False)
                return
        if known.boot is None or self.asked:
            return
        if known.registration == "Pending":
            self.unasked = call.index
            self.once(CALL_WHILE_PENDING, call)
        elif known.registration == "Rejected":
            self.unasked = call.index
            self.once(CALL_WHILE_REJECTED, call)
        elif known.registration is None and call.connection == self.connection and self.early is None:
            self.early = call.index, call.action

    @on_record(RecordKind.CALLRESULT)
    def answered(self, answer: Seen) -> None:
        call, known = answer.other, self.known
        if call is None or known.boot is None:
            return
        if call == self.unasked:
            self.once(NO_SECURITY_ERROR, answer, call)
        elif known.registration == "Rejected" and answer.direction is Direction.TO_CSMS and call > self.answer:
            self.once(ANSWERS_WHILE_REJECTED, answer, call)

    @on_exchange("RequestStartTransaction", "RequestStopTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        if self.known.registration == "Pending" and answer.text("status") == "Accepted":
            self.once(REMOTE_START_PENDING, answer, call.index)

    def once(self, rule: Rule, record: Seen, other: int | None = None) -> None:
        if rule not in self.reported and (boot := self.known.boot) is not None:
            self.reported.add(rule)
            self.found(rule, record, (boot,) if other is None else (other, boot), action=record.action)


_ABNORMAL = 1006
"""The connection was lost, and nobody closed it (RFC 6455 section 7.1.5)."""
