"""What the events of a transaction of OCPP 2.x must say at least once: its EVSE, id token and reservation."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_stray
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import status_2
from ocpptui.ocpp.connector_states import PLUGGED_IN
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _event(kind: str, number: int, trigger: str, *more: str, state: str = "") -> str:
    """An event, one minute after the one before; `more` are further fields of the request."""
    at, state = f"10:0{number}:00", f',"chargingState":"{state}"' if state else ""
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{state}}}{"".join(more)}}}\n{at} < ok\n'
    )


def _configured(component: str, variable: str, value: str) -> str:
    place = f'"component":{{"name":"{component}"}},"variable":{{"name":"{variable}"}}'
    return (
        f'2.0.1\n09:00:00 < GetVariables {{"getVariableData":[{{{place}}}]}}\n09:00:01 > ok {{"getVariableResult":'
        f'[{{"attributeStatus":"Accepted","attributeValue":"{value}",{place}}}]}}\n'
    )


_TOKEN = ',"idToken":{"idToken":"A","type":"ISO14443"}'
_NO_TOKEN = ',"idToken":{"idToken":"","type":"NoAuthorization"}'
_WHOLE_STATION = ',"evse":{"id":0}'
_EVSE = ',"evse":{"id":1,"connectorId":1}'
_NAMED = ',"reservationId":5'
_PLUGGED_IN = "2.0.1\n" + _event("Started", 0, "CablePluggedIn", _EVSE, state="EVConnected")
_CHARGES = _event("Updated", 1, "ChargingStateChanged", state="Charging")
_AUTHORIZED = _event("Started", 0, "Authorized", _TOKEN)
_ENDS = _event("Ended", 2, "EVDeparted")
_RESERVED = """
09:30:00 < ReserveNow {"id":5,"evseId":1,"expiryDateTime":"2026-01-01T12:00:00Z",
    "idToken":{"idToken":"A","type":"ISO14443"}}
09:30:01 > ok {"status":"Accepted"}
"""
_ANY = _RESERVED.replace('"evseId":1,', "")
_UNNAMED = _event("Started", 0, "CablePluggedIn", _EVSE)
_TIME_OUT = _configured("TxCtrlr", "EVConnectionTimeOut", "120")
_LATER = "10:08:00 > Heartbeat {}\n"

TOKEN_MISSING = Rule(
    "tx2.token-missing",
    Severity.ERROR,
    "The transaction was charging, but none of its events had an id token.",
    "OCPP 2.0.1 and 2.1 Part 2 C05.FR.05, E01.FR.10 and E03.FR.01",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} was charging, but none of its events had an id token.",
    remedy="The CSMS cannot know whom to bill. Without authorization, the type of the token is NoAuthorization.",
    positive=(f"{_PLUGGED_IN}{_CHARGES}* {_ENDS}",),
    negative=(
        f"{_PLUGGED_IN}{_event('Updated', 1, 'Authorized', _TOKEN, state='Charging')}{_ENDS}",
        # NoAuthorization comes with an empty id token, in one event.
        (
            f"{_PLUGGED_IN}{_event('Updated', 1, 'Authorized', _NO_TOKEN, state='Charging')}"
            f"{_event('Updated', 2, 'Trigger')}{_event('Ended', 3, 'EVDeparted')}"
        ),
        f"2.0.1\n{_CHARGES}{_ENDS}",
        f"{_PLUGGED_IN}{_ENDS}",
        f"{_PLUGGED_IN}{_CHARGES}10:01:30 closed\n10:01:40 opened\n{_ENDS}",
        f'{_PLUGGED_IN}{_CHARGES}10:01:30 < [3,"event",{{}}]\n{_ENDS}',
        f"{_configured('AuthCtrlr', 'Enabled', 'false')}{_PLUGGED_IN.partition(chr(10))[2]}{_CHARGES}{_ENDS}",
        f"{_PLUGGED_IN}{_CHARGES}{_event('Ended', 2, 'StopAuthorized', _TOKEN)}",
    ),
)

EVSE_MISSING = Rule(
    "tx2.evse-missing",
    Severity.ERROR,
    "The vehicle is plugged in, but no event of the transaction names its EVSE.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.16",
    versions=SECOND_GENERATION,
    says="The vehicle of transaction {transaction} is plugged in, but no event has named its EVSE.",
    remedy="The CSMS cannot show where it charges, nor find the connector or its tariff. EVSE 0 is the whole charging "
    "station, and names none.",
    positive=(
        f"2.0.1\n* {_event('Started', 0, 'CablePluggedIn', _WHOLE_STATION)}{_CHARGES}",
        f"2.0.1\n* {_event('Started', 0, 'CablePluggedIn')}{_CHARGES}",
        f"2.0.1\n{_AUTHORIZED}* {_event('Updated', 1, 'CablePluggedIn')}",
        f"2.0.1\n{_AUTHORIZED}* {_CHARGES}",
    ),
    negative=(
        f"{_PLUGGED_IN}{_CHARGES}",
        f"2.0.1\n{_AUTHORIZED}{_event('Updated', 1, 'CablePluggedIn', _EVSE)}{_event('Updated', 2, 'CablePluggedIn')}",
        f"2.0.1\n{_CHARGES}",
        f"2.0.1\n{_AUTHORIZED}{_event('Ended', 1, 'EVConnectTimeout')}",
        f"2.0.1\n{_AUTHORIZED}10:00:10 closed\n10:00:20 opened\n{_CHARGES}",
    ),
)

RESERVATION_MISSING = Rule(
    "tx2.reservation",
    Severity.ERROR,
    "A transaction uses a reservation, but does not name it.",
    "OCPP 2.0.1 and 2.1 Part 2 E01.FR.13 and H01.FR.15",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} has the id token and the EVSE of reservation {number}, but does not name it.",
    remedy="The CSMS keeps the reservation, and may bill it as not used.",
    positive=(
        f"2.0.1{_RESERVED}* {_event('Started', 0, 'Authorized', _TOKEN, _EVSE)}",
        f"2.0.1{_ANY}* {_event('Started', 0, 'Authorized', _TOKEN)}",
        f"2.0.1{_RESERVED}{_UNNAMED}* {_event('Updated', 1, 'Authorized', _TOKEN)}",
    ),
    negative=(
        f"2.0.1{_RESERVED}{_event('Started', 0, 'Authorized', _TOKEN, _EVSE, _NAMED)}",
        f"2.0.1{_ANY}{_event('Started', 0, 'Authorized', _TOKEN, _NAMED)}",
        f"2.0.1{_RESERVED}{_event('Started', 0, 'Authorized', _TOKEN.replace('A', 'B'), _EVSE)}",
        f"2.0.1{_RESERVED}{_event('Started', 0, 'Authorized', _TOKEN, _EVSE.replace('1', '2', 1))}",
        f"2.0.1{_RESERVED.replace('Accepted', 'Occupied')}{_event('Started', 0, 'Authorized', _TOKEN, _EVSE)}",
        f"2.0.1{_RESERVED.replace('T12', 'T09:45')}{_event('Started', 0, 'Authorized', _TOKEN, _EVSE)}".replace(
            "09:45:00:00", "09:45:00"
        ),
        f"2.0.1\n{_event('Started', 0, 'Authorized', _TOKEN, _EVSE)}",
        f"2.0.1{_RESERVED}{_event('Started', 0, 'Authorized', _TOKEN)}",  # the EVSE is still open
        f"2.0.1{_RESERVED}{_event('Started', 0, 'Authorized', _TOKEN, _EVSE, _NAMED)}{_CHARGES}",
    ),
)

NO_TIME_OUT = Rule(
    "tx2.timeout",
    Severity.INFO,
    "No cable was plugged in within the connection time-out, but the transaction goes on.",
    "OCPP 2.0.1 and 2.1 Part 2 E03.FR.05",
    versions=SECOND_GENERATION,
    says="In the {waited} after this start, no vehicle was plugged in, but transaction {transaction} was not ended.",
    remedy="The charging station must end it with the reason Timeout; until then the EVSE is blocked.",
    positive=(f"{_TIME_OUT}* {_AUTHORIZED}{_LATER}",),
    negative=(
        f"{_TIME_OUT}{_AUTHORIZED}{_event('Updated', 1, 'CablePluggedIn', _EVSE)}{_LATER}",
        f"{_TIME_OUT}{_AUTHORIZED}{_event('Updated', 1, 'ChargingStateChanged', _EVSE, state='EVConnected')}{_LATER}",
        f"{_TIME_OUT}{_AUTHORIZED}{_event('Ended', 2, 'EVConnectTimeout')}{_LATER}",
        f"2.0.1\n{_AUTHORIZED}{_LATER}",
        f"{_TIME_OUT}{_AUTHORIZED}",
        f"{_TIME_OUT}{status_2('Occupied', '09:59:00')}{_AUTHORIZED}{_LATER}",
        f"{_TIME_OUT}{_AUTHORIZED}{status_2('Occupied', '10:01:00')}{_LATER}",
        f"{_TIME_OUT}{_event('Started', 0, 'Authorized', _TOKEN, _EVSE, state='EVConnected')}{_LATER}",
        f"{_TIME_OUT}{_AUTHORIZED}10:01:00 closed\n10:02:00 opened\n{_LATER}",
    ),
)

RULES = (TOKEN_MISSING, EVSE_MISSING, RESERVATION_MISSING, NO_TIME_OUT)

_PLUG = ("CablePluggedIn", "EVDetected", "EnergyLimitReached", "EVDeparted")
"""Triggers that show that there is, or was, a vehicle."""


class TransactionCompletenessChecker(ExpectingChecker):
    """Follows what the events of each transaction have said so far, while the recording has all of them."""

    def begin(self) -> None:
        self.whole: dict[str, bool] = {}  # the transactions of which all events are here; whether one was charging
        self.told: dict[tuple[str, str], bool] = {}  # by rule and transaction
        self.waiting: dict[str, bool] = {}  # the transactions that wait for their vehicle

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction, kind = call.text("transactionInfo", "transactionId"), call.text("eventType")
        if not transaction or kind is None:
            return
        state, trigger = call.text("transactionInfo", "chargingState"), call.text("triggerReason")
        has_vehicle = state in PLUGGED_IN or trigger in _PLUG
        one = self.known.transactions.get(transaction)
        if kind == "Started" and (one is None or one.start is None):
            put(self.whole, transaction, False, MOST_TRANSACTIONS)
        if (has_vehicle or kind == "Ended") and self.waiting.pop(transaction, False):
            self.stop_waiting(f"vehicle {transaction}")
        if transaction not in self.whole:
            return
        evse = call.integer("evse", "id") or (None if one is None else one.evse)
        token = call.text("idToken", "idToken") or (None if one is None else one.id_token)
        if state == "Charging":
            self.whole[transaction] = True
        if evse is None and has_vehicle and trigger != "EVDeparted":
            self.once(EVSE_MISSING, call, transaction)
        if token is not None and self.known.reservations:
            self.compare_reservation(call, transaction, one, evse, token)
        if kind == "Ended":
            was_charging = self.whole.pop(transaction)
            if was_charging and token is None and self.known.switch("AuthCtrlr.Enabled") is not False:
                self.once(TOKEN_MISSING, call, transaction)
        elif kind == "Started" and not has_vehicle and trigger in ("Authorized", "RemoteStart"):
            self.expect_vehicle(call, transaction, evse)

    def once(self, rule: Rule, call: Seen, transaction: str) -> None:
        if (rule.id, transaction) not in self.told:
            put(self.told, (rule.id, transaction), True, MOST_TRANSACTIONS)
            self.found(rule, call, transaction=transaction)

    def compare_reservation(
        self, call: Seen, transaction: str, one: KnownTransaction | None, evse: int | None, token: str
    ) -> None:
        is_named = call.integer("reservationId") is not None or (one is not None and one.reservation is not None)
        time, key = call.date_time("timestamp"), (RESERVATION_MISSING.id, transaction)
        if is_named or time is None or key in self.told:
            return
        for reservation in self.known.reservations.values():
            is_of_token = (reservation.id_token or "").lower() == token.lower()
            is_over = reservation.expires_at is None or time >= reservation.expires_at
            is_early = reservation.made is None or time < reservation.made
            is_there = not reservation.connector or reservation.connector == evse
            if is_of_token and is_there and not is_over and not is_early:
                put(self.told, key, True, MOST_TRANSACTIONS)
                values = {"transaction": transaction, "number": reservation.id}
                self.found(RESERVATION_MISSING, call, (reservation.index,), **values)
                return

    # -- the vehicle --------------------------------------------------------------------------------------------

    def expect_vehicle(self, call: Seen, transaction: str, evse: int | None) -> None:
        """Look whether a transaction that was authorized gets its vehicle, or ends."""
        seconds, index = self.known.whole_setting("TxCtrlr.EVConnectionTimeOut"), call.index
        is_present = call.value("offline") is not True and call.is_timed
        if not seconds or not is_present or self.may_have_vehicle(evse):
            return
        wait = round((seconds + self.limits.command_patience) * SECOND)

        def look() -> None:
            if self.waiting.pop(transaction, False) and not self.may_have_vehicle(evse):
                self.found(NO_TIME_OUT, index, transaction=transaction, waited=TimeSpan(wait))

        put(self.waiting, transaction, True, MOST_TRANSACTIONS)
        self.wait(f"vehicle {transaction}", call.clock + wait, look)

    def may_have_vehicle(self, evse: int | None) -> bool:
        """Whether a connector that the transaction can be at is occupied."""
        return any(
            one.status not in ("Available", "Reserved")
            for place, one in self.known.connectors.items()
            if evse in (None, place[0])
        )

    @on_stray
    def lacks_calls(self, answer: Seen) -> None:
        self.whole.clear()  # one of them may have been an event

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.whole.clear()  # Updated may be dropped while it is offline
        for transaction in self.waiting:
            self.stop_waiting(f"vehicle {transaction}")
        self.waiting.clear()
