"""Servers on bare sockets that are no help to a charge point: silent, deaf, or too loud."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

CALL = b'[2,"%d","GetConfiguration",{}]'


@contextmanager
def silent_server() -> Iterator[int]:
    """It takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]  # the operating system accepts them


class CentralSystem:
    """A WebSocket server on a bare socket, for one charge point: it keeps what comes, and answers no Close frame."""

    def __init__(self, *, reads: bool = True, floods: bool = False) -> None:
        self._reads, self._floods = reads, floods
        self.received = bytearray()
        """What the charge point has sent since the upgrade."""
        self.is_open = threading.Event()
        self._sockets: list[socket.socket] = []

    @contextmanager
    def running(self) -> Iterator[int]:
        """Its port."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
            try:
                yield listener.getsockname()[1]
            finally:
                for sock in self._sockets:
                    sock.close()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            sock, _ = listener.accept()
            self._sockets.append(sock)
            protocol = ServerProtocol(subprotocols=[Subprotocol("ocpp1.6")])
            request = None
            while request is None:
                protocol.receive_data(sock.recv(65536))
                request = next(iter(protocol.events_received()), None)
            assert isinstance(request, Request)
            protocol.send_response(protocol.accept(request))
            sock.sendall(b"".join(protocol.data_to_send()))
            self.is_open.set()
            if self._floods:
                threading.Thread(target=self._flood, args=(sock,), daemon=True).start()
            while self._reads and (data := sock.recv(65536)):
                self.received += data

    def _flood(self, sock: socket.socket) -> None:
        number = 0
        with suppress(OSError):
            while True:
                number += 1
                text = CALL % number
                sock.sendall(bytes([0x81, len(text)]) + text)
