"""Commands of the central system: whether a charge point that accepts one does what it says."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import KnownTransaction
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_1X = frozenset({Version.V12, Version.V15, Version.V16})
_2X = frozenset(Version) - _1X

_LATER = "10:20:00 > Heartbeat {}"
_REMOTE_START = """
10:00:00 < RemoteStartTransaction {"idTag":"A","connectorId":1}
10:00:01 > ok {"status":"Accepted"}
"""
_START = """
10:00:20 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:20Z"}
10:00:21 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_STOP = """
10:00:40 > StopTransaction {"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:00:40Z"}
10:00:41 < ok
"""
_REMOTE_START_2 = """
2.0.1
10:00:00 < RequestStartTransaction {"remoteStartId":4,"evseId":1,"idToken":{"idToken":"A","type":"Central"}}
10:00:01 > ok {"status":"Accepted"}
"""


def _event(kind: str, time: str, more: str = "", info: str = "") -> str:
    return (
        f'10:{time} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T10:{time}Z",'
        f'"triggerReason":"RemoteStart","seqNo":0,"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n'
        f"10:{time} < ok\n"
    )


START_WITHOUT_EFFECT = Rule(
    "remote.start-without-effect",
    Severity.WARNING,
    "The charge point accepted a remote start, but started no transaction.",
    "OCPP 1.6 section 5.11, and its key ConnectionTimeOut; OCPP 2.0.1 and 2.1 Part 2 use cases F01 and F02",
    says="The charge point accepted this remote start, but in {waited} it started no transaction.",
    remedy="The cable may not have been plugged in within the connection time-out, or the id token was refused.",
    positive=(
        _REMOTE_START.replace("10:00:00 <", "* 10:00:00 <") + _LATER,
        _REMOTE_START_2.replace("10:00:00 <", "* 10:00:00 <") + _LATER,
    ),
    negative=(
        _REMOTE_START + _START + _LATER,
        _REMOTE_START.replace("Accepted", "Rejected") + _LATER,
        _REMOTE_START + "10:00:30 closed\n10:00:40 opened\n" + _LATER,
        _REMOTE_START_2 + _event("Started", "00:20", info=',"remoteStartId":4') + _LATER,
        _REMOTE_START,
    ),
)

STOP_WITHOUT_EFFECT = Rule(
    "remote.stop-without-effect",
    Severity.WARNING,
    "The charge point accepted a remote stop, but the transaction goes on.",
    "OCPP 1.6 section 5.12; OCPP 2.0.1 and 2.1 Part 2 use case F03",
    says="The charge point accepted to stop transaction {transaction}, but {waited} later it is still open.",
    positive=(
        f"""
        {_START}
        * 10:00:30 < RemoteStopTransaction {{"transactionId":7}}
        10:00:31 > ok {{"status":"Accepted"}}
        {_LATER}
        """,
        "2.0.1\n" + _event("Started", "00:20") + '* 10:00:30 < RequestStopTransaction {"transactionId":"t1"}\n'
        '10:00:31 > ok {"status":"Accepted"}\n' + _LATER,
    ),
    negative=(
        f"""
        {_START}
        10:00:30 < RemoteStopTransaction {{"transactionId":7}}
        10:00:31 > ok {{"status":"Accepted"}}
        {_STOP}
        {_LATER}
        """,
        f"""
        10:00:30 < RemoteStopTransaction {{"transactionId":7}}
        10:00:31 > ok {{"status":"Accepted"}}
        {_LATER}
        """,
    ),
)

STOP_OF_ENDED = Rule(
    "remote.stop-of-ended",
    Severity.WARNING,
    "The central system stops a transaction that has ended.",
    "OCPP 1.6 section 5.12; OCPP 2.0.1 and 2.1 Part 2 use case F03",
    says="The central system asks to stop transaction {transaction}, which has ended.",
    remedy="It may have lost the StopTransaction, or did not understand it.",
    positive=(f'{_START}{_STOP}* 10:05:00 < RemoteStopTransaction {{"transactionId":7}}',),
    negative=(
        f'{_START}10:05:00 < RemoteStopTransaction {{"transactionId":7}}',
        f'{_START}{_STOP}10:05:00 < RemoteStopTransaction {{"transactionId":8}}',
    ),
)

AUTHORIZES_AGAINST_SETTING = Rule(
    "remote.authorizes-although-off",
    Severity.WARNING,
    "The charge point authorizes a remote start although AuthorizeRemoteTxRequests is false.",
    "OCPP 1.6 section 5.11; OCPP 2.0.1 and 2.1 Part 2 F01.FR.02",
    says="The charge point authorizes the id token of a remote start although {setting} is false.",
    remedy="It should start the transaction at once.",
    positive=(
        f"""
        10:00:00 < GetConfiguration {{"key":["AuthorizeRemoteTxRequests"]}}
        10:00:00 > ok
            {{"configurationKey":[{{"key":"AuthorizeRemoteTxRequests","readonly":false,"value":"false"}}]}}
        {_REMOTE_START}
        * 10:00:02 > Authorize {{"idTag":"A"}}
        """,
    ),
    negative=(
        f'{_REMOTE_START}10:00:02 > Authorize {{"idTag":"A"}}',
        f"""
        10:00:00 < GetConfiguration {{"key":["AuthorizeRemoteTxRequests"]}}
        10:00:00 > ok
            {{"configurationKey":[{{"key":"AuthorizeRemoteTxRequests","readonly":false,"value":"false"}}]}}
        {_REMOTE_START}
        10:00:02 > Authorize {{"idTag":"B"}}
        """,
    ),
)

TRIGGER_WITHOUT_EFFECT = Rule(
    "command.trigger-without-effect",
    Severity.WARNING,
    "The charge point accepted to send a message, but did not send it.",
    "OCPP 1.6 section 5.17; OCPP 2.0.1 and 2.1 Part 2 use case F06",
    says="The charge point accepted to send {action}, but in {waited} it did not.",
    positive=(
        f"""
        * 10:00:00 < TriggerMessage {{"requestedMessage":"StatusNotification"}}
        10:00:01 > ok {{"status":"Accepted"}}
        {_LATER}
        """,
    ),
    negative=(
        f"""
        10:00:00 < TriggerMessage {{"requestedMessage":"StatusNotification"}}
        10:00:01 > ok {{"status":"Accepted"}}
        10:00:02 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Available"}}
        10:00:02 < ok
        {_LATER}
        """,
        f"""
        10:00:00 < TriggerMessage {{"requestedMessage":"StatusNotification"}}
        10:00:01 > ok {{"status":"NotImplemented"}}
        {_LATER}
        """,
        f"""
        10:00:00 < TriggerMessage {{"requestedMessage":"BootNotification"}}
        10:00:00.5 > BootNotification {{"chargePointVendor":"A","chargePointModel":"B"}}
        10:00:01 > [3,"CP1-1-0-0",{{"status":"Accepted"}}]
        {_LATER}
        """,
        f"""
        2.0.1
        10:00:00 < TriggerMessage {{"requestedMessage":"LogStatusNotification"}}
        10:00:01 > ok {{"status":"Accepted"}}
        10:00:02 > LogStatusNotification {{"status":"Idle"}}
        10:00:02 < ok
        {_LATER}
        """,
    ),
)

RESET_WITHOUT_EFFECT = Rule(
    "command.reset-without-effect",
    Severity.WARNING,
    "The charge point accepted a reset, but did not restart.",
    "OCPP 1.6 section 5.14; OCPP 2.0.1 and 2.1 Part 2 use cases B11 and B12",
    says="The charge point accepted this reset, but in {waited} it neither disconnected nor booted.",
    positive=(f'* 10:00:00 < Reset {{"type":"Hard"}}\n10:00:01 > ok {{"status":"Accepted"}}\n{_LATER}',),
    negative=(
        (
            f'10:00:00 < Reset {{"type":"Hard"}}\n10:00:01 > ok {{"status":"Accepted"}}\n10:01:00 closed\n'
            f"10:02:00 opened\n{_LATER}"
        ),
        f'10:00:00 < Reset {{"type":"Soft"}}\n10:00:01 > ok {{"status":"Rejected"}}\n{_LATER}',
        f"""
        10:00:00 < Reset {{"type":"Soft"}}
        10:00:01 > ok {{"status":"Accepted"}}
        10:01:00 > BootNotification {{"chargePointVendor":"A","chargePointModel":"B"}}
        {_LATER}
        """,
    ),
)

AVAILABILITY_WITHOUT_EFFECT = Rule(
    "command.availability-without-effect",
    Severity.WARNING,
    "The charge point accepted to become Inoperative, but reports no connector as Unavailable.",
    "OCPP 1.6 section 5.2; OCPP 2.0.1 and 2.1 Part 2 use cases G03 and G04",
    says="The charge point accepted this change, but in {waited} it reported no connector as Unavailable.",
    positive=(
        f"""
        10:00:00 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Available"}}
        10:00:00 < ok
        * 10:00:01 < ChangeAvailability {{"connectorId":1,"type":"Inoperative"}}
        10:00:01 > ok {{"status":"Accepted"}}
        {_LATER}
        """,
    ),
    negative=(
        f"""
        10:00:00 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Available"}}
        10:00:00 < ok
        10:00:01 < ChangeAvailability {{"connectorId":1,"type":"Inoperative"}}
        10:00:01 > ok {{"status":"Accepted"}}
        10:00:02 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Unavailable"}}
        10:00:02 < ok
        {_LATER}
        """,
        f"""
        10:00:00 > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Unavailable"}}
        10:00:00 < ok
        10:00:01 < ChangeAvailability {{"connectorId":1,"type":"Inoperative"}}
        10:00:01 > ok {{"status":"Accepted"}}
        {_LATER}
        """,
        f"""
        10:00:01 < ChangeAvailability {{"connectorId":1,"type":"Inoperative"}}
        10:00:01 > ok {{"status":"Accepted"}}
        {_LATER}
        """,
    ),
)

RULES = (
    START_WITHOUT_EFFECT,
    STOP_WITHOUT_EFFECT,
    STOP_OF_ENDED,
    AUTHORIZES_AGAINST_SETTING,
    TRIGGER_WITHOUT_EFFECT,
    RESET_WITHOUT_EFFECT,
    AVAILABILITY_WITHOUT_EFFECT,
)

TRIGGERED = (
    "BootNotification",
    "Heartbeat",
    "StatusNotification",
    "MeterValues",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "SignCertificate",
    "TransactionEvent",
    "PublishFirmwareStatusNotification",
)
"""What TriggerMessage may ask for, as actions."""
_CERTIFICATES = ("SignChargePointCertificate", "SignChargingStationCertificate", "SignV2GCertificate")
"""Requests whose message is a SignCertificate; the other names of this sort are of later editions."""


class CommandChecker(Checker):
    """Waits for what must follow a command that was accepted."""

    def begin(self) -> None:
        self.started_remotely: tuple[str | None, int] | None = None
        """The id token of the last remote start whose transaction did not start yet, and its connection."""
        self.last_sent: dict[str, int] = {}
        """The index of the last message of each action that can be asked for."""
        self.expected: set[str] = set()
        """What may be waited for."""

    def expect(self, name: str, call: Seen, answer: Seen, seconds: float, missed: Callable[[TimeSpan], None]) -> None:
        """Call `missed` if `name` is not fulfilled within so many seconds after the answer."""
        if answer.is_timed and call.is_timed:
            wait = round(seconds * SECOND)
            self.expected.add(name)
            self.wait(name, answer.clock + wait, lambda: missed(TimeSpan(wait)))

    # -- remote start and stop ----------------------------------------------------------------------------------

    @on_exchange("RemoteStartTransaction", "RequestStartTransaction")
    def start_accepted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Accepted" or answer.text("transactionId"):
            return
        token, index = call.text("idTag") or call.text("idToken", "idToken"), call.index
        self.started_remotely = token, call.connection
        setting = self.known.whole_setting("ConnectionTimeOut", "TxCtrlr.EVConnectionTimeOut")
        seconds = (setting or self.limits.connection_time_out) + self.limits.command_patience
        self.expect(
            "start", call, answer, seconds, lambda waited: self.found(START_WITHOUT_EFFECT, index, waited=waited)
        )

    @on_call("StartTransaction")
    def started(self, call: Seen) -> None:
        self.started_remotely = None
        self.stop_waiting("start")

    @on_call("Authorize")
    def authorizes(self, call: Seen) -> None:
        token = call.text("idTag") or call.text("idToken", "idToken")
        names = ("AuthorizeRemoteTxRequests", "AuthCtrlr.AuthorizeRemoteStart")
        if (token, call.connection) != self.started_remotely or self.known.switch(*names) is not False:
            return
        self.found(AUTHORIZES_AGAINST_SETTING, call, setting=names[self.known.version in _2X].rpartition(".")[2])

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        self.started_remotely = None
        self.sent(call)
        self.stop_waiting("start")

    @on_call("RemoteStopTransaction", "RequestStopTransaction")
    def stop(self, call: Seen) -> None:
        one = self.asked_for(call)
        if one is not None and one.end is not None:
            self.found(STOP_OF_ENDED, call, (one.end,), transaction=one.id)

    @on_exchange("RemoteStopTransaction", "RequestStopTransaction")
    def stop_accepted(self, call: Seen, answer: Seen) -> None:
        one, index = self.asked_for(call), call.index
        if one is None or not one.is_open or one.start is None or answer.text("status") != "Accepted":
            return
        number, start = one.id, one.start

        def missed(waited: TimeSpan) -> None:
            still = self.known.transactions.get(number)
            if still is not None and still.is_open:
                self.found(STOP_WITHOUT_EFFECT, index, (start,), transaction=number, waited=waited)

        self.expect(f"stop {number}", call, answer, self.limits.command_patience, missed)

    def asked_for(self, call: Seen) -> KnownTransaction | None:
        number = call.value("transactionId")
        return self.known.transactions.get(str(number)) if isinstance(number, int | str) else None

    # -- messages asked for -------------------------------------------------------------------------------------

    @on_exchange("TriggerMessage", "ExtendedTriggerMessage")
    def trigger_accepted(self, call: Seen, answer: Seen) -> None:
        asked, index = call.text("requestedMessage") or "", call.index
        action = "SignCertificate" if asked in _CERTIFICATES else asked
        if answer.text("status") != "Accepted" or action not in TRIGGERED or self.last_sent.get(action, -1) > index:
            return

        def missed(waited: TimeSpan) -> None:
            self.found(TRIGGER_WITHOUT_EFFECT, index, action=action, waited=waited)

        self.expect(action, call, answer, self.limits.command_patience, missed)

    @on_call(
        *(
            action
            for action in TRIGGERED
            if action not in ("TransactionEvent", "BootNotification", "StatusNotification")
        )
    )
    def sent(self, call: Seen) -> None:
        action = call.action
        self.last_sent[action] = call.index
        if action in self.expected:  # almost every message comes here
            self.expected.discard(action)
            self.stop_waiting(action)

    # -- reset and availability ---------------------------------------------------------------------------------

    @on_exchange("Reset")
    def reset_accepted(self, call: Seen, answer: Seen) -> None:
        index, seconds = call.index, self.limits.reset_patience
        if answer.text("status") == "Accepted" and not self.known.open_transactions and call.value("evseId") is None:
            self.expect(
                "reset", call, answer, seconds, lambda waited: self.found(RESET_WITHOUT_EFFECT, index, waited=waited)
            )

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        self.sent(call)
        self.stop_waiting("reset")

    @on_exchange("ChangeAvailability")
    def availability_accepted(self, call: Seen, answer: Seen) -> None:
        place, index = call.integer("connectorId"), call.index
        place = call.integer("evse", "id") if place is None else place
        wanted = call.text("type") or call.text("operationalStatus")
        if answer.text("status") != "Accepted" or wanted != "Inoperative":
            return
        known = [
            one.status
            for (evse, connector), one in self.known.connectors.items()
            if (evse or connector) and (not place or place in ((evse or connector), connector))
        ]
        if known and "Unavailable" not in known and "Faulted" not in known and not self.known.open_transactions:
            self.expect(
                "availability",
                call,
                answer,
                self.limits.command_patience,
                lambda waited: self.found(AVAILABILITY_WITHOUT_EFFECT, index, waited=waited),
            )

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        self.sent(call)
        if (call.text("status") or call.text("connectorStatus")) == "Unavailable":
            self.stop_waiting("availability")

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        for name in ("start", "reset", "availability", *TRIGGERED):
            self.stop_waiting(name)
