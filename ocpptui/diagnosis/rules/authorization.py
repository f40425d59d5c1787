"""Authorization: id tokens that were refused, and who may stop a transaction."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_TOKENS = 500
"""Id tokens whose last answer is remembered, for each charge point."""

_1X = frozenset({Version.V12, Version.V15, Version.V16})


def _start(token: str = "A", status: str = "Accepted", more: str = "") -> str:
    return (
        f'10:00:10 > StartTransaction {{"connectorId":1,"idTag":"{token}","meterStart":0,'
        f'"timestamp":"2026-01-01T10:00:10Z"}}\n'
        f'10:00:11 < ok {{"idTagInfo":{{"status":"{status}"{more}}},"transactionId":7}}\n'
    )


def _stop(token: str, time: str = "00:20") -> str:
    return (
        f'10:{time} > StopTransaction {{"idTag":"{token}","transactionId":7,"meterStop":10,'
        f'"timestamp":"2026-01-01T10:{time}Z"}}'
    )


def _authorize(status: str, token: str = "A", more: str = "") -> str:
    return f'10:00:00 > Authorize {{"idTag":"{token}"}}\n10:00:01 < ok {{"idTagInfo":{{"status":"{status}"{more}}}}}\n'


_AUTHORIZE_2 = '2.0.1\n10:00:00 > Authorize {"idToken":{"idToken":"A","type":"Central"}}\n'
_STOP_ON_INVALID = """
10:00:00 < GetConfiguration {"key":["StopTransactionOnInvalidId"]}
10:00:00 > ok {"configurationKey":[{"key":"StopTransactionOnInvalidId","readonly":false,"value":"true"}]}
"""

REFUSED = Rule(
    "auth.refused",
    Severity.INFO,
    "The central system refuses the id token.",
    "OCPP 1.6 sections 4.1 and 7.2; OCPP 2.0.1 and 2.1 Part 2 use cases C01 to C06",
    says="The central system refuses the id token of this {action}: {status}.",
    positive=(
        _authorize("Blocked").replace("10:00:01", "* 10:00:01"),
        _start(status="Invalid").replace("10:00:11", "* 10:00:11"),
        _AUTHORIZE_2 + '* 10:00:01 < ok {"idTokenInfo":{"status":"NoCredit"}}',
    ),
    negative=(_authorize("Accepted"), _start(), _AUTHORIZE_2 + '10:00:01 < ok {"idTokenInfo":{"status":"Accepted"}}'),
)

STARTS_AFTER_REFUSAL = Rule(
    "auth.start-after-refusal",
    Severity.WARNING,
    "The charge point starts a transaction with an id token that the central system has just refused.",
    "OCPP 1.6 sections 3.5 and 4.1",
    versions=_1X,
    says="The charge point starts a transaction although the central system answered {status} for its id token.",
    remedy="A charge point that is online must not start charging before the id token is accepted.",
    positive=(_authorize("Invalid") + _start().replace("10:00:10 >", "* 10:00:10 >"),),
    negative=(
        _authorize("Accepted") + _start(),
        _authorize("Invalid", "B") + _start(),
        _authorize("Invalid") + "10:00:05 closed\n10:00:06 opened\n" + _start(),
        _authorize("Invalid")
        + '10:00:05 < RemoteStartTransaction {"idTag":"A"}\n10:00:05 > ok {"status":"Accepted"}\n'
        + _start(),
    ),
)

GOES_ON_AFTER_REFUSAL = Rule(
    "auth.goes-on-after-refusal",
    Severity.WARNING,
    "The transaction goes on although its id token was refused and StopTransactionOnInvalidId is true.",
    "OCPP 1.6 section 4.8, and its key StopTransactionOnInvalidId",
    versions=frozenset({Version.V16}),
    says="The id token of transaction {transaction} was answered {status}, but {waited} later it is still open, "
    "although StopTransactionOnInvalidId is true.",
    positive=(
        _STOP_ON_INVALID + _start(status="Blocked").replace("10:00:11", "* 10:00:11") + "10:05:00 > Heartbeat {}",
    ),
    negative=(
        _STOP_ON_INVALID + _start(status="Blocked") + _stop("A") + "\n10:05:00 > Heartbeat {}",
        _start(status="Blocked") + "10:05:00 > Heartbeat {}",
        _STOP_ON_INVALID + _start() + "10:05:00 > Heartbeat {}",
    ),
)

ACCEPTED_BUT_EXPIRED = Rule(
    "auth.accepted-but-expired",
    Severity.WARNING,
    "The central system accepts an id token whose expiry date has passed.",
    "OCPP 1.6 sections 7.1 and 7.2; OCPP 2.0.1 and 2.1 Part 2, AuthorizationStatusEnumType",
    says="The id token is Accepted, but its expiry date is {age} in the past.",
    remedy="The charge point removes it from its cache at once and asks again. The status should be Expired.",
    positive=(
        _authorize("Accepted", more=',"expiryDate":"2025-12-31T10:00:01Z"').replace("10:00:01 <", "* 10:00:01 <"),
    ),
    negative=(
        _authorize("Accepted", more=',"expiryDate":"2026-12-31T10:00:01Z"'),
        _authorize("Expired", more=',"expiryDate":"2025-12-31T10:00:01Z"'),
    ),
)

STOPPED_BY_STRANGER = Rule(
    "auth.stopped-by-other-group",
    Severity.WARNING,
    "An id token of another group stops the transaction.",
    "OCPP 1.6 sections 4.1 and 4.10",
    versions=_1X,
    says="The id token that stops transaction {transaction} has the parent {other}, the one that started it {parent}.",
    remedy="Only the id token that started a transaction, or one with the same parent, may stop it.",
    positive=(
        _authorize("Accepted", "B", ',"parentIdTag":"Q"') + _start(more=',"parentIdTag":"P"') + "* " + _stop("B"),
    ),
    negative=(
        _authorize("Accepted", "B", ',"parentIdTag":"P"') + _start(more=',"parentIdTag":"P"') + _stop("B"),
        _authorize("Accepted", "B") + _start(more=',"parentIdTag":"P"') + _stop("B"),
        _start(more=',"parentIdTag":"P"') + _stop("A"),
    ),
)

RULES = (
    REFUSED,
    STARTS_AFTER_REFUSAL,
    GOES_ON_AFTER_REFUSAL,
    ACCEPTED_BUT_EXPIRED,
    STOPPED_BY_STRANGER,
)


class AuthorizationChecker(Checker):
    """Remembers what was answered for the id tokens of a charge point."""

    def begin(self) -> None:
        self.refused: dict[str, tuple[str, int]] = {}  # by id token: the status and the answer, in this connection
        self.parents: dict[str, str] = {}

    @on_exchange("Authorize", "StartTransaction", "TransactionEvent", "StopTransaction")
    def answered(self, call: Seen, answer: Seen) -> None:
        info = answer.object("idTagInfo") or answer.object("idTokenInfo")
        status, token = text_at(info, "status"), call.text("idTag") or call.text("idToken", "idToken") or ""
        if status is None:
            return
        if (parent := text_at(info, "parentIdTag")) is not None:
            put(self.parents, token, parent, MOST_TOKENS)
        if status == "Accepted":
            self.refused.pop(token, None)
            self.compare_expiry(info, answer)
            return
        self.found(REFUSED, answer, (call,), action=call.action, status=status)
        if call.action == "Authorize":
            put(self.refused, token, (status, answer.index), MOST_TOKENS)
        elif call.action == "StartTransaction":
            self.must_stop(answer, status)

    def compare_expiry(self, info: object, answer: Seen) -> None:
        """Look whether an accepted id token has expired by then."""
        text = text_at(info, "expiryDate") or text_at(info, "cacheExpiryDateTime")
        expiry = time_of(text) if text else None
        if (
            expiry is not None
            and answer.is_timed
            and (age := answer.time - expiry) > self.limits.clock_tolerance * SECOND
        ):
            self.found(ACCEPTED_BUT_EXPIRED, answer, age=TimeSpan(age))

    def must_stop(self, answer: Seen, status: str) -> None:
        """Expect the end of a transaction whose id token was refused, if the charge point is to stop it."""
        number = answer.integer("transactionId")
        if number is None or not answer.is_timed or not self.known.switch("StopTransactionOnInvalidId"):
            return
        index, wait = answer.index, round(self.limits.command_patience * SECOND)

        def look() -> None:
            one = self.known.transactions.get(str(number))
            if one is not None and one.is_open:
                self.found(GOES_ON_AFTER_REFUSAL, index, transaction=one.id, status=status, waited=TimeSpan(wait))

        self.wait("stop", answer.clock + wait, look)

    @on_call("StartTransaction")
    def starts(self, call: Seen) -> None:
        refused = self.refused.get(call.text("idTag") or "")
        if refused is not None:
            self.found(STARTS_AFTER_REFUSAL, call, (refused[1],), status=refused[0])

    @on_call("StopTransaction")
    def stops(self, call: Seen) -> None:
        one, token = self.known.transactions.get(str(call.integer("transactionId"))), call.text("idTag")
        if one is None or one.start is None or not token or not one.id_token or token == one.id_token:
            return
        parent, other = self.parents.get(one.id_token), self.parents.get(token)
        if parent is not None and other is not None and parent != other:
            self.found(STOPPED_BY_STRANGER, call, (one.start,), transaction=one.id, parent=parent, other=other)

    @on_call("RemoteStartTransaction")
    def starts_remotely(self, call: Seen) -> None:
        self.refused.pop(call.text("idTag") or "", None)

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def reconnected(self, event: Seen) -> None:
        self.refused.clear()
        self.stop_waiting("stop")
