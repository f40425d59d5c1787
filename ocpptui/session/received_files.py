"""Where a central system receives the logs that it asks charge points for: a listener of its own, and files beside the
recording."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ocpptui.network.central_system_server import CentralSystemServer
    from ocpptui.network.connection import Connection
    from ocpptui.network.file_receiver import FileReceiver, UploadedFile

Note = Callable[["Connection | None", str, Mapping[str, Any]], object]


class ReceivedFiles:
    """Receives files from the first time that a URL is asked for."""

    def __init__(
        self,
        servers: Sequence[CentralSystemServer],
        connection_of: Callable[[str], Connection | None],
        recording: Callable[[], Path | None],
        note: Note,
    ) -> None:
        """`note` puts what arrived into the log."""
        self._servers = servers
        self._connection_of = connection_of
        self._recording = recording
        self._note = note
        self._receiver: FileReceiver | None = None
        self._starting = asyncio.Lock()

    async def upload_url(self, charge_point: str) -> str:
        """The URL to which a connected charge point can upload a file to us; empty if we cannot receive one."""
        from ocpptui.network.problems import CannotListen, UnusableCertificate

        connection = self._connection_of(charge_point)
        host = urlsplit(connection.url).hostname if connection is not None else None
        if not self._servers or self._recording() is None or not host:
            return ""
        async with self._starting:
            if self._receiver is None:
                with suppress(CannotListen, UnusableCertificate):
                    self._receiver = await self._listen(self._servers[0])
        return "" if self._receiver is None else self._receiver.url_for(charge_point, host)

    async def _listen(self, server: CentralSystemServer) -> FileReceiver:
        from ocpptui.network.file_receiver import FileReceiver
        from ocpptui.network.tls import server_context

        settings, context = server.settings, None
        if settings.certificate is not None:
            context = await asyncio.to_thread(server_context, settings.certificate, settings.key, None)
        receiver = FileReceiver(settings.host, self._folder, self._received, context)
        port = urlsplit(server.urls[0]).port if server.urls else None
        await receiver.start(0 if port in (None, 65535) else (port or 0) + 1)
        return receiver

    async def close(self) -> None:
        """Stop receiving."""
        if self._receiver is not None:
            await self._receiver.close()

    def _folder(self) -> Path:
        recording = self._recording()
        assert recording is not None
        return recording.with_name(f"{recording.stem}-files")

    def _received(self, file: UploadedFile) -> None:
        size = "1 byte" if file.size == 1 else f"{file.size:,} bytes"
        if file.problem:
            text = f"An upload of {file.charge_point} failed after {size}: {file.problem}."
        else:
            text = f"{file.charge_point} uploaded {size}: {file.path}"
        detail = {"file": str(file.path), "size": file.size}
        self._note(self._connection_of(file.charge_point), text, detail)
