"""Servers for files of every protocol, and what they told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ocpptui.network.ftp_files import FtpFiles
from ocpptui.network.http_files import HttpFiles
from ocpptui.network.sftp_files import SftpFiles
from ocpptui.network.transfer_desk import FileMove, TransferDesk, VainAttempt
from ocpptui.network.transfer_limits import TransferLimits

FileServers = HttpFiles | FtpFiles | SftpFiles
HOST = "127.0.0.1"
NAME = "CP-7"


@dataclass
class FileBench:
    """A desk with its servers, by the name of their protocol."""

    folder: Path
    desk: TransferDesk
    servers: dict[str, FileServers]
    told: list[tuple[str, str, int]] = field(default_factory=list)
    """The state, the name and the bytes so far, each time that a transfer was told of."""

    def url(self, protocol: str, file: Path | None = None) -> str:
        return self.servers[protocol].url_for(self.desk.grants.of(NAME, file), HOST)

    @property
    def received(self) -> dict[str, bytes]:
        """What is in the folder of the uploads, by name."""
        folder = self.folder / "received"
        found = sorted(folder.iterdir()) if folder.exists() else []
        return {path.name: path.read_bytes() for path in found if not path.is_symlink()}

    @property
    def problems(self) -> list[str]:
        """What went wrong, in the order in which it did."""
        return [move.problem for move in self.desk.moves if move.problem]

    @property
    def attempts(self) -> list[str]:
        return [attempt.problem for attempt in self.desk.attempts]


@asynccontextmanager
async def file_bench(
    folder: Path,
    *protocols: str,
    limits: TransferLimits | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[FileBench]:
    """Servers for these protocols, all if none is named; `tls` is that of HTTPS and FTPS."""
    limits = limits or TransferLimits(least_free=0)

    def told(move: FileMove) -> None:
        bench.told.append((move.state.value, move.name, move.moved))

    def refused(_: VainAttempt) -> None:
        pass

    desk = TransferDesk(lambda: folder / "received", told, refused, limits)
    bench = FileBench(folder, desk, {})
    wanted = protocols or ("HTTP", "FTP", "SFTP", *(("HTTPS", "FTPS") if tls is not None else ()))
    async with AsyncExitStack() as stack:
        for protocol in wanted:
            context = tls if protocol in ("HTTPS", "FTPS") else None
            server: FileServers
            if protocol.startswith("HTTP"):
                server = HttpFiles(desk, HOST, context)
                await server.start(0)
            elif protocol == "SFTP":
                server = SftpFiles(desk, HOST)
                await server.listen(0)
            else:
                server = FtpFiles(desk, HOST, context)
                await server.listen(0)
            stack.push_async_callback(server.close)
            bench.servers[protocol] = server
        yield bench
