"""Moves files for a charge point: diagnostics and logs up, firmware down, over HTTP, HTTPS, FTP, FTPS and,
where `asyncssh` is installed, SFTP."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ocpptui.network.transfer_failure import BLOCK, TIMEOUT, TransferFailed
from ocpptui.ocpp.url_parts import url_parts

if TYPE_CHECKING:  # imported by the first transfer
    import aioftp
    import aiohttp

MOST_BYTES = 512 * 1024 * 1024
"""The largest file that is downloaded; none is kept."""
REFUSED = (401, 403, 407)
"""HTTP status codes of a server that wants other credentials."""
OTHER_METHOD = (404, 405, 501)
"""HTTP status codes of a server that does not take a PUT there."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that was downloaded completely."""

    size: int
    digest: bytes
    """SHA-256."""


async def upload(url: str, name: str, content: bytes, *, tls: ssl.SSLContext | None = None) -> None:
    """Put a file at a URL; `name` is appended where the URL names a folder. Raises TransferFailed."""
    match url_parts(url).scheme.lower():
        case "http" | "https":
            await _upload_http(url, name, content, tls)
        case "ftp" | "ftps" as scheme:
            await _upload_ftp(url, name, content, tls, is_secure=scheme == "ftps")
        case "sftp":
            with _needing_asyncssh():
                from ocpptui.network.sftp_transfer import upload_sftp
            await upload_sftp(url, name, content)
        case other:
            raise TransferFailed("protocol", f"there is no transfer by {other or 'this'} URL")


async def download(url: str, *, tls: ssl.SSLContext | None = None) -> ReceivedFile:
    """Read all of a file. Raises TransferFailed."""
    match url_parts(url).scheme.lower():
        case "http" | "https":
            return await _received(_blocks_http(url, tls))
        case "ftp" | "ftps" as scheme:
            return await _received(_blocks_ftp(url, tls, is_secure=scheme == "ftps"))
        case "sftp":
            with _needing_asyncssh():
                from ocpptui.network.sftp_transfer import blocks_sftp
            return await _received(blocks_sftp(url))
        case other:
            raise TransferFailed("protocol", f"there is no transfer by {other or 'this'} URL")


@contextmanager
def _needing_asyncssh() -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise TransferFailed("protocol", 'SFTP needs the extra sftp: pip install "ocpptui[sftp]"') from None


async def _received(blocks: AsyncIterator[bytes]) -> ReceivedFile:
    size, digest = 0, sha256()
    async for block in blocks:
        size += len(block)
        digest.update(block)
        if size > MOST_BYTES:
            raise TransferFailed("failed", f"the file is larger than {MOST_BYTES} bytes")
    return ReceivedFile(size, digest.digest())


# -- HTTP -----------------------------------------------------------------------------------------------------------


async def _upload_http(url: str, name: str, content: bytes, tls: ssl.SSLContext | None) -> None:
    """PUT it under its name or, where the server does not want that, POST it (2.x N01, 1.6 section 5.9)."""
    import aiohttp

    place = url_parts(url)
    names_file = bool(PurePosixPath(place.path).suffix or place.query)  # as a URL with a signature in its query does
    put = url if names_file else f"{url.rstrip('/')}/{name}"
    try:
        async with aiohttp.ClientSession(timeout=_timeout(), connector=aiohttp.TCPConnector(ssl=_context(tls))) as http:
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            async with http.put(put, data=content, headers=headers) as answer:
                status = answer.status
            if status in OTHER_METHOD:
                async with http.post(url, data=content, headers=headers) as answer:
                    status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise TransferFailed("failed", str(error) or type(error).__name__) from None
    _check_status(status)


async def _blocks_http(url: str, tls: ssl.SSLContext | None) -> AsyncIterator[bytes]:
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(timeout=_timeout(), connector=aiohttp.TCPConnector(ssl=_context(tls))) as http,
            http.get(url) as answer,
        ):
            _check_status(answer.status)
            async for block in answer.content.iter_chunked(BLOCK):
                yield block
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise TransferFailed("failed", str(error) or type(error).__name__) from None


def _timeout() -> aiohttp.ClientTimeout:
    import aiohttp

    return aiohttp.ClientTimeout(total=None, connect=TIMEOUT, sock_read=TIMEOUT)


def _context(tls: ssl.SSLContext | None) -> ssl.SSLContext | bool:
    return True if tls is None else tls


def _check_status(status: int) -> None:
    if status in REFUSED:
        raise TransferFailed("permission", f"the server answered with status {status}")
    if not 200 <= status < 300:
        raise TransferFailed("failed", f"the server answered with status {status}")


# -- FTP ------------------------------------------------------------------------------------------------------------


async def _upload_ftp(url: str, name: str, content: bytes, tls: ssl.SSLContext | None, *, is_secure: bool) -> None:
    import aioftp

    place = url_parts(url)
    path = PurePosixPath(unquote(place.path or "/"))
    if not path.suffix:
        path = path / name
    try:
        async with (
            asyncio.timeout(None) as limit,
            _ftp_client(url, tls, is_secure=is_secure) as client,
        ):
            _extend(limit)
            async with client.upload_stream(path) as stream:
                for start in range(0, len(content), BLOCK):
                    _extend(limit)
                    await stream.write(content[start : start + BLOCK])
    except aioftp.StatusCodeError as error:
        raise _ftp_failure(error) from None
    except (aioftp.AIOFTPException, TimeoutError, OSError, ValueError) as error:
        raise TransferFailed("failed", str(error) or type(error).__name__) from None


async def _blocks_ftp(url: str, tls: ssl.SSLContext | None, *, is_secure: bool) -> AsyncIterator[bytes]:
    import aioftp

    try:
        async with (
            asyncio.timeout(None) as limit,
            _ftp_client(url, tls, is_secure=is_secure) as client,
        ):
            _extend(limit)
            async with client.download_stream(PurePosixPath(unquote(url_parts(url).path))) as stream:
                async for block in stream.iter_by_block(BLOCK):
                    _extend(limit)
                    yield block
    except aioftp.StatusCodeError as error:
        raise _ftp_failure(error) from None
    except (aioftp.AIOFTPException, TimeoutError, OSError, ValueError) as error:
        raise TransferFailed("failed", str(error) or type(error).__name__) from None


def _ftp_client(url: str, tls: ssl.SSLContext | None, *, is_secure: bool) -> AbstractAsyncContextManager[aioftp.Client]:
    import aioftp

    place = url_parts(url)
    return aioftp.Client.context(
        place.hostname or "",
        place.port or (990 if is_secure else 21),
        unquote(place.username or "anonymous"),
        unquote(place.password or "anon@"),
        connection_timeout=TIMEOUT,
        ssl=_ftp_context(tls, is_secure),
    )


def _ftp_context(tls: ssl.SSLContext | None, is_secure: bool) -> ssl.SSLContext | None:
    return (tls or ssl.create_default_context()) if is_secure else None


def _ftp_failure(error: object) -> TransferFailed:
    """530 and 532 ask for other credentials, 550 and 553 refuse the file (RFC 959 section 4.2)."""
    codes = {str(code) for code in getattr(error, "received_codes", ())}
    failure = "permission" if codes & {"530", "532", "550", "553"} else "failed"
    return TransferFailed(failure, f"the server answered with {', '.join(sorted(codes)) or 'an error'}")


def _extend(limit: asyncio.Timeout) -> None:
    limit.reschedule(asyncio.get_running_loop().time() + TIMEOUT)
