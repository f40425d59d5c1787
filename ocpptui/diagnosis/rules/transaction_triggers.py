"""What the events of a transaction of OCPP 2.x say besides their order: why, by whom, and with which values."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.known import MOST_TRANSACTIONS
from ocpptui.diagnosis.meter_traces import (
    meter_value_at,
    reads_settings,
    start_call,
    stop_call,
    transaction_data,
)
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.payload import samples_in
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_REMOTE_STARTS = 200
"""Requests of remote starts whose ids are remembered."""
_2X = frozenset(version for version in Version if version.generation == 2)
_TRIGGERS = "OCPP 2.0.1 and 2.1 Part 2, TriggerReasonEnumType"


def _event(kind: str, number: int, trigger: str, info: str = "", more: str = "") -> str:
    at = f"10:0{number}:00"
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n{at} < ok\n'
    )


_CHARGING = ',"chargingState":"Charging"'
_TOKEN = ',"idToken":{"idToken":"A","type":"ISO14443"}'
_REMOTE_4, _REMOTE_5 = ',"remoteStartId":4', ',"remoteStartId":5'
_LOCAL, _REMOTE = ',"stoppedReason":"Local"', ',"stoppedReason":"Remote"'
_EVSE = ',"evse":{"id":1,"connectorId":1}'
_METER = ',"meterValue":[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{"value":1000}]}]'
_SIGNED = _METER.replace(
    '"value":1000',
    '"value":1000,"signedMeterValue":{"signedMeterData":"T0NNRnx7fXx7fQ==","signingMethod":"","encodingMethod":"OCMF",'
    '"publicKey":""}',
)
_STOP_SAMPLED = reads_settings(
    ("StopTxnSampledData", "Energy.Active.Import.Register"), ("MeterValueSampleInterval", "60")
)
_START = "2.0.1\n" + _event("Started", 0, "CablePluggedIn")
_BOOT = """
2.0.1
09:00:00 opened
09:00:01 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
09:00:02 < ok {"currentTime":"2026-01-01T09:00:02Z","interval":300,"status":"Accepted"}
"""
_REQUEST = """
09:30:00 < RequestStartTransaction {"remoteStartId":4,"evseId":1,"idToken":{"idToken":"A","type":"Central"}}
09:30:01 > ok {"status":"Accepted"}
"""


def _configured(variable: str, value: str = "Energy.Active.Import.Register") -> str:
    place = f'"component":{{"name":"SampledDataCtrlr"}},"variable":{{"name":"{variable}"}}'
    return (
        f'2.0.1\n09:00:00 < GetVariables {{"getVariableData":[{{{place}}}]}}\n09:00:01 > ok {{"getVariableResult":'
        f'[{{"attributeStatus":"Accepted","attributeValue":"{value}",{place}}}]}}\n'
    )


WRONG_TRIGGER = Rule(
    "tx2.trigger-reason",
    Severity.WARNING,
    "What triggered the event cannot start, or end, a transaction.",
    _TRIGGERS,
    versions=_2X,
    says="The event {kind} was triggered by {trigger}, which cannot be.",
    remedy="The charging station gives the wrong eventType or triggerReason.",
    positive=(
        f"2.0.1\n* {_event('Started', 0, 'StopAuthorized')}",
        f"{_START}* {_event('Ended', 1, 'CablePluggedIn')}",
    ),
    negative=(
        f"{_START}{_event('Updated', 1, 'Authorized')}{_event('Ended', 2, 'EVCommunicationLost')}",
        f"{_START}{_event('Ended', 1, 'Authorized')}",  # the specification does not rule it out
    ),
)

STATE_MISSING = Rule(
    "tx2.state-missing",
    Severity.WARNING,
    "The charging state has changed, but the event does not say to what.",
    "OCPP 2.0.1 and 2.1 Part 2, TransactionType, field chargingState",
    versions=_2X,
    says="The event {kind} was triggered by ChargingStateChanged, but has no chargingState.",
    positive=(f"{_START}* {_event('Updated', 1, 'ChargingStateChanged')}",),
    negative=(f"{_START}{_event('Updated', 1, 'ChargingStateChanged', _CHARGING)}",),
)

STATE_UNCHANGED = Rule(
    "tx2.state-unchanged",
    Severity.INFO,
    "The event says that the charging state has changed, but it is the same as before.",
    _TRIGGERS,
    versions=_2X,
    says="The event was triggered by ChargingStateChanged, but the state was {state} before.",
    positive=(
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _CHARGING)}"
            f"* {_event('Updated', 1, 'ChargingStateChanged', _CHARGING)}"
        ),
    ),
    negative=(
        f"{_START}{_event('Updated', 1, 'ChargingStateChanged', _CHARGING)}",
        (
            f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', _CHARGING)}"
            f"{_event('Updated', 2, 'ChargingStateChanged', _CHARGING)}"
        ),
    ),
)

TOKEN_REPEATED = Rule(
    "tx2.token-repeated",
    Severity.INFO,
    "The events of a transaction repeat its id token.",
    "OCPP 2.0.1 and 2.1 Part 2 E03.FR.01 and E07.FR.02",
    versions=_2X,
    says="Transaction {transaction} has named its id token before, and this event, by {trigger}, repeats it.",
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
    Severity.WARNING,
    "The event was triggered by a remote start, but the transaction does not name it.",
    "OCPP 2.0.1 and 2.1 Part 2 F01.FR.25 and F02.FR.01",
    versions=_2X,
    says="Transaction {transaction} was triggered by a remote start, but has no remoteStartId.",
    remedy="The CSMS cannot tell which of its requests has started the transaction.",
    positive=(f"2.0.1\n* {_event('Started', 0, 'RemoteStart')}",),
    negative=(
        f"2.0.1\n{_event('Started', 0, 'RemoteStart', _REMOTE_4)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn')}",
    ),
)

REMOTE_ID_UNKNOWN = Rule(
    "tx2.remote-start-unknown",
    Severity.WARNING,
    "The transaction names a remote start that nobody requested.",
    "OCPP 2.0.1 and 2.1 Part 2 F01.FR.25 and F02.FR.01",
    versions=_2X,
    says="Transaction {transaction} has the remoteStartId {number}, but no RequestStartTransaction had it.",
    remedy="The CSMS cannot tell which of its requests has started the transaction.",
    positive=(f"{_BOOT}{_REQUEST}* {_event('Started', 0, 'RemoteStart', _REMOTE_5)}",),
    negative=(
        f"{_BOOT}{_REQUEST}{_event('Started', 0, 'RemoteStart', _REMOTE_4)}",
        f"{_BOOT}{_event('Started', 0, 'RemoteStart', _REMOTE_5)}",
        f"2.0.1{_REQUEST}{_event('Started', 0, 'RemoteStart', _REMOTE_5)}",
    ),
)

DATA_MISSING = Rule(
    "tx.data-missing",
    Severity.WARNING,
    "The start or the end of a transaction lacks meter values that the configuration asks for.",
    "OCPP 1.6 sections 3.16.1 and 9.1.27; errata sheet 3.14; "
    "OCPP 2.0.1 and 2.1 Part 2 E02.FR.09, E05.FR.06 and E06.FR.11",
    versions=_2X | {Version.V16},
    says="{message} of transaction {transaction} has no {what}, but {setting} is {value}.",
    remedy="The CSMS cannot compute the energy of the transaction.",
    positive=(
        f"{_configured('TxStartedMeasurands')}* {_event('Started', 0, 'CablePluggedIn', more=_EVSE)}",
        f"{_configured('TxEndedMeasurands')}* {_event('Ended', 1, 'EVDeparted')}",
        f"{_configured('SignReadings', 'true')}* {_event('Ended', 1, 'EVDeparted', more=_METER)}",
        f"{_STOP_SAMPLED}{start_call()}* {stop_call(2000)}",
    ),
    negative=(
        f"{_configured('TxStartedMeasurands')}{_event('Started', 0, 'CablePluggedIn', more=_EVSE + _METER)}",
        f"{_configured('TxStartedMeasurands')}{_event('Started', 0, 'Authorized')}",  # the EVSE is not known yet
        f"{_configured('TxStartedMeasurands', '')}{_event('Started', 0, 'CablePluggedIn', more=_EVSE)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', more=_EVSE)}",
        f"{_configured('SignReadings', 'true')}{_event('Ended', 1, 'EVDeparted', more=_SIGNED)}",
        _STOP_SAMPLED
        + start_call()
        + stop_call(
            2000,
            more=transaction_data(
                meter_value_at(1000, "10:00:00", "Transaction.Begin"),
                meter_value_at(2000, "11:00:00", "Transaction.End"),
            ),
        ),
        f"{_STOP_SAMPLED}{stop_call(2000)}",
        f"{start_call()}{stop_call(2000)}",
    ),
)

REASON_MISSING = Rule(
    "tx2.stopped-reason",
    Severity.WARNING,
    "The transaction ended by something else than the user at the charging station, but gives no reason.",
    "OCPP 2.0.1 and 2.1 Part 2, TransactionType, field stoppedReason",
    versions=_2X,
    says="Transaction {transaction} ended by {trigger}, but has no stoppedReason, which means Local.",
    remedy="Only the reason Local may be omitted.",
    positive=(f"{_START}* {_event('Ended', 1, 'RemoteStop')}",),
    negative=(
        f"{_START}{_event('Ended', 1, 'RemoteStop', _REMOTE)}",
        f"{_START}{_event('Ended', 1, 'EVDeparted')}",
    ),
)

REASON_CONTRADICTS = Rule(
    "tx2.stopped-reason-contradicts",
    Severity.WARNING,
    "The reason why the transaction ended does not fit what triggered its last event.",
    "OCPP 2.0.1 and 2.1 Part 2, TriggerReasonEnumType and ReasonEnumType",
    versions=_2X,
    says="Transaction {transaction} ended by {trigger}, but its stoppedReason is {reason}.",
    positive=(f"{_START}* {_event('Ended', 1, 'RemoteStop', _LOCAL)}",),
    negative=(
        f"{_START}{_event('Ended', 1, 'RemoteStop', _REMOTE)}",
        f"{_START}{_event('Ended', 1, 'EVDeparted', _LOCAL)}",
    ),
)

REASON_EARLY = Rule(
    "tx2.stopped-reason-early",
    Severity.WARNING,
    "The first event of a transaction gives a reason why the transaction ended.",
    "OCPP 2.0.1 and 2.1 Part 2, TransactionType, field stoppedReason",
    versions=_2X,
    says="Transaction {transaction} has only started, but its stoppedReason is {reason}.",
    positive=(f"2.0.1\n* {_event('Started', 0, 'CablePluggedIn', _LOCAL)}",),
    negative=(_START,),
)

RULES = (
    WRONG_TRIGGER,
    STATE_MISSING,
    STATE_UNCHANGED,
    TOKEN_REPEATED,
    REMOTE_ID_MISSING,
    REMOTE_ID_UNKNOWN,
    DATA_MISSING,
    REASON_MISSING,
    REASON_CONTRADICTS,
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
_MEASURANDS = {"Started": "SampledDataCtrlr.TxStartedMeasurands", "Ended": "SampledDataCtrlr.TxEndedMeasurands"}
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
        self.repeating: dict[str, bool] = {}  # transactions whose repeated id token was reported

    @on_call("RequestStartTransaction")
    def requested(self, call: Seen) -> None:
        if (number := call.integer("remoteStartId")) is not None:
            put(self.remote_starts, number, True, MOST_REMOTE_STARTS)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction, kind = call.text("transactionInfo", "transactionId"), call.text("eventType")
        trigger = call.text("triggerReason")
        if not transaction or kind is None or trigger is None:
            return
        if trigger in _CANNOT_TRIGGER.get(kind, ()):
            self.found(WRONG_TRIGGER, call, kind=kind, trigger=trigger)
        if trigger == "ChargingStateChanged":
            self.compare_state(call, transaction, kind)
        self.compare_token(call, transaction, trigger)
        self.compare_remote_start(call, transaction, kind, trigger)
        self.look_for_meter(call, transaction, kind)
        self.look_at_reason(call, transaction, kind, trigger)

    def compare_state(self, call: Seen, transaction: str, kind: str) -> None:
        one, state = self.known.transactions.get(transaction), call.text("transactionInfo", "chargingState")
        if state is None:
            self.found(STATE_MISSING, call, kind=kind)
        elif one is not None and one.charging_state == state and kind == "Updated":
            number = call.integer("seqNo")
            if one.last_seq_no is not None and number == one.last_seq_no + 1:
                self.found(STATE_UNCHANGED, call, state=state)

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
            if trigger == "RemoteStart" and (one is None or one.remote_start_id is None) and kind != "Ended":
                self.found(REMOTE_ID_MISSING, call, transaction=transaction)
        elif kind == "Started" and (one is None or one.start is None) and call.value("offline") is not True:
            is_certain = self.known.booted and self.remote_starts
            if is_certain and number not in self.remote_starts:
                self.found(REMOTE_ID_UNKNOWN, call, transaction=transaction, number=number)

    def look_for_meter(self, call: Seen, transaction: str, kind: str) -> None:
        setting, what = _MEASURANDS.get(kind), Phrase("meter values")
        if setting is None or kind == "Started" and call.integer("evse", "id") is None:
            return
        if values := call.objects("meterValue"):
            setting, what = "SampledDataCtrlr.SignReadings", Phrase("signed meter values")
            is_missing = kind == "Ended" and self.known.switch(setting) is True and not _has_signed(values)
        else:
            value = self.known.setting(setting)
            is_missing = bool(value and value.strip()) and self.known.switch("SampledDataCtrlr.Enabled") is not False
        if is_missing:
            name, shown = setting.rpartition(".")[2], (self.known.setting(setting) or "")[:80]
            told: dict[str, Any] = {"message": Phrase(f"The event {kind}"), "what": what, "value": shown}
            self.found(DATA_MISSING, call, transaction=transaction, setting=name, **told)

    def look_at_reason(self, call: Seen, transaction: str, kind: str, trigger: str) -> None:
        reason = call.text("transactionInfo", "stoppedReason")
        if kind == "Started" and reason is not None:
            self.found(REASON_EARLY, call, transaction=transaction, reason=reason)
        elif kind == "Ended" and reason is None and trigger in _NEEDS_REASON:
            self.found(REASON_MISSING, call, transaction=transaction, trigger=trigger)
        elif kind == "Ended" and reason is not None and reason != _REASON_OF.get(trigger, reason):
            self.found(REASON_CONTRADICTS, call, transaction=transaction, trigger=trigger, reason=reason)


def _has_signed(values: list[dict[str, Any]]) -> bool:
    return any("signedMeterValue" in one for value in values for one in samples_in(value) if isinstance(one, dict))
