"""One TCP connection that came to a central system, until it is a charge point, or refused, or given up."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

from websockets.exceptions import InvalidMessage
from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from ocpptui import __version__
from ocpptui.link.admission import Admission, Rejection, Rules, judge, offered_subprotocols
from ocpptui.link.clock import Clock
from ocpptui.link.errors import Step
from ocpptui.link.headers import first_bytes, header_lines, request_lines
from ocpptui.link.tls import agreed
from ocpptui.link.wire import LOGGER, HeadTooLong, TlsOnPlainPort, Wire
from ocpptui.timeline.record import Event

REALM = 'Basic realm="ocpptui", charset="UTF-8"'


class Host(Protocol):
    """Who an arrival comes to."""

    def is_full(self) -> bool:
        """There are as many open connections as are allowed."""

    def admitted(self, arrival: Arrival, admission: Admission, detail: Mapping[str, Any]) -> None:
        """The upgrade was answered; the host attaches a connection to the arrival's wire."""

    def turned_away(self, arrival: Arrival, event: Event, charge_point: str, detail: Mapping[str, Any]) -> None:
        """It came to nothing; called once at most."""


class Arrival:
    """The opening handshake of one peer. Whatever comes of it is told to the host, once."""

    def __init__(
        self,
        host: Host,
        rules: Rules,
        clock: Clock,
        *,
        number: int,
        remote_address: str,
        secure: bool,
        max_size: int,
        compression: bool,
        open_timeout: float,
        close_timeout: float,
        queue_depth: int,
    ) -> None:
        self.number = number
        self.url = ""
        """What the peer requested, as far as that is known."""
        self._host = host
        self._rules = rules
        self._remote_address = remote_address
        self._scheme = "wss" if secure else "ws"
        self._open_timeout = open_timeout
        self._settled = False
        self._subprotocol: Subprotocol | None = None
        self._protocol = ServerProtocol(
            extensions=enable_server_permessage_deflate(None) if compression else None,
            select_subprotocol=lambda _protocol, _offered: self._subprotocol,
            max_size=max_size,
            logger=LOGGER,
        )
        self.wire = Wire(
            self._protocol,
            clock,
            self,
            open_timeout=open_timeout,
            close_timeout=close_timeout,
            queue_depth=queue_depth,
        )

    # -- Handshake ----------------------------------------------------------------------------------------------

    def received(self, event: Request | Response) -> None:
        assert isinstance(event, Request)
        self.url = f"{self._scheme}://{event.headers.get_all('Host')[0] if 'Host' in event.headers else ''}{event.path}"
        offered = offered_subprotocols(event.headers)
        judgement = judge(event, self._rules, self._host.is_full())
        if isinstance(judgement, Rejection):
            self._reject(judgement, offered)
            return
        self._subprotocol = Subprotocol(judgement.subprotocol) if judgement.subprotocol is not None else None
        response = self._protocol.accept(event)
        response.headers["Server"] = f"ocpptui/{__version__}"
        if response.status_code != 101:
            error = self._protocol.handshake_exc
            self._settle(
                Event.REFUSED,
                {
                    "step": Step.WEBSOCKET,
                    "error": f"The upgrade request is wrong: {error}.",
                    **self._request_detail(offered),
                    **_response_detail(response),
                },
                judgement.charge_point,
            )
            self.wire.respond(response)
            return
        detail = {
            **self._request_detail(offered),
            **_response_detail(response),
            "subprotocol": judgement.subprotocol,
            "compression": bool(self._protocol.extensions),
        }
        if judgement.subprotocol is None:
            detail["versionAssumed"] = True
            detail["warning"] = f"It named no subprotocol that is served; OCPP {judgement.version} is assumed."
        if judgement.credentials is not None:
            accepted = judgement.credentials
            detail["credentials"] = {"user": accepted.user, "matched": accepted.interpretation}
        if judgement.tolerated:
            detail["tolerated"] = judgement.tolerated
        self._settled = True
        self.wire.respond(response)
        self._host.admitted(self, judgement, detail)

    def broken(self, error: Exception) -> None:
        head = bytes(self.wire.head)
        if isinstance(error, TlsOnPlainPort):
            self._fail(
                Step.HTTP,
                "The peer began a TLS handshake; this port speaks plain WebSocket.",
                "Set ws:// instead of wss:// in the charge point, or listen with --cert and --key.",
                head,
            )
        elif isinstance(error, TimeoutError):
            got = "half a request" if head else "nothing"
            self._fail(
                Step.HTTP,
                f"The peer connected and sent {got} within {self._open_timeout:g} s.",
                "A port scan or health check, or a charge point that speaks another protocol.",
                head,
            )
        elif isinstance(error, HeadTooLong):
            self._fail(Step.HTTP, "The peer sent a request without end.", "", head)
        elif isinstance(error, InvalidMessage):
            cause = f": {error.__cause__}" if error.__cause__ is not None else ""
            self._fail(
                Step.HTTP,
                f"The peer did not send a valid HTTP request{cause}.",
                "It speaks another protocol than HTTP, or broke off.",
                head,
            )
        else:
            self._fail(Step.HTTP, f"The peer's request was not taken: {error}.", "", head)

    def lost(self, error: Exception | None) -> None:
        if isinstance(error, ssl.SSLError):
            self.tls_failed(error)
            return
        head = bytes(self.wire.head)
        when = "in the middle of its request" if head else "without sending anything"
        how = f" ({error.strerror or error})" if isinstance(error, OSError) else ""
        advice = "" if head else "A port scan or health check."
        self._fail(Step.HTTP, f"The peer connected and left {when}{how}.", advice, head)

    def tls_failed(self, error: Exception) -> None:
        """The TLS handshake failed, or what follows it."""
        reason = (error.reason if isinstance(error, ssl.SSLError) else None) or str(error) or type(error).__name__
        sentence, advice = _tls_words(error, reason)
        self._settle(
            Event.FAILED,
            {
                "step": Step.TLS,
                "error": sentence,
                "advice": advice,
                "tlsError": reason,
                "remoteAddress": self._remote_address,
            },
        )

    def dismiss(self) -> None:
        """The central system stops listening."""
        self._fail(Step.TCP, "The central system stopped listening before the handshake was done.", "", b"")
        self.wire.abort()

    def crowded(self) -> None:
        """There are too many connections that have not even sent a request."""
        self._fail(Step.TCP, "There are too many unfinished handshakes; the connection was dropped.", "", b"")

    # -- what the host is told ----------------------------------------------------------------------------------

    def _reject(self, rejection: Rejection, offered: list[str]) -> None:
        text = f"{rejection.sentence}\n" if rejection.status is not HTTPStatus.UNAUTHORIZED else "Not authorized.\n"
        response = self._protocol.reject(rejection.status, text)
        response.headers["Server"] = f"ocpptui/{__version__}"
        if rejection.status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = REALM
        elif rejection.status is HTTPStatus.UPGRADE_REQUIRED:
            response.headers["Upgrade"] = "websocket"
        self._settle(
            Event.REFUSED,
            {
                "step": rejection.step,
                "error": rejection.sentence,
                "advice": rejection.advice,
                **self._request_detail(offered),
                **_response_detail(response),
            },
            rejection.charge_point,
        )
        self.wire.respond(response)

    def _request_detail(self, offered: list[str]) -> dict[str, Any]:
        line, headers = request_lines(bytes(self.wire.head))
        detail: dict[str, Any] = {
            "url": self.url,
            "requestLine": line,
            "requestHeaders": headers,
            "subprotocolsOffered": offered,
            "remoteAddress": self._remote_address,
        }
        transport = self.wire.transport
        session = transport.get_extra_info("ssl_object") if transport is not None else None
        if session is not None:
            detail["tls"] = agreed(session, verified=session.context.verify_mode is ssl.CERT_REQUIRED)
        return detail

    def _fail(self, step: Step, sentence: str, advice: str, head: bytes) -> None:
        detail: dict[str, Any] = {"step": step, "error": sentence, "advice": advice}
        if head:
            detail["firstBytes"] = first_bytes(head)
        self._settle(Event.FAILED, {**detail, "remoteAddress": self._remote_address})

    def _settle(self, event: Event, detail: Mapping[str, Any], charge_point: str = "") -> None:
        if not self._settled:
            self._settled = True
            self._host.turned_away(self, event, charge_point, detail)


def _response_detail(response: Response) -> dict[str, Any]:
    return {
        "httpStatus": response.status_code,
        "responseStatus": f"{response.status_code} {response.reason_phrase}",
        "responseHeaders": header_lines(response.headers.raw_items()),
    }


def _tls_words(error: Exception, reason: str) -> tuple[str, str]:
    words = reason.replace("_", " ").lower()
    if reason == "HTTP_REQUEST":
        return (
            "The peer spoke plain HTTP; this port speaks TLS.",
            "Set wss:// instead of ws:// in the charge point.",
        )
    if "UNKNOWN_CA" in reason or "CERTIFICATE_UNKNOWN" in reason or "BAD_CERTIFICATE" in reason:
        return (
            f"The peer does not trust our certificate: {words}.",
            "Install the CA of our certificate in the charge point.",
        )
    if "PEER_DID_NOT_RETURN_A_CERTIFICATE" in reason:
        return (
            "The peer showed no certificate, and one is asked for (security profile 3).",
            "Install a client certificate in the charge point, or listen without --client-ca.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The peer's certificate is not trusted: {error.verify_message}.",
            "It must be signed by the CA of --client-ca.",
        )
    if not isinstance(error, ssl.SSLError):
        how = words if str(error) else "it ended the connection"
        return f"The peer did not finish the TLS handshake: {how}.", "A port scan, or a peer that does not speak TLS."
    return (
        f"The TLS handshake with the peer failed: {words}.",
        "Compare the TLS versions and cipher suites of both sides; does the charge point speak TLS here at all?",
    )
