"""Remote stops and UnlockConnector: whether the transaction ends, and whether there is one."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import RunningTransactionChecker
from ocpptui.diagnosis.known import KnownTransaction
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_16, START_16, STILL_THERE, STOP_16, event_2, status_16
from ocpptui.ocpp.connector_states import WITHOUT_TRANSACTION
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _stop(number: object = 7, status: str = "Accepted", at: str = "10:01:30") -> str:
    return f'{at} < RemoteStopTransaction {{"transactionId":{number}}}\n{at} > ok {{"status":"{status}"}}\n'


def _stop_2(number: str = "t1", status: str = "Accepted") -> str:
    return f'10:01:30 < RequestStopTransaction {{"transactionId":"{number}"}}\n10:01:31 > ok {{"status":"{status}"}}\n'


def _unlock(status: str = "Unlocked", connector: int = 1) -> str:
    return f'10:01:30 < UnlockConnector {{"connectorId":{connector}}}\n10:01:31 > ok {{"status":"{status}"}}\n'


def _unlock_2(status: str) -> str:
    return f'10:01:30 < UnlockConnector {{"evseId":1,"connectorId":1}}\n10:01:31 > ok {{"status":"{status}"}}\n'


_TOKEN = '"idToken":{"idToken":"A","type":"ISO14443"},"evse"'
_RUNNING_2 = f"2.0.1\n{event_2('Started', '10:01:00')}"
_AUTHORIZED_2 = _RUNNING_2.replace('"evse"', _TOKEN)
# The transaction ended before the answer; the charge point reports it after the answer.
_ENDED_BEFORE = STOP_16.replace("T10:02:00Z", "T10:01:29Z").replace("10:02:0", "10:01:3")
_ENDED_BEFORE_2 = event_2("Ended", "10:01:33", 1).replace("T10:01:33Z", "T10:01:29Z")

UNKEPT = Rule(
    "cmd.stop-unkept",
    Severity.ERROR,
    "The charge point accepted a remote stop, but the transaction goes on.",
    "OCPP 1.6 section 5.12; OCPP 2.0.1 and 2.1 Part 2 F03.FR.02 and F03.FR.03",
    says="The charge point agreed to stop transaction {transaction}, but {waited} later it is still open.",
    positive=(f"{START_16}* {_stop()}{STILL_THERE}", f"{_RUNNING_2}* {_stop_2()}{STILL_THERE}"),
    negative=(
        f"{START_16}{_stop()}{STOP_16}{STILL_THERE}",
        f"{_stop()}{STILL_THERE}",
        f"{START_16}{_stop(status='Rejected')}{STILL_THERE}",
        f"{START_16}{_stop()}",
        f"{START_16}{_stop()}10:01:40 closed\n10:05:00 opened\n{STILL_THERE}",
        f"{_RUNNING_2}{_stop_2()}{event_2('Ended', '10:01:40', 1)}{STILL_THERE}",
        f"{START_16}{_stop()}{STILL_THERE}".replace("10:01:30 >", "- >"),
    ),
)

OF_ENDED = Rule(
    "cmd.stop-of-ended",
    Severity.WARNING,
    "The central system stops a transaction that has ended.",
    "OCPP 1.6 section 5.12; OCPP 2.0.1 and 2.1 Part 2 use case F03",
    says="The central system asks to stop transaction {transaction}, which has ended.",
    remedy="It may not have received the end of the transaction, or not have understood it.",
    positive=(f"{START_16}{STOP_16}* {_stop(at='10:05:00')}",),
    negative=(f"{START_16}{_stop(at='10:05:00')}", f"{START_16}{STOP_16}{_stop(8, at='10:05:00')}"),
)

UNKNOWN = Rule(
    "cmd.stop-unknown",
    Severity.WARNING,
    "The charge point agrees to stop a transaction that does not run, or refuses to stop one that does.",
    "OCPP 1.6 section 5.12; OCPP 2.0.1 and 2.1 Part 2 F03.FR.07 and F03.FR.08",
    says="The charge point answers {status} to the stop of transaction {transaction}, {why}.",
    remedy="It must answer Accepted if the transaction runs, and Rejected if it does not.",
    positive=(
        f"{BOOT_16}{_stop(999).replace('10:01:30 >', '* 10:01:30 >')}",
        f"{BOOT_16.replace('10:00:00 opened', '')}{_stop(999).replace('10:01:30 >', '* 10:01:30 >')}",
        f"{status_16('Available', '10:00:00')}{_stop(999).replace('10:01:30 >', '* 10:01:30 >')}",
        f"{START_16}{STOP_16}{_stop(at='10:05:00').replace('10:05:00 >', '* 10:05:00 >')}",
        f"{START_16}{_stop(status='Rejected').replace('10:01:30 >', '* 10:01:30 >')}{STILL_THERE}",
        f"{START_16}{_stop(status='Rejected').replace('10:01:30 >', '* 10:01:30 >')}{STOP_16}",
        f"{_RUNNING_2}{_stop_2(status='Rejected').replace('10:01:31', '* 10:01:31')}{STILL_THERE}",
    ),
    negative=(
        f"{BOOT_16}{_stop(999, 'Rejected')}",
        f"09:59:00 > Heartbeat {{}}\n{BOOT_16.replace('10:00:00 opened', '')}{_stop(999)}",
        f"{START_16}{_stop()}",
        _stop(999),
        _stop(999, "Rejected"),
        f"{status_16('Charging', '10:00:00')}{_stop(999)}",
        f"{status_16('Available', '10:00:00')}10:00:10 closed\n10:00:20 opened\n{_stop(999)}",
        # The end of the transaction may be in the queue.
        f"{START_16}10:01:10 closed\n10:01:20 opened\n{_stop(status='Rejected')}",
        f"{START_16}{_stop(status='Rejected')}{_ENDED_BEFORE}{STILL_THERE}",
        f"{_RUNNING_2}{_stop_2(status='Rejected')}{_ENDED_BEFORE_2}{STILL_THERE}",
        f"{START_16}{_stop(status='Rejected')}10:01:40 closed\n10:05:00 opened\n{STILL_THERE}",
        f"{START_16}{_stop(status='Rejected')}",
        f"{_RUNNING_2}{_stop_2()}",
    ),
)

UNLOCKED = Rule(
    "cmd.unlock",
    Severity.WARNING,
    "A connector is unlocked while its transaction runs.",
    "OCPP 1.6 section 5.18; OCPP 2.0.1 and 2.1 Part 2 F05.FR.02",
    says="The connector was unlocked while transaction {transaction} ran, but {what}.",
    remedy="In OCPP 1.6 the charge point must end the transaction; in OCPP 2.x it must not unlock the connector, and "
    "answer OngoingAuthorizedTransaction.",
    positive=(
        f"{START_16}{_unlock().replace('10:01:31', '* 10:01:31')}{STILL_THERE}",
        f"{_AUTHORIZED_2}{_unlock_2('Unlocked').replace('10:01:31', '* 10:01:31')}{STILL_THERE}",
    ),
    negative=(
        f"{START_16}{_unlock()}{STOP_16}{STILL_THERE}",
        f"{START_16}{_unlock('UnlockFailed')}{STILL_THERE}",
        f"{START_16}{_unlock(connector=2)}{STILL_THERE}",
        f"{START_16}{STOP_16.replace('10:02', '10:01')}{_unlock()}{STILL_THERE}",
        f"{_unlock()}{STILL_THERE}",
        f"{START_16}{_unlock()}10:01:40 closed\n10:05:00 opened\n{STILL_THERE}",
        f"{START_16}{_unlock()}",
        f"{_AUTHORIZED_2}{_unlock_2('OngoingAuthorizedTransaction')}",
        f"{_RUNNING_2}{_unlock_2('Unlocked')}{STILL_THERE}",
        f"{_AUTHORIZED_2}{_unlock_2('Unlocked')}{_ENDED_BEFORE_2}{STILL_THERE}",
        f"{START_16}{_unlock()}{STILL_THERE}".replace("10:01:31 >", "- >"),
    ),
)

RULES = (UNKEPT, OF_ENDED, UNKNOWN, UNLOCKED)


class RemoteStopChecker(RunningTransactionChecker):
    """Follows what must end a transaction."""

    def begin(self) -> None:
        self.is_starting = False
        """The last StartTransaction has no answer, which would say its id."""

    @on_call("StartTransaction")
    def starts(self, call: Seen) -> None:
        self.is_starting = True

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        self.is_starting = False

    @on_call("RemoteStopTransaction", "RequestStopTransaction")
    def stop(self, call: Seen) -> None:
        one = self.known.transactions.get(_number(call))
        if one is not None and one.end is not None:
            self.found(OF_ENDED, call, (one.end,), transaction=one.id)

    @on_exchange("RemoteStopTransaction", "RequestStopTransaction")
    def answered(self, call: Seen, answer: Seen) -> None:
        number, status = _number(call), answer.text("status")
        one = self.known.transactions.get(number)
        if not number or status not in ("Accepted", "Rejected"):
            return
        if status == "Rejected":
            if one is not None and self.runs(one, call):
                words = {"status": Phrase(status), "transaction": number, "why": Phrase("which runs")}
                self.found_if_it_ran(UNKNOWN, one, call, answer, **words)
        elif one is None:
            if why := self.why_none(call):
                self.found(UNKNOWN, answer, (call,), status=status, transaction=number, why=Phrase(why))
        elif one.end is not None:
            if one.end < call.index:
                self.found(
                    UNKNOWN, answer, (call, one.end), status=status, transaction=number, why=Phrase("which has ended")
                )
        elif one.start is not None:
            self.expect_end(call, answer, one)

    def expect_end(self, call: Seen, answer: Seen, one: KnownTransaction) -> None:
        number, index, related = one.id, call.index, (one.start or 0,)

        def missed(waited: TimeSpan) -> None:
            if number in self.known.open:
                self.found(UNKEPT, index, related, transaction=number, waited=waited)

        self.expect(f"stop {number}", call, answer, self.limits.command_patience, missed)

    @on_exchange("UnlockConnector")
    def unlocked(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Unlocked":
            return
        connector, evse, related = call.integer("connectorId"), call.integer("evseId"), answer.index
        one = self.known.open_transaction_at(evse, connector)
        if one is None or not self.runs(one, call):
            return
        number, calls = one.id, (call.index, one.start or 0)
        if evse is not None:
            if one.id_token:
                what = Phrase("it is authorized")
                self.found_if_it_ran(UNLOCKED, one, call, answer, transaction=number, what=what)
            return

        def missed(waited: TimeSpan) -> None:
            if number in self.known.open:
                self.found(UNLOCKED, related, calls, transaction=number, what=Phrase(f"in {waited} it did not end"))

        self.expect(f"unlock {number}", call, answer, self.limits.command_patience, missed)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop_all_waiting()

    # -- what is known ------------------------------------------------------------------------------------------

    def why_none(self, call: Seen) -> str:
        """Why a transaction that the recording does not have cannot run; empty if it may."""
        connection = self.known.connections.get(call.connection)
        has_booted = connection is not None and connection.begins_with_boot and self.known.booted
        is_whole = self.known.boot is not None and self.known.lacks_own < self.known.boot and not self.is_starting
        if has_booted and is_whole and self.is_of_connection(self.known.boot_clock, call):
            return "which has not begun since the boot"
        statuses = self.statuses_at(0, call)
        if statuses and not self.known.open and all(status in WITHOUT_TRANSACTION for status in statuses):
            return f"but every connector is {statuses[0]}" if len(set(statuses)) == 1 else "but no connector is in use"
        return ""


def _number(call: Seen) -> str:
    number = call.value("transactionId")
    return str(number)[:100] if isinstance(number, int | str) else ""
