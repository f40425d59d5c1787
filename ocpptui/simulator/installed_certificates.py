"""The installed root certificates of a simulated charge point, identified by hashes as in OCPP.

Source: OCPP 2.x Part 2 CertificateHashDataType (hashes as in RFC 6960 section 4.1.1), 1.6 security whitepaper
section 5. Reads just enough DER (X.690) to find issuer, key and serial number; nothing is verified.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any, NamedTuple

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_SEQUENCE, _INTEGER, _BIT_STRING, _VERSION = 0x30, 0x02, 0x03, 0xA0


class CertificateId(NamedTuple):
    """CertificateHashData without its algorithm, which is always SHA256 here. Hexadecimal, lower case."""

    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    def payload(self) -> dict[str, Any]:
        """Its JSON in an answer."""
        return {
            "hashAlgorithm": "SHA256",
            "issuerNameHash": self.issuer_name_hash,
            "issuerKeyHash": self.issuer_key_hash,
            "serialNumber": self.serial_number,
        }


class CertificateStore:
    """Installed certificates by kind."""

    def __init__(self) -> None:
        self._kinds: dict[CertificateId, str] = {}

    def install(self, kind: str, pem: str) -> bool:
        """Keep a root certificate under its kind (`CSMSRootCertificate`, ...); False if it cannot be read."""
        identity = root_id(pem)
        if identity is None:
            return False
        self._kinds[identity] = kind
        return True

    def installed(self, kinds: list[str]) -> list[tuple[str, CertificateId]]:
        """Kind and identity of the certificates of the given kinds; of all, if none is given."""
        return [(kind, identity) for identity, kind in self._kinds.items() if not kinds or kind in kinds]

    def delete(self, identity: CertificateId) -> bool:
        """Forget a certificate; False if it is not installed."""
        return self._kinds.pop(identity, None) is not None


def root_id(pem: str) -> CertificateId | None:
    """The identity of a root certificate, which is its own issuer; None if it cannot be read."""
    found = _PEM.search(pem)
    if found is None:
        return None
    try:
        outer = _elements(base64.b64decode("".join(found[1].split()), validate=True))
        fields = _elements(_value(_elements(_value(outer[0], _SEQUENCE))[0], _SEQUENCE))
        if fields[0][0] == _VERSION:
            del fields[0]
        serial, _, issuer, _, _, key = fields[:6]
        bits = _value(_elements(_value(key, _SEQUENCE))[1], _BIT_STRING)
        number = int.from_bytes(_value(serial, _INTEGER), "big")
    except (binascii.Error, LookupError, ValueError):
        return None
    name_hash = hashlib.sha256(issuer[1]).hexdigest()
    return CertificateId(name_hash, hashlib.sha256(bits[1:]).hexdigest(), f"{number:x}"[:40])


_Element = tuple[int, bytes, bytes]  # tag, the whole element, its value


def _value(element: _Element, tag: int) -> bytes:
    if element[0] != tag:
        raise ValueError
    return element[2]


def _elements(data: bytes) -> list[_Element]:
    """The consecutive elements in `data`. Raises LookupError if a length is wrong."""
    found: list[_Element] = []
    position = 0
    while position < len(data):
        start, length = position, data[position + 1]
        position += 2
        if length >= 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        if position + length > len(data):
            raise IndexError(position)
        found.append((data[start], data[start : position + length], data[position : position + length]))
        position += length
    return found
