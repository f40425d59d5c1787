"""One TCP connection to a central system, until it is a charge point, refused, or given up."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import Protocol

from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from ocpptui import __version__
from ocpptui.network.client_hello import client_hello
from ocpptui.network.explain_incoming import why_broken, why_left, why_not_upgraded
from ocpptui.network.headers import first_bytes, first_bytes_in_hex, request_lines
from ocpptui.network.problems import ConnectStep, NetworkProblem, ProblemCode
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.tls import ServerSession, agreed, certificate_facts
from ocpptui.network.tls_errors import openssl_words
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.upgrade_policy import Admission, Rejection, UpgradePolicy, decide, offered_subprotocols, slow_check
from ocpptui.network.websocket_transport import LOGGER, TLS_HANDSHAKE, WebSocketTransport
from ocpptui.ocpp.http_headers import CHALLENGE, header_lines
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.end_of_turn import EndOfTurn
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent

SERVER = f"ocpptui/{__version__}"


class Host(Protocol):
    """The owner of an incoming handshake."""

    def is_full(self) -> bool:
        """Whether the maximum number of connections is open."""

    def takes_post(self, arrival: IncomingHandshake, data: bytes) -> bool:
        """Whether a request of OCPP-S, of which `data` has arrived, is taken over with its connection."""

    def asks_first(
        self, arrival: IncomingHandshake, admission: Admission, request: Request, detail: ConnectionDetail
    ) -> bool:
        """Whether a gate decides, and `settle` is called later."""

    def works_first(self, arrival: IncomingHandshake, work: Callable[[], None], request: Request) -> None:
        """Compute it in a thread, then call `worked`."""

    def words_for(self, problem: NetworkProblem) -> str:
        """The sentence with which the peer learns of a problem."""

    def admitted(self, arrival: IncomingHandshake, admission: Admission, detail: ConnectionDetail) -> None:
        """The upgrade was answered; the host attaches a connection to the transport."""

    def turned_away(
        self, arrival: IncomingHandshake, event: ConnectionEvent, charge_point: str, detail: ConnectionDetail
    ) -> None:
        """It failed; called once at most."""

    def gone(self, arrival: IncomingHandshake) -> None:
        """The TCP connection of a refused handshake has ended."""


class IncomingHandshake:
    """The opening handshake of one peer. Its result is reported to the host, once."""

    def __init__(
        self,
        host: Host,
        settings: ServerSettings,
        rules: UpgradePolicy,
        clock: Clock,
        *,
        next_number: Callable[[], int],
        context: ssl.SSLContext | None,
        end_of_turn: EndOfTurn,
    ) -> None:
        """`settings` and `rules` are those of the central system, `context` is for TLS."""
        self._next_number = next_number
        self._examines = settings.examines
        self.url = ""
        """What the peer requested, if that is known."""
        self._host = host
        self._rules = rules
        self._scheme = "ws" if context is None else "wss"
        self._open_timeout = settings.open_timeout
        self.is_admitted = False
        self._settled = False
        self._subprotocol: Subprotocol | None = None
        self._protocol = ServerProtocol(
            extensions=enable_server_permessage_deflate(None) if settings.compression else None,
            select_subprotocol=lambda _protocol, _offered: self._subprotocol,
            max_size=settings.max_size,
            logger=LOGGER,
        )
        self.wire = WebSocketTransport(
            self._protocol,
            clock,
            self,
            tls=TlsLayer(context) if context is not None else None,
            open_timeout=settings.open_timeout,
            close_timeout=settings.close_timeout,
            queue_depth=settings.queue_depth,
            end_of_turn=end_of_turn,
        )

    @cached_property
    def number(self) -> int:
        """The number of its connection; a TCP connection that is handed over to OCPP-S takes none."""
        return self._next_number()

    def dismiss(self) -> None:
        """The central system stops listening."""
        self._fail(NetworkProblem(ProblemCode.STOPPED_LISTENING))
        self.wire.abort()

    # -- Handshake ----------------------------------------------------------------------------------------------

    def ready(self) -> None:
        """The peer sends first."""

    def posted(self, data: bytes) -> None:
        if self._host.takes_post(self, data):
            self._settled = True
            return
        line, headers = request_lines(bytes(self.wire.head))
        problem = NetworkProblem(ProblemCode.SOAP_ON_WEBSOCKET_PORT)
        detail: ConnectionDetail = {
            "requestLine": line,
            "requestHeaders": headers,
            "remoteAddress": self.wire.remote_address,
        }
        self._reject(Rejection(HTTPStatus.NOT_IMPLEMENTED, problem), detail)

    def received(self, event: Request | Response) -> None:
        assert isinstance(event, Request)
        work = slow_check(event, self._rules)
        if work is None:
            self._judge(event)
            return
        self.wire.hold()
        self._host.works_first(self, work, event)

    def worked(self, request: Request) -> None:
        """What is slow has been computed: go on."""
        if not self._judge(request):
            self.wire.release()

    def _judge(self, event: Request) -> bool:
        """Decide about the request; true if a gate does."""
        hosts = event.headers.get_all("Host")
        self.url = f"{self._scheme}://{hosts[0] if hosts else ''}{event.path}"
        detail = self._request_detail(event)
        tls = detail.get("tls")
        certificate = tls.get("certificate") if isinstance(tls, dict) else None
        judgement = decide(event, self._rules, self._host.is_full(), certificate)
        if isinstance(judgement, Admission) and self._host.asks_first(self, judgement, event, detail):
            self.wire.hold()
            return True
        self.settle(judgement, event, detail)
        return False

    def settle(self, judgement: Admission | Rejection, request: Request, detail: ConnectionDetail) -> None:
        """Answer the request: at once, or when the gate has decided."""
        if isinstance(judgement, Rejection):
            self._reject(judgement, detail)
            return
        self._subprotocol = Subprotocol(judgement.subprotocol) if judgement.subprotocol is not None else None
        response = self._protocol.accept(request)
        if response.status_code == 101:
            self._admit(judgement, response, detail)
        else:
            problem = why_not_upgraded(self._protocol.handshake_exc, self._rules.tolerant)
            if problem.code in (ProblemCode.WEBSOCKET_VERSION_WRONG, ProblemCode.WEBSOCKET_VERSION_MISSING):
                response.headers["Sec-WebSocket-Version"] = "13"  # RFC 6455 section 4.4
            self._refuse(response, judgement.charge_point, {**problem.detail, **detail})

    def broken(self, error: Exception) -> None:
        self._fail(why_broken(self.wire, error, self._open_timeout), error)

    def lost(self, error: Exception | None) -> None:
        self._fail(why_left(self.wire, error))
        self._host.gone(self)

    # -- its result ---------------------------------------------------------------------------------------------

    def _admit(self, admission: Admission, response: Response, detail: ConnectionDetail) -> None:
        self._settled = self.is_admitted = True
        response.headers["Server"] = SERVER
        self.wire.respond(response)
        whole: ConnectionDetail = {
            **detail,
            **_response_detail(response),
            "subprotocol": admission.subprotocol,
            "compression": bool(self._protocol.extensions),
        }
        if admission.subprotocol is None:
            whole["versionAssumed"] = True
        if admission.credentials is not None:
            accepted = admission.credentials
            whole["credentials"] = {"user": accepted.user, "matched": accepted.interpretation}
        if admission.tolerated:
            whole["tolerated"] = [problem.tolerated for problem in admission.tolerated]
        self._host.admitted(self, admission, whole)

    def _reject(self, rejection: Rejection, detail: ConnectionDetail) -> None:
        is_secret = rejection.status is HTTPStatus.UNAUTHORIZED
        text = "Not authorized." if is_secret else self._host.words_for(rejection.problem)
        response = self._protocol.reject(rejection.status, f"{text}\n")
        if rejection.body is not None:
            response.body = rejection.body
            del response.headers["Content-Length"], response.headers["Content-Type"]
            response.headers["Content-Length"] = str(len(rejection.body))
        if rejection.status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = rejection.challenge or CHALLENGE
        for name, value in rejection.headers:
            response.headers[name] = value
        if rejection.status is HTTPStatus.UPGRADE_REQUIRED:
            response.headers["Upgrade"] = "websocket"
        whole: ConnectionDetail = {**rejection.problem.detail, **detail}
        if rejection.upstream is not None:
            whole["upstream"] = rejection.upstream
        self._refuse(response, rejection.charge_point, whole)

    def _refuse(self, response: Response, charge_point: str, detail: ConnectionDetail) -> None:
        response.headers["Server"] = SERVER
        self._turn_away(ConnectionEvent.REFUSED, charge_point, {**detail, **_response_detail(response)})
        self.wire.respond(response)

    def _fail(self, problem: NetworkProblem, error: Exception | None = None) -> None:
        detail = problem.detail
        if isinstance(error, ssl.SSLError):
            detail["tlsError"] = error.reason or openssl_words(error)
        if isinstance(error, ssl.SSLCertVerificationError):
            detail["verifyCode"], detail["verifyMessage"] = error.verify_code, error.verify_message
        head = bytes(self.wire.head)
        if head and not (problem.step is ConnectStep.TLS and head.startswith(TLS_HANDSHAKE)):
            detail["firstBytes"] = first_bytes(head)
        if head.startswith(TLS_HANDSHAKE) and (hello := client_hello(head)) is not None:
            detail["clientHello"] = hello
        if self._examines:
            self._examine(head, detail)
        self._turn_away(ConnectionEvent.FAILED, "", {**detail, "remoteAddress": self.wire.remote_address})

    def _examine(self, head: bytes, detail: ConnectionDetail) -> None:
        """Add the facts that only a server that `examines` records, since they take space."""
        if shown := first_bytes_in_hex(head):
            detail["firstBytesHex"] = shown
        session = None if self.wire.tls is None else self.wire.tls.session
        if isinstance(session, ServerSession) and session.presented:
            detail["tls"] = {"verified": False, "certificate": certificate_facts(session.presented[0])}

    def _turn_away(self, event: ConnectionEvent, charge_point: str, detail: ConnectionDetail) -> None:
        if not self._settled:
            self._settled = True
            self._host.turned_away(self, event, charge_point, detail)

    def _request_detail(self, request: Request) -> ConnectionDetail:
        line, headers = request_lines(bytes(self.wire.head))
        detail: ConnectionDetail = {
            "url": self.url,
            "requestLine": line,
            "requestHeaders": headers,
            "subprotocolsOffered": offered_subprotocols(request.headers),
            "remoteAddress": self.wire.remote_address,
        }
        if self.wire.tls is not None:
            session = self.wire.tls.session
            detail["tls"] = agreed(session, verified=session.context.verify_mode is ssl.CERT_REQUIRED)
        return detail


def _response_detail(response: Response) -> ConnectionDetail:
    return {
        "httpStatus": response.status_code,
        "responseStatus": f"{response.status_code} {response.reason_phrase}",
        "responseHeaders": header_lines(response.headers.raw_items()),
    }
