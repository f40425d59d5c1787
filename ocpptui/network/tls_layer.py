"""TLS between a socket and the protocol above it.

asyncio's own TLS hides from both sides why a handshake failed: it does not report the error of an accepted connection
and does not send the alert to the peer.
"""

from __future__ import annotations

import ssl

_READ_SIZE = 65536


class TlsLayer:
    """Decrypts received bytes and encrypts bytes to send; does not use a socket."""

    def __init__(self, context: ssl.SSLContext, *, server_hostname: str | None = None) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.session = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_side=context.protocol is ssl.PROTOCOL_TLS_SERVER,
            server_hostname=server_hostname,
        )
        """What was negotiated, once `is_open`."""
        self.is_open = False
        """The handshake is complete."""
        self.ended = False
        """The peer has announced that it sends no more."""
        self.error: ssl.SSLError | None = None
        """The error that ended it; `to_send` then contains the alert for the peer."""

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the socket; return them decrypted. With b"" it continues the handshake of a client."""
        if self.error is not None:
            return b""
        self._incoming.write(data)
        plain = bytearray()
        try:
            if not self.is_open:
                self.session.do_handshake()
                self.is_open = True
            while chunk := self.session.read(_READ_SIZE):
                plain += chunk
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as error:
            self.error = error
        return bytes(plain)

    def send(self, plain: bytes) -> None:
        """Encrypt; `to_send` returns the result."""
        rest = memoryview(plain)
        try:
            while rest:
                rest = rest[self.session.write(rest) :]
        except ssl.SSLError as error:
            self.error = error

    def end(self) -> None:
        """Announce to the peer that we send no more (RFC 8446 section 6.1)."""
        try:
            self.session.unwrap()
        except ssl.SSLError:
            return  # the peer need not have announced it too

    def to_send(self) -> bytes:
        """Bytes for the socket."""
        return self._outgoing.read()
