"""The charge point's side of OCPP-J."""

from __future__ import annotations

from collections.abc import Callable

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.extensions.permessage_deflate import enable_client_permessage_deflate
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from ocpptui import __version__
from ocpptui.network.charge_point_link import ChargePointLink
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.explain_connect import Target
from ocpptui.network.outgoing_handshake import Dialled, OutgoingHandshake
from ocpptui.network.problems import ConnectionFailed, NetworkProblem, ProblemCode
from ocpptui.network.tls import agreed
from ocpptui.network.websocket_transport import LOGGER, WebSocketTransport
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.ocpp.version import Role, Version
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent


class LenientProtocol(ClientProtocol):
    """Accepts any subprotocol that the central system chose."""

    def process_subprotocol(self, headers: Headers) -> Subprotocol | None:
        chosen = [name.strip() for value in headers.get_all("Sec-WebSocket-Protocol") for name in value.split(",")]
        names = [name for name in chosen if name]
        offered = [name for name in names if name in (self.available_subprotocols or ())]
        return Subprotocol((offered or names)[0]) if names else None


class ChargePointClient(ChargePointLink):
    """A charge point with a WebSocket."""

    def _use(self, settings: ClientSettings) -> None:
        super()._use(settings)
        self._uri = parse_uri(self.url)
        self._failed: OutgoingHandshake | None = None
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

    async def _open(self, number: int) -> None:
        protocol = self._protocol()
        request = self._request(protocol)
        self._record(number, ConnectionEvent.OPENING, self._request_detail(request))

        def opened(wire: WebSocketTransport, response: Response) -> None:
            self._opened(number, self._dialled(wire, request, response))

        self._failed = await self._handshake(protocol, request, opened)
        await self._failed.run()
        self._failed = None

    async def _clean_up(self) -> None:
        if self._failed is not None:
            await self._failed.ended()

    async def _stop(self) -> None:
        """A WebSocket leaves nothing behind."""

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
        self._works()
        self._begin(connection, dialled.detail)


def _subprotocols(settings: ClientSettings) -> tuple[str, ...]:
    """What is offered."""
    if settings.subprotocols is not None:
        return settings.subprotocols
    return tuple(version.subprotocol for version in settings.versions)
