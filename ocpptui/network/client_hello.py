"""What a charge point offers at the beginning of a TLS handshake: its ClientHello (RFC 8446 section 4.1.2)."""

from __future__ import annotations

import ssl
from functools import cache

from ocpptui.network.tls_messages import HANDSHAKE, TlsReader
from ocpptui.timeline.connection_detail import ClientHello

MOST_LISTED = 40
"""How many entries of a list a record keeps."""

_CLIENT_HELLO = 1
_SERVER_NAME, _GROUPS, _ALPN, _VERSIONS = 0, 10, 16, 43
"""Extensions (RFC 6066 section 3, RFC 8446 section 4.2.7, RFC 7301, RFC 8446 section 4.2.1)."""
_VERSION_NAMES = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}
_GROUP_NAMES = {19: "secp192r1", 21: "secp224r1", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1", 29: "x25519"}
_SIGNALS = (0x00FF, 0x5600)
"""Values among the cipher suites that name no suite (RFC 5746 section 3.3, RFC 7507)."""


def client_hello(head: bytes) -> ClientHello | None:
    """The facts in the first bytes of a TLS client, as far as they have arrived; None if it is not one.

    Lists keep the order of preference; suites are named as in OpenSSL, or by their number in hexadecimal digits.
    """
    reader = TlsReader(_handshake(head))
    if reader.number(1) != _CLIENT_HELLO or not reader.number(3):
        return None
    legacy = reader.number(2)
    reader.take(32)
    reader.vector(1)
    suites = [one for one in reader.vector(2).numbers(2) if one not in _SIGNALS and not _is_grease(one)]
    if not suites:
        return None
    reader.vector(1)
    found: ClientHello = {"versions": [_version(legacy)], "suites": [_suite(one) for one in suites[:MOST_LISTED]]}
    extensions = reader.vector(2)
    while extensions:
        kind, content = extensions.number(2), extensions.vector(2)
        if kind == _VERSIONS:
            versions = [one for one in content.vector(1).numbers(2) if not _is_grease(one)]
            found["versions"] = [_version(one) for one in versions[:MOST_LISTED]]
        elif kind == _SERVER_NAME:
            names = content.vector(2)
            names.take(1)
            found["serverName"] = names.vector(2).data[:255].decode("ascii", "backslashreplace")
        elif kind == _GROUPS:
            groups = [one for one in content.vector(2).numbers(2) if not _is_grease(one)]
            found["groups"] = [_GROUP_NAMES.get(one, f"0x{one:04X}") for one in groups[:MOST_LISTED]]
        elif kind == _ALPN:
            protocols = content.vector(2)
            listed: list[str] = []
            while protocols and len(listed) < MOST_LISTED:
                listed.append(protocols.vector(1).data.decode("ascii", "backslashreplace"))
            found["applicationProtocols"] = listed
    return found


def _handshake(head: bytes) -> bytes:
    """The handshake messages in the first TLS records, put together (RFC 8446 section 5.1)."""
    records, messages = TlsReader(head), b""
    while records and records.data[0] == HANDSHAKE:
        records.take(3)
        messages += records.vector(2).data
    return messages


def _is_grease(number: int) -> bool:
    """Whether it is a value that means nothing, to keep servers tolerant (RFC 8701)."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def _version(number: int) -> str:
    return _VERSION_NAMES.get(number, f"0x{number:04X}")


def _suite(number: int) -> str:
    return _suite_names().get(number, f"0x{number:04X}")


@cache
def _suite_names() -> dict[int, str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {suite["id"] & 0xFFFF: suite["name"] for suite in context.get_ciphers()}
