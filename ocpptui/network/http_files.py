"""Files over HTTP or HTTPS: PUT and POST, the bytes themselves or a form; GET, also of a range, and HEAD.

A URL is known by the first part of its path, which nobody can guess. Source: OCPP 1.6 sections 5.9 and 5.19 and OCPP
2.x use cases L01 and N01, which leave the protocol to the URL; RFC 9110 section 14 for ranges.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from ocpptui.network.addresses import url_host
from ocpptui.network.http_runner import http_runner
from ocpptui.network.listening_sockets import listening_sockets
from ocpptui.network.problems import CannotListen
from ocpptui.network.transfer_desk import TransferDesk
from ocpptui.network.transfer_grants import TransferGrant
from ocpptui.network.transfer_limits import NoRoom, TooLarge, TooSlow, TransferRefused

if TYPE_CHECKING:  # imported with the first file that is asked for
    from aiohttp import BodyPartReader, MultipartReader, web

_NAMED = re.compile(r'filename="?([^";]{1,200})', re.ASCII)


class HttpFiles:
    """A server on a port of its own."""

    def __init__(self, desk: TransferDesk, host: str, context: ssl.SSLContext | None = None) -> None:
        """`host` is where to listen; `context` makes it HTTPS."""
        self._desk = desk
        self._host = host
        self._context = context
        self._runner: web.AppRunner | None = None
        self.protocol = "HTTP" if context is None else "HTTPS"
        self.port = 0

    async def start(self, port: int) -> None:
        """Start to listen, on this port or, where another program has it, on any. Raises CannotListen."""
        from aiohttp import web

        try:
            sockets = await listening_sockets(self._host, port)
        except CannotListen:
            sockets = await listening_sockets(self._host, 0)
        self._runner = await http_runner(self._answer, self._desk.limits.most_bytes)
        self.port = sockets[0].getsockname()[1]
        for sock in sockets:
            await web.SockSite(self._runner, sock, ssl_context=self._context).start()

    async def close(self) -> None:
        """Stop listening; what is being moved breaks off."""
        if self._runner is not None:
            await self._runner.cleanup()

    def url_for(self, grant: TransferGrant, host: str) -> str:
        """The URL for a charge point that knows us as `host`."""
        last = grant.charge_point if grant.file is None else grant.file.name
        return f"{self.protocol.lower()}://{url_host(host)}:{self.port}/{grant.path}/{quote(last, safe='')}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        peer = request.remote or ""
        first, *path = request.match_info["path"].lstrip("/").split("/")
        last = next((part for part in reversed(path) if part), "")
        grant = self._desk.grants.with_path(first)
        if grant is None:
            return self._refuse(peer, 404, "it asked for a URL that was not given out")
        allowed = "PUT, POST" if grant.is_upload else "GET, HEAD"
        if request.method not in allowed.split(", "):
            answer = self._refuse(peer, 405, f"it sent {request.method} to a URL for {allowed}")
            answer.headers["Allow"] = allowed
            return answer
        if problem := self._desk.problem_of(grant):
            is_void = bool(self._desk.grants.problem_of(grant))
            return self._refuse(peer, 409 if grant.is_busy else 410 if is_void else 503, problem)
        if grant.file is None:
            is_named = len([part for part in path if part]) > 1
            return await self._take(request, grant, peer, last if is_named else "")
        if last != grant.file.name:
            return self._refuse(peer, 404, "it asked for a URL that was not given out")
        return await self._give(request, grant, grant.file, peer)

    def _refuse(self, peer: str, status: int, problem: str) -> web.Response:
        from aiohttp import web

        self._desk.refuse(self.protocol, peer, problem)
        return web.Response(status=status, text=f"{_sentence(problem)}\n")

    # -- uploads ------------------------------------------------------------------------------------------------

    async def _take(self, request: web.Request, grant: TransferGrant, peer: str, last: str) -> web.Response:
        from aiohttp import web

        try:
            name, blocks, expected = await _content(request)
        except ValueError as error:  # no form, or one without a file
            return self._refuse(peer, 400, str(error))
        name = unquote(name or last)
        try:
            move = await self._desk.take(grant, self.protocol, peer, name, blocks, expected)
        except TransferRefused as refused:
            return web.Response(status=_status_of(refused), text=f"{_sentence(str(refused))}\n")
        if move.problem:
            return web.Response(status=500, text=f"{_sentence(move.problem)}\n")
        return web.Response(status=201, text="Received.\n")

    # -- downloads ----------------------------------------------------------------------------------------------

    async def _give(self, request: web.Request, grant: TransferGrant, file: Path, peer: str) -> web.StreamResponse:
        from aiohttp import web

        try:
            facts = os.stat(file)
        except OSError as error:
            return self._refuse(peer, 404, f"{file.name} cannot be read: {error.strerror}")
        size, tag = facts.st_size, f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
        answer = web.StreamResponse(headers={"Accept-Ranges": "bytes", "ETag": tag})
        answer.content_type = "application/octet-stream"
        answer.last_modified = facts.st_mtime
        start, end = 0, size
        if request.headers.get("If-Range", tag) == tag and request.method == "GET":
            wanted = _range_of(request.headers.get("Range", ""), size)
            if wanted is not None:
                start, end = wanted
                if start >= end:
                    outside = {"Content-Range": f"bytes */{size}"}
                    return web.Response(status=416, headers=outside, text="The file does not have these bytes.\n")
                answer.set_status(206)
                answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        answer.content_length = end - start
        await answer.prepare(request)
        if request.method == "GET":
            try:
                await self._desk.give(grant, self.protocol, peer, answer.write, start, end)
            except (TransferRefused, OSError):
                if request.transport is not None:  # fewer bytes than were announced
                    request.transport.abort()
                return answer
        await answer.write_eof()
        return answer


def _range_of(text: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last of a single range; None for the whole file (RFC 9110 section 14.2)."""
    unit, _, wanted = text.strip().partition("=")
    first, dash, last = wanted.strip().partition("-")
    if unit.lower() != "bytes" or not dash or not (first or last):
        return None
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (first, last) if part):
        return None
    if not first:
        return (max(size - int(last), 0), size) if int(last) else (size, size)
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size


def _status_of(refused: TransferRefused) -> int:
    match refused:
        case TooLarge():
            return 413
        case TooSlow():
            return 408
        case NoRoom():
            return 507
    return 503


async def _content(request: web.Request) -> tuple[str, AsyncIterator[bytes], int | None]:
    """The name that the upload gives to the file, if any, its bytes, and how many if that is known: the body, or the
    first file of a form. Raises ValueError."""
    if request.content_type.startswith("multipart/"):
        from aiohttp import BodyPartReader

        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and (part.filename or part.name == "file"):
                return part.filename or "", _part_blocks(reader, part), None
        raise ValueError("the form has no file")
    found = _NAMED.search(request.headers.get("Content-Disposition", ""))
    is_packed = "Content-Encoding" in request.headers  # the length is that of what is packed
    return found[1] if found else "", _body_blocks(request), None if is_packed else request.content_length


async def _body_blocks(request: web.Request) -> AsyncIterator[bytes]:
    from aiohttp import ClientPayloadError, web

    try:
        async for block in request.content.iter_any():
            yield block
    except (web.RequestPayloadError, ClientPayloadError):
        raise ConnectionError from None


async def _part_blocks(form: MultipartReader, part: BodyPartReader) -> AsyncIterator[bytes]:
    from aiohttp import web

    try:
        while block := await part.read_chunk():
            yield part.decode(block)
        await form.next()  # which demands the boundary after the file
    except (web.RequestPayloadError, AssertionError, ValueError):  # it ends within the file
        raise ConnectionError from None


def _sentence(problem: str) -> str:
    return f"{problem[:1].upper()}{problem[1:]}."
