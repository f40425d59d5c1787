"""Authorization: what the central system answers for id tokens, and what a charge point makes of it."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import SECOND_GENERATION, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_TOKENS = 500
"""Id tokens whose last answer is remembered, for each charge point."""


def started(token: str = "A", status: str = "Accepted", more: str = "") -> str:
    """A StartTransaction at 10:00:10, and what is answered for its id token."""
    return (
        f'10:00:10 > StartTransaction {{"connectorId":1,"idTag":"{token}","meterStart":0,'
        f'"timestamp":"2026-01-01T10:00:10Z"}}\n'
        f'10:00:11 < ok {{"idTagInfo":{{"status":"{status}"{more}}},"transactionId":7}}\n'
    )


def authorized(status: str, token: str = "A", more: str = "") -> str:
    """An Authorize at 10:00:00, and what is answered for its id token."""
    return f'10:00:00 > Authorize {{"idTag":"{token}"}}\n10:00:01 < ok {{"idTagInfo":{{"status":"{status}"{more}}}}}\n'


_AUTHORIZE_2 = '2.0.1\n10:00:00 > Authorize {"idToken":{"idToken":"A","type":"Central"}}\n'
_REFUSED_2 = _AUTHORIZE_2 + '10:00:01 < ok {"idTokenInfo":{"status":"Invalid"}}\n'


def _event(token: str = "", answer: str = "ok", kind: str = "Started") -> str:
    named = f',"idToken":{{"idToken":"{token}","type":"Central"}}' if token else ""
    return (
        f'10:00:10 > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T10:00:10Z","triggerReason":'
        f'"Authorized","seqNo":0,"transactionInfo":{{"transactionId":"t1"}}{named}}}\n10:00:11 < {answer}\n'
    )


_ACCEPTED_2 = 'ok {"idTokenInfo":{"status":"Accepted"}}'


def _certificate(certificate: str, token: str) -> str:
    return (
        '2.0.1\n10:00:00 > Authorize {"idToken":{"idToken":"DE1","type":"eMAID"},"certificate":"x"}\n'
        f'10:00:01 < ok {{"idTokenInfo":{{"status":"{token}"}},"certificateStatus":"{certificate}"}}\n'
    )


_REQUESTED = (
    '2.0.1\n10:00:00 < RequestStartTransaction {"remoteStartId":1,"idToken":{"idToken":"C","type":"Central"}}\n'
    '10:00:00 > ok {"status":"Accepted"}\n'
)
_ASKS = '10:00:02 > Authorize {"idToken":{"idToken":"C","type":"Central"}}\n'
_AUTHORIZE_REMOTE = (
    '2.0.1\n09:00:00 < GetVariables {"getVariableData":[{"component":{"name":"AuthCtrlr"},"variable":'
    '{"name":"AuthorizeRemoteStart"}}]}\n09:00:00 > ok {"getVariableResult":[{"attributeStatus":"Accepted",'
    '"attributeValue":"true","component":{"name":"AuthCtrlr"},"variable":{"name":"AuthorizeRemoteStart"}}]}\n'
)

REFUSED = Rule(
    "auth.refused",
    Severity.WARNING,
    "The central system refuses the id token.",
    "OCPP 1.6 sections 4.1 and 7.2; OCPP 2.0.1 and 2.1 Part 2 C01.FR.07",
    says="The central system refuses the id token of this {action}: {status}.",
    remedy="Invalid means that it is unknown, ConcurrentTx that it already has a transaction; Blocked and Expired are "
    "for the operator to change.",
    positive=(
        authorized("Blocked").replace("10:00:01", "* 10:00:01"),
        started(status="Invalid").replace("10:00:11", "* 10:00:11"),
        _AUTHORIZE_2 + '* 10:00:01 < ok {"idTokenInfo":{"status":"NoCredit"}}',
    ),
    negative=(authorized("Accepted"), started(), _AUTHORIZE_2 + '10:00:01 < ok {"idTokenInfo":{"status":"Accepted"}}'),
)

STARTS_AFTER_REFUSAL = Rule(
    "auth.start-after-refusal",
    Severity.ERROR,
    "The charge point starts a transaction with an id token that the central system has just refused.",
    "OCPP 1.6 sections 3.5, 4.1 and 4.8; OCPP 2.0.1 and 2.1 Part 2 C01.FR.01",
    says="The charge point starts a transaction although the central system answered {status} for its id token.",
    remedy="A charge point that is online must not start charging before the id token is accepted.",
    positive=(
        authorized("Invalid") + started().replace("10:00:10 >", "* 10:00:10 >"),
        _REFUSED_2 + "* " + _event("A", _ACCEPTED_2),
    ),
    negative=(
        authorized("Accepted") + started(),
        authorized("Invalid", "B") + started(),
        authorized("Invalid") + "10:00:05 closed\n10:00:06 opened\n" + started(),
        authorized("Invalid")
        + '10:00:05 < RemoteStartTransaction {"idTag":"A"}\n10:00:05 > ok {"status":"Accepted"}\n'
        + started(),
        authorized("Invalid")
        + '10:00:05 < SendLocalList {"listVersion":1,"updateType":"Full","localAuthorizationList":'
        '[{"idTag":"A","idTagInfo":{"status":"Accepted"}}]}\n10:00:05 > ok {"status":"Accepted"}\n' + started(),
        authorized("Invalid").replace(" > ", " CP2 > ").replace(" < ", " CP2 < ") + started(),
        _REFUSED_2 + _event("B", _ACCEPTED_2),
        _REFUSED_2 + _event(),
        started(),
    ),
)

CONCURRENT = Rule(
    "auth.concurrent-in-authorize",
    Severity.INFO,
    "The central system answers ConcurrentTx to an Authorize.",
    "OCPP 1.6 section 7.2",
    versions=frozenset({Version.V16}),
    remedy="ConcurrentTx is only relevant for a StartTransaction: an Authorize may also be sent to stop a transaction.",
    positive=(authorized("ConcurrentTx").replace("10:00:01", "* 10:00:01"),),
    negative=(started(status="ConcurrentTx"), authorized("Blocked")),
)

INFO_MISSING = Rule(
    "auth.info-missing",
    Severity.ERROR,
    "The CSMS does not say whether the id token of a TransactionEvent is accepted.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.12, E02.FR.02 and E03.FR.02",
    versions=SECOND_GENERATION,
    remedy="The answer needs an idTokenInfo, because the event has an idToken.",
    positive=("2.0.1\n" + _event("A").replace("10:00:11", "* 10:00:11"),),
    negative=(
        "2.0.1\n" + _event("A", _ACCEPTED_2),
        "2.0.1\n" + _event(),
        "2.0.1\n" + _event("A", 'error InternalError "no"'),
    ),
)

INFO_UNASKED = Rule(
    "auth.info-unasked",
    Severity.INFO,
    "The answer to a TransactionEvent without an id token has an idTokenInfo.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.12 and TransactionEventResponse",
    versions=SECOND_GENERATION,
    remedy="The charging station cannot know which id token it concerns.",
    positive=("2.0.1\n" + _event("", _ACCEPTED_2).replace("10:00:11", "* 10:00:11"),),
    negative=("2.0.1\n" + _event(), "2.0.1\n" + _event("A", _ACCEPTED_2)),
)

CENTRAL_ASKED = Rule(
    "auth.central-asked",
    Severity.WARNING,
    "The charging station asks for an id token of type Central, with which the CSMS itself started a transaction.",
    "OCPP 2.0.1 and 2.1 Part 2 C03.FR.01 and C05.FR.01",
    versions=SECOND_GENERATION,
    remedy="The CSMS made this id token, and has accepted it. To ask again costs time.",
    positive=(_REQUESTED + "* " + _ASKS,),
    negative=(
        _REQUESTED + _event("C", _ACCEPTED_2),
        "2.0.1\n" + _ASKS,
        _REQUESTED.replace("Accepted", "Rejected") + _ASKS,
        _REQUESTED + _ASKS.replace(" > ", " CP2 > "),
        _AUTHORIZE_REMOTE + _REQUESTED.removeprefix("2.0.1\n") + _ASKS,
    ),
)

CERTIFICATE_STATUS = Rule(
    "auth.certificate-status",
    Severity.WARNING,
    "The status of the contract certificate contradicts that of the id token.",
    "OCPP 2.0.1 and 2.1 Part 2 C07.FR.13 to C07.FR.17",
    versions=SECOND_GENERATION,
    says="The certificateStatus is {certificate}, but the status of the id token is {status}.",
    remedy="An invalid certificate makes the id token invalid. A valid one of a refused contract is ContractCancelled.",
    positive=(
        _certificate("CertificateRevoked", "Accepted").replace("10:00:01", "* 10:00:01"),
        _certificate("Accepted", "Blocked").replace("10:00:01", "* 10:00:01"),
    ),
    negative=(
        _certificate("CertificateRevoked", "Invalid"),
        _certificate("Accepted", "Accepted"),
        _certificate("ContractCancelled", "Blocked"),
        _certificate("Accepted", "ConcurrentTx"),
        "2.0.1\n" + _event("A", _ACCEPTED_2),
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
        authorized("Accepted", more=',"expiryDate":"2025-12-31T10:00:01Z"').replace("10:00:01 <", "* 10:00:01 <"),
    ),
    negative=(
        authorized("Accepted", more=',"expiryDate":"2026-12-31T10:00:01Z"'),
        authorized("Expired", more=',"expiryDate":"2025-12-31T10:00:01Z"'),
    ),
)

RULES = (
    REFUSED,
    STARTS_AFTER_REFUSAL,
    CONCURRENT,
    INFO_MISSING,
    INFO_UNASKED,
    CENTRAL_ASKED,
    CERTIFICATE_STATUS,
    ACCEPTED_BUT_EXPIRED,
)

_ASKS_ANYWAY = "AuthCtrlr.AuthorizeRemoteStart"
_CANCELLED = ("Blocked", "Expired", "Invalid", "Unknown")
"""The statuses of an id token whose contract certificate cannot be Accepted."""


class AuthorizationChecker(Checker):
    """Remembers what was answered for the id tokens of a charge point."""

    def begin(self) -> None:
        self.refused: dict[str, tuple[str, int]] = {}  # by id token: the status and the answer, in this connection
        self.central: dict[str, int] = {}  # id tokens of the CSMS itself, and the request

    @on_exchange("Authorize", "StartTransaction", "TransactionEvent", "StopTransaction")
    def answered(self, call: Seen, answer: Seen) -> None:
        info = answer.object("idTagInfo") or answer.object("idTokenInfo")
        status, token = text_at(info, "status"), _token_of(call)
        if call.action == "TransactionEvent" and answer.value("idTokenInfo") is None:
            if token is not None:
                self.found(INFO_MISSING, answer, (call,))
        elif call.action == "TransactionEvent" and call.value("idToken") is None:
            self.found(INFO_UNASKED, answer, (call,))
        if status is None:
            return
        if call.action == "Authorize":
            self.compare_certificate(call, answer, status)
        if status == "Accepted":
            self.refused.pop(token or "", None)
            self.compare_expiry(info, answer)
            return
        self.found(REFUSED, answer, (call,), action=call.action, status=status)
        if call.action == "Authorize":
            put(self.refused, token or "", (status, answer.index), MOST_TOKENS)
            if status == "ConcurrentTx":
                self.found(CONCURRENT, answer, (call,))

    def compare_certificate(self, call: Seen, answer: Seen, status: str) -> None:
        certificate = answer.text("certificateStatus")
        if certificate is not None and (status in _CANCELLED if certificate == "Accepted" else status == "Accepted"):
            self.found(CERTIFICATE_STATUS, answer, (call,), certificate=certificate, status=status)

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

    @on_call("Authorize")
    def asks(self, call: Seen) -> None:
        request = self.central.pop(_token_of(call) or "", None)
        if request is not None and not self.known.switch(_ASKS_ANYWAY) and call.text("idToken", "type") == "Central":
            self.found(CENTRAL_ASKED, call, (request,))

    @on_call("StartTransaction", "TransactionEvent")
    def starts(self, call: Seen) -> None:
        if not self.refused or call.text("eventType") in ("Updated", "Ended"):
            return
        refused = self.refused.get(_token_of(call) or "")
        if refused is not None:
            self.found(STARTS_AFTER_REFUSAL, call, (refused[1],), status=refused[0])

    @on_call("RemoteStartTransaction", "RequestStartTransaction")
    def starts_remotely(self, call: Seen) -> None:
        self.refused.pop(_token_of(call) or "", None)

    @on_exchange("RequestStartTransaction")
    def started_remotely(self, call: Seen, answer: Seen) -> None:
        token = _token_of(call)
        if token and call.text("idToken", "type") == "Central" and answer.text("status") == "Accepted":
            put(self.central, token, call.index, MOST_TOKENS)

    @on_exchange("SendLocalList")
    def list_sent(self, call: Seen, answer: Seen) -> None:
        self.refused.clear()  # it may accept them

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def reconnected(self, event: Seen) -> None:
        self.refused.clear()


def _token_of(call: Seen) -> str | None:
    """The id token of a call; upper and lower case are the same (OCPP 1.6 section 7.15, CiString)."""
    token = call.text("idTag") or call.text("idToken", "idToken")
    return token.casefold() if token else None
