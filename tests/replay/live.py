"""Sessions for the replay tests: one makes a recording by hand, one plays it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.indexer import Indexer
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.timeline import Timeline

TIMEOUT = 60.0


class Hand:
    """A person at a session, who calls, waits for the answer and answers the peer's calls."""

    def __init__(self, session: Session, connection: int) -> None:
        self.session = session
        self.connection = connection

    async def call(self, action: str, payload: dict[str, Any] | str) -> dict[str, Any]:
        """Call; return the payload of the answer."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        sent = await self.session.send_call(self.connection, action, text)
        assert sent is not None
        index = await self.session.wait_for_answer(sent, TIMEOUT)
        assert index is not None
        frame = self.session.timeline.frame(index)
        assert isinstance(frame, Message) and isinstance(frame.payload, dict)
        return frame.payload

    async def answer(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer the next call of the peer; return the payload of that call."""
        index = await self.session.until(lambda: next(iter(self.session.waiting), None), TIMEOUT)
        assert index is not None
        frame = self.session.timeline.frame(index)
        assert isinstance(frame, Message) and isinstance(frame.payload, dict)
        await self.session.answer(index, json.dumps(payload))
        return frame.payload


@asynccontextmanager
async def by_hand(
    role: Role, version: Version, url: str = "", *, path: Path | None = None, call_timeout: float = TIMEOUT
) -> AsyncIterator[Session]:
    """A session with its behaviour off: charge point CP-LIVE at `url`, or a listening central system."""
    writer = RecordingWriter(path) if path is not None else None
    session = Session(role=role, writer=writer, settings=SessionSettings(automatic=False, call_timeout=call_timeout))
    try:
        if role is Role.CHARGE_POINT:
            settings = ClientSettings(url=url, charge_point="CP-LIVE", versions=(version,), reconnect=False)
            await session.connect(settings)
        else:
            await session.listen(ServerSettings(port=0, versions=(version,)))
        yield session
    finally:
        await session.close()


async def first_connection(session: Session) -> int:
    number = await session.until(lambda: next(iter(session.connections), None), TIMEOUT)
    assert number is not None
    return number


async def record(
    path: Path, role: Role, version: Version, url: str, act: Callable[[Hand], Awaitable[object]]
) -> Timeline:
    """A recording of what `act` does by hand, written to `path` and read back."""
    async with by_hand(role, version, url, path=path) as session:
        await act(Hand(session, await first_connection(session)))
    return read(path)


def read(path: Path) -> Timeline:
    timeline = Timeline()
    indexer = Indexer(path, timeline)
    while not indexer.advance(1.0):
        pass
    assert not indexer.problems
    return timeline


def sent(session: Session, connection: int = 1) -> list[str]:
    """The raw texts that a session sent."""
    timeline, role = session.timeline, session.role
    assert role is not None
    return [
        str(timeline.record(index).raw)
        for index in range(len(timeline))
        if timeline.kind(index).is_message and timeline.direction(index) is role.sends
    ]
