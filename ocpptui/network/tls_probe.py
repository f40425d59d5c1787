"""One TLS handshake with a server, to see what it offers, sends and asks for; nothing else is sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from ocpptui.network.explain_connect import Target, failure
from ocpptui.network.problems import ConnectStep, NetworkProblem
from ocpptui.network.tcp_connect import NetworkAddress, connected_socket
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.tls_messages import accepted_authorities, sent_certificates

MAX_HANDSHAKE = 1 << 20
"""The most bytes of a server's half of a handshake."""


@dataclass(frozen=True, slots=True)
class TlsTrial:
    """The result of one handshake."""

    problem: NetworkProblem | None
    """Why it failed; None if it succeeded."""
    version: str | None = None
    """Such as `TLSv1.3`."""
    cipher: str | None = None
    """OpenSSL's name of it."""
    chain: tuple[bytes, ...] = ()
    """The certificates that the server sent, in DER, its own first."""
    asks_certificate: bool = False
    """It asked for a client certificate; it may accept none."""
    authorities: tuple[bytes, ...] = ()
    """The names, in DER, of the CAs whose client certificates it accepts; empty: it does not say."""


async def try_tls(address: NetworkAddress, host: str, context: ssl.SSLContext, timeout: float) -> TlsTrial:
    """Do a handshake within so many seconds, and end it. `host` is the name that is asked for (SNI) and verified."""
    seen = _Messages()
    setattr(context, "_msg_callback", seen.message)  # noqa: B010 - Python's only access to these messages
    step, head = ConnectStep.TCP, bytearray()
    sock = None
    try:
        async with asyncio.timeout(timeout):
            sock = await connected_socket(address, timeout)
            step = ConnectStep.TLS
            layer = TlsLayer(context, server_hostname=host)
            await _shake_hands(sock, layer, head)
    except (OSError, UnicodeError, ValueError) as error:  # ValueError: a name that cannot be asked for
        port = int(address.address[1])
        target = Target(host, port, True, "/", False, False, ())
        problem = failure(error, step, target, timeout, None, bytes(head)).problem
        return TlsTrial(problem, None, None, seen.chain, seen.asks_certificate, seen.authorities)
    finally:
        setattr(context, "_msg_callback", None)  # noqa: B010
        if sock is not None:
            sock.close()
    cipher = layer.session.cipher()
    chain = seen.chain or tuple(filter(None, [layer.session.getpeercert(binary_form=True)]))
    return TlsTrial(
        None,
        layer.session.version(),
        cipher[0] if cipher is not None else None,
        chain,
        seen.asks_certificate,
        seen.authorities,
    )


async def _shake_hands(sock: socket.socket, layer: TlsLayer, head: bytearray) -> None:
    """Raises ssl.SSLError, and ConnectionError if the server ends the connection."""
    loop = asyncio.get_running_loop()
    layer.receive(b"")
    await loop.sock_sendall(sock, layer.to_send())
    while not layer.is_open and len(head) < MAX_HANDSHAKE:
        data = await loop.sock_recv(sock, 65536)
        if not data:
            raise ConnectionResetError("the server ended the connection")
        head += data
        layer.receive(data)
        if answer := layer.to_send():
            await loop.sock_sendall(sock, answer)
        if layer.error is not None:
            raise layer.error
    if not layer.is_open:
        raise ConnectionResetError("the handshake does not end")


class _Messages:
    """The messages of the server in which it presents and asks for certificates.

    They are complete also if the handshake fails after them.
    """

    def __init__(self) -> None:
        self.chain: tuple[bytes, ...] = ()
        self.asks_certificate = False
        self.authorities: tuple[bytes, ...] = ()

    def message(self, _connection: Any, direction: str, version: int, content: int, kind: int, data: bytes) -> None:
        if direction != "read":
            return
        if (chain := sent_certificates(version, content, kind, data)) is not None:
            self.chain = chain
        elif (authorities := accepted_authorities(version, content, kind, data)) is not None:
            self.asks_certificate, self.authorities = True, authorities
