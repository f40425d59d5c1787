"""What an error of OpenSSL says about a TLS handshake: the peer's alert, or what we found wrong ourselves."""

from __future__ import annotations

import re
import ssl

from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.timeline.connection_detail import ClientHello

_ALERT = re.compile(r"\b(?:sslv3|tlsv1|tlsv13|ssl/tls) (?:alert )?([a-z ]*[a-z])")
"""How OpenSSL writes the alert of a peer: `sslv3 alert bad certificate`, `tlsv1 unrecognized name`."""

_FAULTS = {
    3: (P.CERTIFICATE_WITHOUT_CRL, P.PEER_CERTIFICATE_WITHOUT_CRL),
    12: (P.CRL_EXPIRED, P.PEER_CRL_EXPIRED),
    23: (P.CERTIFICATE_REVOKED, P.PEER_CERTIFICATE_REVOKED),
    2: (P.CERTIFICATE_WITHOUT_ROOT, P.PEER_CERTIFICATE_WITHOUT_ROOT),
    9: (P.CERTIFICATE_NOT_YET_VALID, P.PEER_CERTIFICATE_NOT_YET_VALID),
    10: (P.CERTIFICATE_EXPIRED, P.PEER_CERTIFICATE_EXPIRED),
    18: (P.CERTIFICATE_SELF_SIGNED, P.PEER_CERTIFICATE_SELF_SIGNED),
    19: (P.CERTIFICATE_OF_UNKNOWN_ISSUER, P.PEER_CERTIFICATE_OF_UNKNOWN_ISSUER),  # it sent its root too
    20: (P.CERTIFICATE_OF_UNKNOWN_ISSUER, P.PEER_CERTIFICATE_OF_UNKNOWN_ISSUER),
    21: (P.CERTIFICATE_OF_UNKNOWN_ISSUER, P.PEER_CERTIFICATE_OF_UNKNOWN_ISSUER),
    26: (P.CERTIFICATE_FOR_ANOTHER_PURPOSE, P.PEER_CERTIFICATE_FOR_ANOTHER_PURPOSE),
    62: (P.CERTIFICATE_FOR_ANOTHER_NAME, P.PEER_CERTIFICATE_UNTRUSTED),
    64: (P.CERTIFICATE_FOR_ANOTHER_ADDRESS, P.PEER_CERTIFICATE_UNTRUSTED),
    66: (P.CERTIFICATE_TOO_WEAK, P.PEER_CERTIFICATE_TOO_WEAK),
    67: (P.CERTIFICATE_TOO_WEAK, P.PEER_CERTIFICATE_TOO_WEAK),
    68: (P.CERTIFICATE_TOO_WEAK, P.PEER_CERTIFICATE_TOO_WEAK),
}
"""What is wrong with the certificate of a central system and of a charge point, by X509_V_ERR_… (x509_vfy.h)."""

_CERTIFICATE_ALERTS = {
    "bad certificate",
    "unsupported certificate",
    "certificate revoked",
    "certificate expired",
    "certificate unknown",
    "unknown ca",
    "access denied",
    "certificate unobtainable",
    "bad certificate status response",
    "bad certificate hash value",
}
"""The alerts about the certificate of the side that receives them (RFC 8446 section 6.2, RFC 6066 section 9)."""

_OLD_VERSION = {"UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "WRONG_SSL_VERSION"}
_NO_COMMON_SUITE = {
    "NO_SHARED_CIPHER",
    "NO_SUITABLE_SIGNATURE_ALGORITHM",
    "NO_SUITABLE_KEY_SHARE",
    "NO_SUITABLE_GROUPS",
    "NO_SHARED_GROUPS",
    "NO_COMMON_SIGNATURE_ALGORITHMS",
    "NO_SHARED_SIGNATURE_ALGORITHMS",
}
_TLS_RECORDS = range(20, 24)
"""The first byte of a TLS record: change_cipher_spec, alert, handshake, application data (RFC 8446 section 5.1)."""


def is_tls(head: bytes) -> bool:
    """Whether the first bytes of a peer, if there are any, begin a TLS record."""
    return not head or head[0] in _TLS_RECORDS


def alert_of(error: ssl.SSLError) -> str | None:
    """The alert with which the peer ended the handshake, such as `unknown ca`; None if the fault was found here."""
    text = error.reason.replace("_", " ").lower() if error.reason else str(error)
    found = _ALERT.search(text)
    return found[1] if found is not None else None


def openssl_words(error: ssl.SSLError) -> str:
    """How OpenSSL describes the error; empty if it does not."""
    if error.reason:
        return error.reason.replace("_", " ").lower()
    words = _AROUND.sub("", str(error))
    return "" if words in ("unknown error", "PEM lib") else words


def problem_of_server(
    error: ssl.SSLError, address: str, *, certificate_given: bool, oldest: str = "1.2"
) -> NetworkProblem:
    """What went wrong between our charge point and the central system at this address.

    `certificate_given` says whether our charge point has a client certificate, `oldest` which version of TLS it speaks
    at least.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        code, _ = _FAULTS.get(error.verify_code, (P.CERTIFICATE_UNTRUSTED, None))
        problem = NetworkProblem(code, address=address)
        if code is P.CERTIFICATE_UNTRUSTED:
            problem.facts["reason"] = error.verify_message
        return problem
    alert = alert_of(error)
    if alert == "certificate required":
        return NetworkProblem(P.SERVER_WANTS_CERTIFICATE, address=address)
    if alert == "handshake failure" and not certificate_given:
        return NetworkProblem(P.SERVER_MAY_WANT_CERTIFICATE, address=address, alert=alert)
    if alert is not None:
        code = P.SERVER_REJECTS_CERTIFICATE if alert in _CERTIFICATE_ALERTS else P.SERVER_SENT_ALERT
        return NetworkProblem(code, address=address, alert=alert)
    if error.reason in _OLD_VERSION:
        return NetworkProblem(P.SERVER_TLS_TOO_OLD, address=address, oldest=oldest)
    return NetworkProblem(P.TLS_FAILED, address=address, reason=openssl_words(error))


MOST_NAMED = 4
"""How many cipher suites a sentence names."""


def problem_of_charge_point(
    error: ssl.SSLError, *, oldest: str = "1.2", hello: ClientHello | None = None
) -> NetworkProblem:
    """What went wrong between our central system, which speaks `oldest` of TLS at least, and a charge point, which
    offers what `hello` says."""
    if isinstance(error, ssl.SSLCertVerificationError):
        _, code = _FAULTS.get(error.verify_code, (None, P.PEER_CERTIFICATE_UNTRUSTED))
        problem = NetworkProblem(code)
        if code is P.PEER_CERTIFICATE_UNTRUSTED:
            problem.facts["reason"] = error.verify_message
        return problem
    if error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return NetworkProblem(P.PEER_WITHOUT_CERTIFICATE)
    if (alert := alert_of(error)) is not None:
        code = P.PEER_REJECTS_CERTIFICATE if alert in _CERTIFICATE_ALERTS else P.PEER_SENT_ALERT
        return NetworkProblem(code, alert=alert)
    if error.reason in _OLD_VERSION:
        problem = NetworkProblem(P.PEER_TLS_TOO_OLD, oldest=oldest)
        if hello is not None:
            problem.facts["offered"] = hello.get("versions", [])
        return problem
    if error.reason in _NO_COMMON_SUITE:
        problem = NetworkProblem(P.PEER_SHARES_NO_SUITE)
        if hello is not None and error.reason == "NO_SHARED_CIPHER":
            suites = hello.get("suites", [])
            more = [f"and {len(suites) - MOST_NAMED} more"] if len(suites) > MOST_NAMED else []
            problem.facts["offered"] = suites[:MOST_NAMED] + more
        return problem
    return NetworkProblem(P.PEER_TLS_FAILED, reason=openssl_words(error))


_AROUND = re.compile(r"^\[[^]]*\]\s*|(?<!\s)\s*\(_ssl\.c:\d+\)$")
"""The origin of the error, before and after its words."""
