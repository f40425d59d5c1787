"""TLS: contexts from files, and what a handshake negotiated."""

from __future__ import annotations

import importlib
import ssl
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocpptui.network.problems import InvalidSetting, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.tls_errors import openssl_words
from ocpptui.network.tls_messages import sent_certificates
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.runtime.portable_files import write_private
from ocpptui.timeline.connection_detail import PeerCertificate, TlsDetail

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True, slots=True)
class PemPair:
    """A certificate, with those between it and its root, and its key, in PEM."""

    chain: str
    key: str = field(repr=False)


class ServerSession(ssl.SSLObject):
    """The TLS of one connection to a central system."""

    asked_name: str | None = None
    """The name that the charge point asked for (SNI)."""
    presented: tuple[bytes, ...] = ()
    """The certificates that it sent, in DER, its own first; noted only where `note_certificates` asked for it."""


def check_client_files(url: str, ca: str | None, certificate: str | None, key: str | None) -> None:
    """Refuse files for TLS that would have no effect when a charge point connects to this URL. Raises InvalidSetting.

    A user who names them relies on encryption, on a server that is verified, or on security profile 3.
    """
    _check_key(certificate, key)
    name = certificate or ca
    if name is not None and url.lower().startswith(("ws:", "http:")):
        raise InvalidSetting(NetworkProblem(ProblemCode.TLS_FILE_FOR_PLAIN_URL, name=name))


def check_server_files(
    certificate: str | None,
    key: str | None,
    client_ca: str | None,
    *,
    second: str | None = None,
    crl: str | None = None,
) -> None:
    """Refuse files for TLS that would have no effect when a central system listens. Raises InvalidSetting.

    A user who requires client certificates must not get a port that lets everybody in.
    """
    _check_key(certificate, key)
    if second is not None and certificate is None:
        raise InvalidSetting(NetworkProblem(ProblemCode.SECOND_CERTIFICATE_ALONE, name=second))
    if crl is not None and client_ca is None:
        raise InvalidSetting(NetworkProblem(ProblemCode.CRL_WITHOUT_CLIENT_CA, name=crl))
    if client_ca is not None and certificate is None:
        raise InvalidSetting(NetworkProblem(ProblemCode.CLIENT_CA_WITHOUT_CERTIFICATE, name=client_ca))


def _check_key(certificate: str | None, key: str | None) -> None:
    if key is not None and certificate is None:
        raise InvalidSetting(NetworkProblem(ProblemCode.KEY_WITHOUT_CERTIFICATE, name=key))


def client_context(
    ca: str | None,
    insecure: bool,
    certificate: str | None,
    key: str | None,
    *,
    own_pair: PemPair | None = None,
    roots: tuple[str, ...] = (),
    terms: TlsTerms = TlsTerms(),  # noqa: B008  it does not change
) -> ssl.SSLContext:
    """The context of a charge point. Raises UnusableCertificate.

    `ca` replaces the system's CAs, `own_pair` the files of the certificate and the key; `roots`, in PEM, are trusted as
    well.
    """
    _warm_up()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    terms.apply(context)
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if ca is not None:
        _load_ca(context, ca)
    elif not insecure:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    for root in roots:
        with suppress(ssl.SSLError, ValueError):  # what OpenSSL cannot read verifies nothing
            context.load_verify_locations(cadata=root)
    if own_pair is not None:
        _load_pair(context, own_pair)
    elif certificate is not None:
        _load_chain(context, certificate, key)
    return context


def probing_context(versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None, suites: str = "") -> ssl.SSLContext:
    """The context of a client that wants to see what a server offers, and verifies nothing.

    `versions` are the lowest and the highest, those of OCPP by default; `suites` are OpenSSL's names of those before
    TLS 1.3. Nothing secret may be sent over such a connection. Raises ssl.SSLError if OpenSSL lacks them.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(f"{suites or 'ALL'}:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):  # TLS 1.0 and 1.1 are deprecated; that is what is looked for
        context.minimum_version, context.maximum_version = versions or (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    return context


def server_context(
    certificate: str,
    key: str | None,
    client_ca: str | None,
    *,
    second: tuple[str, str | None] | None = None,
    terms: TlsTerms = TlsTerms(),  # noqa: B008  it does not change
) -> ssl.SSLContext:
    """The context of a central system; with `client_ca` a charge point must send a certificate of that CA (profile 3).

    `second` is a further certificate and its key, of the other kind: OCPP demands suites for RSA and for elliptic
    curves. Raises UnusableCertificate.
    """
    _warm_up()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslobject_class = ServerSession
    context.sni_callback = _remember_name
    terms.apply(context)
    _load_chain(context, certificate, key)
    if second is not None:
        _load_chain(context, *second)
    if client_ca is not None:
        _load_ca(context, client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def note_certificates(context: ssl.SSLContext) -> None:
    """Have the sessions of a context note what charge points present, also if it is refused."""

    def noted(session: Any, direction: str, version: int, content: int, kind: int, data: bytes) -> None:
        if direction == "read" and isinstance(session, ServerSession):
            chain = sent_certificates(version, content, kind, data)
            session.presented = session.presented if chain is None else chain

    setattr(context, "_msg_callback", noted)  # noqa: B010 - Python's only access to these messages


def agreed(connection: ssl.SSLObject, *, verified: bool) -> TlsDetail:
    """What a TLS handshake negotiated, for a record: version, cipher, and the peer's certificate if it sent one."""
    cipher = connection.cipher()
    found: TlsDetail = {
        "version": connection.version(),
        "cipher": cipher[0] if cipher is not None else None,
        "verified": verified,
    }
    if isinstance(connection, ServerSession) and connection.asked_name is not None:
        found["serverName"] = connection.asked_name
    certificate = connection.getpeercert(binary_form=True)
    if certificate is not None:
        found["certificate"] = certificate_facts(certificate)
    return found


def certificate_facts(der: bytes) -> PeerCertificate:
    """The parts of a certificate that users compare."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        certificate = x509.load_der_x509_certificate(der)
        return {
            "subject": certificate.subject.rfc4514_string(),
            "commonNames": [
                str(one.value) for one in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
            ],
            "organisations": [
                str(one.value) for one in certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
            ],
            "issuer": certificate.issuer.rfc4514_string(),
            "names": _alternative_names(certificate),
            "notBefore": f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}",
            "notAfter": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
            "sha256": certificate.fingerprint(SHA256()).hex(),
        }
    except (ValueError, x509.InvalidVersion) as error:
        return {"error": f"the certificate cannot be read: {error}"}


def why_out_of_date(path: str, now: int) -> str:
    """Why the first certificate of a file is not valid at `now`, µs since 1970, in words; empty if it is.

    It blocks. A file that cannot be read is reported by what loads it.
    """
    from cryptography import x509

    try:
        with open(path, "rb") as file:
            certificate = x509.load_pem_x509_certificate(file.read())
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (OSError, ValueError):
        return ""
    if end.timestamp() * 1_000_000 < now:
        return f"expired at {end:%Y-%m-%dT%H:%M:%SZ}"
    return f"is not valid before {begin:%Y-%m-%dT%H:%M:%SZ}" if begin.timestamp() * 1_000_000 > now else ""


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return []
    return [str(name.value) for name in extension.value]


def _warm_up() -> None:
    """Import, in the thread that makes contexts, what `certificate_facts` would import slowly on the event loop."""
    importlib.import_module("cryptography.x509")


def _remember_name(session: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
    if isinstance(session, ServerSession):
        session.asked_name = name


def _load_ca(context: ssl.SSLContext, path: str) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise UnusableCertificate(NetworkProblem(ProblemCode.CA_FILE_WITHOUT_CERTIFICATE, name=path)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnusableCertificate(NetworkProblem(ProblemCode.CA_FILE_UNREADABLE, name=path, reason=reason)) from None


def _load_pair(context: ssl.SSLContext, pair: PemPair) -> None:
    """Load a certificate and a key that are in memory; OpenSSL reads them only from files."""
    with tempfile.TemporaryDirectory(prefix="ocpptui-") as folder:
        chain, key = Path(folder, "certificate.pem"), Path(folder, "key.pem")
        try:
            write_private(chain, pair.chain)
            write_private(key, pair.key)
        except OSError as error:
            reason = error.strerror or str(error)
            problem = NetworkProblem(ProblemCode.FILE_UNREADABLE, name=str(chain), reason=reason)
            raise UnusableCertificate(problem) from None
        try:
            _load_chain(context, str(chain), str(key))
        except UnusableCertificate as error:
            named = NetworkProblem(error.problem.code, name="the certificate that was signed for the charge point")
            named.facts["reason"] = error.problem.facts.get("reason", "")
            raise UnusableCertificate(named) from None


def _load_chain(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    def no_password() -> str:
        raise UnusableCertificate(NetworkProblem(ProblemCode.KEY_ENCRYPTED, name=key or certificate))

    texts = []
    for path in (certificate, key):
        try:
            if path is not None:
                with open(path, "rb") as file:
                    texts.append(file.read())
        except OSError as error:
            reason = error.strerror or str(error)
            problem = NetworkProblem(ProblemCode.FILE_UNREADABLE, name=path or "", reason=reason)
            raise UnusableCertificate(problem) from None
    try:
        context.load_cert_chain(certificate, key, no_password)
    except ssl.SSLError as error:
        raise UnusableCertificate(_why_not_loaded(error, certificate, key, texts)) from None


def _why_not_loaded(error: ssl.SSLError, certificate: str, key: str | None, texts: list[bytes]) -> NetworkProblem:
    """`texts` are the contents of the files."""
    if error.reason == "KEY_VALUES_MISMATCH":
        return NetworkProblem(ProblemCode.KEY_OF_ANOTHER_CERTIFICATE, name=certificate, other=key or certificate)
    if error.reason is not None and error.reason.endswith(("_TOO_SMALL", "_TOO_WEAK")):
        return NetworkProblem(ProblemCode.OWN_CERTIFICATE_TOO_WEAK, name=certificate, reason=openssl_words(error))
    has_certificate, has_key = ([mark in text for text in texts] for mark in (b"BEGIN CERTIFICATE", b"PRIVATE KEY"))
    if has_certificate == [False, True] and has_key == [True, False]:
        return NetworkProblem(ProblemCode.CERTIFICATE_AND_KEY_SWAPPED, name=certificate, other=key or certificate)
    if has_certificate == [True] and has_key == [False]:
        return NetworkProblem(ProblemCode.CERTIFICATE_WITHOUT_KEY, name=certificate)
    problem = NetworkProblem(ProblemCode.NO_CERTIFICATE_AND_KEY, name=certificate, reason=openssl_words(error))
    if key is not None:
        problem.facts["other"] = key
    return problem
