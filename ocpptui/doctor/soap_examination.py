"""The steps of an examination that are about a central system of OCPP-S.

What is posted asks for nothing (`soap_fault_probe`), and names no address of the charge point: a central system
remembers that, and would post its requests there.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from time import monotonic
from urllib.parse import urlunsplit

from ocpptui.doctor import conversation_judgement, soap_judgement, upgrade_judgement
from ocpptui.doctor.counted_attempts import CountedAttempts
from ocpptui.doctor.examined_step import ExaminedStep, Remark
from ocpptui.doctor.path_variants import service_variants
from ocpptui.doctor.soap_attempts import PostAttempt, SoapAttempts
from ocpptui.network.problems import ConnectStep
from ocpptui.network.tcp_connect import NetworkAddress
from ocpptui.network.tls import probing_context
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.simulator.outgoing_calls import Identity, boot_notification


class SoapExamination:
    """Looks at the service behind a URL of http or https."""

    def __init__(
        self, attempts: CountedAttempts, address: NetworkAddress, *, is_untrusted: bool, is_withheld: bool
    ) -> None:
        """A server that `is_untrusted` gets nothing secret; `is_withheld`: there is a password that it would get."""
        self._attempts = attempts
        self._posts = SoapAttempts(attempts)
        self._address = address
        self._is_untrusted = is_untrusted
        self._is_withheld = is_withheld
        self._version = attempts.given.versions[0]
        self.is_usable = False
        """Whether the service has answered with an envelope."""

    async def steps(self) -> AsyncIterator[ExaminedStep]:
        """Each step when it has ended. Raises UnusableCertificate."""
        attempts, posts = self._attempts, self._posts
        first = await posts.probe(self._version)
        hint = None if first.problem is None or first.status == 429 else await self._hint(first)
        path = url_parts(attempts.url)._replace(scheme="", netloc="").geturl() or "/"
        yield soap_judgement.soap_step(first, path, hint=hint, is_untrusted=self._is_untrusted)
        if first.status is None or first.status == 429:
            return
        step, usable = await attempts.try_credentials(
            first, lambda bare: posts.probe(self._version, bare=bare), is_withheld=self._is_withheld
        )
        yield step
        if usable.problem is not None and usable.status not in (401, 403, 404, 429):
            tried = await self._try_versions()
            if any(attempt.problem is None for attempt in tried.values()):  # the path is right
                yield soap_judgement.soap_versions_step(tried, (), self._version)
                return
        if upgrade_judgement.asks_for_path(usable):
            step, usable = await self._examine_path(usable)
            yield step
        if usable.problem is not None:
            return
        self.is_usable = True
        wsdl = urlunsplit(url_parts(attempts.settings.url)._replace(query="wsdl"))
        step, described = soap_judgement.wsdl_step(await posts.look(wsdl), wsdl)
        yield step
        yield soap_judgement.soap_versions_step(await self._try_versions(), described, self._version)

    async def _try_versions(self) -> dict[Version, PostAttempt]:
        return {version: await self._posts.probe(version) for version in Version.spoken(Transport.SOAP)}

    async def boot(self, boot_as: Identity, patience: float) -> ExaminedStep:
        """The answer to a BootNotification."""
        attempts, version = self._attempts, self._version
        call = boot_notification(version, boot_as)
        given = attempts.settings
        dialect = SoapDialect(version, Role.CHARGE_POINT, given.charge_point, given.callback, given.url)
        began = monotonic()
        answer = await self._posts.post(dialect.call("doctor-1", call.action, json.dumps(call.payload)), call.action)
        took = round((monotonic() - began) * SECOND)
        message = answer.message if isinstance(answer.message, Message) else None
        return conversation_judgement.boot_step(message, version, took, patience, attempts.clock())

    async def _hint(self, first: PostAttempt) -> Remark | None:
        """What else may be there, since no envelope came."""
        attempts = self._attempts
        if first.status is None or first.status == 400:
            trial = None if attempts.is_secure else await attempts.tls(self._address, probing_context())
            if trial is not None and trial.version is not None:
                return upgrade_judgement.tls_hint(trial.version, "http")
        parts = url_parts(attempts.url)
        beyond = urlunsplit(parts._replace(scheme="wss" if attempts.is_secure else "ws"))
        versions = Version.offered(Transport.JSON)
        settings = replace(attempts.settings, url=beyond, url_exact=False, versions=versions)
        upgrade = await attempts.upgrade(settings, bare=True)
        is_there = upgrade.problem is None or upgrade.problem.code.step is ConnectStep.SUBPROTOCOL
        return soap_judgement.websocket_hint(beyond) if is_there else None

    async def _examine_path(self, first: PostAttempt) -> tuple[ExaminedStep, PostAttempt]:
        """The step, and the request on which the next steps build."""
        attempts, usable = self._attempts, first
        tried = []
        for variant in service_variants(attempts.url, attempts.settings.charge_point):
            attempt = await self._posts.probe(self._version, variant.url, bare=True)
            tried.append((variant, attempt))
            if attempt.problem is None:
                attempts.settings = replace(attempts.settings, url=variant.url)
                usable = attempt
            if attempt.problem is None or attempt.status in (None, 429):
                break
        return upgrade_judgement.path_step(attempts.url, tried), usable
