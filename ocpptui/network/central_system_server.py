"""The central system's side: listens for any number of charge points on one port."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from websockets.http11 import Request

from ocpptui.network import limits
from ocpptui.network.addresses import ANY, address_text, is_loopback, reachable_hosts, url_host
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.credential_table import CredentialTable
from ocpptui.network.credentials import Credentials
from ocpptui.network.explain_close import GOING_AWAY, SERVICE_RESTART
from ocpptui.network.incoming_handshake import IncomingHandshake
from ocpptui.network.outgoing_handshake import Dialled
from ocpptui.network.problems import CannotListen, InvalidSetting, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.relayed_connection import Intercept, Relay, RelayLeg, pass_everything
from ocpptui.network.security_profile import check_profile_of_central_system
from ocpptui.network.tls import check_server_files, server_context
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.network.upgrade_policy import Admission, Gate, UpgradePolicy
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.runtime.clock import Clock, now
from ocpptui.runtime.end_of_turn import EndOfTurn
from ocpptui.runtime.open_files import allow_open_files
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

CLOSE_POLICY = 1008
BACKLOG = 1024
"""How many connections the operating system queues until they are accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How a central system listens. Times are in seconds, sizes in bytes, files in PEM. Raises InvalidSetting."""

    host: str = "127.0.0.1"
    """A name or an address; 0.0.0.0 or :: for every address of this machine."""
    port: int = 9000
    """0: any free port."""
    versions: tuple[Version, ...] = tuple(reversed(Version.spoken(Transport.JSON)))
    """Accepted at the same time; the charge point's order of preference decides."""
    assume_version: Version | None = None
    """The version of a charge point that offers no subprotocol, or none of ours; None: it is refused."""
    credentials: Credentials | CredentialTable | None = None
    """The credentials that a charge point must send; a user of None means its id."""
    certificate: str | None = None
    """Our certificate chain; if set, we speak wss."""
    key: str | None = None
    client_ca: str | None = None
    """Require a client certificate of this CA, with the charge point's id as its name (security profile 3)."""
    second_certificate: str | None = None
    """A further chain, whose key is of the other kind: of RSA beside an elliptic curve."""
    second_key: str | None = None
    organisation: str | None = None
    """The organisation (O) that a client certificate must have: the name of the operator (A00.FR.404)."""
    tls_terms: TlsTerms = TlsTerms()
    """Versions, suites, revocation lists of TLS."""
    security_profile: int | None = None
    """The profile that all of this has to be; None: whatever it is."""
    max_connections: int = limits.MAX_CONNECTIONS
    """The most charge points connected at once; further ones are refused with status 503."""
    max_size: int = limits.MAX_SIZE
    queue_depth: int = limits.QUEUE_DEPTH
    """How many messages are read from a peer that does not read ours."""
    compression: bool = True
    """Accept permessage-deflate (RFC 7692)."""
    ping_interval: float | None = limits.PING_INTERVAL
    """None: send no pings."""
    ping_timeout: float | None = limits.PING_TIMEOUT
    """How long a peer that answers pings may leave a ping unanswered."""
    open_timeout: float = limits.OPEN_TIMEOUT
    """The time limits of the TLS handshake and of the upgrade, each."""
    close_timeout: float = limits.CLOSE_TIMEOUT
    """How long the peer may take to answer a Close frame and to end the TCP connection."""
    tolerant: bool = True
    """Accept an upgrade request without `Connection: Upgrade`."""
    lenient: bool = False
    """Accept a charge point whose subprotocol, user name, certificate or path is slightly wrong; record the faults."""

    def __post_init__(self) -> None:
        check_server_files(
            self.certificate, self.key, self.client_ca, second=self.second_certificate, crl=self.tls_terms.crl
        )
        if self.organisation is not None and self.client_ca is None:
            problem = NetworkProblem(ProblemCode.ORGANISATION_WITHOUT_CLIENT_CA, name=self.organisation)
            raise InvalidSetting(problem)
        if self.security_profile is not None:
            check_profile_of_central_system(
                self.security_profile,
                has_password=self.credentials is not None,
                has_certificate=self.certificate is not None,
                has_client_ca=self.client_ca is not None,
            )

    def tls_context(self, *, asks_clients: bool = True) -> ssl.SSLContext | None:
        """For the connections of charge points, None without TLS; without `asks_clients`, no client certificate is
        demanded. It blocks. Raises UnusableCertificate."""
        if self.certificate is None:
            return None
        second = None if self.second_certificate is None else (self.second_certificate, self.second_key)
        client_ca = self.client_ca if asks_clients else None
        return server_context(self.certificate, self.key, client_ca, second=second, terms=self.tls_terms)


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
    ) -> None:
        """`gate` decides about each charge point before it gets an answer; `intercept` decides about each message of a
        proxied connection."""
        self.settings = settings
        self._gate = gate
        self._intercept = intercept or pass_everything
        self._tasks = Tasks("central system")
        self._end_of_turn = EndOfTurn()
        self.urls: list[str] = []
        """Every URL that a charge point could use, to which its id is appended; once listening."""
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
            self._rules,
            self._clock,
            number=self._observer.next_connection(),
            context=self._context,
            max_size=settings.max_size,
            compression=settings.compression,
            open_timeout=settings.open_timeout,
            close_timeout=settings.close_timeout,
            queue_depth=settings.queue_depth,
            end_of_turn=self._end_of_turn,
        )
        self._arrivals.add(arrival)
        return arrival.wire

    def _crowded(self, remote_address: str) -> None:
        problem = NetworkProblem(ProblemCode.TOO_MANY_HANDSHAKES, limit=self.settings.max_connections)
        detail: ConnectionDetail = {**problem.detail, "remoteAddress": remote_address}
        self._record(self._observer.next_connection(), ConnectionEvent.FAILED, detail)

    # -- host of the incoming handshakes ------------------------------------------------------------------------

    def is_full(self) -> bool:
        return len(self._connections) >= self.settings.max_connections

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
        """Join a charge point to its central system as soon as that is there again."""
        tasks = Tasks("upstream")
        dialling = tasks.start(again, "dial")
        leaving = tasks.start(relay.charge_point.wait_closed(), "charge point leaves")
        try:
            await asyncio.wait((dialling, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await tasks.cancel()
            dialled = None if dialling.cancelled() else dialling.result()
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
            "versions": [str(version) for version in self.settings.versions],
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


async def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """One listening socket for each address of the host, all on the same port. Raises CannotListen."""
    where = f"{url_host(host)}:{port}"
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, ValueError) as error:  # ValueError: no name can be written like this
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else ""
        problem = NetworkProblem(ProblemCode.HOST_UNKNOWN, address=where, reason=reason)
        raise CannotListen(problem) from None
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    for family, _, _, _, address in found:
        free_port = sockets[0].getsockname()[1] if sockets else port
        dualstack = host == "::" and family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        try:
            sock = socket.create_server(
                (address[0], free_port, *address[2:]), family=family, backlog=BACKLOG, dualstack_ipv6=dualstack
            )
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                missing = error  # a name may have an address of a family that this machine does not support
                continue
            for other in sockets:
                other.close()
            raise CannotListen(_why_not(error, where)) from None
        sock.setblocking(False)
        sockets.append(sock)
    if missing is not None and not sockets:
        raise CannotListen(_why_not(missing, where)) from None
    return sockets


def _why_not(error: OSError, where: str) -> NetworkProblem:
    code = _LISTENING_ERRORS.get(error.errno or 0)
    if code is not None:
        return NetworkProblem(code, address=where)
    return NetworkProblem(ProblemCode.CANNOT_LISTEN, address=where, reason=error.strerror or str(error))


_LISTENING_ERRORS = {
    errno.EADDRINUSE: ProblemCode.PORT_IN_USE,
    errno.EACCES: ProblemCode.PORT_NEEDS_RIGHTS,
    errno.EADDRNOTAVAIL: ProblemCode.ADDRESS_OF_ANOTHER_MACHINE,
}
