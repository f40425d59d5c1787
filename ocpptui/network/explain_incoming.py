"""Why a peer of a central system never sent a complete upgrade request."""

from __future__ import annotations

import re
import ssl

from websockets.exceptions import InvalidMessage

from ocpptui.network.callbacks import HeadTooLong, TlsOnPlainPort
from ocpptui.network.headers import first_bytes
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.tls_errors import is_tls, problem_of_charge_point
from ocpptui.network.tls_terms import oldest_version
from ocpptui.network.websocket_transport import WebSocketTransport


def why_broken(wire: WebSocketTransport, error: Exception, timeout: float) -> NetworkProblem:
    """The problem of a peer that sent something wrong, or nothing within `timeout` seconds."""
    if isinstance(error, ssl.SSLError):
        return _tls(error, wire)
    if isinstance(error, TimeoutError):
        code = ProblemCode.PEER_SENT_HALF_A_REQUEST if wire.head else ProblemCode.PEER_SILENT
        return NetworkProblem(ProblemCode.PEER_TLS_TIMED_OUT if _is_in_tls(wire) else code, timeout=timeout)
    if isinstance(error, TlsOnPlainPort):
        return NetworkProblem(ProblemCode.PEER_WITH_TLS)
    if isinstance(error, HeadTooLong):
        return NetworkProblem(ProblemCode.REQUEST_TOO_LONG)
    if isinstance(error.__cause__, EOFError) and wire.ended_by_peer:
        return why_left(wire, None)
    if isinstance(error, InvalidMessage):
        return _with_reason(ProblemCode.REQUEST_INVALID, error.__cause__)
    return _with_reason(ProblemCode.REQUEST_NOT_TAKEN, error)


def why_left(wire: WebSocketTransport, error: Exception | None) -> NetworkProblem:
    """The problem of a peer that ended the connection; `error` is that of the socket."""
    if _is_in_tls(wire) and wire.head:
        return NetworkProblem(ProblemCode.PEER_TLS_CUT)
    code = ProblemCode.PEER_LEFT_IN_REQUEST if wire.head else ProblemCode.PEER_LEFT_SILENTLY
    return _with_reason(code, error if isinstance(error, OSError) else None)


def _with_reason(code: ProblemCode, error: BaseException | None) -> NetworkProblem:
    if error is None:
        return NetworkProblem(code)
    return NetworkProblem(code, reason=(isinstance(error, OSError) and error.strerror) or str(error))


def _is_in_tls(wire: WebSocketTransport) -> bool:
    return wire.tls is not None and not wire.tls.is_open


def _tls(error: ssl.SSLError, wire: WebSocketTransport) -> NetworkProblem:
    head = bytes(wire.head) if _is_in_tls(wire) else b""
    if error.reason in ("HTTP_REQUEST", "HTTPS_PROXY_REQUEST") or _REQUEST.match(head):
        return NetworkProblem(ProblemCode.PEER_WITHOUT_TLS)
    if not is_tls(head):
        return NetworkProblem(ProblemCode.PEER_WITHOUT_TLS_OR_HTTP, first=first_bytes(head, 60))
    assert wire.tls is not None
    return problem_of_charge_point(error, oldest=oldest_version(wire.tls.session.context))


_REQUEST = re.compile(rb"[A-Z]+ \S+ HTTP/")
