"""The security profile and what is demanded of TLS, from plain values."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from ocpptui.network.problems import ProblemCode
from ocpptui.network.security_profile import WITH_CLIENT_CERTIFICATE, WITH_PASSWORD, WITH_TLS
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.session.setting_values import PlainValues

KEY_LOG_VARIABLE = "SSLKEYLOGFILE"
"""The environment variable by which browsers, curl and others are asked for the secrets of TLS."""
PASSWORD_SOURCES = ("password", "password_file", "password_env")
TLS_FILES = ("ca", "cert", "key", "crl", "client_ca", "second_cert", "second_key", "client_organisation")
"""The settings that have an effect only with TLS."""
_FILES_OF_URLS = {"url": "", "upstream": "upstream_", "mirror": "mirror_"}
"""How the files for TLS to each URL begin."""
_OF_CLIENT_CERTIFICATES = {"charge point": ("cert", "key"), "central system": ("client_ca", "client_organisation")}

SETTING_OF = {
    ProblemCode.PROFILE_UNKNOWN: "security_profile",
    ProblemCode.PROFILE_NEEDS_TLS: "url",
    ProblemCode.PROFILE_WITHOUT_TLS: "url",
    ProblemCode.PROFILE_NEEDS_PASSWORD: "password",
    ProblemCode.PROFILE_WITHOUT_PASSWORD: "password",
    ProblemCode.PROFILE_NEEDS_CERTIFICATE: "cert",
    ProblemCode.PROFILE_WITHOUT_CERTIFICATE: "cert",
    ProblemCode.PROFILE_NEEDS_VERIFICATION: "insecure",
    ProblemCode.PROFILE_NEEDS_SERVER_CERTIFICATE: "cert",
    ProblemCode.PROFILE_WITHOUT_SERVER_CERTIFICATE: "cert",
    ProblemCode.PROFILE_NEEDS_CLIENT_CA: "client_ca",
    ProblemCode.PROFILE_WITHOUT_CLIENT_CA: "client_ca",
    ProblemCode.SECOND_CERTIFICATE_ALONE: "second_cert",
    ProblemCode.CRL_FILE_WITHOUT_CRL: "crl",
    ProblemCode.CRL_WITHOUT_CLIENT_CA: "crl",
    ProblemCode.KEY_LOG_UNWRITABLE: "keylog",
    ProblemCode.TLS_VERSION_UNKNOWN: "tls_min",
    ProblemCode.SUITES_UNKNOWN: "ciphers",
    ProblemCode.ORGANISATION_WITHOUT_CLIENT_CA: "client_organisation",
}
"""The setting to change for each problem of these."""


def security_profile(plain: PlainValues) -> int | None:
    """The profile that is asked for. Raises WrongSetting."""
    return None if plain.text("security_profile") is None else plain.number("security_profile", 0, 0, 3)


def tls_terms(plain: PlainValues) -> TlsTerms:
    """Raises WrongSetting, and InvalidSetting."""
    return TlsTerms(
        oldest=plain.text("tls_min") or "1.2",
        suites=plain.text("ciphers"),
        crl=plain.file("crl"),
        key_log=plain.text("keylog") or os.environ.get(KEY_LOG_VARIABLE) or None,
    )


def has_files(terms: TlsTerms) -> bool:
    """Whether files have to be usable for them."""
    return terms.crl is not None or terms.key_log is not None


def applicable(values: Mapping[str, object], defaults: Collection[str]) -> dict[str, object]:
    """The values without those that are among the user's `defaults` but have no effect with this URL or profile.

    A default is meant for every session; what is named for this session and has no effect is an error.
    """
    idle: set[str] = set()
    for url, prefix in _FILES_OF_URLS.items():
        if str(values.get(url) or "").lower().startswith(("ws:", "http:")):
            idle.update(f"{prefix}{name}" for name in TLS_FILES)
    profile = security_profile(PlainValues(values))
    if profile is not None:
        role = "charge point" if values.get("url") else "central system"
        idle.update(() if profile in WITH_TLS else TLS_FILES)
        idle.update(() if profile in WITH_PASSWORD else (*PASSWORD_SOURCES, "credentials", "user"))
        idle.update(() if profile == WITH_CLIENT_CERTIFICATE else _OF_CLIENT_CERTIFICATES[role])
    return {name: value for name, value in values.items() if name not in idle or name not in defaults}
