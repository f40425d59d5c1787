"""Ends of transactions, of all versions: whether they come, how soon, and whether their reason is true."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

_2X = frozenset(version for version in Version if version.generation == 2)
_WITH_REASON = _2X | {Version.V16}
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
_NEW_BOOT = """
10:05:00 closed
10:06:00 opened
* 10:06:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:06:02 < ok {"currentTime":"2026-01-01T10:06:02Z","interval":300,"status":"Accepted"}
"""


def _stop(reason: str = "", at: str = "11:00:00") -> str:
    more = f',"reason":"{reason}"' if reason else ""
    return (
        f'{at} > StopTransaction {{"meterStop":2000,"timestamp":"2026-01-01T{at}Z","transactionId":7{more}}}\n'
        f"{at} < ok\n"
    )


def _event(kind: str, trigger: str, at: str = "10:00:00") -> str:
    number = {"Started": 0, "Ended": 1}[kind]
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"}}}}\n{at} < ok\n'
    )


_UNMARKED_BOOT = _NEW_BOOT.replace("* ", "")
SHORT_SESSION = Rule(
    "tx.duration",
    Severity.INFO,
    "The transaction was very short.",
    "Open OCPP Trace, fixture short-session",
    says="Transaction {transaction} lasted {lasted}.",
    remedy="The cable may not fit, the vehicle refused to charge, or the user gave up. `short_session` sets the limit.",
    positive=(
        f"{_START}* {_stop(at='10:00:20')}",
        f"2.0.1\n{_event('Started', 'CablePluggedIn')}* {_event('Ended', 'EVDeparted', '10:00:20')}",
    ),
    negative=(f"{_START}{_stop()}", _stop(at="10:00:20")),
)

REASON_WITHOUT_COMMAND = Rule(
    "tx.reason-without-command",
    Severity.INFO,
    "The transaction ended by a command that nobody sent.",
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
        f"{_START}{_UNMARKED_BOOT}{_stop('PowerLoss')}",
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

NOT_REMOTE = Rule(
    "tx.reason",
    Severity.INFO,
    "The transaction ended by a remote stop, but gives another reason.",
    f"{_REASONS} (Remote)",
    versions=_WITH_REASON,
    says="Transaction {transaction} ended after a remote stop, but its reason is {reason}.",
    remedy="Reports will count it as stopped by the user at the charge point.",
    positive=(
        (
            f'{_START}10:59:59 < RemoteStopTransaction {{"transactionId":7}}\n10:59:59 > ok {{"status":"Accepted"}}\n'
            f"* {_stop()}"
        ),
    ),
    negative=(
        (
            f'{_START}10:59:59 < RemoteStopTransaction {{"transactionId":7}}\n10:59:59 > ok {{"status":"Accepted"}}\n'
            f"{_stop('Remote')}"
        ),
        (
            f'{_START}10:59:59 < RemoteStopTransaction {{"transactionId":7}}\n10:59:59 > ok {{"status":"Rejected"}}\n'
            f"{_stop()}"
        ),
        (
            f'{_START}10:50:00 < RemoteStopTransaction {{"transactionId":7}}\n10:50:00 > ok {{"status":"Accepted"}}\n'
            f"{_stop()}"
        ),
        (
            f'{_START}10:59:59 < RemoteStopTransaction {{"transactionId":7}}\n10:59:59 > ok {{"status":"Accepted"}}\n'
            f"{_stop('EVDisconnected')}"
        ),
    ),
)

UNUSUAL_REASON = Rule(
    "tx.unusual-reason",
    Severity.INFO,
    "The transaction ended by something else than a user, a vehicle or a command.",
    f"{_REASONS}; Open OCPP Trace, fixture unexpected-stop-reason",
    versions=_WITH_REASON,
    says="Transaction {transaction} ended with the reason {reason}.",
    remedy="Look for a fault of the connector, or for an emergency stop that somebody has pushed.",
    positive=(f"{_START}* {_stop('EmergencyStop')}", f"{_START}* {_stop('Other')}"),
    negative=(f"{_START}{_stop('EVDisconnected')}", f"{_START}{_stop()}"),
)

RULES = (
    SHORT_SESSION,
    REASON_WITHOUT_COMMAND,
    POWER_LOSS_ONLINE,
    DEAUTHORIZED_ACCEPTED,
    NOT_REMOTE,
    UNUSUAL_REASON,
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


class TransactionEndChecker(Checker):
    """Compares the end of each transaction with what came before it."""

    def begin(self) -> None:
        self.commands: dict[str, int] = {}  # the last CALL of each action
        self.remote_stops: dict[str, tuple[int, int]] = {}  # by transaction: the call, and the clock of its answer

    # -- the end ------------------------------------------------------------------------------------------------

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        if (number := call.integer("transactionId")) is not None:
            self.ends(call, str(number), call.text("reason"))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        if call.text("eventType") == "Ended" and (transaction := call.text("transactionInfo", "transactionId")):
            self.ends(call, transaction, call.text("transactionInfo", "stoppedReason"))

    def ends(self, call: Seen, number: str, reason: str | None) -> None:
        one = self.known.transactions.get(number)
        if one is None or one.start is None or not one.is_open:
            return
        self.measure(call, one)
        self.check_reason(call, one, one.start, reason)
        asked = self.remote_stops.pop(number, None)
        if asked is None or reason not in (None, "Local") or not call.is_timed:
            return
        if call.clock - asked[1] <= self.limits.command_patience * SECOND:
            trigger = call.text("triggerReason")
            if trigger is None:  # in 2.x, the reason and the trigger are compared
                self.found(NOT_REMOTE, call, (asked[0],), transaction=number, reason=reason or "missing, or Local")

    def measure(self, call: Seen, one: KnownTransaction) -> None:
        first, last = one.started_at, call.date_time("timestamp")
        lasted = last - first if first is not None and last is not None else call.since(one.started)
        if lasted is not None and 0 <= lasted < self.limits.short_session * SECOND and one.start is not None:
            self.found(SHORT_SESSION, call, (one.start,), transaction=one.id, lasted=TimeSpan(lasted))

    def check_reason(self, call: Seen, one: KnownTransaction, start: int, reason: str | None) -> None:
        if reason in _UNUSUAL:
            self.found(UNUSUAL_REASON, call, (start,), transaction=one.id, reason=reason)
        if reason == "DeAuthorized" and one.token_status == "Accepted":
            self.found(DEAUTHORIZED_ACCEPTED, call, (start,), transaction=one.id)
        if self.known.boot is None or not self.known.booted or self.known.boot > start:
            return
        if reason == "PowerLoss" and self.has_lasted(call, one):
            self.found(POWER_LOSS_ONLINE, call, (start,), transaction=one.id)
        actions = _COMMANDS.get(reason or "", ())
        if actions and all(self.commands.get(action, -1) < start for action in actions):
            command = actions[0 if len(actions) == 1 or self.known.version not in _2X else 1]
            self.found(REASON_WITHOUT_COMMAND, call, (start,), transaction=one.id, reason=reason, command=command)

    def has_lasted(self, call: Seen, one: KnownTransaction) -> bool:
        """Whether the connection of this call was open when the transaction started."""
        connection = self.known.connections.get(call.connection)
        if connection is None or connection.opened is None or one.started is None:
            return False
        return connection.opened <= one.started

    # -- commands -----------------------------------------------------------------------------------------------

    @on_call(*_REMOTE_STOP, "Reset", "UnlockConnector")
    def command(self, call: Seen) -> None:
        self.commands[call.action] = call.index

    @on_exchange(*_REMOTE_STOP)
    def stop_accepted(self, call: Seen, answer: Seen) -> None:
        number = call.value("transactionId")
        if isinstance(number, int | str) and answer.text("status") == "Accepted" and answer.is_timed:
            put(self.remote_stops, str(number), (call.index, answer.clock), MOST_TRANSACTIONS)
