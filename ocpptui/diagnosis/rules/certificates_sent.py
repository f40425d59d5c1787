"""Certificates that are asked for and sent: their keys, their names, what they are for, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ocpptui.diagnosis.certificate_traces import (
    AUTHORITY,
    FOR_SERVERS,
    MISNAMED,
    MISNAMED_REQUEST,
    REQUEST,
    REQUEST_IN_DER,
    SERVED,
    SERVED_IN_DER,
    SIGNED,
)
from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, BOOT_16
from ocpptui.ocpp.boot_serials import serials_in
from ocpptui.ocpp.version import SINCE_1_6
from ocpptui.timeline.severity import Severity
from ocpptui.unwrapping.der import may_hold_certificates

if TYPE_CHECKING:  # it takes long to load, and few logs need it
    from ocpptui.unwrapping.certificate_places import CertificateKnowledge

MOST_REQUESTS = 10
"""Requests of which a charge point may still get the certificate."""
_A02 = "OCPP 1.6 security whitepaper use case A02; OCPP 2.0.1 and 2.1 Part 2 use case A02"


def _asked(request: str, more: str = "", at: str = "10:01:00") -> str:
    return f'{at} > SignCertificate {{"csr":"{request}"{more}}}\n{at} < ok {{"status":"Accepted"}}\n'


def _sent(chain: str, more: str = "", at: str = "10:02:00") -> str:
    return f'{at} < CertificateSigned {{"certificateChain":"{chain}"{more}}}\n{at} > ok {{"status":"Accepted"}}\n'


def _installed(kind: str, certificate: str) -> str:
    return (
        f'10:02:00 < InstallCertificate {{"certificateType":"{kind}","certificate":"{certificate}"}}\n'
        '10:02:00 > ok {"status":"Accepted"}\n'
    )


_SN1 = BOOT_16.replace('"chargePointModel"', '"chargePointSerialNumber":"SN1","chargePointModel"')
_SN1_2 = BOOT_2.replace('"vendorName"', '"serialNumber":"SN1","vendorName"')
_V2G = ',"certificateType":"V2GCertificate"'
_FIRST, _SECOND = ',"requestId":1', ',"requestId":2'

OTHER_KEY = Rule(
    "sec.cert-key",
    Severity.ERROR,
    "The certificate that the charge point gets is not for the key of its request.",
    f"{_A02}; RFC 2986 section 3",
    versions=SINCE_1_6,
    says="The key in this certificate is not that of the request for it.",
    remedy="The charge point has no private key for it, and cannot connect with it. It may be the answer to another "
    "request, or to that of another charge point.",
    positive=(
        f"{_asked(REQUEST)}* {_sent(SIGNED)}",
        f"2.0.1\n{_asked(REQUEST)}* {_sent(SIGNED + AUTHORITY)}",
        f"2.0.1\n{_asked(REQUEST, _V2G)}* {_sent(SIGNED, _V2G)}",
        f"{_asked(REQUEST_IN_DER)}* {_sent(SIGNED)}",
        f"2.1\n{_asked(REQUEST, _FIRST)}* {_sent(SIGNED, _FIRST)}",
    ),
    negative=(
        f"{_asked(REQUEST)}{_sent(SERVED)}",
        f"2.0.1\n{_asked(REQUEST)}{_sent(SERVED + AUTHORITY)}",
        f"{_asked(REQUEST)}{_sent(SERVED_IN_DER)}",
        f"{_asked(REQUEST_IN_DER)}{_sent(SERVED)}",
        _sent(SIGNED),  # the request was made before the recording
        f"{_asked(REQUEST)}{_sent('x')}",
        f"{_asked('x')}{_sent(SIGNED)}",
        f"{_asked(REQUEST).replace('Accepted', 'Rejected')}{_sent(SIGNED)}",
        f"2.0.1\n{_asked(REQUEST, _V2G)}{_sent(SIGNED)}",  # another certificate of the charging station
        f"{_asked(REQUEST)}{_sent(SIGNED[:300])}",
        f"2.1\n{_asked(REQUEST, _FIRST)}{_sent(SIGNED, _SECOND)}",
        f"{_asked(REQUEST)}{_asked('x')}{_sent(SIGNED)}",  # the other one may be for its key
        f"{_asked(REQUEST)}{_sent(SIGNED).replace(' <', ' CP2 <').replace(' >', ' CP2 >')}",
    ),
)

UNFIT = Rule(
    "sec.cert-unfit",
    Severity.WARNING,
    "A certificate, or a request for one, has the wrong names, or is not good for what it is meant for.",
    "OCPP 1.6 security whitepaper A00.FR.404 and A00.FR.405; OCPP 2.0.1 and 2.1 Part 2 A00.FR.404, A00.FR.405 and "
    "InstallCertificateUseEnumType; RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12",
    versions=SINCE_1_6,
    says="{what}: {why}",
    remedy="The common name must be the serial number of the charge point, the organisation that of its operator. The "
    "other side may refuse the certificate.",
    positive=(
        f"{_SN1}* {_asked(MISNAMED_REQUEST)}{_sent(MISNAMED)}",
        f"{_SN1}{_asked(REQUEST)}* {_sent(MISNAMED)}",
        f"{_SN1_2}{_asked(REQUEST)}* {_sent(MISNAMED)}",
        f"{_SN1}* {_sent(SIGNED)}",  # it names no organisation
        f"* {_sent(FOR_SERVERS)}",
        f"* {_sent(AUTHORITY)}",
        f"* {_installed('CentralSystemRootCertificate', SERVED)}",
        f"2.0.1\n* {_installed('V2GRootCertificate', SERVED)}",
    ),
    negative=(
        f"{_SN1}{_asked(REQUEST)}{_sent(SERVED)}",
        f"{_SN1_2}{_asked(REQUEST)}{_sent(SERVED)}",
        f"{_SN1_2}{_asked(REQUEST, _V2G)}{_sent(FOR_SERVERS, _V2G)}",
        f"{BOOT_16}{_asked(MISNAMED_REQUEST)}{_sent(MISNAMED)}",  # its serial number is unknown
        _sent(MISNAMED),
        _installed("CentralSystemRootCertificate", AUTHORITY),
        f"{_SN1}{_sent('x')}{_installed('CentralSystemRootCertificate', 'x')}",
    ),
)

NOT_PEM = Rule(
    "sec.cert-form",
    Severity.WARNING,
    "A certificate, or a request for one, is not in PEM.",
    "OCPP 1.6 security whitepaper sections 5 and 6, fields csr, certificateChain and certificate; OCPP 2.0.1 and 2.1 "
    "Part 2, SignCertificateRequest, CertificateSignedRequest and InstallCertificateRequest",
    versions=SINCE_1_6,
    says="The {what} is in DER, as base64 without the lines of PEM around it.",
    remedy="OCPP demands PEM, from -----BEGIN to -----END. The other side may not be able to read it.",
    positive=(
        f"* {_asked(REQUEST_IN_DER)}",
        f"2.0.1\n* {_sent(SERVED_IN_DER)}",
        f"* {_installed('CentralSystemRootCertificate', SERVED_IN_DER)}",
    ),
    negative=(
        f"{_asked(REQUEST)}{_sent(SERVED)}{_installed('CentralSystemRootCertificate', AUTHORITY)}",
        f"{_asked('x')}{_sent('MII')}{_installed('CentralSystemRootCertificate', SERVED_IN_DER[:100])}",
    ),
)

RULES = (OTHER_KEY, UNFIT, NOT_PEM)


class _Request(NamedTuple):
    """A SignCertificate that was accepted."""

    call: int
    kind: str
    number: int | None
    """Its requestId, of OCPP 2.1."""
    key: bytes | None
    """None if the request cannot be read."""


class SentCertificateChecker(Checker):
    """Reads the requests for certificates, and compares what comes with them."""

    def begin(self) -> None:
        self.serials: frozenset[str] = frozenset()
        """The serial numbers of the charge point; none if they are unknown."""
        self.requests: list[_Request] = []
        self.is_misnamed = False
        """The last request had the wrong names."""

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        self.serials = frozenset(serials_in(call.payload))

    # -- requests -----------------------------------------------------------------------------------------------

    @on_call("SignCertificate")
    def asking(self, call: Seen) -> None:
        text, self.is_misnamed = call.text("csr") or "", False
        if not may_hold_certificates(text):
            return
        from ocpptui.unwrapping.certificate_judgement import CertificateUse
        from ocpptui.unwrapping.certificate_places import use_of
        from ocpptui.unwrapping.certificate_texts import is_pem, request_in

        request = request_in(text)
        if request is None:
            return
        if not is_pem(text):
            self.found(NOT_PEM, call, what=Phrase("request"))
        if use_of("csr", call.payload) is CertificateUse.CHARGE_POINT:
            for line in self.knowledge().name_lines(request, "The request"):
                self.is_misnamed = True
                self.say(call, line.text)

    @on_exchange("SignCertificate")
    def accepted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Accepted":
            return
        text, key = call.text("csr") or "", None
        if may_hold_certificates(text):
            from ocpptui.unwrapping.certificate_texts import key_bytes, request_in

            request = request_in(text)
            key = None if request is None else key_bytes(request)
        self.requests.append(_Request(call.index, _kind(call), call.integer("requestId"), key))
        del self.requests[:-MOST_REQUESTS]

    # -- certificates -------------------------------------------------------------------------------------------

    @on_call("CertificateSigned", "InstallCertificate")
    def sent(self, call: Seen) -> None:
        field = "certificateChain" if call.action == "CertificateSigned" else "certificate"
        text = call.text(field) or ""
        if not may_hold_certificates(text):
            return
        from ocpptui.unwrapping.certificate_judgement import CertificateUse
        from ocpptui.unwrapping.certificate_places import use_of
        from ocpptui.unwrapping.certificate_texts import certificates_of_text, is_pem, key_bytes

        chain = certificates_of_text(text)
        if not chain:
            return
        if not is_pem(text):
            self.found(NOT_PEM, call, what=Phrase("certificate"))
        if call.action == "CertificateSigned":
            self.compare_key(call, key_bytes(chain[0]))
        use = use_of(field, call.payload)
        is_told = self.is_misnamed and use is CertificateUse.CHARGE_POINT
        for line in self.knowledge(is_told=is_told).chain_lines(chain, use):
            self.say(call, line.text)

    def compare_key(self, call: Seen, key: bytes | None) -> None:
        """Look whether the certificate is for the key of one of the requests that it may be the answer to."""
        kind, number = _kind(call), call.integer("requestId")
        asked = [one for one in self.requests if one.kind == kind and number in (None, one.number)]
        if key is not None and asked and all(one.key not in (None, key) for one in asked):
            self.found(OTHER_KEY, call, (asked[-1].call,))
        self.requests = [one for one in self.requests if one not in asked or one.key not in (None, key)]

    def say(self, call: Seen, fault: str) -> None:
        """Report a sentence of the inspector: what is wrong, a colon, and why, which may have names in it."""
        what, _, why = fault.partition(": ")
        self.found(UNFIT, call, what=Phrase(what), why=why)

    def knowledge(self, *, is_told: bool = False) -> CertificateKnowledge:
        """What is known of its names: nothing if it has not said its serial number, or if they were reported."""
        from ocpptui.unwrapping.certificate_places import CertificateKnowledge

        if is_told or not self.serials:
            return CertificateKnowledge()
        identity = self.known.identity
        return CertificateKnowledge(identity, self.serials | {identity})


def _kind(call: Seen) -> str:
    """The type of a certificate, which may be left out for that of the charging station."""
    return call.text("certificateType") or "ChargingStationCertificate"
