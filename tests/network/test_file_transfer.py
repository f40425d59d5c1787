"""File transfers over real sockets. If these fail, "Uploaded" and "Downloaded" are lies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import aioftp
import pytest
from aiohttp import web

from ocpptui.network import file_transfer
from ocpptui.network.file_transfer import download, upload
from ocpptui.network.transfer_failure import TransferFailed

CONTENT = bytes(range(256)) * 1024
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def http_server(handler: Handler) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def ftp_server(folder: Path, *, password: str = "") -> AsyncIterator[str]:
    permissions = [aioftp.Permission("/", readable=True, writable=True)]
    user = aioftp.User("cp" if password else None, password or None, base_path=folder, permissions=permissions)
    server = aioftp.Server([user])
    await server.start("127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        await server.close()


async def test_http_takes_a_put_under_the_name() -> None:
    got: list[tuple[str, str, bytes]] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        got.append((request.method, request.path, await request.read()))
        return web.Response(status=201)

    async with http_server(handler) as url:
        await upload(f"{url}/logs/", "station.log", CONTENT)
    assert got == [("PUT", "/logs/station.log", CONTENT)]


async def test_a_url_with_a_query_is_used_as_it_is() -> None:
    """A storage that signs URLs refused the log: its name was appended to the signature."""
    got: list[tuple[str, str]] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        got.append((request.method, request.path_qs))
        return web.Response(status=201)

    async with http_server(handler) as url:
        await upload(f"{url}/logs/CP1?signature=abc", "station.log", CONTENT)
    assert got == [("PUT", "/logs/CP1?signature=abc")]


async def test_a_server_without_put_gets_a_post() -> None:
    got: list[tuple[str, bytes]] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "PUT":
            return web.Response(status=405)
        got.append((request.path, await request.read()))
        return web.Response()

    async with http_server(handler) as url:
        await upload(f"{url}/logs", "station.log", CONTENT)
    assert got == [("/logs", CONTENT)]


@pytest.mark.parametrize(
    ("status", "failure"), [(401, "permission"), (403, "permission"), (500, "failed"), (404, "failed")]
)
async def test_what_the_server_refuses_is_no_success(status: int, failure: str) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        return web.Response(status=status)

    async with http_server(handler) as url:
        with pytest.raises(TransferFailed) as failed:
            await upload(url, "station.log", CONTENT)
        assert failed.value.failure == failure
        with pytest.raises(TransferFailed) as failed:
            await download(f"{url}/firmware.bin")
        assert failed.value.failure == failure


async def test_a_download_has_the_digest_of_all_bytes() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=CONTENT)

    async with http_server(handler) as url:
        file = await download(f"{url}/firmware.bin")
    assert (file.size, file.digest) == (len(CONTENT), sha256(CONTENT).digest())


async def test_a_download_that_is_cut_off_has_failed() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    async with server:
        with pytest.raises(TransferFailed):
            await download(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/firmware.bin")


async def test_a_file_that_is_too_large_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_transfer, "MOST_BYTES", 1000)

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=CONTENT)

    async with http_server(handler) as url:
        with pytest.raises(TransferFailed, match="larger"):
            await download(f"{url}/firmware.bin")


async def test_ftp_stores_and_retrieves(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    async with ftp_server(tmp_path) as place:
        await upload(f"ftp://{place}/logs", "station.log", CONTENT)
        assert (tmp_path / "logs" / "station.log").read_bytes() == CONTENT
        file = await download(f"ftp://{place}/logs/station.log")
    assert file.digest == sha256(CONTENT).digest()


async def test_ftp_with_a_wrong_password_is_refused(tmp_path: Path) -> None:
    async with ftp_server(tmp_path, password="right") as place:
        await upload(f"ftp://cp:right@{place}/", "station.log", CONTENT)
        with pytest.raises(TransferFailed) as failed:
            await upload(f"ftp://cp:wrong@{place}/", "station.log", CONTENT)
    assert failed.value.failure == "permission"
    assert "wrong" not in str(failed.value)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1:1/x", "http://127.0.0.1:1/x", "http://nowhere.invalid/x"])
async def test_nobody_there_is_a_failure(url: str) -> None:
    with pytest.raises(TransferFailed) as failed:
        await upload(url, "station.log", CONTENT)
    assert failed.value.failure == "failed"


@pytest.mark.parametrize("url", ["scp://a/b", "file:///etc/passwd", "", "not a url"])
async def test_other_protocols_are_named(url: str) -> None:
    for transfer in (upload(url, "x", b""), download(url)):
        with pytest.raises(TransferFailed) as failed:
            await transfer
        assert failed.value.failure == "protocol"


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "ftps", "sftp"])
@pytest.mark.parametrize("rest", ["[abc/x", "[::1", "h:99999/x", "h:1x/x"])
async def test_a_url_that_is_none_fails_as_any_other(scheme: str, rest: str) -> None:
    """The charge point would report Uploading forever, since nothing told it that the transfer was over."""
    with pytest.raises(TransferFailed):
        await upload(f"{scheme}://{rest}", "station.log", CONTENT)
    with pytest.raises(TransferFailed):
        await download(f"{scheme}://{rest}")
