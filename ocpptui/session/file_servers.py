"""Starts the servers for files, of each protocol that there is."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import AsyncExitStack, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from ocpptui.network.central_system_server import CentralSystemServer
from ocpptui.network.transfer_desk import TransferDesk
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.session.file_settings import FileSettings

if TYPE_CHECKING:
    from ocpptui.network.transfer_grants import TransferGrant

MOST_PROTOCOLS = 5


class FileServer(Protocol):
    """What the servers of all protocols have in common."""

    protocol: str
    port: int

    def url_for(self, grant: TransferGrant, host: str) -> str: ...

    async def close(self) -> None: ...


async def all_servers(
    desk: TransferDesk, settings: FileSettings, central: CentralSystemServer
) -> tuple[list[FileServer], str]:
    """The servers, listening beside a central system, and a sentence on what is missing.

    Raises CannotListen and UnusableCertificate.
    """
    has_sftp = await asyncio.to_thread(_load)
    from ocpptui.network.ftp_files import FtpFiles
    from ocpptui.network.http_files import HttpFiles

    host, context = central.settings.host, await asyncio.to_thread(central.settings.tls_context, asks_clients=False)
    passive = None if settings.ports is None else range(settings.ports[0] + MOST_PROTOCOLS, settings.ports[1] + 1)
    outside = None if settings.host is None else await _address_of(settings.host)
    started: list[FileServer] = []

    def port() -> int:
        number = len(started)
        return port_after(central, number + 1) if settings.ports is None else settings.ports[0] + number

    async with AsyncExitStack() as unfinished:  # those that listen already, if another one cannot
        for tls in [context, None] if context is not None else [None]:
            http = HttpFiles(desk, host, tls)
            unfinished.push_async_callback(http.close)
            await http.start(port())
            started.append(http)
        for tls in [context, None] if context is not None else [None]:
            ftp = FtpFiles(desk, host, tls, passive, outside)
            await ftp.listen(port())
            unfinished.push_async_callback(ftp.close)
            started.append(ftp)
        if has_sftp:
            from ocpptui.network.sftp_files import SftpFiles

            sftp = SftpFiles(desk, host)
            await sftp.listen(port())
            started.append(sftp)
        unfinished.pop_all()
    return started, "" if has_sftp else ' SFTP needs the extra sftp: pip install "ocpptui[sftp]"'


def _load() -> bool:
    """Import what the servers need, which takes long; whether that for SFTP is installed."""
    import_module("ocpptui.network.http_files")
    import_module("aiohttp.web")
    import_module("ocpptui.network.ftp_files")
    try:
        import_module("ocpptui.network.sftp_files")
    except ImportError:
        return False
    return True


async def _address_of(host: str) -> str | None:
    """The IPv4 address of a host, which FTP has to name; None if it has none."""
    with suppress(ValueError):
        return str(ipaddress.IPv4Address(host))
    with suppress(OSError):
        found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
        return str(found[0][4][0])
    return None


def port_after(server: CentralSystemServer, number: int) -> int:
    """The port that many after the one for OCPP; 0, which picks any, where there is none."""
    port = (url_parts(server.urls[0]).port or 0) if server.urls else 0
    return port + number if port and port + number <= 65535 else 0
