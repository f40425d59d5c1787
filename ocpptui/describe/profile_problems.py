"""The sentences about settings that contradict the security profile of OCPP that was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import ProblemCode as P

PROFILE_WORDS: Mapping[P, tuple[str, str]] = {
    P.PROFILE_UNKNOWN: (
        "{profile} is not a security profile.",
        "0 has no security, 1 a password, 2 a password and TLS, 3 TLS and a client certificate.",
    ),
    P.PROFILE_NEEDS_TLS: (
        "Security profile {profile} uses TLS, but the URL begins with ws://.", "Use wss:// instead of ws://.",
    ),
    P.PROFILE_WITHOUT_TLS: (
        "Security profile {profile} has no TLS, but the URL begins with wss://.",
        "Use ws:// instead of wss://, or profile 2 or 3.",
    ),
    P.PROFILE_NEEDS_PASSWORD: ("Security profile {profile} needs a password.", ""),
    P.PROFILE_WITHOUT_PASSWORD: (
        "Security profile {profile} has no password.", "Leave the password out, or use profile 1 or 2.",
    ),
    P.PROFILE_NEEDS_CERTIFICATE: (
        "Security profile {profile} needs a certificate of the charge point, and its key.", "",
    ),
    P.PROFILE_WITHOUT_CERTIFICATE: (
        "Security profile {profile} has no certificate of the charge point.",
        "Leave the certificate out, or use profile 3.",
    ),
    P.PROFILE_NEEDS_VERIFICATION: (
        "In security profile {profile}, the charge point verifies the certificate of the central system.",
        "Trust the CA of the central system, or set no profile.",
    ),
    P.PROFILE_NEEDS_SERVER_CERTIFICATE: (
        "Security profile {profile} needs a certificate of the central system, and its key.", "",
    ),
    P.PROFILE_WITHOUT_SERVER_CERTIFICATE: (
        "Security profile {profile} has no TLS, and so no certificate of the central system.",
        "Leave the certificate out, or use profile 2 or 3.",
    ),
    P.PROFILE_NEEDS_CLIENT_CA: (
        "Security profile {profile} needs the CA of the charge points' certificates.", "",
    ),
    P.PROFILE_WITHOUT_CLIENT_CA: (
        "Security profile {profile} has no certificates of charge points, and so no CA for them.",
        "Leave their CA out, or use profile 3.",
    ),
}  # fmt: skip
"""The sentence and the advice for each, as in `network_problems`."""
