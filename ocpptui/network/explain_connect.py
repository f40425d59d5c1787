"""Why a charge point could not connect: an exception and the step it came at, in words."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from websockets.exceptions import InvalidHeader, InvalidMessage, InvalidUpgrade, NegotiationError
from websockets.http11 import Response

from ocpptui.network.headers import first_bytes, request_lines
from ocpptui.network.problems import ConnectionFailed, ConnectStep
from ocpptui.ocpp.http_headers import header_lines

BODY_SHOWN = 500
"""Characters of an HTTP answer's body that a record keeps."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the connection was to go."""

    host: str
    port: int
    secure: bool
    path: str
    credentials_given: bool
    subprotocols: tuple[str, ...]

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def failure(
    error: BaseException, step: ConnectStep, target: Target, timeout: float, answer: Response | None, head: bytes
) -> ConnectionFailed:
    """The failure that an exception at this step stands for.

    `answer` is the HTTP answer if a whole one came, `head` the first bytes that came.
    """
    if isinstance(error, ConnectionFailed):
        return error
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return _unresolved(error, target)
    if isinstance(error, ssl.SSLError):
        return _tls(error, target)
    if step in (ConnectStep.DNS, ConnectStep.TCP):
        return _unreachable(error, step, target, timeout)
    if step is ConnectStep.TLS:
        return _tls_ended(error, target, timeout)
    if answer is not None and answer.status_code == 101:
        return _wrong_upgrade(error, target, answer)
    if answer is not None:
        body = bytes(answer.body).decode("utf-8", "backslashreplace")
        headers = header_lines(answer.headers.raw_items())
        return _status(answer.status_code, answer.reason_phrase, headers, body, target)
    partial = _partial_answer(head)
    if partial is not None:
        return _status(*partial, target)
    return _no_answer(error, target, timeout, head)


def _unresolved(error: socket.gaierror | UnicodeError, target: Target) -> ConnectionFailed:
    reason = error.strerror if isinstance(error, socket.gaierror) else error
    return ConnectionFailed(
        ConnectStep.DNS,
        f"The name {target.host} cannot be resolved: {reason}.",
        "Check the spelling of the host, and the DNS server and VPN of this machine.",
    )


def _unreachable(error: BaseException, step: ConnectStep, target: Target, timeout: float) -> ConnectionFailed:
    if step is ConnectStep.DNS:
        return ConnectionFailed(
            step, f"The name {target.host} was not resolved within {timeout:g} s.", "Check the DNS server."
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectionFailed(
            step,
            f"{target.address} refused the TCP connection: nothing listens there.",
            "Check the port, and whether the central system runs and listens on more than its own loopback.",
        )
    if isinstance(error, TimeoutError):
        return ConnectionFailed(
            step,
            f"{target.address} did not answer the TCP connection within {timeout:g} s.",
            "Check the address, the route and the firewalls between.",
        )
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConnectionFailed(
        step, f"{target.address} cannot be reached: {text}.", "Check the address and this machine's network."
    )


_VERIFY_ADVICE = (
    ("expired", "Renew the server's certificate, or set this machine's clock right."),
    ("not yet valid", "Check the clocks of this machine and of the server."),
    ("self-signed", "Give the CA that signed it with --ca, or connect once with --insecure to look at it."),
    ("self signed", "Give the CA that signed it with --ca, or connect once with --insecure to look at it."),
    ("unable to get local issuer", "Give the CA with --ca; or the server does not send its intermediate certificates."),
    ("Hostname mismatch", "Use the name that the certificate is made for, or have that name added to it."),
    ("IP address mismatch", "Use the name that the certificate is made for, or have the address added to it."),
)


def _tls(error: ssl.SSLError, target: Target) -> ConnectionFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        message = error.verify_message
        advice = next(
            (text for sign, text in _VERIFY_ADVICE if sign in message), "Look at the certificate: --insecure."
        )
        return ConnectionFailed(
            ConnectStep.TLS,
            f"The certificate of {target.address} is not trusted: {message}.",
            advice,
            detail={"verifyCode": error.verify_code, "verifyMessage": message},
        )
    reason = error.reason or str(error)
    detail = {"tlsError": reason}
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"):
        return ConnectionFailed(
            ConnectStep.TLS,
            f"{target.address} does not speak TLS.",
            "Use ws:// instead of wss://, or the port of the TLS endpoint.",
            detail=detail,
        )
    if "CERTIFICATE_REQUIRED" in reason or reason.endswith("_ALERT_HANDSHAKE_FAILURE"):
        advice = "It may demand a client certificate (--cert and --key), or knows none of our cipher suites."
    elif "ALERT_UNKNOWN_CA" in reason or "BAD_CERTIFICATE" in reason:
        advice = "It does not accept our client certificate: was it signed by the CA that the server trusts?"
    else:
        advice = "Compare the TLS versions and cipher suites of both sides."
    words = reason.replace("_", " ").lower()
    return ConnectionFailed(
        ConnectStep.TLS, f"The TLS handshake with {target.address} failed: {words}.", advice, detail=detail
    )


def _tls_ended(error: BaseException, target: Target, timeout: float) -> ConnectionFailed:
    if isinstance(error, TimeoutError) or "taking longer" in str(error):
        sentence = f"{target.address} did not finish the TLS handshake within {timeout:g} s."
    else:
        sentence = f"{target.address} ended the connection in the middle of the TLS handshake."
    return ConnectionFailed(
        ConnectStep.TLS, sentence, "Is this the TLS port? Does the server have a certificate for this name?"
    )


_STATUS_ADVICE: dict[int, str] = {
    400: "Compare the subprotocol: does the central system speak the OCPP version that was offered?",
    403: "The central system knows who asks and does not let it in: is the charge point registered and enabled there?",
    404: "The path or the id is unknown there: compare the requested URL; is the charge point registered?",
    405: "This path is no WebSocket endpoint; compare the path.",
    407: "A proxy on the way asks for credentials.",
    426: "The request arrived without its Upgrade header (a proxy on the way?), or TLS is asked for: try wss://.",
    429: "Too many attempts; wait and use a longer back-off.",
}


def _status(code: int, reason: str, headers: list[str], body: str, target: Target) -> ConnectionFailed:
    step = ConnectStep.HTTP
    advice = _STATUS_ADVICE.get(code, "")
    if code == 401:
        step = ConnectStep.CREDENTIALS
        advice = (
            "Compare user name and password; one in hex digits may have to be sent as its bytes (--password-hex)."
            if target.credentials_given
            else "It asks for credentials: give a password."
        )
    elif code == 403:
        step = ConnectStep.CREDENTIALS
    elif code == 400 and re.search(r"sub-?protocol", body, re.IGNORECASE):
        step = ConnectStep.SUBPROTOCOL
        advice = f"It does not take any of {', '.join(target.subprotocols)}: offer another --version."
    elif 300 <= code < 400:
        location = next((line[10:] for line in headers if line.lower().startswith("location: ")), "")
        advice = f"It points to {location}; connect there." if location else ""
    elif code == 200:
        advice = "There is a web server but no WebSocket at this path; compare the path."
    elif code in (502, 503, 504):
        advice = "A proxy or the central system is overloaded or down; try again later."
    elif code >= 500:
        advice = "The central system failed inside; its log will say why."
    phrase = reason or (HTTPStatus(code).phrase if code in HTTPStatus._value2member_map_ else "")
    detail: dict[str, Any] = {"httpStatus": code, "responseStatus": f"{code} {phrase}".strip()}
    detail["responseHeaders"] = headers
    if body:
        detail["responseBody"] = body[:BODY_SHOWN]
    return ConnectionFailed(
        step,
        f"{target.address} answered {code} {phrase} to the request for {target.path}.".replace("  ", " "),
        advice,
        refused=True,
        detail=detail,
    )


def _wrong_upgrade(error: BaseException, target: Target, answer: Response) -> ConnectionFailed:
    headers = header_lines(answer.headers.raw_items())
    detail = {"httpStatus": 101, "responseHeaders": headers}
    subprotocol = isinstance(error, InvalidHeader) and error.name == "Sec-WebSocket-Protocol"
    if subprotocol or (isinstance(error, NegotiationError) and "subprotocol" in str(error)):
        return ConnectionFailed(
            ConnectStep.SUBPROTOCOL,
            f"{target.address} chose a subprotocol that was not offered: {error}.",
            f"Offered were {', '.join(target.subprotocols)}; name another --version.",
            detail=detail,
        )
    advice = "It answers 101 but breaks RFC 6455."
    if isinstance(error, InvalidUpgrade):
        advice += " A proxy on the way may have removed the header."
    return ConnectionFailed(
        ConnectStep.WEBSOCKET, f"{target.address} did not open a WebSocket: {error}.", advice, detail=detail
    )


def _partial_answer(head: bytes) -> tuple[int, str, list[str], str] | None:
    """Status, reason, headers and body of an HTTP answer that is not whole, or of HTTP/1.0."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n", head)
    if found is None:
        return None
    _, headers = request_lines(head)
    body = head.partition(b"\r\n\r\n")[2].decode("utf-8", "backslashreplace")
    return int(found[1]), (found[2] or b"").decode("latin-1"), headers, body


def _no_answer(error: BaseException, target: Target, timeout: float, head: bytes) -> ConnectionFailed:
    detail = {"firstBytes": first_bytes(head)} if head else {}
    if head:
        sentence = f"{target.address} does not speak HTTP: its answer begins with {first_bytes(head, 60)!r}."
        advice = "Is this the port of the central system?"
        if head[:1] in (b"\x15", b"\x16"):
            advice = "It speaks TLS: use wss:// instead of ws://."
    elif isinstance(error, TimeoutError):
        sentence = f"{target.address} took the connection and did not answer the request within {timeout:g} s."
        advice = "Is this the port of the central system?"
        if not target.secure:
            advice += " If it expects TLS, use wss://."
    else:
        sentence = f"{target.address} took the connection and ended it without an answer."
        advice = "A proxy or firewall on the way may have cut it."
        if not target.secure:
            advice = "If it expects TLS, use wss://; a proxy or firewall on the way may also have cut it."
        if isinstance(error, InvalidMessage) and error.__cause__ is not None:
            detail = {"cause": str(error.__cause__)}
    return ConnectionFailed(ConnectStep.HTTP, sentence, advice, detail=detail)
