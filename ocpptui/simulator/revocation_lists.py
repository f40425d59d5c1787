"""What a revocation list says of a certificate (RFC 5280 section 5)."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp

from ocpptui.ocpp.date_times import date_time, micros_of
from ocpptui.simulator.ocsp_answers import OcspFinding, issuer_named


def list_finding(data: bytes, asked: bytes, candidates: Sequence[x509.Certificate], now: int) -> OcspFinding:
    """What a list in DER or PEM says at `now` about the certificate in an OCSP request, which names it by hashes.

    The issuer, whose signature counts, is looked for among `candidates`.
    """
    try:
        load = x509.load_pem_x509_crl if data.lstrip().startswith(b"-----") else x509.load_der_x509_crl
        found, request = load(data), ocsp.load_der_ocsp_request(asked)
        issuer = issuer_named(request.issuer_name_hash, request.issuer_key_hash, request.hash_algorithm, candidates)
        if issuer is None:
            return OcspFinding("Failed", "the signature of the list cannot be verified: the issuer is not known")
        key = issuer.public_key()
        is_signed = isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) and found.is_signature_valid(key)
        if not is_signed or found.issuer != issuer.subject:
            return OcspFinding("Failed", "the list is not that of the issuer", is_forged=True)
        until = None if found.next_update_utc is None else micros_of(found.next_update_utc)
        if until is not None and until <= now:
            return OcspFinding("Failed", f"the list was valid until {date_time(until)}", until)
        if found.get_revoked_certificate_by_serial_number(request.serial_number) is not None:
            return OcspFinding("Revoked", "it was revoked", until)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return OcspFinding("Failed", "what was fetched is not a revocation list")
    return OcspFinding("Good", next_update=until)
