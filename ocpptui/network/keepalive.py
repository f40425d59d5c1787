"""Our WebSocket pings: sends them at an interval, measures their round trips and notices a silent peer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ocpptui.network.wire import Wire

CLOSE_INTERNAL_ERROR = 1011
MAX_PENDING = 16
"""How many unanswered pings are remembered."""


class Pings:
    """Sends a ping every `interval` seconds and matches the pongs; an `interval` of None or 0 sends none.

    A peer that has answered pings before and leaves one unanswered for `timeout` seconds is considered dead. One that
    never answered any keeps its connection: some charge points do not know pings.
    """

    def __init__(self, wire: Wire, sent: Callable[[], None], interval: float | None, timeout: float | None) -> None:
        self.gave_up = False
        """The connection was given up because a ping was not answered."""
        self._wire = wire
        self._sent = sent
        self.interval = interval
        """Seconds; a change counts from the next `start`."""
        self._timeout = timeout
        self._count = 0
        self._pending: dict[bytes, float] = {}  # payload: time of the loop's clock when it was sent
        self._answers = False
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self.stop()
        if self.interval:
            self._timer = asyncio.get_running_loop().call_later(self.interval, self._due)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def answered(self, data: bytes) -> float | None:
        """A pong arrived: seconds since its ping; None if it does not answer one of ours (RFC 6455 section 5.5.3)."""
        sent = self._pending.pop(data, None)
        if sent is None:
            return None
        self._answers = True
        for payload in [payload for payload, time in self._pending.items() if time <= sent]:
            del self._pending[payload]
        return asyncio.get_running_loop().time() - sent

    def _due(self) -> None:
        self._timer = None
        if not self._wire.is_open:
            return
        loop = asyncio.get_running_loop()
        oldest = min(self._pending.values(), default=None)
        if self._answers and self._timeout and oldest is not None and loop.time() - oldest >= self._timeout:
            self.gave_up = True
            self._wire.fail(CLOSE_INTERNAL_ERROR, "ping not answered")
            return
        if len(self._pending) == MAX_PENDING:
            del self._pending[next(iter(self._pending))]
        self._count += 1
        payload = b"%d" % self._count
        self._pending[payload] = loop.time()
        self._wire.send_ping(payload)
        self._sent()
        self.start()
