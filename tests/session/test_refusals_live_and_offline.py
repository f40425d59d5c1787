"""Over real connections, in both roles: the answer to a wrong message is the one in its diagnosis.

Otherwise a report would name a code that was never sent.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.diagnosis.prescribed_code import error_code_at
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.timeline import Timeline
from tests.kit.wrong_messages import KINDS, VERSIONS, wrong_messages

PATIENCE = 60.0
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
EMPTY = {UP: "Heartbeat", DOWN: "ClearCache"}


@asynccontextmanager
async def peer_of(session: Session, version: Version, direction: Direction) -> AsyncIterator[Connection]:
    """A socket without a mind of its own, on the other side of a session."""
    subprotocols = [Subprotocol(version.subprotocol)]
    if direction is UP:
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        url = session.listening_urls[0].rstrip("/") + "/CP1"
        async with connect(url, subprotocols=subprotocols, max_size=None) as socket:
            yield socket
        return
    arrived: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def handler(socket: ServerConnection) -> None:
        arrived.set_result(socket)
        await socket.wait_closed()

    async with serve(handler, "127.0.0.1", 0, subprotocols=subprotocols) as server:
        port = server.sockets[0].getsockname()[1]
        await session.connect(ClientSettings(url=f"ws://127.0.0.1:{port}", charge_point="CP1", versions=(version,)))
        async with asyncio.timeout(PATIENCE):
            yield await arrived


async def answers_to(socket: Connection, raw: str | bytes, sentinel: str, direction: Direction) -> list[Any]:
    """What the session sends back for a message, before it answers a right call that follows."""
    await socket.send(raw, text=True)
    await socket.send(f'[2,"{sentinel}","{EMPTY[direction]}",{{}}]')
    answers: list[Any] = []
    async with asyncio.timeout(PATIENCE):
        while True:
            frame = json.loads(await socket.recv())
            if frame[0] == 2:
                result = {"currentTime": "2026-01-01T00:00:00Z", "interval": 900, "status": "Accepted"}
                boots = frame[2] == "BootNotification"
                await socket.send(json.dumps([3, frame[1], result if boots else {}]))
            elif frame[1] == sentinel:
                return answers
            elif frame[0] != 5:  # a refusal of one of our own results
                answers.append(frame)


Ask = Callable[[str | bytes], Awaitable[list[Any]]]


@asynccontextmanager
async def live(
    version: Version, direction: Direction, *, lenient: bool = False, path: Path | None = None
) -> AsyncIterator[tuple[Session, Ask]]:
    """A session whose peer may send anything, and gives what comes back."""
    settings = SessionSettings(lenient=lenient)
    role = Role.CENTRAL_SYSTEM if direction is UP else Role.CHARGE_POINT
    session = Session(role=role, settings=settings, writer=None if path is None else RecordingWriter(path))
    sent = 0
    try:
        async with peer_of(session, version, direction) as socket:

            async def ask(raw: str | bytes) -> list[Any]:
                nonlocal sent
                sent += 1
                return await answers_to(socket, raw, f"sentinel-{sent}", direction)

            yield session, ask
    finally:
        await session.close()


def code_of(answers: list[Any]) -> str:
    """The error code of the one answer; empty for a result, and for silence."""
    assert len(answers) <= 1
    return answers[0][2] if answers and answers[0][0] == 4 else ""


def codes_by_raw(timeline: Timeline, direction: Direction) -> dict[str | bytes, str]:
    """The error code that each message of the peer is said to deserve."""
    return {
        timeline.record(index).raw or "": error_code_at(timeline, index)
        for index in range(len(timeline))
        if timeline.kind(index).is_message and timeline.direction(index) is direction
    }


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_the_error_code_live_is_the_one_offline(version: Version, direction: Direction, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    messages = list(wrong_messages(version, direction))
    assert len({message.raw for message in messages}) == len(KINDS)
    received = {}
    async with live(version, direction, path=path) as (session, ask):
        for message in messages:
            received[message.raw] = code_of(await ask(message.raw))
        during = codes_by_raw(session.timeline, direction)
    opened = FileSession([path])
    while not opened.advance(1):
        pass
    offline = codes_by_raw(opened.session.timeline, direction)
    await opened.close()
    told = {message.name: (received[message.raw], during[message.raw], offline[message.raw]) for message in messages}
    assert told == {name: (code, code, code) for name, (code, _, _) in told.items()}
    assert sum(bool(code) for code in received.values()) > len(KINDS) / 2


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_two_frames_in_particular(version: Version, direction: Direction) -> None:
    """A call without its payload, and one whose id is a number: refused by Part 4, accepted with --lenient."""
    code = "FormationViolation" if version.generation == 1 else "RpcFrameworkError"
    action = EMPTY[direction]
    async with live(version, direction) as (_, ask):
        assert code_of(await ask(f'[2,"id","{action}"]')) == code
        (error,) = await ask(f'[2,12345,"{action}",{{}}]')
        assert error[:3] == [4, 12345, code]
    async with live(version, direction, lenient=True) as (_, ask):
        (first,) = await ask(f'[2,"id","{action}"]')
        (second,) = await ask(f'[2,12345,"{action}",{{}}]')
        assert (first[:2], second[:2]) == ([3, "id"], [3, 12345])
