"""Id tokens of transactions: those that were refused or never asked for, and those that stop what another started."""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, once_woken
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, TOKEN_STORES
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.rules.authorization import MOST_TOKENS, authorized, started
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import objects_at, text_at
from ocpptui.ocpp.secret_names import is_masked
from ocpptui.ocpp.version import SINCE_1_6, Version
from ocpptui.runtime.bounded import put
from ocpptui.stations.meter_values import readings
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _setting(key: str, value: str) -> str:
    return (
        f'09:59:00 < GetConfiguration {{"key":["{key}"]}}\n09:59:00 > ok {{"configurationKey":'
        f'[{{"key":"{key}","readonly":false,"value":"{value}"}}]}}\n'
    )


def _stop(token: str, time: str = "10:00:20", more: str = "") -> str:
    return (
        f'{time} > StopTransaction {{"idTag":"{token}","transactionId":7,"meterStop":10,'
        f'"timestamp":"2026-01-01T{time}Z"{more}}}\n'
    )


def _values(time: str, energy: int) -> str:
    return (
        f'{time} > MeterValues {{"connectorId":1,"transactionId":7,"meterValue":[{{"timestamp":"2026-01-01T{time}Z",'
        f'"sampledValue":[{{"value":"{energy}"}}]}}]}}\n{time} < ok\n'
    )


def _event(time: str, number: int, kind: str, more: str = "", state: str = "Charging", answer: str = "ok") -> str:
    reason = {"Started": "Authorized", "Updated": "MeterValuePeriodic", "Ended": "Deauthorized"}[kind]
    return (
        f'{time} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{time}Z","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1","chargingState":"{state}"}}{more}}}\n'
        f"{time} < {answer}\n"
    )


_TOKEN_2 = ',"idToken":{"idToken":"A","type":"ISO14443"}'
_REFUSED_2 = 'ok {"idTokenInfo":{"status":"Blocked"}}'
_RISING = "".join(_values(f"10:{minute:02}:30", 100 * minute) for minute in range(11))
_STAYING = "".join(_values(f"10:{minute:02}:30", 5) for minute in range(11))
_NOTHING_STORED = _setting("AuthorizationCacheEnabled", "false") + _setting("LocalAuthListEnabled", "false")
_OPENED = "09:58:00 opened\n"


def _refused(status: str) -> str:
    return started(status=status).replace("10:00:11 <", "* 10:00:11 <")


CHARGING_AFTER_REFUSAL = Rule(
    "auth.charging-after-refusal",
    Severity.ERROR,
    "The transaction goes on charging although its id token was refused.",
    "OCPP 1.6 section 4.8 and its errata sheet section 3.17, key StopTransactionOnInvalidId; OCPP 2.0.1 and 2.1 Part 2 "
    "E05.FR.02, E05.FR.09 and E05.FR.10",
    says="The id token of transaction {transaction} was answered {status}, but more than {waited} later it goes on.",
    remedy="The charge point must end it (DeAuthorized), or at least stop delivering energy (SuspendedEVSE).",
    positive=(
        _refused("Invalid") + _RISING,
        _setting("StopTransactionOnInvalidId", "true") + _refused("Blocked") + "10:05:00 > Heartbeat {}",
        "2.0.1\n"
        + _event("10:00:10", 0, "Started", _TOKEN_2, answer=_REFUSED_2).replace("10:00:10 <", "* 10:00:10 <")
        + _event("10:01:00", 1, "Updated")
        + _event("10:02:00", 2, "Updated"),
    ),
    negative=(
        started(status="Invalid") + _stop("A", more=',"reason":"DeAuthorized"') + "10:00:21 < ok\n" + _RISING,
        _setting("StopTransactionOnInvalidId", "true") + started(status="Blocked") + _stop("A") + "10:05:00 now",
        started(status="Invalid") + _STAYING,
        _setting("MaxEnergyOnInvalidId", "5000") + started(status="Invalid") + _RISING,
        started(status="Blocked") + "10:05:00 > Heartbeat {}",
        started() + _RISING,
        _setting("StopTransactionOnInvalidId", "true") + started() + "10:05:00 > Heartbeat {}",
        _RISING,
        "2.0.1\n"
        + _event("10:00:10", 0, "Started", _TOKEN_2, answer=_REFUSED_2)
        + _event("10:01:00", 1, "Updated", state="SuspendedEVSE")
        + _event("10:02:00", 2, "Updated", state="SuspendedEVSE"),
        "2.0.1\n"
        + _event("10:00:10", 0, "Started", _TOKEN_2, answer=_REFUSED_2)
        + _event("10:00:20", 1, "Ended")
        + "10:05:00 > Heartbeat {}",
    ),
)

STOP_TOKEN = Rule(
    "auth.stop-token",
    Severity.WARNING,
    "An id token stops a transaction that one of another group started.",
    "OCPP 1.6 sections 3.10, 4.1 and 4.10",
    versions=frozenset({Version.V16}),
    says="The id token that stops transaction {transaction} is not the one that started it, and they have no parent in "
    "common.",
    remedy="Only the id token that started a transaction, or one with the same parentIdTag, may stop it.",
    positive=(
        started() + "* " + _stop("B"),
        authorized("Accepted", "B", ',"parentIdTag":"Q"') + started(more=',"parentIdTag":"P"') + "* " + _stop("B"),
        authorized("Accepted", "B") + started(more=',"parentIdTag":"P"') + "* " + _stop("B"),
    ),
    negative=(
        started() + _stop("A"),
        started() + _stop("a"),
        authorized("Accepted", "B", ',"parentIdTag":"P"') + started(more=',"parentIdTag":"P"') + _stop("B"),
        started(more=',"parentIdTag":"P"') + _stop("B"),  # nothing says who B is
        started() + _stop("B", more=',"reason":"Remote"'),
        _stop("B"),
    ),
)

NEVER_ASKED = Rule(
    "auth.offline-unknown",
    Severity.INFO,
    "A transaction starts with an id token for which nobody was asked, and which the charge point cannot know.",
    "OCPP 1.6 sections 3.5.4 and 4.1; OCPP 2.0.1 and 2.1 Part 2 use case C15",
    versions=SINCE_1_6,
    says="The id token of this transaction was not authorized since the connection opened, and the charge point uses "
    "neither a local list nor a cache.",
    remedy="It may have started offline (AllowOfflineTxForUnknownId), or charge without authorization.",
    positive=(
        _OPENED + _NOTHING_STORED + started().replace("10:00:10 >", "* 10:00:10 >"),
        _OPENED
        + '09:59:00 < GetConfiguration {}\n09:59:00 > ok {"configurationKey":[]}\n'
        + started().replace("10:00:10 >", "* 10:00:10 >"),
    ),
    negative=(
        _OPENED + _NOTHING_STORED + authorized("Accepted") + started(),
        _OPENED
        + _NOTHING_STORED
        + '09:59:30 < RemoteStartTransaction {"idTag":"A"}\n09:59:30 > ok {"status":"Accepted"}\n'
        + started(),
        _OPENED + started(),
        _NOTHING_STORED + started(),
        _OPENED
        + _setting("AuthorizationCacheEnabled", "false")
        + _setting("LocalAuthListEnabled", "true")
        + '09:59:30 < SendLocalList {"listVersion":1,"updateType":"Full","localAuthorizationList":'
        '[{"idTag":"A","idTagInfo":{"status":"Accepted"}}]}\n09:59:30 > ok {"status":"Accepted"}\n' + started(),
    ),
)

RULES = (CHARGING_AFTER_REFUSAL, STOP_TOKEN, NEVER_ASKED)

_STOPS = ("StopTransactionOnInvalidId", "TxCtrlr.StopTxOnInvalidId")
_GRANTED = ("MaxEnergyOnInvalidId", "TxCtrlr.MaxEnergyOnInvalidId")
_MUCH = 10
"""Wh by which a register may rise without any charging."""


@dataclass(slots=True)
class _Refusal:
    """A transaction whose id token was refused."""

    answer: int
    status: str
    until: int
    """The clock until when it may go on."""
    energy: float | None = None
    """The first register reading after that, in Wh."""


class TokenUseChecker(Checker):
    """Follows the id tokens of transactions."""

    def begin(self) -> None:
        self.refusals: dict[str, _Refusal] = {}  # by transaction
        self.parents: dict[str, str | None] = {}  # by id token whose info was seen; None: it has none
        self.asked: dict[str, None] = {}  # id tokens that were authorized, or sent by the central system

    # -- what was answered --------------------------------------------------------------------------------------

    @on_exchange("Authorize", "StartTransaction", "StopTransaction")
    def info_given(self, call: Seen, answer: Seen) -> None:
        token, info = _folded(call.text("idTag") or call.text("idToken", "idToken")), answer.object("idTagInfo")
        if call.action == "Authorize" and token:
            put(self.asked, token, None, MOST_TOKENS)
        if token and info:
            parent = text_at(info, "parentIdTag")
            put(self.parents, token, _folded(parent) or self.parents.get(token), MOST_TOKENS)
        status, number = text_at(info, "status"), answer.integer("transactionId")
        if call.action == "StartTransaction" and number is not None and status not in (None, "Accepted"):
            self.refused(str(number), answer, status or "")

    @on_exchange("TransactionEvent")
    def event_answered(self, call: Seen, answer: Seen) -> None:
        status = answer.text("idTokenInfo", "status")
        if status is None or call.text("eventType") == "Ended":
            return
        transaction = call.text("transactionInfo", "transactionId") or ""
        if status == "Accepted":
            self.refusals.pop(transaction, None)
        elif transaction:
            self.refused(transaction, answer, status)

    def refused(self, transaction: str, answer: Seen, status: str) -> None:
        if not answer.is_timed:
            return
        wait = round(self.limits.command_patience * SECOND)
        put(self.refusals, transaction, _Refusal(answer.index, status, answer.clock + wait), MOST_TRANSACTIONS)
        self.wake()
        if self.known.switch(*_STOPS):
            self.wait(f"stop {transaction}", answer.clock + wait, lambda: self.goes_on(transaction))

    def goes_on(self, transaction: str, *related: Seen) -> None:
        one, refusal = self.known.transactions.get(transaction), self.refusals.pop(transaction, None)
        if refusal is not None and one is not None and one.is_open:
            waited = TimeSpan(round(self.limits.command_patience * SECOND))
            values = {"transaction": transaction, "status": refusal.status}
            self.found(CHARGING_AFTER_REFUSAL, refusal.answer, related, waited=waited, **values)

    # -- what goes on -------------------------------------------------------------------------------------------

    @on_call("MeterValues", "TransactionEvent")
    @once_woken
    def measured(self, call: Seen) -> None:
        if not self.refusals or self.known.whole_setting(*_GRANTED):
            return
        number = call.integer("transactionId")
        transaction = call.text("transactionInfo", "transactionId") if number is None else str(number)
        refusal = self.refusals.get(transaction or "")
        if refusal is None or transaction is None or not call.is_timed or call.clock <= refusal.until:
            return
        if call.text("transactionInfo", "chargingState") == "Charging" and call.text("eventType") == "Updated":
            self.goes_on(transaction, call)
            return
        energy = max((one.energy for one in readings(call.value("meterValue")) if one.energy is not None), default=None)
        if energy is None:
            return
        if refusal.energy is None:
            refusal.energy = energy
        elif energy > refusal.energy + _MUCH:
            self.goes_on(transaction, call)

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def reconnected(self, event: Seen) -> None:
        for transaction in self.refusals:
            self.stop_waiting(f"stop {transaction}")
        self.refusals.clear()

    # -- starts and stops ---------------------------------------------------------------------------------------

    @on_call("StopTransaction")
    def stops(self, call: Seen) -> None:
        one, token = self.known.transactions.get(str(call.integer("transactionId"))), _folded(call.text("idTag"))
        if one is None or one.start is None or not token or call.text("reason") == "Remote":
            return
        first = _folded(one.id_token)
        if not first or token == first or first not in self.parents:
            return
        parent = self.parents[first]
        if parent is None or (token in self.parents and self.parents[token] != parent):
            self.found(STOP_TOKEN, call, (one.start,), transaction=one.id)

    @on_call("RemoteStartTransaction", "RequestStartTransaction", "SendLocalList", "ReserveNow")
    def told(self, call: Seen) -> None:
        listed = (
            text_at(entry, "idTag") or text_at(entry, "idToken", "idToken")
            for entry in objects_at(call.value("localAuthorizationList"))
        )
        for token in (call.text("idTag") or call.text("idToken", "idToken"), *listed):
            if token:
                put(self.asked, _folded(token), None, MOST_TOKENS)

    @on_call("StartTransaction")
    def starts(self, call: Seen) -> None:
        self.started_with(call, call.text("idTag"))

    @on_call("TransactionEvent")
    def begins(self, call: Seen) -> None:
        if call.text("eventType") == "Started" and call.text("idToken", "type") != "NoAuthorization":
            self.started_with(call, call.text("idToken", "idToken"))

    def started_with(self, call: Seen, token: str | None) -> None:
        connection = self.known.connections.get(call.connection)
        if not token or is_masked(token) or connection is None or connection.opened is None:
            return
        if _folded(token) in self.asked:
            return
        if all(self.is_off(names) for names in TOKEN_STORES):
            self.found(NEVER_ASKED, call)

    def is_off(self, names: tuple[str, ...]) -> bool:
        """Whether a store is known not to be used."""
        known = self.known
        is_on = known.switch(*names)
        return is_on is False or (known.has_all_settings and known.setting(*names) is None)


def _folded(token: str | None) -> str:
    """An id token, whose upper and lower case are the same (OCPP 1.6 section 7.15, CiString)."""
    return (token or "").casefold()
