"""The connections of an examination: how they are made, how many there were, and what is kept secret."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from ocpptui.doctor.answered_by import server_time
from ocpptui.doctor.examination_report import ExaminationReport
from ocpptui.doctor.examined_step import ExaminedStep
from ocpptui.doctor.upgrade_judgement import HttpAttempt, UpgradeAttempt, credentials_step, is_refusal_for_now
from ocpptui.network.client_settings import ClientSettings, identity, requested_url
from ocpptui.network.credentials import Credentials
from ocpptui.network.explain_connect import Target, failure
from ocpptui.network.probe_connection import ProbeConnection, open_probe
from ocpptui.network.problems import ConnectionFailed, ConnectStep, NetworkProblem
from ocpptui.network.tcp_connect import NetworkAddress
from ocpptui.network.tls_probe import TlsTrial, try_tls
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.network.url import DEFAULT_PORTS, SOAP_PORTS
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.ocpp.secret_names import MASK, is_secret_header
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.runtime.clock import Clock

Attempt = TypeVar("Attempt", bound=HttpAttempt)
SHORTEST_SECRET = 3
"""Characters from which on a secret that a server repeats is masked; shorter ones are in every second word."""


class CountedAttempts:
    """Makes the connections to one central system, one after the other. Raises InvalidUrl."""

    def __init__(self, given: ClientSettings, clock: Clock) -> None:
        self.given = given
        """The settings of the user."""
        self.clock = clock
        self.url = requested_url(given)
        """The URL that a charge point with these settings requests, as it is sent."""
        parts = url_parts(self.url)
        self.host = parts.hostname or ""
        self.is_secure = is_encrypted(self.url)
        self.scheme = parts.scheme.removesuffix("s")
        """The scheme of the URL without TLS: `ws` or `http`."""
        self.port = parts.port or (DEFAULT_PORTS | SOAP_PORTS)[parts.scheme]
        self.credentials = given.all_credentials
        """Those that are sent; None: no longer any."""
        self.settings = replace(
            given,
            url=self.url,
            url_exact=True,
            charge_point=identity(given),
            compression=False,
            ping_interval=None,
            reconnect=False,
            lenient=False,
            security_profile=None,  # it was checked; some steps leave out what it demands
        )
        """Those of a usual attempt, apart from the credentials; they change with what was found out."""
        self.report = ExaminationReport(self.url, clock())
        """The result of the examination so far."""
        self._refusal: UpgradeAttempt | None = None  # the server asked for no more requests: none is made
        self.readings: list[tuple[int, int]] = []
        """Times of the server and of this machine, in µs since 1970."""

    def problem(self, error: BaseException, step: ConnectStep, host: str = "") -> NetworkProblem:
        """What an exception at the step means."""
        target = Target(host or self.host, self.port, self.is_secure, "/", False, False, ())
        return failure(error, step, target, self.given.open_timeout, None, b"").problem

    async def tls(self, address: NetworkAddress, context: ssl.SSLContext) -> TlsTrial:
        """A TLS handshake and nothing more."""
        self.report.connections += 1
        return await try_tls(address, self.host, context, self.given.open_timeout)

    async def upgrade(self, settings: ClientSettings | None = None, *, bare: bool = False) -> UpgradeAttempt:
        """The outcome of an upgrade request, `bare` without credentials; the connection is closed again."""
        attempt, probe = await self.open(settings, bare=bare)
        if probe is not None:
            await probe.close()
        return attempt

    async def open(
        self, settings: ClientSettings | None = None, *, bare: bool = False
    ) -> tuple[UpgradeAttempt, ProbeConnection | None]:
        """The same, with the connection that was opened."""
        if self._refusal is not None:
            return self._refusal, None
        used, credentials = settings or self.settings, None if bare else self.credentials
        self.report.connections += 1
        self.report.logins += credentials is not None
        offered = tuple(version.subprotocol for version in used.versions)
        try:
            probe = await open_probe(replace(used, credentials=credentials), self.clock)
        except ConnectionFailed as failed:
            self.note_time(failed.detail.get("responseHeaders", []))
            attempt = UpgradeAttempt(offered, failed.problem, failed.detail)
            if is_refusal_for_now(attempt):
                self._refusal = attempt
            return attempt, None
        self.report.is_connected = True
        self.note_time(probe.detail.get("responseHeaders", []))
        return UpgradeAttempt(offered, None, probe.detail, probe.subprotocol), probe

    async def try_credentials(
        self, first: Attempt, again: Callable[[bool], Awaitable[Attempt]], *, is_withheld: bool
    ) -> tuple[ExaminedStep, Attempt]:
        """The step of the credentials, and the attempt on which the next steps build.

        A refused password is tried in its other reading, an accepted one is left out once. `again` makes the first
        attempt again, bare or with the credentials; `is_withheld`: it was not sent them.
        """
        given, usable, other, without = self.credentials, first, None, None
        if given is not None and first.status == 401 and (second := given.read_otherwise) is not None:
            self.credentials = second
            attempt = await again(False)
            other = (second.reading, attempt)
            if attempt.problem is None:
                usable = attempt
            else:
                self.credentials = given
        elif given is not None and first.problem is None:
            without = await again(True)
        step = credentials_step(
            first,
            given=None if given is None else given.reading,
            other=other,
            without=without,
            withheld=is_withheld,
            is_encrypted=self.is_secure,
        )
        return step, usable

    def note_time(self, headers: list[str]) -> None:
        """Remember the time that an answer tells."""
        time = server_time(headers)
        if time is not None:
            self.readings.append((time, self.clock()))

    # -- secrets ------------------------------------------------------------------------------------------------

    def withhold_secrets(self) -> None:
        """Send none of the user's secrets from now on."""
        self.credentials = None
        self.settings = without_secret_headers(self.settings)

    @property
    def plain_settings(self) -> ClientSettings:
        """Settings for plain HTTP where TLS was asked for: nothing secret, and nothing for TLS."""
        return replace(
            without_secret_headers(self.settings),
            url=f"ws:{self.url.partition(':')[2]}",
            ca=None,
            certificate=None,
            key=None,
            own_pair=None,
            tls_terms=TlsTerms(),
        )

    def without_secrets(self, one: ExaminedStep) -> ExaminedStep:
        """The step without what the server repeats of the user's secrets."""
        found = sorted(filter(_is_long, self._secrets()), key=len, reverse=True)

        def free(text: str) -> str:
            for secret in found:
                text = text.replace(secret, MASK)
            return text

        remarks = tuple(
            replace(remark, sentence=free(remark.sentence), advice=free(remark.advice)) for remark in one.remarks
        )
        return replace(one, remarks=remarks, seen=tuple(map(free, one.seen)))

    def _secrets(self) -> set[str]:
        """The user's secrets in every form in which they are sent."""
        found = set(self.given.secrets)
        for credentials in _readings(self.given.all_credentials):
            found |= {*credentials.secrets, credentials.header(self.settings.charge_point).partition(" ")[2]}
        return found


def without_secret_headers(settings: ClientSettings) -> ClientSettings:
    """The settings without the headers that hold secrets."""
    return replace(settings, headers=tuple(pair for pair in settings.headers if not is_secret_header(pair[0])))


def _readings(credentials: Credentials | None) -> list[Credentials]:
    return [] if credentials is None else [*filter(None, (credentials, credentials.read_otherwise))]


def _is_long(secret: str) -> bool:
    return len(secret) >= SHORTEST_SECRET
