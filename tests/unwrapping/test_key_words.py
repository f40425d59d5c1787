"""Keys, names and serial numbers of certificates in words."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519

from ocpptui.unwrapping.key_words import key_text, parts_of_name, serial_text

KEYS: list[tuple[Any, str]] = [
    (rsa.generate_private_key(65537, 2048), "RSA, 2048 bits"),
    (ec.generate_private_key(ec.SECP256R1()), "EC, secp256r1, 256 bits"),
    (dsa.generate_private_key(1024), "DSA, 1024 bits"),
    (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
    (ed448.Ed448PrivateKey.generate(), "Ed448"),
    (x25519.X25519PrivateKey.generate(), "of another type"),
]


@pytest.mark.parametrize(("key", "words"), KEYS, ids=[words for _, words in KEYS])
def test_a_key_is_named_with_its_size(key: Any, words: str) -> None:
    """A key of a type or size that the charge point does not take is why a certificate is refused."""
    assert key_text(key.public_key()) == words


def test_a_serial_number_is_written_as_in_ocpp() -> None:
    """Nobody would find the certificate that a GetCertificateStatus asks about."""
    assert serial_text(0x0F00BA) == "f00ba"


def test_a_name_without_parts_is_said_to_be_empty() -> None:
    assert parts_of_name(x509.Name([])) == "(empty)"
    assert parts_of_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CP-77")])) == "CN=CP-77"
