"""Certificates and requests are read as they come: in PEM, or in DER as base64; nothing is read by halves."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.unwrapping.certificate_texts import certificates_of_text, is_pem, key_bytes, request_in
from ocpptui.unwrapping.der import may_hold_certificates
from tests.kit.signed_values import issued, name_of

ROOT = issued("Root", ca=True)
LEAF = issued("CP001", ROOT)
REQUEST = x509.CertificateSigningRequestBuilder().subject_name(name_of("CP001")).sign(LEAF.key, SHA256())
REQUEST_PEM = REQUEST.public_bytes(Encoding.PEM).decode()


def base64_of(*holders: x509.Certificate | x509.CertificateSigningRequest) -> str:
    return base64.b64encode(b"".join(one.public_bytes(Encoding.DER) for one in holders)).decode()


BYTES = base64_of(LEAF.certificate, ROOT.certificate)


@pytest.mark.parametrize(
    "text",
    [
        LEAF.pem + ROOT.pem,
        (LEAF.pem + ROOT.pem).replace("\n", "\\n"),
        "Bag Attributes\n" + LEAF.pem + ROOT.pem,
        BYTES,
        f"{base64_of(LEAF.certificate)}\n{base64_of(ROOT.certificate)}",
        "\n".join(BYTES[at : at + 64] for at in range(0, len(BYTES), 64)),
    ],
    ids=["PEM", "PEM in one line", "PEM with a head", "DER", "DER in two texts", "DER in lines"],
)
def test_a_chain_is_read_in_each_form_that_stations_send(text: str) -> None:
    """What only the inspector could read would be judged by nobody."""
    chain = certificates_of_text(text)
    assert chain == [LEAF.certificate, ROOT.certificate]
    assert may_hold_certificates(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        LEAF.pem[:200],
        LEAF.pem + ROOT.pem[:200],
        LEAF.pem + REQUEST_PEM,
        LEAF.pem.replace("MII", "AAA", 1),
        base64_of(LEAF.certificate)[:200],
        base64_of(LEAF.certificate) + " and more",
        LEAF.pem * 13,
        REQUEST_PEM,
    ],
)
def test_a_chain_of_which_a_part_cannot_be_read_is_none(text: str) -> None:
    """A finding about a chain that the log has cut off would be wrong."""
    assert certificates_of_text(text) == []


def test_the_key_of_a_certificate_is_that_of_its_request() -> None:
    """A certificate for another key is useless to the charge point, and only this comparison shows it."""
    for text in (REQUEST_PEM, base64_of(REQUEST)):
        request = request_in(text)
        assert request is not None
        assert is_pem(text) is (text is REQUEST_PEM)
        assert key_bytes(request) == key_bytes(LEAF.certificate)
        assert key_bytes(request) != key_bytes(ROOT.certificate)
    assert request_in(LEAF.pem) is None
    assert request_in(REQUEST_PEM * 2) is None


@given(st.text() | st.binary().map(lambda data: base64.b64encode(b"\x30\x82" + data).decode()))
def test_no_text_is_too_odd(text: str) -> None:
    """Certificates come from peers, which may send anything."""
    for odd in (text, f"-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----"):
        certificates_of_text(odd)
        request_in(odd)
