"""What a charging station of OCPP 2.1 accepts or owes, and must then report: tariffs, priority, swaps, settlements."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_21 = frozenset({Version.V21})
_LATER = "10:40:00 > Heartbeat {}\n"
_RECONNECTS = "10:01:10 closed\n10:20:00 opened\n"


def _asked(command: str, status: str = "Accepted") -> str:
    return f'10:01:00 < {command}\n10:01:01 > ok {{"status":"{status}"}}\n'


def _marked(text: str) -> str:
    return f"* {text.strip()}\n"


def _event(kind: str, at: str, trigger: str, more: str = "") -> str:
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":0,"transactionInfo":{{"transactionId":"t1"}}{more}}}\n{at} < ok\n'
    )


_CHANGE = 'ChangeTransactionTariff {"transactionId":"t1","tariff":{"tariffId":"a","currency":"EUR"}}'
_CHANGED = _event("Updated", "10:01:20", "TariffChanged")
_PRIORITY = 'UsePriorityCharging {"transactionId":"t1","activate":true}'
_NOTIFIED = '10:01:20 > NotifyPriorityCharging {"transactionId":"t1","activated":true}\n10:01:20 < ok\n'
_TOKEN = '"idToken":{"idToken":"A","type":"Central"}'
_SWAP = f'RequestBatterySwap {{"requestId":3,{_TOKEN}}}'
_SWAPPED = (
    f'10:03:00 > BatterySwap {{"requestId":3,"eventType":"BatteryOut",{_TOKEN},'
    '"batteryData":[{"evseId":1,"serialNumber":"s","soC":90,"soH":99}]}\n10:03:00 < ok\n'
)
_PAID = _event("Started", "10:00:00", "Authorized", ',"idToken":{"idToken":"A","type":"DirectPayment"}')
_ENDED = _event("Ended", "10:10:00", "EVDeparted")
_SETTLED = (
    '10:11:00 > NotifySettlement {"transactionId":"t1","pspRef":"p","status":"Settled","settlementAmount":1,'
    '"settlementTime":"2026-01-01T10:11:00Z"}\n10:11:00 < ok\n'
)

_UNNAMED = _SETTLED.replace('"transactionId":"t1",', "")

TARIFF = Rule(
    "tariff.change-unkept",
    Severity.ERROR,
    "The charging station accepted another tariff for a transaction, but does not report the change.",
    "OCPP 2.1 Part 2 I11.FR.07",
    versions=_21,
    says="The charging station accepted another tariff for transaction {key}, but in {waited} no event says that it "
    "changed.",
    remedy="The CSMS cannot know from when the new tariff applies.",
    positive=(f"2.1\n{_marked(_asked(_CHANGE))}{_LATER}",),
    negative=(
        f"2.1\n{_asked(_CHANGE)}{_CHANGED}{_LATER}",
        f"2.1\n{_asked(_CHANGE, 'TxNotFound')}{_LATER}",
        f"2.1\n{_asked(_CHANGE)}",
        f"2.1\n{_asked(_CHANGE)}{_RECONNECTS}{_LATER}",
        f"2.1\n{_asked(_CHANGE)}{_event('Ended', '10:01:10', 'EVDeparted')}{_LATER}",
    ),
)

PRIORITY = Rule(
    "priority.unkept",
    Severity.ERROR,
    "The charging station accepted priority charging, but sends no NotifyPriorityCharging.",
    "OCPP 2.1 Part 2 K21.FR.05 and K21.FR.08",
    versions=_21,
    says="The charging station accepted priority charging for transaction {key}, but in {waited} no "
    "NotifyPriorityCharging came.",
    remedy="The CSMS cannot know whether the profile for priority charging is in force.",
    positive=(f"2.1\n{_marked(_asked(_PRIORITY))}{_LATER}",),
    negative=(
        f"2.1\n{_asked(_PRIORITY)}{_NOTIFIED}{_LATER}",
        f"2.1\n{_asked(_PRIORITY, 'NoProfile')}{_LATER}",
        f"2.1\n{_asked(_PRIORITY)}",
        f"2.1\n{_asked(_PRIORITY)}{_RECONNECTS}{_LATER}",
        f"2.1\n{_asked(_PRIORITY)}{_event('Ended', '10:01:10', 'EVDeparted')}{_LATER}",
    ),
)

SWAP = Rule(
    "swap.unkept",
    Severity.WARNING,
    "The charging station accepted a battery swap, but does not report it.",
    "OCPP 2.1 Part 2 S02.FR.01 and S02.FR.02",
    versions=_21,
    says="The charging station accepted the battery swap {key}, but in {waited} no BatterySwap with this id came.",
    remedy="The CSMS does not know whether a battery was taken. `swap-patience` under [check] sets the limit.",
    positive=(
        f"2.1\n{_marked(_asked(_SWAP))}{_LATER}",
        f"2.1\n{_marked(_asked(_SWAP))}{_SWAPPED.replace('3,', '4,', 1)}{_LATER}",
    ),
    negative=(
        f"2.1\n{_asked(_SWAP)}{_SWAPPED}{_LATER}",
        f"2.1\n{_asked(_SWAP)}{_SWAPPED.replace('BatteryOut', 'BatteryOutTimeout')}{_LATER}",
        f"2.1\n{_asked(_SWAP, 'Rejected')}{_LATER}",
        f"2.1\n{_asked(_SWAP)}",
        f"2.1\n{_asked(_SWAP)}{_RECONNECTS}{_LATER}",
    ),
)

SETTLEMENT = Rule(
    "settlement.missing",
    Severity.INFO,
    "A transaction that was paid at the charging station has ended without a settlement.",
    "OCPP 2.1 Part 2 C20.FR.05 and C21.FR.02",
    versions=_21,
    says="Transaction {key} was paid at the charging station and has ended, but in {waited} no NotifySettlement came.",
    remedy="The CSMS does not know what the driver has paid. `settlement-patience` under [check] sets the limit.",
    positive=(f"2.1\n{_PAID}{_marked(_ENDED)}{_LATER}",),
    negative=(
        f"2.1\n{_PAID}{_ENDED}{_SETTLED}{_LATER}",
        f"2.1\n{_PAID}{_ENDED}{_UNNAMED}{_LATER}",
        f"2.1\n{_PAID}{_SETTLED.replace('10:11', '10:09')}{_ENDED}{_LATER}",
        f"2.1\n{_PAID.replace('DirectPayment', 'ISO14443')}{_ENDED}{_LATER}",
        f"2.1\n{_PAID}{_ENDED}",
        f"2.1\n{_ENDED}{_LATER}",
        f"2.1\n{_PAID}{_ENDED}10:10:30 closed\n10:30:00 opened\n{_LATER}",
    ),
)

RULES = (TARIFF, PRIORITY, SWAP, SETTLEMENT)


class ServiceChecker(ExpectingChecker):
    """Waits for the report that must follow."""

    def begin(self) -> None:
        self.expected: dict[str, bool] = {}  # what is waited for
        self.paid: dict[str, bool] = {}  # the open transactions that are paid at the charging station
        self.settled: dict[str, bool] = {}

    def owe(self, name: str, rule: Rule, key: str, call: Seen, answer: Seen, seconds: float) -> None:
        """Report a call unless `name` is fulfilled within so many seconds after the answer."""
        index = call.index

        def missed(waited: TimeSpan) -> None:
            if self.expected.pop(name, False):
                self.found(rule, index, key=key, waited=waited)

        put(self.expected, name, True, MOST_TRANSACTIONS)
        self.expect(name, call, answer, seconds, missed)

    def fulfil(self, *names: str) -> None:
        for name in names:
            if self.expected.pop(name, False):
                self.stop_waiting(name)

    @on_exchange("ChangeTransactionTariff", "UsePriorityCharging", "RequestBatterySwap")
    def accepted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Accepted":
            return
        if call.action == "RequestBatterySwap":
            number, seconds = call.integer("requestId"), self.limits.swap_patience
            self.owe(f"swap {number}", SWAP, str(number), call, answer, seconds)
        elif transaction := call.text("transactionId"):
            rule, what = (PRIORITY, "priority") if call.action == "UsePriorityCharging" else (TARIFF, "tariff")
            self.owe(f"{what} {transaction}", rule, transaction, call, answer, self.limits.command_patience)

    @on_call("NotifyPriorityCharging")
    def prioritized(self, call: Seen) -> None:
        self.fulfil(f"priority {call.text('transactionId')}")

    @on_call("BatterySwap")
    def swapped(self, call: Seen) -> None:
        self.fulfil(f"swap {call.integer('requestId')}")

    @on_call("NotifySettlement")
    def settles(self, call: Seen) -> None:
        transaction = call.text("transactionId")
        for one in self.paid if transaction is None else (transaction,):
            put(self.settled, one, True, MOST_TRANSACTIONS)
        names = [name for name in self.expected if name.startswith("settlement ")]
        self.fulfil(*(names if transaction is None else [f"settlement {transaction}"]))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction = call.text("transactionInfo", "transactionId")
        if not transaction:
            return
        if self.expected and call.text("triggerReason") == "TariffChanged":
            self.fulfil(f"tariff {transaction}")
        if call.text("idToken", "type") == "DirectPayment":
            put(self.paid, transaction, True, MOST_TRANSACTIONS)
        if call.text("eventType") == "Ended":
            self.fulfil(f"tariff {transaction}", f"priority {transaction}")
            is_paid, is_settled = self.paid.pop(transaction, False), self.settled.pop(transaction, False)
            if is_paid and not is_settled:
                seconds = self.limits.settlement_patience
                self.owe(f"settlement {transaction}", SETTLEMENT, transaction, call, call, seconds)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.fulfil(*list(self.expected))
