"""Keys act one after the other, however fast they arrive.

Textual gives a key to the widget that has the focus when the key is read. Over a slow line several keys arrive in one
read, so the later ones would go to the old widget or screen while the first one is still opening a new one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump

from ocpptui.runtime.tasks import Tasks

PATIENCE = 2.0
"""Seconds for which a key waits for the effect of the one before, at most."""
STEADY_ROUNDS = 3
"""Rounds after which messages that still come, those of a busy session, are not the effect of a key."""
LOOK_AGAIN = 0.02
"""Seconds between two looks whether a widget that owes an answer has gone."""


class TypedKeys:
    """The keys and pastes that were read and have not acted yet.

    `act` makes one of them act, in the message loop of the application.
    """

    def __init__(self, app: App[Any], act: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._act = act
        self._typed: deque[events.Event] = deque()
        self._done = asyncio.Event()  # nothing that a key began goes on
        self._done.set()
        self._tasks = Tasks("typed keys")

    async def take(self, event: events.Event) -> None:
        """Let a key or a paste act now, or after those that are waiting."""
        self._typed.append(event)
        if self._done.is_set():
            self._done.clear()
            await self._act_next()

    async def done(self) -> None:
        """Wait until every key that was read has acted."""
        await self._done.wait()

    async def close(self) -> None:
        """Forget what has not acted yet."""
        self._typed.clear()
        await self._tasks.cancel()
        self._done.set()

    async def _act_next(self) -> None:
        try:
            if self._typed and self._app.is_running:
                await self._act(self._typed.popleft())
        finally:
            self._tasks.start(self._go_on(), "effect of a key")

    async def _go_on(self) -> None:
        """Wait for the effect of the last key, then let the next one act."""
        with suppress(TimeoutError, ScreenStackError):  # an application without a screen ends
            async with asyncio.timeout(PATIENCE):
                await self._settle()
        if self._typed:
            self._app.call_next(self._act_next)
            self._app.check_idle()
        else:
            self._done.set()

    async def _settle(self) -> None:
        """Wait until the widgets from the focus up to the application have nothing left to do."""
        steady = 0
        while True:
            place = self._place()
            for pump in place:
                await self._served(pump)
            if self._has_refresh_to_await():
                await self._served(self._app.screen, after_refresh=True)
            steady = steady + 1 if self._place() == place else 0
            if steady == STEADY_ROUNDS or (steady and not self._is_busy()):
                return

    def _place(self) -> list[MessagePump]:
        """Where the next key would go: the widget with the focus, then what is around it."""
        place: MessagePump | None = self._app.focused or self._app.screen
        pumps = []
        while place is not None:
            pumps.append(place)
            place = place._parent
        return pumps

    async def _served(self, pump: MessagePump, *, after_refresh: bool = False) -> None:
        """Wait until a message pump has handled what was in its queue; one that closes answers nothing."""
        served = asyncio.get_running_loop().create_future()

        def serve() -> None:
            if not served.done():
                served.set_result(None)

        if (pump.call_after_refresh if after_refresh else pump.call_later)(serve):
            while not served.done() and not (pump._closing or pump._closed):
                await asyncio.wait([served], timeout=LOOK_AGAIN)

    def _has_refresh_to_await(self) -> bool:
        return bool(self._app.screen._callbacks)

    def _is_busy(self) -> bool:
        return any(pump.message_queue_size or pump._next_callbacks for pump in self._pumps())

    def _pumps(self) -> Iterator[MessagePump]:
        yield self._app
        yield from self._app.screen.walk_children(with_self=True)
