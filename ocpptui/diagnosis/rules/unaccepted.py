"""Charge points that are not accepted: what both sides may send meanwhile."""

from __future__ import annotations

from ocpptui.diagnosis.boot_traces import (
    ACCEPTED,
    BOOT_CALL,
    BOOT_WITH_ID,
    LATE_ANSWER,
    REMOTE_START,
    REMOTE_START_2X,
    STATUS_CALL,
    TIME_ANSWER,
    boot_answer,
    registered_2x,
    registered_16,
    triggered_16,
)
from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_record
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.rules.boot import ASKING
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import SINCE_1_6, Direction, Version
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

_ACCEPTS = boot_answer("Accepted", 60)

CALL_WHILE_PENDING = Rule(
    "boot.call-while-pending",
    Severity.ERROR,
    "The charge point sends a request that nobody asked for, although its BootNotification was answered Pending.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B01.FR.10 and B02.FR.02",
    versions=SINCE_1_6,
    says="The charge point sends {action} although its BootNotification was answered Pending.",
    remedy="The central system may refuse or ignore it. The charge point may only send what it is asked for.",
    positive=(
        f"{registered_16('Pending')}* 10:00:02 > Heartbeat {{}}\n10:00:03 > {STATUS_CALL}",
        f"{registered_2x('Pending')}* 10:00:02 > Heartbeat {{}}",
    ),
    negative=(
        f"{registered_16('Pending')}{triggered_16('StatusNotification')}10:00:03 > {STATUS_CALL}",
        f"{registered_16('Accepted')}10:00:02 > Heartbeat {{}}",
        f"{registered_16('Pending')}10:01:02 > {BOOT_CALL}",
        (
            f"{registered_2x('Pending')}"
            f'10:00:02 < GetBaseReport {{"requestId":1,"reportBase":"FullInventory"}}\n10:00:02 > {ACCEPTED}\n'
            '10:00:03 > NotifyReport {"requestId":1,"seqNo":0,"generatedAt":"2026-01-01T10:00:03Z"}'
        ),
        f"{registered_16('Pending')}10:00:02 CP2 > Heartbeat {{}}",
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
        f"{registered_16('Rejected')}* 10:00:06 > Heartbeat {{}}",
        f"{registered_2x('Rejected')}* 10:00:06 > Heartbeat {{}}\n10:00:07 > Heartbeat {{}}",
    ),
    negative=(
        f"{registered_16('Rejected')}10:01:01 > {BOOT_CALL}",
        f"{registered_16('Rejected')}10:01:01 > {BOOT_CALL}\n10:01:02 < {_ACCEPTS}\n10:01:03 > Heartbeat {{}}",
        f"{registered_16('Rejected')}10:00:06 CP2 > Heartbeat {{}}",
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
    positive=(f"{registered_16('Rejected')}10:00:02 < GetConfiguration {{}}\n* 10:00:03 > ok {{}}",),
    negative=(
        f"{registered_16('Rejected')}10:00:02 < GetConfiguration {{}}",
        f"{registered_16('Pending')}10:00:02 < GetConfiguration {{}}\n10:00:03 > ok {{}}",
        (
            f"{BOOT_WITH_ID}10:00:00 < GetConfiguration {{}}\n10:00:01 {LATE_ANSWER.replace('Accepted', 'Rejected')}\n"
            "10:00:02 > ok {}"
        ),
    ),
)

CSMS_CALLS_REJECTED = Rule(
    "boot.csms-calls-rejected",
    Severity.ERROR,
    "The central system sends a request to a charge point that it has rejected.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B03.FR.03",
    versions=SINCE_1_6,
    says="The central system sends {action} although it has rejected the BootNotification.",
    remedy="A rejected charge point does not respond. To work with it before it is accepted, answer Pending.",
    positive=(
        f"{registered_16('Rejected')}* 10:00:02 < GetConfiguration {{}}\n10:00:40 < GetConfiguration {{}}",
        (f'{registered_2x("Rejected")}* 10:00:02 < GetBaseReport {{"requestId":1,"reportBase":"FullInventory"}}'),
    ),
    negative=(
        f"{registered_16('Pending')}10:00:02 < GetConfiguration {{}}",
        f'{registered_2x("Pending")}10:00:02 < GetBaseReport {{"requestId":1,"reportBase":"FullInventory"}}',
        f"{registered_16('Rejected')}10:00:02 CP2 < GetConfiguration {{}}",
    ),
)

REMOTE_START_PENDING = Rule(
    "boot.remote-start-pending",
    Severity.ERROR,
    "A charge point whose BootNotification was answered Pending is asked to start or stop a transaction.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 B02.FR.05",
    versions=SINCE_1_6,
    says="{action} is not allowed after a BootNotification that was answered Pending.",
    remedy="Accept the charge point first. A charging station with OCPP 2.x must answer Rejected.",
    positive=(
        f"{registered_16('Pending')}* 10:00:02 < {REMOTE_START}",
        f'{registered_16("Pending")}* 10:00:02 < RemoteStopTransaction {{"transactionId":7}}',
        f"{registered_2x('Pending')}10:00:02 < {REMOTE_START_2X}\n* 10:00:03 > {ACCEPTED}",
    ),
    negative=(
        f"{registered_16('Accepted')}10:00:02 < {REMOTE_START}",
        f'{registered_2x("Pending")}10:00:02 < {REMOTE_START_2X}\n10:00:03 > ok {{"status":"Rejected"}}',
        f"10:00:02 < {REMOTE_START}",
    ),
)

NO_SECURITY_ERROR = Rule(
    "boot.no-security-error",
    Severity.WARNING,
    "The central system answers a request of a charge point that is not accepted.",
    "OCPP-J 1.6 errata sheet section 3.10; OCPP 2.0.1 and 2.1 Part 2 B01.FR.10, B02.FR.09 and B03.FR.07",
    versions=SINCE_1_6,
    says="The central system answers {action} of a charge point that it has not accepted.",
    remedy="It should answer with a CALLERROR SecurityError, so that the charge point does not go on.",
    positive=(
        f"{registered_16('Pending')}10:00:02 > Heartbeat {{}}\n* 10:00:03 < {TIME_ANSWER}",
        f"{registered_2x('Rejected')}10:00:02 > Heartbeat {{}}\n* 10:00:03 < {TIME_ANSWER}",
    ),
    negative=(
        f'{registered_16("Pending")}10:00:02 > Heartbeat {{}}\n10:00:03 < error SecurityError "wait"',
        f"{registered_16('Pending')}{triggered_16('Heartbeat')}10:00:03 > Heartbeat {{}}\n10:00:03 < {TIME_ANSWER}",
        (
            f"{registered_16('Pending')}10:01:02 > {BOOT_CALL}\n10:01:03 < {boot_answer('Accepted', 60)}\n"
            f"10:01:04 > Heartbeat {{}}\n10:01:05 < {TIME_ANSWER}"
        ),
    ),
)

RULES = (
    CALL_WHILE_PENDING,
    CALL_WHILE_REJECTED,
    ANSWERS_WHILE_REJECTED,
    CSMS_CALLS_REJECTED,
    REMOTE_START_PENDING,
    NO_SECURITY_ERROR,
)

_REMOTE_CONTROL = ("RemoteStartTransaction", "RemoteStopTransaction")


class UnacceptedChecker(Checker):
    """Follows a charge point while its BootNotification is answered Pending or Rejected."""

    listens = False

    def begin(self) -> None:
        self.answer = 0  # the answer to the last BootNotification
        self.asked = False  # the central system has asked for messages since the BootNotification
        self.unasked = -1  # the last call that the charge point should not have made
        self.reported: set[Rule] = set()  # once for each BootNotification

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        self.asked, self.unasked = False, -1
        self.reported.clear()
        self.listen(False)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if call.index == self.known.boot:
            self.answer = answer.index
            self.listen(answer.text("status") in ("Pending", "Rejected"))

    @on_exchange(*ASKING)
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.asked = True

    @on_record(RecordKind.CALL, RecordKind.SEND)
    def called(self, call: Seen) -> None:
        registration = self.known.registration
        if call.action == "BootNotification":
            return
        if call.direction is Direction.TO_CSMS:
            if not self.asked:
                self.unasked = call.index
                self.once(CALL_WHILE_PENDING if registration == "Pending" else CALL_WHILE_REJECTED, call)
        elif registration == "Rejected":
            self.once(CSMS_CALLS_REJECTED, call)
        elif call.action in _REMOTE_CONTROL:
            self.once(REMOTE_START_PENDING, call)

    @on_record(RecordKind.CALLRESULT)
    def answered(self, answer: Seen) -> None:
        call = answer.other
        if call is None:
            return
        if call == self.unasked:
            self.once(NO_SECURITY_ERROR, answer, call)
        elif self.known.registration == "Rejected" and answer.direction is Direction.TO_CSMS and call > self.answer:
            self.once(ANSWERS_WHILE_REJECTED, answer, call)

    @on_exchange("RequestStartTransaction", "RequestStopTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        if self.known.registration == "Pending" and answer.text("status") == "Accepted":
            self.once(REMOTE_START_PENDING, answer, call.index)

    def once(self, rule: Rule, record: Seen, other: int | None = None) -> None:
        if rule not in self.reported and (boot := self.known.boot) is not None:
            self.reported.add(rule)
            self.found(rule, record, (boot,) if other is None else (other, boot), action=record.action)
