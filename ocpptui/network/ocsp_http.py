"""OCSP over HTTP: asking a responder, and being one (RFC 6960 appendix A, by POST and GET)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ocpptui.network.http_runner import http_runner
from ocpptui.network.listening_sockets import listening_sockets
from ocpptui.ocpp.url_parts import url_parts

if TYPE_CHECKING:  # imported with the first question
    from aiohttp import web

PATIENCE = 4.0
"""Seconds to wait for a responder: ISO 15118-2 leaves a charge point 4.5 s for the answer to the car."""
LARGEST_ANSWER = 100_000
"""Bytes; a revocation list may have some."""
LARGEST_QUESTION = 20_000
REQUEST, RESPONSE = "application/ocsp-request", "application/ocsp-response"


async def ask_responder(url: str, request: bytes, patience: float = PATIENCE) -> bytes | str:
    """What the server at a URL answers to a request in DER, or to GET without one; as a text, why it does not."""
    import aiohttp

    if url_parts(url).scheme not in ("http", "https"):
        return "its URL does not begin with http or https"
    try:
        async with asyncio.timeout(patience), aiohttp.ClientSession() as http:
            headers = {"Content-Type": REQUEST, "Accept": RESPONSE}
            method, content = ("POST", request) if request else ("GET", None)
            async with http.request(
                method, url, data=content, headers=headers if request else {}, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    return f"it answered with HTTP status {answer.status}"
                data = await answer.content.read(LARGEST_ANSWER + 1)
                while len(data) <= LARGEST_ANSWER and (more := await answer.content.read(LARGEST_ANSWER)):
                    data += more
    except TimeoutError:
        return f"it did not answer within {patience:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or getattr(getattr(error, "os_error", None), "strerror", None)
        return f"it cannot be reached: {reason or error or type(error).__name__}"
    return "its answer is too large" if len(data) > LARGEST_ANSWER else data


class OcspServer:
    """Answers requests by a function that says what, and after how many seconds."""

    def __init__(self, answer: Callable[[bytes], tuple[bytes, float]], host: str = "127.0.0.1") -> None:
        self._answer_to = answer
        self._host = host
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen on this port, on any free one with 0. Raises CannotListen."""
        from aiohttp import web

        sockets = await listening_sockets(self._host, port)
        self._runner = await http_runner(self._answer, LARGEST_QUESTION, patience=0.1)
        self.port = sockets[0].getsockname()[1]
        for sock in sockets:
            await web.SockSite(self._runner, sock).start()

    async def close(self) -> None:
        """Stop listening; who waits for a late answer gets none."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        from aiohttp import web

        if request.method == "GET":
            try:
                question = base64.b64decode(unquote(request.match_info["path"]), validate=True)
            except (binascii.Error, ValueError):
                question = b""
        elif request.method == "POST":
            question = await request.read()
        else:
            return web.Response(status=405, headers={"Allow": "GET, POST"})
        data, delay = self._answer_to(question)
        if delay:
            await asyncio.sleep(delay)
        return web.Response(body=data, content_type=RESPONSE)
