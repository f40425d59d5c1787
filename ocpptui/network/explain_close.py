"""How a connection ended, and which side ended it."""

from __future__ import annotations

import ssl
from typing import Protocol as Interface

from websockets.exceptions import PayloadTooBig
from websockets.protocol import Protocol

from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.tls_errors import alert_of, openssl_words
from ocpptui.timeline.connection_detail import ConnectionDetail

NORMAL = 1000
GOING_AWAY = 1001
NO_STATUS = 1005
ABNORMAL = 1006
SERVICE_RESTART = 1012
FINE = (NORMAL, GOING_AWAY, NO_STATUS)
"""Codes of a connection that ended normally (RFC 6455 section 7.4.1)."""
SERVER_AWAY = (GOING_AWAY, ABNORMAL, 1011, SERVICE_RESTART, 1013, 1014)
"""Codes of a server that is down or about to be, and not done with this client (RFC 6455 section 7.4.1, IANA registry
of close codes)."""


class EndedWire(Interface):
    """What is asked of a WebSocket that has ended."""

    @property
    def protocol(self) -> Protocol: ...

    timed_out: bool
    ended_by_peer: bool


def closing_detail(wire: EndedWire, error: Exception | None, ping_unanswered: bool) -> ConnectionDetail:
    """`closeCode`, `closeReason`, `closedBy`, and the problem if the end was not clean, for the record.

    `closedBy` is who began: `peer`, `us`, or `nobody` if the TCP connection ended without a Close frame.
    """
    protocol = wire.protocol
    received, sent = protocol.close_rcvd, protocol.close_sent
    if received is not None and (sent is None or protocol.close_rcvd_then_sent):
        detail = _closed("peer", received.code, received.reason)
        if received.code not in FINE:
            problem = NetworkProblem(ProblemCode.CLOSED_WITH_CODE, closeCode=received.code)
            if received.reason:
                problem.facts["reason"] = received.reason
            detail |= problem.detail
        return detail
    if sent is None:
        return _closed("nobody", ABNORMAL, "") | _cut(wire, error).detail
    detail = _closed("us", sent.code, sent.reason)
    if received is not None and received.code != sent.code:
        detail["peerCloseCode"] = received.code
    if ping_unanswered:
        return detail | NetworkProblem(ProblemCode.PING_UNANSWERED).detail
    if protocol.parser_exc is not None and sent.code not in FINE:
        return detail | _breach(protocol, protocol.parser_exc).detail
    if received is None:
        code = ProblemCode.CLOSE_UNANSWERED if wire.timed_out else ProblemCode.CLOSE_CUT
        return detail | NetworkProblem(code).detail
    return detail


def _closed(by: str, code: int, reason: str) -> ConnectionDetail:
    return {"closeCode": code, "closeReason": reason, "closedBy": by}


def _breach(protocol: Protocol, error: Exception) -> NetworkProblem:
    """The problem of what the peer sent and the WebSocket protocol, or we, do not allow."""
    code = ProblemCode.WEBSOCKET_BROKEN
    if isinstance(error, PayloadTooBig):
        code = ProblemCode.MESSAGE_TOO_LARGE
    elif "reserved bits" in str(error) and not protocol.extensions:
        code = ProblemCode.COMPRESSED_UNASKED
    return NetworkProblem(code, reason=str(error))


def _cut(wire: EndedWire, error: Exception | None) -> NetworkProblem:
    """How the TCP connection ended without a Close frame."""
    if isinstance(error, ConnectionResetError):
        return NetworkProblem(ProblemCode.RESET)
    if isinstance(error, ssl.SSLError):
        return NetworkProblem(ProblemCode.TLS_BROKEN, reason=alert_of(error) or openssl_words(error))
    if error is not None:
        return NetworkProblem(ProblemCode.CUT, reason=str(error) or type(error).__name__)
    return NetworkProblem(ProblemCode.CUT_BY_PEER if wire.ended_by_peer else ProblemCode.CUT_BY_US)
