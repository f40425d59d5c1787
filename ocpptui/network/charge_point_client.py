"""The charge point's side: connects and reconnects."""

from __future__ import annotations

import asyncio
import random as random_module
import ssl
from collections.abc import Callable
from math import inf

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.extensions.permessage_deflate import enable_client_permessage_deflate
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from ocpptui import __version__
from ocpptui.network.client_settings import ClientSettings, identity, requested_url
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.connection_trials import ConnectionTrials, FailedTrial, Trial
from ocpptui.network.explain_close import GOING_AWAY, NORMAL
from ocpptui.network.explain_connect import Target
from ocpptui.network.outgoing_handshake import Dialled, OutgoingHandshake
from ocpptui.network.problems import ConnectionFailed, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.tls import agreed, client_context
from ocpptui.network.websocket_transport import LOGGER, WebSocketTransport
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import Clock, now
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind


class LenientProtocol(ClientProtocol):
    """Accepts any subprotocol that the central system chose."""

    def process_subprotocol(self, headers: Headers) -> Subprotocol | None:
        chosen = [name.strip() for value in headers.get_all("Sec-WebSocket-Protocol") for name in value.split(",")]
        names = [name for name in chosen if name]
        offered = [name for name in names if name in (self.available_subprotocols or ())]
        return Subprotocol((offered or names)[0]) if names else None


class ChargePointClient:
    """Connects to a central system, repeatedly if set; the results are records.

    Raises InvalidUrl.
    """

    def __init__(
        self,
        settings: ClientSettings,
        observer: Observer,
        clock: Clock = now,
        *,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._trials = ConnectionTrials(settings)
        self.charge_point = identity(settings)
        self.connection: Connection | None = None
        """The open connection."""
        self.lenient = settings.lenient
        """Whether the next attempt is lenient."""
        self.roots: tuple[str, ...] = ()
        """Root certificates in PEM that are trusted as well, from the next attempt on."""
        self._ping_interval = settings.ping_interval
        self._observer = observer
        self._clock = clock
        self._random = random
        self._waits = settings.backoff.waits(random)
        self._retry_in: float | None = None  # seconds until the next attempt, once the last one has failed
        self._away: float | None = None  # seconds to stay away after the connection that is being cut
        self._closing = asyncio.Event()
        self._woken = asyncio.Event()  # the time to the next attempt has changed
        self._ended = asyncio.Event()
        self._ended.set()
        self._use(settings)
        self._tasks = Tasks(f"client link to {self.url}")

    def _use(self, settings: ClientSettings) -> None:
        """Connect with these from now on. Raises InvalidUrl."""
        self.settings = settings
        self.url = requested_url(settings)
        """The URL that is requested."""
        self._uri = parse_uri(self.url)
        self._credentials = settings.all_credentials
        self._target = Target(
            self._uri.host,
            self._uri.port,
            self._uri.secure,
            self._uri.resource_name,
            self._credentials is not None,
            settings.has_certificate,
            _subprotocols(settings),
            settings.tls_terms.oldest,
        )

    @property
    def base(self) -> ClientSettings:
        """The settings as the user has made them."""
        return self._trials.base

    @property
    def trial(self) -> int:
        """The number of the trial with which it is connected; 0 for the settings of the user."""
        return self._trials.current.number

    @property
    def ping_interval(self) -> float | None:
        """Seconds between the pings; None: it sends none."""
        return self._ping_interval

    async def run(self) -> None:
        """Connect, stay connected, reconnect; returns after `close`, or if it must not reconnect."""
        self._ended.clear()
        try:
            while not self._closing.is_set():
                attempt = self._tasks.start(self._attempt(), "attempt")
                await asyncio.wait([attempt])
                if not attempt.cancelled() and attempt.result() and self.connection is not None:
                    await self.connection.wait_closed()
                if self._retry_in is None:
                    return
                await self._pause()
        finally:
            self._ended.set()
            await self._tasks.cancel()
            if self.connection is not None:
                self.connection.abort()

    async def close(self, *, going_away: bool = False) -> None:
        """Close the connection, cancel an attempt, do not reconnect; returns when `run` has returned.

        The code of the Close frame is 1000, or 1001 if our program is `going_away` (RFC 6455 section 7.4.1).
        """
        self._closing.set()
        self._retry_in = None
        self._woken.set()
        if self.connection is not None:
            await self.connection.close(GOING_AWAY if going_away else NORMAL)
        await self._tasks.cancel()
        await self._ended.wait()

    def stay_away(self, seconds: float | None) -> None:
        """Cut the TCP connection without a Close frame; connect again after so many seconds, or (None) when told to."""
        self._away = inf if seconds is None else seconds
        if self.connection is not None:
            self.connection.abort()
        elif self._retry_in is not None:
            self._retry_in, self._away = self._away, None
            self._woken.set()

    def come_back(self) -> None:
        """Connect now, if it is not connected and not connecting."""
        if self._retry_in is not None:
            self._retry_in = 0.0
            self._woken.set()

    def try_first(self, trials: tuple[Trial, ...]) -> None:
        """From the next attempt on, connect with these in turn; if none works, with what worked last.

        Their URLs have to be usable (`requested_url`), and mean the same charge point.
        """
        self._trials.try_first(trials)

    def take_failed(self) -> tuple[FailedTrial, ...]:
        """What has failed since this was asked last."""
        return self._trials.take_failed()

    def ping_every(self, seconds: float) -> None:
        """From now on, send a ping at this interval; 0 for none."""
        self._ping_interval = seconds or None
        if self.connection is not None:
            self.connection.ping_every(self._ping_interval)

    async def _pause(self) -> None:
        """Wait until the next attempt is due, or the link is closed."""
        while self._retry_in is not None:
            self._woken.clear()
            wait = self._retry_in
            try:
                async with asyncio.timeout(None if wait == inf else wait):
                    await self._woken.wait()
            except TimeoutError:
                return

    # -- one attempt --------------------------------------------------------------------------------------------

    async def dial(self) -> Dialled:
        """Connect once, without a record, for a proxied connection; nothing is read until `release`.

        Raises ConnectionFailed and UnusableCertificate.
        """
        protocol = self._protocol()
        request = self._request(protocol)
        found: list[Dialled] = []

        def opened(wire: WebSocketTransport, response: Response) -> None:
            wire.hold()
            found.append(self._dialled(wire, request, response))

        handshake = await self._handshake(protocol, request, opened)
        try:
            await handshake.run()
        except ConnectionFailed:
            await handshake.ended()
            raise
        return found[0]

    async def _attempt(self) -> bool:
        """True if it led to a connection."""
        number = self._observer.next_connection()
        self._retry_in = None
        self._use(self._trials.current.settings)
        protocol = self._protocol()
        request = self._request(protocol)
        self._record(number, ConnectionEvent.OPENING, self._request_detail(request))

        def opened(wire: WebSocketTransport, response: Response) -> None:
            self._opened(number, self._dialled(wire, request, response))

        try:
            attempt = await self._handshake(protocol, request, opened)
            await attempt.run()
            return True
        except UnusableCertificate as error:
            again = self._next_attempt() if self._trials.failed(error.problem) else {}
            self._record(number, ConnectionEvent.FAILED, {**error.problem.detail, **again})
            return False
        except ConnectionFailed as failed:
            event = ConnectionEvent.REFUSED if failed.refused else ConnectionEvent.FAILED
            if self._trials.failed(failed.problem):
                self._waits = self.settings.backoff.waits(self._random)
            self._record(number, event, {**failed.problem.detail, **failed.detail, **self._next_attempt()})
        except asyncio.CancelledError:
            self._record(number, ConnectionEvent.FAILED, NetworkProblem(ProblemCode.ATTEMPT_GIVEN_UP).detail)
            raise
        await attempt.ended()
        return False

    def _protocol(self) -> ClientProtocol:
        settings = self.settings
        return (LenientProtocol if self.lenient else ClientProtocol)(
            self._uri,
            subprotocols=[Subprotocol(name) for name in _subprotocols(settings)] or None,
            extensions=enable_client_permessage_deflate(None) if settings.compression else None,
            max_size=settings.max_size,
            logger=LOGGER,
        )

    async def _handshake(
        self, protocol: ClientProtocol, request: Request, opened: Callable[[WebSocketTransport, Response], None]
    ) -> OutgoingHandshake:
        """Raises UnusableCertificate."""
        return OutgoingHandshake(
            protocol,
            request,
            self._target,
            self._clock,
            context=await self._context(),
            open_timeout=self.settings.open_timeout,
            close_timeout=self.settings.close_timeout,
            opened=opened,
        )

    async def _context(self) -> ssl.SSLContext | None:
        if not self._uri.secure:
            return None
        settings = self.settings
        return await asyncio.to_thread(
            client_context,
            settings.ca,
            settings.insecure,
            settings.certificate,
            settings.key,
            own_pair=settings.own_pair,
            roots=self.roots,
            terms=settings.tls_terms,
        )

    def _request(self, protocol: ClientProtocol) -> Request:
        request = protocol.connect()
        request.headers["User-Agent"] = f"ocpptui/{__version__}"
        if self._credentials is not None:
            request.headers["Authorization"] = self._credentials.header(self.charge_point)
        for name in {name for name, _ in self.settings.headers}:
            if name in request.headers:
                del request.headers[name]
        for name, value in self.settings.headers:
            request.headers[name] = value
        return request

    def _request_detail(self, request: Request) -> ConnectionDetail:
        detail: ConnectionDetail = {
            "requestLine": f"GET {request.path} HTTP/1.1",
            "requestHeaders": header_lines(request.headers.raw_items()),
            "subprotocolsOffered": list(_subprotocols(self.settings)),
        }
        if self._uri.secure and self.settings.insecure:
            detail["insecure"] = True
        return detail

    def _dialled(self, wire: WebSocketTransport, request: Request, response: Response) -> Dialled:
        settings = self.settings
        name = wire.protocol.subprotocol
        version = Version.from_subprotocol(name)
        tolerated = []
        if name is not None and name not in _subprotocols(settings):
            version = version or Version.parse(name) or settings.versions[0]
            tolerated.append(NetworkProblem(ProblemCode.SUBPROTOCOL_UNOFFERED, name=name, version=version))
        detail: ConnectionDetail = {
            **self._request_detail(request),
            "responseStatus": f"{response.status_code} {response.reason_phrase}".strip(),
            "responseHeaders": header_lines(response.headers.raw_items()),
            "subprotocol": wire.protocol.subprotocol,
            "compression": bool(wire.protocol.extensions),
            "remoteAddress": wire.remote_address,
        }
        if version is None and settings.versions:
            version = settings.versions[0]
            detail["versionAssumed"] = True
        if name is None and version is not None and _subprotocols(settings):
            tolerated.append(NetworkProblem(ProblemCode.CENTRAL_SYSTEM_CHOSE_NO_SUBPROTOCOL, version=version))
        if tolerated:
            detail["tolerated"] = [problem.tolerated for problem in tolerated]
        if wire.tls is not None:
            detail["tls"] = agreed(wire.tls.session, verified=not settings.insecure)
        return Dialled(wire, self.url, version, name, detail)

    def _opened(self, number: int, dialled: Dialled) -> None:
        settings = self.settings
        connection = Connection(
            dialled.wire,
            self._observer,
            self._clock,
            number=number,
            charge_point=self.charge_point,
            version=dialled.version,
            role=Role.CHARGE_POINT,
            url=self.url,
            ping_interval=self._ping_interval,
            ping_timeout=settings.ping_timeout,
            at_end=self._connection_ended,
        )
        dialled.wire.attach(connection)
        self.connection = connection
        self._trials.succeeded()
        self._waits = settings.backoff.waits(self._random)
        connection.start(dialled.detail)
        if self._away is not None:
            connection.abort()

    def _connection_ended(self, connection: Connection) -> ConnectionDetail:
        self.connection = None
        return self._next_attempt()

    def _next_attempt(self) -> ConnectionDetail:
        """Decide when to reconnect; return what the record says about it."""
        away, self._away = self._away, None
        if self._closing.is_set() or (away is None and not self.settings.reconnect):
            self._retry_in = None
            return {}
        if away is not None:
            self._retry_in = away
            return {} if away == inf else {"retryInSeconds": round(away, 3)}
        self._retry_in = next(self._waits)
        return {"retryInSeconds": round(self._retry_in, 3)}

    def _record(self, number: int, event: ConnectionEvent, detail: ConnectionDetail) -> None:
        whole: ConnectionDetail = {"event": event, "url": self.url, **detail}
        self._observer.observed(
            Record(self._clock(), number, RecordKind.CONNECTION, None, self.charge_point, detail=whole), None
        )


def _subprotocols(settings: ClientSettings) -> tuple[str, ...]:
    """What is offered."""
    if settings.subprotocols is not None:
        return settings.subprotocols
    return tuple(version.subprotocol for version in settings.versions)
