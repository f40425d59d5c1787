"""Why transactions end, of all versions: whether the reason that is given is true."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, event_2
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_16 = frozenset({Version.V16})
_WITH_REASON = SECOND_GENERATION | _16
_REASONS = "OCPP 1.6 section 7.36; OCPP 2.0.1 and 2.1 Part 2, ReasonEnumType"

_BOOT = """
09:00:00 opened
09:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
09:00:02 < ok {"currentTime":"2026-01-01T09:00:02Z","interval":300,"status":"Accepted"}
"""
_START = """
10:00:00 > StartTransaction {"connectorId":1,"idTag":"A1","meterStart":1000,"timestamp":"2026-01-01T10:00:00Z"}
10:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_RESTART = """
10:05:00 closed
10:06:00 opened
10:06:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:06:02 < ok {"currentTime":"2026-01-01T10:06:02Z","interval":300,"status":"Accepted"}
"""


def _stop(reason: str = "", at: str = "11:00:00") -> str:
    more = f',"reason":"{reason}"' if reason else ""
    return (
        f'{at} > StopTransaction {{"meterStop":2000,"timestamp":"2026-01-01T{at}Z","transactionId":7{more}}}\n'
        f"{at} < ok\n"
    )


_LATER = "11:20:00 > Heartbeat {}\n"
_REBOOT_2 = event_2("Ended", "10:10:00", 1, ',"stoppedReason":"Reboot"', "EVCommunicationLost") + _LATER


def _asked(command: str, status: str = "Accepted", at: str = "10:59:59") -> str:
    return f'{at} < {command}\n{at} > ok {{"status":"{status}"}}\n'


_REMOTE = 'RemoteStopTransaction {"transactionId":7}'
_SOFT, _HARD = 'Reset {"type":"Soft"}', 'Reset {"type":"Hard"}'
_UNLOCK = 'UnlockConnector {"connectorId":1}'

NOT_AS_ASKED = Rule(
    "tx.reason",
    Severity.WARNING,
    "The reason of a StopTransaction does not fit the command that led to it.",
    "OCPP 1.6 sections 4.10 and 7.36; errata sheet 3.17",
    versions=_16,
    says="Transaction {transaction} ended after {command}, but its reason is {reason}.",
    remedy="Reports will count it as stopped by the user at the charge point.",
    positive=(
        f"{_START}{_asked(_REMOTE)}* {_stop('Local')}",
        f"{_START}{_asked(_SOFT)}* {_stop('Local')}",
        f"{_START}{_asked(_HARD)}* {_stop('Local')}",
        f"{_START}{_asked(_UNLOCK, 'Unlocked')}* {_stop('Local')}",
    ),
    negative=(
        f"{_START}{_asked(_REMOTE)}{_stop('Remote')}",
        f"{_START}{_asked(_REMOTE)}{_stop()}",
        f"{_START}{_asked(_REMOTE, 'Rejected')}{_stop('Local')}",
        f"{_START}{_asked(_REMOTE, at='10:50:00')}{_stop('Local')}",
        f"{_START}{_asked(_REMOTE)}{_stop('EVDisconnected')}",
        f"{_START}{_asked(_REMOTE).replace('7', '8')}{_stop('Local')}",
        f"{_START}{_asked(_SOFT)}{_stop('SoftReset')}",
        f"{_START}{_asked(_UNLOCK, 'UnlockFailed')}{_stop('Local')}",
        f"{_START}{_asked(_UNLOCK.replace('1', '2'), 'Unlocked')}{_stop('Local')}",
        f"{_asked(_REMOTE)}{_stop('Local')}",
        f"{_START}{_asked(_REMOTE).replace(' <', ' CP2 <').replace(' >', ' CP2 >')}{_stop('Local')}",
    ),
)

MISSING = Rule(
    "tx.reason-missing",
    Severity.INFO,
    "A StopTransaction that a command led to has no reason, which means Local.",
    "OCPP 1.6 sections 6.49 and 7.36",
    versions=_16,
    says="Transaction {transaction} ended after {command}, but has no reason, which means Local.",
    remedy="Reports will count it as stopped by the user at the charge point.",
    positive=(f"{_START}{_asked(_REMOTE)}* {_stop()}", f"{_START}{_asked(_HARD)}* {_stop()}"),
    negative=(
        f"{_START}{_asked(_REMOTE)}{_stop('Remote')}",
        f"{_START}{_asked(_REMOTE, 'Rejected')}{_stop()}",
        f"{_START}{_stop()}",
        f"{_asked(_REMOTE)}{_stop()}",
    ),
)

INVALID = Rule(
    "tx.reason-invalid",
    Severity.ERROR,
    "OCPP has no such reason for a StopTransaction.",
    "OCPP 1.6 section 7.36; Open OCPP Trace, fixture invalid stop reason",
    versions=_16,
    says="The transaction ends with the reason {reason}, which OCPP does not have.",
    remedy="The central system may refuse the StopTransaction. Use Other for what has no reason of its own.",
    positive=(f"{_START}* {_stop('PowerSurge')}", f"* {_stop('local')}"),
    negative=(f"{_START}{_stop('PowerLoss')}", f"{_START}{_stop()}"),
)

REASON_WITHOUT_COMMAND = Rule(
    "tx.reason-without-command",
    Severity.INFO,
    "By its reason, the transaction ended by a command, but nobody sent one.",
    _REASONS,
    versions=_WITH_REASON,
    says="Transaction {transaction} ended with the reason {reason}, but no {command} was sent during it.",
    remedy="The charge point gives the wrong reason, or takes commands from somebody else.",
    positive=(f"{_BOOT}{_START}* {_stop('Remote')}", f"{_BOOT}{_START}* {_stop('SoftReset')}"),
    negative=(
        (
            f'{_BOOT}{_START}10:59:00 < RemoteStopTransaction {{"transactionId":7}}\n'
            f'10:59:00 > ok {{"status":"Accepted"}}\n{_stop("Remote")}'
        ),
        f"{_BOOT}{_START}{_stop('Local')}",
        f"{_START}{_stop('Remote')}",
        f"{_BOOT}{_stop('Remote')}",
    ),
)

POWER_LOSS_ONLINE = Rule(
    "tx.power-loss-while-connected",
    Severity.INFO,
    "The transaction ended by a power loss, but the connection has lasted from its start to its end.",
    _REASONS,
    versions=_WITH_REASON,
    says="Transaction {transaction} ended with the reason PowerLoss, but the connection was never lost.",
    remedy="Only the power of the connector may have been lost. If not, the reason is wrong.",
    positive=(f"{_BOOT}{_START}* {_stop('PowerLoss')}",),
    negative=(
        f"{_BOOT}{_START}10:05:00 closed\n10:06:00 opened\n{_stop('PowerLoss')}",
        f"{_START}{_RESTART}{_stop('PowerLoss')}",
        f"{_BOOT}{_stop('PowerLoss')}",
    ),
)

DEAUTHORIZED_ACCEPTED = Rule(
    "tx.deauthorized-though-accepted",
    Severity.WARNING,
    "The transaction ended because its id token is not authorized, but it was accepted.",
    _REASONS,
    versions=_WITH_REASON,
    says="Transaction {transaction} ended with the reason DeAuthorized, but its id token was Accepted.",
    remedy="The charge point may misread the answer, or use an outdated local list.",
    positive=(f"{_START}* {_stop('DeAuthorized')}",),
    negative=(
        _START.replace("Accepted", "Invalid") + _stop("DeAuthorized"),
        _stop("DeAuthorized"),
        f"{_START}{_stop('Local')}",
    ),
)

UNUSUAL_REASON = Rule(
    "tx.unusual-reason",
    Severity.INFO,
    "The transaction ended by something other than a user, a vehicle or a command.",
    f"{_REASONS}; Open OCPP Trace, fixture unexpected-stop-reason",
    versions=_WITH_REASON,
    says="Transaction {transaction} ended with the reason {reason}.",
    remedy="Look for a fault of the connector, or for an emergency stop that somebody has pressed.",
    positive=(f"{_START}* {_stop('EmergencyStop')}", f"{_START}* {_stop('Other')}"),
    negative=(f"{_START}{_stop('EVDisconnected')}", f"{_START}{_stop()}"),
)

WITHOUT_REBOOT = Rule(
    "tx.reboot-missing",
    Severity.INFO,
    "The transaction ended by a reboot of the charge point, but the charge point has not booted.",
    _REASONS,
    versions=_WITH_REASON,
    says="Transaction {transaction} ended with the reason Reboot, but no BootNotification came before its end or in "
    "{waited} after it.",
    remedy="A charge point that restarts must send a BootNotification. If it did not restart, the reason is wrong.",
    positive=(f"{_BOOT}{_START}* {_stop('Reboot')}{_LATER}", f"{BOOT_2}{event_2('Started', '10:01:00')}* {_REBOOT_2}"),
    negative=(
        f"{_BOOT}{_START}{_RESTART}{_stop('Reboot')}{_LATER}",
        f"{_BOOT}{_START}{_stop('Reboot')}{_RESTART.replace('10:0', '11:0')}{_LATER}",
        f"{_BOOT}{_START}{_stop('Reboot')}",
        f"{_BOOT}{_START}{_stop('Local')}{_LATER}",
        f"{_BOOT}{_stop('Reboot')}{_LATER}",
        f"{_START}{_stop('Reboot')}{_LATER}",  # it may have booted before
        f"{_BOOT}{_START}{_stop('Reboot')}11:00:10 closed\n{_LATER}",  # it may boot for long
        f'{_BOOT}{_START}{_stop("Reboot")}11:00:10 < [3,"x",{{}}]\n{_LATER}',  # the recording lacks its boot
    ),
)

RULES = (
    NOT_AS_ASKED,
    MISSING,
    INVALID,
    REASON_WITHOUT_COMMAND,
    POWER_LOSS_ONLINE,
    DEAUTHORIZED_ACCEPTED,
    UNUSUAL_REASON,
    WITHOUT_REBOOT,
)

_REMOTE_STOP = ("RemoteStopTransaction", "RequestStopTransaction")
_COMMANDS = {
    "Remote": _REMOTE_STOP,
    "HardReset": ("Reset",),
    "SoftReset": ("Reset",),
    "ImmediateReset": ("Reset",),
    "UnlockCommand": ("UnlockConnector",),
}
"""The commands without which there cannot be these reasons."""
_UNUSUAL = ("EmergencyStop", "GroundFault", "Other", "OvercurrentFault", "PowerQuality")
_REASONS_OF_16 = frozenset(
    {
        "DeAuthorized",
        "EVDisconnected",
        "EmergencyStop",
        "HardReset",
        "Local",
        "Other",
        "PowerLoss",
        "Reboot",
        "Remote",
        "SoftReset",
        "UnlockCommand",
    }
)


class TransactionReasonChecker(ExpectingChecker):
    """Compares the reason of each end with the commands and answers before it."""

    def begin(self) -> None:
        self.commands: dict[str, int] = {}  # the last CALL of each action
        self.remote_stops: dict[str, tuple[int, int]] = {}  # by transaction: the call, and the clock of its answer
        self.unlocks: dict[int, tuple[int, int]] = {}  # the same by connector
        self.reset: tuple[int, int, Phrase] | None = None  # the same, and its words

    # -- commands -----------------------------------------------------------------------------------------------

    @on_call(*_REMOTE_STOP, "Reset", "UnlockConnector")
    def command(self, call: Seen) -> None:
        self.commands[call.action] = call.index

    @on_exchange(*_REMOTE_STOP)
    def stop_accepted(self, call: Seen, answer: Seen) -> None:
        number = call.value("transactionId")
        if isinstance(number, int | str) and answer.text("status") == "Accepted" and answer.is_timed:
            put(self.remote_stops, str(number), (call.index, answer.clock), MOST_TRANSACTIONS)

    @on_exchange("Reset")
    def reset_accepted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") == "Accepted" and answer.is_timed:
            kind = "hard" if call.text("type") == "Hard" else "soft"
            self.reset = (call.index, answer.clock, Phrase(f"a {kind} reset"))

    @on_exchange("UnlockConnector")
    def unlocked(self, call: Seen, answer: Seen) -> None:
        connector = call.integer("connectorId")
        if connector is not None and answer.text("status") == "Unlocked" and answer.is_timed:
            put(self.unlocks, connector, (call.index, answer.clock), MOST_CONNECTORS)

    # -- the end ------------------------------------------------------------------------------------------------

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        reason = call.text("reason")
        if reason is not None and reason not in _REASONS_OF_16:
            self.found(INVALID, call, reason=reason)
        one = self.known.open.get(str(call.integer("transactionId")))
        if one is None or one.start is None:
            return
        self.check_reason(call, one, one.start, reason)
        if reason in (None, "Local"):
            self.compare_command(call, one, reason)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        if call.text("eventType") == "Ended":
            one = self.known.open.get(call.text("transactionInfo", "transactionId") or "")
            if one is not None and one.start is not None:
                self.check_reason(call, one, one.start, call.text("transactionInfo", "stoppedReason"))

    def compare_command(self, call: Seen, one: KnownTransaction, reason: str | None) -> None:
        """Find a command that was accepted just before."""
        remote, unlock = self.remote_stops.pop(one.id, None), self.unlocks.pop(one.connector or 0, None)
        asked = [self.reset] if self.reset is not None else []
        asked += [(*remote, Phrase("a remote stop"))] if remote is not None else []
        asked += [(*unlock, Phrase("an UnlockConnector"))] if unlock is not None else []
        for index, clock, command in asked:
            waited = call.since(clock)
            if one.start is None or index < one.start or waited is None:
                continue
            if waited <= self.limits.command_patience * SECOND:
                rule, given = (MISSING, {}) if reason is None else (NOT_AS_ASKED, {"reason": reason})
                self.found(rule, call, (index,), transaction=one.id, command=command, **given)
                return

    def check_reason(self, call: Seen, one: KnownTransaction, start: int, reason: str | None) -> None:
        if reason in _UNUSUAL:
            self.found(UNUSUAL_REASON, call, (start,), transaction=one.id, reason=reason)
        if reason == "DeAuthorized" and one.token_status == "Accepted":
            self.found(DEAUTHORIZED_ACCEPTED, call, (start,), transaction=one.id)
        if self.known.boot is None or not self.known.booted or self.known.boot > start:
            return
        if reason == "PowerLoss" and self.has_lasted(call, one):
            self.found(POWER_LOSS_ONLINE, call, (start,), transaction=one.id)
        if reason == "Reboot":
            self.await_boot(call, one.id)
        actions = _COMMANDS.get(reason or "", ())
        if actions and all(self.commands.get(action, -1) < start for action in actions):
            command = actions[0 if len(actions) == 1 or self.known.version not in SECOND_GENERATION else 1]
            self.found(REASON_WITHOUT_COMMAND, call, (start,), transaction=one.id, reason=reason, command=command)

    # -- a reboot -----------------------------------------------------------------------------------------------

    def await_boot(self, call: Seen, transaction: str) -> None:
        """Wait for the boot of a charge point that has not booted since the transaction started."""
        index = call.index

        def missed(waited: TimeSpan) -> None:
            self.found(WITHOUT_REBOOT, index, transaction=transaction, waited=waited)

        self.expect("boot", call, call, self.limits.reset_patience, missed)

    @on_call("BootNotification")
    @on_connection(ConnectionEvent.CLOSED)
    def booting(self, record: Seen) -> None:
        self.stop_waiting("boot")

    def has_lasted(self, call: Seen, one: KnownTransaction) -> bool:
        """Whether the connection of this call was open when the transaction started."""
        connection = self.known.connections.get(call.connection)
        if connection is None or connection.opened is None or one.started is None:
            return False
        return connection.opened <= one.started
