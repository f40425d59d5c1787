"""Reset: whether the charge point restarts, and what becomes of its transactions."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_record
from ocpptui.diagnosis.expectations import RunningTransactionChecker
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import START_16, STILL_THERE, event_2
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION, Direction
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

SHUTS_DOWN = 30 * SECOND
"""How long a charge point may go on sending before it restarts."""


def _reset(kind: str = "Soft", status: str = "Accepted") -> str:
    return f'10:05:00 < Reset {{"type":"{kind}"}}\n10:05:01 > ok {{"status":"{status}"}}\n'


_OF_EVSE = _reset("Immediate").replace('"}', '","evseId":1}', 1)
_BOOT_PAYLOAD = '{"chargePointVendor":"A","chargePointModel":"B"}'
_BOOT = '10:06:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'
_RECONNECT = "10:05:20 closed\n10:05:50 opened\n"
_STOP = (
    '10:05:10 > StopTransaction {"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:05:10Z",'
    '"reason":"SoftReset"}\n10:05:10 < ok\n'
)
_RUNNING_2 = f"2.0.1\n{event_2('Started', '10:01:00')}"
# The transaction ended before the answer; the charge point reports it after the answer.
_ENDED_BEFORE = event_2("Ended", "10:05:04", 1).replace("T10:05:04Z", "T10:05:00Z")


def _boot_2(reason: str) -> str:
    return (
        f'10:06:00 > BootNotification {{"reason":"{reason}","chargingStation":{{"vendorName":"A","model":"B"}}}}\n'
        '10:06:01 < ok {"currentTime":"2026-01-01T10:06:01Z","interval":300,"status":"Accepted"}\n'
    )


NO_BOOT = Rule(
    "cmd.reset-no-boot",
    Severity.ERROR,
    "The charge point accepted a reset, but did not restart.",
    "OCPP 1.6 section 5.14; OCPP 2.0.1 and 2.1 Part 2 B11.FR.03 and B11.FR.04",
    says="The charge point accepted this reset, but in {waited} it neither disconnected nor booted.",
    positive=(
        f"* {_reset('Hard')}{STILL_THERE}",
        f"{START_16}* {_reset()}{_STOP}{STILL_THERE}",
        f"2.0.1\n* {_reset('OnIdle')}{STILL_THERE}",
        f'* {_reset()}10:08:00 > Heartbeat {{}}\n10:20:00 > [2,"b","BootNotification",{_BOOT_PAYLOAD}]',
    ),
    negative=(
        f"{_reset('Hard')}10:06:00 closed\n10:07:00 opened\n{STILL_THERE}",
        f"{_reset('Soft', 'Rejected')}{STILL_THERE}",
        f"{_reset()}{_BOOT}{STILL_THERE}",
        f"{_reset()}",
        # It takes long, and nothing says that the connection was closed.
        f"{_reset()}{_BOOT.replace('10:06:00', '10:20:00')}",
        f"{_reset()}10:05:05 > Heartbeat {{}}\n{_BOOT.replace('10:06:00', '10:20:00')}",
        f"{_RUNNING_2}{_reset('OnIdle')}{STILL_THERE}",
        f"2.0.1\n{_OF_EVSE}{STILL_THERE}",
        f"{_reset()}{STILL_THERE}".replace("10:05:01 >", "- >"),
    ),
)

OPEN_TRANSACTION = Rule(
    "cmd.reset-open-transaction",
    Severity.ERROR,
    "The charge point restarts after a reset and leaves a transaction without an end.",
    "OCPP 1.6 section 5.14; OCPP 2.0.1 and 2.1 Part 2 B12.FR.04",
    says="The charge point restarted after a reset ({kind}), but did not end transaction {transaction} before.",
    remedy="It must end all transactions before it restarts. The central system goes on counting the session.",
    positive=(
        f"{START_16}{_reset()}{_RECONNECT}* {_BOOT}",
        f"{_RUNNING_2}{_reset('Immediate')}{_RECONNECT}* {_boot_2('RemoteReset')}",
    ),
    negative=(
        f"{START_16}{_reset()}{_STOP}{_RECONNECT}{_BOOT}",
        f"{START_16}{_reset('Hard')}{_RECONNECT}{_BOOT}",
        f"{START_16}{_reset('Soft', 'Rejected')}{_RECONNECT}{_BOOT}",
        f"{_reset()}{_RECONNECT}{_BOOT}",
        # It restarts much later, for another reason.
        f"{START_16}{_reset()}{_RECONNECT}{_BOOT.replace('10:06:00', '12:06:00')}",
        f"{START_16}{_reset()}{_RECONNECT}{_BOOT.replace('10:06:00', '-')}",
        # Somebody else restarts.
        f"{START_16}{_reset()}{_BOOT.replace('>', 'CP2 >')}",
        # The connection was lost before: the end may be in the queue.
        f"{START_16}10:02:00 closed\n10:03:00 opened\n{_reset()}{_RECONNECT}{_BOOT}",
    ),
)

NOT_SCHEDULED = Rule(
    "cmd.reset-schedule",
    Severity.WARNING,
    "A reset that has to wait for the end of a transaction does not.",
    "OCPP 2.0.1 and 2.1 Part 2 B12.FR.01 and B12.FR.03",
    versions=SECOND_GENERATION,
    says="The reset is OnIdle, but {what} while transaction {transaction} runs.",
    remedy="With a transaction, the charging station must answer Scheduled, and restart when it has ended.",
    positive=(
        f"{_RUNNING_2}{_reset('OnIdle').replace('10:05:01', '* 10:05:01')}{STILL_THERE}",
        f"{_RUNNING_2}{_reset('OnIdle', 'Scheduled')}{_RECONNECT}* {_boot_2('ScheduledReset')}",
    ),
    negative=(
        f"{_RUNNING_2}{_reset('OnIdle', 'Scheduled')}",
        f"{_RUNNING_2}{_reset('Immediate')}",
        f"{_RUNNING_2}{_reset('OnIdle')}{_ENDED_BEFORE}{STILL_THERE}",
        f"2.0.1\n{_reset('OnIdle')}",
        (
            f"{_RUNNING_2}{_reset('OnIdle', 'Scheduled')}{event_2('Ended', '10:05:10', 1)}{_RECONNECT}"
            f"{_boot_2('ScheduledReset')}"
        ),
        f"{_RUNNING_2}{_reset('OnIdle', 'Scheduled')}{_RECONNECT}{_boot_2('PowerUp')}",
        f"2.0.1\n{event_2('Updated', '10:01:00')}{event_2('Ended', '10:02:00', 1)}{_reset('OnIdle')}",
    ),
)

RULES = (NO_BOOT, OPEN_TRANSACTION, NOT_SCHEDULED)

_GRACEFUL = ("Soft", "Immediate")
_BY_RESET = ("ScheduledReset", "RemoteReset")


class ResetChecker(RunningTransactionChecker):
    """Follows a reset to the boot after it."""

    listens = False

    def begin(self) -> None:
        self.silent: tuple[int, TimeSpan] | None = None
        """The call of a reset after which the charge point was not heard, and how long."""
        self.reset: tuple[int, int, str] | None = None
        """The call of the last reset that was accepted, its clock, and its type."""
        self.of_reset: dict[str, int] = {}
        """The transactions that ran then, and their starts."""
        self.scheduled: dict[str, int] = {}
        """The transactions that the last scheduled reset has to wait for, and its call."""

    @on_exchange("Reset")
    def answered(self, call: Seen, answer: Seen) -> None:
        index, kind, status = call.index, call.text("type") or "", answer.text("status")
        of_evse = call.integer("evseId")
        running = [one for one in self.known.open_transactions if of_evse in (None, one.evse) and self.runs(one, call)]
        if kind == "OnIdle" and status == "Accepted" and running:
            what, number = Phrase("it is answered Accepted"), running[0].id
            self.found_if_it_ran(NOT_SCHEDULED, running[0], call, answer, what=what, transaction=number)
        self.scheduled = {}
        if kind == "OnIdle" and status == "Scheduled" and of_evse is None:
            self.scheduled = {one.id: index for one in running}
        if status != "Accepted" or of_evse is not None:
            return
        if kind in _GRACEFUL and call.is_timed:
            self.reset = index, call.clock, kind
            self.of_reset = {one.id: one.start for one in running if one.start is not None}
        if kind != "OnIdle" or not self.known.open_transactions:
            self.expect_boot(call, answer)

    def expect_boot(self, call: Seen, answer: Seen) -> None:
        """Wait until the charge point must have restarted; then it has to show that it is still there."""
        index, connection, after = call.index, self.known.connections.get(call.connection), answer.clock + SHUTS_DOWN

        def missed(waited: TimeSpan) -> None:
            if connection is not None and connection.heard is not None and connection.heard > after:
                self.found(NO_BOOT, index, waited=waited)
            else:
                self.silent = index, waited
                self.listen(True)

        self.expect("reset", call, answer, self.limits.reset_patience, missed)

    @on_record(RecordKind.CALL)
    def heard(self, call: Seen) -> None:
        """The first message of the charge point since it was to restart: a BootNotification, or not."""
        if self.silent is None or call.direction is not Direction.TO_CSMS:
            return
        (index, waited), self.silent = self.silent, None
        self.listen(False)
        if call.action != "BootNotification":
            self.found(NO_BOOT, index, (call,), waited=waited)

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        self.stop_waiting("reset")
        reason, (reset, self.reset) = call.text("reason"), (self.reset, None)
        if reset is not None and call.is_timed and call.clock - reset[1] <= self.limits.reset_patience * SECOND:
            for number, start in self.of_reset.items():
                if number in self.known.open and self.known.lacks_own < start:
                    self.found(OPEN_TRANSACTION, call, (reset[0], start), kind=Phrase(reset[2]), transaction=number)
                    break
        if reason in _BY_RESET:
            for number, index in self.scheduled.items():
                if number in self.known.open:
                    self.found(
                        NOT_SCHEDULED, call, (index,), what=Phrase("the charging station restarts"), transaction=number
                    )
                    break
        self.scheduled = {}

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.stop_waiting("reset")
        if self.silent is not None:
            self.silent = None
            self.listen(False)
