"""Certificates, their chains and requests for them (RFC 5280, RFC 2986), in PEM or DER.

A chain is checked as OCPP 2.0.1 Part 2 CertificateSignedRequest describes it: first the certificate itself, then each
certificate followed by the one that signed it. `certificate_places` judges it by its place. Trust is not decided here,
because the roots of the peers are unknown.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from ocpptui.unwrapping.certificate_judgement import (
    UNVERIFIED,
    CertificateUse,
    dates_of,
    extended_usage,
    is_authority,
    is_signed_by,
    use_words,
    weakness,
)
from ocpptui.unwrapping.certificate_places import CertificateKnowledge
from ocpptui.unwrapping.certificate_texts import (
    MOST,
    OF_CERTIFICATES,
    OF_REQUESTS,
    PEM,
    certificates_of_text,
    with_line_ends,
)
from ocpptui.unwrapping.key_words import (
    UNREADABLE,
    alternative_names,
    key_of,
    key_text,
    parts_of_name,
    serial_text,
    signature_algorithm,
    unreadable_words,
)
from ocpptui.unwrapping.moments import validity_lines
from ocpptui.unwrapping.unwrapped import Contents, InsideLine, field_line, problem_line, text_line


def pem_contents(
    text: str, time: int, use: CertificateUse | None = None, knowledge: CertificateKnowledge | None = None
) -> Contents | None:
    """The parts of a text in PEM; None if it has none. `time` is that of the record, in µs since 1970.

    `use` is what its place wants it for, `knowledge` what is known of the certificates of the charge point.
    """
    with warnings.catch_warnings(action="ignore"):  # about serial numbers and other things that a peer may write
        return _pem_contents(text, time, use, knowledge or CertificateKnowledge())


def certain_faults(text: str, time: int, tolerance: int, *, is_chain: bool, may_wait: bool = False) -> list[str]:
    """Why nobody can rely on certificates at `time`, in sentences; empty if a part of them cannot be read.

    `tolerance` is how far the clock may be off; both in µs. In a chain the order counts, and the dates of a root that
    follows do not: who verifies the chain has a copy of it. With `may_wait`, one that is not yet valid has no fault.
    """
    chain, faults = certificates_of_text(text), list[InsideLine]()
    with warnings.catch_warnings(action="ignore"), suppress(*UNREADABLE):
        for number, one in enumerate(chain, 1):
            first, last = dates_of(one)
            is_outside = time > last + tolerance or (time < first - tolerance and not may_wait)
            if is_outside and not (is_chain and number > 1 and is_signed_by(one, one) is None):
                what = f"Certificate {number}" if len(chain) > 1 else "The certificate"
                faults += validity_lines(what, one.not_valid_before_utc, one.not_valid_after_utc, time)
        faults += chain_lines(chain) if is_chain else ()
        return [line.text for line in faults if line.sort == "problem" and UNVERIFIED not in line.text]
    return []


def der_contents(data: bytes, time: int) -> Contents | None:
    """A certificate, a request for one or a public key in DER; None if it is something else."""
    with warnings.catch_warnings(action="ignore"):
        return _der_contents(data, time)


def _pem_contents(text: str, time: int, use: CertificateUse | None, knowledge: CertificateKnowledge) -> Contents | None:
    text = with_line_ends(text)
    certificates: list[x509.Certificate] = []
    others: list[InsideLine] = []
    kinds: list[str] = []
    for number, match in enumerate(PEM.finditer(text)):
        if number == MOST:
            others.append(text_line(f"Only the first {MOST} parts are shown."))
            break
        label, part = match["label"], match[0].encode("utf-8", "replace")
        try:
            if "PRIVATE KEY" in label:
                kinds.append("private key")
                others.append(problem_line("A private key must never leave its owner; it is not shown."))
            elif label in OF_CERTIFICATES:
                certificates.append(x509.load_pem_x509_certificate(part))
            elif label in OF_REQUESTS:
                others += _request_lines(request := x509.load_pem_x509_csr(part))
                kinds.append("certificate signing request")
                if use is CertificateUse.CHARGE_POINT:
                    others += knowledge.name_lines(request, "The request")
            elif label.endswith("PUBLIC KEY"):
                others.append(field_line("key", key_text(load_pem_public_key(part))))
                kinds.append("public key")
            else:
                kinds.append(f"PEM of {label}")
        except UNREADABLE as error:
            kinds.append(f"{label} that cannot be read")
            others.append(problem_line(f"The {label} cannot be read: {unreadable_words(error)}."))
    if not certificates and not kinds:
        if "-----BEGIN" not in text:
            return None
        return "PEM that is cut off", [problem_line("It begins as PEM, but the line with END is missing.")]
    lines = list(_certificates_lines(certificates, time)) if certificates else []
    with suppress(*UNREADABLE):
        lines += knowledge.chain_lines(certificates, use) if certificates else ()
    return ", ".join([*([_counted(certificates)] if certificates else []), *kinds]), [*lines, *others]


def _der_contents(data: bytes, time: int) -> Contents | None:
    try:
        certificate = x509.load_der_x509_certificate(data)
    except UNREADABLE:
        pass
    else:
        return "certificate in DER", list(_certificates_lines([certificate], time))
    try:
        request = x509.load_der_x509_csr(data)
    except UNREADABLE:
        pass
    else:
        return "certificate signing request in DER", list(_request_lines(request))
    try:
        return "public key in DER", [field_line("key", key_text(load_der_public_key(data)))]
    except UNREADABLE:
        return None


def _counted(certificates: Sequence[x509.Certificate]) -> str:
    return "certificate" if len(certificates) == 1 else f"chain of {len(certificates)} certificates"


def _certificates_lines(certificates: Sequence[x509.Certificate], time: int) -> Iterator[InsideLine]:
    if len(certificates) > 1:
        yield from chain_lines(certificates)
    for number, certificate in enumerate(certificates, 1):
        if len(certificates) > 1:
            yield text_line(f"Certificate {number} of {len(certificates)}")
        try:
            yield from certificate_lines(
                certificate, time, f"Certificate {number}" if number > 1 else "The certificate"
            )
        except UNREADABLE as error:
            yield problem_line(f"A part of it cannot be read: {unreadable_words(error)}.")


def certificate_lines(certificate: x509.Certificate, time: int, what: str) -> Iterator[InsideLine]:
    """The parts of a certificate, and whether it is valid at the time of the record. Raises `UNREADABLE`."""
    yield field_line("subject", parts_of_name(certificate.subject))
    own = is_signed_by(certificate, certificate) is None
    yield field_line("issuer", "itself (self-signed)" if own else parts_of_name(certificate.issuer))
    if names := alternative_names(certificate):
        yield field_line("names", names)
    yield from validity_lines(what, certificate.not_valid_before_utc, certificate.not_valid_after_utc, time)
    yield field_line("key", key_of(certificate))
    yield field_line("signature", signature_algorithm(certificate))
    yield field_line("serial", serial_text(certificate.serial_number))
    yield field_line("SHA-256", certificate.fingerprint(SHA256()).hex())
    yield field_line("CA", "yes" if is_authority(certificate) else "no")
    if (usage := extended_usage(certificate)) is not None:
        yield field_line("for", use_words(usage))
    if weak := weakness(certificate):
        yield problem_line(f"{what} is too weak: {weak}.")


def _request_lines(request: x509.CertificateSigningRequest) -> Iterator[InsideLine]:
    yield field_line("subject", parts_of_name(request.subject))
    if names := alternative_names(request):
        yield field_line("names", names)
    yield field_line("key", key_of(request))
    yield field_line("signature", signature_algorithm(request))
    try:
        valid = request.is_signature_valid
    except UNREADABLE as error:
        yield text_line(f"Its signature is not verified, because: {error}")
        return
    if valid:
        yield text_line("It is signed with the key that it names (verified).")
    else:
        yield problem_line("Its signature does not fit its key: it was changed, or signed with another key.")


def chain_lines(certificates: Sequence[x509.Certificate]) -> Iterator[InsideLine]:
    """Whether each certificate is signed by the next one, and whether the signers may sign."""
    wrong = False
    for place, (lower, upper) in enumerate(zip(certificates, certificates[1:], strict=False), 1):
        if lower == upper:
            wrong = True
            yield problem_line(f"Certificate {place + 1} is certificate {place} once more.")
            continue
        reason = is_signed_by(lower, upper)
        if reason is None:
            if not is_authority(upper):
                wrong = True
                yield problem_line(f"Certificate {place + 1} signed certificate {place}, but is not a CA.")
            continue
        wrong = True
        signers = [
            number for number, one in enumerate(certificates, 1) if number != place and is_signed_by(lower, one) is None
        ]
        if signers:
            yield problem_line(
                f"The order is wrong: certificate {place} is followed by certificate {place + 1}, "
                f"but is signed by certificate {signers[0]}."
            )
        elif is_signed_by(lower, lower) is None:
            yield problem_line(f"The order is wrong: certificate {place} is self-signed, but others follow it.")
        else:
            yield problem_line(f"Certificate {place} is not signed by certificate {place + 1}: {reason}.")
    if not wrong:
        yield text_line("The order is right: each certificate is signed by the next (verified).")
