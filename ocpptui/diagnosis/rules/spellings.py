"""Spellings: one identifier in upper and lower case, and the languages of an id token."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_IDENTIFIERS = 500
LONGEST_IDENTIFIER = 64

_START = 'StartTransaction {"connectorId":1,"idTag":"%s","meterStart":0,"timestamp":"2026-01-01T10:00:02Z"}'
_AUTHORIZE_2X = '> Authorize {"idToken":{"idToken":"%s","type":"ISO14443"}}'
_EVENT = """> TransactionEvent {"eventType":"%s","timestamp":"2026-01-01T10:00:00Z","triggerReason":"Trigger",
    "seqNo":%d,"transactionInfo":{"transactionId":"%s"}}"""

SPELLED_OTHERWISE = Rule(
    "text.case",
    Severity.INFO,
    "The same identifier is written in upper and in lower case.",
    "OCPP 1.6 sections 7.15 to 7.19 and 7.28 (CiString); OCPP 2.0.1 and 2.1 Part 2 section 2.28",
    says="The {what} {text} was written {before} before; OCPP treats both as the same.",
    remedy="A peer that distinguishes upper and lower case treats them as two.",
    positive=(
        (
            '10:00:00 > Authorize {"idTag":"04a2"}\n10:00:01 < ok {"idTagInfo":{"status":"Accepted"}}\n'
            f"* 10:00:02 > {_START % '04A2'}"
        ),
        (
            '10:00:00 < ChangeConfiguration {"key":"HeartbeatInterval","value":"60"}\n'
            '10:00:01 > ok {"status":"Accepted"}\n* 10:00:02 < GetConfiguration {"key":["HeartBeatInterval"]}'
        ),
        (
            f"2.0.1\n10:00:00 {_AUTHORIZE_2X % '04a2'}\n* 10:00:01 {_AUTHORIZE_2X % '04A2'}\n"
            f"10:00:02 {_AUTHORIZE_2X % '04a2'}"
        ),
        f"2.0.1\n10:00:00 {_EVENT % ('Started', 0, 'ab-1')}\n* 10:00:01 {_EVENT % ('Updated', 1, 'AB-1')}",
    ),
    negative=(
        (
            '10:00:00 > Authorize {"idTag":"04A2"}\n10:00:01 < ok {"idTagInfo":{"status":"Accepted"}}\n'
            f"10:00:02 > {_START % '04A2'}"
        ),
        '10:00:00 > Authorize {"idTag":"04a2"}\n10:00:01 CP2 > Authorize {"idTag":"04A2"}',
        '10:00:00 > Authorize {"idTag":"HeartBeatInterval"}\n10:00:01 < GetConfiguration {"key":["HeartbeatInterval"]}',
    ),
)

LONE_LANGUAGE_2 = Rule(
    "text.lone-language2",
    Severity.INFO,
    "The id token has a second language without a first, or the same language twice.",
    "OCPP 2.0.1 and 2.1 Part 2, C01.FR.10 and C01.FR.11",
    versions=frozenset(version for version in Version if version.generation > 1),
    says="language2 is {second}, but language1 is {first}.",
    positive=(
        (
            f"2.0.1\n10:00:00 {_AUTHORIZE_2X % 'A'}\n"
            '* 10:00:01 < ok {"idTokenInfo":{"status":"Accepted","language2":"de"}}'
        ),
        (
            f"2.1\n10:00:00 {_AUTHORIZE_2X % 'A'}\n"
            '* 10:00:01 < ok {"idTokenInfo":{"status":"Accepted","language1":"de","language2":"de"}}'
        ),
    ),
    negative=(
        (
            f"2.0.1\n10:00:00 {_AUTHORIZE_2X % 'A'}\n"
            '10:00:01 < ok {"idTokenInfo":{"status":"Accepted","language1":"en","language2":"de"}}'
        ),
        f'2.0.1\n10:00:00 {_AUTHORIZE_2X % "A"}\n10:00:01 < ok {{"idTokenInfo":{{"status":"Accepted"}}}}',
    ),
)

RULES = (SPELLED_OTHERWISE, LONE_LANGUAGE_2)

_ID_TAGS = ("Authorize", "StartTransaction", "StopTransaction", "RemoteStartTransaction", "ReserveNow")


class SpellingChecker(Checker):
    """Remembers how each identifier was first written."""

    def begin(self) -> None:
        self.first: dict[tuple[str, str], tuple[str, int]] = {}
        self.said: dict[tuple[str, str], bool] = {}

    @on_call(*_ID_TAGS, "RequestStartTransaction")
    def id_token(self, call: Seen) -> None:
        self.compare(call, "id token", call.text("idTag") or call.text("idToken", "idToken"))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        self.compare(call, "transactionId", call.text("transactionInfo", "transactionId"))
        self.compare(call, "id token", call.text("idToken", "idToken"))

    @on_call("ChangeConfiguration", "GetConfiguration")
    def key(self, call: Seen) -> None:
        self.compare(call, "key", call.text("key"))
        for key in call.texts("key"):
            self.compare(call, "key", key)

    def compare(self, call: Seen, what: str, text: str | None) -> None:
        if not text or len(text) > LONGEST_IDENTIFIER:
            return
        name = (what, text.casefold())
        before = self.first.get(name)
        if before is None:
            put(self.first, name, (text, call.index), MOST_IDENTIFIERS)
        elif before[0] != text and name not in self.said:
            put(self.said, name, True, MOST_IDENTIFIERS)
            self.found(SPELLED_OTHERWISE, call, (before[1],), what=what, text=text, before=before[0])

    @on_exchange("Authorize")
    def authorized(self, call: Seen, answer: Seen) -> None:
        second, first = answer.text("idTokenInfo", "language2"), answer.text("idTokenInfo", "language1")
        if second is not None and (first is None or first == second):
            self.found(LONE_LANGUAGE_2, answer, (call,), second=second, first=first or "missing")
