"""Our central system and the charge points that it accepts; the peers are bare `websockets`."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from ocpptui.cli.option_remedies import option_remedy
from ocpptui.describe.network_problems import problem_text
from ocpptui.network.central_system_server import CentralSystemServer
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import CannotListen
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Origin
from tests.kit.certificates import Authority, Pair
from tests.network.watching import Watcher, advised, listening, raw_peer, upgrade_request

V16 = [Subprotocol("ocpp1.6")]


def offering(*names: str) -> list[Subprotocol]:
    return [Subprotocol(name) for name in names]


async def test_listening_is_a_record_with_the_urls(watcher: Watcher) -> None:
    """A technician reads on the screen which URL to type into the charge point."""
    async with listening(watcher) as link:
        [url] = link.urls
        assert url.startswith("ws://127.0.0.1:")
        assert url.endswith("/")
    record = watcher.records[0]
    assert record.detail["event"] == "listening"
    assert record.detail["urls"] == [url]
    assert record.detail["versions"] == ["2.1", "2.0.1", "2.0", "1.6", "1.5", "1.2"]
    assert record.connection == 0
    assert "--host 0.0.0.0" in advised(record)
    assert link.hint is not None and record.detail["advice"] in problem_text(link.hint)


async def test_many_charge_points_on_one_port(watcher: Watcher) -> None:
    """Versions 1.6, 2.0.1 and 2.1 at once, each connection with its own id and version."""
    async with listening(watcher) as link:
        peers = []
        for number, version in enumerate(list(Version.offered(Transport.JSON)) * 4):
            url = f"{link.urls[0]}any/path/CP{number}"
            peers.append(await connect(url, subprotocols=offering(version.subprotocol)))
        await watcher.until(lambda: len(watcher.open) == 12)
        found = {connection.charge_point: connection.version for connection in link.connections}
        assert found == {
            f"CP{number}": version for number, version in enumerate(list(Version.offered(Transport.JSON)) * 4)
        }
        for connection in link.connections:
            await connection.send(f'"{connection.charge_point}"', Origin.MANUAL)
        for number, peer in enumerate(peers):
            assert await peer.recv() == f'"CP{number}"'
    assert {record.detail["closeCode"] for record in watcher.events(ConnectionEvent.CLOSED)} == {1001}
    assert watcher.open == []
    for peer in peers:
        await peer.wait_closed()
        assert peer.close_code == 1001


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["ocpp1.6", "ocpp2.0.1"], "ocpp1.6"),
        (["ocpp2.0.1", "ocpp1.6"], "ocpp2.0.1"),
        (["ocpp1.4", "ocpp2.1", "ocpp1.6"], "ocpp2.1"),
    ],
)
async def test_the_charge_point_prefers(watcher: Watcher, offered: list[str], chosen: str) -> None:
    """The version is what the charge point prefers, not what we prefer (OCPP 2.0.1 Part 4 section 3.1.2)."""
    async with (
        listening(watcher) as link,
        connect(link.urls[0] + "CP001", subprotocols=offering(*offered)) as peer,
    ):
        assert peer.subprotocol == chosen
        assert (await watcher.connection()).version is Version.from_subprotocol(chosen)
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert detail["subprotocolsOffered"] == offered
    assert detail["subprotocol"] == chosen


async def test_only_the_versions_that_are_served(watcher: Watcher) -> None:
    async with (
        listening(watcher, versions=(Version.V201,)) as link,
        connect(link.urls[0] + "CP001", subprotocols=offering("ocpp1.6", "ocpp2.0.1")) as peer,
    ):
        assert peer.subprotocol == "ocpp2.0.1"


@pytest.mark.parametrize(
    ("path", "charge_point"),
    [
        ("/CP001", "CP001"),
        ("//CP001", "CP001"),
        ("/ocpp/1.6/CP001/", "CP001"),
        ("/ocpp/CP001?vendor=/x", "CP001"),
        ("/RDAM%20123", "RDAM 123"),
        ("/ocpp/a%2Fb", "a/b"),
        ("/S%C3%A4ule", "Säule"),
        ("/%ff", "\ufffd"),
    ],
)
async def test_the_last_segment_is_the_id(watcher: Watcher, path: str, charge_point: str) -> None:
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.write(upgrade_request(path, "Sec-WebSocket-Protocol: ocpp1.6"))
        connection = await watcher.connection()
        assert connection.charge_point == charge_point
        assert connection.url == f"ws://csms.test{path}"
    opened = watcher.events(ConnectionEvent.OPENED)[0]
    assert opened.charge_point == charge_point
    assert opened.detail["requestLine"] == f"GET {path} HTTP/1.1"


async def test_the_newest_connection_wins_and_both_are_shown(watcher: Watcher) -> None:
    """A charge point that lost its network can reconnect although its old connection is still half open."""
    async with listening(watcher) as link, connect(link.urls[0] + "CP001", subprotocols=V16) as old:
        first = await watcher.connection()
        async with connect(link.urls[0] + "CP001", subprotocols=V16) as new:
            with pytest.raises(ConnectionClosed):
                await old.recv()
            assert old.close_code == 1008
            assert old.close_reason == "replaced by connection 2"
            await watcher.event(ConnectionEvent.CLOSED)
            [second] = link.connections
            assert second.number == 2
            await second.send("still here", Origin.MANUAL)
            assert await new.recv() == "still here"
    assert not first.open
    assert watcher.events(ConnectionEvent.OPENED)[1].detail["replaces"] == 1
    assert [record.connection for record in watcher.events(ConnectionEvent.CLOSED)] == [1, 2]
    assert watcher.events(ConnectionEvent.CLOSED)[0].detail["closedBy"] == "us"


async def test_a_half_open_connection_is_replaced_though_it_never_answers(watcher: Watcher) -> None:
    async with listening(watcher, close_timeout=0.1) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.write(upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6"))
        await watcher.connection()
        async with connect(link.urls[0] + "CP001", subprotocols=V16):
            closed = await watcher.event(ConnectionEvent.CLOSED)
            assert closed.connection == 1
            assert [connection.number for connection in link.connections] == [2]


async def test_a_charge_point_without_subprotocol_is_assumed(watcher: Watcher) -> None:
    """A cheap charge point that sends no subprotocol can be used, and the user reads that its version is assumed."""
    async with (
        listening(watcher, assume_version=Version.V16) as link,
        connect(link.urls[0] + "CP001") as peer,
    ):
        assert peer.subprotocol is None
        assert (await watcher.connection()).version is Version.V16
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert detail["versionAssumed"] is True
    assert detail["subprotocol"] is None
    assert detail["subprotocolsOffered"] == []


async def test_assuming_does_not_overrule_what_a_charge_point_offers(watcher: Watcher) -> None:
    async with (
        listening(watcher, assume_version=Version.V16) as link,
        connect(link.urls[0] + "CP001", subprotocols=offering("ocpp2.1")),
    ):
        assert (await watcher.connection()).version is Version.V21
    assert "versionAssumed" not in watcher.events(ConnectionEvent.OPENED)[0].detail


@pytest.mark.parametrize("line", [None, "Connection: keep-alive"])
async def test_an_upgrade_without_its_connection_header_is_tolerated(watcher: Watcher, line: str | None) -> None:
    """A charge point that omits `Connection: Upgrade` works, with a visible warning."""
    request = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6")
    request = request.replace(b"Connection: Upgrade\r\n", f"{line}\r\n".encode() if line else b"")
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(request)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 101")
        await watcher.connection()
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert "Connection: Upgrade" in detail["tolerated"][0]["text"]
    assert "Connection: Upgrade" not in detail["requestHeaders"]


@pytest.mark.parametrize("compression", [True, False])
async def test_compression(watcher: Watcher, compression: bool) -> None:
    async with (
        listening(watcher, compression=compression) as link,
        connect(link.urls[0] + "CP001", subprotocols=V16) as peer,
    ):
        await peer.send("x" * 10000)
        await watcher.until(watcher.messages)
        assert watcher.messages()[0].raw == "x" * 10000
    assert watcher.events(ConnectionEvent.OPENED)[0].detail["compression"] is compression


# -- credentials ------------------------------------------------------------------------------------------------

KEY = "00112233445566778899AABBCCDDEEFF"


@pytest.mark.parametrize(("password", "matched"), [(KEY, "text"), (bytes.fromhex(KEY), "decoded hex")])
async def test_credentials_that_match(watcher: Watcher, password: str | bytes, matched: str) -> None:
    """The user learns which reading of a hex password the charge point uses."""
    given = Credentials("CP001", password if isinstance(password, bytes) else password.encode())
    async with (
        listening(watcher, credentials=Credentials.parse(None, KEY)) as link,
        connect(
            link.urls[0] + "CP001",
            subprotocols=V16,
            additional_headers={"Authorization": given.header("CP001")},
        ),
    ):
        await watcher.connection()
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert detail["credentials"] == {"user": "CP001", "matched": matched}
    assert "Authorization: Basic CP001:***" in detail["requestHeaders"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "no credentials"),
        (Credentials.parse(None, "wrong"), "password is wrong"),
        (Credentials.parse("CP002", KEY), "'CP002'"),
    ],
)
async def test_credentials_that_do_not_match(watcher: Watcher, given: Credentials | None, sentence: str) -> None:
    """The charge point gets a 401 with WWW-Authenticate, the user gets the reason, and nobody gets the password."""
    headers = {"Authorization": given.header("CP001")} if given is not None else None
    async with listening(watcher, credentials=Credentials.parse(None, KEY)) as link:
        with pytest.raises(InvalidStatus) as caught:
            await connect(link.urls[0] + "CP001", subprotocols=V16, additional_headers=headers)
    assert caught.value.response.status_code == 401
    assert caught.value.response.headers["WWW-Authenticate"].startswith("Basic ")
    assert sentence not in bytes(caught.value.response.body).decode()
    [record] = watcher.events(ConnectionEvent.REFUSED)
    assert (record.detail["step"], record.detail["httpStatus"]) == ("credentials", 401)
    assert sentence in record.detail["error"]
    assert record.charge_point == "CP001"
    assert KEY not in repr(watcher.records)


async def test_a_user_name_that_is_not_the_id_is_marked(watcher: Watcher) -> None:
    """Where no credentials are asked for, a wrong user name is still worth a warning."""
    headers = {"Authorization": Credentials.parse("CP002", KEY).header("")}
    async with (
        listening(watcher) as link,
        connect(link.urls[0] + "CP001", subprotocols=V16, additional_headers=headers),
    ):
        await watcher.connection()
    assert "'CP002'" in watcher.events(ConnectionEvent.OPENED)[0].detail["tolerated"][0]["text"]


# -- where it listens -------------------------------------------------------------------------------------------


async def test_every_address_is_listed(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on every address shows a URL for the network of the charge point."""
    monkeypatch.setattr(
        "ocpptui.network.central_system_server.reachable_hosts", lambda host: ["192.0.2.7", "127.0.0.1"]
    )
    monkeypatch.setattr("ocpptui.network.central_system_server.is_loopback", lambda host: False)
    async with listening(watcher, host="127.0.0.1") as link:
        port = link.urls[0].rpartition(":")[2]
        assert link.urls == [f"ws://192.0.2.7:{port}", f"ws://127.0.0.1:{port}"]
        assert link.hint is None


async def test_localhost_means_every_address_that_it_has(watcher: Watcher) -> None:
    async with listening(watcher, host="localhost") as link:
        assert link.urls[0].startswith("ws://localhost:")
        async with connect(link.urls[0] + "CP001", subprotocols=V16):
            await watcher.connection()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
async def test_ipv6(watcher: Watcher) -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    async with listening(watcher, host="::1") as link:
        assert link.urls[0].startswith("ws://[::1]:")
        async with connect(link.urls[0] + "CP001", subprotocols=V16):
            await watcher.connection()
    assert watcher.events(ConnectionEvent.OPENED)[0].detail["remoteAddress"].startswith("[::1]:")


async def cannot_listen(**settings: Any) -> str:
    watcher = Watcher()
    with pytest.raises(CannotListen) as caught:
        await CentralSystemServer(ServerSettings(**settings), watcher).start()
    assert watcher.records == []
    return problem_text(caught.value.problem, option_remedy)


async def test_a_port_in_use(watcher: Watcher) -> None:
    async with listening(watcher) as link:
        port = int(link.urls[0].rstrip("/").rpartition(":")[2])
        assert "in use" in await cannot_listen(port=port)


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "a\0b", "\x9b", "\ud800"])
async def test_a_host_that_is_no_name(host: str) -> None:
    """A slip of the finger in `--host` would end in a traceback."""
    assert "host is unknown" in await cannot_listen(host=host, port=0)


async def test_an_address_that_this_machine_does_not_have() -> None:
    sentence = await cannot_listen(host="192.0.2.1", port=0)
    assert "192.0.2.1" in sentence
    assert "--host 0.0.0.0" in sentence


async def test_a_host_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    assert "the host is unknown" in await cannot_listen(host="no.invalid")


async def test_a_closed_server_lets_go_of_its_port(watcher: Watcher) -> None:
    """The same port can be listened on again at once."""
    async with listening(watcher) as link:
        port = int(link.urls[0].rstrip("/").rpartition(":")[2])
        async with connect(link.urls[0] + "CP001", subprotocols=V16):
            await watcher.connection()
    async with listening(watcher, port=port) as link:
        await connect(link.urls[0] + "CP001", subprotocols=V16)


# -- TLS --------------------------------------------------------------------------------------------------------


async def test_wss(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """An independent client takes our certificate, talks, and closes cleanly; version and cipher are in the record."""
    import ssl

    context = ssl.create_default_context(cafile=authority.path)
    async with listening(watcher, certificate=local_pair.certificate, key=local_pair.key) as link:
        assert link.urls[0].startswith("wss://127.0.0.1:")
        async with connect(link.urls[0] + "CP001", subprotocols=V16, ssl=context) as peer:
            connection = await watcher.connection()
            text = "x" * 1_000_000
            await peer.send(text)
            await watcher.until(watcher.messages)
            assert watcher.messages()[0].raw == text
            await connection.send(text, Origin.MANUAL)
            assert await peer.recv() == text
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert (closed.detail["closedBy"], closed.detail["closeCode"]) == ("peer", 1000)
    tls = watcher.events(ConnectionEvent.OPENED)[0].detail["tls"]
    assert tls["version"] == "TLSv1.3"
    assert tls["cipher"]
    assert "certificate" not in tls
    assert watcher.events(ConnectionEvent.OPENED)[0].detail["url"].startswith("wss://127.0.0.1:")


async def test_old_chargers_find_their_cipher_suite(watcher: Watcher, authority: Authority, local_pair: Pair) -> None:
    """TLS 1.2 with the suite that OCPP prescribes for ECDSA works."""
    import ssl

    context = ssl.create_default_context(cafile=authority.path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    async with (
        listening(watcher, certificate=local_pair.certificate, key=local_pair.key) as link,
        connect(link.urls[0] + "CP001", subprotocols=V16, ssl=context),
    ):
        await watcher.connection()
    tls = watcher.events(ConnectionEvent.OPENED)[0].detail["tls"]
    assert (tls["version"], tls["cipher"]) == ("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256")


async def test_unusable_certificates(authority: Authority, other_authority: Authority) -> None:
    """Each wrong file is named, and nothing asks for a password on the terminal."""
    pair, other = authority.sign("unusable"), other_authority.sign("other")
    locked = authority.sign("locked", password=b"secret")
    missing = await cannot_listen(certificate="/nonexistent.pem", key=pair.key)
    assert missing == "/nonexistent.pem cannot be read: No such file or directory."
    swapped = await cannot_listen(certificate=pair.certificate, key=other.key)
    assert "does not belong to" in swapped
    assert "no certificate" in await cannot_listen(certificate=pair.key, key=pair.key)
    assert "is encrypted" in await cannot_listen(certificate=locked.certificate, key=locked.key)
    assert "no CA" in await cannot_listen(certificate=pair.certificate, key=pair.key, client_ca=pair.key)
