"""A charge point of ours against bare `websockets` servers and raw sockets."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ocpptui.network.backoff import BackOff
from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import InvalidUrl
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, RecordKind
from tests.network.watching import PATIENCE, Watcher, answering, connecting

CALL = '[2,"1","Heartbeat",{}]'
ANSWER = '[3,"1",{"currentTime":"2026-11-22T10:00:00Z"}]'
QUICK = BackOff(wait_minimum=0.01, random_range=0.02, repeat_times=2)

Handler = Callable[[ServerConnection], Awaitable[None]]


async def stay(connection: ServerConnection) -> None:
    await connection.wait_closed()


@asynccontextmanager
async def central_system(handler: Handler = stay, **options: Any) -> AsyncIterator[str]:
    """A bare `websockets` server; its URL."""
    whole = {"subprotocols": [Subprotocol("ocpp1.6")], "ping_interval": None, **options}
    async with serve(handler, "127.0.0.1", 0, **whole) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


async def test_connect_talk_and_quit(watcher: Watcher) -> None:
    """The whole way of a charge point: opening, opened, messages both ways, a clean close."""

    async def talk(connection: ServerConnection) -> None:
        assert await connection.recv() == CALL
        await connection.send(ANSWER)
        await connection.wait_closed()
        codes.append(connection.close_code)

    codes: list[int | None] = []
    async with central_system(talk) as url:
        async with connecting(watcher, url, versions=(Version.V16,)) as link:
            connection = await watcher.connection()
            assert link.connection is connection
            await connection.send(CALL, Origin.MANUAL)
            await watcher.until(lambda: watcher.of_kind(RecordKind.CALLRESULT))
        assert link.connection is None
    assert codes == [1000]
    assert [r.detail.get("event") or r.raw for r in watcher.records] == ["opening", "opened", CALL, ANSWER, "closed"]
    assert {record.connection for record in watcher.records} == {1}
    sent, received = watcher.messages()
    assert (sent.direction, received.direction) == (Direction.TO_CSMS, Direction.TO_CHARGE_POINT)
    assert connection.role is Role.CHARGE_POINT
    assert watcher.events(ConnectionEvent.CLOSED)[0].detail["closedBy"] == "us"


async def test_what_was_agreed_is_in_the_record(watcher: Watcher) -> None:
    """A user sees the URL that was really requested, both sides' headers, and no password."""
    seen: list[Request] = []

    def look(_: ServerConnection, request: Request) -> Response | None:
        seen.append(request)
        return None

    settings = {
        "charge_point": "RDAM 1",
        "credentials": Credentials.parse(None, "hunter2hunter2"),
        "headers": (("X-Site", "Rotterdam"), ("user-agent", "charger/1"), ("X-Site", "two")),
        "versions": (Version.V201, Version.V16),
    }
    async with central_system(process_request=look) as url, connecting(watcher, url + "/ocpp", **settings):
        connection = await watcher.connection()
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert detail["url"] == connection.url == f"{url}/ocpp/RDAM%201"
    assert detail["requestLine"] == "GET /ocpp/RDAM%201 HTTP/1.1"
    assert detail["subprotocolsOffered"] == ["ocpp2.0.1", "ocpp1.6"]
    assert detail["subprotocol"] == "ocpp1.6"
    assert connection.version is Version.V16
    assert "versionAssumed" not in detail
    assert detail["responseStatus"] == "101 Switching Protocols"
    assert "Sec-WebSocket-Protocol: ocpp1.6" in detail["responseHeaders"]
    assert detail["remoteAddress"] == url.removeprefix("ws://")
    assert "Authorization: Basic RDAM 1:***" in detail["requestHeaders"]
    assert "hunter2" not in repr(watcher.records)
    headers = seen[0].headers
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"RDAM 1:hunter2hunter2").decode()
    assert headers.get_all("X-Site") == ["Rotterdam", "two"]
    assert headers.get_all("User-Agent") == ["charger/1"]


async def test_password_in_the_url(watcher: Watcher) -> None:
    """`ws://user:password@host` works, and the password shows nowhere."""
    seen: list[Request] = []
    async with central_system(process_request=lambda _, request: seen.append(request)) as url:
        async with connecting(watcher, url.replace("ws://", "ws://u%40x:p%3Aw@")) as link:
            await watcher.connection()
        assert link.url == f"{url}/CP001"
    assert seen[0].headers["Authorization"] == "Basic " + base64.b64encode(b"u@x:p:w").decode()
    assert "p:w" not in repr(watcher.records)
    assert "p%3Aw" not in repr(watcher.records)


@pytest.mark.parametrize("compression", [True, False])
async def test_compression_can_be_switched(watcher: Watcher, compression: bool) -> None:
    """A backend whose compression is broken can be talked to without."""
    async with central_system() as url, connecting(watcher, url, compression=compression) as link:
        await watcher.connection()
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    offered = [line for line in detail["requestHeaders"] if line.startswith("Sec-WebSocket-Extensions")]
    assert bool(offered) is compression
    assert detail["compression"] is compression
    assert link.charge_point == "CP001"


async def test_a_server_that_chooses_no_subprotocol(watcher: Watcher) -> None:
    """The connection is usable, and it is said that the version is assumed."""
    async with (
        central_system(subprotocols=None) as url,
        connecting(watcher, url, versions=(Version.V201, Version.V16)),
    ):
        connection = await watcher.connection()
        assert connection.version is Version.V201
    detail = watcher.events(ConnectionEvent.OPENED)[0].detail
    assert detail["subprotocol"] is None
    assert detail["versionAssumed"] is True
    assert "2.0.1" in detail["tolerated"][0]["text"]


async def test_messages_that_come_with_the_answer_are_not_lost(watcher: Watcher) -> None:
    """A central system that sends its first call in the same packet as the answer is heard, after `opened`."""

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(accepting(request) + b"\x81" + bytes([len(CALL)]) + CALL.encode())
        await reader.read()

    async with answering(hasty) as port, connecting(watcher, f"ws://127.0.0.1:{port}"):
        await watcher.until(watcher.messages)
    events = [record.detail.get("event") or record.raw for record in watcher.records]
    assert events[:3] == ["opening", "opened", CALL]


def accepting(request: bytes, *lines: str) -> bytes:
    """The answer that opens the WebSocket of this request, with further header lines."""
    from websockets.utils import accept_key

    key = next(line for line in request.decode().split("\r\n") if line.startswith("Sec-WebSocket-Key: "))[19:]
    headers = ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept_key(key)}", *lines]
    return ("HTTP/1.1 101 Switching Protocols\r\n" + "".join(f"{line}\r\n" for line in headers) + "\r\n").encode()


# -- again ------------------------------------------------------------------------------------------------------


async def test_reconnects_after_a_close_and_starts_its_back_off_anew(watcher: Watcher) -> None:
    """A charge point reconnects automatically; the wait is in the log."""

    async def close(connection: ServerConnection) -> None:
        await connection.close(1012)

    async with central_system(close) as url, connecting(watcher, url, reconnect=True, backoff=QUICK):
        await watcher.event(ConnectionEvent.CLOSED, 3)
    closed = watcher.events(ConnectionEvent.CLOSED)[:3]
    assert [record.connection for record in closed] == [1, 2, 3]
    assert [record.detail["retryInSeconds"] for record in closed] == [0.02, 0.02, 0.02]
    openings = watcher.events(ConnectionEvent.OPENING)
    assert openings[1].time - closed[0].time >= 0.015e6


async def test_the_back_off_grows_while_it_fails(watcher: Watcher) -> None:
    async def refuse(_: ServerConnection, request: Request) -> Response | None:
        raise RuntimeError

    async with (
        central_system(process_request=refuse) as url,
        connecting(watcher, url, reconnect=True, backoff=QUICK),
    ):
        await watcher.event(ConnectionEvent.REFUSED, 5)
    waits = [record.detail["retryInSeconds"] for record in watcher.events(ConnectionEvent.REFUSED)[:5]]
    assert waits == [0.02, 0.03, 0.05, 0.05, 0.05]


async def test_comes_back_when_the_server_does(watcher: Watcher) -> None:
    """A backend may be started after the charge point."""
    async with answering(stay_silent) as port:
        pass
    async with connecting(watcher, f"ws://127.0.0.1:{port}", reconnect=True, backoff=QUICK):
        await watcher.event(ConnectionEvent.FAILED, 2)
        async with serve(stay, "127.0.0.1", port, subprotocols=[Subprotocol("ocpp1.6")]):
            await watcher.connection()
            assert watcher.events(ConnectionEvent.OPENED)[0].connection >= 3


async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def test_does_not_come_back_where_that_is_off(watcher: Watcher) -> None:
    async with central_system() as url:
        link = ChargePointClient(ClientSettings(url=f"{url}/CP001", reconnect=False), watcher)
        running = asyncio.wait_for(link.run(), PATIENCE)
        watcher.on_record = lambda _, connection: connection.begin_close() if connection is not None else None
        await running
    assert len(watcher.events(ConnectionEvent.OPENING)) == 1
    assert "retryInSeconds" not in watcher.events(ConnectionEvent.CLOSED)[0].detail


async def test_closing_ends_the_wait_for_the_next_attempt(watcher: Watcher) -> None:
    """Quitting is quick while the back-off runs."""
    async with answering(stay_silent) as port:
        pass
    slow = BackOff(wait_minimum=3600)
    async with connecting(watcher, f"ws://127.0.0.1:{port}", reconnect=True, backoff=slow):
        await watcher.event(ConnectionEvent.FAILED)


async def test_closing_gives_up_an_attempt(watcher: Watcher) -> None:
    """Quitting is quick while a server keeps us waiting, and the attempt does not stay open in the log."""
    async with (
        answering(stay_silent) as port,
        connecting(watcher, f"ws://127.0.0.1:{port}", reconnect=True, open_timeout=3600) as link,
    ):
        await watcher.event(ConnectionEvent.OPENING)
        await asyncio.wait_for(link.close(), PATIENCE)
    assert watcher.events(ConnectionEvent.FAILED)[0].detail["error"] == "The attempt was given up."


async def test_closing_before_the_start(watcher: Watcher) -> None:
    link = ChargePointClient(ClientSettings(url="ws://127.0.0.1:1/CP001"), watcher)
    await link.close()
    await asyncio.wait_for(link.run(), PATIENCE)
    assert watcher.records == []


def test_a_wrong_url_is_refused_before_anything_is_tried() -> None:
    with pytest.raises(InvalidUrl):
        ChargePointClient(ClientSettings(url="ws://h:99999/CP001"), None)  # type: ignore[arg-type]
