"""A bare central system, a player that plays to it, and the conditions that tests wait for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import ReplayScope, plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import Report
from ocpptui.session.session import Session
from tests.replay.live import by_hand
from tests.replay.tape import Tape

Script = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def backend(script: Script, version: Version = Version.V16) -> AsyncIterator[str]:
    """A bare central system that does what `script` says on each connection."""

    async def handle(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await script(connection)

    async with serve(handle, "127.0.0.1", 0, subprotocols=[Subprotocol(version.subprotocol)]) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


@asynccontextmanager
async def playing(
    tape: Tape, script: Script, *, call_timeout: float = 20.0, choice: ReplayScope | None = None, **options: Any
) -> AsyncIterator[tuple[Player, Session]]:
    version = tape.version or Version.V16
    async with (
        backend(script, version) as url,
        by_hand(Role.CHARGE_POINT, version, url, call_timeout=call_timeout) as session,
    ):
        yield Player(plan(tape.timeline, Role.CHARGE_POINT, choice=choice), session, once=True, **options), session


async def run(tape: Tape, script: Script, **options: Any) -> tuple[Report, Session]:
    async with playing(tape, script, **options) as (player, session):
        player.play()
        return await player.run(), session


async def answer_all(connection: ServerConnection) -> None:
    """Answer every call with an empty result."""
    async for message in connection:
        frame = json.loads(message)
        if frame[0] == 2:
            await connection.send(json.dumps([3, frame[1], {}]))


async def until(player: Player, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        changed = asyncio.Event()
        leave = player.subscribe(changed.set)
        while not condition():
            changed.clear()
            await changed.wait()
        leave()


def calls(tape: Tape, count: int) -> Tape:
    """`count` calls with empty answers, all of an action that does not depend on the clock."""
    for number in range(count):
        tape.up(f'[2,"{number}","Authorize",{{"idTag":"{number}"}}]')
        tape.down(f'[3,"{number}",{{}}]')
    return tape


def has_done(player: Player, steps: int) -> bool:
    return player.position >= steps
