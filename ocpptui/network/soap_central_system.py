"""The central system's side of OCPP-S: an HTTP endpoint at which charge points post their requests.

A charge point has one connection as long as it goes on posting; calls to it go to the address that it names in From, or
to the one that the user gives. Source: OCPP-S 1.6 section 2.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from ocpptui.network import limits
from ocpptui.network.addresses import address_text, url_host
from ocpptui.network.central_system_server import listening_sockets
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.credential_table import CredentialTable
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.soap_posts import SoapPosts
from ocpptui.network.soap_wire import CONTENT_TYPE, UNNAMED, HttpAnswer, SoapWire
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.service_types import VERSIONS
from ocpptui.ocpp.soap_dialect import ANONYMOUS, SoapDialect
from ocpptui.ocpp.soap_encoding import Envelope, read_envelope
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

if TYPE_CHECKING:  # imported when the endpoint is opened
    from aiohttp import web

EXPIRY_STEP = 30.0
"""Seconds between two looks for charge points that are silent."""


@dataclass(frozen=True, slots=True)
class SoapServerSettings:
    """How a central system takes requests of OCPP-S. Times are in seconds."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: any free port."""
    versions: tuple[Version, ...] = VERSIONS
    credentials: Credentials | CredentialTable | None = None
    """What a charge point must send; a user of None means its id."""
    callback: str = ""
    """The URL at which charge points take requests, in place of the one that they name; `{id}` is the id."""
    max_size: int = limits.MAX_SIZE
    answer_timeout: float = 120.0
    """How long a request waits for its answer."""
    silent_after: float = 7200.0
    """A charge point that posts nothing for so long is gone."""


class SoapService:
    """Takes requests of charge points; each is one connection of the session."""

    def __init__(
        self,
        settings: SoapServerSettings,
        observer: Observer,
        clock: Clock,
        *,
        context: ssl.SSLContext | None = None,
        undelivered: Callable[[Connection, str, NetworkProblem], None],
    ) -> None:
        """`context` makes it HTTPS. `undelivered` learns of each call that could not be posted, with its action."""
        self.settings = settings
        self.url = ""
        """Where charge points have to post, once it listens."""
        self._observer = observer
        self._clock = clock
        self._context = context
        self._undelivered = undelivered
        self._posts = SoapPosts(settings.answer_timeout, settings.max_size)
        self._wires: dict[str, tuple[Connection, SoapWire]] = {}  # by charge point
        self._last: dict[str, float] = {}  # when each has posted last, by the clock of the loop
        self._runner: web.AppRunner | None = None
        self._tasks = Tasks("SOAP endpoint")
        self._unnamed = count(1)

    @property
    def connections(self) -> list[Connection]:
        """The open connections, oldest first."""
        return [connection for connection, _ in self._wires.values()]

    async def start(self) -> None:
        """Start to listen. Raises CannotListen."""
        from aiohttp import web

        sockets = await listening_sockets(self.settings.host, self.settings.port)
        app = web.Application(client_max_size=self.settings.max_size)
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        port = sockets[0].getsockname()[1]
        scheme = "http" if self._context is None else "https"
        self.url = f"{scheme}://{url_host(self.settings.host)}:{port}/"
        for sock in sockets:
            await web.SockSite(self._runner, sock, ssl_context=self._context).start()
        self._tasks.start(self._watch_silence(), "silence")

    async def close(self) -> None:
        """Stop listening and end every connection."""
        found = list(self._wires.values())
        for connection, _ in found:
            connection.begin_close(1001, "the central system is closing")
        for connection, wire in found:
            await connection.wait_closed()
            await wire.release_tasks()
        await self._tasks.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._posts.close()

    async def _watch_silence(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(EXPIRY_STEP, self.settings.silent_after))
            for name, (_, wire) in list(self._wires.items()):
                if loop.time() - self._last[name] > self.settings.silent_after:
                    wire.expire(NetworkProblem(ProblemCode.SOAP_SILENT, timeout=self.settings.silent_after))

    # -- a request ----------------------------------------------------------------------------------------------

    async def _take(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        if request.method != "POST":
            text = "OCPP-S is spoken here: post SOAP envelopes of OCPP 1.2, 1.5 or 1.6.\n"
            return web.Response(status=405, text=text, headers={"Allow": "POST"})
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            self._refused(request, "", NetworkProblem(ProblemCode.MESSAGE_TOO_LARGE, limit=self.settings.max_size))
            raise
        message, envelope = read_envelope(body)
        charge_point = self._charge_point(request, envelope)
        problem = self._problem(request, charge_point, envelope)
        if problem is not None:
            self._refused(request, charge_point, problem)
            status = 401 if self.settings.credentials is not None and problem.step is not None else 400
            challenge = {"WWW-Authenticate": 'Basic realm="OCPP"'} if status == 401 else {}
            return web.Response(status=status, text=f"{self._observer.words_for(problem)}\n", headers=challenge)
        _, wire = self._connection(request, charge_point, envelope)
        self._last[charge_point] = asyncio.get_running_loop().time()
        key = (message.id or "") if isinstance(message, Malformed) else message.id
        answer = await wire.exchange(body, key or f"{UNNAMED}{next(self._unnamed)}")
        return _response(answer)

    def _charge_point(self, request: web.Request, envelope: Envelope | None) -> str:
        named = "" if envelope is None else envelope.charge_point
        return named or identity_in_path(request.raw_path) or (request.remote or "")

    def _problem(self, request: web.Request, charge_point: str, envelope: Envelope | None) -> NetworkProblem | None:
        """Why the request is refused; None if it is not."""
        if self.settings.credentials is not None:
            found = self.settings.credentials.check(request.headers.get("Authorization"), charge_point)
            if isinstance(found, NetworkProblem):
                return found
        version = None if envelope is None else envelope.version
        if version is not None and version not in self.settings.versions:
            return NetworkProblem(ProblemCode.SOAP_VERSION_REFUSED, version=version)
        return None

    def _connection(
        self, request: web.Request, charge_point: str, envelope: Envelope | None
    ) -> tuple[Connection, SoapWire]:
        """The connection of the charge point, made with its first request and anew with another version."""
        version = (None if envelope is None else envelope.version) or None
        address = self._address(charge_point, envelope)
        known = self._wires.get(charge_point)
        if known is not None and version in (None, known[0].version):
            if address:
                known[1].peer_address = address
            return known
        used = version or self.settings.versions[-1]
        number = self._observer.next_connection()
        wire = SoapWire(
            self._posts.post,
            self._clock,
            peer_address=address,
            answer_timeout=self.settings.answer_timeout,
            undelivered=lambda action, problem: self._undelivered(connection, action, problem),
        )
        connection = Connection(
            wire,
            self._observer,
            self._clock,
            number=number,
            charge_point=charge_point,
            version=used,
            role=Role.CENTRAL_SYSTEM,
            url=f"{self.url.rstrip('/')}{request.raw_path}",
            ping_interval=None,
            ping_timeout=None,
            at_end=self._ended,
            encoding=SoapDialect(used, Role.CENTRAL_SYSTEM, charge_point, self.url, address),
        )
        wire.attach(connection)
        detail = self._detail(request)
        if version is None:
            detail["versionAssumed"] = True
        if address:
            detail["callback"] = address
        self._wires[charge_point] = connection, wire
        if known is not None:
            detail["replaces"] = known[0].number
        connection.start(detail)
        if known is not None:
            known[0].begin_close(1000, f"replaced by connection {number}")
        return connection, wire

    def _address(self, charge_point: str, envelope: Envelope | None) -> str:
        """Where the charge point takes requests; empty if nothing says so."""
        if self.settings.callback:
            return self.settings.callback.replace("{id}", quote(charge_point, safe=""))
        named = "" if envelope is None else envelope.sender
        return named if named.startswith(("http://", "https://")) and named != ANONYMOUS else ""

    def _detail(self, request: web.Request) -> ConnectionDetail:
        return {
            "transport": Transport.SOAP,
            "requestLine": f"POST {request.raw_path} HTTP/{request.version.major}.{request.version.minor}",
            "requestHeaders": header_lines(request.headers.items()),
            "remoteAddress": address_text(request.transport.get_extra_info("peername")) if request.transport else "",
        }

    def _refused(self, request: web.Request, charge_point: str, problem: NetworkProblem) -> None:
        detail: ConnectionDetail = {"event": ConnectionEvent.REFUSED, **self._detail(request), **problem.detail}
        number = self._observer.next_connection()
        record = Record(self._clock(), number, RecordKind.CONNECTION, None, charge_point, detail=detail)
        self._observer.observed(record, None)

    def _ended(self, connection: Connection) -> ConnectionDetail:
        known = self._wires.get(connection.charge_point)
        if known is not None and known[0] is connection:
            del self._wires[connection.charge_point]
            self._last.pop(connection.charge_point, None)
        return {}


def _response(answer: HttpAnswer | None) -> web.Response:
    from aiohttp import web

    if answer is None:
        return web.Response(status=504, text="There is no answer to this request.\n")
    return web.Response(status=answer.status, body=answer.body, content_type=CONTENT_TYPE, charset="utf-8")
