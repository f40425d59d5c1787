"""What a peer was that came to a central system and never got as far as an upgrade request."""

from __future__ import annotations

import ssl
from typing import NamedTuple

from websockets.exceptions import InvalidMessage

from ocpptui.network.callbacks import HeadTooLong, TlsOnPlainPort
from ocpptui.network.problems import ConnectStep
from ocpptui.network.websocket_transport import WebSocketTransport


class IncomingProblem(NamedTuple):
    """Why nothing came of it, and what to try."""

    step: ConnectStep
    sentence: str
    advice: str = ""


def why_broken(wire: WebSocketTransport, error: Exception, timeout: float) -> IncomingProblem:
    """Of a peer that sent something wrong, or nothing within `timeout` seconds."""
    if isinstance(error, ssl.SSLError):
        return _tls(error)
    if isinstance(error, TimeoutError) and _is_in_tls(wire):
        return IncomingProblem(
            ConnectStep.TLS,
            f"The peer did not finish the TLS handshake within {timeout:g} s.",
            "A port scan or health check, or a peer that does not speak TLS.",
        )
    if isinstance(error, TimeoutError):
        got = "half a request" if wire.head else "nothing"
        return IncomingProblem(
            ConnectStep.HTTP,
            f"The peer connected and sent {got} within {timeout:g} s.",
            "A port scan or health check, or a charge point that speaks another protocol.",
        )
    if isinstance(error, TlsOnPlainPort):
        return IncomingProblem(
            ConnectStep.HTTP,
            "The peer began a TLS handshake; this port speaks plain WebSocket.",
            "Set ws:// instead of wss:// in the charge point, or listen with --cert and --key.",
        )
    if isinstance(error, HeadTooLong):
        return IncomingProblem(ConnectStep.HTTP, "The peer sent a request without end.")
    if isinstance(error.__cause__, EOFError) and wire.ended_by_peer:
        return why_left(wire, None)
    if isinstance(error, InvalidMessage):
        cause = f": {error.__cause__}" if error.__cause__ is not None else ""
        return IncomingProblem(
            ConnectStep.HTTP,
            f"The peer did not send a valid HTTP request{cause}.",
            "It speaks another protocol than HTTP, or broke off.",
        )
    return IncomingProblem(ConnectStep.HTTP, f"The peer's request was not taken: {error}.")


def why_left(wire: WebSocketTransport, error: Exception | None) -> IncomingProblem:
    """Of a peer that ended the connection; `error` is what the socket said."""
    if _is_in_tls(wire) and wire.head:
        return IncomingProblem(
            ConnectStep.TLS,
            "The peer ended the connection in the middle of the TLS handshake.",
            "It may not trust our certificate, and not say so.",
        )
    how = f" ({error.strerror or error})" if isinstance(error, OSError) else ""
    if wire.head:
        return IncomingProblem(ConnectStep.HTTP, f"The peer connected and left in the middle of its request{how}.")
    return IncomingProblem(
        ConnectStep.HTTP, f"The peer connected and left without sending anything{how}.", "A port scan or health check."
    )


def _is_in_tls(wire: WebSocketTransport) -> bool:
    return wire.tls is not None and not wire.tls.is_open


def _tls(error: ssl.SSLError) -> IncomingProblem:
    reason = error.reason or str(error)
    words = reason.replace("_", " ").lower()
    if reason == "HTTP_REQUEST":
        return IncomingProblem(
            ConnectStep.TLS,
            "The peer spoke plain HTTP; this port speaks TLS.",
            "Set wss:// instead of ws:// in the charge point.",
        )
    if "ALERT_UNKNOWN_CA" in reason or "CERTIFICATE_UNKNOWN" in reason or "BAD_CERTIFICATE" in reason:
        return IncomingProblem(
            ConnectStep.TLS,
            f"The peer does not trust our certificate: {words}.",
            "Install the CA of our certificate in the charge point.",
        )
    if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return IncomingProblem(
            ConnectStep.TLS,
            "The peer showed no certificate, and one is asked for (security profile 3).",
            "Install a client certificate in the charge point, or listen without --client-ca.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return IncomingProblem(
            ConnectStep.TLS,
            f"The peer's certificate is not trusted: {error.verify_message}.",
            "It must be signed by the CA of --client-ca.",
        )
    return IncomingProblem(
        ConnectStep.TLS,
        f"The TLS handshake with the peer failed: {words}.",
        "Compare the TLS versions and cipher suites of both sides; does the charge point speak TLS here at all?",
    )
