"""Moves files for a charge point over SFTP, with the package `asyncssh`. Any key of the server is accepted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from urllib.parse import unquote

import asyncssh

from ocpptui.network.silent_libraries import silent_logger
from ocpptui.network.transfer_failure import BLOCK, TIMEOUT, TransferFailed
from ocpptui.ocpp.url_parts import url_parts

PORT = 22


async def upload_sftp(url: str, name: str, content: bytes) -> None:
    """Put a file at a URL; `name` is appended where the URL names a folder. Raises TransferFailed."""
    path = PurePosixPath(unquote(url_parts(url).path or "/"))
    if not path.suffix:
        path = path / name
    async with _session(url) as (sftp, limit), sftp.open(str(path), "wb") as file:
        for start in range(0, len(content), BLOCK):
            _extend(limit)
            await file.write(content[start : start + BLOCK])


async def blocks_sftp(url: str) -> AsyncIterator[bytes]:
    """The bytes of a file. Raises TransferFailed."""
    async with _session(url) as (sftp, limit), sftp.open(unquote(url_parts(url).path), "rb") as file:
        while block := await file.read(BLOCK):
            _extend(limit)
            assert isinstance(block, bytes)  # it was opened so
            yield block


@asynccontextmanager
async def _session(url: str) -> AsyncIterator[tuple[asyncssh.SFTPClient, asyncio.Timeout]]:
    silent_logger("asyncssh")
    place = url_parts(url)
    try:
        async with (
            asyncio.timeout(TIMEOUT) as limit,
            asyncssh.connect(
                place.hostname or "",
                place.port or PORT,
                username=unquote(place.username or "anonymous"),
                password=unquote(place.password or ""),
                known_hosts=None,
                client_keys=None,
                agent_path=None,
                config=[],
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):
            yield sftp, limit
    except (asyncssh.PermissionDenied, asyncssh.SFTPPermissionDenied) as error:
        raise TransferFailed("permission", f"the server answered: {error}") from None
    except (asyncssh.Error, TimeoutError, OSError, ValueError) as error:
        raise TransferFailed("failed", str(error) or type(error).__name__) from None


def _extend(limit: asyncio.Timeout) -> None:
    limit.reschedule(asyncio.get_running_loop().time() + TIMEOUT)
