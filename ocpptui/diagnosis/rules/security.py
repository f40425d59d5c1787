"""Security: events that a charge point reports, its security profile, and its certificates."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_1X = frozenset({Version.V12, Version.V15, Version.V16})
_SINCE_16 = frozenset(Version) - {Version.V12, Version.V15}


def _event(kind: str) -> str:
    return f'10:00:00 > SecurityEventNotification {{"type":"{kind}","timestamp":"2026-01-01T10:00:00Z"}}'


_SIGN = '10:00:00 > SignCertificate {"csr":"x"}\n10:00:01 < ok {"status":"Accepted"}\n'
_SIGNED = '10:00:20 < CertificateSigned {"certificateChain":"x"}\n'
_INSTALL = '10:00:00 < InstallCertificate {"certificateType":"CentralSystemRootCertificate","certificate":"x"}\n'
_PROFILE_2 = """
10:00:00 < GetConfiguration {"key":["SecurityProfile"]}
10:00:00 > ok {"configurationKey":[{"key":"SecurityProfile","readonly":false,"value":"2"}]}
"""
_CHAIN_OF_3 = """
10:00:00 < GetConfiguration {"key":["CertificateSignedMaxChainSize"]}
10:00:00 > ok {"configurationKey":[{"key":"CertificateSignedMaxChainSize","readonly":true,"value":"3"}]}
"""


def _profile(value: int) -> str:
    return f'10:00:01 < ChangeConfiguration {{"key":"SecurityProfile","value":"{value}"}}\n'


ALARM = Rule(
    "security.alarm",
    Severity.WARNING,
    "The charge point reports a security event that may be an attack or a misconfiguration.",
    "OCPP 1.6 security whitepaper, list of security events; OCPP 2.0.1 and 2.1 Part 2 appendix 1",
    versions=_SINCE_16,
    says="The charge point reports the security event {event}{info}.",
    positive=("* " + _event("TamperDetectionActivated"), "2.0.1\n* " + _event("InvalidTLSVersion")),
    negative=(_event("StartupOfTheDevice"), _event("ResetOrReboot"), _event("SettingSystemTime")),
)

UNKNOWN_EVENT = Rule(
    "security.unknown-event",
    Severity.INFO,
    "The security event is not in the list of the standard.",
    "OCPP 1.6 security whitepaper, list of security events; OCPP 2.0.1 and 2.1 Part 2 appendix 1",
    versions=_SINCE_16,
    says="The security event {event} is not in the list of the standard.",
    positive=("* " + _event("DoorOpened"),),
    negative=(_event("StartupOfTheDevice"),),
)

PROFILE_LOWERED = Rule(
    "security.profile-lowered",
    Severity.ERROR,
    "The charge point accepts a lower security profile than it has.",
    "OCPP 1.6 security whitepaper, configuration key SecurityProfile",
    versions=frozenset({Version.V16}),
    says="The charge point accepts security profile {profile}, although it has {before}.",
    remedy="A security profile may only be raised over OCPP; otherwise an attacker could take the protection away.",
    positive=(_PROFILE_2 + _profile(1) + '* 10:00:02 > ok {"status":"Accepted"}',),
    negative=(
        _PROFILE_2 + _profile(3) + '10:00:02 > ok {"status":"Accepted"}',
        _PROFILE_2 + _profile(1) + '10:00:02 > ok {"status":"Rejected"}',
        _profile(1) + '10:00:02 > ok {"status":"Accepted"}',
    ),
)

CERTIFICATE_MISSING = Rule(
    "security.certificate-missing",
    Severity.WARNING,
    "The central system accepted to sign a certificate, but did not send it.",
    "OCPP 1.6 security whitepaper use cases A02 and A03; OCPP 2.0.1 and 2.1 Part 2 use cases A02 and A03",
    versions=_SINCE_16,
    says="The central system accepted this request, but in {waited} it sent no certificate.",
    remedy="The charge point keeps its old certificate, and asks again. Look at the certificate authority.",
    positive=(_SIGN.replace("10:00:00 >", "* 10:00:00 >") + "11:00:00 > Heartbeat {}",),
    negative=(
        _SIGN + _SIGNED + "11:00:00 > Heartbeat {}",
        _SIGN.replace("Accepted", "Rejected") + "11:00:00 > Heartbeat {}",
        _SIGN + "10:00:10 closed\n10:50:00 opened\n11:00:00 > Heartbeat {}",
    ),
)

CERTIFICATE_REFUSED = Rule(
    "security.certificate-refused",
    Severity.WARNING,
    "The charge point refuses a certificate.",
    "OCPP 1.6 security whitepaper use cases A02, A03 and M05; OCPP 2.0.1 and 2.1 Part 2 use cases A02, A03 and M05",
    versions=_SINCE_16,
    says="The charge point answers {status} to {action}.",
    remedy="Look whether the certificate is valid, fits its key, and is signed by a root that the charge point has.",
    positive=(
        _SIGNED + '* 10:00:21 > ok {"status":"Rejected"}',
        _INSTALL + '* 10:00:21 > ok {"status":"Failed"}',
    ),
    negative=(_SIGNED + '10:00:21 > ok {"status":"Accepted"}', _INSTALL + '10:00:21 > ok {"status":"Accepted"}'),
)

CHAIN_TOO_LONG = Rule(
    "security.chain-too-long",
    Severity.WARNING,
    "The certificate chain is longer than the charge point takes.",
    "OCPP 1.6 security whitepaper, CertificateSignedMaxChainSize; OCPP 2.0.1 and 2.1 Part 2, SecurityCtrlr",
    versions=_SINCE_16,
    says="The certificate chain has {length} characters, but the charge point takes {limit}.",
    positive=(_CHAIN_OF_3 + '* 10:00:20 < CertificateSigned {"certificateChain":"long"}',),
    negative=(_CHAIN_OF_3 + '10:00:20 < CertificateSigned {"certificateChain":"two"}', _SIGNED),
)

RULES = (ALARM, UNKNOWN_EVENT, PROFILE_LOWERED, CERTIFICATE_MISSING, CERTIFICATE_REFUSED, CHAIN_TOO_LONG)

_ALARMS = {
    "AttemptedReplayAttacks",
    "CentralSystemFailedToAuthenticate",
    "CsmsFailedToAuthenticate",
    "FailedToAuthenticateAtCentralSystem",
    "FailedToAuthenticateAtCsms",
    "InvalidCentralSystemCertificate",
    "InvalidChargePointCertificate",
    "InvalidChargingStationCertificate",
    "InvalidCsmsCertificate",
    "InvalidFirmwareSignature",
    "InvalidFirmwareSigningCertificate",
    "InvalidTLSCipherSuite",
    "InvalidTLSVersion",
    "MemoryExhaustion",
    "SecurityLogWasCleared",
    "TamperDetectionActivated",
}
_OTHER_EVENTS = {
    "FirmwareUpdated",
    "MaintenanceLoginAccepted",
    "MaintenanceLoginFailed",
    "ReconfigurationOfSecurityParameters",
    "ResetOrReboot",
    "SettingSystemTime",
    "StartupOfTheDevice",
}
_PROFILE = "SecurityProfile"
_CHAIN_SETTINGS = ("CertificateSignedMaxChainSize", "SecurityCtrlr.MaxCertificateChainSize")


class SecurityChecker(Checker):
    """Follows the security profile and the certificates of a charge point."""

    def begin(self) -> None:
        pass

    @on_call("SecurityEventNotification")
    def event(self, call: Seen) -> None:
        event, info = call.text("type") or "", call.text("techInfo")
        if event in _ALARMS:
            self.found(ALARM, call, event=event, info=f": {info[:100]}" if info else "")
        elif event and event not in _OTHER_EVENTS:
            self.found(UNKNOWN_EVENT, call, event=event[:50])

    @on_exchange("ChangeConfiguration")
    def configured(self, call: Seen, answer: Seen) -> None:
        if call.text("key") != _PROFILE or answer.text("status") not in ("Accepted", "RebootRequired"):
            return
        before, profile = self.known.whole_setting(_PROFILE), call.measured("value")
        if before is not None and profile is not None and profile < before:
            self.found(PROFILE_LOWERED, answer, (call,), profile=f"{profile:g}", before=before)

    @on_exchange("SignCertificate")
    def signing(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") == "Accepted" and answer.is_timed:
            wait, index = round(self.limits.certificate_patience * SECOND), call.index
            waited = TimeSpan(wait)
            self.wait("certificate", answer.clock + wait, lambda: self.found(CERTIFICATE_MISSING, index, waited=waited))

    @on_call("CertificateSigned")
    def signed(self, call: Seen) -> None:
        self.stop_waiting("certificate")
        limit, length = self.known.whole_setting(*_CHAIN_SETTINGS), len(call.text("certificateChain") or "")
        if limit and length > limit:
            self.found(CHAIN_TOO_LONG, call, length=length, limit=limit)

    @on_exchange("CertificateSigned", "InstallCertificate")
    def certificate_answered(self, call: Seen, answer: Seen) -> None:
        if (status := answer.text("status")) in ("Rejected", "Failed"):
            self.found(CERTIFICATE_REFUSED, answer, (call,), status=status, action=call.action)

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def reconnected(self, event: Seen) -> None:
        self.stop_waiting("certificate")
