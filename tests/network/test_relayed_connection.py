"""A connection that runs through us: a charge point on one side, a central system beyond, real sockets between."""

from __future__ import annotations

import asyncio
import json
from asyncio.selector_events import _SelectorSocketTransport  # type: ignore[attr-defined]
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ocpptui.describe.record_line import passage_words, summary_of
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.intervention import Intervention
from ocpptui.network.relayed_connection import Intercept, RelayLeg
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.upstream import UpstreamGate
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.version import Direction
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Origin, Passage, Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

CALL = '[2,"1","Heartbeat",{}]'
ANSWER = '[3,"1",{"currentTime":"2026-11-26T10:00:00Z"}]'
PATIENCE = 60.0


class Upstream:
    """The central system beyond, which a test plays by hand."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: asyncio.Queue[Request] = asyncio.Queue()
        self.decided: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        self._peers: asyncio.Queue[ServerConnection] = asyncio.Queue()

    def let_in(self) -> None:
        self.decided.set_result(None)

    async def peer(self) -> ServerConnection:
        async with asyncio.timeout(PATIENCE):
            return await self._peers.get()

    async def process(self, _: ServerConnection, request: Request) -> Response | None:
        self.asked.put_nowait(request)
        return await self.decided

    async def handle(self, peer: ServerConnection) -> None:
        self._peers.put_nowait(peer)
        await peer.wait_closed()


@asynccontextmanager
async def between(
    intercept: Intercept | None = None, path: Path | None = None, **settings: Any
) -> AsyncIterator[tuple[Session, Upstream, Callable[..., Any]]]:
    """A session between, the central system beyond, and what connects a charge point."""
    upstream = Upstream()
    options: dict[str, Any] = {"subprotocols": [Subprotocol("ocpp1.6"), Subprotocol("ocpp2.0.1")]}
    async with serve(
        upstream.handle, "127.0.0.1", 0, process_request=upstream.process, ping_interval=None, **options
    ) as server:
        upstream.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        session = Session(writer=RecordingWriter(path) if path is not None else None)
        gate = UpstreamGate(ClientSettings(url=upstream.url, charge_point="-", **settings), session.observer)
        link = await session.listen(ServerSettings(port=0), gate=gate, intercept=intercept)

        def charge_point(name: str = "CP1", **more: Any) -> Any:
            return connect(link.urls[0] + name, **{**options, "ping_interval": None, **more})

        try:
            yield session, upstream, charge_point
        finally:
            await session.close()


async def heard(peer: ClientConnection | ServerConnection) -> str | bytes:
    async with asyncio.timeout(PATIENCE):
        return await peer.recv()


async def until(condition: Callable[[], Awaitable[bool] | bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


def records(session: Session, *kinds: RecordKind) -> list[Record]:
    found = [session.timeline.record(index) for index in range(len(session.timeline))]
    return [record for record in found if record.kind in kinds] if kinds else found


def events(session: Session) -> list[str]:
    return [record.detail["event"] for record in records(session, RecordKind.CONNECTION) if record.connection]


async def test_admission_waits_for_the_answer_of_the_central_system() -> None:
    """A charge point would be accepted that its central system refuses, or would send before that listens."""
    async with between() as (session, upstream, charge_point):
        connecting = asyncio.ensure_future(asyncio.wait_for(charge_point(), PATIENCE))  # noqa: TID251
        request = await asyncio.wait_for(upstream.asked.get(), PATIENCE)
        assert request.path == "/CP1"
        assert not connecting.done() and not session.connections
        upstream.let_in()
        peer = await connecting
        assert peer.subprotocol == "ocpp1.6"
        [record] = [one for one in records(session, RecordKind.CONNECTION) if one.connection]
        assert (record.detail["event"], record.connection, record.charge_point) == ("opened", 1, "CP1")
        assert record.detail["upstream"]["url"] == f"{upstream.url}/CP1"
        assert record.detail["upstream"]["subprotocol"] == "ocpp1.6"
        await peer.close()


@pytest.mark.parametrize("status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE])
async def test_a_refusal_is_mirrored(status: HTTPStatus) -> None:
    """The charge point would not learn that its password is wrong, and we would seem to be the reason."""
    async with between() as (session, upstream, charge_point):
        response = Response(status.value, status.phrase, _headers(), b"not you")
        upstream.decided.set_result(response)
        with pytest.raises(InvalidStatus) as caught:
            await asyncio.wait_for(charge_point(), PATIENCE)
        assert caught.value.response.status_code == status
        assert bytes(caught.value.response.body) == b"not you"
        if status is HTTPStatus.UNAUTHORIZED:
            assert caught.value.response.headers["WWW-Authenticate"] == 'Basic realm="theirs"'
        assert events(session) == ["refused"]
        [record] = [one for one in records(session, RecordKind.CONNECTION) if one.connection]
        assert record.detail["upstream"]["httpStatus"] == status
        assert f"answered {status.value}" in record.detail["upstream"]["error"]


def _headers() -> Any:
    from websockets.datastructures import Headers

    return Headers([("WWW-Authenticate", 'Basic realm="theirs"'), ("Content-Length", "7"), ("Connection", "close")])


async def test_an_upstream_that_is_not_there_is_a_bad_gateway() -> None:
    """The charge point would wait for ever."""
    async with between() as (_, upstream, _):
        pass
    async with between() as (session, _, charge_point):
        for link in session.server_links:
            assert link._gate is not None
            link._gate = UpstreamGate(ClientSettings(url=upstream.url, charge_point="-"), session.observer)
        with pytest.raises(InvalidStatus) as caught:
            await asyncio.wait_for(charge_point(), PATIENCE)
        assert caught.value.response.status_code == 502
        assert events(session) == ["refused"]


async def test_credentials_and_subprotocols_are_those_of_the_charge_point() -> None:
    async with between() as (_, upstream, charge_point):
        upstream.let_in()
        more = {"additional_headers": {"Authorization": "Basic Q1AxOnNlY3JldA=="}}
        async with charge_point(subprotocols=[Subprotocol("ocpp2.0.1")], **more) as peer:
            assert peer.subprotocol == "ocpp2.0.1"
            request = await upstream.asked.get()
            assert request.headers["Authorization"] == "Basic Q1AxOnNlY3JldA=="
            assert request.headers["Sec-WebSocket-Protocol"] == "ocpp2.0.1"


async def test_everything_passes_in_both_directions_and_each_frame_is_one_record(tmp_path: Path) -> None:
    """A frame that occurs twice in the log is not evidence, and a lost frame is our fault."""
    path = tmp_path / "recording.jsonl"
    async with between(path=path) as (session, upstream, charge_point):
        upstream.let_in()
        async with charge_point() as peer:
            beyond = await upstream.peer()
            await peer.send(CALL)
            assert await heard(beyond) == CALL
            await beyond.send(ANSWER)
            assert await heard(peer) == ANSWER
            await peer.send(b"\x00\xff")
            assert await heard(beyond) == b"\x00\xff"
            await beyond.send(b"[]")
            assert await heard(peer) == b"[]"
            await asyncio.wait_for(await peer.ping(b"from below"), PATIENCE)
            await asyncio.wait_for(await beyond.ping(b"from above"), PATIENCE)
            await peer.close(4001, "enough")
        await asyncio.wait_for(beyond.wait_closed(), PATIENCE)
        assert (beyond.close_code, beyond.close_reason) == (4001, "enough")
        await until(lambda: not session.connections)
        up, down = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
        shown = [(one.kind.name, one.direction) for one in records(session) if one.connection]
        assert shown == [
            ("CONNECTION", None), ("CALL", up), ("CALLRESULT", down), ("MALFORMED", up), ("MALFORMED", down),
            ("PING", up), ("PONG", down), ("PING", down), ("PONG", up), ("CONNECTION", None),
        ]  # fmt: skip
        assert {one.connection for one in records(session)} == {0, 1}
        assert all(one.detail["passedOnMs"] >= 0 for one in records(session) if one.direction is not None)
        assert [one.detail["frame"] for one in records(session) if one.kind.is_message] == [1, 2, 3, 4]
        assert [one.origin for one in records(session) if one.kind.is_message] == [Origin.WIRE] * 4
        assert session.timeline.counts.orphans == 0 and session.timeline.counts.unanswered == 0
        closed = records(session)[-1].detail
        assert (closed["closeCode"], closed["closedBy"], closed["endedBy"]) == (4001, "peer", "charge-point")
        assert (closed["upstream"]["closeCode"], closed["upstream"]["closedBy"]) == (4001, "us")


@pytest.mark.parametrize("passage", [None, Passage.CHANGED])
async def test_what_passes_is_recorded_before_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passage: Passage | None
) -> None:
    """A kill in between would lose an answer that the charge point has got."""
    path, sent = tmp_path / "recording.jsonl", ANSWER if passage is None else '[3,"c1",{"changed":true}]'
    recorded: list[bool] = []
    write = _SelectorSocketTransport.write

    def looked(transport: Any, data: bytes) -> None:
        if sent.encode() in data and transport.get_extra_info("sockname")[1] == port:
            recorded.append(any(json.loads(line).get("raw") == sent for line in path.read_text().splitlines()))
        write(transport, data)

    def intercept(_: RelayLeg, record: Record) -> Intervention | None:
        return Intervention(passage, sent) if passage is not None and record.raw == ANSWER else None

    async with between(intercept, path=path) as (session, upstream, charge_point):
        upstream.let_in()
        port = int(session.listening_urls[0].rstrip("/").rpartition(":")[2])
        monkeypatch.setattr(_SelectorSocketTransport, "write", looked)
        async with charge_point(compression=None) as peer:
            beyond = await upstream.peer()
            await peer.send(CALL)
            assert await heard(beyond) == CALL
            await beyond.send(ANSWER)
            assert await heard(peer) == sent
    assert recorded == [True]


async def test_a_close_from_above_and_a_cut_pass_on() -> None:
    """The charge point would believe in a connection that its backend has given up."""
    async with between() as (session, upstream, charge_point):
        upstream.let_in()
        async with charge_point() as peer:
            await (await upstream.peer()).close(1012, "restart")
            with pytest.raises(ConnectionClosed):
                await heard(peer)
            assert (peer.close_code, peer.close_reason) == (1012, "restart")
        await until(lambda: not session.connections)
        async with charge_point() as peer:
            (await upstream.peer()).transport.abort()
            with pytest.raises(ConnectionClosed):
                await heard(peer)
            assert peer.close_code == 1006
        await until(lambda: not session.connections)
        assert [one.detail.get("endedBy") for one in records(session, RecordKind.CONNECTION)][2::2] == [
            "central-system",
            "central-system",
        ]


async def test_what_comes_before_the_charge_point_is_answered_is_not_lost() -> None:
    """A backend may call as soon as it has answered the upgrade."""
    async with between() as (_, upstream, charge_point):
        upstream.let_in()
        connecting = asyncio.ensure_future(asyncio.wait_for(charge_point(), PATIENCE))  # noqa: TID251
        await (await upstream.peer()).send(CALL)
        assert await heard(await connecting) == CALL
        await (await connecting).close()


WORDS = {
    Passage.CHANGED: "Sent in place of frame 1.",
    Passage.DROPPED: "Frame 1 was not passed on.",
    Passage.ANSWERED: "An answer to frame 1, which was not passed on.",
}


@pytest.mark.parametrize("passage", WORDS)
async def test_an_intervention_is_a_second_record_that_names_the_first(passage: Passage, tmp_path: Path) -> None:
    """The user could not distinguish what a peer sent from what replaced it, and an exchange would count twice."""
    other = '[2,"1","Heartbeat",{"a":1}]' if passage is Passage.CHANGED else ANSWER

    def intercept(_: RelayLeg, record: Record) -> Intervention | None:
        return Intervention(passage, other) if record.raw == CALL else None

    path = tmp_path / "recording.jsonl"
    async with between(intercept, path) as (session, upstream, charge_point):
        upstream.let_in()
        async with charge_point() as peer:
            beyond = await upstream.peer()
            await peer.send(CALL)
            if passage is Passage.CHANGED:
                assert await heard(beyond) == other
                await beyond.send(ANSWER)
            if passage is Passage.DROPPED:
                await peer.send(ANSWER)
                assert await heard(beyond) == ANSWER
            else:
                assert await heard(peer) == ANSWER
        await until(lambda: not session.connections)
        first, second = [one for one in records(session) if one.direction is not None][:2]
        assert (first.raw, first.origin, first.detail) == (CALL, Origin.WIRE, {"frame": 1})
        assert (second.origin, second.detail) == (Origin.PROXY, {"change": passage, "insteadOf": 1})
        assert passage_words(second.detail) == WORDS[passage]
        if passage is Passage.DROPPED:
            assert summary_of(second, None) == WORDS[passage]
        assert second.raw == (None if passage is Passage.DROPPED else other)
        timeline = session.timeline
        assert timeline.counts.calls == 1
        assert timeline.counts.unanswered == (passage is Passage.DROPPED)
        assert not any(timeline.is_duplicate_id(index) for index in range(len(timeline)))
        answers = [index for index in range(len(timeline)) if timeline.record(index).raw == ANSWER]
        expected = AnswerStatus.ORPHAN if passage is Passage.DROPPED else AnswerStatus.FIRST
        assert [timeline.answering(index) for index in answers] == [expected]
    read = Timeline()
    index_all(path, read)
    for name in ("records", "calls", "answers", "unanswered", "orphans", "malformed", "invalid"):
        assert getattr(read.counts, name) == getattr(timeline.counts, name), name
    assert not any(read.is_duplicate_id(index) for index in range(len(read)))


async def test_a_session_sends_over_the_leg_that_is_meant() -> None:
    """The user would send to the wrong side."""
    async with between() as (session, upstream, charge_point):
        upstream.let_in()
        async with charge_point() as peer:
            beyond = await upstream.peer()
            connection = session.connection_of("CP1")
            assert connection is not None and len(connection.legs) == 2
            await session.send_raw(1, "to the station", towards=Direction.TO_CHARGE_POINT)
            assert await heard(peer) == "to the station"
            await session.send_raw(1, "to the backend", towards=Direction.TO_CSMS)
            assert await heard(beyond) == "to the backend"
            await session.disconnect(1)
            await asyncio.wait_for(beyond.wait_closed(), PATIENCE)
        assert events(session) == [ConnectionEvent.OPENED, ConnectionEvent.CLOSED]
