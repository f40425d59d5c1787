"""Takes the commands of scripts for a session, on screen or headless: JSON Lines over a socket of the user."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

from ocpptui.control.control_address import hang_up, listen
from ocpptui.control.control_requests import ControlRequests
from ocpptui.runtime.tasks import Tasks

MOST_CLIENTS = 32


class ControlServer:
    """Listens at an address until it is closed. Requests of one client are done one after the other."""

    def __init__(self, requests: ControlRequests, address: Path) -> None:
        self.address = address
        self._requests = requests
        self._server: asyncio.Server | None = None
        self._tasks = Tasks("control")
        self._clients = 0

    async def start(self) -> None:
        """Begin to listen. Raises OSError."""
        self._server = await listen(self.address, self._connected)

    async def close(self) -> None:
        """End all clients, and remove the address."""
        if self._server is None:
            return
        self._server.close()
        await self._tasks.cancel()
        with suppress(OSError):
            self.address.unlink()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = self._tasks.start(self._serve(reader, writer), "client")
        await asyncio.wait([serving])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            while self._clients <= MOST_CLIENTS and (line := await _line(reader)):
                reply = await self._requests.reply(line)
                writer.write(json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # the client has gone, or its line is too long
            pass
        finally:
            self._clients -= 1
            await hang_up(writer)


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line that is not empty; nothing at the end."""
    while line := await reader.readline():
        if line.strip():
            return line
    return b""
