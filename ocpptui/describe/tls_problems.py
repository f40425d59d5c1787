"""The sentences about files for TLS that cannot be used, and about a handshake that failed, on both sides of it."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import ProblemCode as P

ALERTS: Mapping[str, str] = {
    "bad certificate": "it is damaged, not valid at that time, or its key is too weak",
    "unsupported certificate": "it was not issued for this purpose, or its type is not supported",
    "certificate revoked": "it has been revoked",
    "certificate expired": "it has expired",
    "certificate unknown": "the reason is not given",
    "unknown ca": "its issuer is not trusted",
    "access denied": "it is valid, but access is denied",
    "certificate unobtainable": "it could not be downloaded",
    "bad certificate status response": "its OCSP response is not valid",
    "bad certificate hash value": "its hash does not match",
    "close notify": "no reason given",
    "unexpected message": "it received a message that it did not expect",
    "bad record mac": "it received a record that was changed on its way",
    "decryption failed": "it could not decrypt a record",
    "record overflow": "it received a record that is too long",
    "decompression failure": "it could not decompress a record",
    "handshake failure": "it found no common cipher suite or parameters",
    "no certificate": "it has no certificate",
    "illegal parameter": "it received a value that is not allowed",
    "decode error": "it could not read a message",
    "decrypt error": "a signature did not match",
    "export restriction": "export restrictions",
    "protocol version": "it does not support TLS 1.2 or 1.3",
    "insufficient security": "the offered cipher suites are too weak for it",
    "internal error": "it had an internal error",
    "inappropriate fallback": "it supports a later TLS version than was offered",
    "user cancelled": "it was cancelled by its user",
    "no renegotiation": "it does not renegotiate",
    "missing extension": "an extension that it needs is missing",
    "unsupported extension": "it received an extension that it did not offer",
    "unrecognized name": "it does not serve the requested host name",
    "unknown psk identity": "it does not know the pre-shared key",
    "no application protocol": "no common application protocol",
    "certificate required": "it requires a certificate",
}
"""What each alert says, by its name in OpenSSL (RFC 8446 section 6; RFC 6066; older ones: RFC 5246, RFC 2246)."""

_RENEW = "Renew it, or the CA above it that has expired; or set the clock of this machine."
_CLOCKS = "Check the clock of this machine, and that of the machine that issued it."
_WEAK = "OCPP asks for RSA keys of at least 2048 bits, elliptic curves of at least 224 bits, and SHA-256."
_ALERT_ADVICE: Mapping[str, str] = {
    "certificate expired": "Renew our certificate, or set the clock of the other side.",
    "bad certificate": "Check its dates and its key, and the clock of the other side.",
    "certificate revoked": "Get a new certificate for us; the old one must not be used any more.",
    "access denied": "Compare the name in our certificate with the id that is enabled there.",
    "unsupported certificate": "Check its extended key usage, and whether its key type is supported there.",
}
_TRUST_OURS = "Install its CA on the other side, and add the intermediate certificates to our certificate file."
_DIFFERENCE = "Compare the TLS versions and cipher suites of both sides."


def alert_advice(alert: object) -> str:
    """What to try when the peer refused our certificate with this alert."""
    return _ALERT_ADVICE.get(str(alert), _TRUST_OURS)


def _faults() -> dict[P, tuple[str, str]]:
    """The same faults of the certificate of a central system and of a charge point."""
    server, peer = "The certificate of {address}", "The charge point's certificate"
    return {
        code: (sentence.format(whose=whose), advice)
        for codes, sentence, advice in (
            ((P.CERTIFICATE_EXPIRED, P.PEER_CERTIFICATE_EXPIRED), "{whose} has expired.", _RENEW),
            ((P.CERTIFICATE_NOT_YET_VALID, P.PEER_CERTIFICATE_NOT_YET_VALID), "{whose} is not valid yet.", _CLOCKS),
            (
                (P.CERTIFICATE_SELF_SIGNED, P.PEER_CERTIFICATE_SELF_SIGNED),
                "{whose} is self-signed and is not among the trusted ones.",
                "Trust it, or have it signed by a trusted CA.",
            ),
            (
                (P.CERTIFICATE_OF_UNKNOWN_ISSUER, P.PEER_CERTIFICATE_OF_UNKNOWN_ISSUER),
                "{whose} was signed by a CA that is not trusted, or an intermediate certificate is missing.",
                "Trust its CA, or let the other side send its intermediate certificates.",
            ),
            (
                (P.CERTIFICATE_WITHOUT_ROOT, P.PEER_CERTIFICATE_WITHOUT_ROOT),
                "{whose} was signed by a trusted intermediate CA whose root CA is not trusted.",
                "Add the root CA to the CA file.",
            ),
            (
                (P.CERTIFICATE_TOO_WEAK, P.PEER_CERTIFICATE_TOO_WEAK),
                "{whose} has, or a CA above it has, a key or a hash that is too weak.",
                _WEAK,
            ),
            (
                (P.CERTIFICATE_REVOKED, P.PEER_CERTIFICATE_REVOKED),
                "{whose} has been revoked.",
                "Give the other side a new certificate; the old one must not be used any more.",
            ),
            (
                (P.CERTIFICATE_WITHOUT_CRL, P.PEER_CERTIFICATE_WITHOUT_CRL),
                "{whose} cannot be checked for revocation: there is no revocation list of its issuer.",
                "Add the list of its issuer to the file of revocation lists.",
            ),
            (
                (P.CRL_EXPIRED, P.PEER_CRL_EXPIRED),
                "{whose} cannot be checked for revocation: the revocation list of its issuer has expired.",
                "Get the present list of its issuer.",
            ),
            ((P.CERTIFICATE_UNTRUSTED, P.PEER_CERTIFICATE_UNTRUSTED), "{whose} is not trusted[: {{reason}}].", ""),
        )
        for code, whose in zip(codes, (server, peer), strict=True)
    }


TLS_WORDS: Mapping[P, tuple[str, str]] = {
    **_faults(),
    P.FILE_UNREADABLE: ("{name} cannot be read[: {reason}].", ""),
    P.CA_FILE_UNREADABLE: ("The CA file {name} cannot be read[: {reason}].", ""),
    P.CA_FILE_WITHOUT_CERTIFICATE: ("{name} contains no CA certificate in PEM format.", ""),
    P.KEY_ENCRYPTED: ("The private key {name} is encrypted; give it without a password.", ""),
    P.KEY_OF_ANOTHER_CERTIFICATE: ("The key {other} does not belong to the certificate {name}.", ""),
    P.NO_CERTIFICATE_AND_KEY: (
        "{name}[ and {other}]: no certificate and key in PEM format[ ({reason})].", "",
    ),
    P.CERTIFICATE_AND_KEY_SWAPPED: (
        "The certificate and the key are swapped: {name} contains a private key, {other} a certificate.", "",
    ),
    P.OWN_CERTIFICATE_TOO_WEAK: ("The key or the hash of the certificate {name} is too weak for TLS[: {reason}].", ""),
    P.CERTIFICATE_WITHOUT_KEY: ("{name} contains no private key, and no file with the key is given.", ""),
    P.KEY_WITHOUT_CERTIFICATE: ("The key {name} is given without its certificate.", ""),
    P.CLIENT_CA_WITHOUT_CERTIFICATE: (
        "Client certificates can be required only with TLS, and TLS needs a certificate of the central system.", "",
    ),
    P.TLS_FILE_FOR_PLAIN_URL: (
        "The URL begins with ws://, so that the connection is not encrypted and {name} has no effect.",
        "Use wss:// instead of ws://, or leave the file out.",
    ),
    P.SECOND_CERTIFICATE_ALONE: ("{name} is the second certificate, but there is no first one.", ""),
    P.CRL_FILE_WITHOUT_CRL: ("{name} contains no revocation list (CRL) in PEM format.", ""),
    P.CRL_WITHOUT_CLIENT_CA: (
        "The revocation lists in {name} have no effect, since no client certificate is required.", "",
    ),
    P.KEY_LOG_UNWRITABLE: ("The TLS keys cannot be written to {name}[: {reason}].", ""),
    P.TLS_VERSION_UNKNOWN: ("{name!r} is not a version of TLS; choose 1.0, 1.1, 1.2 or 1.3.", ""),
    P.SUITES_UNKNOWN: (
        "OpenSSL has no cipher suite {name!r} for TLS 1.2 or older.",
        "Write names of OpenSSL or of the RFCs, with colons between them; the suites of TLS 1.3 are always on.",
    ),
    P.ORGANISATION_WITHOUT_CLIENT_CA: (
        "The organisation {name!r} has no effect, since no client certificate is required.", "",
    ),
    P.CERTIFICATE_FOR_ANOTHER_PURPOSE: (
        "The certificate of {address} was not issued for a server.",
        "Its extended key usage must contain serverAuth, or be absent.",
    ),
    P.PEER_CERTIFICATE_FOR_ANOTHER_PURPOSE: (
        "The charge point's certificate was not issued for a client.",
        "Its extended key usage must contain clientAuth, or be absent.",
    ),
    P.CERTIFICATE_FOR_ANOTHER_NAME: (
        "The certificate of {address} was issued for another host name.",
        "Use the name that it was issued for, or have this name added to it.",
    ),
    P.CERTIFICATE_FOR_ANOTHER_ADDRESS: (
        "The certificate of {address} was not issued for this IP address.",
        "Use the name that it was issued for, or have the address added to it.",
    ),
    P.SERVER_WITHOUT_TLS: (
        "{address} does not speak TLS[: its answer begins with '{first}'].",
        "Use ws:// instead of wss://, or the port of the TLS endpoint.",
    ),
    P.SERVER_WANTS_CERTIFICATE: (
        "{address} requires a client certificate (security profile 3).", "Give the charge point a certificate.",
    ),
    P.SERVER_MAY_WANT_CERTIFICATE: (
        "{address} refused the TLS handshake without a reason (alert {alert}).",
        "It requires a client certificate, or has no cipher suite in common with us.",
    ),
    P.SERVER_REJECTS_CERTIFICATE: ("{address} refused our certificate[: {meaning}][ (alert {alert})].", ""),
    P.SERVER_SENT_ALERT: ("{address} ended the TLS handshake[: {meaning}][ (alert {alert})].", _DIFFERENCE),
    P.SERVER_TLS_TOO_OLD: (
        "{address} offers no TLS version from {oldest} on.",
        "OCPP requires TLS 1.2 or later; update the central system.",
    ),
    P.TLS_FAILED: ("The TLS handshake with {address} failed[: {reason}].", _DIFFERENCE),
    P.TLS_TIMED_OUT: (
        "{address} did not finish the TLS handshake within {timeout} s.",
        "Is this the TLS port? Does the server have a certificate for this name?",
    ),
    P.TLS_CUT: (
        "{address} ended the connection in the middle of the TLS handshake.",
        "Is this the TLS port? Does the server have a certificate for this name?",
    ),
    P.PEER_TLS_TIMED_OUT: (
        "The peer did not finish the TLS handshake within {timeout} s.",
        "A port scan or health check, or a peer that does not speak TLS.",
    ),
    P.PEER_TLS_CUT: (
        "The peer ended the connection in the middle of the TLS handshake.",
        "It may not trust our certificate, and not say so.",
    ),
    P.PEER_TLS_CUT_AT_CERTIFICATE: (
        "The peer ended the connection in the middle of the TLS handshake, which demands a client certificate.",
        "It may have no client certificate (security profile 3), or not trust our certificate, and not say so.",
    ),
    P.PEER_TLS_FAILED: ("The TLS handshake with the peer failed[: {reason}].", _DIFFERENCE),
    P.PEER_WITHOUT_TLS: (
        "The peer spoke plain HTTP; this port speaks TLS.", "Set wss:// instead of ws:// in the charge point.",
    ),
    P.PEER_WITHOUT_TLS_OR_HTTP: (
        "The peer does not speak TLS[: it began with '{first}'].",
        "A port scan, or a peer that speaks another protocol.",
    ),
    P.PEER_WITH_TLS: (
        "The peer began a TLS handshake; this port speaks plain WebSocket.",
        "Set ws:// instead of wss:// in the charge point, or listen with a certificate.",
    ),
    P.PEER_REJECTS_CERTIFICATE: ("The charge point refused our certificate[: {meaning}][ (alert {alert})].", ""),
    P.PEER_SENT_ALERT: ("The charge point ended the TLS handshake[: {meaning}][ (alert {alert})].", _DIFFERENCE),
    P.PEER_TLS_TOO_OLD: (
        "The charge point offers no TLS version from {oldest} on[: only {offered}].",
        "OCPP requires TLS 1.2 or later; update the charge point.",
    ),
    P.PEER_SHARES_NO_SUITE: (
        "The charge point offers no cipher suite that fits our certificate[: {offered}].",
        "A charge point that supports RSA suites alone needs a certificate with an RSA key here.",
    ),
    P.PEER_WITHOUT_CERTIFICATE: (
        "The charge point presented no certificate, but one is required (security profile 3).",
        "Install a client certificate in the charge point, or do not require one.",
    ),
    P.CERTIFICATE_OF_ANOTHER_CHARGE_POINT: (
        "Its certificate was issued for {names}, not for {expected!r} (A00.FR.405).",
        "The common name (CN) must be the id in the URL, or the serial number of an earlier BootNotification.",
    ),
    P.CERTIFICATE_OF_ANOTHER_ORGANISATION: (
        "Its certificate is[ of the organisation {names} and] not of {expected!r} (A00.FR.404).",
        "The organisation (O) of the certificate must be the operator's name.",
    ),
    P.CERTIFICATE_WITHOUT_NAME: (
        "Its certificate names nobody; {expected!r} was expected (A00.FR.405).",
        "The common name (CN) of the certificate must be the id in the URL.",
    ),
    P.ID_ONLY_IN_ALTERNATIVE_NAME: (
        "The certificate has the id {expected!r} as an alternative name only, not as its common name (A00.FR.405).", "",
    ),
}  # fmt: skip
"""The sentence and the advice for each problem of TLS, as in `network_problems`."""
