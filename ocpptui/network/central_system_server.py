"""The central system's side: listens for any number of charge points on one port."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from websockets.http11 import Request

from ocpptui.network.addresses import ANY, address_text, is_loopback, reachable_hosts, url_host
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.explain_close import GOING_AWAY, SERVICE_RESTART
from ocpptui.network.incoming_handshake import IncomingHandshake
from ocpptui.network.listening_sockets import BACKLOG, listening_sockets
from ocpptui.network.outgoing_handshake import Dialled, dialled_before
from ocpptui.network.problems import CannotListen, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.relayed_connection import Intercept, Relay, RelayLeg, pass_everything
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.upgrade_policy import Admission, Gate, UpgradePolicy
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.ocpp.version import Role
from ocpptui.runtime.clock import Clock, now
from ocpptui.runtime.end_of_turn import EndOfTurn
from ocpptui.runtime.open_files import allow_open_files
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

if TYPE_CHECKING:  # imported with the first request of OCPP-S
    from ocpptui.network.soap_central_system import SoapService
    from ocpptui.network.upstream import SoapUpstream

CLOSE_POLICY = 1008


class CentralSystemServer:
    """Listens; the newest connection of a charge point replaces an older one."""

    def __init__(
        self,
        settings: ServerSettings,
        observer: Observer,
        clock: Clock = now,
        *,
        gate: Gate | None = None,
        intercept: Intercept | None = None,
        soap_upstream: SoapUpstream | None = None,
    ) -> None:
        """`gate` decides about each charge point before it gets an answer; `intercept` decides about each message of a
        proxied connection. With a gate, requests of OCPP-S go on to `soap_upstream`; None: they are refused."""
        self.settings = settings
        self._gate = gate
        self._intercept = intercept or pass_everything
        self._soap_upstream = soap_upstream
        self._tasks = Tasks("central system")
        self._end_of_turn = EndOfTurn()
        self.urls: list[str] = []
        """Every URL that a charge point could use, to which its id is appended; once listening."""
        self.soap_urls: list[str] = []
        """The URLs at the same port for charge points of OCPP-S, if there are some and no port of their own."""
        self.hint: NetworkProblem | None = None
        """What prevents charge points from reaching us, if anything does."""
        self._observer = observer
        self._clock = clock
        self._rules = UpgradePolicy(
            settings.versions,
            settings.assume_version,
            settings.credentials,
            settings.tolerant,
            settings.lenient,
            certificate_required=settings.client_ca is not None,
            organisation=settings.organisation,
            passes_on=gate is not None,
        )
        self._comparing = asyncio.Lock()
        self._context: ssl.SSLContext | None = None
        self._servers: list[asyncio.Server] = []
        self._arrivals: set[IncomingHandshake] = set()
        self._connections: dict[int, Connection] = {}
        self._by_charge_point: dict[str, Connection] = {}

    @property
    def connections(self) -> list[Connection]:
        """The open connections, oldest first."""
        return list(self._connections.values())

    def set_lenient(self, lenient: bool) -> None:
        """Set whether to be lenient with charge points that connect from now on."""
        self._rules = replace(self._rules, lenient=lenient)

    def know_names(self, names_of: Callable[[str], Collection[str]]) -> None:
        """Set what a charge point may call itself in its certificate: its id and, once known, its serial number."""
        self._rules = replace(self._rules, names_of=names_of)

    async def start(self) -> None:
        """Start to listen. Raises CannotListen."""
        settings = self.settings
        if settings.certificate is not None:
            try:
                self._context = await asyncio.to_thread(settings.tls_context)
            except UnusableCertificate as error:
                raise CannotListen(error.problem) from None
        allowed = allow_open_files(settings.max_connections)
        sockets = await listening_sockets(settings.host, settings.port)
        port = sockets[0].getsockname()[1]
        scheme = "ws" if self._context is None else "wss"
        hosts = await asyncio.to_thread(reachable_hosts, settings.host)
        self.urls = [f"{scheme}://{url_host(host)}:{port}/" for host in hosts]
        if settings.soap_port is not None:
            soap_port = port
            if settings.soap_port != port:
                try:
                    further = await listening_sockets(settings.host, settings.soap_port)
                except CannotListen:
                    for sock in sockets:
                        sock.close()
                    raise
                sockets += further
                soap_port = further[0].getsockname()[1]
            scheme = "http" if self._context is None else "https"
            self.urls += [f"{scheme}://{url_host(host)}:{soap_port}/" for host in hosts]
        elif settings.soap_versions and (self._gate is None or self._soap_upstream is not None):
            self.soap_urls = [f"http{url.removeprefix('ws')}" for url in self.urls]
        if is_loopback(settings.host):
            self.hint = NetworkProblem(ProblemCode.LOOPBACK_ONLY)
        elif settings.host in ANY and len(hosts) == 1:
            self.hint = NetworkProblem(ProblemCode.NO_NETWORK)
        elif allowed < settings.max_connections:
            self.hint = NetworkProblem(ProblemCode.FEW_OPEN_FILES, limit=allowed)
        self._record_listening(port)
        loop = asyncio.get_running_loop()
        self._servers = [await loop.create_server(self._arrive, sock=sock, backlog=BACKLOG) for sock in sockets]

    async def close(self) -> None:
        """Stop listening and close every connection with code 1001."""
        for server in self._servers:
            server.close()
        arrivals, connections = list(self._arrivals), self.connections
        await self._tasks.cancel()
        for arrival in arrivals:
            arrival.dismiss()
        if "_soap" in vars(self):
            await self._soap.close()
        for connection in connections:
            connection.begin_close(GOING_AWAY, "the central system is closing")
        for arrival in arrivals:
            await arrival.wire.wait_lost()
        for connection in connections:
            await connection.wait_closed()

    # -- accepting ----------------------------------------------------------------------------------------------

    def _arrive(self) -> asyncio.Protocol:
        """The protocol of a connection that asyncio has accepted."""
        settings = self.settings
        if len(self._arrivals) >= settings.max_connections:
            return _Crowd(self._crowded)
        arrival = IncomingHandshake(
            self,
            settings,
            self._rules,
            self._clock,
            next_number=self._observer.next_connection,
            context=self._context,
            end_of_turn=self._end_of_turn,
        )
        self._arrivals.add(arrival)
        return arrival.wire

    def _crowded(self, remote_address: str) -> None:
        problem = NetworkProblem(ProblemCode.TOO_MANY_HANDSHAKES, limit=self.settings.max_connections)
        detail: ConnectionDetail = {**problem.detail, "remoteAddress": remote_address}
        self._record(self._observer.next_connection(), ConnectionEvent.FAILED, detail)

    @cached_property
    def _soap(self) -> SoapService:
        """What takes the requests of OCPP-S."""
        if self._soap_upstream is not None:
            from ocpptui.network.soap_relay import SoapRelayService

            return SoapRelayService(
                self.settings,
                self._observer,
                self._clock,
                rules=lambda: self._rules,
                context=self._context,
                upstream=self._soap_upstream,
                intercept=self._intercept,
            )
        from ocpptui.network.soap_central_system import SoapService

        return SoapService(self.settings, self._observer, self._clock, rules=lambda: self._rules, context=self._context)

    # -- host of the incoming handshakes ------------------------------------------------------------------------

    def is_full(self) -> bool:
        return len(self._connections) >= self.settings.max_connections

    def takes_post(self, arrival: IncomingHandshake, data: bytes) -> bool:
        """A request of OCPP-S has arrived at the port for WebSockets."""
        if self._gate is not None and self._soap_upstream is None:
            return False
        self._arrivals.discard(arrival)
        if (transport := arrival.wire.let_go()) is not None:
            self._tasks.start(self._soap.take_over(transport, arrival.wire.tls, data), "SOAP connection")
        return True

    def asks_first(
        self, arrival: IncomingHandshake, admission: Admission, request: Request, detail: ConnectionDetail
    ) -> bool:
        if self._gate is None:
            return False
        self._tasks.start(self._ask(self._gate, arrival, admission, request, detail), "admission")
        return True

    async def _ask(
        self,
        gate: Gate,
        arrival: IncomingHandshake,
        admission: Admission,
        request: Request,
        detail: ConnectionDetail,
    ) -> None:
        judgement = await gate.admit(admission, request)
        if arrival in self._arrivals:
            arrival.settle(judgement, request, detail)
        if isinstance(judgement, Admission) and judgement.upstream is not None and not arrival.is_admitted:
            judgement.upstream.wire.abort()  # the charge point has disconnected, or its request was wrong

    def works_first(self, arrival: IncomingHandshake, work: Callable[[], None], request: Request) -> None:
        self._tasks.start(self._work(arrival, work, request), "comparison of passwords")

    async def _work(self, arrival: IncomingHandshake, work: Callable[[], None], request: Request) -> None:
        async with self._comparing:  # one at a time: each takes a core and 16 MiB
            await asyncio.to_thread(work)
        if arrival in self._arrivals:
            arrival.worked(request)

    def words_for(self, problem: NetworkProblem) -> str:
        return self._observer.words_for(problem)

    def admitted(self, arrival: IncomingHandshake, admission: Admission, detail: ConnectionDetail) -> None:
        settings = self.settings
        relay = None
        if admission.is_relayed:
            relay = self._relay(arrival, admission)
            connection: Connection = relay.charge_point
            if admission.upstream is not None:
                detail = {**detail, "upstream": {"url": admission.upstream.url, **admission.upstream.detail}}
        else:
            connection = Connection(
                arrival.wire,
                self._observer,
                self._clock,
                number=arrival.number,
                charge_point=admission.charge_point,
                version=admission.version,
                role=Role.CENTRAL_SYSTEM,
                url=arrival.url,
                ping_interval=settings.ping_interval,
                ping_timeout=settings.ping_timeout,
                at_end=self._ended,
            )
            arrival.wire.attach(connection)
        self._arrivals.discard(arrival)
        self._connections[connection.number] = connection
        older = self._by_charge_point.get(connection.charge_point)
        self._by_charge_point[connection.charge_point] = connection
        if older is not None:
            detail = {**detail, "replaces": older.number}
        (connection if relay is None else relay).start(detail)
        if older is not None:
            older.begin_close(CLOSE_POLICY, f"replaced by connection {connection.number}")

    def _relay(self, arrival: IncomingHandshake, admission: Admission) -> Relay:
        """The connection that joins a charge point to the upstream central system."""

        def leg(wire: WebSocketTransport, role: Role, url: str) -> RelayLeg:
            return RelayLeg(
                wire,
                self._observer,
                self._clock,
                number=arrival.number,
                charge_point=admission.charge_point,
                version=admission.version,
                role=role,
                url=url,
                at_end=self._ended,
            )

        def beyond(dialled: Dialled) -> RelayLeg:
            return leg(dialled.wire, Role.CHARGE_POINT, dialled.url)

        def missed(relay: Relay) -> None:
            assert admission.again is not None
            self._tasks.start(self._resume(relay, admission.again(), beyond), "upstream again")

        return Relay(
            leg(arrival.wire, Role.CENTRAL_SYSTEM, arrival.url),
            None if admission.upstream is None else beyond(admission.upstream),
            self._intercept,
            missed=None if admission.again is None else missed,
            answers_alone=admission.answers_alone,
        )

    async def _resume(
        self, relay: Relay, again: Coroutine[Any, Any, Dialled], beyond: Callable[[Dialled], RelayLeg]
    ) -> None:
        """Join a charge point to its central system as soon as that is back."""
        dialled = await dialled_before(again, relay.charge_point.wait_closed())
        if dialled is not None and relay.is_over:
            dialled.wire.abort()
            dialled = None
        if dialled is None:
            return
        if dialled.subprotocol != relay.charge_point.subprotocol:
            dialled.wire.abort()
            relay.charge_point.begin_close(SERVICE_RESTART, "the central system is there, with another subprotocol")
        else:
            relay.resume(beyond(dialled), dialled.detail)

    def turned_away(
        self, arrival: IncomingHandshake, event: ConnectionEvent, charge_point: str, detail: ConnectionDetail
    ) -> None:
        self._record(arrival.number, event, detail, charge_point)

    def gone(self, arrival: IncomingHandshake) -> None:
        self._arrivals.discard(arrival)

    def _ended(self, connection: Connection) -> ConnectionDetail:
        del self._connections[connection.number]
        if self._by_charge_point.get(connection.charge_point) is connection:
            del self._by_charge_point[connection.charge_point]
        return {}

    # -- records ------------------------------------------------------------------------------------------------

    def _record_listening(self, port: int) -> None:
        detail: ConnectionDetail = {
            "urls": self.urls,
            "host": self.settings.host,
            "port": port,
            "versions": [str(one) for one in dict.fromkeys((*self.settings.versions, *self.settings.soap_versions))],
            "tls": self._context is not None,
            "credentials": self.settings.credentials is not None,
        }
        if self.hint is not None:
            detail |= self.hint.detail
        self._record(0, ConnectionEvent.LISTENING, detail)

    def _record(self, number: int, event: ConnectionEvent, detail: ConnectionDetail, charge_point: str = "") -> None:
        whole: ConnectionDetail = {"event": event, **detail}
        self._observer.observed(
            Record(self._clock(), number, RecordKind.CONNECTION, None, charge_point, detail=whole), None
        )


class _Crowd(asyncio.Protocol):
    """A connection that is dropped at once."""

    def __init__(self, dropped: Callable[[str], None]) -> None:
        self._dropped = dropped

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._dropped(address_text(transport.get_extra_info("peername")))
        transport.close()
