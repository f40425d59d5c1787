"""An HTTP endpoint for requests of OCPP-S: it reads each, and has its owner answer it. A GET with the query `?wsdl`, or
`?wsdl=1.5` for one of several versions, gets the WSDL of the service.

What cannot be handled is refused, with a status and a sentence, and recorded.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from ocpptui.network.addresses import address_text
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.encrypted_transport import DecryptingProtocol, EncryptedTransport
from ocpptui.network.headers import first_bytes
from ocpptui.network.http_exchange import CUT_OFF, HttpAnswer, HttpRequest
from ocpptui.network.http_runner import http_runner
from ocpptui.network.listening_sockets import listening_sockets
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.soap_headers import CONTENT_TYPE, header_problems, plain_body
from ocpptui.network.soap_wire import UNNAMED, SoapWire
from ocpptui.network.tls import agreed
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.soap_encoding import Envelope, read_envelope
from ocpptui.ocpp.version import Transport, Version
from ocpptui.runtime.clock import Clock
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind

if TYPE_CHECKING:  # imported with the first request
    from aiohttp import web


@dataclass(frozen=True, slots=True)
class SoapRequest:
    """A request that has been read."""

    body: bytes
    """Without its compression."""
    message: Message | Malformed
    envelope: Envelope | None
    url: str
    """What was requested, with the host that the peer knows."""
    path: str
    remote: str
    """The host of the peer."""
    authorization: str | None
    problems: list[NetworkProblem]
    """What is wrong with its headers."""
    detail: ConnectionDetail
    """For the record of a connection."""
    sent: HttpRequest
    """It as it is on the wire."""


@dataclass(frozen=True, slots=True)
class SoapRefusal:
    """Why a request is refused."""

    status: int
    problem: NetworkProblem
    charge_point: str = ""
    fault: str = ""
    """The envelope to answer with; empty: a sentence."""
    headers: dict[str, str] = field(default_factory=dict)
    shown: bytes = b""
    """Of the body, whose beginning the record shows."""


Take = Callable[[SoapRequest], Coroutine[Any, Any, HttpAnswer | SoapRefusal | None]]
"""Answers a request; None: there was no answer in time."""


class SoapEndpoint:
    """Takes requests, from connections that are handed over or on a port of its own."""

    def __init__(
        self,
        take: Take,
        observer: Observer,
        clock: Clock,
        *,
        service: str,
        versions: Callable[[], tuple[Version, ...]],
        secure: bool,
        max_size: int,
    ) -> None:
        """`service` is what others call here, `versions` are those in which it is served at the moment; `secure` says
        whether the URL is https; `max_size` is the most bytes of a body once it is unpacked."""
        self._take = take
        self._service = service
        self._versions = versions
        self._observer = observer
        self._clock = clock
        self._scheme = "https" if secure else "http"
        self._max_size = max_size
        self._runner: web.AppRunner | None = None
        self._servers: list[asyncio.Server] = []
        self._beginning = asyncio.Lock()

    async def listen(self, host: str, port: int, context: ssl.SSLContext | None = None) -> int:
        """Listen for plain HTTP, with `context` for HTTPS; the port. Raises CannotListen."""
        sockets = await listening_sockets(host, port)
        runner = await self._begun()
        loop, server = asyncio.get_running_loop(), runner.server
        assert server is not None
        self._servers += [await loop.create_server(server, sock=sock, ssl=context) for sock in sockets]
        return int(sockets[0].getsockname()[1])

    async def take_over(self, transport: asyncio.Transport, tls: TlsLayer | None, data: bytes) -> None:
        """Go on with a connection that reads nothing at present and on which `data` has arrived."""
        runner = await self._begun()
        if transport.is_closing() or runner.server is None:
            return
        handler = runner.server()
        if tls is None:
            transport.set_protocol(handler)
            handler.connection_made(transport)
        else:
            encrypted = EncryptedTransport(transport, tls)
            transport.set_protocol(DecryptingProtocol(handler, encrypted, tls))
            handler.connection_made(encrypted)
        handler.data_received(data)
        if not transport.is_closing():
            transport.resume_reading()

    async def close(self) -> None:
        """Stop listening, and end all connections."""
        for server in self._servers:
            server.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _begun(self) -> web.AppRunner:
        async with self._beginning:
            if self._runner is None:
                self._runner = await http_runner(self._handle, self._max_size, unpacks=False)
            return self._runner

    # -- a request ----------------------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET" and (asked := _asked_version(request)) is not None:
            return self._described(request, asked)
        read = await self._read(request)
        given = read if isinstance(read, SoapRefusal) else await self._take(read)
        if isinstance(given, SoapRefusal):
            return self._refused(request, given)
        return _response(request, given)

    async def _read(self, request: web.Request) -> SoapRequest | SoapRefusal:
        from aiohttp import ClientPayloadError, web

        if request.method != "POST":
            wants_websocket = "websocket" in request.headers.get("Upgrade", "").lower()
            code = ProblemCode.WEBSOCKET_ON_SOAP_PORT if wants_websocket else ProblemCode.SOAP_METHOD_WRONG
            return SoapRefusal(405, NetworkProblem(code, name=request.method[:20]), headers={"Allow": "POST"})
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return SoapRefusal(413, NetworkProblem(ProblemCode.MESSAGE_TOO_LARGE, limit=self._max_size))
        except (web.RequestPayloadError, web.HTTPBadRequest, ClientPayloadError, ValueError) as error:
            return SoapRefusal(400, NetworkProblem(ProblemCode.SOAP_BODY_BROKEN, reason=str(error)[:200]))
        plain = plain_body(body, request.headers, self._max_size)
        if isinstance(plain, NetworkProblem):
            return SoapRefusal(_STATUS.get(plain.code, 400), plain, headers={"Accept-Encoding": "gzip, deflate"})
        sent = HttpRequest("", body, tuple(request.headers.items()))
        body = plain
        message, envelope = read_envelope(body)
        url = f"{self._scheme}://{request.host}{request.raw_path}"
        return SoapRequest(
            body,
            message,
            envelope,
            url,
            request.raw_path,
            request.remote or "",
            request.headers.get("Authorization"),
            header_problems(request.headers, url, message, envelope),
            _detail(request),
            sent,
        )

    def _described(self, request: web.Request, asked: str) -> web.Response:
        """The WSDL of the version that the query names, or of the newest."""
        from aiohttp import web

        from ocpptui.ocpp.service_description import wsdl_text

        served = self._versions()
        version = Version.parse(asked) if asked else max(served, default=None)
        if version is None or version not in served:
            known = ", ".join(f"?wsdl={one}" for one in served) or "none"
            return web.Response(status=404, text=f"There is no WSDL of this version here, but: {known}.\n")
        peer = _detail(request).get("remoteAddress", "")
        note = {"text": f"The WSDL of the {self._service} of OCPP {version} was sent to {peer}."}
        self._observer.observed(Record(self._clock(), 0, RecordKind.NOTE, origin=Origin.BEHAVIOUR, detail=note), None)
        wsdl = wsdl_text(version, self._service, f"{self._scheme}://{request.host}{request.raw_path.partition('?')[0]}")
        return web.Response(text=wsdl, content_type="text/xml", charset="utf-8")

    def _refused(self, request: web.Request, refusal: SoapRefusal) -> web.Response:
        from aiohttp import web

        detail: ConnectionDetail = {
            "event": ConnectionEvent.REFUSED,
            "url": f"{self._scheme}://{request.host}{request.raw_path}",
            **_detail(request),
            **refusal.problem.detail,
            "httpStatus": refusal.status,
        }
        if refusal.shown:
            detail["firstBytes"] = first_bytes(refusal.shown)
        number = self._observer.next_connection()
        of = (number, RecordKind.CONNECTION, None, refusal.charge_point)
        record = Record(self._clock(), *of, detail=detail, transport=Transport.SOAP)
        self._observer.observed(record, None)
        if refusal.fault:
            body = refusal.fault.encode("utf-8", "replace")
            return web.Response(status=refusal.status, body=body, content_type=CONTENT_TYPE, charset="utf-8")
        text = "Not authorized." if refusal.status == 401 else self._observer.words_for(refusal.problem)
        return web.Response(status=refusal.status, text=f"{text}\n", headers=refusal.headers)


_STATUS = {ProblemCode.SOAP_COMPRESSION_UNKNOWN: 415, ProblemCode.MESSAGE_TOO_LARGE: 413}
"""The HTTP status for a body that cannot be unpacked (RFC 9110 section 15.5); of anything else it is 400."""
_UNNAMED = count(1)


async def exchanged(request: SoapRequest, connection: Connection, wire: SoapWire) -> HttpAnswer | None:
    """The answer of our side to a request, which is recorded first; None if there is none in time.

    What is not a request gets a fault, since nobody answers it otherwise.
    """
    message = request.message
    for problem in request.problems:
        connection.remark(problem)
    envelope, is_call = request.envelope, isinstance(message, Message) and message.kind is MessageKind.CALL
    if is_call and envelope is not None and envelope.direction is connection.sends:
        connection.remark(NetworkProblem(ProblemCode.SOAP_SERVICE_OF_SENDER, name=envelope.service))

    def answer_what_is_none() -> None:
        if isinstance(message, Malformed) or message.kind is not MessageKind.CALL:
            words = message.defect.text if isinstance(message, Malformed) else "this is an answer, not a request"
            text = connection.encoding.error(message.id or "", "ProtocolError", words)
            connection.write(text, Origin.BEHAVIOUR)

    is_answer = isinstance(message, Message) and message.kind is not MessageKind.CALL
    key = "" if is_answer else message.id or ""
    return await wire.exchange(request.body, key or f"{UNNAMED}{next(_UNNAMED)}", answer_what_is_none)


def _detail(request: web.Request) -> ConnectionDetail:
    transport = request.transport
    detail: ConnectionDetail = {
        "transport": Transport.SOAP,
        "requestLine": f"{request.method} {request.raw_path} HTTP/{request.version.major}.{request.version.minor}",
        "requestHeaders": header_lines(request.headers.items()),
        "remoteAddress": address_text(transport.get_extra_info("peername")) if transport is not None else "",
    }
    session = None if transport is None else transport.get_extra_info("ssl_object")
    if session is not None:
        detail["tls"] = agreed(session, verified=session.context.verify_mode != 0)
    return detail


def _asked_version(request: web.Request) -> str | None:
    """The version whose WSDL the query asks for, empty for any; None if it asks for none."""
    return next((value for name, value in request.query.items() if name.lower() == "wsdl"), None)


def _response(request: web.Request, answer: HttpAnswer | None) -> web.Response:
    from aiohttp import web

    if answer is CUT_OFF and request.transport is not None:
        request.transport.abort()  # what is returned reaches nobody
    if answer is None:
        return web.Response(status=504, text="There is no answer to this request.\n")
    if answer.headers is not None:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
    return web.Response(status=answer.status, body=answer.body, content_type=CONTENT_TYPE, charset="utf-8")
