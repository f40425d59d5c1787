"""The steps of an examination that are about TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from ocpptui.doctor import tls_offers
from ocpptui.doctor.chain_judgement import WRONG_DATES, certificate_step, clock_would_help, issuers_of
from ocpptui.doctor.counted_attempts import CountedAttempts
from ocpptui.doctor.examined_step import ExaminedStep, Remark, StepName, examined, network_remark
from ocpptui.doctor.upgrade_judgement import plain_hint
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import ConnectStep
from ocpptui.network.problems import ProblemCode as P
from ocpptui.network.tcp_connect import NetworkAddress
from ocpptui.network.tls import client_context, probing_context
from ocpptui.network.tls_probe import TlsTrial
from ocpptui.network.tls_terms import ECDSA_SUITES, OLD_VERSIONS, RSA_SUITES, TLS_VERSIONS

_NOT_TLS = (P.SERVER_WITHOUT_TLS, P.TLS_CUT, P.TLS_TIMED_OUT)
_CERTIFICATE = {code for code in P if code.startswith("certificate-") and code.step is ConnectStep.TLS}
_VERIFYING = _CERTIFICATE | {P.CRL_EXPIRED}
"""The problems that the verification of a server's certificate finds."""


class TlsExamination:
    """Looks at the TLS of a central system at one of its addresses; what it finds decides how the others go on."""

    def __init__(self, attempts: CountedAttempts, address: NetworkAddress) -> None:
        self._attempts = attempts
        self._address = address
        self.is_usable = False
        """Whether HTTP can be tried."""
        self.is_untrusted = False
        """The certificate is not what it should be; nothing secret may be sent."""
        self.asks_certificate = False
        """The server asks for a client certificate."""
        self._chain: tuple[bytes, ...] = ()
        self._has_wrong_dates = False

    async def steps(self) -> AsyncIterator[ExaminedStep]:
        """Raises UnusableCertificate."""
        first = await self._try(probing_context())
        if first.problem is not None and first.problem.code in _NOT_TLS and not first.chain:
            hint = await self._plain_hint()
            if hint is not None or first.problem.code is not P.TLS_CUT:  # it may cut off the versions that it lacks
                yield examined(StepName.TLS_VERSIONS, filter(None, [network_remark(first.problem), hint]))
                return
        versions = await self._try_versions()
        yield tls_offers.versions_step(versions, first.problem)
        is_old = self._attempts.settings.tls_terms.is_old
        if not any(tls_offers.takes(versions[name]) for name in TLS_VERSIONS if is_old or name not in OLD_VERSIONS):
            return
        self.is_usable = True
        yield await self._suites(first, tls_offers.takes(versions["1.2"]))
        yield await self._certificate(first)
        self.asks_certificate = first.asks_certificate
        yield tls_offers.client_certificate_step(first, await asyncio.to_thread(_issuers, self._attempts.settings))

    def is_clock_to_blame(self) -> bool:
        """Whether the certificate would be valid by the server's clock, and is not by ours."""
        return self._has_wrong_dates and any(
            clock_would_help(self._chain, server) for server, _ in self._attempts.readings
        )

    async def _try_versions(self) -> dict[str, TlsTrial | None]:
        found: dict[str, TlsTrial | None] = {}
        for name, version in TLS_VERSIONS.items():
            try:
                context = probing_context((version, version))
            except (ssl.SSLError, ValueError):
                found[name] = None
            else:
                found[name] = await self._try(context)
        return found

    async def _suites(self, first: TlsTrial, has_tls12: bool) -> ExaminedStep:
        trials: dict[str, TlsTrial] = {}
        if has_tls12:
            version = TLS_VERSIONS["1.2"]
            for key, names in (("ECDSA", ECDSA_SUITES), ("RSA", RSA_SUITES)):
                trials[key] = await self._try(probing_context((version, version), names))
        return tls_offers.suites_step(first.cipher, trials, has_tls12)

    async def _certificate(self, first: TlsTrial) -> ExaminedStep:
        attempts = self._attempts
        settings, problem = attempts.settings, None
        if not settings.insecure:
            context = await asyncio.to_thread(
                client_context,
                settings.ca,
                False,
                settings.certificate,
                settings.key,
                own_pair=settings.own_pair,
                terms=settings.tls_terms,
            )
            problem = (await self._try(context)).problem
            if problem is not None and problem.code not in _VERIFYING:
                problem = None  # the upgrade shows it
        self._chain = first.chain
        self._has_wrong_dates = problem is not None and problem.code in WRONG_DATES
        if problem is not None:  # the other steps go on, and send nothing secret
            self.is_untrusted = True
            attempts.settings = replace(settings, insecure=True)
        is_verified = not settings.insecure
        return certificate_step(
            first.chain, attempts.host, str(self._address), attempts.clock(), problem, is_verified=is_verified
        )

    async def _try(self, context: ssl.SSLContext) -> TlsTrial:
        return await self._attempts.tls(self._address, context)

    async def _plain_hint(self) -> Remark | None:
        """Whether plain HTTP is spoken where TLS is not."""
        attempt = await self._attempts.upgrade(self._attempts.plain_settings, bare=True)
        return plain_hint(attempt, self._attempts.scheme) if attempt.status is not None else None


def _issuers(settings: ClientSettings) -> list[bytes] | None:
    """The names, in DER, of the CAs above our certificate; None if we have none."""
    if settings.own_pair is not None:
        return issuers_of(settings.own_pair.chain.encode())
    if settings.certificate is None:
        return None
    try:
        return issuers_of(Path(settings.certificate).read_bytes())
    except OSError:
        return []  # the upgrade says that the file cannot be read
