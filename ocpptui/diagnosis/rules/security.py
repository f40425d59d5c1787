"""Security: events that a charge point reports, its security profile, and its certificates."""

from __future__ import annotations

from ocpptui.diagnosis.certificate_traces import AUTHORITY, EXPIRED, LATER, SIGNED
from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION, SINCE_1_6
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity
from ocpptui.unwrapping.der import may_hold_certificates


def _event(kind: str) -> str:
    return f'10:00:00 > SecurityEventNotification {{"type":"{kind}","timestamp":"2026-01-01T10:00:00Z"}}'


_SIGN = '10:00:00 > SignCertificate {"csr":"x"}\n10:00:01 < ok {"status":"Accepted"}\n'
_SIGNED = '10:00:20 < CertificateSigned {"certificateChain":"x"}\n'


def _asked_for(kind: str) -> str:
    return "2.0.1\n" + _SIGN.replace('"csr":"x"', f'"csr":"x","certificateType":"{kind}"')


def _signed_as(kind: str) -> str:
    return _SIGNED.replace('"certificateChain":"x"', f'"certificateChain":"x","certificateType":"{kind}"')


def _signed_chain(chain: str) -> str:
    return _SIGNED.replace('"x"', f'"{chain}"')


_INVALID_EVENT = _event("InvalidChargePointCertificate").replace("10:00:00 >", "10:00:22 >") + "\n10:00:23 < ok"
_INSTALL = '10:00:00 < InstallCertificate {"certificateType":"CentralSystemRootCertificate","certificate":"x"}\n'
_CHAIN_OF_3 = """
10:00:00 < GetConfiguration {"key":["CertificateSignedMaxChainSize"]}
10:00:00 > ok {"configurationKey":[{"key":"CertificateSignedMaxChainSize","readonly":true,"value":"3"}]}
"""


ALARM = Rule(
    "sec.event",
    Severity.WARNING,
    "The charge point reports a security event that may be an attack or a misconfiguration.",
    "OCPP 1.6 security whitepaper A04 and section 8; OCPP 2.0.1 and 2.1 Part 2 A04.FR.01 and appendix 1",
    versions=SINCE_1_6,
    says="The charge point reports the security event {event}{info}.",
    positive=("* " + _event("TamperDetectionActivated"), "2.0.1\n* " + _event("InvalidTLSVersion")),
    negative=(_event("StartupOfTheDevice"), _event("ResetOrReboot"), _event("SettingSystemTime")),
)

UNKNOWN_EVENT = Rule(
    "sec.event-unknown",
    Severity.INFO,
    "The security event is not in the list of the standard.",
    "OCPP 1.6 security whitepaper section 8; OCPP 2.0.1 and 2.1 Part 2 appendix 1",
    versions=SINCE_1_6,
    says="The security event {event} is not in the list of the standard.",
    positive=("* " + _event("DoorOpened"),),
    negative=(_event("StartupOfTheDevice"), _event("FirmwareUpdated"), _event("InvalidMessages")),
)

CERTIFICATE_MISSING = Rule(
    "sec.sign-unserved",
    Severity.WARNING,
    "The central system agreed to sign a certificate, but did not send it.",
    "OCPP 1.6 security whitepaper use case A02; OCPP 2.0.1 and 2.1 Part 2 A02.FR.11 and A02.FR.17 to A02.FR.19",
    versions=SINCE_1_6,
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
    "sec.certificate-refused",
    Severity.WARNING,
    "The charge point refuses a certificate.",
    "OCPP 1.6 security whitepaper use cases A02, A03 and M05; OCPP 2.0.1 and 2.1 Part 2 use cases A02, A03 and M05",
    versions=SINCE_1_6,
    says="The charge point answers {status} to {action}.",
    remedy="Check whether the certificate is valid, fits its key, and is signed by a root that the charge point has.",
    positive=(
        _SIGNED + '* 10:00:21 > ok {"status":"Rejected"}',
        _INSTALL + '* 10:00:21 > ok {"status":"Failed"}',
    ),
    negative=(_SIGNED + '10:00:21 > ok {"status":"Accepted"}', _INSTALL + '10:00:21 > ok {"status":"Accepted"}'),
)

NOT_REPORTED = Rule(
    "sec.cert-rejected",
    Severity.ERROR,
    "The charge point rejects its new certificate, and does not report what is wrong with it.",
    "OCPP 1.6 security whitepaper A02.FR.07; OCPP 2.0.1 and 2.1 Part 2 A02.FR.07",
    versions=SINCE_1_6,
    says="The charge point rejected the certificate, but in {waited} it reported no {event}.",
    remedy="Without the security event nobody knows whether the chain, the key or the time is wrong.",
    positive=(
        _SIGNED + '* 10:00:21 > ok {"status":"Rejected"}\n10:05:00 now',
        "2.0.1\n" + _SIGNED + '* 10:00:21 > ok {"status":"Rejected"}\n10:05:00 > Heartbeat {}',
    ),
    negative=(
        _SIGNED
        + '10:00:21 > ok {"status":"Rejected"}\n'
        + _event("InvalidChargePointCertificate").replace("10:00:00 >", "10:00:22 >")
        + "\n10:00:22 < ok\n10:05:00 now",
        "2.0.1\n"
        + _SIGNED
        + '10:00:21 > ok {"status":"Rejected"}\n'
        + _event("InvalidChargingStationCertificate").replace("10:00:00 >", "10:00:22 >")
        + "\n10:00:22 < ok\n10:05:00 now",
        _SIGNED + '10:00:21 > ok {"status":"Accepted"}\n10:05:00 now',
        _SIGNED + '10:00:21 > ok {"status":"Rejected"}\n10:00:40 now',
        _SIGNED + '10:00:21 > ok {"status":"Rejected"}\n10:00:40 closed\n10:05:00 opened',
        # it reports first, and answers then
        _SIGNED.replace("< CertificateSigned ", '< [2,"s","CertificateSigned",').replace("}\n", "}]\n")
        + _event("InvalidChargePointCertificate").replace("10:00:00 >", "10:00:21 >")
        + '\n10:00:21 < ok\n10:00:22 > [3,"s",{"status":"Rejected"}]\n10:05:00 now',
    ),
)

OTHER_TYPE = Rule(
    "sec.cert-type",
    Severity.INFO,
    "The CSMS sends a certificate of another type than the charging station asked for.",
    "OCPP 2.0.1 and 2.1 Part 2 A02.FR.14",
    versions=SECOND_GENERATION,
    says="The certificate is a {sent}, but the charging station asked for a {asked}.",
    remedy="The charging station may use it for the wrong connection, to the CSMS or to the vehicle.",
    positive=(_asked_for("V2GCertificate") + "* " + _signed_as("ChargingStationCertificate"),),
    negative=(
        _asked_for("V2GCertificate") + _signed_as("V2GCertificate"),
        "2.0.1\n" + _signed_as("V2GCertificate"),
        "2.0.1\n" + _SIGN + _signed_as("V2GCertificate"),
        _asked_for("V2GCertificate") + _SIGNED,
        _asked_for("V2GCertificate") + _signed_as("ChargingStationCertificate").replace(" < ", " CP2 < "),
    ),
)

CHAIN_TOO_LONG = Rule(
    "sec.chain-too-long",
    Severity.WARNING,
    "The certificate chain is longer than the charge point takes.",
    "OCPP 1.6 security whitepaper, CertificateSignedMaxChainSize; OCPP 2.0.1 and 2.1 Part 2, SecurityCtrlr",
    versions=SINCE_1_6,
    says="The certificate chain has {length} characters, but the charge point takes {limit}.",
    positive=(_CHAIN_OF_3 + '* 10:00:20 < CertificateSigned {"certificateChain":"long"}',),
    negative=(_CHAIN_OF_3 + '10:00:20 < CertificateSigned {"certificateChain":"two"}', _SIGNED),
)

INVALID_ACCEPTED = Rule(
    "sec.invalid-chain-accepted",
    Severity.WARNING,
    "The charge point accepts a certificate that has expired, is not yet valid, or comes in a chain that does not fit.",
    "OCPP 1.6 security whitepaper A02.FR.06, A02.FR.08 and M05.FR.06; OCPP 2.0.1 Part 2 A02.FR.06 (with the errata of "
    "2025-01) and M05.FR.07, and the same in 2.1; field certificateChain; RFC 5246 section 7.4.2 (the order)",
    versions=SINCE_1_6,
    says="The charge point accepted this certificate. {fault}",
    remedy="A TLS handshake with it may fail. Look at the certificate authority.",
    positive=(
        _signed_chain(EXPIRED) + '* 10:00:21 > ok {"status":"Accepted"}',
        "2.0.1\n" + _signed_chain(EXPIRED + AUTHORITY) + '* 10:00:21 > ok {"status":"Accepted"}',
        "2.0.1\n" + _signed_chain(AUTHORITY + SIGNED) + '* 10:00:21 > ok {"status":"Accepted"}',
        _INSTALL.replace('"x"', f'"{EXPIRED}"') + '* 10:00:21 > ok {"status":"Accepted"}',
        _signed_chain(SIGNED + SIGNED) + '* 10:00:21 > ok {"status":"Accepted"}',
        "2.0.1\n" + _signed_chain(LATER) + '* 10:00:21 > ok {"status":"Accepted"}',
    ),
    negative=(
        _INSTALL.replace('"x"', f'"{AUTHORITY}{SIGNED}"') + '10:00:21 > ok {"status":"Accepted"}',
        _signed_chain(SIGNED) + '10:00:21 > ok {"status":"Accepted"}',
        "2.0.1\n" + _signed_chain(SIGNED + AUTHORITY) + '10:00:21 > ok {"status":"Accepted"}',
        _signed_chain(EXPIRED) + '10:00:21 > ok {"status":"Rejected"}\n' + _INVALID_EVENT,
        _signed_chain(EXPIRED[:200]) + '10:00:21 > ok {"status":"Accepted"}',
        _signed_chain(EXPIRED + SIGNED[:200]) + '10:00:21 > ok {"status":"Accepted"}',
        _signed_chain(EXPIRED.replace("MII", "AAA")) + '10:00:21 > ok {"status":"Accepted"}',
        _SIGNED + '10:00:21 > ok {"status":"Accepted"}',
        _signed_chain(LATER) + '10:00:21 > ok {"status":"Accepted"}',  # it is used from its first day on
    ),
)

RULES = (
    ALARM,
    UNKNOWN_EVENT,
    CERTIFICATE_MISSING,
    CERTIFICATE_REFUSED,
    NOT_REPORTED,
    OTHER_TYPE,
    CHAIN_TOO_LONG,
    INVALID_ACCEPTED,
)

_ALARMS = {
    "AttemptedReplayAttacks",
    "CentralSystemFailedToAuthenticate",
    "CsmsFailedToAuthenticate",
    "DiscardedRenewedClientCertificate",
    "FailedToAuthenticateAtCentralSystem",
    "FailedToAuthenticateAtCsms",
    "InvalidCentralSystemCertificate",
    "InvalidChargePointCertificate",
    "InvalidChargingStationCertificate",
    "InvalidCsmsCertificate",
    "InvalidFirmwareSignature",
    "InvalidFirmwareSigningCertificate",
    "InvalidMessages",
    "InvalidTLSCipherSuite",
    "InvalidTLSVersion",
    "MaintenanceLoginFailed",
    "MemoryExhaustion",
    "SecurityLogWasCleared",
    "TamperDetectionActivated",
}
_OTHER_EVENTS = {
    "FirmwareUpdated",
    "MaintenanceLoginAccepted",
    "ReconfigurationOfSecurityParameters",
    "ResetOrReboot",
    "SettingSystemTime",
    "StartupOfTheDevice",
}
_INVALID = ("InvalidChargePointCertificate", "InvalidChargingStationCertificate")
_CHAIN_SETTINGS = ("CertificateSignedMaxChainSize", "SecurityCtrlr.MaxCertificateChainSize")


class SecurityChecker(Checker):
    """Follows the security events and the certificates of a charge point."""

    def begin(self) -> None:
        self.asked_for: tuple[str, int] | None = None  # the type in the last SignCertificate, and that request
        self.invalid = -1  # the last event that says that a certificate is invalid

    @on_call("SecurityEventNotification")
    def event(self, call: Seen) -> None:
        event, info = call.text("type") or "", call.text("techInfo")
        if event in _INVALID:
            self.invalid = call.index
            self.stop_waiting("event")
        if event in _ALARMS:
            self.found(ALARM, call, event=event, info=f": {info[:100]}" if info else "")
        elif event and event not in _OTHER_EVENTS:
            self.found(UNKNOWN_EVENT, call, event=event[:50])

    @on_exchange("SignCertificate")
    def signing(self, call: Seen, answer: Seen) -> None:
        kind = call.text("certificateType")
        self.asked_for = (kind, call.index) if kind is not None else None
        if answer.text("status") == "Accepted" and answer.is_timed:
            patience = max(self.limits.certificate_patience, self.known.whole_setting(*_SIGNING_SETTINGS) or 0)
            wait, index = round(patience * SECOND), call.index
            waited = TimeSpan(wait)
            self.wait("certificate", answer.clock + wait, lambda: self.found(CERTIFICATE_MISSING, index, waited=waited))

    @on_call("CertificateSigned")
    def signed(self, call: Seen) -> None:
        self.stop_waiting("certificate")
        limit, length = self.known.whole_setting(*_CHAIN_SETTINGS), len(call.text("certificateChain") or "")
        if limit and length > limit:
            self.found(CHAIN_TOO_LONG, call, length=length, limit=limit)
        sent, self.asked_for, asked = call.text("certificateType"), None, self.asked_for
        if asked is not None and sent is not None and sent != asked[0]:
            self.found(OTHER_TYPE, call, (asked[1],), sent=sent, asked=asked[0])

    @on_exchange("CertificateSigned", "InstallCertificate")
    def certificate_answered(self, call: Seen, answer: Seen) -> None:
        status = answer.text("status")
        if status in ("Rejected", "Failed"):
            self.found(CERTIFICATE_REFUSED, answer, (call,), status=status, action=call.action)
        if status == "Accepted" and call.is_timed:
            self.look_into_chain(call, answer)
        is_reported = self.invalid > call.index
        if status == "Rejected" and call.action == "CertificateSigned" and answer.is_timed and not is_reported:
            wait, index = round(self.limits.command_patience * SECOND), answer.index
            values = {"waited": TimeSpan(wait), "event": Phrase(_INVALID[self.known.version in SECOND_GENERATION])}
            self.wait("event", answer.clock + wait, lambda: self.found(NOT_REPORTED, index, (call.index,), **values))

    def look_into_chain(self, call: Seen, answer: Seen) -> None:
        text = call.text("certificateChain") or call.text("certificate") or ""
        if not may_hold_certificates(text):
            return
        from ocpptui.unwrapping.certificates import certain_faults  # takes long to load, and few logs need it

        tolerance, is_chain = round(self.limits.clock_tolerance * SECOND), call.action == "CertificateSigned"
        may_wait = is_chain and self.known.version not in SECOND_GENERATION  # 1.6 A02.FR.08
        if faults := certain_faults(text, call.time, tolerance, is_chain=is_chain, may_wait=may_wait):
            self.found(INVALID_ACCEPTED, answer, (call,), fault=faults[0])

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def reconnected(self, event: Seen) -> None:
        self.stop_waiting("certificate")
        self.stop_waiting("event")


_SIGNING_SETTINGS = ("CertSigningWaitMinimum", "SecurityCtrlr.CertSigningWaitMinimum")
