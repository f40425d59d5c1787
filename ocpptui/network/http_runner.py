"""What runs our HTTP servers: every request goes to one handler, and nothing is written to the terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ocpptui.network.silent_libraries import silent_logger

if TYPE_CHECKING:  # imported with the first server
    from aiohttp import web


async def http_runner(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    most_bytes: int,
    *,
    patience: float = 1.0,
    unpacks: bool = True,
) -> web.AppRunner:
    """A runner that is set up. `most_bytes` limits a body; `patience` is in seconds, for requests that are being
    answered when the server ends. With `unpacks`, aiohttp undoes the compression of a body."""
    from aiohttp import web

    for name in ("aiohttp.server", "aiohttp.web", "aiohttp.internal"):
        silent_logger(name)
    app = web.Application(client_max_size=most_bytes)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=patience, auto_decompress=unpacks
    )
    await runner.setup()
    return runner
