"""Broken clients of every kind at a central system that listens with and without TLS: each is named rightly.

All of them go through one run against four ports: plain, plain with passwords, with TLS, with client certificates.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ocpptui.network.credential_table import credential_table
from ocpptui.network.problems import ProblemCode as P
from ocpptui.ocpp.version import Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.record import ConnectionEvent, Record
from tests.kit.certificates import FOR_SERVERS, Authority, Pair
from tests.kit.tls_peers import answer_over_tls, context_of_client
from tests.network.watching import PATIENCE, Watcher, advised, listening, masked_frame, raw_peer, upgrade_request

V16 = "Sec-WebSocket-Protocol: ocpp1.6"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
PASSWORD = "s3cretPassword16"


def request(path: str = "/CP001", *lines: str) -> bytes:
    """A right request for OCPP 1.6, with further header lines."""
    return upgrade_request(path, V16, *lines)


def without(part: str, instead: str = "") -> bytes:
    """A right request in which a part is missing, or has something else instead."""
    text = request().decode()
    assert part in text
    return text.replace(part, instead, 1).encode()


def basic(pair: str) -> bytes:
    return request("/CP001", f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}")


def hello() -> bytes:
    """The first message of a handshake with TLS 1.2."""
    arrives, leaves = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context_of_client(TLS12).wrap_bio(arrives, leaves)
    with suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return leaves.read()


class Client(NamedTuple):
    """What a client sends, and what is said of it."""

    sends: bytes
    code: P
    words: str = ""
    """Part of the sentences of the command line."""
    leaves: bool = False
    """It ends the connection after that."""


class TlsClient(NamedTuple):
    """The TLS of a client, and what is said of it."""

    context: Callable[[Clients], ssl.SSLContext]
    code: P
    words: str = ""


@dataclass(frozen=True)
class Clients:
    """Where the certificates of the clients come from."""

    trusted: Authority
    other: Authority

    def of(self, pair: Pair, version: ssl.TLSVersion = TLS13) -> ssl.SSLContext:
        return context_of_client(version, pair=pair)


PLAIN = {
    "PROXY protocol 1": Client(b"PROXY TCP4 10.0.0.1 10.0.0.2 5 9000\r\n", P.PEER_WITHOUT_HTTP, "send-proxy"),
    "PROXY protocol 2": Client(
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12), P.PEER_WITHOUT_HTTP, "PROXY protocol"
    ),
    "HTTP/2 preface": Client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", P.PEER_WITHOUT_HTTP, "HTTP/2"),
    "HTTP/2 in the request": Client(without("HTTP/1.1", "HTTP/2"), P.REQUEST_OF_OTHER_HTTP, "HTTP/2"),
    "HTTP/1.0": Client(without("HTTP/1.1", "HTTP/1.0"), P.REQUEST_OF_OTHER_HTTP, "proxy_http_version 1.1"),
    "SSH": Client(b"SSH-2.0-OpenSSH_9.2\r\n", P.PEER_WITHOUT_HTTP, "SSH"),
    "MQTT": Client(
        b"\x10\x2c\0\x04MQTT\x04\xc2\0\x3c\0\x05CP001\0\x05CP001\0\x10" + PASSWORD.encode(),
        P.PEER_WITHOUT_HTTP,
        "broker?",
    ),
    "Modbus": Client(b"\0\x01\0\0\0\x06\x01\x03\0\0\0\x0a", P.PEER_WITHOUT_HTTP, "Modbus/TCP: a meter"),
    "WebSocket frame first": Client(masked_frame(1, b'[2,"1","Heartbeat",{}]'), P.PEER_WITHOUT_HTTP, "handshake"),
    "OCPP frame alone": Client(b'[2,"1","Heartbeat",{}]', P.PEER_WITHOUT_HTTP, "OCPP without WebSocket"),
    "XML alone": Client(b'<?xml version="1.0"?><a/>\n', P.PEER_WITHOUT_HTTP, "OCPP-S"),
    "SOCKS": Client(b"\x05\x01\0", P.PEER_WITHOUT_HTTP, "SOCKS"),
    "RDP": Client(b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0", P.PEER_WITHOUT_HTTP, "RDP"),
    "SMTP": Client(b"EHLO scanner\r\n", P.PEER_WITHOUT_HTTP, "SMTP"),
    "SIP": Client(b"OPTIONS sip:nm SIP/2.0\r\nVia: x\r\n\r\n", P.PEER_WITHOUT_HTTP, "SIP"),
    "unknown bytes": Client(b"\x7f\x00\x11 nothing known\r\n", P.PEER_WITHOUT_HTTP, "began with '"),
    "unknown bytes without an end": Client(b"\x7f\x00\x11", P.PEER_WITHOUT_HTTP, "another protocol", leaves=True),
    "TLS": Client(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", P.PEER_WITH_TLS, "ws:// instead of wss://"),
    "half a request": Client(b"GET /CP001 HTTP/1.1\r\nHost: a\r\nX-", P.PEER_LEFT_IN_REQUEST, leaves=True),
    "nothing": Client(b"", P.PEER_LEFT_SILENTLY, "port scan", leaves=True),
    "slow loris": Client(b"GET /CP001 HTTP/1.1\r\nX-", P.PEER_SENT_HALF_A_REQUEST, "half a request"),
    "silence": Client(b"", P.PEER_SILENT, "sent nothing"),
    "request too large": Client(b"GET /CP001 HTTP/1.1\r\n" + b"X: y\r\n" * 12_000, P.REQUEST_TOO_LONG, "128 headers"),
    "line too long": Client(b"GET /" + b"a" * 70_000, P.REQUEST_TOO_LONG, "too long"),
    "browser": Client(
        b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\n\r\n", P.REQUEST_WITHOUT_UPGRADE, "from Mozilla/5.0"
    ),
    "health check": Client(
        b"GET /health HTTP/1.0\r\nUser-Agent: kube-probe/1.29\r\n\r\n", P.REQUEST_WITHOUT_UPGRADE, "kube-probe/1.29"
    ),
    "no Upgrade": Client(without("Upgrade: websocket\r\n"), P.UPGRADE_HEADER_REMOVED, "for one hop only"),
    "Upgrade to another protocol": Client(without("Upgrade: websocket", "Upgrade: h2c"), P.UPGRADE_HEADER_REMOVED),
    "no Connection": Client(without("Connection: Upgrade\r\n"), P.CONNECTION_HEADER_REMOVED, "for one hop only"),
    "Connection: close": Client(
        without("Connection: Upgrade", "Connection: close"), P.CONNECTION_HEADER_REMOVED, "Connection: Upgrade"
    ),
    "another method": Client(without("GET", "PUT"), P.REQUEST_OF_OTHER_METHOD, "PUT"),
    "no key": Client(without(KEY), P.WEBSOCKET_KEY_MISSING),
    "wrong key": Client(without("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), P.WEBSOCKET_KEY_WRONG, "'c2hvcnQ='"),
    "no version": Client(without("Sec-WebSocket-Version: 13\r\n"), P.WEBSOCKET_VERSION_MISSING, "must be 13"),
    "version 8": Client(without("Version: 13", "Version: 8"), P.WEBSOCKET_VERSION_WRONG, "'8'; it must be 13"),
    "no subprotocol": Client(upgrade_request(), P.SUBPROTOCOL_MISSING, "--assume-version"),
    "unknown subprotocol": Client(without("ocpp1.6", "mqtt"), P.SUBPROTOCOL_NOT_SERVED, "mqtt"),
    "subprotocol that is not served": Client(without("ocpp1.6", "ocpp2.1"), P.SUBPROTOCOL_NOT_SERVED, "ocpp2.1"),
    "subprotocol in upper case": Client(without("ocpp1.6", "OCPP1.6"), P.SUBPROTOCOL_MISWRITTEN, "as ocpp1.6;"),
    "subprotocol with a j": Client(without("ocpp1.6", "ocpp1.6j"), P.SUBPROTOCOL_MISWRITTEN, "as ocpp1.6;"),
    "subprotocol with a space": Client(without("ocpp1.6", "ocpp 1.6"), P.SUBPROTOCOL_MISWRITTEN, "as ocpp1.6;"),
    "subprotocol without the word": Client(without("ocpp1.6", "1.6"), P.SUBPROTOCOL_MISWRITTEN, "as ocpp1.6;"),
    "subprotocols with semicolons": Client(
        without("ocpp1.6", "ocpp1.6;ocpp2.0.1"), P.SUBPROTOCOL_MISWRITTEN, "separated by commas"
    ),
    "subprotocol in quotes": Client(without("ocpp1.6", '"ocpp1.6"'), P.SUBPROTOCOL_MISWRITTEN, "as ocpp1.6;"),
    "POST without SOAP": Client(
        b"POST /CP001 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\n{}",
        P.SOAP_NOT_AN_ENVELOPE,
        "SOAP envelope",
    ),
    "path without id": Client(request("/"), P.PATH_WITHOUT_ID, "end of the URL"),
    "slashes alone": Client(request("//"), P.PATH_WITHOUT_ID),
    "path with a space": Client(request("/CP 001"), P.REQUEST_INVALID),
}
"""At the port without TLS and passwords."""

WITH_PASSWORD = {
    "no credentials": Client(request(), P.CREDENTIALS_MISSING, "AuthorizationKey"),
    "wrong password": Client(basic("CP001:wrong"), P.PASSWORD_WRONG, "5 bytes"),
    "empty password": Client(basic("CP001:"), P.PASSWORD_EMPTY),
    "line feed after the password": Client(basic(f"CP001:{PASSWORD}\n"), P.PASSWORD_PADDED, "ends with a line feed"),
    "CR and LF after it": Client(basic(f"CP001:{PASSWORD}\r\n"), P.PASSWORD_PADDED, "a carriage return and a line"),
    "null byte after it": Client(basic(f"CP001:{PASSWORD}\0"), P.PASSWORD_PADDED, "a null byte"),
    "password in quotes": Client(basic(f'CP001:"{PASSWORD}"'), P.PASSWORD_PADDED, "a quotation mark"),
    "user name of another": Client(basic(f"CP002:{PASSWORD}"), P.CREDENTIALS_NOT_OF_THE_ID, "'CP002'"),
    "user name in other case": Client(basic(f"cp001:{PASSWORD}"), P.CREDENTIALS_NOT_OF_THE_ID, "'cp001'"),
    "Basic that is not base64": Client(
        request("/CP001", f"Authorization: Basic CP001:{PASSWORD}"), P.CREDENTIALS_NOT_BASE64, "base64 encoding"
    ),
    "Basic without a colon": Client(basic(PASSWORD), P.CREDENTIALS_WITHOUT_COLON, "no colon"),
    "Bearer": Client(request("/CP001", f"Authorization: Bearer {PASSWORD}"), P.CREDENTIALS_NOT_BASIC, "(Bearer)"),
    "Digest": Client(
        request("/CP001", f'Authorization: Digest username="CP001", response="{PASSWORD}"'),
        P.CREDENTIALS_NOT_BASIC,
        "(Digest)",
    ),
    "password without a scheme": Client(
        request("/CP001", f"Authorization: {PASSWORD}"), P.CREDENTIALS_NOT_BASIC, "without a scheme"
    ),
    "id that nobody knows": Client(request("/CP999"), P.CREDENTIALS_UNKNOWN_ID, "'CP999'"),
}
"""At the port with a table of passwords."""

HELLO = hello()
ON_TLS_PORT = {
    "plain HTTP": Client(request(), P.PEER_WITHOUT_TLS, "wss:// instead of ws://"),
    "HTTP/2 preface at TLS": Client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", P.PEER_WITHOUT_TLS),
    "PROXY protocol before TLS": Client(
        b"PROXY TCP4 10.0.0.1 10.0.0.2 5 9\r\n", P.PEER_WITHOUT_TLS_OR_HTTP, "send-proxy"
    ),
    "SSH at TLS": Client(b"SSH-2.0-OpenSSH_9.2\r\n", P.PEER_WITHOUT_TLS_OR_HTTP, "SSH"),
    "OCPP frame at TLS": Client(b'[2,"1","Heartbeat",{}]', P.PEER_WITHOUT_TLS_OR_HTTP, "OCPP without WebSocket"),
    "silence at TLS": Client(b"", P.PEER_TLS_TIMED_OUT),
    "an alert: our CA is unknown": Client(
        HELLO + b"\x15\x03\x03\0\x02\x02\x30", P.PEER_REJECTS_CERTIFICATE, "unknown ca"
    ),
    "an alert: our certificate has expired": Client(
        HELLO + b"\x15\x03\x03\0\x02\x02\x2d", P.PEER_REJECTS_CERTIFICATE, "clock of the other side"
    ),
    "leaves after the first message": Client(HELLO, P.PEER_TLS_CUT, "not trust our certificate", leaves=True),
    "an alert: no common parameters": Client(
        HELLO + b"\x15\x03\x03\0\x02\x02\x28", P.PEER_SENT_ALERT, "handshake failure"
    ),
}
"""At the port with TLS."""


def of_old_version(version: ssl.TLSVersion) -> Callable[[Clients], ssl.SSLContext]:
    def context(_: Clients) -> ssl.SSLContext:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            return context_of_client(version)

    return context


WITH_TLS = {
    "TLS 1.0 alone": TlsClient(of_old_version(ssl.TLSVersion.TLSv1), P.PEER_TLS_TOO_OLD, "only TLS 1.0."),
    "TLS 1.1 alone": TlsClient(of_old_version(ssl.TLSVersion.TLSv1_1), P.PEER_TLS_TOO_OLD, "only TLS 1.1."),
    "no common cipher": TlsClient(
        lambda _: context_of_client(TLS12, suites="AES128-GCM-SHA256"), P.PEER_SHARES_NO_SUITE, "AES128-GCM-SHA256"
    ),
    "a server that is not trusted": TlsClient(
        lambda ca: context_of_client(TLS13, ca=ca.other.path), P.PEER_REJECTS_CERTIFICATE, "issuer is not trusted"
    ),
}
"""At the port with TLS, by what they have TLS do."""

WITH_CERTIFICATE = {
    "no certificate": TlsClient(lambda _: context_of_client(TLS13), P.PEER_WITHOUT_CERTIFICATE, "security profile 3"),
    "no certificate in TLS 1.2": TlsClient(
        lambda _: context_of_client(TLS12), P.PEER_WITHOUT_CERTIFICATE, "security profile 3"
    ),
    "expired": TlsClient(
        lambda ca: ca.of(ca.trusted.sign("old", days=(-40, -1))), P.PEER_CERTIFICATE_EXPIRED, "has expired"
    ),
    "not yet valid": TlsClient(
        lambda ca: ca.of(ca.trusted.sign("young", days=(1, 30)), TLS12),
        P.PEER_CERTIFICATE_NOT_YET_VALID,
        "not valid yet",
    ),
    "of another CA": TlsClient(lambda ca: ca.of(ca.other.sign("foreign")), P.PEER_CERTIFICATE_OF_UNKNOWN_ISSUER),
    "self-signed": TlsClient(
        lambda ca: ca.of(ca.trusted.sign("own", by_itself=True)), P.PEER_CERTIFICATE_SELF_SIGNED, "self-signed"
    ),
    "for servers": TlsClient(
        lambda ca: ca.of(ca.trusted.sign("server", usage=FOR_SERVERS)), P.PEER_CERTIFICATE_FOR_ANOTHER_PURPOSE
    ),
    "of another id": TlsClient(
        lambda ca: ca.of(ca.trusted.sign("CP777")), P.CERTIFICATE_OF_ANOTHER_CHARGE_POINT, "'CP777', not for 'CP001'"
    ),
}
"""At the port that demands a client certificate."""


AT_THE_DEMAND = {
    "leaves when it is asked for a certificate": Client(
        HELLO, P.PEER_TLS_CUT_AT_CERTIFICATE, "no client certificate", leaves=True
    ),
}
"""At the same port, before its TLS is open."""


class Ports:
    """Where each kind of client goes, and the record that comes of it."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.wrong: list[str] = []

    async def named(
        self, name: str, act: Callable[[], Coroutine[Any, Any, None]], code: P, words: str
    ) -> Record | None:
        """The record of a client that acts like this; what is wrong with it is noted."""
        ends = (ConnectionEvent.REFUSED, ConnectionEvent.FAILED, ConnectionEvent.OPENED)
        before = sum(len(self.watcher.events(event)) for event in ends)

        def new() -> list[Record]:
            listed = [one for one in self.watcher.records if one.detail.get("event") in ends]
            return listed[before:]

        acting = Tasks("client").start(act(), name)
        try:
            [record] = await self.watcher.until(new)
        except TimeoutError:
            self.wrong.append(f"{name}: no record")
            return None
        finally:
            await asyncio.wait_for(acting, PATIENCE)
        said = advised(record)
        if record.detail.get("problem") != code or words not in said or said[-1:] not in (".", "?"):
            self.wrong.append(f"{name}: {record.detail.get('problem')}: {said}")
        return record

    async def send(self, name: str, url: str, client: Client) -> bytes:
        """Have a client send what it sends; the answer."""
        answers = []

        async def act() -> None:
            async with raw_peer(url) as (reader, writer):
                writer.write(client.sends)
                if client.leaves:
                    writer.write_eof()
                with suppress(ConnectionError):
                    answers.append(await asyncio.wait_for(reader.read(), PATIENCE))

        await self.named(name, act, client.code, client.words)
        return b"".join(answers)

    async def shake_hands(self, name: str, url: str, context: ssl.SSLContext, client: TlsClient) -> Record | None:
        port = int(url.rstrip("/").rpartition(":")[2])

        async def act() -> None:
            await asyncio.to_thread(answer_over_tls, port, context, request())

        return await self.named(name, act, client.code, client.words)


@asynccontextmanager
async def servers(watcher: Watcher, folder: Path) -> AsyncIterator[tuple[list[str], Clients]]:
    trusted = Authority(folder, "trusted")
    clients = Clients(trusted, Authority(folder, "other"))
    ours = trusted.sign("central", ("localhost", "127.0.0.1"))
    tls = {"certificate": ours.certificate, "key": ours.key}
    table = credential_table(f'CP001 = "{PASSWORD}"')
    async with AsyncExitStack() as stack:
        urls = []
        for settings in (
            {},
            {"credentials": table},
            tls,
            {**tls, "client_ca": trusted.path},
        ):
            whole = {"versions": (Version.V16, Version.V201), "open_timeout": 0.4, "tolerant": False, "examines": True}
            server = await stack.enter_async_context(listening(watcher, **whole, **settings))
            urls.append(server.urls[0])
        yield urls, clients


async def test_each_broken_client_is_named_rightly(watcher: Watcher, tmp_path: Path) -> None:
    """A technician would look for the fault in the wrong place: in the network, in the charge point, in the URL."""
    ports = Ports(watcher)
    async with servers(watcher, tmp_path) as ((plain, with_password, tls, with_certificate), clients):
        raw = ((plain, PLAIN), (with_password, WITH_PASSWORD), (tls, ON_TLS_PORT), (with_certificate, AT_THE_DEMAND))
        for url, kinds in raw:
            for name, client in kinds.items():
                await ports.send(name, url, client)
        for url, tls_kinds in ((tls, WITH_TLS), (with_certificate, WITH_CERTIFICATE)):
            for name, tls_client in tls_kinds.items():
                record = await ports.shake_hands(name, url, tls_client.context(clients), tls_client)
                if url == tls and tls_client.code is not P.PEER_REJECTS_CERTIFICATE and record is not None:
                    assert record.detail["clientHello"]["suites"], name
                if "CERTIFICATE_" in tls_client.code.name and url == with_certificate and record is not None:
                    assert record.detail["tls"]["certificate"]["subject"], name
    assert "\n".join(ports.wrong) == ""
    assert PASSWORD not in repr(watcher.records), "a record has a password in it"
