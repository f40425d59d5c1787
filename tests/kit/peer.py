"""The other side of a connection, which a test tells what to answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed


class Peer:
    """The other side: keeps what it gets, and answers calls with what `answers` has for their action."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.answers: dict[str, str | None] = {}
        """The rest of an answer after its message id, `{}` if there is none; None: no answer."""
        self.socket: ClientConnection | ServerConnection | None = None
        self.connected = asyncio.Event()

    async def serve(self, socket: ClientConnection | ServerConnection) -> None:
        self.socket = socket
        self.connected.set()
        try:
            async for message in socket:
                self.received.append(str(message))
                await self._answer(str(message))
        except ConnectionClosed:
            pass

    async def _answer(self, message: str) -> None:
        try:
            frame = json.loads(message)
        except ValueError:
            return
        if frame[0] == 2:
            answer = self.answers.get(frame[2], "[3,%s,{}]")
            if answer is not None and self.socket is not None:
                await self.socket.send(answer % json.dumps(frame[1]))

    async def send(self, message: str) -> None:
        assert self.socket is not None
        await self.socket.send(message)

    def payloads(self) -> list[Any]:
        return [json.loads(message)[3] for message in self.received if json.loads(message)[0] in (2, 6)]
