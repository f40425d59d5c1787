"""The examination of a central system: one step after the other, each as soon as it has ended.

It sends no OCPP message unless it is asked for a BootNotification, and no password to a server that is not verified.
A refused password is tried once more at most, in its other reading.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from ocpptui.doctor import conversation_judgement as conversation
from ocpptui.doctor import tls_offers, upgrade_judgement
from ocpptui.doctor.answered_by import server_time
from ocpptui.doctor.chain_judgement import certificate_step, clock_would_help, issuers_of
from ocpptui.doctor.examination_report import ExaminationReport
from ocpptui.doctor.examined_step import (
    ExaminedStep,
    Remark,
    StepName,
    examined,
    network_remark,
    skipped,
)
from ocpptui.doctor.path_variants import path_variants
from ocpptui.doctor.reachability import dns_step, proxy_step, tcp_step
from ocpptui.doctor.upgrade_judgement import UpgradeAttempt
from ocpptui.network.client_settings import ClientSettings, identity, requested_url
from ocpptui.network.credentials import Credentials
from ocpptui.network.explain_connect import Target, failure
from ocpptui.network.probe_connection import CLOSE_AFTER, ProbeConnection, open_probe
from ocpptui.network.problems import ConnectionFailed, ConnectStep, NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.network.tcp_connect import NetworkAddress, addresses_of, connected_socket
from ocpptui.network.tls import client_context, probing_context
from ocpptui.network.tls_probe import TlsTrial, try_tls
from ocpptui.network.tls_terms import ECDSA_SUITES, OLD_VERSIONS, RSA_SUITES, TLS_VERSIONS, TlsTerms
from ocpptui.network.url import DEFAULT_PORTS, without_password
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.secret_names import MASK, is_secret_header
from ocpptui.ocpp.version import Transport, Version
from ocpptui.runtime.clock import Clock, now
from ocpptui.simulator.outgoing_calls import Identity, boot_notification

SUBPROTOCOLS = (Version.V15, Version.V16, Version.V20, Version.V201, Version.V21)
"""The versions whose subprotocols are offered, each alone."""

SHORTEST_SECRET = 3
"""Characters from which on a secret that a server repeats is masked; shorter ones are in every second word."""

_NOT_TLS = (P.SERVER_WITHOUT_TLS, P.TLS_CUT, P.TLS_TIMED_OUT)
_NO_ANSWER = (P.SERVER_WITH_TLS, P.HTTP_TIMED_OUT, P.HTTP_CUT, P.SERVER_WITHOUT_HTTP)


@dataclass(frozen=True, slots=True)
class ExaminationOptions:
    """What is done besides connecting."""

    boot: bool = False
    """Send a BootNotification."""
    idle: float = 0.0
    """Seconds to watch a silent connection; 0: do not."""
    boot_as: Identity = Identity("ocpptui", "Doctor")
    """What the BootNotification says."""


class Examination:
    """One examination. Raises InvalidUrl, and UnusableCertificate from `steps`."""

    def __init__(
        self,
        settings: ClientSettings,
        options: ExaminationOptions | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        clock: Clock = now,
    ) -> None:
        self._given = settings
        self._options = options or ExaminationOptions()
        self._environment = environment or {}
        self._clock = clock
        self.url = requested_url(settings)
        """The URL that a charge point with these settings requests, as it is sent."""
        parts = urlsplit(self.url)
        self._host = parts.hostname or ""
        self._secure = parts.scheme == "wss"
        self._port = parts.port or DEFAULT_PORTS[parts.scheme]
        self._timeout = settings.open_timeout
        self._credentials = settings.all_credentials
        self._settings = replace(
            settings,
            url=self.url,
            url_exact=True,
            charge_point=identity(settings),
            credentials=self._credentials,
            compression=False,
            ping_interval=None,
            reconnect=False,
            lenient=False,
            security_profile=None,  # it was checked; some steps leave out what it demands
        )
        self.report = ExaminationReport(self.url, clock())
        """What has come of it so far."""
        self._readings: list[tuple[int, int]] = []
        self._chain: tuple[bytes, ...] = ()
        self._may_be_clock = False
        self._is_untrusted = False
        self._asks_certificate = False

    async def steps(self) -> AsyncIterator[ExaminedStep]:
        """Each step when it has ended. Raises UnusableCertificate."""
        async for one in self._steps():
            shown = self._without_secrets(one)
            self.report.steps.append(shown)
            yield shown

    async def _steps(self) -> AsyncIterator[ExaminedStep]:
        if (proxy := proxy_step(self._environment)) is not None:
            yield proxy
        addresses: list[NetworkAddress] = []
        async for one in self._reach(addresses):
            yield one
        if not addresses:
            return
        if self._secure:
            is_tls = False
            async for one in self._examine_tls(addresses[0]):
                is_tls = is_tls or one.name is StepName.CERTIFICATE
                yield one
            if not is_tls:
                return
        async for one in self._examine_upgrade(addresses[0]):
            yield one

    # -- name and TCP -------------------------------------------------------------------------------------------

    async def _reach(self, reached: list[NetworkAddress]) -> AsyncIterator[ExaminedStep]:
        """Fills `reached` with the addresses that take connections."""
        began = monotonic()
        try:
            addresses = await addresses_of(self._host, self._port)
        except (OSError, UnicodeError) as error:
            yield examined(StepName.DNS, [network_remark(self._failure(error, ConnectStep.DNS))], (), self._host)
            return
        is_literal = [str(one.address[0]) for one in addresses] == [self._host]
        yield dns_step(self._host, addresses, is_literal, _micros(monotonic() - began))
        results: list[tuple[NetworkAddress, int | None, NetworkProblem | None]] = []
        for address in addresses:
            began = monotonic()
            self.report.connections += 1
            try:
                (await connected_socket(address, self._timeout)).close()
            except OSError as error:
                results.append((address, None, self._failure(error, ConnectStep.TCP, str(address.address[0]))))
            else:
                reached.append(address)
                results.append((address, _micros(monotonic() - began), None))
        for address, took, problem in results:
            yield tcp_step(address, took, problem, bool(reached))

    def _failure(self, error: BaseException, step: ConnectStep, host: str = "") -> NetworkProblem:
        target = Target(host or self._host, self._port, self._secure, "/", False, False, ())
        return failure(error, step, target, self._timeout, None, b"").problem

    # -- TLS ----------------------------------------------------------------------------------------------------

    async def _examine_tls(self, address: NetworkAddress) -> AsyncIterator[ExaminedStep]:
        first = await self._try_tls(address, probing_context())
        if first.problem is not None and first.problem.code in _NOT_TLS and not first.chain:
            hint = await self._plain_hint()
            if hint is not None or first.problem.code is not P.TLS_CUT:  # it may cut off the versions that it lacks
                yield examined(StepName.TLS_VERSIONS, filter(None, [network_remark(first.problem), hint]))
                return
        versions = await self._try_versions(address)
        yield tls_offers.versions_step(versions, first.problem)
        is_old = self._settings.tls_terms.is_old
        if not any(tls_offers.takes(versions[name]) for name in TLS_VERSIONS if is_old or name not in OLD_VERSIONS):
            return
        has_tls12 = tls_offers.takes(versions["1.2"])
        suites: dict[str, TlsTrial] = {}
        if has_tls12:
            lowest = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
            for key, names in (("ECDSA", ECDSA_SUITES), ("RSA", RSA_SUITES)):
                suites[key] = await self._try_tls(address, probing_context(lowest, names))
        yield tls_offers.suites_step(first.cipher, suites, has_tls12)
        yield await self._examine_certificate(address, first)
        self._asks_certificate = first.asks_certificate
        yield tls_offers.client_certificate_step(first, await asyncio.to_thread(_issuers, self._settings))

    async def _try_versions(self, address: NetworkAddress) -> dict[str, TlsTrial | None]:
        found: dict[str, TlsTrial | None] = {}
        for name, version in TLS_VERSIONS.items():
            try:
                context = probing_context((version, version))
            except (ssl.SSLError, ValueError):
                found[name] = None
            else:
                found[name] = await self._try_tls(address, context)
        return found

    async def _examine_certificate(self, address: NetworkAddress, first: TlsTrial) -> ExaminedStep:
        settings = self._settings
        problem = None
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
            problem = (await self._try_tls(address, context)).problem
            if problem is not None and problem.code not in _CERTIFICATE_PROBLEMS:
                problem = None  # the upgrade shows it
        self._is_untrusted = problem is not None or settings.insecure
        self._chain = first.chain
        self._may_be_clock = problem is not None and problem.code in (
            P.CERTIFICATE_EXPIRED,
            P.CERTIFICATE_NOT_YET_VALID,
        )
        if problem is not None:  # the other steps go on, and send nothing secret
            self._settings = replace(settings, insecure=True)
        return certificate_step(
            first.chain, self._host, str(address), self._clock(), problem, is_verified=not settings.insecure
        )

    async def _try_tls(self, address: NetworkAddress, context: ssl.SSLContext) -> TlsTrial:
        self.report.connections += 1
        return await try_tls(address, self._host, context, self._timeout)

    async def _plain_hint(self) -> Remark | None:
        """Whether plain HTTP is spoken where TLS is not."""
        attempt, probe = await self._attempt(
            replace(
                _without_secret_headers(self._settings),
                url="ws" + self.url[3:],
                ca=None,
                certificate=None,
                key=None,
                own_pair=None,
                tls_terms=TlsTerms(),
            ),
            credentials=None,
        )
        if probe is not None:
            await probe.close()
        return upgrade_judgement.plain_hint(attempt) if attempt.status is not None else None

    # -- HTTP ---------------------------------------------------------------------------------------------------

    async def _examine_upgrade(self, address: NetworkAddress) -> AsyncIterator[ExaminedStep]:
        withheld = self._is_untrusted and not self._given.insecure and self._credentials is not None
        if self._is_untrusted and not self._given.insecure:
            self._credentials = None
            self._settings = _without_secret_headers(self._settings)
        first = await self._tried(self._settings)
        hint = None
        if not self._secure and first.problem is not None and first.problem.code in _NO_ANSWER:
            trial = await self._try_tls(address, probing_context())
            hint = upgrade_judgement.tls_hint(trial.version) if trial.version is not None else None
        if self._asks_certificate and first.status is None and not self._settings.has_certificate:
            hint = tls_offers.missing_certificate()
        path = urlsplit(self.url)._replace(scheme="", netloc="").geturl()
        yield upgrade_judgement.upgrade_step(first, path, hint=hint)
        if first.status is None:
            return
        if upgrade_judgement.is_refusal_for_now(first):
            return
        usable = first
        async for one, attempt in self._examine_credentials(first, withheld):
            usable = attempt
            yield one
        single = await self._try_versions_of_ocpp() if upgrade_judgement.leads_on(usable) else []
        if usable.problem is not None and not any(map(upgrade_judgement.is_about_subprotocol, single)):
            async for one, attempt in self._examine_path(usable):
                usable = attempt
                if usable.problem is None:
                    single = await self._try_versions_of_ocpp()
                yield one
        if single:
            several = await self._tried(replace(self._settings, versions=tuple(reversed(SUBPROTOCOLS))))
            none = await self._tried(replace(self._settings, versions=()))
            wanted = [version.subprotocol for version in self._given.versions]
            yield upgrade_judgement.subprotocols_step(single, several, none, wanted)
            usable = self._use_version(usable, single)
        else:
            yield examined(StepName.SUBPROTOCOLS, [skipped("The server refuses the request before it comes to this.")])
        if usable.problem is not None:
            yield _clock_step(self)
            return
        if self._given.compression:
            attempt = await self._tried(replace(self._settings, compression=True))
            yield upgrade_judgement.compression_step(attempt)
        async for one in self._examine_conversation():
            yield one

    async def _examine_credentials(
        self, first: UpgradeAttempt, withheld: bool
    ) -> AsyncIterator[tuple[ExaminedStep, UpgradeAttempt]]:
        """The step, and the request that is gone on with."""
        given = self._credentials
        other = without = None
        usable = first
        if given is not None and first.status == 401:
            if (second := given.read_otherwise) is not None:
                self._credentials = second
                attempt = await self._tried(self._settings)
                other = (second.reading, attempt)
                if attempt.problem is None:
                    usable = attempt
                else:
                    self._credentials = given
        elif given is not None and first.problem is None:
            without = await self._tried(self._settings, credentials=None)
        word = given.reading if given is not None else None
        step = upgrade_judgement.credentials_step(first, given=word, other=other, without=without, withheld=withheld)
        yield step, usable

    async def _try_versions_of_ocpp(self) -> list[UpgradeAttempt]:
        """Each subprotocol offered alone."""
        return [await self._tried(replace(self._settings, versions=(version,))) for version in SUBPROTOCOLS]

    async def _examine_path(self, first: UpgradeAttempt) -> AsyncIterator[tuple[ExaminedStep, UpgradeAttempt]]:
        if not upgrade_judgement.asks_for_path(first):
            return
        tried = []
        usable = first
        for variant in path_variants(self.url, self._settings.charge_point):
            attempt = await self._tried(replace(self._settings, url=variant.url), credentials=None)
            tried.append((variant, attempt))
            if attempt.problem is None:
                self._settings = replace(self._settings, url=variant.url)
                usable = attempt
            if attempt.problem is None or attempt.status is None or upgrade_judgement.is_refusal_for_now(attempt):
                break
        if tried:
            yield upgrade_judgement.path_step(self.url, tried, is_needed=True), usable

    def _use_version(self, usable: UpgradeAttempt, single: list[UpgradeAttempt]) -> UpgradeAttempt:
        """Go on with a request that opens a WebSocket with a version that the program speaks, if there is one."""
        spoken = [version for version in reversed(SUBPROTOCOLS) if Transport.JSON in version.offered_on]
        for version in [*self._given.versions, *spoken]:
            found = next((one for one in single if one.subprotocol == version.subprotocol), None)
            if found is not None:
                self._settings = replace(self._settings, versions=(version,))
                return found
        return usable

    # -- the open connection ------------------------------------------------------------------------------------

    async def _examine_conversation(self) -> AsyncIterator[ExaminedStep]:
        _, probe = await self._attempt(self._settings, credentials=self._credentials)
        if probe is None:
            yield examined(StepName.PING, [skipped("The server did not open another connection.")])
            return
        try:
            took = await probe.round_trip(self._timeout)
            end = await probe.ends_within(0 if probe.is_open else CLOSE_AFTER) if took is None else None
            yield conversation.ping_step(took, end, self._timeout)
            yield _clock_step(self)
            if self._options.boot:
                yield await self._boot(probe)
            if self._options.idle:
                began, known = monotonic(), len(probe.received)
                end = await probe.ends_within(self._options.idle)
                calls = len(probe.received) - known
                yield conversation.idle_step(self._options.idle, end, monotonic() - began, calls)
        finally:
            await probe.close()

    async def _boot(self, probe: ProbeConnection) -> ExaminedStep:
        version = probe.version
        if version is None or Transport.JSON not in version.offered_on:
            return examined(StepName.BOOT, [skipped("No version of OCPP was agreed that ocpptui speaks.")])
        call = boot_notification(version, self._options.boot_as)
        began = monotonic()
        answer = await probe.call(
            "doctor-1", JSON.call("doctor-1", call.action, json.dumps(call.payload)), self._timeout
        )
        return conversation.boot_step(answer, version, _micros(monotonic() - began), self._timeout, self._clock())

    # -- attempts -----------------------------------------------------------------------------------------------

    async def _tried(self, settings: ClientSettings, credentials: Credentials | None | object = ...) -> UpgradeAttempt:
        """What comes of an upgrade request, with the usual credentials or others; the connection is closed again."""
        used = self._credentials if credentials is ... else credentials
        attempt, probe = await self._attempt(settings, used if isinstance(used, Credentials) else None)
        if probe is not None:
            await probe.close()
        return attempt

    async def _attempt(
        self, settings: ClientSettings, credentials: Credentials | None
    ) -> tuple[UpgradeAttempt, ProbeConnection | None]:
        self.report.connections += 1
        self.report.logins += credentials is not None
        offered = tuple(version.subprotocol for version in settings.versions)
        url = without_password(settings.url)
        try:
            probe = await open_probe(replace(settings, url=url, credentials=credentials), self._clock)
        except ConnectionFailed as failed:
            self._note_time(failed.detail.get("responseHeaders", []))
            return UpgradeAttempt(offered, failed.problem, failed.detail), None
        self.report.is_connected = True
        self._note_time(probe.detail.get("responseHeaders", []))
        return UpgradeAttempt(offered, None, probe.detail, probe.subprotocol), probe

    def _note_time(self, headers: list[str]) -> None:
        time = server_time(headers)
        if time is not None:
            self._readings.append((time, self._clock()))

    @property
    def clock_readings(self) -> list[tuple[int, int]]:
        """Times of the server and of this machine, in µs since 1970."""
        return self._readings

    @property
    def clock_is_to_blame(self) -> bool:
        """Whether the certificate would be valid by the server's clock, and is not by ours."""
        return self._may_be_clock and any(clock_would_help(self._chain, server) for server, _ in self._readings)

    def _without_secrets(self, one: ExaminedStep) -> ExaminedStep:
        """Without what the server repeats of the user's secrets."""
        secrets = set(self._given.secrets)
        if (credentials := self._given.all_credentials) is not None:
            secrets |= {*credentials.secrets, credentials.header(self._settings.charge_point).partition(" ")[2]}
        found = sorted((text for text in secrets if len(text) >= SHORTEST_SECRET), key=len, reverse=True)

        def free(text: str) -> str:
            for secret in found:
                text = text.replace(secret, MASK)
            return text

        remarks = tuple(
            replace(remark, sentence=free(remark.sentence), advice=free(remark.advice)) for remark in one.remarks
        )
        return replace(one, remarks=remarks, seen=tuple(map(free, one.seen)))


_CERTIFICATE_PROBLEMS = {code for code in P if code.startswith("certificate-") and code.step is ConnectStep.TLS} | {
    P.CRL_EXPIRED
}
"""The problems that the verification of a server's certificate finds."""


def _clock_step(examination: Examination) -> ExaminedStep:
    return conversation.clock_step(examination.clock_readings, examination.clock_is_to_blame)


def _issuers(settings: ClientSettings) -> list[bytes] | None:
    """The names, in DER, of the CAs above our certificate; None if there is none."""
    if settings.own_pair is not None:
        return issuers_of(settings.own_pair.chain.encode())
    if settings.certificate is None:
        return None
    return issuers_of(Path(settings.certificate).read_bytes())


def _without_secret_headers(settings: ClientSettings) -> ClientSettings:
    return replace(settings, headers=tuple(pair for pair in settings.headers if not is_secret_header(pair[0])))


def _micros(seconds: float) -> int:
    return round(seconds * SECOND)
