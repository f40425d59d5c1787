"""The receivers of what a transport reads: first its opening handshake, then its messages."""

from __future__ import annotations

from typing import Protocol

from websockets.http11 import Request, Response


class HeadTooLong(Exception):
    """The opening handshake is longer than allowed."""


class TlsOnPlainPort(Exception):
    """The peer began a TLS handshake, but plain HTTP is spoken here."""


class HttpNotSpoken(Exception):
    """The first bytes of the peer are those of another protocol than HTTP."""


class HandshakeCallbacks(Protocol):
    """Decides about the opening handshake."""

    def ready(self) -> None:
        """TCP is connected, and TLS if it is used."""

    def posted(self, data: bytes) -> None:
        """The peer sent a POST, as charge points of OCPP-S do, or asks for the WSDL; `data` is all that has arrived."""

    def received(self, event: Request | Response) -> None:
        """The peer's half of the handshake, complete and well formed; `Wire.respond` or `attach` follows."""

    def broken(self, error: Exception) -> None:
        """The peer sent something else, nothing in time, or as a server an answer that does not open a WebSocket.

        `error` is an `ssl.SSLError` if TLS failed.
        """

    def lost(self, error: Exception | None) -> None:
        """The connection ended before it was open."""


class Receiver(Protocol):
    """Receives what arrives on an open connection."""

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None: ...

    def ping(self, data: bytes, time: int) -> None:
        """A ping; its pong has been written."""

    def pong(self, data: bytes, time: int) -> None: ...

    def about_to_send(self) -> None:
        """Something is being sent now."""

    def closing(self) -> None:
        """A Close frame; it has been answered unless it is an answer."""

    def lost(self, error: Exception | None) -> None:
        """The TCP connection has ended."""
