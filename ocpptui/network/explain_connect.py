"""Why a charge point could not connect: an exception, and the step at which it was raised, as a problem."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin

from websockets.exceptions import InvalidHeader, InvalidMessage, InvalidUpgrade, NegotiationError, SecurityError
from websockets.http11 import Response

from ocpptui.network.foreign_protocol import foreign_answer
from ocpptui.network.headers import first_bytes, request_lines
from ocpptui.network.problems import ConnectionFailed, ConnectStep, NetworkProblem, ProblemCode
from ocpptui.network.tls_errors import is_tls, openssl_words, problem_of_server
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.timeline.connection_detail import ConnectionDetail

MOST_CHOSEN = 200
"""The most characters of what an answer chooses that a sentence repeats."""
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
    certificate_given: bool
    subprotocols: tuple[str, ...]
    oldest: str = "1.2"
    """The oldest version of TLS that we speak."""

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
        return _tls(error, step, target, head)
    if step in (ConnectStep.DNS, ConnectStep.TCP):
        return ConnectionFailed(_unreachable(error, step, target, timeout))
    if step is ConnectStep.TLS:
        return ConnectionFailed(_tls_ended(error, target, timeout))
    if answer is not None and answer.status_code == 101:
        return _wrong_upgrade(error, target, answer)
    if answer is not None:
        headers = header_lines(answer.headers.raw_items())
        return _status(answer.status_code, answer.reason_phrase, headers, bytes(answer.body), target)
    partial = _partial_answer(head)
    if partial is not None and partial[0] == 101:
        return _broken_upgrade(error, target, timeout, partial[2], head)
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


def _tls(error: ssl.SSLError, step: ConnectStep, target: Target, head: bytes) -> ConnectionFailed:
    detail: ConnectionDetail = {"tlsError": error.reason or openssl_words(error)}
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = {"verifyCode": error.verify_code, "verifyMessage": error.verify_message}
    if step is ConnectStep.TLS and not is_tls(head):
        problem = NetworkProblem(ProblemCode.SERVER_WITHOUT_TLS, address=target.address, first=first_bytes(head, 60))
        return ConnectionFailed(problem, detail={**detail, "firstBytes": first_bytes(head)})
    problem = problem_of_server(error, target.address, certificate_given=target.certificate_given, oldest=target.oldest)
    return ConnectionFailed(problem, detail=detail)


def _tls_ended(error: BaseException, target: Target, timeout: float) -> NetworkProblem:
    if isinstance(error, TimeoutError) or "taking longer" in str(error):
        return NetworkProblem(ProblemCode.TLS_TIMED_OUT, address=target.address, timeout=timeout)
    return NetworkProblem(ProblemCode.TLS_CUT, address=target.address)


def _status(status: int, reason: str, headers: list[str], body: bytes, target: Target) -> ConnectionFailed:
    text = body.decode("utf-8", "backslashreplace")
    phrase = reason or (HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "")
    problem = NetworkProblem(
        _refusal(status, text, target), address=target.address, status=status, phrase=phrase, path=target.path
    )
    if 300 <= status < 400 and (location := _location(headers, target)):
        problem.facts["location"] = location
    if problem.code is ProblemCode.SERVER_REJECTS_SUBPROTOCOL:
        problem.facts["offered"] = list(target.subprotocols)
    detail: ConnectionDetail = {
        "httpStatus": status,
        "responseStatus": f"{status} {phrase}".strip(),
        "responseHeaders": headers,
    }
    if text:
        detail["responseBody"] = text[:BODY_SHOWN]
    return ConnectionFailed(problem, refused=True, detail=detail, body=body)


def _location(headers: list[str], target: Target) -> str:
    """The URL of a WebSocket to which an answer points; empty if it points to none or to itself."""
    found = next((line[10:].strip() for line in headers if line.lower().startswith("location: ")), "")
    own = f"{'https' if target.secure else 'http'}://{target.address}{target.path}"
    try:
        whole = urljoin(own, _AS_HTTP.sub(r"http\1:", found))
    except ValueError:
        return found
    return "" if whole == own else _AS_WEBSOCKET.sub(r"ws\1:", whole)


def _refusal(status: int, body: str, target: Target) -> ProblemCode:
    match status:
        case 401 | 403 if target.certificate_given and not target.credentials_given:
            return ProblemCode.SERVER_REJECTS_CERTIFIED
        case 401 if target.credentials_given:
            return ProblemCode.SERVER_REJECTS_CREDENTIALS
        case 401:
            return ProblemCode.SERVER_WANTS_CREDENTIALS
        case 403:
            return ProblemCode.SERVER_REJECTS_CHARGE_POINT
        case 400 if not target.secure and _WANTS_TLS.search(body):
            return ProblemCode.SERVER_WANTS_TLS
        case 400 if _SUBPROTOCOL.search(body):
            return ProblemCode.SERVER_REJECTS_SUBPROTOCOL
    return ProblemCode.HTTP_STATUS


def _wrong_upgrade(error: BaseException, target: Target, answer: Response) -> ConnectionFailed:
    headers = header_lines(answer.headers.raw_items())
    problem = NetworkProblem(ProblemCode.UPGRADE_ANSWER_WRONG, address=target.address, reason=str(error))
    is_header = isinstance(error, InvalidHeader) and error.name == "Sec-WebSocket-Protocol"
    if is_header or (isinstance(error, NegotiationError) and "subprotocol" in str(error)):
        values = answer.headers.get_all("Sec-WebSocket-Protocol")
        chosen = [name.strip() for value in values for name in value.split(",")]
        problem.code = ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL
        if len(chosen) > 1:
            problem.code = ProblemCode.SERVER_CHOSE_SEVERAL_SUBPROTOCOLS
        problem.facts = {"address": target.address, "name": ", ".join(chosen)[:MOST_CHOSEN]}
        problem.facts["offered"] = list(target.subprotocols)
    elif isinstance(error, NegotiationError):
        extensions = ", ".join(answer.headers.get_all("Sec-WebSocket-Extensions"))
        problem.facts["reason"] = f"it chose {extensions[:MOST_CHOSEN]}, an extension that was not offered so"
    elif isinstance(error, InvalidUpgrade):
        problem.code = ProblemCode.UPGRADE_ANSWER_WITHOUT_UPGRADE
    return ConnectionFailed(problem, detail={"httpStatus": 101, "responseHeaders": headers})


def _broken_upgrade(
    error: BaseException, target: Target, timeout: float, headers: list[str], head: bytes
) -> ConnectionFailed:
    """An answer that would open a WebSocket, but is not complete or not HTTP."""
    problem = NetworkProblem(ProblemCode.UPGRADE_ANSWER_CUT, address=target.address)
    cause = error.__cause__ if isinstance(error, InvalidMessage) else error
    if isinstance(cause, TimeoutError):
        problem = NetworkProblem(ProblemCode.UPGRADE_ANSWER_UNFINISHED, address=target.address, timeout=timeout)
    elif head.startswith(b"HTTP/1.0 "):
        problem.code = ProblemCode.UPGRADE_ANSWER_OF_OTHER_HTTP
    elif isinstance(cause, SecurityError):
        problem.code = ProblemCode.UPGRADE_ANSWER_ENDLESS
    elif isinstance(cause, ValueError):
        problem.code = ProblemCode.UPGRADE_ANSWER_INVALID
        problem.facts["reason"] = str(cause)
    return ConnectionFailed(problem, detail={"httpStatus": 101, "responseHeaders": headers})


def _partial_answer(head: bytes) -> tuple[int, str, list[str], bytes] | None:
    """Status, reason, headers and body of an HTTP answer that is incomplete, or of HTTP/1.0."""
    found = _STATUS_LINE.match(head)
    if found is None:
        return None
    _, headers = request_lines(head)
    body = head.partition(b"\r\n\r\n")[2]
    return int(found[1]), (found[2] or b"").decode("latin-1"), headers, body


def _no_answer(error: BaseException, target: Target, timeout: float, head: bytes) -> ConnectionFailed:
    if head.startswith(b"HTTP/1.") and b"\n" not in head:
        is_late = isinstance(error, TimeoutError)
        code = ProblemCode.HTTP_ANSWER_UNFINISHED if is_late else ProblemCode.HTTP_ANSWER_CUT
        problem = NetworkProblem(code, address=target.address, first=first_bytes(head, 60))
        if is_late:
            problem.facts["timeout"] = timeout
        return ConnectionFailed(problem, detail={"firstBytes": first_bytes(head)})
    if head:
        problem = NetworkProblem(ProblemCode.SERVER_WITHOUT_HTTP, address=target.address, first=first_bytes(head, 60))
        if head[:1] in (b"\x15", b"\x16"):
            problem.code = ProblemCode.SERVER_WITH_TLS
        elif _LINE_FEEDS_ALONE.match(head):
            problem.code = ProblemCode.HTTP_ANSWER_LINE_ENDS
        elif (protocol := foreign_answer(head)) is not None:
            problem.facts["name"] = protocol
        return ConnectionFailed(problem, detail={"firstBytes": first_bytes(head)})
    if isinstance(error, TimeoutError):
        code = ProblemCode.HTTP_TIMED_OUT
        return ConnectionFailed(NetworkProblem(code, address=target.address, timeout=timeout, secure=target.secure))
    cause = error.__cause__ if isinstance(error, InvalidMessage) else None
    code = ProblemCode.HTTP_CUT_AFTER_TLS if target.secure else ProblemCode.HTTP_CUT
    return ConnectionFailed(
        NetworkProblem(code, address=target.address),
        detail={"cause": str(cause)} if cause is not None else {},
    )


_SUBPROTOCOL = re.compile("sub-?protocol", re.IGNORECASE)
_WANTS_TLS = re.compile(
    "HTTP request (?:was sent )?to (?:an |the )?HTTPS|plain HTTP to an SSL|port requires TLS", re.IGNORECASE
)
"""What nginx, Go, Apache and Tomcat say to plain HTTP at a port for TLS."""
_AS_HTTP, _AS_WEBSOCKET = re.compile("^ws(s?):", re.IGNORECASE), re.compile("^http(s?):", re.IGNORECASE)
_LINE_FEEDS_ALONE = re.compile(rb"HTTP/1\.[01] \d{3}[^\r\n]*\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n")
