"""The charge point's side of OCPP-S: it posts to the central system, and takes requests at an address that it names.

It counts as connected while something answers at the address of the central system: before that, a TCP connection (and
TLS) is tried, and a request that cannot be posted ends it. Source: OCPP-S 1.6 section 2.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import partial
from typing import Any
from urllib.parse import quote

from ocpptui.network.charge_point_link import ChargePointLink
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.explain_connect import Target, failure
from ocpptui.network.http_exchange import HttpAnswer
from ocpptui.network.problems import CannotListen, ConnectionFailed, ConnectStep, NetworkProblem, ProblemCode
from ocpptui.network.shared_endpoints import ServedChargePoint, SharedEndpoint, SharedEndpoints
from ocpptui.network.soap_endpoint import SoapRefusal, SoapRequest, exchanged
from ocpptui.network.soap_posts import SoapPosts
from ocpptui.network.soap_wire import SoapWire
from ocpptui.network.tcp_connect import addresses_of, first_connected
from ocpptui.network.tls import agreed, server_context
from ocpptui.network.url import SOAP_PORTS
from ocpptui.network.websocket_transport import TLS_HANDSHAKE
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Role, Transport
from ocpptui.runtime.clock import Clock, now
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent

ANSWER_TIMEOUT = 120.0
"""Seconds that a request of either side may wait for its answer."""
_ENDS = (ProblemCode.SOAP_POST_FAILED, ProblemCode.SOAP_ANSWER_WITHOUT_ENVELOPE)
"""The problems of a request that mean that no central system is there."""
_ANSWERED_WITHOUT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")
"""What OpenSSL says of a server that speaks plain HTTP."""


class SoapChargePoint(ChargePointLink):
    """A charge point of OCPP-S."""

    _wire: SoapWire | None = None
    _posts: SoapPosts | None = None
    _shared: SharedEndpoint | None = None
    _served = ""  # the address of the endpoint

    def __init__(
        self,
        settings: ClientSettings,
        observer: Observer,
        clock: Clock = now,
        *,
        endpoints: SharedEndpoints | None = None,
        **options: Any,
    ) -> None:
        """`endpoints` are those of all charge points of the session. Raises InvalidUrl."""
        self._endpoints = SharedEndpoints() if endpoints is None else endpoints
        super().__init__(settings, observer, clock, **options)

    def _use(self, settings: ClientSettings) -> None:
        super()._use(settings)
        parts = url_parts(self.url)
        is_secure = parts.scheme.lower() == "https"
        self._target = Target(
            parts.hostname or "",
            parts.port or SOAP_PORTS[parts.scheme.lower()],
            is_secure,
            parts.path or "/",
            self._credentials is not None,
            settings.has_certificate,
            (),
            settings.tls_terms.oldest,
        )

    async def _open(self, number: int) -> None:
        self._record(number, ConnectionEvent.OPENING, {"transport": Transport.SOAP})
        await self._give_up_posts()
        context = await self._context()
        posts = SoapPosts(ANSWER_TIMEOUT, self.settings.max_size, context=context, headers=self._headers)
        self._posts = posts
        host, detail = await self._reach(posts)
        own = await self._serve(host)
        version = self.settings.versions[0]
        if self.settings.callback:
            own = self.settings.callback.replace("{id}", quote(self.charge_point, safe=""))

        def undelivered(action: str, problem: NetworkProblem, message_id: str) -> None:
            connection.remark(problem, action or "A text", undelivered=message_id)
            if problem.code in _ENDS:
                wire.expire(problem)

        wire = self._wire = SoapWire(
            posts.post,
            self._clock,
            peer_address=self.url,
            answer_timeout=ANSWER_TIMEOUT,
            undelivered=undelivered,
            delivered=self._works,
        )
        connection = Connection(
            wire,
            self._observer,
            self._clock,
            number=number,
            charge_point=self.charge_point,
            version=version,
            role=Role.CHARGE_POINT,
            url=self.url,
            ping_interval=None,
            ping_timeout=None,
            at_end=self._connection_ended,
            encoding=SoapDialect(version, Role.CHARGE_POINT, self.charge_point, own, self.url),
        )
        wire.attach(connection)
        self._begin(connection, {"transport": Transport.SOAP, "callback": own, **detail})

    @property
    def _headers(self) -> tuple[tuple[str, str], ...]:
        """Those that are sent with each request."""
        own = () if self._credentials is None else (("Authorization", self._credentials.header(self.charge_point)),)
        return (*own, *self.settings.headers)

    async def _reach(self, posts: SoapPosts) -> tuple[str, ConnectionDetail]:
        """Connect to the central system, for the first request: our own address on that path, and what was seen.

        Raises ConnectionFailed.
        """
        target, timeout = self._target, self.settings.open_timeout
        step = ConnectStep.DNS
        detail: ConnectionDetail = {}
        try:
            async with asyncio.timeout(timeout):
                found = await addresses_of(target.host, target.port)
                step = ConnectStep.TCP
                sock = await first_connected(found, timeout)
                host = str(sock.getsockname()[0])
                step = ConnectStep.TLS
                session = await posts.connect(sock, target.host if target.secure else None)
        except Exception as error:
            is_plain = isinstance(error, ssl.SSLError) and error.reason in _ANSWERED_WITHOUT_TLS
            head = b"" if is_plain else TLS_HANDSHAKE
            raise failure(error, step, target, timeout, None, head) from None
        if session is not None:
            detail["tls"] = agreed(session, verified=not self.settings.insecure)
        if target.secure and self.settings.insecure:
            detail["insecure"] = True
        return host, detail

    async def _serve(self, host: str) -> str:
        """Take requests at this address of ours; the URL. Raises ConnectionFailed and UnusableCertificate."""
        settings = self.settings
        if self._shared is not None and self._served == host:
            return self._shared.url_of(self.charge_point)
        await self._stop_serving()
        context = None
        if settings.soap_certificate is not None:
            files = settings.soap_certificate, settings.soap_key, None
            context = await asyncio.to_thread(partial(server_context, *files, terms=settings.tls_terms))
        served = ServedChargePoint(self.charge_point, self._take, lambda: self.settings.versions[0])
        place = host, settings.soap_port, self._observer, self._clock
        try:
            shared = await self._endpoints.join(served, *place, context=context, max_size=settings.max_size)
        except CannotListen as error:
            raise ConnectionFailed(error.problem) from None
        self._shared, self._served = shared, host
        return shared.url_of(self.charge_point)

    async def _stop_serving(self) -> None:
        shared, self._shared = self._shared, None
        if shared is not None:
            await self._endpoints.leave(shared, self.charge_point)

    async def _take(self, request: SoapRequest) -> HttpAnswer | SoapRefusal | None:
        connection, wire = self.connection, self._wire
        if connection is None or wire is None:
            return SoapRefusal(503, NetworkProblem(ProblemCode.SOAP_NOT_CONNECTED), self.charge_point)
        named = "" if request.envelope is None else request.envelope.charge_point
        if named and named != self.charge_point:
            problem = NetworkProblem(ProblemCode.SOAP_FOR_ANOTHER, name=named[:100], expected=self.charge_point)
            words = self._observer.words_for(problem)
            fault = connection.encoding.error(request.message.id or "", "IdentityMismatch", words)
            return SoapRefusal(400, problem, self.charge_point, fault)
        return await exchanged(request, connection, wire)

    def ping_every(self, seconds: float) -> None:
        """HTTP has no pings."""

    async def _clean_up(self) -> None:
        """A failed attempt leaves nothing behind."""

    async def _stop(self) -> None:
        await self._give_up_posts()
        await self._stop_serving()

    async def _give_up_posts(self) -> None:
        """End what belongs to the connection before."""
        wire, posts = self._wire, self._posts
        self._wire = self._posts = None
        if wire is not None:
            await wire.release_tasks()
        if posts is not None:
            await posts.close()
