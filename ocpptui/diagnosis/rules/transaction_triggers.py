"""What the events of a transaction of OCPP 2.x say besides their order: why, by whom, and with which values."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_REMOTE_STARTS = 200
"""Requests of remote starts whose ids are remembered."""
_TRIGGERS = "OCPP 2.0.1 and 2.1 Part 2, TriggerReasonEnumType"


def _event(kind: str, number: int, trigger: str, info: str = "", more: str = "") -> str:
    at = f"10:0{number}:00"
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n{at} < ok\n'
    )


_CHARGING = ',"chargingState":"Charging"'
_IDLE = ',"chargingState":"Idle"'
_TOKEN = ',"idToken":{"idToken":"A","type":"ISO14443"}'
_REMOTE_4, _REMOTE_5 = ',"remoteStartId":4', ',"remoteStartId":5'
_LOCAL, _REMOTE = ',"stoppedReason":"Local"', ',"stoppedReason":"Remote"'
_START = "2.0.1\n" + _event("Started", 0, "CablePluggedIn")
_BOOT = """
2.0.1
09:00:00 opened
09:00:01 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
09:00:02 < ok {"currentTime":"2026-01-01T09:00:02Z","interval":300,"status":"Accepted"}
"""
_STOP = """
10:00:30 < RequestStopTransaction {"transactionId":"t1"}
10:00:31 > ok {"status":"Accepted"}
"""
_ASKED = """
10:00:30 < TriggerMessage {"requestedMessage":"TransactionEvent"}
10:00:31 > ok {"status":"Accepted"}
"""
_REQUEST = """
09:30:00 < RequestStartTransaction {"remoteStartId":4,"evseId":1,"idToken":{"idToken":"A","type":"Central"}}
09:30:01 > ok {"status":"Accepted"}
"""


WRONG_TRIGGER = Rule(
    "tx2.trigger-reason",
    Severity.WARNING,
    "The triggerReason of the event does not fit what happened.",
    f"{_TRIGGERS} and ChargingStateEnumType; E01.FR.15, E01.FR.18, E02.FR.20, F03.FR.02, F03.FR.03 and F06.FR.07",
    versions=SECOND_GENERATION,
    says="The event {kind} was triggered by {trigger}, {but}.",
    remedy="The charging station gives the wrong eventType or triggerReason.",
    positive=(
        f"2.0.1\n* {_event('Started', 0, 'StopAuthorized')}",
        f"{_START}* {_event('Ended', 1, 'CablePluggedIn')}",
        f"{_START}{_STOP}* {_event('Ended', 1, 'StopAuthorized')}",
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _CHARGING)}"
            f"* {_event('Updated', 1, 'ChargingStateChanged', _CHARGING)}"
        ),
        f"{_BOOT}{_event('Started', 0, 'CablePluggedIn')}* {_event('Updated', 1, 'Trigger')}",
        f"{_START}* {_event('Updated', 1, 'EVDeparted', _CHARGING)}",
        f"{_START}* {_event('Ended', 1, 'EVConnectTimeout', _CHARGING)}",
        f"2.0.1\n* {_event('Started', 0, 'CablePluggedIn', _IDLE)}",
    ),
    negative=(
        f"{_START}{_event('Updated', 1, 'Authorized', more=_TOKEN)}{_event('Ended', 2, 'EVCommunicationLost')}",
        f"{_START}{_event('Ended', 1, 'Authorized', more=_TOKEN)}",  # the specification does not rule it out
        f"{_START}{_STOP}{_event('Ended', 1, 'RemoteStop', _REMOTE)}",
        f"{_START}{_STOP}{_event('Updated', 1, 'RemoteStop')}{_event('Ended', 2, 'StopAuthorized')}",
        f"{_START}{_STOP.replace('Accepted', 'Rejected')}{_event('Ended', 1, 'StopAuthorized')}",
        f"{_START}{_STOP.replace('t1', 't2')}{_event('Ended', 1, 'StopAuthorized')}",
        f"{_START}{_event('Updated', 1, 'ChargingStateChanged', _CHARGING)}",
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _CHARGING)}"
            f"{_event('Updated', 2, 'ChargingStateChanged', _CHARGING)}"
        ),
        f"{_BOOT}{_event('Started', 0, 'CablePluggedIn')}{_ASKED}{_event('Updated', 1, 'Trigger')}",
        f"{_START}{_event('Updated', 1, 'Trigger')}",
        f"{_START}{_event('Updated', 1, 'EVDeparted', _IDLE)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _CHARGING)}",
    ),
)

AUTHORIZED_WITHOUT_TOKEN = Rule(
    "tx2.authorized-without-token",
    Severity.INFO,
    "An event was triggered by an authorization, but no event of the transaction has an id token.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.15 and E03.FR.01",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} was authorized, but none of its events has an id token so far.",
    remedy="The CSMS cannot know who was authorized.",
    positive=(
        f"2.0.1\n* {_event('Started', 0, 'Authorized')}{_event('Updated', 1, 'Authorized')}",
        f"{_START}* {_event('Updated', 1, 'Authorized')}",
    ),
    negative=(
        f"2.0.1\n{_event('Started', 0, 'Authorized', more=_TOKEN)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', more=_TOKEN)}{_event('Updated', 1, 'Authorized')}",
        f"2.0.1\n{_event('Updated', 3, 'Authorized')}",  # an earlier event may have had the token
    ),
)

STATE_MISSING = Rule(
    "tx2.state-missing",
    Severity.INFO,
    "The charging state has changed, but the event does not say to what.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.18 and E02.FR.13",
    versions=SECOND_GENERATION,
    says="The event {kind} was triggered by ChargingStateChanged, but has no chargingState.",
    positive=(f"{_START}* {_event('Updated', 1, 'ChargingStateChanged')}",),
    negative=(f"{_START}{_event('Updated', 1, 'ChargingStateChanged', _CHARGING)}",),
)

TOKEN_REPEATED = Rule(
    "tx2.token-repeated",
    Severity.INFO,
    "The events of a transaction repeat its id token.",
    "OCPP 2.0.1 and 2.1 Part 2, TransactionEventRequest, field idToken; E03.FR.01 and E07.FR.02",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} has named its id token before, and this event, triggered by {trigger}, repeats it.",
    remedy="It is sent once when it authorizes the transaction, and once when it ends the authorization.",
    positive=(
        (
            f"2.0.1\n{_event('Started', 0, 'Authorized', more=_TOKEN)}"
            f"* {_event('Updated', 1, 'MeterValuePeriodic', more=_TOKEN)}"
            f"{_event('Updated', 2, 'MeterValuePeriodic', more=_TOKEN)}"
        ),
    ),
    negative=(
        f"2.0.1\n{_event('Started', 0, 'Authorized', more=_TOKEN)}{_event('Ended', 1, 'StopAuthorized', more=_TOKEN)}",
        f"{_START}{_event('Updated', 1, 'MeterValuePeriodic', more=_TOKEN)}",
    ),
)

REMOTE_ID_MISSING = Rule(
    "tx2.remote-start-id",
    Severity.ERROR,
    "The event was triggered by a remote start, but the transaction does not name it.",
    "OCPP 2.0.1 and 2.1 Part 2 C05.FR.03, F01.FR.25 and F02.FR.21",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} was triggered by a remote start, but has no remoteStartId.",
    remedy="The CSMS cannot tell which of its requests has started the transaction.",
    positive=(
        f"2.0.1\n* {_event('Started', 0, 'RemoteStart')}",
        f"2.0.1{_REQUEST}* {_event('Started', 0, 'RemoteStart')}",
        f"2.0.1{_REQUEST}{_event('Started', 0, 'CablePluggedIn')}* {_event('Updated', 1, 'RemoteStart')}",
    ),
    negative=(
        f"2.0.1\n{_event('Started', 0, 'RemoteStart', _REMOTE_4)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn')}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _REMOTE_4)}{_event('Updated', 1, 'RemoteStart')}",
        f"2.0.1\n{_event('Updated', 5, 'RemoteStart')}",  # an earlier event may have named it
    ),
)

REMOTE_ID_UNKNOWN = Rule(
    "tx2.remote-start-unknown",
    Severity.WARNING,
    "The transaction names a remote start that nobody requested.",
    "OCPP 2.0.1 and 2.1 Part 2 F01.FR.25 and F02.FR.01",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} has the remoteStartId {number}, but no RequestStartTransaction had it.",
    remedy="The CSMS cannot tell which of its requests has started the transaction.",
    positive=(f"{_BOOT}{_REQUEST}* {_event('Started', 0, 'RemoteStart', _REMOTE_5)}",),
    negative=(
        f"{_BOOT}{_REQUEST}{_event('Started', 0, 'RemoteStart', _REMOTE_4)}",
        f"{_BOOT}{_event('Started', 0, 'RemoteStart', _REMOTE_5)}",
        f"2.0.1{_REQUEST}{_event('Started', 0, 'RemoteStart', _REMOTE_5)}",
    ),
)

WRONG_REASON = Rule(
    "tx2.stopped-reason",
    Severity.WARNING,
    "The reason why the transaction ended does not fit what triggered its last event, or is missing.",
    "OCPP 2.0.1 and 2.1 Part 2 E06.FR.08, E06.FR.09, E07.FR.04 to E07.FR.06, F03.FR.03 and B12.FR.04",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} ended by {trigger}, but its stoppedReason is {reason}.",
    remedy="Only the reason Local may be omitted: reports will count the transaction as stopped by the user.",
    positive=(
        f"{_START}* {_event('Ended', 1, 'RemoteStop')}",
        f"{_START}* {_event('Ended', 1, 'RemoteStop', _LOCAL)}",
        f"{_START}* {_event('Ended', 1, 'ResetCommand')}",
    ),
    negative=(
        f"{_START}{_event('Ended', 1, 'RemoteStop', _REMOTE)}",
        f"{_START}{_event('Ended', 1, 'EVDeparted')}",
        f"{_START}{_event('Ended', 1, 'EVDeparted', _LOCAL)}",
        f"{_START}{_event('Ended', 1, 'StopAuthorized')}",
        f"{_START}{_event('Updated', 1, 'RemoteStop')}",
    ),
)

REASON_EARLY = Rule(
    "tx2.stopped-reason-early",
    Severity.WARNING,
    "The first event of a transaction gives a reason why the transaction ended.",
    "OCPP 2.0.1 and 2.1 Part 2, TransactionType, field stoppedReason",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} has only just started, but already has the stoppedReason {reason}.",
    positive=(f"2.0.1\n* {_event('Started', 0, 'CablePluggedIn', _LOCAL)}",),
    negative=(_START,),
)

RULES = (
    WRONG_TRIGGER,
    AUTHORIZED_WITHOUT_TOKEN,
    STATE_MISSING,
    TOKEN_REPEATED,
    REMOTE_ID_MISSING,
    REMOTE_ID_UNKNOWN,
    WRONG_REASON,
    REASON_EARLY,
)

_CANNOT_TRIGGER = {
    "Started": (
        "EnergyLimitReached",
        "EVConnectTimeout",
        "EVDeparted",
        "MeterValueClock",
        "MeterValuePeriodic",
        "RemoteStop",
        "StopAuthorized",
        "TimeLimitReached",
    ),
    "Ended": ("CablePluggedIn", "EVDetected", "MeterValueClock", "MeterValuePeriodic", "RemoteStart"),
}
_RULES_OUT = {"CablePluggedIn": "Idle", "EVConnectTimeout": "Charging", "EVDeparted": "Charging"}
"""By trigger, the charging state that it cannot have: in Idle no vehicle is connected, in Charging one takes energy."""
_AUTHORIZES = ("Authorized", "Deauthorized", "RemoteStart", "RemoteStop", "StopAuthorized")
_REASON_OF = {
    "RemoteStop": "Remote",
    "EnergyLimitReached": "EnergyLimitReached",
    "TimeLimitReached": "TimeLimitReached",
}
_NEEDS_REASON = (*_REASON_OF, "Deauthorized", "ResetCommand")
"""Triggers of an Ended whose reason is not Local."""


class TransactionTriggerChecker(Checker):
    """Looks at what each event says, and compares it with what the transaction has said before."""

    def begin(self) -> None:
        self.remote_starts: dict[int, bool] = {}  # the ids that were requested
        self.remote_stops: dict[str, tuple[int, int]] = {}  # by transaction: the call, and the clock of its answer
        self.repeating: dict[str, bool] = {}  # transactions whose repeated id token was reported
        self.without_token: dict[str, bool] = {}  # transactions whose missing id token was reported
        self.followed: dict[str, bool] = {}  # transactions with an event in this connection
        self.is_triggered = False  # a TriggerMessage has asked for an event

    @on_call("RequestStartTransaction")
    def requested(self, call: Seen) -> None:
        if (number := call.integer("remoteStartId")) is not None:
            put(self.remote_starts, number, True, MOST_REMOTE_STARTS)

    @on_exchange("RequestStopTransaction")
    def stop_accepted(self, call: Seen, answer: Seen) -> None:
        number = call.text("transactionId")
        if number and answer.text("status") == "Accepted" and answer.is_timed:
            put(self.remote_stops, number, (call.index, answer.clock), MOST_TRANSACTIONS)

    @on_call("TriggerMessage")
    def triggered(self, call: Seen) -> None:
        self.is_triggered |= call.text("requestedMessage") == "TransactionEvent"

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction, kind = call.text("transactionInfo", "transactionId"), call.text("eventType")
        trigger = call.text("triggerReason")
        if not transaction or kind is None or trigger is None:
            return
        if trigger == "RemoteStop":
            self.remote_stops.pop(transaction, None)
        contradiction = self.contradiction(call, transaction, kind, trigger)
        if contradiction is not None:
            but, related = contradiction
            self.found(WRONG_TRIGGER, call, related, kind=kind, trigger=trigger, but=but)
        if trigger == "Authorized":
            self.look_for_token(call, transaction, kind)
        if trigger == "ChargingStateChanged" and call.text("transactionInfo", "chargingState") is None:
            self.found(STATE_MISSING, call, kind=kind)
        self.compare_token(call, transaction, trigger)
        self.compare_remote_start(call, transaction, kind, trigger)
        self.look_at_reason(call, transaction, kind, trigger)
        put(self.followed, transaction, True, MOST_TRANSACTIONS)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.followed.clear()  # the state may have changed meanwhile

    def contradiction(
        self, call: Seen, transaction: str, kind: str, trigger: str
    ) -> tuple[Phrase, tuple[int, ...]] | None:
        """What rules the trigger of an event out, and the records that show it."""
        if trigger in _CANNOT_TRIGGER.get(kind, ()):
            return Phrase(f"which cannot {'start' if kind == 'Started' else 'end'} a transaction"), ()
        ruled_out = _RULES_OUT.get(trigger)
        if ruled_out is not None and call.text("transactionInfo", "chargingState") == ruled_out:
            return Phrase(f"but its chargingState is {ruled_out}"), ()
        one = self.known.transactions.get(transaction)
        if trigger == "StopAuthorized" and kind == "Ended" and transaction in self.remote_stops:
            asked, clock = self.remote_stops[transaction]
            waited = call.since(clock)
            if waited is not None and waited <= self.limits.command_patience * SECOND:
                return Phrase("but the CSMS has stopped it"), (asked,)
        elif trigger == "ChargingStateChanged" and kind == "Updated" and one is not None:
            state, number = call.text("transactionInfo", "chargingState"), call.integer("seqNo")
            is_next = one.last_seq_no is not None and number == one.last_seq_no + 1
            if state is not None and state == one.charging_state and is_next and transaction in self.followed:
                return Phrase("but the charging state is the same as before"), ()
        elif trigger == "Trigger" and self.known.booted and not self.is_triggered:
            self.is_triggered = True  # once
            return Phrase("but no TriggerMessage has asked for it"), ()
        return None

    def look_for_token(self, call: Seen, transaction: str, kind: str) -> None:
        one = self.known.transactions.get(transaction)
        is_first = kind == "Started" and (one is None or one.start is None)
        is_missing = is_first or (one is not None and one.start is not None and one.id_token is None)
        if is_missing and not call.object("idToken") and transaction not in self.without_token:
            put(self.without_token, transaction, True, MOST_TRANSACTIONS)
            self.found(AUTHORIZED_WITHOUT_TOKEN, call, transaction=transaction)

    def compare_token(self, call: Seen, transaction: str, trigger: str) -> None:
        one, token = self.known.transactions.get(transaction), call.text("idToken", "idToken")
        if one is None or not token or one.id_token != token or trigger in _AUTHORIZES or call.repeats_id:
            return
        if transaction not in self.repeating and call.integer("seqNo") != one.last_seq_no:
            put(self.repeating, transaction, True, MOST_TRANSACTIONS)
            self.found(TOKEN_REPEATED, call, transaction=transaction, trigger=trigger)

    def compare_remote_start(self, call: Seen, transaction: str, kind: str, trigger: str) -> None:
        one, number = self.known.transactions.get(transaction), call.integer("transactionInfo", "remoteStartId")
        if number is None:
            is_known = kind == "Started" or (one is not None and one.start is not None)
            is_named = one is not None and one.remote_start_id is not None
            if trigger == "RemoteStart" and kind != "Ended" and is_known and not is_named:
                self.found(REMOTE_ID_MISSING, call, transaction=transaction)
        elif kind == "Started" and (one is None or one.start is None) and call.value("offline") is not True:
            is_certain = self.known.booted and self.remote_starts
            if is_certain and number not in self.remote_starts:
                self.found(REMOTE_ID_UNKNOWN, call, transaction=transaction, number=number)

    def look_at_reason(self, call: Seen, transaction: str, kind: str, trigger: str) -> None:
        reason = call.text("transactionInfo", "stoppedReason")
        if kind == "Started" and reason is not None:
            self.found(REASON_EARLY, call, transaction=transaction, reason=reason)
        elif kind == "Ended" and reason is None and trigger in _NEEDS_REASON:
            missing = Phrase("missing, which means Local")
            self.found(WRONG_REASON, call, transaction=transaction, trigger=trigger, reason=missing)
        elif kind == "Ended" and reason is not None and reason != _REASON_OF.get(trigger, reason):
            self.found(WRONG_REASON, call, transaction=transaction, trigger=trigger, reason=reason)
