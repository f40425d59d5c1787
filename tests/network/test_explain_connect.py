"""Why a charge point of ours cannot connect: each step has its record, with a sentence and what to try."""

from __future__ import annotations

import asyncio
import base64
import re
import socket
from typing import Any

import pytest

from ocpptui.network.credentials import Credentials
from ocpptui.timeline.record import ConnectionEvent, Record
from tests.kit.certificates import Authority, Pair
from tests.network.test_charge_point_client import accepting
from tests.network.watching import Watcher, advised, answering, connecting, listening


async def outcome(watcher: Watcher, url: str, **settings: Any) -> Record:
    """The record of an attempt that comes to nothing."""
    async with connecting(watcher, url, **settings):
        await watcher.until(lambda: watcher.events(ConnectionEvent.FAILED) + watcher.events(ConnectionEvent.REFUSED))
    assert watcher.open == []
    [record] = watcher.events(ConnectionEvent.FAILED) + watcher.events(ConnectionEvent.REFUSED)
    assert record.detail["error"].endswith(".")
    assert record.connection == 1
    return record


def saying(answer: bytes, *, close: bool = True) -> Any:
    """A server that reads a request and says this."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if not close:
            await reader.read()

    return say


async def answered(watcher: Watcher, answer: bytes, *, close: bool = True, **settings: Any) -> Record:
    async with answering(saying(answer, close=close)) as port:
        return await outcome(watcher, f"ws://127.0.0.1:{port}", **settings)


async def test_unknown_host(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    record = await outcome(watcher, "ws://csms.invalid")
    assert record.detail["step"] == "dns"
    assert "csms.invalid cannot be resolved: Name or service not known" in record.detail["error"]
    assert record.detail["event"] == "failed"


async def test_impossible_host_name(watcher: Watcher) -> None:
    record = await outcome(watcher, f"ws://{'a' * 70}.invalid")
    assert record.detail["step"] == "dns"


async def test_nothing_listens(watcher: Watcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    record = await outcome(watcher, f"ws://127.0.0.1:{port}")
    assert record.detail["step"] == "tcp"
    assert f"127.0.0.1:{port} refused the TCP connection" in record.detail["error"]
    assert record.detail["advice"]


async def test_no_answer_to_tcp(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """A firewall that drops packets is distinguished from a closed port."""

    async def drop(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", drop)
    record = await outcome(watcher, "ws://127.0.0.1:1", open_timeout=0.05)
    assert record.detail["step"] == "tcp"
    assert "did not answer the TCP connection within 0.05 s" in record.detail["error"]


async def test_the_second_address_of_a_name_is_tried(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that listens on IPv4 alone is reached though its name has an IPv6 address too."""
    async with listening(Watcher()) as link:
        port = int(link.urls[0].rstrip("/").rpartition(":")[2])

        async def two(*_: Any, **__: Any) -> Any:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1)),
                (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)),
            ]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
        async with connecting(watcher, f"ws://localhost:{port}"):
            await watcher.connection()


# -- TLS --------------------------------------------------------------------------------------------------------


async def test_wss_with_its_own_ca(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """A backend with a private CA is reached; version, cipher and certificate are in the record."""
    async with (
        listening(Watcher(), certificate=local_pair.certificate, key=local_pair.key) as link,
        connecting(watcher, link.urls[0], ca=authority.path),
    ):
        await watcher.connection()
    tls = watcher.events(ConnectionEvent.OPENED)[0].detail["tls"]
    assert tls["version"] == "TLSv1.3"
    assert tls["cipher"].startswith("TLS_")
    assert tls["verified"] is True
    assert tls["certificate"]["subject"] == "CN=local"
    assert tls["certificate"]["issuer"] == "CN=ca"
    assert tls["certificate"]["names"] == ["localhost", "127.0.0.1"]
    assert len(tls["certificate"]["sha256"]) == 64
    assert tls["certificate"]["notAfter"].endswith("Z")


async def test_untrusted_certificate(watcher: Watcher, authority: Authority, other_authority: Authority) -> None:
    """The reason why a certificate is not trusted is the first thing to know, with the option that helps."""
    pair = other_authority.sign("unknown-ca", ("127.0.0.1",))
    async with listening(Watcher(), certificate=pair.certificate, key=pair.key) as link:
        record = await outcome(watcher, link.urls[0], ca=authority.path)
    assert record.detail["step"] == "tls"
    assert "signed by a CA that is not trusted" in record.detail["error"]
    assert "--ca" in advised(record)
    assert record.detail["verifyMessage"] == "unable to get local issuer certificate"


async def test_insecure_connects_and_says_so(watcher: Watcher, other_authority: Authority) -> None:
    """Without verifying one gets through to look at the certificate, and leaves a visible mark."""
    pair = other_authority.sign("expired-insecure", ("elsewhere.test",), days=(-40, -1))
    async with (
        listening(Watcher(), certificate=pair.certificate, key=pair.key) as link,
        connecting(watcher, link.urls[0], insecure=True),
    ):
        await watcher.connection()
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert detail["insecure"] is True
    assert detail["tls"]["verified"] is False
    assert detail["tls"]["certificate"]["subject"] == "CN=expired-insecure"


async def test_wss_to_a_plain_port(watcher: Watcher) -> None:
    async with listening(Watcher()) as link:
        record = await outcome(watcher, link.urls[0].replace("ws:", "wss:"))
    assert record.detail["step"] == "tls"
    assert "TLS" in record.detail["error"]


async def test_wss_to_a_server_that_speaks_http(watcher: Watcher) -> None:
    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    async with answering(http) as port:
        record = await outcome(watcher, f"wss://127.0.0.1:{port}")
    assert record.detail["step"] == "tls"
    assert "does not speak TLS" in record.detail["error"]
    assert "ws://" in record.detail["advice"]


async def test_ws_to_a_tls_port(watcher: Watcher, local_pair: Pair) -> None:
    async with listening(Watcher(), certificate=local_pair.certificate, key=local_pair.key) as link:
        record = await outcome(watcher, link.urls[0].replace("wss:", "ws:"))
    assert record.detail["step"] == "http"
    assert "wss://" in record.detail["advice"]


async def test_silence_instead_of_tls(watcher: Watcher) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with answering(silent) as port:
        record = await outcome(watcher, f"wss://127.0.0.1:{port}", open_timeout=0.1)
    assert record.detail["step"] == "tls"
    assert "within 0.1 s" in record.detail["error"]


async def test_missing_client_certificate(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """Security profile 3: a backend that demands a client certificate is recognised."""
    settings = {"certificate": local_pair.certificate, "key": local_pair.key, "client_ca": authority.path}
    async with listening(Watcher(), **settings) as link:
        record = await outcome(watcher, link.urls[0], ca=authority.path)
    assert record.detail["step"] == "tls"
    assert "CERTIFICATE_REQUIRED" in record.detail["tlsError"]
    assert "--cert" in advised(record)


async def test_client_certificate(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """Security profile 3 works, and the central system sees whose certificate it is."""
    ours = authority.sign("CP001")
    settings = {"certificate": local_pair.certificate, "key": local_pair.key, "client_ca": authority.path}
    server = Watcher()
    async with (
        listening(server, **settings) as link,
        connecting(watcher, link.urls[0], ca=authority.path, certificate=ours.certificate, key=ours.key),
    ):
        await watcher.connection()
    tls = server.events(ConnectionEvent.OPENED)[0].detail["tls"]
    assert tls["verified"] is True
    assert tls["certificate"]["subject"] == "CN=CP001"


async def test_unreadable_certificate_file(watcher: Watcher) -> None:
    record = await outcome(watcher, "wss://127.0.0.1:1", ca="/nonexistent/ca.pem", reconnect=True)
    assert record.detail["step"] == "tls"
    assert "/nonexistent/ca.pem cannot be read" in record.detail["error"]
    assert "retryInSeconds" not in record.detail


# -- HTTP -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "step", "advice"),
    [
        ("401 Unauthorized", "credentials", "give a password"),
        ("403 Forbidden", "credentials", "registered"),
        ("404 Not Found", "http", "path or the id"),
        ("400 Bad Request", "http", "subprotocol"),
        ("426 Upgrade Required", "http", "wss://"),
        ("429 Too Many Requests", "http", "back-off"),
        ("500 Internal Server Error", "http", "log"),
        ("503 Service Unavailable", "http", "try again"),
        ("200 OK", "http", "no WebSocket"),
        ("418 I'm a teapot", "http", ""),
        ("599", "http", ""),
    ],
)
async def test_http_status(watcher: Watcher, status: str, step: str, advice: str) -> None:
    """What the server said, its headers and the beginning of its body are shown, with what to try."""
    body = "because " + "x" * 1000
    head = f"HTTP/1.1 {status}\r\nServer: test\r\nSet-Cookie: secret\r\nContent-Length: {len(body)}\r\n\r\n"
    record = await answered(watcher, (head + body).encode())
    detail = record.detail
    assert detail["event"] == "refused"
    assert detail["step"] == step
    assert detail["httpStatus"] == int(status[:3])
    assert f"answered {status[:3]}" in detail["error"]
    assert "/CP001" in detail["error"]
    assert "Server: test" in detail["responseHeaders"]
    assert "Set-Cookie: ***" in detail["responseHeaders"]
    assert detail["responseBody"] == body[:500]
    assert advice in advised(record)


async def test_401_with_a_password_asks_to_compare_it(watcher: Watcher) -> None:
    record = await answered(
        watcher, b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", credentials=Credentials.parse(None, "0011")
    )
    assert record.detail["step"] == "credentials"
    assert "--password-hex" in advised(record)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("wss://other/x", "wss://other/x;"),
        ("https://other/x", "wss://other/x;"),
        ("HTTP://other/x", "ws://other/x;"),
        ("/ocpp/CP001", r"ws://127\.0\.0\.1:\d+/ocpp/CP001;"),
        ("//other/x", "ws://other/x;"),
        ("/CP001", ""),
        ("http://[::1/x", r"http://\[::1/x;"),
    ],
)
async def test_redirect_names_the_url_to_set(watcher: Watcher, location: str, words: str) -> None:
    """With https:// in its URL, a charge point would speak SOAP; a path alone is no URL."""
    answer = f"HTTP/1.1 301 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    record = await answered(watcher, answer.encode())
    advice = record.detail.get("advice", "")
    if words:
        assert re.search(f"points to {words}", advice), advice
    else:
        assert "points to" not in advice, "it points to the URL that was requested"


@pytest.mark.parametrize("protocol", ["HTTP/1.1", "HTTP/1.0"])
@pytest.mark.parametrize("close", [True, False])
async def test_an_answer_that_is_not_whole_still_tells_its_status(watcher: Watcher, protocol: str, close: bool) -> None:
    """An old server, or one that never ends its body, does not hide a 401."""
    answer = f"{protocol} 401 Unauthorized\r\nContent-Length: 99\r\nA: b\r\n\r\nnot whole".encode()
    record = await answered(watcher, answer, close=close, open_timeout=1.0)
    assert record.detail["httpStatus"] == 401
    assert record.detail["responseHeaders"][-1] == "A: b"
    assert record.detail["responseBody"] == "not whole"


async def test_refused_subprotocol_is_recognised(watcher: Watcher) -> None:
    body = b"invalid subprotocol; expected one of ocpp1.6"
    record = await answered(watcher, b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    assert record.detail["step"] == "subprotocol"
    assert "ocpp2.0.1" in record.detail["advice"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "begins with 'SSH-2.0-OpenSSH_9.2"),
        (b"\x00\xff\r\n", "begins with '\\x00\\xff"),
        (b"HTTP/2 200\r\n\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n", "with a line feed alone"),
        (b"HTTP/1.0 404 Not Found\n\n", "with a line feed alone"),
    ],
)
async def test_a_server_that_speaks_something_else(watcher: Watcher, answer: bytes, sentence: str) -> None:
    record = await answered(watcher, answer)
    assert (record.detail["event"], record.detail["step"]) == ("failed", "http")
    assert sentence in record.detail["error"]
    assert record.detail["firstBytes"]


@pytest.mark.parametrize(
    ("answer", "protocol"),
    [
        (b"SSH-2.0-dropbear\r\n", "SSH"),
        (b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64", "HTTP/2"),
        (b"HTTP/2 200\r\n\r\n", "HTTP/2"),
        (b"220 ProFTPD\r\n", "FTP"),
        (b"220-mail.example ESMTP\r\n", "SMTP"),
        (b"-ERR wrong number of arguments for 'get' command\r\n", "Redis"),
        (b"AMQP\0\0\x09\x01", "AMQP"),
        (b"\xff\xfd\x18\xff\xfd\x20", "Telnet"),
        (b'\x81\x10[2,"1","Heartbeat', "WebSocket without an opening handshake"),
        (b'[2,"1","TriggerMessage",{}]', "OCPP without WebSocket"),
        (b"<?xml version='1.0'?><a/>\r\n", "XML without HTTP"),
    ],
)
async def test_the_protocol_of_a_server_is_named(watcher: Watcher, answer: bytes, protocol: str) -> None:
    """A technician reads which port it is instead of bytes."""
    record = await answered(watcher, answer)
    assert f"It speaks {protocol}." in advised(record)


@pytest.mark.parametrize(
    "page",
    [
        "<center>The plain HTTP request was sent to HTTPS port</center>",  # nginx
        "Client sent an HTTP request to an HTTPS server.",  # Go
        "You're speaking plain HTTP to an SSL-enabled server port.",  # Apache
        "Bad Request\r\nThis combination of host and port requires TLS.",  # Tomcat
    ],
)
async def test_a_server_that_asks_for_tls_in_plain_words(watcher: Watcher, page: str) -> None:
    """Of all that a 400 may mean, the server has said what it is."""
    answer = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(page)}\r\n\r\n{page}".encode()
    record = await answered(watcher, answer)
    assert record.detail["problem"] == "server-wants-tls" and "wss://" in advised(record)


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        (b"Upgrade: web\x00socket\r\n\r\n", "headers that are not HTTP: invalid HTTP header value"),
        (b"Up grade: websocket\r\n\r\n", "headers that are not HTTP: invalid HTTP header name"),
        (b"no colon\r\n\r\n", "headers that are not HTTP: invalid HTTP header line"),
        (b"A: " + b"x" * 100_000 + b"\r\n\r\n", "headers that do not end"),
        (b"A: b\r\n" * 10_000 + b"\r\n", "headers that do not end"),
        (b"A: b\r\n", "ended the connection in the middle of its headers"),
        (b"A: b", "ended the connection in the middle of its headers"),
    ],
)
async def test_a_101_whose_headers_are_wrong(watcher: Watcher, rest: bytes, sentence: str) -> None:
    """`answered 101 Switching Protocols` reads as if nothing were wrong."""
    record = await answered(watcher, b"HTTP/1.1 101 Switching Protocols\r\n" + rest)
    assert (record.detail["event"], record.detail["step"]) == ("failed", "websocket")
    assert f"answered with status 101 and {sentence}" in record.detail["error"]
    assert record.detail["advice"]


async def test_a_101_of_http_1_0(watcher: Watcher) -> None:
    record = await answered(watcher, b"HTTP/1.0 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
    assert "in HTTP/1.0" in record.detail["error"] and "a proxy in between" in advised(record)


async def test_a_101_whose_headers_are_held_back(watcher: Watcher) -> None:
    answer = b"HTTP/1.1 101 Switching Protocols\r\nA: b\r\n"
    record = await answered(watcher, answer, close=False, open_timeout=1.0)
    assert "did not finish its headers within 1 s" in record.detail["error"]


async def test_a_server_that_hangs_up(watcher: Watcher) -> None:
    record = await answered(watcher, b"")
    assert record.detail["step"] == "http"
    assert "ended it without an answer" in record.detail["error"]


async def test_a_server_that_says_nothing(watcher: Watcher) -> None:
    record = await answered(watcher, b"", close=False, open_timeout=0.1)
    assert record.detail["step"] == "http"
    assert "within 0.1 s" in record.detail["error"]


# -- the upgrade itself -----------------------------------------------------------------------------------------


def upgrading(*lines: str, without: str = "") -> Any:
    async def upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = accepting(await reader.readuntil(b"\r\n\r\n"), *lines).decode().split("\r\n")
        kept = [line for line in answer if not without or not line.startswith(without)]
        writer.write("\r\n".join(kept).encode())
        await reader.read()

    return upgrade


async def test_a_subprotocol_that_was_not_offered(watcher: Watcher) -> None:
    async with answering(upgrading("Sec-WebSocket-Protocol: ocpp9")) as port:
        record = await outcome(watcher, f"ws://127.0.0.1:{port}")
    assert record.detail["step"] == "subprotocol"
    assert "chose a subprotocol that was not offered: 'ocpp9'." in record.detail["error"]
    assert "Sec-WebSocket-Protocol: ocpp9" in record.detail["responseHeaders"]


@pytest.mark.parametrize(
    "lines",
    [("Sec-WebSocket-Protocol: ocpp1.6, ocpp2.0.1",), ("Sec-WebSocket-Protocol: ocpp1.6", "Sec-WebSocket-Protocol: x")],
)
async def test_several_subprotocols(watcher: Watcher, lines: tuple[str, ...]) -> None:
    """Both were offered: 'not offered' would lead nowhere."""
    async with answering(upgrading(*lines)) as port:
        record = await outcome(watcher, f"ws://127.0.0.1:{port}")
    assert record.detail["problem"] == "server-chose-several-subprotocols"
    assert "several subprotocols: ocpp1.6, " in record.detail["error"]


@pytest.mark.parametrize("header", ["Upgrade", "Connection", "Sec-WebSocket-Accept"])
async def test_an_answer_that_lacks_a_header(watcher: Watcher, header: str) -> None:
    async with answering(upgrading(without=header)) as port:
        record = await outcome(watcher, f"ws://127.0.0.1:{port}")
    assert record.detail["step"] == "websocket"
    assert header in record.detail["error"]


async def test_an_answer_with_a_wrong_key(watcher: Watcher) -> None:
    wrong = base64.b64encode(b"x" * 20).decode()
    async with answering(upgrading(f"Sec-WebSocket-Accept: {wrong}", without="Sec-WebSocket-Accept: s3p")) as port:
        record = await outcome(watcher, f"ws://127.0.0.1:{port}")
    assert record.detail["step"] == "websocket"


@pytest.mark.parametrize("is_offered", [False, True])
@pytest.mark.parametrize("extension", ["permessage-deflate; server_max_window_bits=7", "x-webkit-deflate-frame"])
async def test_an_extension_that_was_not_offered(watcher: Watcher, extension: str, is_offered: bool) -> None:
    async with answering(upgrading(f"Sec-WebSocket-Extensions: {extension}")) as port:
        record = await outcome(watcher, f"ws://127.0.0.1:{port}", compression=is_offered)
    assert record.detail["step"] == "websocket"
    assert f"it chose {extension}, an extension that was not offered so." in record.detail["error"]
    assert "extension" in record.detail["error"]
