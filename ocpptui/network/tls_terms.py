"""What a side demands of TLS beyond its certificates: versions, cipher suites, revocation; and where its keys go.

Source: OCPP 1.6 security whitepaper A00; OCPP 2.x Part 2, A00.FR.4xx: TLS 1.2 or later with four suites, of which a
central system supports all. Only for 1.6 are older charge points allowed, with TLS_RSA_WITH_AES_128_CBC_SHA.
"""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path

from ocpptui.network.problems import InvalidSetting, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.runtime.portable_files import write_private

TLS_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
OLD_VERSIONS = ("1.0", "1.1")
"""Those that OCPP allows only for old charge points of 1.6."""
ECDSA_SUITES = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
"""TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and _256_GCM_SHA384: the other two that OCPP names, in the same place."""
CURRENT_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AES:!aNULL:!eNULL:!aDSS:-SHA1:!AESCCM"
"""What Python offers by itself; the Python of a Linux distribution may offer old ones too."""
RSA_SUITES = "AES128-GCM-SHA256:AES256-GCM-SHA384"
"""TLS_RSA_WITH_AES_128_GCM_SHA256 and _256_GCM_SHA384: a central system must support them (OCPP 1.6 security
whitepaper, 2.0.1 Part 2 A00), and the default list of Python omits them."""
OLD_SUITES = (
    "AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA"
)
"""TLS_RSA_WITH_AES_128_CBC_SHA, which 1.6 allows for old charge points, and what the same software has besides it:
TLS 1.0 and 1.1 have no GCM."""


@dataclass(frozen=True, slots=True)
class TlsTerms:
    """The same for both roles. Raises InvalidSetting."""

    oldest: str = "1.2"
    """The oldest version that is spoken, one of `TLS_VERSIONS`."""
    suites: str | None = None
    """The cipher suites up to TLS 1.2, by their names in OpenSSL or the RFCs; None: those of OCPP and current ones."""
    crl: str | None = None
    """A file of revocation lists, in PEM; each certificate of the peer must have that of its issuer in it."""
    key_log: str | None = None
    """The file to which the secrets of each connection are appended, for Wireshark (`SSLKEYLOGFILE`)."""

    def __post_init__(self) -> None:
        if self.oldest not in TLS_VERSIONS:
            raise InvalidSetting(NetworkProblem(ProblemCode.TLS_VERSION_UNKNOWN, name=self.oldest))
        if self.suites is not None:
            _check_suites(self.suites)

    def apply(self, context: ssl.SSLContext) -> None:
        """Apply them to a context. Raises UnusableCertificate, also for the files."""
        if self.is_old:
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                context.minimum_version = TLS_VERSIONS[self.oldest]
        else:
            context.minimum_version = TLS_VERSIONS[self.oldest]  # some builds of Python allow less than 1.2
        context.set_ciphers(self._suites_wanted())
        if self.crl is not None:
            _load_crl(context, self.crl)
        if self.key_log is not None:
            _log_keys(context, self.key_log)

    def _suites_wanted(self) -> str:
        if self.suites is not None:
            wanted = openssl_names(self.suites)
        else:
            wanted = ":".join([CURRENT_SUITES, RSA_SUITES, *([OLD_SUITES] if self.is_old else [])])
        if self.is_old and "@SECLEVEL" not in wanted:
            wanted += ":@SECLEVEL=0"  # OpenSSL allows SHA-1, which these versions need, on no higher level
        return wanted

    @property
    def is_old(self) -> bool:
        """Whether they allow versions that OCPP forbids."""
        return self.oldest in OLD_VERSIONS


def oldest_version(context: ssl.SSLContext) -> str:
    """The oldest version that a context speaks, as in `TLS_VERSIONS`."""
    return next((name for name, version in TLS_VERSIONS.items() if context.minimum_version == version), "1.2")


def openssl_names(suites: str) -> str:
    """A list of cipher suites in the notation of OpenSSL, whose names of the RFCs are translated."""
    return ":".join(map(_openssl_name, suites.replace(",", " ").replace(":", " ").split()))


def _check_suites(suites: str) -> None:
    """OpenSSL ignores an unknown suite beside a known one, so each is tried alone. Raises InvalidSetting."""
    names = openssl_names(suites).split(":")
    for name in [one for one in names if not one.startswith(_OPERATORS)] or [suites]:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(f"{name}:@SECLEVEL=0")
        except ssl.SSLError:
            raise InvalidSetting(NetworkProblem(ProblemCode.SUITES_UNKNOWN, name=name)) from None


_OPERATORS = ("!", "-", "+", "@")
"""What begins a part of OpenSSL's list that names no suites to use."""


def _openssl_name(suite: str) -> str:
    """`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is ECDHE-RSA-AES128-GCM-SHA256 there."""
    exchange, found, cipher = suite.upper().removeprefix("TLS_").partition("_WITH_")
    if not found:
        return suite
    cipher = cipher.replace("AES_", "AES").replace("3DES_EDE_CBC", "DES_CBC3").removesuffix("_POLY1305_SHA256")
    cipher = cipher.replace("CCM_8", "CCM8")
    cipher = cipher.replace("_CBC", "") if cipher.startswith("AES") else cipher
    if cipher == "CHACHA20":
        cipher = "CHACHA20-POLY1305"
    return "-".join(filter(None, ["" if exchange == "RSA" else exchange, cipher])).replace("_", "-")


def _load_crl(context: ssl.SSLContext, path: str) -> None:
    before = context.cert_store_stats()["crl"]
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnusableCertificate(NetworkProblem(ProblemCode.FILE_UNREADABLE, name=path, reason=reason)) from None
    if context.cert_store_stats()["crl"] == before:
        raise UnusableCertificate(NetworkProblem(ProblemCode.CRL_FILE_WITHOUT_CRL, name=path))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF


def _log_keys(context: ssl.SSLContext, path: str) -> None:
    file = Path(path)
    try:
        if not file.exists():
            write_private(file, "")  # its readers can decrypt what was recorded
        context.keylog_filename = path
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnusableCertificate(NetworkProblem(ProblemCode.KEY_LOG_UNWRITABLE, name=path, reason=reason)) from None
