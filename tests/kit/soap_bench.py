"""Bare sides of OCPP-S for tests: an HTTP server that keeps what it gets, and a post to a proxy in front of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.session.session import Session
from tests.kit.proxy_bench import PATIENCE, SOON, proxy
from tests.ocpp.envelopes import response

BEAT = response("Heartbeat", "<o:currentTime>2026-11-26T10:00:00Z</o:currentTime>")


@dataclass(slots=True)
class Got:
    """A request as a bare server has it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class SoapSide:
    """One side of OCPP-S: an HTTP server that keeps what it gets and answers with `answer`."""

    answer: Callable[[Got], web.Response] = lambda got: web.Response(text=BEAT, content_type="application/soap+xml")
    got: list[Got] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, auto_decompress=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self.tls).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, posted: web.Request) -> web.Response:
        if posted.method != "POST":
            return web.Response(text="a web server")
        self.got.append(Got(posted.path_qs, dict(posted.headers), await posted.read()))
        return self.answer(self.got[-1])


@asynccontextmanager
async def side(tls: ssl.SSLContext | None = None) -> AsyncIterator[SoapSide]:
    made = SoapSide(tls=tls)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def post(url: str, text: str | bytes, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """The answer, with its bytes as they are on the wire."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        asyncio.timeout(PATIENCE),
        ClientSession(auto_decompress=False) as session,
        session.post(url, data=text, headers=named) as answer,
    ):
        return answer.status, await answer.read(), dict(answer.headers)


@asynccontextmanager
async def between(
    beyond: SoapSide,
    *,
    callback: str = "",
    credentials: Credentials | None = None,
    server: dict[str, object] | None = None,
    path: str = "",
    **options: object,
) -> AsyncIterator[tuple[Session, str]]:
    """A session in front of a central system, and where charge points post."""
    soap = ClientSettings(
        url=f"{beyond.url}{path}", charge_point="-", backoff=SOON, callback=callback, credentials=credentials
    )
    given: dict[str, object] = {"soap": soap, "server": server, **options}
    async with proxy(f"ws://127.0.0.1:{beyond.port}", **given) as session:  # type: ignore[arg-type]
        yield session, session.listening_urls[0].replace("ws:", "http:", 1)
