"""What the events of a transaction of OCPP 2.x say besides their order: why, by whom, and with which values."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.connector_states import PLUGGED_IN
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
_EV = ',"chargingState":"EVConnected"'
_TIMEOUT = ',"stoppedReason":"Timeout"'
_TOKEN = ',"idToken":{"idToken":"A","type":"ISO14443"}'
_REMOTE_4, _REMOTE_5 = ',"remoteStartId":4', ',"remoteStartId":5'
_REMOTE = ',"stoppedReason":"Remote"'
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
        f"2.0.1\n{_event('Started', 0, 'Authorized', _CHARGING)}* {_event('Updated', 1, 'CablePluggedIn', _CHARGING)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _EV)}* {_event('Ended', 1, 'EVConnectTimeout', _TIMEOUT)}",
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
        f"2.0.1\n{_event('Started', 0, 'Authorized', _IDLE)}{_event('Ended', 1, 'EVConnectTimeout', _TIMEOUT)}",
        # The cable was out in between, or may have been.
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _EV)}{_event('Updated', 1, 'EVCommunicationLost', _IDLE)}"
            f"{_event('Updated', 2, 'CablePluggedIn', _EV)}"
        ),
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _EV)}{_event('Updated', 2, 'CablePluggedIn', _EV)}",
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _EV)}10:00:20 closed\n10:00:40 opened\n"
            f"{_event('Updated', 1, 'CablePluggedIn', _EV)}"
        ),
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _EV)}{_event('Updated', 1, 'EVCommunicationLost')}"
            f"{_event('Updated', 2, 'CablePluggedIn', _EV)}"
        ),
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

RULES = (
    WRONG_TRIGGER,
    AUTHORIZED_WITHOUT_TOKEN,
    STATE_MISSING,
    TOKEN_REPEATED,
    REMOTE_ID_MISSING,
    REMOTE_ID_UNKNOWN,
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
_CABLE_OUT = ("EVCommunicationLost", "EVDeparted")
_NEEDS_CABLE_OUT = ("CablePluggedIn", "EVConnectTimeout")
"""Triggers that there cannot be while a vehicle is connected."""


class TransactionTriggerChecker(Checker):
    """Looks at what each event says, and compares it with what the transaction has said before."""

    def begin(self) -> None:
        self.remote_starts: dict[int, bool] = {}  # the ids that were requested
        self.remote_stops: dict[str, tuple[int, int]] = {}  # by transaction: the call, and the clock of its answer
        self.repeating: dict[str, bool] = {}  # transactions whose repeated id token was reported
        self.without_token: dict[str, bool] = {}  # transactions whose missing id token was reported
        self.followed: dict[str, bool] = {}  # transactions of this connection, and whether a vehicle is connected
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
        put(self.followed, transaction, self.is_connected(call, transaction, trigger), MOST_TRANSACTIONS)

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
        if trigger == "StopAuthorized" and kind == "Ended" and transaction in self.remote_stops:
            asked, clock = self.remote_stops[transaction]
            waited = call.since(clock)
            if waited is not None and waited <= self.limits.command_patience * SECOND:
                return Phrase("but the CSMS has stopped it"), (asked,)
        elif trigger == "ChargingStateChanged" and kind == "Updated" and self.is_next(call, transaction):
            state = call.text("transactionInfo", "chargingState")
            if state is not None and state == self.known.transactions[transaction].charging_state:
                return Phrase("but the charging state is the same as before"), ()
        elif trigger in _NEEDS_CABLE_OUT and self.followed.get(transaction) and self.is_next(call, transaction):
            return Phrase("but the vehicle was connected before"), ()
        elif trigger == "Trigger" and self.known.booted and not self.is_triggered:
            self.is_triggered = True  # once
            return Phrase("but no TriggerMessage has asked for it"), ()
        return None

    def is_next(self, call: Seen, transaction: str) -> bool:
        """Whether the event before this one is known, and came in the same connection."""
        one, number = self.known.transactions.get(transaction), call.integer("seqNo")
        last = None if one is None or transaction not in self.followed else one.last_seq_no
        return last is not None and number == last + 1

    def is_connected(self, call: Seen, transaction: str, trigger: str) -> bool:
        """Whether a vehicle is connected after an event, for certain."""
        state = call.text("transactionInfo", "chargingState")
        if state is not None:
            return state in PLUGGED_IN
        return trigger not in _CABLE_OUT and (trigger == "CablePluggedIn" or self.followed.get(transaction, False))

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
