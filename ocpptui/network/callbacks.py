"""Who is told what a wire reads: first about its opening handshake, then about its messages."""

from __future__ import annotations

from typing import Protocol

from websockets.http11 import Request, Response


class HeadTooLong(Exception):
    """The opening handshake is longer than is allowed."""


class TlsOnPlainPort(Exception):
    """The peer began a TLS handshake where plain HTTP is spoken."""


class HandshakeCallbacks(Protocol):
    """Who decides about the opening handshake."""

    def ready(self) -> None:
        """TCP is up, and TLS where it is wanted."""

    def received(self, event: Request | Response) -> None:
        """The peer's half of the handshake, whole and well formed; `Wire.respond` or `attach` follows."""

    def broken(self, error: Exception) -> None:
        """The peer sent something else, nothing in time, or as a server an answer that opens no WebSocket.

        An `ssl.SSLError` where TLS failed.
        """

    def lost(self, error: Exception | None) -> None:
        """The connection ended before it was open."""


class Receiver(Protocol):
    """Who takes what arrives on an open connection."""

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None: ...

    def ping(self, data: bytes, time: int) -> None:
        """A ping; its pong has been written."""

    def pong(self, data: bytes, time: int) -> None: ...

    def about_to_send(self) -> None:
        """Something goes out now."""

    def closing(self) -> None:
        """A Close frame; it has been answered unless it is an answer."""

    def lost(self, error: Exception | None) -> None:
        """The TCP connection has ended."""
