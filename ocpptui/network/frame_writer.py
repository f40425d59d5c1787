"""How the frames of a connection are written: queued, and sent together, through TLS if there is any."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.server import ServerProtocol

from ocpptui.network.paced_reader import PacedReader
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.whole_frame import written, written_masked
from ocpptui.runtime.end_of_turn import EndOfTurn

MOST_QUEUED = 65536
"""The most bytes of queued texts that wait for the end of the turn; as many as asyncio buffers before it pauses."""


class FrameWriter(PacedReader):
    """Writes to the socket of one connection, whose frames the same object reads."""

    def __init__(
        self,
        protocol: ClientProtocol | ServerProtocol,
        tls: TlsLayer | None,
        queue_depth: int,
        end_of_turn: EndOfTurn,
    ) -> None:
        super().__init__(queue_depth)
        self.protocol = protocol
        self.tls = tls
        self._is_server = isinstance(protocol, ServerProtocol)
        self._end_of_turn = end_of_turn
        self._queued = 0  # bytes of the texts that are queued
        self._sends_soon = False  # `_flush` is called at the end of this turn of the event loop

    def queue_text(self, data: bytes) -> None:
        """Queue a text message for `send_queued`; `data` need not be UTF-8."""
        protocol = self.protocol
        is_plain = protocol.state is State.OPEN and not protocol.extensions
        frame = (written if self._is_server else written_masked)(data) if is_plain else None
        if frame is None:
            protocol.send_text(data)
        else:
            protocol.writes.append(frame)
        self._queued += len(data)

    def send_queued(self, *, at_once: bool) -> None:
        """Send what is queued: at once, or together with all that is queued in this turn of the event loop."""
        if at_once or self._queued >= MOST_QUEUED:
            self._flush()
        elif not self._sends_soon:
            self._sends_soon = True
            self._end_of_turn.add(self._flush)

    def queue_binary(self, data: bytes) -> None:
        """Queue a binary message for `send_queued`."""
        self.protocol.send_binary(data)
        self._queued += len(data)

    def send_ping(self, data: bytes) -> None:
        self.protocol.send_ping(data)
        self._flush()

    def send_pong(self, data: bytes) -> None:
        self.protocol.send_pong(data)
        self._flush()

    def _flush(self) -> None:
        transport, tls = self.transport, self.tls
        self._queued, self._sends_soon = 0, False
        chunks = self.protocol.data_to_send()
        if chunks and self._receiver is not None:
            self._receiver.about_to_send()
        for data in chunks:
            if transport is None or transport.is_closing():
                continue
            if tls is None:
                if data:
                    transport.write(data)
                else:
                    write_eof(transport)
            elif data:
                tls.send(data)
                self._write_encrypted(tls)
            else:
                tls.end()
                self._write_encrypted(tls)
                write_eof(transport)

    def _write_encrypted(self, tls: TlsLayer) -> None:
        data = tls.to_send()
        if data and self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)


def write_eof(transport: asyncio.Transport) -> None:
    """End our half of the TCP connection; a peer that has ended it as a whole makes no difference."""
    with suppress(OSError):
        transport.write_eof()
