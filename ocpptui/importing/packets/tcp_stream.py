"""Reads one TCP connection as a WebSocket: the handshake, the messages of both sides, the end.

The heads of the handshake are parsed here and not by `websockets.http11`, which refuses what is not a handshake:
other requests on the same connection, answers of other versions, and heads that break a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.recorded_handshake import Headers, RecordedHandshake, header
from ocpptui.importing.packets.websocket_bytes import (
    BINARY,
    CLOSE,
    TEXT,
    MessageReader,
    NotWebSocket,
    WebSocketMessage,
)
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import text_if_utf8
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import ConnectionEvent

LONGEST_HEAD = 2**16
"""The most bytes of an HTTP head."""
LIKELY = 10
"""Bytes after which something is certainly not an HTTP head."""

_MISSING = lazily(rb"\[(\d+) bytes missing in capture file\]\0?")
"""What tshark writes in place of packets that were not captured."""
_FIRST_BYTES = frozenset((0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0xC2, 0x01, 0x02, 0x41, 0x42, 0x80))
"""Of a frame that may be the first captured frame of a WebSocket."""
_LONGEST_FRAME_HEAD = 14
"""Bytes (RFC 6455 section 5.2)."""
_FIRST_AFTER_GAP = frozenset((0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0xC2))
_HTTP = lazily(rb"[A-Z]{3,10} |HTTP/1")
_END_OF_HEAD = b"\r\n\r\n"


class Piece(NamedTuple):
    """Bytes that arrived together from one side."""

    peer: int
    """0 for the side that sent first, 1 for the other."""
    time: int
    """Microseconds since 1970 in UTC."""
    data: bytes


@dataclass(slots=True)
class _Side:
    """What one side sends."""

    head: bytes = b""
    reader: MessageReader | None = None
    time: int = 0
    lost: bool = False
    """The bytes can no longer be split into messages."""
    of_client: bool | None = None
    searching: bool = False
    """Whether packets are missing and no message has begun since."""
    to_skip: int = 0
    """Bytes that still belong to the frame in which the packets are missing."""


@dataclass(slots=True)
class _Opened:
    """What is known about the connection."""

    request: Headers | None = None
    path: str = ""
    handshake: RecordedHandshake | None = None
    upgraded: bool = False
    closed: bool = False
    common: dict[str, Any] = field(default_factory=dict)


class Conversation:
    """Reads one connection from its first bytes to its last."""

    def __init__(self, number: int, *, secure: bool = False) -> None:
        """`secure`: whether it was encrypted on the wire."""
        self._secure = secure
        self._sides = (_Side(), _Side())
        self._opened = _Opened(common={"connection": f"tcp {number}", "zoned": True})

    def read(self, pieces: Iterable[Piece], tally: ImportTally) -> Iterator[FoundFrame]:
        """The frames and events in order; none if this is not a WebSocket. Never raises."""
        for piece in pieces:
            side = self._sides[piece.peer & 1]
            side.time = piece.time
            if side.lost:
                continue
            try:
                yield from self._take(piece, side, tally)
            except NotWebSocket as error:
                side.lost = True
                if self._opened.upgraded:
                    tally.skip(0, str(self._opened.common["connection"]), str(error))
        for side in self._sides:
            yield from self._unfinished(side, tally)
            if side.searching:
                tally.skip(0, str(self._opened.common["connection"]), "nothing can be read after missing packets")

    def _take(self, piece: Piece, side: _Side, tally: ImportTally) -> Iterator[FoundFrame]:
        if missing := _MISSING.fullmatch(piece.data):
            outstanding = side.to_skip or (side.reader.outstanding if side.reader is not None else 0)
            side.to_skip = max(0, outstanding - int(missing[1]))
            yield from self._unfinished(side, tally)
            side.searching = side.reader is not None
            return
        if side.searching:
            rest = piece.data[side.to_skip :]
            side.to_skip -= len(piece.data) - len(rest)
            piece = piece._replace(data=rest)
            if not self._begins_again(side, piece.data):
                return
        if side.reader is None:
            side.head += piece.data
            if _HTTP.match(side.head):
                yield from self._shake_hands(piece, side, tally)
            elif len(side.head) >= LIKELY:
                if side.head[0] not in _FIRST_BYTES:
                    raise NotWebSocket("it does not begin with a WebSocket handshake")
                side.reader = self._reader(side)  # captured from the middle on
                data, side.head = side.head, b""
                yield from self._messages(side, data, tally)
        else:
            yield from self._messages(side, piece.data, tally)

    def _begins_again(self, side: _Side, data: bytes) -> bool:
        """Whether a message begins with these bytes, which came after a gap; most begin with a packet.

        The masked payload of a long message may look like the head of a frame: what it holds must look like OCPP too.
        """
        if len(data) < 2 or data[0] not in _FIRST_AFTER_GAP or bool(data[1] & 0x80) != bool(side.of_client):
            return False
        probe = self._reader(side)
        try:
            messages = [message for message in probe.take(data) if message.opcode in (TEXT, BINARY)]
        except NotWebSocket:
            return False
        if not messages and not probe.is_between_messages:
            begun = probe.finish()
            if begun is None and len(data) > _LONGEST_FRAME_HEAD:
                return False
            messages = [begun] if begun is not None else []  # a head may come in a packet of its own
        if any(message.data.lstrip()[:1] != b"[" for message in messages):
            return False
        side.reader, side.searching = self._reader(side), False
        return True

    # -- handshake ---------------------------------------------------------------------------------------------------

    def _shake_hands(self, piece: Piece, side: _Side, tally: ImportTally) -> Iterator[FoundFrame]:
        head, found, rest = side.head.partition(_END_OF_HEAD)
        if not found:
            if len(side.head) > LONGEST_HEAD:
                raise NotWebSocket("an HTTP head without an end")
            return
        first, headers = _parsed(head)
        opened = self._opened
        if not first.startswith("HTTP/"):
            if header(headers, "upgrade").lower() != "websocket":
                side.head = b""  # another request on the same connection
                return
            opened.request, opened.path = headers, first.split(" ")[1] if first.count(" ") >= 1 else ""
            side.of_client, side.head = True, rest
            return
        side.head = rest
        if opened.request is None:
            side.head = b""
            return
        side.of_client = False
        status = first.partition(" ")[2]
        opened.handshake = shake = RecordedHandshake(opened.path, opened.request, headers, status, self._secure)
        opened.common |= {"charge_point": shake.charge_point, "version": shake.version}
        yield FoundFrame("", time=piece.time, event=shake.event, detail=shake.detail(), **opened.common)
        if shake.event is ConnectionEvent.REFUSED:
            opened.request = None  # it may be asked again on the same connection
            side.head = b""
            return
        opened.upgraded = True
        for one in self._sides:
            one.reader = self._reader(one)
            data, one.head = one.head, b""
            if data:
                one.time = one.time or piece.time
                yield from self._messages(one, data, tally)

    def _reader(self, side: _Side) -> MessageReader:
        shake = self._opened.handshake
        if shake is None:
            return MessageReader(compressed=True)
        extensions = header(shake.response, "sec-websocket-extensions").lower()
        name = "client" if side.of_client else "server"
        return MessageReader(
            compressed="permessage-deflate" in extensions,
            context_takeover=f"{name}_no_context_takeover" not in extensions,
        )

    # -- messages ----------------------------------------------------------------------------------------------------

    def _messages(self, side: _Side, data: bytes, tally: ImportTally) -> Iterator[FoundFrame]:
        assert side.reader is not None
        for message in side.reader.take(data):
            if side.of_client is None:
                if message.opcode in (TEXT, BINARY) and message.data.lstrip()[:1] != b"[":
                    raise NotWebSocket("not an OCPP message")
                side.of_client, self._opened.upgraded = message.masked, True
            if message.opcode in (TEXT, BINARY):
                tally.with_frame += 1
                yield self._found(side, message)
            elif message.opcode == CLOSE and not self._opened.closed:
                self._opened.closed = True
                yield FoundFrame(
                    "",
                    time=side.time,
                    event=ConnectionEvent.CLOSED,
                    detail=_closing(side, message),
                    **self._opened.common,
                )

    def _unfinished(self, side: _Side, tally: ImportTally) -> Iterator[FoundFrame]:
        """The captured part of a message whose end is missing."""
        try:
            message = side.reader.finish() if side.reader is not None and not side.lost else None
        except NotWebSocket:
            return
        if message is not None:
            tally.with_frame += 1
            yield self._found(side, message)

    def _found(self, side: _Side, message: WebSocketMessage) -> FoundFrame:
        raw = text_if_utf8(message.data) if message.opcode == TEXT else message.data
        by_client = side.of_client if side.of_client is not None else message.masked
        direction = Direction.TO_CSMS if by_client else Direction.TO_CHARGE_POINT
        return FoundFrame(raw, time=side.time, direction=direction, **self._opened.common)


def _closing(side: _Side, message: WebSocketMessage) -> dict[str, Any]:
    detail: dict[str, Any] = {"closedBy": "charge-point" if side.of_client else "central-system"}
    if len(message.data) >= 2:
        detail["closeCode"] = int.from_bytes(message.data[:2], "big")
        detail["closeReason"] = message.data[2:].decode("utf-8", "replace")
    return detail


def _parsed(head: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The first line and the headers of an HTTP message."""
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.strip(), value.strip()))
    return first, headers
