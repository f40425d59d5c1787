"""Why a charge point could not connect: an exception, and the step at which it was raised, as a problem."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus

from websockets.exceptions import InvalidHeader, InvalidMessage, InvalidUpgrade, NegotiationError
from websockets.http11 import Response

from ocpptui.network.headers import first_bytes, request_lines
from ocpptui.network.problems import ConnectionFailed, ConnectStep, NetworkProblem, ProblemCode
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.timeline.connection_detail import ConnectionDetail

BODY_SHOWN = 500
"""How many characters of an HTTP answer's body a record keeps."""


@dataclass(frozen=True, slots=True)
class Target:
    """The target of the connection."""

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
    """The failure that an exception at this step means.

    `answer` is the HTTP answer if a complete one arrived, `head` the first bytes that arrived.
    """
    if isinstance(error, ConnectionFailed):
        return error
    if isinstance(error, (socket.gaierror, UnicodeError)):
        reason = (error.strerror if isinstance(error, socket.gaierror) else None) or str(error)
        return ConnectionFailed(NetworkProblem(ProblemCode.NAME_UNRESOLVED, host=target.host, reason=reason))
    if isinstance(error, ssl.SSLError):
        return _tls(error, target)
    if step in (ConnectStep.DNS, ConnectStep.TCP):
        return ConnectionFailed(_unreachable(error, step, target, timeout))
    if step is ConnectStep.TLS:
        return ConnectionFailed(_tls_ended(error, target, timeout))
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


def _unreachable(error: BaseException, step: ConnectStep, target: Target, timeout: float) -> NetworkProblem:
    if step is ConnectStep.DNS:
        return NetworkProblem(ProblemCode.NAME_LOOKUP_TIMED_OUT, host=target.host, timeout=timeout)
    if isinstance(error, ConnectionRefusedError):
        return NetworkProblem(ProblemCode.TCP_REFUSED, address=target.address)
    if isinstance(error, TimeoutError):
        return NetworkProblem(ProblemCode.TCP_TIMED_OUT, address=target.address, timeout=timeout)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return NetworkProblem(ProblemCode.TCP_UNREACHABLE, address=target.address, reason=reason)


_UNTRUSTED = {
    9: ProblemCode.CERTIFICATE_NOT_YET_VALID,
    10: ProblemCode.CERTIFICATE_EXPIRED,
    18: ProblemCode.CERTIFICATE_SELF_SIGNED,
    19: ProblemCode.CERTIFICATE_SELF_SIGNED,
    20: ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER,
    21: ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER,
    62: ProblemCode.CERTIFICATE_FOR_ANOTHER_NAME,
    64: ProblemCode.CERTIFICATE_FOR_ANOTHER_ADDRESS,
}
"""By X509_V_ERR_… of OpenSSL, x509_vfy.h."""


def _tls(error: ssl.SSLError, target: Target) -> ConnectionFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _UNTRUSTED.get(error.verify_code, ProblemCode.CERTIFICATE_UNTRUSTED)
        return ConnectionFailed(
            NetworkProblem(code, address=target.address, reason=error.verify_message),
            detail={"verifyCode": error.verify_code, "verifyMessage": error.verify_message},
        )
    reason = error.reason or str(error)
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"):
        code = ProblemCode.SERVER_WITHOUT_TLS
    elif "CERTIFICATE_REQUIRED" in reason or reason.endswith("_ALERT_HANDSHAKE_FAILURE"):
        code = ProblemCode.SERVER_WANTS_CERTIFICATE
    elif "ALERT_UNKNOWN_CA" in reason or "BAD_CERTIFICATE" in reason:
        code = ProblemCode.SERVER_REJECTS_CERTIFICATE
    else:
        code = ProblemCode.TLS_FAILED
    words = reason.replace("_", " ").lower()
    return ConnectionFailed(NetworkProblem(code, address=target.address, reason=words), detail={"tlsError": reason})


def _tls_ended(error: BaseException, target: Target, timeout: float) -> NetworkProblem:
    if isinstance(error, TimeoutError) or "taking longer" in str(error):
        return NetworkProblem(ProblemCode.TLS_TIMED_OUT, address=target.address, timeout=timeout)
    return NetworkProblem(ProblemCode.TLS_CUT, address=target.address)


def _status(status: int, reason: str, headers: list[str], body: str, target: Target) -> ConnectionFailed:
    phrase = reason or (HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "")
    problem = NetworkProblem(
        _refusal(status, body, target), address=target.address, status=status, phrase=phrase, path=target.path
    )
    if 300 <= status < 400:
        location = next((line[10:] for line in headers if line.lower().startswith("location: ")), "")
        if location:
            problem.facts["location"] = location
    if problem.code is ProblemCode.SERVER_REJECTS_SUBPROTOCOL:
        problem.facts["offered"] = list(target.subprotocols)
    detail: ConnectionDetail = {
        "httpStatus": status,
        "responseStatus": f"{status} {phrase}".strip(),
        "responseHeaders": headers,
    }
    if body:
        detail["responseBody"] = body[:BODY_SHOWN]
    return ConnectionFailed(problem, refused=True, detail=detail)


def _refusal(status: int, body: str, target: Target) -> ProblemCode:
    match status:
        case 401 if target.credentials_given:
            return ProblemCode.SERVER_REJECTS_CREDENTIALS
        case 401:
            return ProblemCode.SERVER_WANTS_CREDENTIALS
        case 403:
            return ProblemCode.SERVER_REJECTS_CHARGE_POINT
        case 400 if re.search(r"sub-?protocol", body, re.IGNORECASE):
            return ProblemCode.SERVER_REJECTS_SUBPROTOCOL
    return ProblemCode.HTTP_STATUS


def _wrong_upgrade(error: BaseException, target: Target, answer: Response) -> ConnectionFailed:
    headers = header_lines(answer.headers.raw_items())
    problem = NetworkProblem(ProblemCode.UPGRADE_ANSWER_WRONG, address=target.address, reason=str(error))
    subprotocol = isinstance(error, InvalidHeader) and error.name == "Sec-WebSocket-Protocol"
    if subprotocol or (isinstance(error, NegotiationError) and "subprotocol" in str(error)):
        problem.code = ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL
        problem.facts["offered"] = list(target.subprotocols)
    elif isinstance(error, InvalidUpgrade):
        problem.code = ProblemCode.UPGRADE_ANSWER_WITHOUT_UPGRADE
    return ConnectionFailed(problem, detail={"httpStatus": 101, "responseHeaders": headers})


def _partial_answer(head: bytes) -> tuple[int, str, list[str], str] | None:
    """Status, reason, headers and body of an HTTP answer that is incomplete, or of HTTP/1.0."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n", head)
    if found is None:
        return None
    _, headers = request_lines(head)
    body = head.partition(b"\r\n\r\n")[2].decode("utf-8", "backslashreplace")
    return int(found[1]), (found[2] or b"").decode("latin-1"), headers, body


def _no_answer(error: BaseException, target: Target, timeout: float, head: bytes) -> ConnectionFailed:
    if head:
        code = ProblemCode.SERVER_WITH_TLS if head[:1] in (b"\x15", b"\x16") else ProblemCode.SERVER_WITHOUT_HTTP
        return ConnectionFailed(
            NetworkProblem(code, address=target.address, first=first_bytes(head, 60)),
            detail={"firstBytes": first_bytes(head)},
        )
    if isinstance(error, TimeoutError):
        code = ProblemCode.HTTP_TIMED_OUT
        return ConnectionFailed(NetworkProblem(code, address=target.address, timeout=timeout, secure=target.secure))
    cause = error.__cause__ if isinstance(error, InvalidMessage) else None
    return ConnectionFailed(
        NetworkProblem(ProblemCode.HTTP_CUT, address=target.address, secure=target.secure),
        detail={"cause": str(cause)} if cause is not None else {},
    )
