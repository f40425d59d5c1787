"""Between the plans of a simulated charge point and the settings of its link, in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocpptui.network.charge_point_link import ChargePointLink
from ocpptui.network.client_settings import ClientSettings, identity, requested_url
from ocpptui.network.connection_trials import Trial
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import ConnectStep, InvalidSetting, NetworkProblem, ProblemCode
from ocpptui.network.tls import PemPair
from ocpptui.network.url import without_password
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.simulator.connection_plan import ConnectFailure, ConnectionFacts, ConnectionPlan, FailedPlan

_OF_THE_SERVER = (
    ProblemCode.CERTIFICATE_EXPIRED,
    ProblemCode.CERTIFICATE_NOT_YET_VALID,
    ProblemCode.CERTIFICATE_SELF_SIGNED,
    ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER,
    ProblemCode.CERTIFICATE_WITHOUT_ROOT,
    ProblemCode.CERTIFICATE_FOR_ANOTHER_PURPOSE,
    ProblemCode.CERTIFICATE_TOO_WEAK,
    ProblemCode.CERTIFICATE_FOR_ANOTHER_NAME,
    ProblemCode.CERTIFICATE_FOR_ANOTHER_ADDRESS,
    ProblemCode.CERTIFICATE_REVOKED,
    ProblemCode.CERTIFICATE_WITHOUT_CRL,
    ProblemCode.CRL_EXPIRED,
    ProblemCode.CERTIFICATE_UNTRUSTED,
)
_OF_OURS = (
    ProblemCode.SERVER_WANTS_CERTIFICATE,
    ProblemCode.SERVER_REJECTS_CERTIFICATE,
)


def trials_of(plans: Sequence[ConnectionPlan], base: ClientSettings) -> tuple[Trial, ...]:
    """What a link does for these plans, whose blanks the user's settings fill; those that cannot be are left out."""
    trials = []
    for plan in plans:
        try:
            settings = settings_for(plan, base)
            requested_url(settings)
        except InvalidSetting:
            continue
        trials.append(Trial(plan.number, settings, plan.attempts))
    return tuple(trials)


def settings_for(plan: ConnectionPlan, base: ClientSettings) -> ClientSettings:
    """The settings for one plan. Raises InvalidSetting."""
    url = _url(plan, base)
    uses_tls = is_encrypted(url)
    credentials = base.all_credentials
    if plan.password is not None:
        user = None if credentials is None else credentials.user
        credentials = Credentials.parse(user, plan.password, hexadecimal=plan.is_hexadecimal)
    if plan.security_profile == 3:  # the certificate replaces the password (2.x A00.FR.4xx)
        credentials = None
    own_pair = None if plan.pair is None else PemPair(plan.pair.chain, plan.pair.key)
    return replace(
        base,
        url=url,
        charge_point=identity(base),
        url_exact=base.url_exact and plan.url is None,
        credentials=credentials,
        ca=base.ca if uses_tls else None,
        certificate=base.certificate if uses_tls else None,
        key=base.key if uses_tls else None,
        own_pair=own_pair if uses_tls else None,
        security_profile=None,  # the central system changes it
    )


def _url(plan: ConnectionPlan, base: ClientSettings) -> str:
    """Without password; TLS is at the same address (1.6 security whitepaper A05 names no other)."""
    url = without_password(plan.url or base.url)
    if plan.url is None and (plan.security_profile or 0) > 1 and url.lower().startswith("ws:"):
        return f"wss:{url[3:]}"
    return url


def facts_of(link: ChargePointLink) -> ConnectionFacts:
    """How a link is connected, and what has failed since it was asked last."""
    settings, base = link.settings, link.base
    uses_tls = is_encrypted(link.url)
    return ConnectionFacts(
        plan=link.trial,
        identity=link.charge_point,
        is_encrypted=uses_tls,
        security_profile=_profile(settings, uses_tls=uses_tls),
        has_password=base.all_credentials is not None,
        has_root=uses_tls or base.ca is not None or base.insecure,
        trusts_installed=uses_tls and not base.insecure and base.ca is None and bool(link.roots),
        has_certificate=base.certificate is not None,
        ping_interval=max(1, round(link.ping_interval)) if link.ping_interval else 0,
        failed=tuple(FailedPlan(one.number, _failure(one.problem)) for one in link.take_failed()),
    )


def _profile(settings: ClientSettings, *, uses_tls: bool) -> int:
    if uses_tls and settings.has_certificate:
        return 3
    if settings.all_credentials is None:
        return 0
    return 2 if uses_tls else 1


def _failure(problem: NetworkProblem) -> ConnectFailure:
    if problem.code in _OF_THE_SERVER:
        return ConnectFailure.SERVER_CERTIFICATE
    if problem.code in _OF_OURS or problem.step is ConnectStep.CREDENTIALS:
        return ConnectFailure.REJECTED
    if problem.code is ProblemCode.SERVER_TLS_TOO_OLD:
        return ConnectFailure.TLS_VERSION
    return ConnectFailure.OTHER
