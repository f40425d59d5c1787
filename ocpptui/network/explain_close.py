"""How a connection ended, and which side ended it."""

from __future__ import annotations

from typing import Any

from websockets.exceptions import PayloadTooBig
from websockets.frames import CLOSE_CODE_EXPLANATIONS

from ocpptui.network.websocket_transport import WebSocketTransport

NO_STATUS = 1005
ABNORMAL = 1006
FINE = (1000, 1001, NO_STATUS)
"""Codes of a connection that ended as it should (RFC 6455 section 7.4.1)."""


def closing_detail(wire: WebSocketTransport, error: Exception | None, ping_unanswered: bool) -> dict[str, Any]:
    """`closeCode`, `closeReason` and `closedBy`, and `error` and `advice` where the end was not clean, for the record.

    `closedBy` is who began: `peer`, `us`, or `nobody` where the TCP connection ended without a Close frame.
    """
    protocol = wire.protocol
    received, sent = protocol.close_rcvd, protocol.close_sent
    if received is not None and (sent is None or protocol.close_rcvd_then_sent):
        detail: dict[str, Any] = _closed("peer", received.code, received.reason)
        if received.code not in FINE:
            detail["error"] = f"The peer closed the connection: {_code_text(received.code, received.reason)}."
        return detail
    if sent is None:
        return _closed("nobody", ABNORMAL, "") | _abnormal(wire, error)
    detail = _closed("us", sent.code, sent.reason)
    if received is not None and received.code != sent.code:
        detail["peerCloseCode"] = received.code
    if ping_unanswered:
        detail["error"] = "The peer answered earlier pings and not this one; it was taken for gone."
    elif isinstance(protocol.parser_exc, PayloadTooBig):
        detail["error"] = f"The peer sent a message that is larger than allowed: {protocol.parser_exc}."
        detail["advice"] = "Allow larger messages with --max-size."
    elif protocol.parser_exc is not None and sent.code not in FINE:
        detail["error"] = f"The peer broke the WebSocket protocol: {protocol.parser_exc}."
        if "reserved bits" in str(protocol.parser_exc) and not protocol.extensions:
            detail["advice"] = "It compresses (RSV1) although that was not agreed; look for its setting."
    elif received is None and wire.timed_out:
        detail["error"] = "The peer did not answer our Close frame."
    elif received is None:
        detail["error"] = "The peer ended the TCP connection without answering our Close frame."
    return detail


def _closed(by: str, code: int, reason: str) -> dict[str, Any]:
    return {"closeCode": code, "closeReason": reason, "closedBy": by}


def _code_text(code: int, reason: str) -> str:
    name = CLOSE_CODE_EXPLANATIONS.get(code)
    return f"{code}{f' ({name})' if name else ''}{f', {reason}' if reason else ''}"


def _abnormal(wire: WebSocketTransport, error: Exception | None) -> dict[str, Any]:
    if isinstance(error, ConnectionResetError):
        how = "the peer reset it (RST)"
    elif error is not None:
        how = str(error) or type(error).__name__
    elif wire.ended_by_peer:
        how = "the peer ended it (FIN)"
    else:
        how = "we ended it"
    return {
        "error": f"The TCP connection ended without a Close frame (1006): {how}.",
        "advice": "Look for a proxy or firewall with an idle time-out, a reboot, or a lost network."
        if how != "we ended it"
        else "",
    }
