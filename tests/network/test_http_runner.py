"""What our HTTP servers have in common."""

from __future__ import annotations

import gzip

import aiohttp
import pytest
from aiohttp import web

from ocpptui.network.http_runner import http_runner

PACKED = gzip.compress(b"content", mtime=0)


@pytest.mark.parametrize("unpacks", [True, False])
async def test_every_request_reaches_the_handler_and_no_log_the_terminal(
    unpacks: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """A traceback of aiohttp would be written over the screen."""
    bodies = []

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/fails":
            raise ValueError("on purpose")
        bodies.append((request.method, request.path, await request.read()))
        return web.Response()

    runner = await http_runner(handler, 100, unpacks=unpacks)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        statuses = []
        for method, path, body in (
            ("PUT", "/a/b", PACKED),
            ("REPORT", "/", b""),
            ("POST", "/large", bytes(101)),
            ("GET", "/fails", b""),
        ):
            packing = {"Content-Encoding": "gzip"} if body is PACKED else {}
            async with http.request(method, url + path, data=body, headers=packing) as answer:
                statuses.append(answer.status)
    await runner.cleanup()
    assert statuses == [200, 200, 413, 500]
    assert bodies == [("PUT", "/a/b", b"content" if unpacks else PACKED), ("REPORT", "/", b"")]
    assert capfd.readouterr() == ("", "")
