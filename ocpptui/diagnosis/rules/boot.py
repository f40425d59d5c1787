"""Boot: what comes before the answer to a BootNotification, and when it is repeated."""

from __future__ import annotations

from ocpptui.diagnosis.boot_traces import (
    BOOT_CALL,
    BOOT_WITH_ID,
    LATE_ANSWER,
    OPENED,
    RESET_16,
    STATUS_CALL,
    TIME_ANSWER,
    boot_answer,
    boot_call_2x,
    registered_2x,
    registered_16,
    triggered_16,
)
from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SINCE_1_6, Direction
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

_ACCEPTS = boot_answer("Accepted", 60)

CALL_BEFORE = Rule(
    "boot.call-before",
    Severity.ERROR,
    "The charge point sends a request before its BootNotification is answered.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B01.FR.08",
    says="The charge point sends {action} before its BootNotification is answered.",
    remedy="The central system may refuse or ignore it. Until then, the charge point may send nothing else.",
    positive=(
        f"* 10:00:01 > {STATUS_CALL}\n10:00:01 < ok\n10:00:02 > {BOOT_CALL}\n10:00:03 < {_ACCEPTS}",
        f"{OPENED}* 10:00:01 > {STATUS_CALL}\n10:00:01 < ok\n10:00:02 > {BOOT_CALL}\n10:00:03 < {_ACCEPTS}",
        f"{BOOT_WITH_ID}* 10:00:01 > Heartbeat {{}}\n10:00:02 > {STATUS_CALL}\n10:00:03 {LATE_ANSWER}",
        (
            f"2.0.1\n{OPENED}10:00:00 > {boot_call_2x()}\n10:00:01 < {boot_answer('Accepted', 60)}\n10:05:00 closed\n"
            f"10:06:00 opened\n* 10:06:01 > Heartbeat {{}}\n10:06:01 < {TIME_ANSWER}\n10:06:02 > {boot_call_2x()}"
        ),
        (
            f"{OPENED}{registered_16('Accepted')}{RESET_16}10:00:40 closed\n10:01:40 opened\n"
            f"* 10:01:41 > {STATUS_CALL}\n10:01:41 < ok\n10:01:42 > {BOOT_CALL}"
        ),
    ),
    negative=(
        f"{OPENED}{registered_16('Accepted')}10:00:02 > {STATUS_CALL}",
        "10:00:02 > Heartbeat {}",
        # it begins in the middle, and the answers may be missing
        f"10:00:02 > {STATUS_CALL}\n10:00:32 > {BOOT_CALL}",
        f"- > {STATUS_CALL}\n- > {BOOT_CALL}",
        f"10:00:01 < GetConfiguration {{}}\n10:00:02 > {STATUS_CALL}\n10:00:03 > {BOOT_CALL}",
        f"10:00:02 > {BOOT_CALL}\n10:00:03 > Heartbeat {{}}\n10:00:13 > Heartbeat {{}}",
        # it was accepted before, and only reconnects
        (
            f"{OPENED}{registered_16('Accepted')}10:05:00 closed\n10:05:03 opened\n"
            f"10:05:04 > {STATUS_CALL}\n10:05:04 < ok\n10:05:05 > {BOOT_CALL}"
        ),
        (
            f"10:00:00 > {STATUS_CALL}\n10:00:00 < ok\n10:05:00 closed\n10:05:03 opened\n"
            f"10:05:04 > {STATUS_CALL}\n10:05:04 < ok\n10:05:05 > {BOOT_CALL}"
        ),
        (f"10:04:00 closed\n10:05:03 opened\n10:05:04 > {STATUS_CALL}\n10:05:04 < ok\n10:05:05 > {BOOT_CALL}"),
        # the central system asks for it
        f"{OPENED}10:00:01 > {STATUS_CALL}\n10:00:01 < ok\n{triggered_16('BootNotification')}10:00:03 > {BOOT_CALL}",
        f"{OPENED}10:00:01 CP2 > {STATUS_CALL}\n10:00:02 > {BOOT_CALL}",
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
        f"{registered_16('Rejected', 300)}* 10:00:11 > {BOOT_CALL}",
        f"{registered_16('Pending', 60)}* 10:00:06 > {BOOT_CALL}",
        f"{registered_2x('Pending', 60)}* 10:00:06 > {boot_call_2x()}",
    ),
    negative=(
        f"{registered_16('Rejected', 300)}10:05:01 > {BOOT_CALL}",
        f"{registered_16('Pending', 60)}10:01:02 > {BOOT_CALL}",
        f"{registered_16('Pending', 0)}10:00:11 > {BOOT_CALL}",
        f"{registered_16('Pending', 300)}{triggered_16('BootNotification')}10:00:03 > {BOOT_CALL}",
        f"{registered_16('Pending', 300)}- > {BOOT_CALL}",
        f"{registered_16('Pending', 300)}10:00:06 CP2 > {BOOT_CALL}",
    ),
)

RETRY_MISSING = Rule(
    "boot.retry-missing",
    Severity.WARNING,
    "The charge point is not accepted, and does not ask again after the interval.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B02.FR.08 and B03.FR.06",
    versions=SINCE_1_6,
    says="The answer asks for another BootNotification after {interval}, but none came in {waited}.",
    remedy="The charge point stays out of use, unless the central system triggers a BootNotification.",
    positive=(
        registered_16("Pending", 30).replace("10:00:01 <", "* 10:00:01 <") + "10:10:00 < GetConfiguration {}",
        f"{OPENED}{registered_16('Pending', 30).replace('10:00:01 <', '* 10:00:01 <')}10:10:00 now",
        f"2.0.1\n{OPENED}10:00:00 > {boot_call_2x()}\n* 10:00:01 < {boot_answer('Rejected', 30)}\n10:10:00 ping",
    ),
    negative=(
        f"{OPENED}{registered_16('Pending', 30)}10:00:31 > {BOOT_CALL}\n10:00:32 < {_ACCEPTS}\n10:10:00 now",
        f"{OPENED}{registered_16('Pending', 30)}10:01:30 now",
        f"{OPENED}{registered_16('Pending', 30)}10:00:20 closed\n10:10:00 opened",
        f"{OPENED}{registered_16('Pending', 0)}10:10:00 now",
        f"{OPENED}{registered_16('Accepted', 30)}10:10:00 now",
        f"{registered_16('Pending', 30)}10:10:00 now",
        f"{registered_16('Pending', 30)}10:10:00 > {BOOT_CALL}",
    ),
)

PENDING_CLOSED = Rule(
    "boot.pending-closed",
    Severity.WARNING,
    "The connection is closed although the BootNotification was answered Pending.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B02.FR.06",
    versions=SINCE_1_6,
    remedy="Pending means that the charge point is to be configured first, for which both need the connection.",
    positive=(
        f'{OPENED}{registered_16("Pending")}* 10:00:05 closed {{"closeCode":1000}}',
        (
            f"2.0.1\n{OPENED}10:00:00 > {boot_call_2x()}\n10:00:01 < {boot_answer('Pending', 60)}\n"
            '* 10:00:05 closed {"closeCode":1001,"closedBy":"peer"}'
        ),
    ),
    negative=(
        f'{OPENED}{registered_16("Rejected")}10:00:05 closed {{"closeCode":1000}}',
        f'{OPENED}{registered_16("Accepted")}10:00:05 closed {{"closeCode":1000}}',
        f'{OPENED}{registered_16("Pending")}10:00:05 closed {{"closeCode":1006}}',
        f"{OPENED}{registered_16('Pending')}10:00:05 closed",
        f'{OPENED}{registered_16("Pending")}{RESET_16}10:00:35 closed {{"closeCode":1000}}',
        f'{OPENED}{registered_16("Pending")}10:00:04 CP2 opened\n10:00:05 CP2 closed {{"closeCode":1000}}',
    ),
)


def _refused(status: str, *times: str) -> str:
    """Boots of OCPP 1.6 with this answer; the answer to the third is marked."""
    return "".join(
        f"{time} > {BOOT_CALL}\n{'* ' if number == 2 else ''}{time} < {boot_answer(status, 300)}\n"
        for number, time in enumerate(times)
    )


NEVER_ACCEPTED = Rule(
    "boot.never-accepted",
    Severity.WARNING,
    "The charge point asks again and again to be accepted, but its BootNotification is never answered Accepted.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 use cases B02 and B03",
    versions=SINCE_1_6,
    says="For {waited} the central system has answered {status} to the charge point, {count} times in a row.",
    remedy="Until it is Accepted, nobody can charge there. Rejected mostly means that the central system does not know "
    "the charge point; after Pending the central system must configure it, then accept it.",
    positive=(
        _refused("Pending", "10:00:00", "10:05:01", "10:10:02", "10:15:03"),
        f"{OPENED}{_refused('Rejected', '10:00:05', '10:05:06', '10:10:07')}",
        (
            f"{_refused('Pending', '10:00:00', '10:05:01').replace('* ', '')}10:06:00 closed\n10:10:00 opened\n"
            f"10:10:01 > {BOOT_CALL}\n* 10:10:01 < {boot_answer('Rejected', 300)}"
        ),
    ),
    negative=(
        _refused("Pending", "10:00:00", "10:00:20", "10:00:40").replace("* ", ""),
        _refused("Pending", "10:00:00", "10:10:01"),
        (
            f"{_refused('Rejected', '10:00:00', '10:05:01')}10:10:02 > {BOOT_CALL}\n10:10:02 < {_ACCEPTS}\n"
            f"{_refused('Rejected', '10:15:00', '10:20:01')}"
        ),
        (
            f"{_refused('Pending', '10:00:00', '10:05:01')}10:10:02 CP2 > {BOOT_CALL}\n"
            f"10:10:02 CP2 < {boot_answer('Pending', 300)}\n"
        ),
        _refused("Pending", "-", "-", "-").replace("* ", ""),
    ),
)

RULES = (CALL_BEFORE, RETRY_EARLY, RETRY_MISSING, PENDING_CLOSED, NEVER_ACCEPTED)

_IN_A_ROW = 3
"""After this many answers other than Accepted, the central system is not just configuring the charge point."""

_NOT_REBOOTED = ("Triggered", "Unknown")
"""Reasons of OCPP 2.x that do not say that the charging station has started."""
ASKING = (
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
    """Follows a charge point from the beginning of a connection until its BootNotification is answered."""

    def begin(self) -> None:
        self.connection = 0  # that of the last BootNotification
        self.opened = 0  # the connection that has just opened, until there is a BootNotification
        self.latest: int | None = None  # the clock of the latest BootNotification that belongs to the first call
        self.first: tuple[int, str] | None = None  # the first other call of that connection, and its action
        self.early: tuple[int, str] | None = None  # a call before the BootNotification was answered
        self.asked = False  # the central system has asked for messages since the BootNotification
        self.was_reset = False  # since the last BootNotification
        self.not_accepted = 0  # so many answers in a row
        self.first_refusal = (-1, 0)  # the first of them, and its clock
        self.overdue: tuple[int, TimeSpan, TimeSpan] | None = None  # a retry that should have come: answer and times

    @on_connection(ConnectionEvent.OPENED)
    def connected(self, event: Seen) -> None:
        self.opened, self.first, self.latest = event.connection, None, None
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
        self.connection = call.connection
        self.stop_waiting("retry")
        self.overdue = None
        self.listen(True)

    def has_started(self, call: Seen) -> bool:
        """Whether a BootNotification shows that the charge point was not registered before it, as far as is known."""
        if self.asked or (self.latest is not None and not (call.is_timed and call.clock <= self.latest)):
            return False
        if self.known.boot is None:  # then nothing of an earlier connection may show that it was
            return not self.known.was_connected_before(call.connection)
        reason = call.text("reason")
        return self.was_reset or (reason is not None and reason not in _NOT_REBOOTED)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if call.index != self.known.boot:
            return
        if self.early is not None:
            self.found(CALL_BEFORE, self.early[0], (call,), action=self.early[1])
            self.early = None
        self.listen(False)
        status = answer.text("status")
        if status == "Accepted":
            self.not_accepted = 0
            return
        if answer.is_timed and status is not None:
            self.count_refusal(answer, status)
        interval = answer.integer("interval")
        if interval and interval > 0 and answer.is_timed:
            wait, index = round((2 * interval + self.limits.command_patience) * SECOND), answer.index
            self.wait("retry", answer.clock + wait, lambda: self.not_repeated(index, interval, wait))

    def count_refusal(self, answer: Seen, status: str) -> None:
        """Report a charge point that is still not accepted, once."""
        if not self.not_accepted:
            self.first_refusal = answer.index, answer.clock
        first, since = self.first_refusal
        waited, patience = answer.clock - since, self.limits.registration_patience * SECOND
        self.not_accepted += 1
        if first >= 0 and self.not_accepted >= _IN_A_ROW and waited >= patience:
            self.found(
                NEVER_ACCEPTED, answer, (first,), waited=TimeSpan(waited), count=self.not_accepted, status=status
            )
            self.first_refusal = -1, 0  # until it is accepted

    def not_repeated(self, answer: int, interval: int, wait: int) -> None:
        """There was no other BootNotification in time: report it if the connection is known to be open still."""
        connection = self.known.connections.get(self.connection)
        self.overdue = answer, TimeSpan(interval * SECOND), TimeSpan(wait)
        if connection is not None and connection.opened is not None:
            self.report_overdue()
        else:
            self.listen(True)  # a message on the connection shows it

    def report_overdue(self) -> None:
        if self.overdue is not None:
            answer, interval, waited = self.overdue
            self.overdue = None
            boot = () if self.known.boot is None else (self.known.boot,)
            self.found(RETRY_MISSING, answer, boot, interval=interval, waited=waited)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        known = self.known
        if event.connection == self.opened:
            self.opened, self.first = 0, None
        if event.connection != self.connection:
            return
        self.stop_waiting("retry")
        self.overdue = None
        if known.registration == "Pending" and known.boot is not None and not self.was_reset:
            code = event.detail.get("closeCode")
            if isinstance(code, int) and code != _ABNORMAL and event.detail.get("closedBy") != "nobody":
                self.found(PENDING_CLOSED, event, (known.boot,))

    # -- what else happens --------------------------------------------------------------------------------------

    @on_exchange(*ASKING)
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.asked = True

    @on_exchange("Reset")
    def reset(self, call: Seen, answer: Seen) -> None:
        self.was_reset = self.was_reset or answer.text("status") == "Accepted"

    @on_record(RecordKind.CALL, RecordKind.SEND)
    def sent(self, call: Seen) -> None:
        """A call at the beginning of a connection, or before a BootNotification is answered."""
        if call.action == "BootNotification":
            return
        if self.overdue is not None and call.connection == self.connection:
            self.report_overdue()
        if call.direction is not Direction.TO_CSMS:
            return
        known = self.known
        if not self.opened and known.boot is None and call.is_timed:
            connection = known.connections.get(call.connection)
            if connection is not None and connection.heard is None and connection.told is None:
                # the recording begins with it: if a BootNotification follows at once, nobody booted in between
                self.opened, self.latest = call.connection, call.clock + _NO_BOOT
        is_waiting = known.boot is not None and known.registration is None and call.connection == self.connection
        if self.opened == call.connection and self.first is None:
            self.first = call.index, call.action
        if is_waiting and not self.asked and self.early is None:
            self.early = call.index, call.action
        elif not is_waiting:
            self.listen(False)


_NO_BOOT = 5 * SECOND
"""Within this time no charge point loses a connection, boots, and connects."""
_ABNORMAL = 1006
"""The connection was lost, and nobody closed it (RFC 6455 section 7.1.5)."""
