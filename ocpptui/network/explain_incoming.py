"""Why a peer of a central system never sent a complete upgrade request, or one that cannot open a WebSocket."""

from __future__ import annotations

import re
import ssl

from websockets.exceptions import InvalidHeader, InvalidMessage, InvalidMethod, InvalidProtocol, SecurityError

from ocpptui.network.callbacks import HeadTooLong, HttpNotSpoken, TlsOnPlainPort
from ocpptui.network.client_hello import client_hello
from ocpptui.network.foreign_protocol import foreign_protocol
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
        if _is_foreign(wire):
            return _without_http(bytes(wire.head))
        code = ProblemCode.PEER_SENT_HALF_A_REQUEST if wire.head else ProblemCode.PEER_SILENT
        return NetworkProblem(ProblemCode.PEER_TLS_TIMED_OUT if _is_in_tls(wire) else code, timeout=timeout)
    if isinstance(error, TlsOnPlainPort):
        return NetworkProblem(ProblemCode.PEER_WITH_TLS)
    if isinstance(error, HttpNotSpoken):
        return _without_http(bytes(wire.head))
    if isinstance(error, HeadTooLong):
        return NetworkProblem(ProblemCode.REQUEST_TOO_LONG)
    if isinstance(error, SecurityError):
        return _with_reason(ProblemCode.REQUEST_TOO_LONG, error)
    if isinstance(error.__cause__, EOFError) and wire.ended_by_peer:
        return why_left(wire, None)
    if isinstance(error, InvalidMessage):
        return _not_http_1(bytes(wire.head)) or _with_reason(ProblemCode.REQUEST_INVALID, error.__cause__)
    return _with_reason(ProblemCode.REQUEST_NOT_TAKEN, error)


def why_left(wire: WebSocketTransport, error: Exception | None) -> NetworkProblem:
    """The problem of a peer that ended the connection; `error` is that of the socket."""
    if _is_in_tls(wire) and wire.head:
        demands = wire.tls is not None and wire.tls.session.context.verify_mode is ssl.CERT_REQUIRED
        return NetworkProblem(ProblemCode.PEER_TLS_CUT_AT_CERTIFICATE if demands else ProblemCode.PEER_TLS_CUT)
    if _is_foreign(wire):
        return _without_http(bytes(wire.head))
    code = ProblemCode.PEER_LEFT_IN_REQUEST if wire.head else ProblemCode.PEER_LEFT_SILENTLY
    return _with_reason(code, error if isinstance(error, OSError) else None)


def why_not_upgraded(error: Exception | None, tolerant: bool) -> NetworkProblem:
    """The problem of a request for a WebSocket that breaks RFC 6455, from the error of `websockets`."""
    if isinstance(error, InvalidMethod):
        return NetworkProblem(ProblemCode.REQUEST_OF_OTHER_METHOD, name=error.method[:LONGEST])
    if isinstance(error, InvalidProtocol):
        return NetworkProblem(ProblemCode.REQUEST_OF_OTHER_HTTP, name=error.protocol[:LONGEST])
    if isinstance(error, InvalidHeader):
        if error.name == "Connection" and not tolerant:
            return NetworkProblem(ProblemCode.CONNECTION_HEADER_REMOVED)
        codes = _OF_HEADER.get(error.name)
        if codes is not None and error.value is None:
            return NetworkProblem(codes[0])
        if codes is not None:
            return NetworkProblem(codes[1], other=(error.value or "")[:LONGEST])
    return NetworkProblem(ProblemCode.UPGRADE_REQUEST_WRONG, reason=str(error))


LONGEST = 60
"""How many characters of what a peer wrote a sentence repeats."""
_OF_HEADER = {
    "Sec-WebSocket-Key": (ProblemCode.WEBSOCKET_KEY_MISSING, ProblemCode.WEBSOCKET_KEY_WRONG),
    "Sec-WebSocket-Version": (ProblemCode.WEBSOCKET_VERSION_MISSING, ProblemCode.WEBSOCKET_VERSION_WRONG),
}
"""The problems of a header that is missing, and of one that is wrong."""


def _is_foreign(wire: WebSocketTransport) -> bool:
    """Whether what has arrived instead of a request is not the beginning of one."""
    return bool(wire.head) and not _is_in_tls(wire) and not _MAY_BE_REQUEST.match(wire.head)


def _without_http(head: bytes) -> NetworkProblem:
    problem = NetworkProblem(ProblemCode.PEER_WITHOUT_HTTP, first=first_bytes(head, 60))
    if (protocol := foreign_protocol(head)) is not None:
        problem.facts["name"] = protocol
    return problem


def _not_http_1(head: bytes) -> NetworkProblem | None:
    """The problem of what is not a request of HTTP/1; None if it is one, with another fault."""
    line = head.partition(b"\n")[0].rstrip(b"\r")
    if not _METHOD.match(line):
        return _without_http(head)
    version = _HTTP.search(line)
    if version is not None and not version[1].startswith(b"1."):
        return NetworkProblem(ProblemCode.REQUEST_OF_OTHER_HTTP, name=f"HTTP/{version[1].decode('ascii')}")
    return None


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
        problem = NetworkProblem(ProblemCode.PEER_WITHOUT_TLS_OR_HTTP, first=first_bytes(head, 60))
        if (protocol := foreign_protocol(head)) is not None:
            problem.facts["name"] = protocol
        return problem
    assert wire.tls is not None
    return problem_of_charge_point(error, oldest=oldest_version(wire.tls.session.context), hello=client_hello(head))


_REQUEST = re.compile(rb"[A-Z]+ \S+ HTTP/")
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} +[/*a-zA-Z]")
"""What the first line of a request begins with (RFC 9112 section 3)."""
_MAY_BE_REQUEST = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}(?: |\Z)")
"""The same for one that has just begun."""
_HTTP = re.compile(rb" HTTP/(\d[\d.]{0,9})\Z")
