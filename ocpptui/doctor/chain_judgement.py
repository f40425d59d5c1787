"""The certificates that a central system sends: names, dates, keys and purpose, and what is missing.

Sources: RFC 5280, RFC 9525, and the demands on certificates of the OCPP 1.6 security whitepaper and of OCPP 2.0.1
Part 2, section A00.
"""

from __future__ import annotations

import ipaddress
import warnings
from collections.abc import Iterator, Sequence

from cryptography import x509

from ocpptui.doctor.examined_step import (
    ExaminedStep,
    Remark,
    StepName,
    StepState,
    examined,
    failed,
    fine,
    network_remark,
    skipped,
    warning,
)
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.ocpp.date_times import DAY
from ocpptui.ocpp.durations import span_text
from ocpptui.unwrapping.certificate_judgement import (
    CertificateUse,
    dates_of,
    extended_usage,
    is_authority,
    is_signed_by,
    misuse,
    path_of,
    use_words,
    weakness,
)
from ocpptui.unwrapping.certificates import chain_lines
from ocpptui.unwrapping.key_words import UNREADABLE, alternative_names, key_of, parts_of_name, signature_algorithm
from ocpptui.unwrapping.moments import moment_text

SOON = 30 * DAY
"""µs before its end from which on a certificate should be renewed."""

WRONG_DATES = (P.CERTIFICATE_EXPIRED, P.CERTIFICATE_NOT_YET_VALID)
"""Problems of a certificate that a wrong clock causes too."""


def certificate_step(
    chain: Sequence[bytes], host: str, address: str, now: int, problem: NetworkProblem | None, *, is_verified: bool
) -> ExaminedStep:
    """`chain` is what the server sent, in DER, its own certificate first; `now` in µs since 1970.

    `problem` is what the verification found with what the user trusts; `is_verified` says whether there was one.
    """
    if not chain:
        remark = network_remark(problem) if problem is not None else skipped("It sent no certificate.")
        return examined(StepName.CERTIFICATE, [remark])
    with warnings.catch_warnings(action="ignore"):  # about serial numbers and other things that a server may send
        try:
            certificates = [x509.load_der_x509_certificate(one) for one in chain]
            seen = list(_seen(certificates, now))
            remarks = list(_remarks(certificates, host, address, now, problem))
        except UNREADABLE as error:
            text = f"A certificate that it sent cannot be read: {error}."
            return examined(StepName.CERTIFICATE, [failed("certificate-unreadable", text)])
    if not any(one.state >= StepState.WARNING for one in remarks):
        trusted = "It is trusted, and names this host." if is_verified else "It names this host."
        remarks.append(fine("certificate", trusted))
    if not is_verified:
        remarks.append(
            warning("certificate-unverified", "Whether it is trusted was not verified, because that was asked for.")
        )
    return examined(StepName.CERTIFICATE, remarks, seen)


def issuers_of(pem: bytes) -> list[bytes]:
    """The names, in DER, of those who signed the certificates of a file."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return [one.issuer.public_bytes() for one in x509.load_pem_x509_certificates(pem)]
    except UNREADABLE:
        return []


def clock_would_help(chain: Sequence[bytes], now: int) -> bool:
    """Whether all certificates are valid at `now`, in µs since 1970."""
    try:
        with warnings.catch_warnings(action="ignore"):
            certificates = [x509.load_der_x509_certificate(one) for one in chain]
    except UNREADABLE:
        return False
    return bool(certificates) and all(dates_of(one)[0] <= now <= dates_of(one)[1] for one in certificates)


def _seen(certificates: Sequence[x509.Certificate], now: int) -> Iterator[str]:
    for number, one in enumerate(certificates, 1):
        own = is_signed_by(one, one) is None
        yield f"{number}. {parts_of_name(one.subject)}, issued by {'itself' if own else parts_of_name(one.issuer)}"
        if names := alternative_names(one):
            yield f"   names {names}"
        ends = dates_of(one)[1]
        left = f", another {span_text(ends - now)}" if ends > now else ""
        yield f"   valid {moment_text(one.not_valid_before_utc)} to {moment_text(one.not_valid_after_utc)}{left}"
        yield f"   {key_of(one)}, signed with {signature_algorithm(one)}"
        if (usage := extended_usage(one)) is not None:
            yield f"   for {use_words(usage)}"


def _remarks(
    certificates: Sequence[x509.Certificate], host: str, address: str, now: int, problem: NetworkProblem | None
) -> Iterator[Remark]:
    """What is wrong, the gravest first, each kind once."""
    own = certificates[0]
    codes = list(_faults(certificates, host, now))
    if problem is not None and problem.code not in codes:
        codes.insert(0, problem.code)
    for code in dict.fromkeys(codes):
        found = problem if problem is not None and problem.code is code else NetworkProblem(code, address=address)
        if code is P.CERTIFICATE_OF_UNKNOWN_ISSUER:
            yield _unknown_issuer(certificates, found)
        elif code in WRONG_DATES:
            yield _wrong_date(certificates, now, network_remark(found))
        else:
            yield network_remark(found)
    for line in chain_lines(certificates):
        if line.sort == "problem":
            advice = "Let the server send its own certificate first, each followed by the one that signed it."
            yield warning("certificate-chain-disordered", line.text, advice)
    if P.CERTIFICATE_FOR_ANOTHER_NAME not in codes and (pattern := _wildcard(own, host)):
        yield warning(
            "certificate-with-wildcard",
            f"The certificate names the host as {pattern} alone; OCPP allows no wildcard unless AllowCSMSTLSWildcards "
            "is true.",
            "Have it issued for the whole name of the host: charge points may refuse it (2.0.1 Part 2 A00.FR.510).",
        )
    if not alternative_names(own) and P.CERTIFICATE_FOR_ANOTHER_NAME not in codes:
        yield warning(
            "certificate-without-alternative-name",
            "The certificate has the host as its common name alone, which many TLS libraries no longer look at.",
            "Have it issued with a subject alternative name (RFC 9525).",
        )
    ends = min(dates_of(one)[1] for one in certificates)
    if now <= ends <= now + SOON and not any(code in WRONG_DATES for code in codes):
        yield warning(
            "certificate-expires-soon",
            f"A certificate of the chain expires in {span_text(ends - now)}.",
            "Renew it; charge points that do not trust the new one's CA need that first.",
        )


def _faults(certificates: Sequence[x509.Certificate], host: str, now: int) -> Iterator[P]:
    own = certificates[0]
    for one in certificates:
        begins, ends = dates_of(one)
        if now > ends:
            yield P.CERTIFICATE_EXPIRED
        elif now < begins:
            yield P.CERTIFICATE_NOT_YET_VALID
    if not _names(own, host):
        yield P.CERTIFICATE_FOR_ANOTHER_ADDRESS if _address(host) is not None else P.CERTIFICATE_FOR_ANOTHER_NAME
    if misuse(own, CertificateUse.CENTRAL_SYSTEM):
        yield P.CERTIFICATE_FOR_ANOTHER_PURPOSE
    if any(map(weakness, certificates)):
        yield P.CERTIFICATE_TOO_WEAK


def _unknown_issuer(certificates: Sequence[x509.Certificate], problem: NetworkProblem) -> Remark:
    """Tells a root CA that is not trusted from an intermediate certificate that was not sent."""
    last = path_of(certificates)[-1]
    if is_signed_by(last, last) is None:
        return Remark(
            StepState.FAILED,
            problem.code,
            f"The certificates lead to the root CA {parts_of_name(last.subject)}, which is not trusted here.",
            "Trust it, here and in the charge point, or use a certificate of a trusted CA.",
            problem,
        )
    if is_authority(last):
        return Remark(
            StepState.FAILED,
            problem.code,
            f"The certificates lead to the CA {parts_of_name(last.subject)}, whose issuer {parts_of_name(last.issuer)} "
            "is not trusted here.",
            "Trust that issuer, here and in the charge point, or use a certificate of a trusted CA. If a trusted CA is "
            "above it, let the server send the certificates up to there.",
            problem,
        )
    return Remark(
        StepState.FAILED,
        "certificate-chain-incomplete",
        f"The certificates end at {parts_of_name(last.subject)}, whose issuer {parts_of_name(last.issuer)} was not "
        "sent and is not trusted here: an intermediate certificate is missing, or that is a root CA of its own.",
        "Let the server send its intermediate certificates (a browser may fetch them, a charge point does not); "
        "trust the issuer if it is a root CA.",
        problem,
    )


def _wrong_date(certificates: Sequence[x509.Certificate], now: int, remark: Remark) -> Remark:
    """Which one has expired or is not yet valid, and by how much."""
    for number, one in enumerate(certificates, 1):
        begins, ends = dates_of(one)
        whose = "Its certificate" if number == 1 else f"The CA certificate {parts_of_name(one.subject)} above it"
        if now > ends:
            text = f"{whose} expired {span_text(now - ends)} ago."
        elif now < begins:
            text = f"{whose} is not valid for another {span_text(begins - now)}."
        else:
            continue
        return Remark(remark.state, remark.code, text, remark.advice, remark.problem)
    return remark


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _names(certificate: x509.Certificate, host: str) -> bool:
    """Whether it was issued for this host (RFC 9525 section 6), by its common name if it has no other names."""
    address = _address(host)
    if address is not None:
        return str(address) in alternative_names(certificate).split(", ")
    return not {_plain(host), _pattern(host)}.isdisjoint(_hosts(certificate))


def _wildcard(certificate: x509.Certificate, host: str) -> str:
    """The name with a wildcard by which alone it was issued for this host; empty if there is none."""
    names = _hosts(certificate)
    return _pattern(host) if _address(host) is None and _pattern(host) in names and _plain(host) not in names else ""


def _hosts(certificate: x509.Certificate) -> set[str]:
    names = [name for name in alternative_names(certificate).split(", ") if name]
    if not names:
        names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    return set(map(_plain, names))


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


def _pattern(host: str) -> str:
    return f"*.{_plain(host).partition('.')[2]}"
