"""The command line of OpenSSL as a peer: what it says is what any other TLS stack sees of us."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

OPENSSL = shutil.which("openssl")
"""None where it is not installed."""
PATIENCE = 60.0
OLD = ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
"""TLS 1.1 alone."""


async def answer_to_s_client(port: int, *arguments: str, request: bytes) -> str:
    """What the server answers to a request of `openssl s_client`; empty if TLS fails."""
    words = ["s_client", "-quiet", "-connect", f"localhost:{port}", "-servername", "localhost", *arguments]
    async with _running(*words) as process:
        assert process.stdin is not None and process.stdout is not None
        with suppress(ConnectionError):
            process.stdin.write(request)
            await process.stdin.drain()
        answer = b""
        async with asyncio.timeout(PATIENCE):
            while b"\r\n\r\n" not in answer and (data := await process.stdout.read(65536)):
                answer += data
        return answer.decode("utf-8", "replace")


@asynccontextmanager
async def s_server(*arguments: str) -> AsyncIterator[int]:
    """The port of `openssl s_server`, which answers each request with a page."""
    async with _running("s_server", "-accept", "127.0.0.1:0", "-www", *arguments) as process:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := await process.stdout.readline():
                if found := re.match(rb"ACCEPT \S*:(\d+)\s*$", line):
                    yield int(found[1])
                    return
        raise AssertionError("s_server does not listen")


@asynccontextmanager
async def _running(*words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    assert OPENSSL is not None
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        OPENSSL, *words, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
