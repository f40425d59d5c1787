"""Base64, PEM and DER: how OCPP puts bytes into texts (RFC 4648, RFC 7468, ITU-T X.690)."""

from __future__ import annotations

import base64
import binascii
import re

SHORTEST = 16
"""Characters of the shortest text that is looked at as base64; shorter ones are too often plain words."""


BEGIN = "-----BEGIN"
"""How a part in PEM begins."""


def may_hold_certificates(text: str) -> bool:
    """Whether a text begins as one with certificates or requests for them does, so that it is worth reading."""
    return BEGIN in text or text.lstrip().startswith("MI")  # a SEQUENCE of more than 127 bytes in DER


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


def der_length(data: bytes) -> int | None:
    """How many bytes a SEQUENCE of DER has by its head, the head included: a certificate, a key, OCSP; None if it is
    something else."""
    if len(data) < 4 or data[0] != 0x30:
        return None
    length = data[1]
    if length < 0x80:
        return 2 + length
    count = length & 0x7F
    return 2 + count + int.from_bytes(data[2 : 2 + count]) if 1 <= count <= 4 else None


def distinguished_name(data: bytes) -> str:
    """A distinguished name in DER as text (RFC 4514); its bytes in hexadecimal if it cannot be read."""
    from cryptography import x509

    try:
        parts = []
        for part in _elements(_content(data)):
            attributes = []
            for attribute in _elements(part):
                identifier, value = _elements(attribute)
                text = value.decode("utf-8")
                attributes.append(x509.NameAttribute(x509.ObjectIdentifier(_dotted(identifier)), text))
            parts.append(x509.RelativeDistinguishedName(attributes))
        return x509.Name(parts).rfc4514_string() or "(empty)"
    except (ValueError, IndexError, TypeError):
        return data.hex()


def _content(data: bytes) -> bytes:
    """The content of the first element, whose tag and length are of DER. Raises ValueError and IndexError."""
    return _elements(data)[0]


def _elements(data: bytes) -> list[bytes]:
    """The contents of the elements that follow each other. Raises ValueError and IndexError."""
    found = []
    while data:
        length, head = data[1], 2
        if length >= 0x80:
            head += length & 0x7F
            length = int.from_bytes(data[2:head])
        if len(data) < head + length:
            raise ValueError("it is cut off")
        found.append(data[head : head + length])
        data = data[head + length :]
    return found


def _dotted(identifier: bytes) -> str:
    """An object identifier in its usual notation (ITU-T X.690 section 8.19)."""
    numbers, number = [], 0
    for byte in identifier:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]++={0,2}")
