"""The security profiles of OCPP: what each role must have, and what contradicts them.

Source: OCPP 1.6 security whitepaper A00 (0: no security; 1: HTTP Basic; 2: TLS and HTTP Basic; 3: TLS with client
certificates); OCPP 2.x Part 2, A00.FR.2xx to 4xx.
"""

from __future__ import annotations

from ocpptui.network.problems import InvalidSetting, NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.ocpp.encrypted_url import is_encrypted

PROFILES = range(4)
WITH_PASSWORD = (1, 2)
WITH_TLS = (2, 3)
WITH_CLIENT_CERTIFICATE = 3


def check_profile_of_charge_point(
    profile: int, *, url: str, has_password: bool, has_certificate: bool, insecure: bool
) -> None:
    """Refuse a charge point's settings that lack what the profile needs, or contradict it. Raises InvalidSetting."""
    _check_known(profile)
    uses_tls = is_encrypted(url)
    _demand(profile, uses_tls, profile in WITH_TLS, P.PROFILE_NEEDS_TLS, P.PROFILE_WITHOUT_TLS)
    _check_password(profile, has_password)
    wanted = profile == WITH_CLIENT_CERTIFICATE
    _demand(profile, has_certificate, wanted, P.PROFILE_NEEDS_CERTIFICATE, P.PROFILE_WITHOUT_CERTIFICATE)
    if profile in WITH_TLS and insecure:
        raise _contradiction(P.PROFILE_NEEDS_VERIFICATION, profile)


def check_profile_of_central_system(
    profile: int, *, has_password: bool, has_certificate: bool, has_client_ca: bool
) -> None:
    """The same for the settings of a central system. Raises InvalidSetting."""
    _check_known(profile)
    needs, without = P.PROFILE_NEEDS_SERVER_CERTIFICATE, P.PROFILE_WITHOUT_SERVER_CERTIFICATE
    _demand(profile, has_certificate, profile in WITH_TLS, needs, without)
    _check_password(profile, has_password)
    wanted = profile == WITH_CLIENT_CERTIFICATE
    _demand(profile, has_client_ca, wanted, P.PROFILE_NEEDS_CLIENT_CA, P.PROFILE_WITHOUT_CLIENT_CA)


def _check_known(profile: int) -> None:
    if profile not in PROFILES:
        raise _contradiction(P.PROFILE_UNKNOWN, profile)


def _check_password(profile: int, has_password: bool) -> None:
    wanted = profile in WITH_PASSWORD
    _demand(profile, has_password, wanted, P.PROFILE_NEEDS_PASSWORD, P.PROFILE_WITHOUT_PASSWORD)


def _demand(profile: int, found: bool, wanted: bool, missing: P, needless: P) -> None:
    if found != wanted:
        raise _contradiction(missing if wanted else needless, profile)


def _contradiction(code: P, profile: int) -> InvalidSetting:
    return InvalidSetting(NetworkProblem(code, profile=profile))
