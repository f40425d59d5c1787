"""Receives the files that charge points upload, over HTTP or HTTPS, into a folder.

A file is taken under the URLs that were given out, and nowhere else: PUT and POST, the bytes themselves or a form.
Source: OCPP 1.6 section 5.9 and OCPP 2.x use case N01, which leave the protocol of the upload to the URL.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote, unquote

from ocpptui.network.addresses import url_host
from ocpptui.network.central_system_server import listening_sockets
from ocpptui.network.problems import CannotListen
from ocpptui.runtime.portable_files import open_new

if TYPE_CHECKING:  # imported with the first upload that is asked for
    from aiohttp import web

PATIENCE = 60.0
"""Seconds without a byte after which an upload has broken off."""
MOST_BYTES_RECEIVED = 512 * 1024 * 1024
"""The largest file that is taken."""
MOST_SAME_NAMES = 1000
BROKE_OFF = "the connection broke off"
_UNFIT = re.compile(r"[^\w.-]+", re.ASCII)
_NAMED = re.compile(r'filename="?([^";]{1,200})', re.ASCII)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that arrived, or what arrived of it."""

    charge_point: str
    path: Path
    size: int
    problem: str = ""
    """Why it is not whole; empty if it is."""


class FileReceiver:
    """Listens for uploads on a port of its own."""

    def __init__(
        self,
        host: str,
        folder: Callable[[], Path],
        received: Callable[[UploadedFile], None],
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`host` is where to listen; `folder` says where files go now; `context` makes it HTTPS."""
        self._host = host
        self._folder = folder
        self._received = received
        self._context = context
        self._charge_points: dict[str, str] = {}  # by the secret part of their URL
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self, port: int) -> None:
        """Start to listen, on this port or, where another program has it, on any. Raises CannotListen."""
        from aiohttp import web

        try:
            sockets = await listening_sockets(self._host, port)
        except CannotListen:
            sockets = await listening_sockets(self._host, 0)
        app = web.Application(client_max_size=MOST_BYTES_RECEIVED)
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        self._port = sockets[0].getsockname()[1]
        for sock in sockets:
            await web.SockSite(self._runner, sock, ssl_context=self._context).start()

    async def close(self) -> None:
        """Stop listening; what is being uploaded breaks off."""
        if self._runner is not None:
            await self._runner.cleanup()

    def url_for(self, charge_point: str, host: str) -> str:
        """A URL for the files of this charge point, which knows us as `host`; the same each time."""
        secret = next((one for one, name in self._charge_points.items() if name == charge_point), None)
        if secret is None:
            secret = secrets.token_urlsafe(9)
            self._charge_points[secret] = charge_point
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://{url_host(host)}:{self._port}/{secret}/{quote(charge_point, safe='')}"

    # -- uploads ------------------------------------------------------------------------------------------------

    async def _take(self, request: web.Request) -> web.Response:
        from aiohttp import web

        secret, *path = request.match_info["path"].split("/")
        charge_point = self._charge_points.get(secret)
        if charge_point is None:
            return web.Response(status=404, text="No file was asked for under this URL.\n")
        if request.method not in ("PUT", "POST"):
            return web.Response(status=405, headers={"Allow": "PUT, POST"}, text="Files are taken by PUT or POST.\n")
        try:
            name, blocks = await _content(request)
        except ValueError as error:  # no form, or one without a file
            return web.Response(status=400, text=f"{error}\n")
        last = path[-1] if len(path) > 1 else ""
        file = await self._keep(charge_point, unquote(name or last or "upload"), blocks)
        self._received(file)
        if file.problem:
            return web.Response(status=500, text=f"{file.problem}\n")
        return web.Response(status=201, text="Received.\n")

    async def _keep(self, charge_point: str, name: str, blocks: AsyncIterator[bytes]) -> UploadedFile:
        """Write it into a file; what is not whole is a file whose name ends in `.part`."""
        from aiohttp import web

        size, problem, path = 0, "", Path()
        try:
            file = await asyncio.to_thread(_new_file, self._folder(), f"{_fit(charge_point)}-{_fit(name)}")
            path = Path(file.name)
            with file:
                async with asyncio.timeout(PATIENCE) as limit:
                    async for block in blocks:
                        limit.reschedule(asyncio.get_running_loop().time() + PATIENCE)
                        size += len(block)
                        if size > MOST_BYTES_RECEIVED:
                            problem = f"it is larger than {MOST_BYTES_RECEIVED:,} bytes"
                            break
                        await asyncio.to_thread(file.write, block)
        except TimeoutError:
            problem = f"nothing came for {PATIENCE:g} s"
        except asyncio.CancelledError:
            self._received(UploadedFile(charge_point, _as_part(path), size, BROKE_OFF))
            raise
        except (OSError, ValueError, web.RequestPayloadError) as error:
            problem = getattr(error, "strerror", None) or str(error) or BROKE_OFF
        return UploadedFile(charge_point, _as_part(path) if problem else path, size, problem)


async def _content(request: web.Request) -> tuple[str, AsyncIterator[bytes]]:
    """The name that the upload gives to the file, if any, and its bytes: the body, or the first file of a form."""
    if request.content_type.startswith("multipart/"):
        from aiohttp import BodyPartReader

        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and (part.filename or part.name == "file"):
                return part.filename or "", _part_blocks(part)
        raise ValueError("The form has no file.")
    found = _NAMED.search(request.headers.get("Content-Disposition", ""))
    return found[1] if found else "", request.content.iter_any()


async def _part_blocks(part: object) -> AsyncIterator[bytes]:
    from aiohttp import BodyPartReader

    assert isinstance(part, BodyPartReader)
    while block := await part.read_chunk():
        yield block


def _fit(name: str) -> str:
    """A part of a file name that every operating system takes."""
    return _UNFIT.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip("._")[:80] or "file"


def _new_file(folder: Path, name: str) -> BinaryIO:
    """A new file with this name, or with a number in it, in a folder that is made if it is missing. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    stem, suffix = os.path.splitext(name)
    for number in range(1, MOST_SAME_NAMES):
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            return open(path, "xb", opener=_opener)
        except FileExistsError:
            continue
    raise OSError(f"there are {MOST_SAME_NAMES:,} files named {name}")


def _as_part(path: Path) -> Path:
    """The path of a file that is not whole, which gets another name if that is possible."""
    part = path.with_name(f"{path.name}.part") if path.name else path
    try:
        return path.rename(part) if path.name and not part.exists() else path
    except OSError:
        return path


def _opener(path: str, flags: int) -> int:
    return open_new(Path(path))
