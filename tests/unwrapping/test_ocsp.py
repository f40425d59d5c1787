"""OCSP requests, responses and hash data in words."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.unwrapping.payload_walk import unwrapped
from tests.kit.signed_values import issued
from tests.kit.talk import NOW

ROOT = issued("Root", ca=True)
LEAF = issued("CP001", ROOT)
REVOKED = ocsp.OCSPCertStatus.REVOKED


def response(status: ocsp.OCSPCertStatus, days: int = 1) -> str:
    """What a responder says of the certificate, until so many days after the record."""
    now = utc_datetime(NOW)
    builder = ocsp.OCSPResponseBuilder().add_response(
        LEAF.certificate,
        ROOT.certificate,
        SHA256(),
        status,
        now - timedelta(days=9),
        now + timedelta(days=days),
        now - timedelta(days=3) if status is REVOKED else None,
        ReasonFlags.key_compromise if status is REVOKED else None,
    )
    signed = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, ROOT.certificate).sign(ROOT.key, SHA256())
    return base64.b64encode(signed.public_bytes(Encoding.DER)).decode()


def said_of(payload: dict[str, Any]) -> str:
    """All that is said of the values of a payload."""
    return "\n".join(
        text for one in unwrapped(payload, NOW) for text in (one.path, one.what, *(line.text for line in one.lines))
    )


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (response(ocsp.OCSPCertStatus.GOOD), "status  good, as the responder says"),
        (response(REVOKED), "The certificate was revoked on 2023-11-11 22:13:20 UTC, reason keyCompromise."),
        (response(ocsp.OCSPCertStatus.UNKNOWN), "The responder does not know the certificate."),
        (response(ocsp.OCSPCertStatus.GOOD, days=-2), "The status expired 2 d before this record."),
    ],
    ids=["good", "revoked", "unknown", "stale"],
)
def test_the_status_of_a_certificate_is_said(result: str, words: str) -> None:
    """A car is refused for a revoked or stale status, which is within base64 of DER."""
    text = said_of({"ocspResult": result})
    assert "OCSP response" in text
    assert words in text
    assert "serial  1f2e3d4c" in text
    assert "signature is not verified, because" in text


def test_a_responder_that_fails_says_so() -> None:
    """A response without a status is no status."""
    failed = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    text = said_of({"ocspResult": base64.b64encode(failed.public_bytes(Encoding.DER)).decode()})
    assert "The responder gives no status: try later." in text
    assert "good" not in text


def test_a_request_names_the_certificate() -> None:
    """Request and certificate are compared by serial number and hashes."""
    request = ocsp.OCSPRequestBuilder().add_certificate(LEAF.certificate, ROOT.certificate, SHA256()).build()
    text = said_of({"request": base64.b64encode(request.public_bytes(Encoding.DER)).decode()})
    assert "OCSP request" in text
    assert "serial  1f2e3d4c" in text
    assert request.issuer_key_hash.hex() in text


def test_hash_data_is_named_and_its_lengths_are_checked() -> None:
    """A hash that is cut off identifies nothing, and the station answers NotFound."""
    hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab" * 32, "issuerKeyHash": "cd" * 20, "serialNumber": "1f"}
    text = said_of({"certificateHashData": hashes})
    assert "$.certificateHashData" in text
    assert f"issuer name  {'ab' * 32} (SHA256)" in text
    assert "issuerKeyHash is not a hash of SHA256, which has 64 hexadecimal digits." in text
    assert "issuerNameHash is not" not in text
