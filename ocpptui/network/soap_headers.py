"""What is wrong with the headers of a request of OCPP-S, apart from what its envelope shows by itself.

Sources: OCPP-S 1.6 sections 2 and 3, RFC 3902 (application/soap+xml), WS-Addressing 1.0 Core section 3.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from email.message import Message as MediaType

from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.ocpp.header_faults import ADDRESSING
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.soap_dialect import ANONYMOUS
from ocpptui.ocpp.soap_encoding import Envelope
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Direction

CONTENT_TYPE = "application/soap+xml"
"""The media type of SOAP 1.2 (RFC 3902)."""
CONTENT_TYPE_1_1 = "text/xml"
"""The media type of SOAP 1.1."""
COMPRESSIONS = ("", "identity", "gzip", "deflate")
"""The content codings that OCPP-S has."""
_CHARSETS = ("", "utf-8", "utf8", "us-ascii", "ascii")


def plain_body(body: bytes, headers: Mapping[str, str], max_size: int) -> bytes | NetworkProblem:
    """A body without its compression, or why it cannot be unpacked; no more than `max_size` bytes are.

    For `deflate`, some send the format of zlib, as RFC 9110 section 8.4.1.2 has it, and some the bare one.
    """
    coding = headers.get("Content-Encoding", "").strip().lower()
    if coding not in COMPRESSIONS:
        return NetworkProblem(P.SOAP_COMPRESSION_UNKNOWN, name=coding[:60])
    if coding in ("", "identity"):
        return body
    is_bare = coding == "deflate" and not _is_zlib(body)
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS if is_bare else zlib.MAX_WBITS | 32)
    try:
        found = unpacking.decompress(body, max_size + 1)
    except zlib.error as error:
        return NetworkProblem(P.SOAP_BODY_BROKEN, reason=f"it is not {coding}: {error}")
    if len(found) > max_size:
        return NetworkProblem(P.MESSAGE_TOO_LARGE, limit=max_size)
    if not unpacking.eof:
        return NetworkProblem(P.SOAP_BODY_BROKEN, reason=f"its {coding} ends too early")
    return found


def _is_zlib(body: bytes) -> bool:
    """By the two bytes that the format begins with (RFC 1950 section 2.2)."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0


def header_problems(
    headers: Mapping[str, str], url: str, message: Message | Malformed, envelope: Envelope | None
) -> list[NetworkProblem]:
    """What is wrong though the request can be handled: of HTTP, then of WS-Addressing.

    `headers` are those of HTTP, `url` is what was requested.
    """
    found = _media_problems(headers, message)
    if envelope is None or isinstance(message, Malformed) or message.kind is not MessageKind.CALL:
        return found
    return [*found, *_addressing_problems(url, envelope)]


def _media_problems(headers: Mapping[str, str], message: Message | Malformed) -> list[NetworkProblem]:
    given = headers.get("Content-Type", "")
    if not given.strip():
        return [NetworkProblem(P.SOAP_CONTENT_TYPE_MISSING, suggestion=CONTENT_TYPE)]
    parsed = MediaType()
    parsed["Content-Type"] = given
    kind, found = parsed.get_content_type(), list[NetworkProblem]()
    if kind == CONTENT_TYPE_1_1:
        found.append(NetworkProblem(P.SOAP_CONTENT_TYPE_OF_1_1, name=kind, suggestion=CONTENT_TYPE))
    elif kind != CONTENT_TYPE:
        found.append(NetworkProblem(P.SOAP_CONTENT_TYPE_WRONG, name=given[:100], suggestion=CONTENT_TYPE))
    charset = str(parsed.get_param("charset", "") or "").strip("\"' ").lower()
    if charset not in _CHARSETS:
        found.append(NetworkProblem(P.SOAP_CHARSET_WRONG, name=charset[:60]))
    named = str(parsed.get_param("action", "") or headers.get("SOAPAction", "")).strip("\"' ").removeprefix("/")
    action = message.action if isinstance(message, Message) else None
    if named and action and named != action:
        found.append(NetworkProblem(P.SOAP_ACTION_OF_ANOTHER, name=named[:60], expected=action))
    return found


def _addressing_problems(url: str, envelope: Envelope) -> list[NetworkProblem]:
    found = []
    if envelope.direction is Direction.TO_CSMS:
        if not envelope.sender:
            found.append(NetworkProblem(P.SOAP_FROM_MISSING))
        elif not is_web_address(envelope.sender):
            found.append(NetworkProblem(P.SOAP_FROM_UNUSABLE, url=envelope.sender[:200]))
    if not envelope.recipient:
        found.append(NetworkProblem(P.SOAP_TO_MISSING))
    elif envelope.recipient != ANONYMOUS and _place(envelope.recipient) != _place(url):
        found.append(NetworkProblem(P.SOAP_TO_ELSEWHERE, url=envelope.recipient[:200], expected=url))
    if envelope.reply_to and envelope.reply_to != ANONYMOUS:
        found.append(NetworkProblem(P.SOAP_REPLY_ELSEWHERE, url=envelope.reply_to[:200]))
    return found


def is_web_address(text: str) -> bool:
    """Whether requests can be posted there."""
    parts = url_parts(text)
    is_place = not text.strip().startswith(ADDRESSING)  # that of nobody in particular
    return is_place and parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0


def _place(url: str) -> str:
    """What names a service in a URL; a host may have several names."""
    parts = url_parts(url)
    return parts.path.rstrip("/") if any(parts) else url
