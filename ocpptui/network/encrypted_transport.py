"""A TLS connection whose handshake was made by `TlsLayer`, as asyncio has them for a protocol above it."""

from __future__ import annotations

import asyncio
from typing import Any

from ocpptui.network.tls_layer import TlsLayer


class EncryptedTransport(asyncio.Transport):
    """Encrypts what is written."""

    def __init__(self, outer: asyncio.Transport, tls: TlsLayer) -> None:
        """`outer` is the TCP connection."""
        super().__init__()
        self._outer = outer
        self._tls = tls

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        known = {"ssl_object": self._tls.session, "sslcontext": self._tls.session.context}
        return known.get(name) or self._outer.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._outer.is_closing():
            self._tls.send(bytes(data))
            self.flush()

    def flush(self) -> None:
        """Send what TLS has to say."""
        if (data := self._tls.to_send()) and not self._outer.is_closing():
            self._outer.write(data)

    def close(self) -> None:
        self._tls.end()
        self.flush()
        self._outer.close()

    def abort(self) -> None:
        self._outer.abort()

    def is_closing(self) -> bool:
        return self._outer.is_closing()

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        self._outer.pause_reading()

    def resume_reading(self) -> None:
        self._outer.resume_reading()

    def is_reading(self) -> bool:
        return self._outer.is_reading()

    def get_write_buffer_size(self) -> int:
        return self._outer.get_write_buffer_size()


class DecryptingProtocol(asyncio.Protocol):
    """Decrypts what arrives for the protocol above it."""

    def __init__(self, above: asyncio.Protocol, transport: EncryptedTransport, tls: TlsLayer) -> None:
        self._above = above
        self._transport = transport
        self._tls = tls

    def data_received(self, data: bytes) -> None:
        plain = self._tls.receive(data)
        self._transport.flush()
        if plain:
            self._above.data_received(plain)
        if self._tls.error is not None or self._tls.ended:
            self._transport.close()

    def eof_received(self) -> bool | None:
        return self._above.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._above.connection_lost(exc)

    def pause_writing(self) -> None:
        self._above.pause_writing()

    def resume_writing(self) -> None:
        self._above.resume_writing()
