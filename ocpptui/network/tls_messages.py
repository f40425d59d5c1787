"""The messages of a TLS handshake, as OpenSSL shows them to a callback (RFC 5246 section 7.4, RFC 8446 section 4)."""

from __future__ import annotations

import ssl

HANDSHAKE = 22
"""The type of the records that hold them."""
_CERTIFICATE = 11


def sent_certificates(version: int, content: int, kind: int, data: bytes) -> tuple[bytes, ...] | None:
    """The certificates in a message, in DER; None if it is another one. OpenSSL has checked its form."""
    if content != HANDSHAKE or kind != _CERTIFICATE:
        return None
    return tuple(_certificates(data[4:], version == ssl.TLSVersion.TLSv1_3))


def _certificates(body: bytes, is_newest: bool) -> list[bytes]:
    found = []
    if is_newest:
        body = body[1 + body[0] :]
    entries = vector(body, 3)[0]
    while entries:
        one, entries = vector(entries, 3)
        found.append(one)
        if is_newest:
            _, entries = vector(entries, 2)
    return found


def vector(data: bytes, size: int) -> tuple[bytes, bytes]:
    """A vector of TLS, whose length is in its first `size` bytes, and what follows it; OpenSSL has checked its form."""
    end = size + int.from_bytes(data[:size])
    return data[size:end], data[end:]
