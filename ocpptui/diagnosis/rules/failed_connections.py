"""Connections that were never made, and TLS: how far they came, what it is worth, and who reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ocpptui.diagnosis.checker import Checker, on_connection
from ocpptui.diagnosis.recorded_upgrade import RecordedUpgrade
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.rules.connections import recorded_error
from ocpptui.diagnosis.seen import Seen
from ocpptui.network.foreign_protocol import ForeignProtocol
from ocpptui.network.problems import ConnectStep, ProblemCode
from ocpptui.ocpp.counted import enumerated
from ocpptui.ocpp.version import SINCE_1_6
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_TLS = "OCPP 1.6 security whitepaper A00.FR.312 to A00.FR.314; OCPP 2.0.1 and 2.1 Part 2 A00.FR.313 and A00.FR.314"
_PLAIN = (
    '10:00:00 opened {"url":"ws://csms.example/CP1","remoteAddress":"192.0.2.7:80",'
    '"requestHeaders":["Authorization: Basic CP1:***"]}'
)


def _secure(version: str = "TLSv1.3", names: str = "", *, insecure: bool = False) -> str:
    certificate = f',"certificate":{{"commonNames":[{names}]}}' if names else ""
    is_verified, more = ("false", ',"insecure":true') if insecure else ("true", "")
    return (
        f'opened {{"url":"wss://csms.example/CP1","tls":{{"version":"{version}","verified":{is_verified}{certificate}}}'
        f"{more}}}"
    )


FAILED = Rule(
    "conn.failed",
    Severity.ERROR,
    "The connection could not be made.",
    "RFC 6455 section 4.1",
    tell=recorded_error,
    positive=(
        '* 10:00:00 failed {"error":"Nobody listens there."}',
        '* 10:00:00 failed {"problem":"tcp-refused","step":"tcp"}',
        '* 10:00:00 failed {"problem":"ca-file-unreadable","step":"tls"}',
    ),
    negative=(
        "10:00:00 opened",
        '10:00:00 failed {"problem":"certificate-expired","step":"tls"}',
        '10:00:00 failed {"problem":"peer-left-silently","step":"http"}',
    ),
)

TLS_FAILED = Rule(
    "conn.tls-failed",
    Severity.ERROR,
    "The TLS handshake failed.",
    "OCPP 1.6 security whitepaper A00.FR.308, A00.FR.309 and A00.FR.312 to A00.FR.314; OCPP 2.0.1 and 2.1 Part 2 "
    "A00.FR.308, A00.FR.309 and A00.FR.403; RFC 8446 section 6",
    tell=recorded_error,
    positive=(
        '* 10:00:00 failed {"problem":"certificate-expired","step":"tls","error":"The certificate has expired."}',
        '* 10:00:00 failed {"problem":"peer-sent-alert","step":"tls"}',
        '* 10:00:00 failed {"tlsError":"CERTIFICATE_VERIFY_FAILED","verifyCode":10}',
    ),
    negative=(
        f"10:00:00 {_secure()}",
        '10:00:00 failed {"problem":"tcp-refused","step":"tcp"}',
        '10:00:00 failed {"problem":"key-encrypted","step":"tls"}',
    ),
)

NOT_HTTP = Rule(
    "conn.not-http",
    Severity.INFO,
    "A peer connected, but sent no HTTP request.",
    "RFC 6455 section 4.1; seen in the field",
    tell=recorded_error,
    remedy="A monitor or scanner may check whether the port is open, or a charge point speaks TLS to a port without "
    "TLS.",
    positive=(
        '* 10:00:00 failed {"problem":"peer-with-tls","step":"http","firstBytes":"\\\\x16\\\\x03\\\\x01"}',
        '* 10:00:00 failed {"firstBytes":"\\\\x16\\\\x03\\\\x01\\\\x02"}',
        '* 10:00:00 failed {"problem":"peer-left-silently","step":"http"}',
        '* 10:00:00 failed {"problem":"request-invalid","step":"http","firstBytes":"SSH-2.0-OpenSSH"}',
        '* 10:00:00 failed {"problem":"peer-without-http","step":"http","facts":{"name":"SSH"}}',
    ),
    negative=(
        '10:00:00 failed {"problem":"request-invalid","step":"http","firstBytes":"GET /CP 1 HTTP/1.1"}',
        '10:00:00 failed {"problem":"peer-without-http","step":"http","facts":{"name":"the PROXY protocol"}}',
        '10:00:00 failed {"problem":"peer-left-in-request","step":"http","firstBytes":"GET /CP1 HTTP/1.1"}',
        '10:00:00 failed {"problem":"tcp-refused","step":"tcp"}',
    ),
)

TLS_VERSION = Rule(
    "conn.tls-version",
    Severity.ERROR,
    "The connection uses a version of TLS before 1.2.",
    _TLS,
    says="The connection uses {version}; 1.2 is the lowest that OCPP allows.",
    remedy="Older versions of TLS are not secure. OCPP 1.6 makes an exception for charge points that support nothing "
    "newer.",
    positive=(
        f"* 10:00:00 {_secure('TLSv1.1')}",
        f"* 10:00:00 {_secure('TLSv1')}",
        f"2.0.1\n* 10:00:00 {_secure('SSLv3')}",
    ),
    negative=(f"10:00:00 {_secure('TLSv1.2')}", f"10:00:00 {_secure()}", "10:00:00 opened"),
)

WILDCARD = Rule(
    "conn.tls-wildcard",
    Severity.WARNING,
    "The certificate of the central system names its host with a wildcard.",
    "OCPP 1.6 security whitepaper A00; OCPP 2.0.1 and 2.1 Part 2 A00.FR.510 and AllowCSMSTLSWildcards",
    versions=SINCE_1_6,
    says="The certificate is for {name}, while the common name must be {host}.",
    remedy="Charge points may refuse it, unless AllowCSMSTLSWildcards is true.",
    positive=(
        "* 10:00:00 " + _secure(names='"*.example"'),
        "2.0.1\n* 10:00:00 " + _secure(names='"*.example","other.example"'),
    ),
    negative=(
        "10:00:00 " + _secure(names='"csms.example"'),
        "10:00:00 " + _secure(names='"csms.example","*.example"'),
        # the certificate of a charge point, which a central system has recorded
        "10:00:00 " + _secure(names='"*.station.test"'),
        '2.0.1\n09:00:00 < GetVariables {"getVariableData":[{"component":{"name":"SecurityCtrlr"},'
        '"variable":{"name":"AllowCSMSTLSWildcards"}}]}\n09:00:00 > ok {"getVariableResult":[{"attributeStatus":'
        '"Accepted","attributeValue":"true","component":{"name":"SecurityCtrlr"},'
        '"variable":{"name":"AllowCSMSTLSWildcards"}}]}\n10:00:00 ' + _secure(names='"*.example"'),
    ),
)

OTHER_NAME = Rule(
    "conn.tls-name",
    Severity.WARNING,
    "The certificate of the central system does not name its host.",
    "OCPP 1.6 security whitepaper A00; OCPP 2.0.1 and 2.1 Part 2 A00.FR.510; RFC 6125 section 6.4",
    versions=SINCE_1_6,
    says="The host is {host}, but the certificate is for {names}.",
    remedy="This connection was made without verifying the certificate; a charge point verifies it, and refuses it.",
    positive=(
        "* 10:00:00 " + _secure(names='"other.example"', insecure=True),
        "2.0.1\n* 10:00:00 " + _secure(names='"*.csms.example","example"', insecure=True),
    ),
    negative=(
        "10:00:00 " + _secure(names='"CSMS.example"', insecure=True),
        "10:00:00 " + _secure(names='"other.example","*.example"', insecure=True),
        "10:00:00 " + _secure(insecure=True),
        # the certificate of a charge point, which a central system has recorded
        "10:00:00 " + _secure(names='"CP1"'),
    ),
)

PLAIN = Rule(
    "sec.plain",
    Severity.INFO,
    "The credentials of the charge point are sent without TLS, beyond this machine.",
    "OCPP 1.6 security whitepaper A00.FR.201 and A00.FR.206; OCPP 2.0.1 and 2.1 Part 2 A00.FR.201 and A00.FR.206",
    versions=SINCE_1_6,
    remedy="Security profile 1 is for trusted networks only, a VPN for example: anybody on the path can read the "
    "password.",
    positive=(f"* {_PLAIN}", f"2.0.1\n* {_PLAIN}"),
    negative=(
        _PLAIN.replace("ws://", "wss://"),
        _PLAIN.replace("192.0.2.7", "127.0.0.1"),
        _PLAIN.replace("192.0.2.7:80", "[::1]:80"),
        _PLAIN.replace("Authorization: Basic CP1:***", "Host: a"),
        '10:00:00 opened {"url":"ws://localhost:9000/CP1","requestHeaders":["Authorization: Basic CP1:***"]}',
        "10:00:00 opened",
    ),
)

RULES = (FAILED, TLS_FAILED, NOT_HTTP, TLS_VERSION, WILDCARD, OTHER_NAME, PLAIN)

_UNUSABLE_SETTINGS = (
    ProblemCode.FILE_UNREADABLE,
    ProblemCode.CA_FILE_UNREADABLE,
    ProblemCode.CA_FILE_WITHOUT_CERTIFICATE,
    ProblemCode.KEY_ENCRYPTED,
    ProblemCode.KEY_OF_ANOTHER_CERTIFICATE,
    ProblemCode.NO_CERTIFICATE_AND_KEY,
    ProblemCode.CERTIFICATE_AND_KEY_SWAPPED,
    ProblemCode.OWN_CERTIFICATE_TOO_WEAK,
    ProblemCode.CERTIFICATE_WITHOUT_KEY,
    ProblemCode.KEY_WITHOUT_CERTIFICATE,
    ProblemCode.CLIENT_CA_WITHOUT_CERTIFICATE,
    ProblemCode.TLS_FILE_FOR_PLAIN_URL,
)
"""Problems of the step TLS without any handshake."""
_WITHOUT_REQUEST = (
    ProblemCode.PEER_WITH_TLS,
    ProblemCode.PEER_WITHOUT_TLS_OR_HTTP,
    ProblemCode.PEER_LEFT_SILENTLY,
    ProblemCode.PEER_SILENT,
)
_OF_CHARGE_POINTS = (
    ForeignProtocol.PROXY,
    ForeignProtocol.HTTP_2,
    ForeignProtocol.FRAME,
    ForeignProtocol.MESSAGE,
    ForeignProtocol.XML,
)
"""What a charge point, or a proxy in front of it, sends to this port by mistake: no scan."""
_WILDCARDS_ALLOWED = ("AllowCSMSTLSWildcards", "SecurityCtrlr.AllowCSMSTLSWildcards")
MOST_NAMES = 5
"""Names of a certificate that a finding has."""
_HTTP = re.compile(r"[A-Z]+ ")
_TLS_HANDSHAKE = "\\x16\\x03"
"""The first bytes of a ClientHello (RFC 8446 section 5.1), as a record writes them."""
_OLD = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1")
_THIS_MACHINE = re.compile(r"(?:127\.[\d.]+|\[?::1\]?|localhost)(?::\d+)?", re.IGNORECASE)


class FailedConnectionChecker(Checker):
    """Says how far a connection came, and how well it is protected."""

    def begin(self) -> None:
        pass

    @on_connection(ConnectionEvent.FAILED)
    def failed(self, event: Seen) -> None:
        detail = event.detail
        problem, first = detail.get("problem"), detail.get("firstBytes")
        first = first if isinstance(first, str) else ""
        is_unreadable = problem == ProblemCode.REQUEST_INVALID and bool(first) and not _HTTP.match(first)
        is_unreadable |= problem == ProblemCode.PEER_WITHOUT_HTTP and not _is_of_charge_point(detail)
        if problem in _WITHOUT_REQUEST or is_unreadable or (not problem and first.startswith(_TLS_HANDSHAKE)):
            self.found(NOT_HTTP, event)
        elif _is_tls(detail) and problem not in _UNUSABLE_SETTINGS:
            self.found(TLS_FAILED, event)
        else:
            self.found(FAILED, event)

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        detail = event.detail
        upgrade = RecordedUpgrade(detail)
        if (version := upgrade.tls.get("version")) in _OLD:
            self.found(TLS_VERSION, event, version=version)
        host = upgrade.host
        self.compare_names(event, upgrade, host)
        if upgrade.is_plain and upgrade.has_credentials:
            address = detail.get("remoteAddress")
            if not _THIS_MACHINE.fullmatch(address if isinstance(address, str) and address else host):
                self.found(PLAIN, event)

    def compare_names(self, event: Seen, upgrade: RecordedUpgrade, host: str) -> None:
        """Look whether a certificate is for the host. It may be that of a charge point, unless it was not verified."""
        names = [name.lower() for name in upgrade.certificate_names]
        if not host or not names or host in names:
            return
        wildcard = f"*.{host.partition('.')[2]}"
        if wildcard not in names:
            if event.detail.get("insecure") is True:
                self.found(OTHER_NAME, event, host=host, names=enumerated(list(dict.fromkeys(names))[:MOST_NAMES]))
        elif not self.known.switch(*_WILDCARDS_ALLOWED):
            self.found(WILDCARD, event, name=wildcard, host=host)


def _is_tls(detail: Mapping[str, Any]) -> bool:
    return detail.get("step") == ConnectStep.TLS or any(detail.get(key) for key in ("tlsError", "verifyCode"))


def _is_of_charge_point(detail: Mapping[str, Any]) -> bool:
    """Whether the protocol that is named is one of those that a charge point sends by mistake."""
    facts = detail.get("facts")
    return isinstance(facts, Mapping) and facts.get("name") in _OF_CHARGE_POINTS
