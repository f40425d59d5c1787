"""TriggerMessage: whether the message that it asks for comes, and when."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_refusal
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, BOOT_16, STILL_THERE, event_2, status_16
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import objects_at, text_at
from ocpptui.ocpp.version import SECOND_GENERATION, Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

JUST_BEFORE = 5 * SECOND
"""A message that was sent so shortly before it was asked for may be what the charge point means."""


def _trigger(message: str = "StatusNotification", at: str = "10:05:00") -> str:
    return f'{at} < TriggerMessage {{"requestedMessage":"{message}"}}\n'


_TRIGGER = _trigger()
_AT_2 = _TRIGGER.replace("}", ',"connectorId":2}')
_ACCEPTED = '10:05:01 > ok {"status":"Accepted"}\n'
_ACCEPTED_BY_ID = '10:05:01 > [3,"CP1-1-261900000000-0",{"status":"Accepted"}]\n'
_BEFORE = status_16("Available", "10:00:00")


def _profiles(value: str) -> str:
    setting = f'{{"key":"SupportedFeatureProfiles","readonly":true,"value":"{value}"}}'
    return (
        '10:00:00 < GetConfiguration {"key":["SupportedFeatureProfiles"]}\n'
        f'10:00:00 > ok {{"configurationKey":[{setting}]}}\n'
    )


UNKEPT = Rule(
    "cmd.trigger-unkept",
    Severity.WARNING,
    "The charge point agreed to send a message, but did not send it.",
    "OCPP 1.6 section 5.17; OCPP 2.0.1 and 2.1 Part 2 F06.FR.10",
    severities=dict.fromkeys(SECOND_GENERATION, Severity.ERROR),
    says="The charge point agreed to send {action}, but in {waited} it did not.",
    positive=(
        f"* {_TRIGGER}{_ACCEPTED}{STILL_THERE}",
        f"* {_AT_2}{_ACCEPTED}{status_16('Available', '10:05:02')}{STILL_THERE}",
        (
            f"2.0.1\n* {_trigger('Heartbeat')}{_ACCEPTED}10:20:00 > SecurityEventNotification"
            ' {"type":"StartupOfTheDevice","timestamp":"2026-01-01T10:20:00Z"}'
        ),
    ),
    negative=(
        f"{_TRIGGER}{_ACCEPTED}{status_16('Available', '10:05:02')}{STILL_THERE}",
        f"{_AT_2}{_ACCEPTED}{status_16('Available', '10:05:02')}{status_16('Available', '10:05:03', 2)}{STILL_THERE}",
        f"{status_16('Available', '10:04:58')}{_TRIGGER}{_ACCEPTED}{STILL_THERE}",
        f'{_TRIGGER}10:05:01 > ok {{"status":"NotImplemented"}}\n{STILL_THERE}',
        (
            f'{_trigger("BootNotification")}10:05:00.5 > BootNotification {{"chargePointVendor":"A",'
            f'"chargePointModel":"B"}}\n{_ACCEPTED_BY_ID}{STILL_THERE}'
        ),
        (
            f"2.0.1\n{_trigger('LogStatusNotification')}{_ACCEPTED}"
            f'10:05:02 > LogStatusNotification {{"status":"Idle"}}\n10:05:02 < ok\n{STILL_THERE}'
        ),
        f"{_TRIGGER}{_ACCEPTED}10:05:10 closed\n10:06:00 opened\n{STILL_THERE}",
        f"{_TRIGGER}{_ACCEPTED}",
        # The answer to a message that the recording lacks.
        f'{_TRIGGER}{_ACCEPTED}10:05:02 < [3,"x",{{}}]\n{STILL_THERE}',
        f"{_TRIGGER}{_ACCEPTED}{STILL_THERE}".replace("10:05:00 <", "- <"),
        f"{_TRIGGER}{_ACCEPTED}{status_16('Available', '10:05:02')}10:20:00 CP2 > Heartbeat {{}}",
    ),
)

BEFORE_ANSWER = Rule(
    "cmd.trigger-before-answer",
    Severity.ERROR,
    "A message that TriggerMessage asked for comes before the answer.",
    "OCPP 1.6 section 5.17; OCPP 2.0.1 and 2.1 Part 2 F06.FR.04",
    says="{action} was sent before the TriggerMessage that asked for it was answered.",
    remedy="The answer must come first. The central system cannot tell the message from one that came by itself.",
    positive=(
        (
            f"{_BEFORE}{_TRIGGER}* {status_16('Available', '10:05:00.5').splitlines()[0]}\n{_ACCEPTED_BY_ID}"
            "10:05:01 < ok\n"
        ),
        f"{_TRIGGER}* {status_16('Available', '10:05:00.5')}{_ACCEPTED_BY_ID}",
    ),
    negative=(
        f"{_BEFORE}{_TRIGGER}{_ACCEPTED}{status_16('Available', '10:05:02')}",
        # A change of the status, or a periodic message, came by itself.
        f"{_BEFORE}{_TRIGGER}{status_16('Preparing', '10:05:00.5')}{_ACCEPTED_BY_ID}",
        (
            f"{_trigger('Heartbeat')}10:05:00.5 > Heartbeat {{}}\n10:05:00.6 < ok"
            f' {{"currentTime":"2026-01-01T10:05:00Z"}}\n{_ACCEPTED_BY_ID}'
        ),
        f"2.0.1\n{_trigger('TransactionEvent')}{event_2('Started', '10:05:00')}{_ACCEPTED_BY_ID}",
        f"{_TRIGGER}{status_16('Available', '10:05:00.5')}" + _ACCEPTED_BY_ID.replace("Accepted", "Rejected"),
    ),
)

BOOT_ALTHOUGH_ACCEPTED = Rule(
    "cmd.trigger-boot",
    Severity.INFO,
    "A charge point that is accepted agrees to send another BootNotification.",
    "OCPP 1.6 errata sections 3.35 and 3.40; OCPP 2.0.1 and 2.1 Part 2 F06.FR.17",
    says="The charge point agrees to send BootNotification again, although its last one was accepted.",
    remedy="It should answer Rejected. A BootNotification does not mean that it has restarted.",
    positive=(
        f"{BOOT_16}{_trigger('BootNotification')}* {_ACCEPTED}",
        f"{BOOT_2}{_trigger('BootNotification')}* {_ACCEPTED}",
    ),
    negative=(
        f'{BOOT_16}{_trigger("BootNotification")}10:05:01 > ok {{"status":"Rejected"}}',
        f"{BOOT_16.replace('Accepted', 'Pending')}{_trigger('BootNotification')}{_ACCEPTED}",
        f"{_trigger('BootNotification')}{_ACCEPTED}",
        f"{BOOT_16}{_TRIGGER}{_ACCEPTED}",
    ),
)

PROFILE_MISSING = Rule(
    "cmd.trigger-profile",
    Severity.INFO,
    "TriggerMessage is refused by a charge point that does not list the profile RemoteTrigger.",
    "OCPP 1.6 sections 3.3 and 9.1.29",
    versions=frozenset({Version.V16}),
    says="TriggerMessage is refused: SupportedFeatureProfiles is {profiles}, without RemoteTrigger.",
    remedy="The central system should look at SupportedFeatureProfiles before it uses TriggerMessage.",
    positive=(
        f'{_profiles("Core,SmartCharging")}{_TRIGGER}* 10:05:01 > error NotSupported "no"',
        f'{_profiles("Core,SmartCharging")}{_TRIGGER}* 10:05:01 > ok {{"status":"NotImplemented"}}',
    ),
    negative=(
        f'{_profiles("Core,RemoteTrigger")}{_TRIGGER}10:05:01 > error NotSupported "no"',
        f"{_profiles('Core,SmartCharging')}{_TRIGGER}{_ACCEPTED}",
        f'{_TRIGGER}10:05:01 > error NotSupported "no"',
    ),
)

RULES = (UNKEPT, BEFORE_ANSWER, BOOT_ALTHOUGH_ACCEPTED, PROFILE_MISSING)

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
_BY_ITSELF = ("Heartbeat", "MeterValues", "TransactionEvent")
"""Messages that a charge point sends often, by itself."""


class TriggerChecker(ExpectingChecker):
    """Waits for the message that a TriggerMessage asks for."""

    def begin(self) -> None:
        self.last_sent: dict[str, tuple[int, int]] = {}
        """The index and the clock of the last message of each action that can be asked for."""
        self.asked: dict[str, int] = {}
        """The actions that were asked for, with the call that has no answer yet."""
        self.early: dict[str, int] = {}
        """The messages that came since then."""
        self.expected: dict[str, int | None] = {}
        """What may be waited for, and of which connector or EVSE; None: any."""

    @on_call("TriggerMessage", "ExtendedTriggerMessage")
    def asks(self, call: Seen) -> None:
        action = _action(call)
        if action in TRIGGERED:
            self.asked[action] = call.index
            self.early.pop(action, None)

    @on_exchange("TriggerMessage", "ExtendedTriggerMessage")
    def answered(self, call: Seen, answer: Seen) -> None:
        action, index, status = _action(call), call.index, answer.text("status")
        is_latest = self.asked.get(action) == index
        early = self.early.pop(action, None) if is_latest else None
        if is_latest:
            del self.asked[action]
        if status in ("NotImplemented", "Rejected"):
            self.refused(call, answer)
        if status != "Accepted" or action not in TRIGGERED:
            return
        if action == "BootNotification" and self.known.booted and early is None:
            self.found(BOOT_ALTHOUGH_ACCEPTED, answer, (call,))
        if early is not None:
            self.found(BEFORE_ANSWER, early, (call, answer), action=action)
        sent, at = self.last_sent.get(action, (-1, 0))
        if sent > index or (sent >= 0 and call.clock - at < JUST_BEFORE):
            return
        self.expected[action] = _place(call)

        def missed(waited: TimeSpan) -> None:
            self.found(UNKEPT, index, action=action, waited=waited)

        self.expect(action, call, answer, self.limits.command_patience, missed)

    @on_refusal("TriggerMessage", "ExtendedTriggerMessage")
    def refused_as_unknown(self, call: Seen, error: Seen) -> None:
        frame = error.frame
        if isinstance(frame, Message) and frame.error_code in ("NotSupported", "NotImplemented"):
            self.refused(call, error)

    def refused(self, call: Seen, answer: Seen) -> None:
        profiles = self.known.setting("SupportedFeatureProfiles")
        if profiles and "remotetrigger" not in profiles.replace(" ", "").lower().split(","):
            self.found(PROFILE_MISSING, answer, (call,), profiles=profiles)

    @on_call(*TRIGGERED)
    def sent(self, call: Seen) -> None:
        action = call.action
        self.last_sent[action] = call.index, call.clock
        if action in self.asked and self.is_triggered(call, action):
            self.early.setdefault(action, call.index)
        if action in self.expected:  # almost every message comes here
            asked, place = self.expected[action], _place(call)
            if None in (asked, place) or asked == place:
                del self.expected[action]
                self.stop_waiting(action)

    def is_triggered(self, call: Seen, action: str) -> bool:
        """Whether a message was sent because it was asked for, and would not have come by itself."""
        if action == "StatusNotification":
            place = (call.integer("evseId") or 0, call.integer("connectorId") or 0)
            before = self.known.connectors.get(place)
            return before is None or before.status == (call.text("status") or call.text("connectorStatus"))
        if action == "MeterValues":
            samples = (one for value in call.objects("meterValue") for one in objects_at(value, "sampledValue"))
            return any(text_at(one, "context") == "Trigger" for one in samples)
        if action == "TransactionEvent":
            return call.text("triggerReason") == "Trigger"
        return action not in _BY_ITSELF

    @on_call("NotifyEvent")
    def event(self, call: Seen) -> None:
        if "StatusNotification" in self.expected:  # OCPP 2.x reports a status in either manner
            del self.expected["StatusNotification"]
            self.stop_waiting("StatusNotification")

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.asked.clear()
        self.stop_all_waiting()


def _action(call: Seen) -> str:
    asked = call.text("requestedMessage") or ""
    return "SignCertificate" if asked in _CERTIFICATES else asked


def _place(call: Seen) -> int | None:
    """The EVSE, or the connector of 1.x, that a message is about; None if it is about all, or does not say."""
    evse = call.integer("evse", "id")
    evse = call.integer("evseId") if evse is None else evse
    return (call.integer("connectorId") if evse is None else evse) or None
