"""Peers that speak TLS with Python's own sockets, which send each alert before they close."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.kit.certificates import Pair

PATIENCE = 60.0


def context_of_client(
    version: ssl.TLSVersion, *, ca: str | None = None, pair: Pair | None = None, suites: str | None = None
) -> ssl.SSLContext:
    """The context of a client that speaks this version alone, and verifies the server only if `ca` is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    else:
        context.load_verify_locations(ca)
    return _finished(context, version, pair, suites)


def context_of_server(
    version: ssl.TLSVersion, pair: Pair, *, ca: str | None = None, suites: str | None = None
) -> ssl.SSLContext:
    """The context of a server that speaks this version alone, and requires a certificate of `ca` if that is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if ca is not None:
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return _finished(context, version, pair, suites)


def _finished(
    context: ssl.SSLContext, version: ssl.TLSVersion, pair: Pair | None, suites: str | None
) -> ssl.SSLContext:
    context.set_ciphers(suites or "ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    if pair is not None:
        context.load_cert_chain(pair.certificate, pair.key)
    return context


def answer_over_tls(port: int, context: ssl.SSLContext, request: bytes, host: str = "127.0.0.1") -> bytes:
    """Connect, send the request, and return what comes until the end; b"" if TLS fails. It blocks."""
    answer = b""
    with (
        socket.create_connection((host, port), timeout=PATIENCE) as sock,
        suppress(OSError),
        context.wrap_socket(sock, server_hostname=host) as secure,
    ):
        secure.sendall(request)
        while b"\r\n\r\n" not in answer and (data := secure.recv(65536)):
            answer += data
    return answer


@contextmanager
def serving_tls(context: ssl.SSLContext, *, hasty: bool = False) -> Iterator[int]:
    """A server that does the TLS handshake with each client, and answers nothing; its port.

    A hasty one closes as soon as the handshake has failed; the operating system may then take its alert back.
    """

    ended = threading.Event()

    def serve() -> None:
        while True:
            sock, _ = listener.accept()
            sock.settimeout(PATIENCE)
            with sock, suppress(OSError):
                if ended.is_set():
                    return
                with context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False) as secure:
                    try:
                        secure.do_handshake()
                    except ssl.SSLError:
                        if hasty:
                            continue
                        socket.socket.shutdown(secure, socket.SHUT_WR)
                    while socket.socket.recv(secure, 65536):
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, name="TLS server", daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        try:
            yield port
        finally:
            ended.set()
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
            thread.join(PATIENCE)
