"""Credentials: passwords that are too weak, changes that the charge point does not act on, and lost protection."""

from __future__ import annotations

from collections.abc import Iterator

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.recorded_upgrade import RecordedUpgrade
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.ocpp.key_codes import is_key_code
from ocpptui.ocpp.password_form import PasswordFault, fault_of_password, needed_of_password, passwords_set_by
from ocpptui.ocpp.payload import objects_at, text_at
from ocpptui.ocpp.secret_names import is_masked
from ocpptui.ocpp.version import SECOND_GENERATION, SINCE_1_6
from ocpptui.timeline.masking import MASKED_FAULT, SHOWN_KEY_CODE
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _opened(at: str = "10:00:00", *, secure: bool = False, credentials: bool = True) -> str:
    scheme = "wss" if secure else "ws"
    headers = '"Authorization: Basic CP1:***"' if credentials else ""
    return f'{at} opened {{"url":"{scheme}://localhost/CP1","requestHeaders":[{headers}]}}\n'


def _key(value: str) -> str:
    return f'10:00:01 < ChangeConfiguration {{"key":"AuthorizationKey","value":"{value}"}}\n'


def _password(value: str) -> str:
    return (
        f'10:00:01 < SetVariables {{"setVariableData":[{{"attributeValue":"{value}","component":'
        f'{{"name":"SecurityCtrlr"}},"variable":{{"name":"BasicAuthPassword"}}}}]}}\n'
    )


_ACCEPTED = '10:00:02 > ok {"status":"Accepted"}\n'
_SET = (
    '10:00:02 > ok {"setVariableResult":[{"attributeStatus":"Accepted","component":{"name":"SecurityCtrlr"},'
    '"variable":{"name":"BasicAuthPassword"}}]}\n'
)
_LATER = "10:10:00 > Heartbeat {}"
_PROFILE_2 = """
09:00:00 < GetConfiguration {"key":["SecurityProfile"]}
09:00:00 > ok {"configurationKey":[{"key":"SecurityProfile","readonly":false,"value":"2"}]}
"""


def _variable(name: str, value: str) -> str:
    return (
        f'09:00:00 < GetVariables {{"getVariableData":[{{"component":{{"name":"SecurityCtrlr"}},'
        f'"variable":{{"name":"{name}"}}}}]}}\n09:00:00 > ok {{"getVariableResult":[{{"attributeStatus":"Accepted",'
        f'"attributeValue":"{value}","component":{{"name":"SecurityCtrlr"}},"variable":{{"name":"{name}"}}}}]}}\n'
    )


def _profile(value: int) -> str:
    return f'10:00:01 < ChangeConfiguration {{"key":"SecurityProfile","value":"{value}"}}\n'


def _network(profile: int) -> str:
    return (
        '10:00:01 < SetNetworkProfile {"configurationSlot":1,"connectionData":{"ocppVersion":"OCPP20",'
        f'"ocppTransport":"JSON","ocppCsmsUrl":"ws://a","messageTimeout":30,"securityProfile":{profile},'
        '"ocppInterface":"Wired0"}}\n'
    )


def _shown(kind: str, token: str) -> str:
    return f'10:00:00 > Authorize {{"idToken":{{"idToken":"{token}","type":"{kind}"}}}}\n'


WEAK_PASSWORD = Rule(
    "sec.password",
    Severity.WARNING,
    "The new password or key is too short, too long, or of the wrong form.",
    "OCPP 1.6 security whitepaper A00.FR.205 and section 7.2; OCPP 2.0.1 and 2.1 Part 2 A00.FR.205",
    versions=SINCE_1_6,
    says="The new password is {fault}; it must have {needed}.",
    remedy="A charge point may refuse it, or read it differently, and then fail to connect.",
    positive=(
        "2.0.1\n* " + _password("12345678"),
        "2.0.1\n* " + _password("x" * 65),
        "* " + _key("0123456789abcdef"),
        "* " + _key("this is no hexadecimal number of"),
        "* " + _key("a" * 42),
    ),
    negative=(
        "2.0.1\n" + _password("x" * 20),
        "2.0.1\n" + _password("***"),  # nothing is known of a masked one
        _key("0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF"),
        _key("00112233445566778899aabbccddeeff"),
        _key("***"),
        '10:00:01 < ChangeConfiguration {"key":"HeartbeatInterval","value":"60"}',
    ),
)

NO_RECONNECT = Rule(
    "sec.key-no-reconnect",
    Severity.WARNING,
    "The charge point accepted a new password, but did not connect again with it.",
    "OCPP 1.6 security whitepaper A01.FR.03; OCPP 2.0.1 and 2.1 Part 2 A01.FR.03",
    versions=SINCE_1_6,
    says="The charge point accepted the new password, but in {waited} it did not connect again.",
    remedy="The central system must keep the old password until the charge point has connected with the new one.",
    positive=(
        _opened() + _key("***") + "* " + _ACCEPTED + _LATER,
        "2.0.1\n" + _opened(secure=True) + _password("***") + "* " + _SET + _LATER,
        _PROFILE_2 + "10:00:00 opened\n" + _key("***") + "* " + _ACCEPTED + "10:10:00 now",
    ),
    negative=(
        _opened() + _key("***") + _ACCEPTED + "10:00:10 closed\n" + _opened("10:00:20") + _LATER,
        _opened() + _key("***") + '10:00:02 > ok {"status":"Rejected"}\n' + _LATER,
        _opened() + _key("***") + '10:00:02 > ok {"status":"RebootRequired"}\n' + _LATER,
        # it uses no password yet
        _opened(credentials=False) + _key("***") + _ACCEPTED + _LATER,
        "10:00:00 opened\n" + _key("***") + _ACCEPTED + _LATER,
        # connections are not recorded
        _PROFILE_2 + _key("***") + _ACCEPTED + _LATER,
        _opened() + _key("***") + _ACCEPTED + "10:01:00 now",
    ),
)

DOWNGRADE = Rule(
    "sec.downgrade",
    Severity.ERROR,
    "The charge point accepts a lower security profile than it has.",
    "OCPP 1.6 security whitepaper A00.FR.005 and use case A05; OCPP 2.0.1 and 2.1 Part 2 A00.FR.005 and B09.FR.04",
    versions=SINCE_1_6,
    says="The charge point accepts security profile {profile}, although it has {before}.",
    remedy="A security profile may only be raised over OCPP; otherwise an attacker could take the protection away.",
    positive=(
        _PROFILE_2 + _profile(1) + "* " + _ACCEPTED,
        "2.0.1\n" + _variable("SecurityProfile", "2") + _network(1) + "* " + _ACCEPTED,
        "2.0.1\n" + _opened(secure=True) + _network(1) + "* " + _ACCEPTED,
    ),
    negative=(
        _PROFILE_2 + _profile(3) + _ACCEPTED,
        _PROFILE_2 + _profile(1) + '10:00:02 > ok {"status":"Rejected"}',
        _profile(1) + _ACCEPTED,
        "2.0.1\n" + _variable("SecurityProfile", "2") + _network(1) + '10:00:02 > ok {"status":"Rejected"}',
        "2.0.1\n" + _variable("SecurityProfile", "2") + _network(2) + _ACCEPTED,
        "2.0.1\n" + _network(1) + _ACCEPTED,
        "2.0.1\n"
        + _variable("SecurityProfile", "3")
        + _variable("AllowSecurityProfileDowngrade", "true")
        + _network(2)
        + _ACCEPTED,
    ),
)

KEY_CODE = Rule(
    "sec.keycode",
    Severity.WARNING,
    "The KeyCode of a driver was logged.",
    "OCPP 2.0.1 and 2.1 Part 2 C04.FR.04",
    versions=SECOND_GENERATION,
    remedy="A KeyCode is a secret, which may not be shown in any log. Redact the file before you share it.",
    positive=(f"2.0.1\n* {_shown('KeyCode', '1234')}{_shown('KeyCode', '5678')}",),
    negative=(
        f"2.0.1\n{_shown('KeyCode', '***')}",
        f"2.0.1\n{_shown('ISO14443', '1234')}",
        f"2.0.1\n{_shown('KeyCode', '')}",
    ),
)

RULES = (WEAK_PASSWORD, NO_RECONNECT, DOWNGRADE, KEY_CODE)

_PASSWORD = "BasicAuthPassword"
_PROFILE = "SecurityProfile"
_PROFILE_SETTINGS = (_PROFILE, "SecurityCtrlr.SecurityProfile")
_MAY_LOWER = "SecurityCtrlr.AllowSecurityProfileDowngrade"
_WITH_PASSWORD = (1, 2)
"""The security profiles with HTTP Basic authentication."""
_FAULTS = {
    PasswordFault.SHORT: "too short",
    PasswordFault.LONG: "too long",
    PasswordFault.NOT_HEXADECIMAL: "not hexadecimal",
}


class CredentialChecker(Checker):
    """Follows the credentials and the security profile of a charge point."""

    def begin(self) -> None:
        self.connection = 0  # the last one that opened
        self.has_password = False  # its handshake had credentials
        self.is_secure = False  # it uses TLS
        self.shows_code = False  # that a KeyCode is shown has been reported for this connection

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        upgrade = RecordedUpgrade(event.detail)
        self.connection, self.has_password = event.connection, upgrade.has_credentials
        self.is_secure = is_encrypted(upgrade.url)
        self.shows_code = False
        self.stop_waiting("reconnect")

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        if event.connection == self.connection:
            self.connection = 0
            self.stop_waiting("reconnect")

    # -- passwords ----------------------------------------------------------------------------------------------

    @on_call("ChangeConfiguration", "SetVariables", "SetNetworkProfile")
    def changes(self, call: Seen) -> None:
        for value in _passwords_in(call):
            fault = call.detail.get(MASKED_FAULT) if is_masked(value) else fault_of_password(self.known.version, value)
            if fault in _FAULTS:
                needed = needed_of_password(self.known.version)
                self.found(WEAK_PASSWORD, call, fault=Phrase(_FAULTS[fault]), needed=Phrase(needed))

    @on_exchange("ChangeConfiguration", "SetVariables")
    def changed(self, call: Seen, answer: Seen) -> None:
        if call.text("key") == _PROFILE:
            self.compare_profiles(call, answer, call.measured("value"))
        is_accepted = answer.text("status") == "Accepted"
        for result in objects_at(answer.value("setVariableResult")):
            if text_at(result, "variable", "name") == _PASSWORD:
                is_accepted = text_at(result, "attributeStatus") == "Accepted"
        if is_accepted and any(True for _ in _passwords_in(call)):
            self.must_reconnect(answer)

    def must_reconnect(self, answer: Seen) -> None:
        """Expect that a charge point connects again, if it uses its password, and if the recording can show it."""
        uses_it = self.has_password or self.known.whole_setting(*_PROFILE_SETTINGS) in _WITH_PASSWORD
        if answer.connection == self.connection and uses_it and answer.is_timed:
            wait, index = round(self.limits.reset_patience * SECOND), answer.index
            waited = TimeSpan(wait)
            self.wait("reconnect", answer.clock + wait, lambda: self.found(NO_RECONNECT, index, waited=waited))

    # -- security profiles --------------------------------------------------------------------------------------

    @on_exchange("SetNetworkProfile")
    def network_set(self, call: Seen, answer: Seen) -> None:
        self.compare_profiles(call, answer, call.number("connectionData", "securityProfile"))

    def compare_profiles(self, call: Seen, answer: Seen, profile: float | None) -> None:
        before = self.known.whole_setting(*_PROFILE_SETTINGS)
        if before is None and self.is_secure and self.has_password and answer.connection == self.connection:
            before = 2
        if before is None or profile is None or profile >= before:
            return
        if (before, profile) == (3, 2) and self.known.switch(_MAY_LOWER):
            return
        if answer.text("status") in ("Accepted", "RebootRequired"):
            self.found(DOWNGRADE, answer, (call,), profile=f"{profile:g}", before=before)

    # -- key codes ----------------------------------------------------------------------------------------------

    @on_call("Authorize", "TransactionEvent", "RequestStartTransaction", "ReserveNow")
    def named(self, call: Seen) -> None:
        token = call.value("idToken", "idToken")
        if not isinstance(token, str) or self.shows_code or not is_key_code(call.value("idToken", "type")):
            return
        if token.strip("*") or call.detail.get(SHOWN_KEY_CODE):  # it may be masked here, and shown in the file
            self.shows_code = True
            self.found(KEY_CODE, call)


def _passwords_in(call: Seen) -> Iterator[str]:
    """The passwords of Basic authentication that a request sets, masked or not."""
    return passwords_set_by(call.action, call.payload)
