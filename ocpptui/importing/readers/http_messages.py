"""HTTP messages with SOAP envelopes, saved as text: one or several requests and responses per file.

Bare envelopes are read too. A response without RelatesTo belongs to the request before it.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import accumulate

from ocpptui.importing.found_envelope import FoundEnvelope, found_envelope
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.tcp_stream import Piece
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import text_if_utf8
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.version import Transport
from ocpptui.ocpp.xml_elements import xml_elements
from ocpptui.timeline.record import ConnectionEvent

LARGEST = 2**28
"""The most bytes of a file, which is held in memory as a whole."""
LARGEST_BODY = 2**26
"""The most bytes that a compressed body may grow to."""


class HttpMessages:
    """The reader for saved HTTP messages with SOAP envelopes."""

    name = "http"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        text = head.decode("utf-8", "replace")
        if may_be_envelope(text):
            return _is_alone(text)
        return _START.match(head.lstrip()) is not None and _SOAP.search(head) is not None

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        pairing = _Pairing()
        for message in _messages(material.stream.read(LARGEST)):
            yield from pairing.take(message, tally)


def envelopes_on_wire(pieces: Sequence[Piece], tally: ImportTally) -> Iterator[FoundFrame]:
    """The envelopes of a TCP connection with HTTP, in their order; none if it has another protocol."""
    if not any(_START_HERE.match(piece.data) for piece in pieces[:2]):
        return
    messages: list[tuple[int, _HttpMessage]] = []
    for peer in (0, 1):
        sent = [piece for piece in pieces if piece.peer & 1 == peer]
        ends = list(accumulate(len(piece.data) for piece in sent))
        messages += (
            (sent[min(bisect_right(ends, message.place), len(sent) - 1)].time, message)
            for message in _messages(b"".join(piece.data for piece in sent))
        )
    pairing = _Pairing()
    if not any(message.holds_envelope for _, message in messages):
        return
    for time, message in sorted(messages, key=lambda one: one[0]):
        for found in pairing.take(message, tally):
            found.time, found.zoned = time, True
            yield found


def _is_alone(text: str) -> bool:
    """Whether a text that begins with an envelope has no other; what has several is a log of them."""
    return sum(1 for match in _ENVELOPE.finditer(text)) == 1 and not text[text.rfind(">") + 1 :].strip()


@dataclass(slots=True)
class _HttpMessage:
    """One request or response; without a start line it is a bare envelope."""

    line: int
    start: str
    headers: dict[str, str]
    """The headers by name in lower case."""
    body: bytes
    place: int = 0
    """Where it begins in its text, in bytes."""

    @property
    def is_response(self) -> bool:
        return self.start.startswith("HTTP/")

    @property
    def target(self) -> str:
        """The path of a request, or the status code of a response."""
        return next(iter(self.start.split(maxsplit=2)[1:2]), "")

    @property
    def holds_envelope(self) -> bool:
        kind = self.headers.get("content-type", "").lower()
        is_xml = "soap" in kind or "xml" in kind
        return bool(self.body.strip()) and (is_xml or may_be_envelope(self.body.decode("utf-8", "replace")))

    @property
    def time(self) -> int | None:
        """The time of the header `Date` in microseconds since 1970."""
        try:
            return int(parsedate_to_datetime(self.headers["date"]).timestamp()) * 1_000_000
        except (KeyError, ValueError, TypeError, OverflowError):
            return None


class _Pairing:
    """Adds to a message what the previous one on the same HTTP connection says."""

    def __init__(self) -> None:
        self._request: FoundEnvelope | None = None
        self._url = ""

    def take(self, message: _HttpMessage, tally: ImportTally) -> Iterator[FoundFrame]:
        """The envelope in the next message, or the event that there is none."""
        if message.holds_envelope:
            tally.with_frame += 1
            yield self._found(message)
        elif message.is_response and message.target[:1] not in ("1", "2"):
            tally.without_frame += 1
            yield self._failed(message)
        else:
            tally.skip(message.line, message.start, "not a SOAP envelope")

    def _found(self, message: _HttpMessage) -> FoundFrame:
        found = found_envelope(_text(message.body), message.line, self._request, is_response=message.is_response)
        found.time, found.zoned = message.time, True
        if not found.is_answer:
            self._request = found
            self._url = f"http://{message.headers.get('host', '')}{message.target}"
        return found

    def _failed(self, message: _HttpMessage) -> FoundFrame:
        """A response without an envelope, which has only a status."""
        status = message.start.partition(" ")[2].strip()
        return FoundFrame(
            "",
            message.line,
            time=message.time,
            zoned=True,
            charge_point="" if self._request is None else self._request.charge_point,
            event=ConnectionEvent.FAILED,
            detail={"url": self._url, "responseStatus": status, "error": f"the HTTP response was {status}"},
            transport=Transport.SOAP,
        )


def _messages(data: bytes) -> Iterator[_HttpMessage]:
    first = _START.search(data)
    if first is None or data[: first.start()].strip():
        yield from _bare(data if first is None else data[: first.start()])
    line, counted = 1, 0
    position = len(data) if first is None else first.start()
    while position < len(data):
        line += data.count(b"\n", counted, position)
        counted = position
        blank = _BLANK.search(data, position)
        head = data[position : len(data) if blank is None else blank.start()]
        begin = len(data) if blank is None else blank.end()
        first_line, *lines = head.decode("utf-8", "replace").splitlines()
        headers = {name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        place = position
        end, position = _end_of_body(data, begin, headers.get("content-length", ""))
        yield _HttpMessage(line, first_line, headers, decoded_body(data[begin:end], headers), place)


def _end_of_body(data: bytes, begin: int, length: str) -> tuple[int, int]:
    """Where a body ends and where the next message begins. If the length is wrong, for example because line ends were
    changed, the body ends at the next start line."""
    if length.isascii() and length.isdecimal() and len(length) < 12 and begin + int(length) <= len(data):
        end = begin + int(length)
        space = _SPACE.match(data, end)
        position = end if space is None else space.end()
        if position == len(data) or _START_HERE.match(data, position):
            return end, position
    following = _START.search(data, begin)
    end = len(data) if following is None else following.start()
    return end, end


def _bare(data: bytes) -> Iterator[_HttpMessage]:
    """Envelopes without HTTP."""
    text = _text(data)
    if isinstance(text, bytes):
        yield _HttpMessage(1, "", {"content-type": "text/xml"}, data)
        return
    for element in xml_elements(text):
        line = text.count("\n", 0, element.start) + 1
        yield _HttpMessage(line, "", {}, text[element.start : element.end].encode("utf-8", "surrogatepass"))


def decoded_body(body: bytes, headers: dict[str, str]) -> bytes:
    """The body without its transfer and content encoding, if it still has them."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    if headers.get("content-encoding", "").lower() in ("gzip", "deflate") and not body.lstrip().startswith(b"<"):
        try:
            return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, LARGEST_BODY)
        except zlib.error:
            return body
    return body


def _unchunked(body: bytes) -> bytes:
    """The data of a chunked body (RFC 9112 section 7.1); the body itself if it is no longer chunked."""
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK.match(body, position):
        size = int(match[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        position = match.end() + size
    return b"".join(parts) or body


def _text(body: bytes) -> str | bytes:
    text = text_if_utf8(body)
    return text.strip("\r\n") if isinstance(text, str) else text


_SOAP = lazily(rb"soap|Envelope")
_LINE = rb"(?:[A-Z]{3,10} \S+ HTTP/1\.[01]|HTTP/1\.[01] \d{3}[^\r\n]*)\r?$"
_START = lazily(rb"^" + _LINE, re.MULTILINE)
_START_HERE = lazily(_LINE, re.MULTILINE)
_BLANK = lazily(rb"\r?\n\r?\n")
_SPACE = lazily(rb"\s*")
_ENVELOPE = lazily(r"<(?:[\w.-]{1,60}:)?Envelope[\s>]")
_CHUNK = lazily(rb"(?:\r?\n)?([0-9A-Fa-f]{1,7})[^\r\n]*\r?\n")
