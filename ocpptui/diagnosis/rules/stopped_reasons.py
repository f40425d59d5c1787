"""Why transactions of OCPP 2.x end: whether their stoppedReason fits what the same event says."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import event_2
from ocpptui.ocpp.connector_states import PLUGGED_IN
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.timeline.severity import Severity


def _event(kind: str, number: int, trigger: str, info: str = "") -> str:
    return event_2(kind, f"10:0{number}:00", number, info, trigger)


_LOCAL, _REMOTE = ',"stoppedReason":"Local"', ',"stoppedReason":"Remote"'
_OUT, _STATE = ',"stoppedReason":"EVDisconnected"', ',"chargingState":"{}"'
_START = "2.0.1\n" + _event("Started", 0, "CablePluggedIn")


WRONG_REASON = Rule(
    "tx2.stopped-reason",
    Severity.WARNING,
    "The reason why the transaction ended does not fit what triggered its last event, or is missing.",
    "OCPP 2.0.1 and 2.1 Part 2 E05.FR.10, E06.FR.08, E06.FR.09, E07.FR.04 to E07.FR.06 and F03.FR.03, B12.FR.04 and "
    "B12.FR.08 (with the errata of 2025-01), ReasonEnumType and TriggerReasonEnumType",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} ended by {trigger}, but its stoppedReason is {reason}.",
    remedy="Only the reason Local may be omitted: reports will count the transaction as stopped by the user.",
    positive=(
        f"{_START}* {_event('Ended', 1, 'RemoteStop')}",
        f"{_START}* {_event('Ended', 1, 'RemoteStop', _LOCAL)}",
        f"{_START}* {_event('Ended', 1, 'ResetCommand')}",
        f"{_START}* {_event('Ended', 1, 'ResetCommand', _LOCAL)}",
        f"{_START}* {_event('Ended', 1, 'Deauthorized', _LOCAL)}",
    ),
    negative=(
        f"{_START}{_event('Ended', 1, 'RemoteStop', _REMOTE)}",
        f"{_START}{_event('Ended', 1, 'Deauthorized', _LOCAL.replace('Local', 'DeAuthorized'))}",
        f"{_START}{_event('Ended', 1, 'ResetCommand', _LOCAL.replace('Local', 'ImmediateReset'))}",
        # Prepaid credit is used up.
        f"{_START}{_event('Ended', 1, 'EnergyLimitReached', _LOCAL.replace('Local', 'LocalOutOfCredit'))}",
        f"{_START}{_event('Ended', 1, 'TimeLimitReached', _LOCAL.replace('Local', 'LocalOutOfCredit'))}",
        # MaxEnergyOnInvalidId is used up (E05.FR.03).
        f"{_START}{_event('Ended', 1, 'EnergyLimitReached', _LOCAL.replace('Local', 'DeAuthorized'))}",
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

STILL_CONNECTED = Rule(
    "tx2.still-connected",
    Severity.WARNING,
    "The transaction ended because the vehicle was disconnected, but by its chargingState it is connected.",
    "OCPP 2.0.1 and 2.1 Part 2, ReasonEnumType and ChargingStateEnumType",
    versions=SECOND_GENERATION,
    says="Transaction {transaction} ended by {reason}, but its chargingState is {state}.",
    remedy="Without a vehicle the state is Idle. One of the two is wrong: look whether the cable is still plugged in.",
    positive=(
        f"{_START}* {_event('Ended', 1, 'EVCommunicationLost', _OUT + _STATE.format('EVConnected'))}",
        f"{_START}* {_event('Ended', 1, 'StopAuthorized', _OUT + _STATE.format('SuspendedEV'))}",
    ),
    negative=(
        f"{_START}{_event('Ended', 1, 'EVCommunicationLost', _OUT + _STATE.format('Idle'))}",
        f"{_START}{_event('Ended', 1, 'EVCommunicationLost', _OUT)}",
        f"{_START}{_event('Ended', 1, 'StopAuthorized', _LOCAL + _STATE.format('EVConnected'))}",
    ),
)

RULES = (WRONG_REASON, REASON_EARLY, STILL_CONNECTED)

_REASONS_OF = {
    "Deauthorized": ("DeAuthorized", "LocalOutOfCredit"),
    "EnergyLimitReached": ("EnergyLimitReached", "LocalOutOfCredit", "DeAuthorized"),
    "RemoteStop": ("Remote",),
    "ResetCommand": ("ImmediateReset",),
    "TimeLimitReached": ("TimeLimitReached", "LocalOutOfCredit"),
}
"""The reasons that an Ended may have, by its trigger; none of them is Local."""


class StoppedReasonChecker(Checker):
    """Looks at the reason in each event that has one, or must."""

    def begin(self) -> None:
        pass

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction, kind = call.text("transactionInfo", "transactionId"), call.text("eventType")
        trigger, reason = call.text("triggerReason"), call.text("transactionInfo", "stoppedReason")
        if not transaction or trigger is None:
            return
        state = call.text("transactionInfo", "chargingState")
        if kind == "Ended" and reason == "EVDisconnected" and state in PLUGGED_IN:
            self.found(STILL_CONNECTED, call, transaction=transaction, reason=reason, state=state)
        if kind == "Started" and reason is not None:
            self.found(REASON_EARLY, call, transaction=transaction, reason=reason)
        elif kind == "Ended" and reason is None and trigger in _REASONS_OF:
            missing = Phrase("missing, which means Local")
            self.found(WRONG_REASON, call, transaction=transaction, trigger=trigger, reason=missing)
        elif kind == "Ended" and reason is not None and reason not in _REASONS_OF.get(trigger, (reason,)):
            self.found(WRONG_REASON, call, transaction=transaction, trigger=trigger, reason=reason)
