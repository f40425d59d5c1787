"""The security profiles: what is missing, and what contradicts the profile, is refused before anything connects."""

from __future__ import annotations

import itertools

import pytest

from ocpptui.describe.network_problems import problem_text
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import InvalidSetting, NetworkProblem, ProblemCode
from ocpptui.network.server_settings import ServerSettings

NEEDS = {0: (False, False, False), 1: (False, True, False), 2: (True, True, False), 3: (True, False, True)}
"""By profile: TLS, a password, certificates of charge points."""
CREDENTIALS = Credentials.parse(None, "sixteen-letters!")


@pytest.mark.parametrize("profile", NEEDS)
@pytest.mark.parametrize(("tls", "password", "certificate"), list(itertools.product([False, True], repeat=3)))
def test_each_role_has_what_the_profile_needs_and_nothing_else(
    profile: int, tls: bool, password: bool, certificate: bool
) -> None:
    """A port of profile 2 that asks for no password lets everybody in."""
    fits = (tls, password, certificate) == NEEDS[profile]
    credentials = CREDENTIALS if password else None
    if tls or not certificate:  # the certificate of a client has no place without TLS: another test
        charge_point = refusal(
            lambda: ClientSettings(
                url=f"{'wss' if tls else 'ws'}://h/CP001",
                credentials=credentials,
                certificate="cp.pem" if certificate else None,
                security_profile=profile,
            )
        )
        assert (charge_point is None) == fits
        central_system = refusal(
            lambda: ServerSettings(
                certificate="server.pem" if tls else None,
                client_ca="ca.pem" if certificate else None,
                credentials=credentials,
                security_profile=profile,
            )
        )
        assert (central_system is None) == fits
        for problem in filter(None, (charge_point, central_system)):
            assert f"ecurity profile {profile}" in problem_text(problem)


@pytest.mark.parametrize("profile", [2, 3])
def test_a_charge_point_verifies_the_central_system(profile: int) -> None:
    problem = refusal(
        lambda: ClientSettings(
            url="wss://h/CP001",
            credentials=CREDENTIALS if profile == 2 else None,
            certificate="cp.pem" if profile == 3 else None,
            insecure=True,
            security_profile=profile,
        )
    )
    assert problem is not None and problem.code is ProblemCode.PROFILE_NEEDS_VERIFICATION


def test_a_password_in_the_url_is_one() -> None:
    assert refusal(lambda: ClientSettings(url="ws://CP001:secret@h/CP001", security_profile=1)) is None


@pytest.mark.parametrize("profile", [-1, 4])
def test_there_are_four(profile: int) -> None:
    """Whatever else is set, it is the number that is wrong."""
    for make in (
        lambda: ServerSettings(security_profile=profile),
        lambda: ClientSettings(url="ws://h/CP001", security_profile=profile),
        lambda: ClientSettings(url="wss://u:p@h/CP001", security_profile=profile),
    ):
        problem = refusal(make)
        assert problem is not None and problem.code is ProblemCode.PROFILE_UNKNOWN


def refusal(make: object) -> NetworkProblem | None:
    """Why the settings are refused; None if they are not."""
    assert callable(make)
    try:
        make()
    except InvalidSetting as error:
        return error.problem
    return None
