"""Requests to OCSP responders and what they answer (RFC 6960), and the hashes by which OCPP names a certificate."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

from cryptography.x509 import ocsp

from ocpptui.ocpp.payload import text_at
from ocpptui.unwrapping.key_words import UNREADABLE, parts_of_name, serial_text
from ocpptui.unwrapping.moments import moment_text, validity_lines
from ocpptui.unwrapping.unwrapped import Contents, InsideLine, field_line, problem_line, text_line

MOST_ANSWERS = 10


def ocsp_contents(data: bytes, time: int) -> Contents | None:
    """A request or response of OCSP in DER; None if it is something else."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return "OCSP response", list(_response_lines(ocsp.load_der_ocsp_response(data), time))
        except UNREADABLE:
            pass
        try:
            return "OCSP request", list(_request_lines(ocsp.load_der_ocsp_request(data)))
        except (*UNREADABLE, NotImplementedError):
            return None


def _request_lines(request: ocsp.OCSPRequest) -> Iterator[InsideLine]:
    yield field_line("serial", serial_text(request.serial_number))
    yield field_line("hashes", request.hash_algorithm.name.upper())
    yield field_line("issuer name", request.issuer_name_hash.hex())
    yield field_line("issuer key", request.issuer_key_hash.hex())


def _response_lines(response: ocsp.OCSPResponse, time: int) -> Iterator[InsideLine]:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        yield problem_line(f"The responder gives no status: {response.response_status.name.lower().replace('_', ' ')}.")
        return
    for number, one in enumerate(response.responses):
        if number == MOST_ANSWERS:
            yield text_line(f"Only the first {MOST_ANSWERS} certificates are shown.")
            break
        yield field_line("serial", serial_text(one.serial_number))
        match one.certificate_status:
            case ocsp.OCSPCertStatus.REVOKED:
                when = f" on {moment_text(one.revocation_time_utc)}" if one.revocation_time_utc else ""
                reason = f", reason {one.revocation_reason.value}" if one.revocation_reason else ""
                yield problem_line(f"The certificate was revoked{when}{reason}.")
            case ocsp.OCSPCertStatus.UNKNOWN:
                yield problem_line("The responder does not know the certificate.")
            case _:
                yield field_line("status", "good, as the responder says")
        yield from validity_lines("The status", one.this_update_utc, one.next_update_utc, time)
    yield field_line("produced", moment_text(response.produced_at_utc))
    if response.responder_name is not None:
        yield field_line("responder", parts_of_name(response.responder_name))
    yield text_line("The responder's signature is not verified, because the issuer's certificate is not known here.")


def hash_data_lines(hashes: dict[str, Any]) -> list[InsideLine]:
    """What identifies a certificate in OCPP 2.x Part 2, CertificateHashDataType and OCSPRequestDataType."""
    algorithm = text_at(hashes, "hashAlgorithm") or ""
    lines = [field_line("serial", text_at(hashes, "serialNumber") or "missing")]
    for name, key in (("issuer name", "issuerNameHash"), ("issuer key", "issuerKeyHash")):
        value = text_at(hashes, key) or ""
        lines.append(field_line(name, f"{value or 'missing'} ({algorithm or 'no algorithm'})"))
        length = _DIGITS.get(algorithm.upper().replace("-", ""))
        if length is not None and (len(value) != length or not _HEXADECIMAL.fullmatch(value)):
            lines.append(problem_line(f"{key} is not a hash of {algorithm}, which has {length} hexadecimal digits."))
    if url := text_at(hashes, "responderURL"):
        lines.append(field_line("responder", url))
    return lines


_DIGITS = {"SHA256": 64, "SHA384": 96, "SHA512": 128}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]*")
