"""Remote starts against their answers: one that was refused begins, or begins in another transaction than was named."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import TOKEN_STORES
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import START_16, event_2
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_STARTS = 200
"""Remote starts, and id tokens, that are remembered."""


def _asked(status: str, token: str = "A") -> str:
    return (
        f'10:00:50 < RemoteStartTransaction {{"idTag":"{token}","connectorId":1}}\n'
        f'10:00:51 > ok {{"status":"{status}"}}\n'
    )


def _asked_2(status: str, more: str = "", number: int = 4) -> str:
    return (
        f'2.0.1\n10:00:50 < RequestStartTransaction {{"remoteStartId":{number},"evseId":1,'
        f'"idToken":{{"idToken":"A","type":"Central"}}}}\n10:00:51 > ok {{"status":"{status}"{more}}}\n'
    )


_BEGINS_2 = event_2("Started", "10:01:00", info=',"remoteStartId":4', trigger="RemoteStart")
_NAMED, _OTHER = ',"transactionId":"t1"', ',"transactionId":"t0"'
_AUTHORIZED = '10:00:55 > Authorize {"idTag":"a"}\n10:00:56 < ok {"idTagInfo":{"status":"Accepted"}}\n'


def _set_to(value: bool, *keys: str) -> str:
    shown = ",".join(f'{{"key":"{key}","readonly":false,"value":"{str(value).lower()}"}}' for key in keys)
    return f'09:00:00 < GetConfiguration {{}}\n09:00:00 > ok {{"configurationKey":[{shown}]}}\n'


_ASKS = _set_to(False, "LocalPreAuthorize")
_STORES_NOTHING = _set_to(False, "AuthorizationCacheEnabled", "LocalAuthListEnabled")
_LISTED = _set_to(True, "LocalAuthListEnabled", "LocalPreAuthorize")

BEGINS_ANYWAY = Rule(
    "cmd.start-refused",
    Severity.WARNING,
    "The charge point refused a remote start, but begins its transaction.",
    "OCPP 1.6 section 5.11; OCPP 2.0.1 and 2.1 Part 2 use cases F01 and F02, RequestStartStopStatusEnumType",
    says="This transaction is that of a remote start which the charge point refused {waited} before.",
    remedy="The central system believes that nothing has begun: the app shows an error while the car charges, and the "
    "driver may start again elsewhere.",
    positive=(
        f"{_ASKS}{_asked('Rejected')}* {START_16.strip()}",
        f"{_STORES_NOTHING}{_asked('Rejected')}* {START_16.strip()}",
        f"{_asked_2('Rejected')}* {_BEGINS_2}",
    ),
    negative=(
        f"{_ASKS}{_asked('Accepted')}{START_16}",
        f"{_ASKS}{_asked('Rejected').replace('10:00:5', '10:00:4')}{_asked('Accepted')}{START_16}",
        f"{_ASKS}{_asked('Rejected', 'B')}{START_16}",
        f"{_ASKS}{_asked('Rejected')}{_AUTHORIZED}{START_16}",  # the driver has a card with the same id
        f"{_LISTED}{_asked('Rejected')}{START_16}",
        f"{_asked('Rejected')}{START_16}",  # it may know that card from before the recording
        f"{_ASKS}{_asked('Rejected')}{START_16.replace('10:01', '11:01')}",
        f"{_ASKS}{_asked('Rejected')}{START_16.replace('T10:01', 'T09:01')}",  # it began before
        f"{_ASKS}{_asked('Rejected')}10:00:52 closed\n10:00:58 opened\n{START_16}",
        f"{_asked_2('Accepted')}{_BEGINS_2}",
        f"{_asked_2('Rejected', number=5)}{_BEGINS_2}",
        f"{_asked_2('Rejected')}{event_2('Started', '10:01:00')}",
    ),
)

OTHER_TRANSACTION = Rule(
    "cmd.start-other-transaction",
    Severity.WARNING,
    "The transaction of a remote start is another one than its answer names.",
    "OCPP 2.0.1 and 2.1 Part 2 use case F02, RequestStartTransactionResponse, field transactionId",
    versions=SECOND_GENERATION,
    says="This is the remote start that was answered with transaction {named}, but its transaction is {transaction}.",
    remedy="The CSMS shows and bills the wrong transaction.",
    positive=(f"{_asked_2('Accepted', _OTHER)}* {_BEGINS_2}",),
    negative=(
        f"{_asked_2('Accepted', _NAMED)}{_BEGINS_2}",
        f"{_asked_2('Accepted')}{_BEGINS_2}",
        f"{_asked_2('Accepted', _OTHER, number=5)}{_BEGINS_2}",
    ),
)

RULES = (BEGINS_ANYWAY, OTHER_TRANSACTION)


class _Answered(NamedTuple):
    """A remote start with its answer."""

    call: int
    clock: int
    time: int
    """When it was answered, in µs since 1970 UTC by the clock of the recording."""
    is_refused: bool
    transaction: str | None
    """The transaction that the answer names."""


class RefusedStartChecker(Checker):
    """Follows remote starts beyond their answers."""

    def begin(self) -> None:
        self.by_number: dict[int, _Answered] = {}  # by the remoteStartId of 2.x
        self.refused: dict[str, _Answered] = {}  # by id token of 1.x, those of this connection
        self.tokens: dict[str, bool] = {}
        """The id tokens that were presented in this recording."""

    @on_exchange("RemoteStartTransaction", "RequestStartTransaction")
    def answered(self, call: Seen, answer: Seen) -> None:
        if not answer.is_timed:
            return
        status, number, token = answer.text("status"), call.integer("remoteStartId"), call.text("idTag")
        new = _Answered(call.index, answer.clock, answer.time, status == "Rejected", answer.text("transactionId"))
        if number is not None:
            put(self.by_number, number, new, MOST_STARTS)
        elif token and new.is_refused:
            put(self.refused, token.casefold(), new, MOST_STARTS)
        elif token:
            self.refused.pop(token.casefold(), None)

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def reconnected(self, event: Seen) -> None:
        self.refused.clear()

    @on_call("Authorize")
    def presented(self, call: Seen) -> None:
        token = (call.text("idTag") or "").casefold()
        self.refused.pop(token, None)
        put(self.tokens, token, True, MOST_STARTS)

    @on_call("StartTransaction")
    def started(self, call: Seen) -> None:
        token, time = (call.text("idTag") or "").casefold(), call.date_time("timestamp")
        refused = self.refused.pop(token, None)
        is_known = token in self.tokens or not self.asks_for_all()
        put(self.tokens, token, True, MOST_STARTS)
        if refused is None or is_known or time is None or time < refused.time - self.limits.clock_tolerance * SECOND:
            return
        seconds = self.known.whole_setting("ConnectionTimeOut") or self.limits.connection_time_out
        waited = call.since(refused.clock)
        if waited is not None and waited <= seconds * SECOND:
            self.found(BEGINS_ANYWAY, call, (refused.call,), waited=TimeSpan(waited))

    def asks_for_all(self) -> bool:
        """Whether it starts with no card by itself, so that an Authorize would show that it was presented."""
        has_no_store = all(self.known.switch(*names) is False for names in TOKEN_STORES)
        return has_no_store or self.known.switch("LocalPreAuthorize") is False

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        if not self.by_number or (number := call.integer("transactionInfo", "remoteStartId")) is None:
            return
        asked, transaction = self.by_number.pop(number, None), call.text("transactionInfo", "transactionId")
        if asked is None or not transaction:
            return
        waited = call.since(asked.clock)
        if asked.is_refused and waited is not None:
            self.found(BEGINS_ANYWAY, call, (asked.call,), waited=TimeSpan(waited))
        elif asked.transaction and asked.transaction != transaction:
            self.found(OTHER_TRANSACTION, call, (asked.call,), named=asked.transaction, transaction=transaction)
