"""Base64 and DER: how OCPP puts bytes into texts (RFC 4648, ITU-T X.690)."""

from __future__ import annotations

import base64
import binascii
import re

SHORTEST = 16
"""Characters of the shortest text that is looked at as base64; shorter ones are too often plain words."""


def bytes_of_base64(text: str, shortest: int = SHORTEST) -> bytes | None:
    """The bytes of base64 in either alphabet, with or without padding and line ends; None if it is something else.

    `shortest` is the number of characters from which on a text is taken for base64.
    """
    plain = "".join(text.split())
    if len(plain) < shortest or _BASE64.fullmatch(plain) is None:
        return None
    plain = plain.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def is_der_sequence(data: bytes) -> bool:
    """Whether the bytes are one SEQUENCE of DER, from the first byte to the last: a certificate, a key, OCSP."""
    if len(data) < 4 or data[0] != 0x30:
        return False
    length = data[1]
    if length < 0x80:
        return len(data) == 2 + length
    count = length & 0x7F
    return 1 <= count <= 4 and len(data) == 2 + count + int.from_bytes(data[2 : 2 + count])


_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]++={0,2}")
