"""The examination of a central system: one step after the other, each as soon as it has ended.

It sends no OCPP message unless it is asked for a BootNotification, and no password to a server that is not trusted.
A refused password is tried once more at most, in its other reading.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from time import monotonic

from ocpptui.doctor import conversation_judgement as conversation
from ocpptui.doctor import tls_offers, upgrade_judgement
from ocpptui.doctor.counted_attempts import CountedAttempts
from ocpptui.doctor.examination_report import ExaminationReport
from ocpptui.doctor.examined_step import ExaminedStep, StepName, examined, network_remark, skipped
from ocpptui.doctor.path_variants import path_variants
from ocpptui.doctor.reachability import dns_step, proxy_step, tcp_step
from ocpptui.doctor.tls_examination import TlsExamination
from ocpptui.doctor.upgrade_judgement import UpgradeAttempt
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.probe_connection import CLOSE_AFTER, ProbeConnection
from ocpptui.network.problems import ConnectStep, NetworkProblem, UnusableCertificate
from ocpptui.network.problems import ProblemCode as P
from ocpptui.network.tcp_connect import NetworkAddress, addresses_of, connected_socket
from ocpptui.network.tls import probing_context
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Transport, Version
from ocpptui.runtime.clock import Clock, now
from ocpptui.simulator.outgoing_calls import Identity, boot_notification

SUBPROTOCOLS = (Version.V15, Version.V16, Version.V20, Version.V201, Version.V21)
"""The versions whose subprotocols are offered, each alone."""

_NO_ANSWER = (P.SERVER_WITH_TLS, P.HTTP_TIMED_OUT, P.HTTP_CUT, P.SERVER_WITHOUT_HTTP)


@dataclass(frozen=True, slots=True)
class ExaminationOptions:
    """What an examination does besides connecting."""

    boot: bool = False
    """Send a BootNotification."""
    idle: float = 0.0
    """Seconds to watch a silent connection; 0: do not."""
    patience: float = 10.0
    """Seconds to wait for the answer to a ping and to BootNotification."""
    boot_as: Identity = Identity("ocpptui", "Doctor")
    """What the BootNotification says."""


class Examination:
    """One examination. Raises InvalidUrl."""

    def __init__(
        self,
        settings: ClientSettings,
        options: ExaminationOptions | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        clock: Clock = now,
    ) -> None:
        """`environment` may name proxies."""
        self._attempts = CountedAttempts(settings, clock)
        self._options = options or ExaminationOptions()
        self._environment = environment or {}
        self._tls: TlsExamination | None = None

    @property
    def report(self) -> ExaminationReport:
        """The result so far."""
        return self._attempts.report

    async def steps(self) -> AsyncIterator[ExaminedStep]:
        """Each step when it has ended."""
        try:
            async for one in self._steps():
                yield self._reported(one)
        except UnusableCertificate as error:  # a file of the user that cannot be read any more
            yield self._reported(examined(StepName.CLIENT_CERTIFICATE, [network_remark(error.problem)]))

    def _reported(self, one: ExaminedStep) -> ExaminedStep:
        shown = self._attempts.without_secrets(one)
        self.report.steps.append(shown)
        return shown

    async def _steps(self) -> AsyncIterator[ExaminedStep]:
        if (proxy := proxy_step(self._environment)) is not None:
            yield proxy
        reached: list[NetworkAddress] = []
        async for one in self._reach(reached):
            yield one
        if not reached:
            return
        if self._attempts.is_secure:
            self._tls = TlsExamination(self._attempts, reached[0])
            async for one in self._tls.steps():
                yield one
            if not self._tls.is_usable:
                return
        is_soap = self._attempts.given.transport is Transport.SOAP
        async for one in self._examine_soap(reached[0]) if is_soap else self._examine_upgrade(reached[0]):
            yield one

    async def _examine_soap(self, address: NetworkAddress) -> AsyncIterator[ExaminedStep]:
        from ocpptui.doctor.soap_examination import SoapExamination

        attempts = self._attempts
        is_untrusted, is_withheld = self._withheld()
        soap = SoapExamination(attempts, address, is_untrusted=is_untrusted, is_withheld=is_withheld)
        async for one in soap.steps():
            yield one
        yield self._clock_step()
        if self._options.boot and soap.is_usable:
            options = self._options
            yield await soap.boot(options.boot_as, options.patience)

    def _withheld(self) -> tuple[bool, bool]:
        """Whether the server is not trusted, and whether credentials are kept from it therefore."""
        attempts, tls = self._attempts, self._tls
        is_untrusted = tls is not None and tls.is_untrusted
        is_withheld = is_untrusted and attempts.credentials is not None
        if is_untrusted:
            attempts.withhold_secrets()
        return is_untrusted, is_withheld

    # -- name and TCP -------------------------------------------------------------------------------------------

    async def _reach(self, reached: list[NetworkAddress]) -> AsyncIterator[ExaminedStep]:
        """Fills `reached` with the addresses that take connections."""
        attempts, began = self._attempts, monotonic()
        try:
            async with asyncio.timeout(attempts.given.open_timeout):
                addresses = await addresses_of(attempts.host, attempts.port)
        except (OSError, UnicodeError) as error:
            remark = network_remark(attempts.problem(error, ConnectStep.DNS))
            yield examined(StepName.DNS, [remark], (), attempts.host)
            return
        is_literal = [str(one.address[0]) for one in addresses] == [attempts.host]
        yield dns_step(attempts.host, addresses, is_literal, _micros(monotonic() - began))
        results = await asyncio.gather(*map(self._connect, addresses))
        reached += [address for address, (_, problem) in zip(addresses, results, strict=True) if problem is None]
        for address, (took, problem) in zip(addresses, results, strict=True):
            yield tcp_step(address, took, problem, bool(reached))

    async def _connect(self, address: NetworkAddress) -> tuple[int, NetworkProblem | None]:
        """How long a TCP connection took, in µs, and why there is none."""
        attempts, began = self._attempts, monotonic()
        attempts.report.connections += 1
        try:
            (await connected_socket(address, attempts.given.open_timeout)).close()
        except OSError as error:
            return 0, attempts.problem(error, ConnectStep.TCP, str(address.address[0]))
        return _micros(monotonic() - began), None

    # -- HTTP ---------------------------------------------------------------------------------------------------

    async def _examine_upgrade(self, address: NetworkAddress) -> AsyncIterator[ExaminedStep]:
        attempts, tls = self._attempts, self._tls
        is_untrusted, is_withheld = self._withheld()
        first = await attempts.upgrade()
        hint = None
        if tls is None and first.problem is not None and (first.problem.code in _NO_ANSWER or first.status == 400):
            trial = await attempts.tls(address, probing_context())
            hint = upgrade_judgement.tls_hint(trial.version) if trial.version is not None else None
        if tls is not None and tls.asks_certificate and first.status is None and not attempts.settings.has_certificate:
            hint = tls_offers.missing_certificate()
        path = url_parts(attempts.url)._replace(scheme="", netloc="").geturl()
        yield upgrade_judgement.upgrade_step(first, path, hint=hint, is_untrusted=is_untrusted)
        if tls is None and (
            hint is not None or (first.problem is not None and first.problem.code is P.SERVER_WANTS_TLS)
        ):
            return
        if first.status is None or upgrade_judgement.is_refusal_for_now(first):
            return
        step, usable = await attempts.try_credentials(
            first, lambda bare: attempts.upgrade(bare=bare), is_withheld=is_withheld
        )
        yield step
        single = await self._try_subprotocols() if upgrade_judgement.leads_on(usable) else []
        if usable.problem is not None and not any(map(upgrade_judgement.is_about_subprotocol, single)):
            async for one, attempt in self._examine_path(usable):
                usable = attempt
                if usable.problem is None:
                    single = await self._try_subprotocols()
                yield one
        if single:
            several = await attempts.upgrade(replace(attempts.settings, versions=tuple(reversed(SUBPROTOCOLS))))
            none = await attempts.upgrade(replace(attempts.settings, versions=()))
            wanted = [version.subprotocol for version in attempts.given.versions]
            yield upgrade_judgement.subprotocols_step(single, several, none, wanted)
            usable = self._use_version(usable, single)
        else:
            yield examined(StepName.SUBPROTOCOLS, [skipped("The server refuses the request before it comes to this.")])
        if usable.problem is not None:
            yield self._clock_step()
            return
        if attempts.given.compression:
            attempt = await attempts.upgrade(replace(attempts.settings, compression=True))
            yield upgrade_judgement.compression_step(attempt)
        async for one in self._examine_conversation():
            yield one

    async def _try_subprotocols(self) -> list[UpgradeAttempt]:
        """Each subprotocol offered alone."""
        attempts = self._attempts
        return [await attempts.upgrade(replace(attempts.settings, versions=(version,))) for version in SUBPROTOCOLS]

    async def _examine_path(self, first: UpgradeAttempt) -> AsyncIterator[tuple[ExaminedStep, UpgradeAttempt]]:
        """The step, and the request on which the next steps build."""
        if not upgrade_judgement.asks_for_path(first):
            return
        attempts, tried, usable = self._attempts, [], first
        for variant in path_variants(attempts.url, attempts.settings.charge_point):
            settings = replace(attempts.settings, url=variant.url)
            attempt = await attempts.upgrade(settings, bare=True)
            tried.append((variant, attempt))
            if attempt.problem is None:
                attempts.settings = settings
                usable = attempt
            if attempt.problem is None or attempt.status is None or upgrade_judgement.is_refusal_for_now(attempt):
                break
        if tried:
            yield upgrade_judgement.path_step(attempts.url, tried), usable

    def _use_version(self, usable: UpgradeAttempt, single: list[UpgradeAttempt]) -> UpgradeAttempt:
        """Go on with a request that opens a WebSocket with a version that the program speaks, if there is one."""
        attempts = self._attempts
        spoken = [version for version in reversed(SUBPROTOCOLS) if Transport.JSON in version.spoken_on]
        for version in [*attempts.given.versions, *spoken]:
            found = next((one for one in single if one.subprotocol == version.subprotocol), None)
            if found is not None:
                attempts.settings = replace(attempts.settings, versions=(version,))
                return found
        return usable

    # -- the open connection ------------------------------------------------------------------------------------

    async def _examine_conversation(self) -> AsyncIterator[ExaminedStep]:
        options = self._options
        _, probe = await self._attempts.open()
        if probe is None:
            yield examined(StepName.PING, [skipped("The server did not open another connection.")])
            return
        try:
            took = await probe.round_trip(options.patience)
            end = await probe.ends_within(0 if probe.is_open else CLOSE_AFTER) if took is None else None
            yield conversation.ping_step(took, end, options.patience)
            yield self._clock_step()
            if options.boot:
                yield await self._boot(probe)
            if options.idle:
                began, known = monotonic(), len(probe.received)
                end = await probe.ends_within(options.idle)
                calls = len(probe.received) - known
                yield conversation.idle_step(options.idle, end, monotonic() - began, calls)
        finally:
            await probe.close()

    def _clock_step(self) -> ExaminedStep:
        is_to_blame = self._tls is not None and self._tls.is_clock_to_blame()
        return conversation.clock_step(self._attempts.readings, is_to_blame)

    async def _boot(self, probe: ProbeConnection) -> ExaminedStep:
        version, patience = probe.version, self._options.patience
        if version is None or Transport.JSON not in version.spoken_on:
            return examined(StepName.BOOT, [skipped("No version of OCPP was agreed that ocpptui speaks.")])
        call = boot_notification(version, self._options.boot_as)
        text = JSON.call("doctor-1", call.action, json.dumps(call.payload))
        began = monotonic()
        answer = await probe.call("doctor-1", text, patience)
        took = _micros(monotonic() - began)
        return conversation.boot_step(answer, version, took, patience, self._attempts.clock())


def _micros(seconds: float) -> int:
    return round(seconds * SECOND)
