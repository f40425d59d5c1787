"""Moves the files that simulated charge points upload and download, in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpptui.runtime.tasks import Tasks

if TYPE_CHECKING:
    from ocpptui.network.charge_point_link import ChargePointLink
    from ocpptui.simulator.effects import Behaviour, TransferFile, TransferOutcome


class FileTransfers:
    """The transfers of one session; they go on while a charge point has no connection."""

    def __init__(self) -> None:
        self._tasks = Tasks("file transfers")
        self._running: dict[tuple[int, int], asyncio.Task[None]] = {}

    def start(
        self,
        behaviour: Behaviour,
        wanted: TransferFile,
        link: ChargePointLink | None,
        done: Callable[[TransferOutcome], None],
    ) -> None:
        """Begin a transfer, with the TLS settings of the charge point's link; `done` gets the outcome."""
        key = (id(behaviour), wanted.number)
        task = self._running[key] = self._tasks.start(self._run(wanted, link, done), "transfer")
        task.add_done_callback(lambda _: self._running.pop(key, None))

    def cancel(self, behaviour: Behaviour, number: int) -> None:
        """Give up one transfer of a charge point, if it still runs."""
        if (task := self._running.get((id(behaviour), number))) is not None:
            task.cancel()

    @property
    def running(self) -> int:
        """How many there are at present."""
        return len(self._running)

    async def close(self) -> None:
        """Give up all transfers."""
        await self._tasks.cancel()

    async def _run(
        self, wanted: TransferFile, link: ChargePointLink | None, done: Callable[[TransferOutcome], None]
    ) -> None:
        from ocpptui.network.file_transfer import download, upload
        from ocpptui.network.problems import UnusableCertificate
        from ocpptui.network.tls import client_context
        from ocpptui.network.transfer_failure import TransferFailed
        from ocpptui.simulator.effects import TransferOutcome

        try:
            settings = None if link is None else link.settings
            tls = None
            if settings is not None and (settings.ca or settings.insecure):
                tls = await asyncio.to_thread(client_context, settings.ca, settings.insecure, None, None)
            if wanted.content is None:
                file = await download(wanted.url, tls=tls)
                done(TransferOutcome(wanted.number, size=file.size, digest=file.digest))
            else:
                await upload(wanted.url, wanted.name, wanted.content, tls=tls)
                done(TransferOutcome(wanted.number, size=len(wanted.content)))
        except TransferFailed as error:
            done(TransferOutcome(wanted.number, error.failure))
        except UnusableCertificate:
            done(TransferOutcome(wanted.number, "failed"))
