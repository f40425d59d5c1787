"""Peers of our central system that are not charge points, or are refused: each gets a row."""

from __future__ import annotations

import asyncio
import logging  # noqa: TID251
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request
from websockets.typing import Subprotocol

from ocpptui.network.central_system_server import CentralSystemServer
from ocpptui.network.credentials import Credentials
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.upgrade_policy import Admission, Rejection
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent, Record
from tests.kit.certificates import Authority, Pair
from tests.network.watching import PATIENCE, Watcher, advised, listening, raw_peer, upgrade_request

V16 = [Subprotocol("ocpp1.6")]


async def sent(watcher: Watcher, data: bytes, *, eof: bool = False, **options: Any) -> tuple[Record, bytes]:
    """The row of a peer that sends this, and the answer to it."""
    async with listening(watcher, **options) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(data)
        if eof:
            writer.write_eof()
        await watcher.until(lambda: watcher.events(ConnectionEvent.REFUSED) + watcher.events(ConnectionEvent.FAILED))
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        assert link.connections == []
    [record] = watcher.events(ConnectionEvent.REFUSED) + watcher.events(ConnectionEvent.FAILED)
    assert record.detail["error"].endswith(".")
    assert record.detail["remoteAddress"].startswith("127.0.0.1:")
    assert record.connection == 1
    return record, answer


# -- refused ----------------------------------------------------------------------------------------------------


async def test_no_subprotocol_shows_the_whole_request(watcher: Watcher) -> None:
    """The technician sees what a charge point without a subprotocol sent, and how to accept it anyway."""
    request = upgrade_request("/CP001", "X-ODD:  spaces ", "Authorization: Basic Q1AwMDE6c2VjcmV0")
    record, answer = await sent(watcher, request)
    assert answer.startswith(b"HTTP/1.1 400 ")
    detail = record.detail
    assert (detail["event"], detail["step"], detail["httpStatus"]) == ("refused", "subprotocol", 400)
    assert detail["requestLine"] == "GET /CP001 HTTP/1.1"
    assert detail["requestHeaders"] == [
        "Host: csms.test",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "X-ODD:  spaces ",
        "Authorization: Basic CP001:***",
    ]
    assert detail["subprotocolsOffered"] == []
    assert "--assume-version" in advised(record)
    assert record.charge_point == "CP001"


async def test_unknown_subprotocol(watcher: Watcher) -> None:
    record, answer = await sent(watcher, upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.2, soap"))
    assert record.detail["step"] == "subprotocol"
    assert record.detail["subprotocolsOffered"] == ["ocpp1.2", "soap"]
    assert "ocpp1.2, soap" in record.detail["error"]
    assert b"ocpp1.6" in answer, "the charger's log can show what is served"


async def test_path_without_id(watcher: Watcher) -> None:
    record, answer = await sent(watcher, upgrade_request("/", "Sec-WebSocket-Protocol: ocpp1.6"))
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert "does not end with the id" in record.detail["error"]
    assert record.charge_point == ""


async def test_plain_http(watcher: Watcher) -> None:
    """A health check or a browser is seen as such."""
    record, answer = await sent(watcher, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 426 ")
    assert record.detail["event"] == "refused"
    assert record.detail["requestLine"] == "GET /health HTTP/1.1"
    assert "plain HTTP request" in record.detail["error"]


@pytest.mark.parametrize(
    ("old", "new", "status", "sentence"),
    [
        ("GET", "POST", 405, "POST"),
        ("HTTP/1.1", "HTTP/1.0", 505, "HTTP/1.0"),
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 400, "Sec-WebSocket-Version"),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400, "Sec-WebSocket-Key"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "short", 400, "Sec-WebSocket-Key"),
    ],
)
async def test_wrong_upgrade(watcher: Watcher, old: str, new: str, status: int, sentence: str) -> None:
    """A charge point with a faulty WebSocket stack is distinguished from one with wrong settings."""
    request = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6").decode().replace(old, new, 1)
    record, answer = await sent(watcher, request.encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert record.detail["httpStatus"] == status
    assert sentence in record.detail["error"]
    assert record.charge_point == "CP001"


async def test_missing_connection_header_where_nothing_is_tolerated(watcher: Watcher) -> None:
    request = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6").replace(b"Connection: Upgrade\r\n", b"")
    record, _ = await sent(watcher, request, tolerant=False)
    assert record.detail["httpStatus"] == 426
    assert "Connection" in record.detail["error"]


async def test_more_connections_than_allowed(watcher: Watcher) -> None:
    """A flood of connections is refused with 503, and there is room again when one leaves."""
    async with listening(watcher, max_connections=2) as link:
        first = await connect(link.urls[0] + "CP1", subprotocols=V16)
        second = await connect(link.urls[0] + "CP2", subprotocols=V16)
        with pytest.raises(InvalidStatus) as caught:
            await connect(link.urls[0] + "CP3", subprotocols=V16)
        assert caught.value.response.status_code == 503
        await first.close()
        await watcher.event(ConnectionEvent.CLOSED)
        await connect(link.urls[0] + "CP3", subprotocols=V16)
        await second.close()
    [record] = watcher.events(ConnectionEvent.REFUSED)
    assert record.charge_point == "CP3"
    assert "--max-connections" in advised(record)


# -- no request at all ------------------------------------------------------------------------------------------


async def test_silence(watcher: Watcher) -> None:
    """A peer that connects and says nothing does not hold its place."""
    record, answer = await sent(watcher, b"", open_timeout=0.1)
    assert answer == b""
    assert record.detail["event"] == "failed"
    assert "sent nothing within 0.1 s" in record.detail["error"]
    assert "firstBytes" not in record.detail


async def test_half_a_request(watcher: Watcher) -> None:
    """Nor does one that never ends its request (slow loris); what it sent is shown."""
    record, _ = await sent(watcher, b"GET /CP001 HTTP/1.1\r\nAuthorization: Basic eDpzZWNyZXQ=\r\nX-", open_timeout=1.0)
    assert "half a request" in record.detail["error"]
    assert record.detail["firstBytes"] == "GET /CP001 HTTP/1.1\\r\\nAuthorization: Basic x:***\\nX-"


async def test_a_slow_loris_does_not_win_time_by_writing(watcher: Watcher) -> None:
    async with listening(watcher, open_timeout=0.1) as link, raw_peer(link.urls[0]) as (reader, writer):

        async def drip() -> None:
            writer.write(b"GET / HTTP/1.1\r\n")
            while not reader.at_eof():
                writer.write(b"X: y\r\n")
                await asyncio.sleep(0.01)

        async with asyncio.TaskGroup() as group:
            dripping = group.create_task(drip())
            await watcher.event(ConnectionEvent.FAILED)
            dripping.cancel()


async def test_hanging_up(watcher: Watcher) -> None:
    """A TCP health check leaves one row and nothing else."""
    record, _ = await sent(watcher, b"", eof=True)
    assert "disconnected without sending anything" in record.detail["error"]


async def test_hanging_up_in_the_middle(watcher: Watcher) -> None:
    record, _ = await sent(watcher, b"GET /CP001 HTTP/1.1\r\nHost", eof=True)
    assert record.detail["step"] == "http"
    assert record.detail["firstBytes"].startswith("GET /CP001")


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\x00\x01\x02\r\n\r\n", "\\x00\\x01\\x02"),
        (b"SSH-2.0-x\r\n\r\n", "SSH-2.0-x"),
        (b"GET /CP001 HTTP/2\r\n\r\n", "GET /CP001 HTTP/2"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n\r\n", "PROXY TCP4"),
        (b"GET / HTTP/1.1\r\nbroken header\r\n\r\n", "GET /"),
        ("GET /Säule HTTP/1.1\r\n\r\n".encode(), "GET /S\\xc3\\xa4ule"),
    ],
    ids=["binary", "ssh", "http2", "proxy", "header", "raw-utf8-path"],
)
async def test_something_else_than_an_upgrade(watcher: Watcher, data: bytes, shown: str) -> None:
    """Whatever speaks to the port is shown with its first bytes."""
    record, _ = await sent(watcher, data)
    assert record.detail["event"] == "failed"
    assert record.detail["firstBytes"].startswith(shown)


async def test_a_post_that_is_not_of_ocpp(watcher: Watcher) -> None:
    """Charge points of OCPP-S post envelopes; anything else is named, shown and answered."""
    head = b"POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"
    record, answer = await sent(watcher, head + b"hello")
    assert answer.startswith(b"HTTP/1.1 400 ") and b"SOAP envelope" in answer
    assert (record.detail["event"], record.detail["firstBytes"]) == ("refused", "hello")


async def test_a_request_without_end(watcher: Watcher) -> None:
    """A request of megabytes is truncated and does not fill the memory of the log."""
    record, _ = await sent(watcher, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000)
    assert len(repr(record.detail)) < 2000


async def test_a_line_without_end(watcher: Watcher) -> None:
    record, _ = await sent(watcher, b"GET /" + b"a" * 70_000)
    assert record.detail["step"] == "http"


async def test_unfinished_handshakes_are_bounded(watcher: Watcher) -> None:
    """Connections that never send a request cannot eat all descriptors."""
    async with listening(watcher, max_connections=3) as link:
        url = link.urls[0]
        async with raw_peer(url), raw_peer(url), raw_peer(url), raw_peer(url) as (reader, _):
            assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        record = watcher.events(ConnectionEvent.FAILED)[0]
        assert "unfinished handshakes" in record.detail["error"]
        await watcher.event(ConnectionEvent.FAILED, 4)
        await connect(link.urls[0] + "CP1", subprotocols=V16)


async def test_quitting_ends_unfinished_handshakes(watcher: Watcher) -> None:
    async with listening(watcher, open_timeout=3600) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(b"GET")
        await connect(link.urls[0] + "CP1", subprotocols=V16)
        await asyncio.wait_for(link.close(), PATIENCE)
        assert await reader.read() == b""
    assert "stopped listening" in watcher.events(ConnectionEvent.FAILED)[0].detail["error"]


# -- TLS --------------------------------------------------------------------------------------------------------


async def test_tls_on_a_plain_port(watcher: Watcher) -> None:
    """A charge point set to wss:// instead of ws:// is recognised at once."""
    async with listening(watcher) as link:
        context = ssl.create_default_context()
        with pytest.raises((ssl.SSLError, ConnectionError)):
            async with raw_peer(link.urls[0], ssl=context, server_hostname="localhost"):
                pass
        record = await watcher.event(ConnectionEvent.FAILED)
    assert "TLS handshake" in record.detail["error"]
    assert "ws://" in record.detail["advice"]
    assert record.detail["firstBytes"].startswith("\\x16\\x03")


@asynccontextmanager
async def listening_with_tls(watcher: Watcher, pair: Pair, **options: Any) -> AsyncIterator[str]:
    async with listening(watcher, certificate=pair.certificate, key=pair.key, **options) as link:
        yield link.urls[0]


async def test_plain_http_on_a_tls_port(watcher: Watcher, local_pair: Pair) -> None:
    """A charge point set to ws:// instead of wss:// is recognised, with what it sent."""
    async with listening_with_tls(watcher, local_pair) as url, raw_peer(url) as (_, writer):
        writer.write(upgrade_request("/CP001"))
        record = await watcher.event(ConnectionEvent.FAILED)
    assert record.detail["step"] == "tls"
    assert "plain HTTP" in record.detail["error"]
    assert "wss://" in record.detail["advice"]
    assert record.detail["firstBytes"].startswith("GET /CP001 HTTP/1.1")
    assert record.detail["remoteAddress"].startswith("127.0.0.1:")


async def test_noise_on_a_tls_port(watcher: Watcher, local_pair: Pair) -> None:
    async with listening_with_tls(watcher, local_pair) as url, raw_peer(url) as (_, writer):
        writer.write(b"\x00noise noise noise\r\n")
        record = await watcher.event(ConnectionEvent.FAILED)
    assert record.detail["step"] == "tls"
    assert record.detail["firstBytes"].startswith("\\x00noise")


async def test_a_charger_that_does_not_trust_our_certificate(watcher: Watcher, local_pair: Pair) -> None:
    """The most common failure in the field is recognised, although the charge point disconnects without a reason."""
    async with listening_with_tls(watcher, local_pair) as url:
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(url + "CP001", subprotocols=V16, ssl=ssl.create_default_context())
        record = await watcher.event(ConnectionEvent.FAILED)
    assert record.detail["step"] == "tls"
    assert "in the middle of the TLS handshake" in record.detail["error"]
    assert "trust" in record.detail["advice"]


async def test_the_alert_of_a_charger_is_shown(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """A TLS stack that says why (as OpenSSL and mbedTLS do) is heard, and hears from us why."""
    from tests.network.watching import connecting

    peer = Watcher()
    async with listening_with_tls(watcher, local_pair) as url, connecting(peer, url):
        record = await watcher.event(ConnectionEvent.FAILED)
        await peer.event(ConnectionEvent.FAILED)
    assert record.detail["tlsError"] == "TLSV1_ALERT_UNKNOWN_CA"
    assert "refused our certificate: its issuer is not trusted" in record.detail["error"]


async def test_no_shared_cipher(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    context = ssl.create_default_context(cafile=authority.path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256")
    async with listening_with_tls(watcher, local_pair) as url:
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            await connect(url + "CP001", subprotocols=V16, ssl=context)
        record = await watcher.event(ConnectionEvent.FAILED)
    assert record.detail["tlsError"] == "NO_SHARED_CIPHER"
    assert "cipher" in record.detail["error"]


async def test_a_client_certificate_of_an_unknown_ca(
    watcher: Watcher, authority: Authority, other_authority: Authority, local_pair: Pair
) -> None:
    stranger = other_authority.sign("stranger")
    context = ssl.create_default_context(cafile=authority.path)
    context.load_cert_chain(stranger.certificate, stranger.key)
    async with listening_with_tls(watcher, local_pair, client_ca=authority.path) as url:
        with pytest.raises((ssl.SSLError, ConnectionError, InvalidStatus, EOFError, Exception)):
            await connect(url + "CP001", subprotocols=V16, ssl=context)
        record = await watcher.event(ConnectionEvent.FAILED)
    assert record.detail["step"] == "tls"
    assert "certificate was signed by a CA that is not trusted" in record.detail["error"]


async def test_silence_on_a_tls_port(watcher: Watcher, local_pair: Pair) -> None:
    async with listening_with_tls(watcher, local_pair, open_timeout=0.1) as url, raw_peer(url):
        record = await watcher.event(ConnectionEvent.FAILED)
    assert record.detail["step"] == "tls"
    assert "within 0.1 s" in record.detail["error"]


async def test_credentials_and_rows_over_tls(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """A refusal reaches a charge point over TLS too."""
    context = ssl.create_default_context(cafile=authority.path)
    async with listening_with_tls(watcher, local_pair, credentials=Credentials.parse(None, "secret")) as url:
        with pytest.raises(InvalidStatus) as caught:
            await connect(url + "CP001", subprotocols=V16, ssl=context)
    assert caught.value.response.status_code == 401
    assert watcher.events(ConnectionEvent.REFUSED)[0].detail["tls"]["version"] == "TLSv1.3"


# -- nothing on the terminal, nothing that crashes --------------------------------------------------------------


async def test_nothing_is_printed(
    watcher: Watcher, local_pair: Pair, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """No library writes over the screen, whatever a peer does."""
    caplog.set_level(logging.DEBUG, "websockets")
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    hostile = [b"\xff\r\n\r\n", upgrade_request("/"), upgrade_request("/CP", "Sec-WebSocket-Protocol: ,,;")]
    async with listening(watcher, assume_version=Version.V16) as link:
        for data in [*hostile, upgrade_request("/CP") + b"\xff\xff\xff"]:
            async with raw_peer(link.urls[0]) as (_, writer):
                count = len(watcher.records)
                writer.write(data)
                await watcher.until(lambda count=count: len(watcher.records) > count)  # type: ignore[misc]
    async with listening_with_tls(watcher, local_pair) as url, raw_peer(url) as (_, writer):
        count = len(watcher.events(ConnectionEvent.FAILED))
        writer.write(b"noise" * 10)
        await watcher.event(ConnectionEvent.FAILED, count + 1)
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name != "asyncio"] == []
    assert reported == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), valid=st.booleans())
def test_no_bytes_crash_the_server(data: bytes, valid: bool) -> None:
    """Random bytes, alone or behind a valid upgrade, end in a row and never in an exception."""

    async def run() -> None:
        watcher = Watcher()
        reported: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        async with listening(watcher, close_timeout=0.05) as link, raw_peer(link.urls[0]) as (_, writer):
            head = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6") if valid else b""
            writer.write(head + data)
            writer.write_eof()
            last = (ConnectionEvent.CLOSED, ConnectionEvent.FAILED, ConnectionEvent.REFUSED)
            await watcher.until(lambda: [event for kind in last for event in watcher.events(kind)])
        assert reported == []
        assert len(watcher.events(ConnectionEvent.OPENED)) == int(valid)

    asyncio.run(run())


async def test_a_proxy_says_that_it_passes_no_soap_on(watcher: Watcher) -> None:
    """The charge point would be cut off, as if it did not speak HTTP."""

    class Shut:
        async def admit(self, admission: Admission, request: Request) -> Admission | Rejection:
            raise AssertionError("nobody asks")

    link = CentralSystemServer(ServerSettings(port=0), watcher, gate=Shut())
    await link.start()
    try:
        async with raw_peer(link.urls[0]) as (reader, writer):
            for part in (b"POST /CP001 HTTP/1.1\r\nHo", b"st: h\r\nContent-Length: 5\r\n\r\nhello"):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 501 ") and b"OCPP-S (SOAP)" in answer
        refused = await watcher.event(ConnectionEvent.REFUSED)
        assert refused.detail["problem"] == "soap-on-websocket-port"
        assert refused.detail["requestLine"] == "POST /CP001 HTTP/1.1"
    finally:
        await link.close()
