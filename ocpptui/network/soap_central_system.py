"""The central system's side of OCPP-S: charge points post their requests to it.

A charge point has one connection as long as it goes on posting; calls to it go to the address that it names in From, or
to the one that the user gives. Source: OCPP-S 1.6 section 2.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import quote

from ocpptui.network.connection import Connection, Observer
from ocpptui.network.http_exchange import HttpAnswer
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.soap_endpoint import SoapEndpoint, SoapRefusal, SoapRequest, exchanged
from ocpptui.network.soap_headers import is_web_address
from ocpptui.network.soap_posts import SoapPosts
from ocpptui.network.soap_wire import SoapWire
from ocpptui.network.tls import client_context
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.upgrade_policy import UpgradePolicy
from ocpptui.ocpp.http_headers import CHALLENGE
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.soap_encoding import Envelope
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail

EXPIRY_STEP = 30.0
"""Seconds between two looks for charge points that are silent."""


class SoapService:
    """Takes the requests of charge points; each is one connection of the session."""

    def __init__(
        self,
        settings: ServerSettings,
        observer: Observer,
        clock: Clock,
        *,
        rules: Callable[[], UpgradePolicy],
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`rules` are those of the ports at present, `context` is theirs, for HTTPS."""
        self.settings = settings
        self._rules = rules
        self._observer = observer
        self._clock = clock
        self._endpoint = SoapEndpoint(
            self._take,
            observer,
            clock,
            service=CENTRAL_SYSTEM,
            versions=lambda: settings.soap_versions,
            secure=context is not None,
            max_size=settings.max_size,
        )
        trusted = None if settings.client_ca is None else client_context(settings.client_ca, False, None, None)
        self._posts = SoapPosts(settings.answer_timeout, settings.max_size, context=trusted)
        self._wires: dict[str, tuple[Connection, SoapWire]] = {}  # by charge point
        self._last: dict[str, float] = {}  # when each has posted last, by the clock of the loop
        self._watches = False  # for silent charge points
        self._comparing = asyncio.Lock()
        self._tasks = Tasks("SOAP endpoint")

    @property
    def connections(self) -> list[Connection]:
        """The open connections, oldest first."""
        return [connection for connection, _ in self._wires.values()]

    async def take_over(self, transport: asyncio.Transport, tls: TlsLayer | None, data: bytes) -> None:
        """As `SoapEndpoint.take_over`."""
        await self._endpoint.take_over(transport, tls, data)

    async def close(self) -> None:
        """End every connection."""
        found = list(self._wires.values())
        for connection, _ in found:
            connection.begin_close(1001, "the central system is closing")
        for connection, wire in found:
            for leg in connection.legs:
                await leg.wait_closed()
            await wire.release_tasks()
        await self._tasks.cancel()
        await self._endpoint.close()
        await self._posts.close()

    async def _watch_silence(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(EXPIRY_STEP, self.settings.silent_after))
            for name, (_, wire) in list(self._wires.items()):
                if loop.time() - self._last[name] > self.settings.silent_after:
                    wire.expire(NetworkProblem(ProblemCode.SOAP_SILENT, timeout=self.settings.silent_after))

    # -- a request ----------------------------------------------------------------------------------------------

    async def _take(self, request: SoapRequest) -> HttpAnswer | SoapRefusal | None:
        named = "" if request.envelope is None else request.envelope.charge_point
        charge_point = named or identity_in_path(request.path) or request.remote
        if self.settings.credentials is not None:
            work = self.settings.credentials.slow_check(request.authorization, charge_point)
            if work is not None:
                async with self._comparing:  # one at a time: each takes a core and 16 MiB
                    await asyncio.to_thread(work)
        if (refusal := self._refusal(request, charge_point)) is not None:
            return refusal
        connection, wire = self._connection(request, charge_point)
        self._last[charge_point] = asyncio.get_running_loop().time()
        return await self._exchanged(request, connection, wire)

    async def _exchanged(self, request: SoapRequest, connection: Connection, wire: SoapWire) -> HttpAnswer | None:
        """The answer to a request; None if there is none in time."""
        return await exchanged(request, connection, wire)

    def _refusal(self, request: SoapRequest, charge_point: str) -> SoapRefusal | None:
        """Why the request is refused; None if it is not."""
        settings, rules = self.settings, self._rules()
        tls = request.detail.get("tls")
        certificate = tls.get("certificate") if isinstance(tls, dict) else None
        if (wrong_name := rules.wrong_name(charge_point, certificate)) is not None:
            if not rules.tolerates(wrong_name):
                return SoapRefusal(403, wrong_name, charge_point)
            request.problems.append(wrong_name)
        if settings.credentials is not None:
            found = settings.credentials.check(request.authorization, charge_point, any_user=rules.lenient)
            if isinstance(found, NetworkProblem):
                return SoapRefusal(401, found, charge_point, headers={"WWW-Authenticate": CHALLENGE})
        version = None if request.envelope is None else request.envelope.version
        if version is not None and version not in settings.soap_versions:
            problem = NetworkProblem(ProblemCode.SOAP_VERSION_REFUSED, version=version)
            return SoapRefusal(400, problem, charge_point)
        if charge_point not in self._wires and b"Envelope" not in request.body.replace(b"\0", b""):
            return SoapRefusal(400, NetworkProblem(ProblemCode.SOAP_NOT_AN_ENVELOPE), charge_point, shown=request.body)
        if charge_point not in self._wires and len(self._wires) >= settings.max_connections:
            return SoapRefusal(503, NetworkProblem(ProblemCode.TOO_MANY_CONNECTIONS), charge_point)
        return None

    def _connection(self, request: SoapRequest, charge_point: str) -> tuple[Connection, SoapWire]:
        """The connection of the charge point, made with its first request and anew with another version."""
        version = None if request.envelope is None else request.envelope.version
        address = self._address(charge_point, request.envelope)
        known = self._wires.get(charge_point)
        if known is not None and version in (None, known[0].version):
            if address:
                known[1].peer_address = address
            return known
        number = self._observer.next_connection()
        connection, wire, detail = self._made(number, request.url, charge_point, version or self._usual, address)
        detail = {**request.detail, **detail}
        if version is None:
            detail["versionAssumed"] = True
        if address:
            detail["callback"] = address
        self._wires[charge_point] = connection, wire
        self._last[charge_point] = asyncio.get_running_loop().time()
        if known is not None:
            detail["replaces"] = known[0].number
        self._start(connection, wire, detail)
        if known is not None:
            known[0].begin_close(1000, f"replaced by connection {number}")
        if not self._watches:
            self._watches = True
            self._tasks.start(self._watch_silence(), "silence")
        return connection, wire

    def _made(
        self, number: int, url: str, charge_point: str, version: Version, address: str
    ) -> tuple[Connection, SoapWire, ConnectionDetail]:
        """A new connection of a charge point that has requested a URL, and what its record says besides."""
        wire = SoapWire(
            self._posts.post,
            self._clock,
            peer_address=address,
            answer_timeout=self.settings.answer_timeout,
            undelivered=lambda action, problem, of: connection.remark(problem, action or "A text", undelivered=of),
        )
        connection = Connection(
            wire,
            self._observer,
            self._clock,
            number=number,
            charge_point=charge_point,
            version=version,
            role=Role.CENTRAL_SYSTEM,
            url=url,
            ping_interval=None,
            ping_timeout=None,
            at_end=self._ended,
            encoding=SoapDialect(version, Role.CENTRAL_SYSTEM, charge_point, url, address),
        )
        return connection, wire, {}

    def _start(self, connection: Connection, wire: SoapWire, detail: ConnectionDetail) -> None:
        """Report that it is open, and hand over what arrives from now on."""
        wire.attach(connection)
        connection.start(detail)

    @property
    def _usual(self) -> Version:
        """The version of a charge point whose request does not show it."""
        served = self.settings.soap_versions or Version.spoken(Transport.SOAP)
        return self.settings.assume_version if self.settings.assume_version in served else max(served)

    def _address(self, charge_point: str, envelope: Envelope | None) -> str:
        """Where the charge point takes requests; empty if nothing says so."""
        if self.settings.callback:
            return self.settings.callback.replace("{id}", quote(charge_point, safe=""))
        named = "" if envelope is None else envelope.sender
        return named if is_web_address(named) else ""

    def _ended(self, connection: Connection) -> ConnectionDetail:
        known = self._wires.get(connection.charge_point)
        if known is not None and known[0] is connection:
            del self._wires[connection.charge_point]
            self._last.pop(connection.charge_point, None)
        return {}
