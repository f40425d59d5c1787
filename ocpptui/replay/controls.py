"""Play, pause, step and speed: the user's controls of a running replay."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from ocpptui.filter.query import Query
from ocpptui.timeline.timeline import Timeline


@dataclass(slots=True, eq=False)
class Pending:
    """Our next frame, while it waits for its turn."""

    position: int
    """The position of its step."""
    build: Callable[[], str | bytes]
    """Builds the frame as it would be sent now."""
    edited: str | None = None
    """What is sent in its place."""

    @property
    def text(self) -> str | bytes:
        """What will be sent."""
        return self.build() if self.edited is None else self.edited


class Controls:
    """Whether a frame may be sent now, and how fast the recorded time passes. Starts paused."""

    def __init__(self, speed: float | None = None, delay: float = 0.0) -> None:
        """`delay` is a wait in seconds before each frame, in addition to its distance in time."""
        self.delay = delay
        self.breakpoints: tuple[Query, ...] = ()
        """The replay pauses before our recorded frame or after the live frame of the peer that matches one of them."""
        self.stopped_at = ""
        """The breakpoint at which it is paused; empty if there is none."""
        self.pending: Pending | None = None
        """The frame that waits for its turn; None while the replay waits for the peer."""
        self._destination: int | None = None  # the step to continue from
        self._speed = speed
        self._playing = False
        self._permits = 0  # frames that may be sent while it is paused
        self._left: float | None = None  # seconds of the wait in progress that remain
        self._began: float | None = None  # when the wait in progress began or went on, by the clock of the loop
        self._paused = 0.0  # seconds of the waits before for the user alone
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_playing(self) -> bool:
        return self._playing

    @property
    def speed(self) -> float | None:
        """How many times as fast as recorded; None means as fast as the answers come."""
        return self._speed

    @property
    def may_send(self) -> bool:
        """Whether a frame may be sent now: it plays, or a step is due. Time runs only while this is true."""
        return self._playing or self._permits > 0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the wait in progress is given up, which do not run during a pause; None if it has no end."""
        if self._left is None or self._began is None or not self.may_send:
            return self._left
        return max(0.0, self._left - (asyncio.get_running_loop().time() - self._began))

    @property
    def seconds_paused(self) -> float:
        """Seconds in which it waited for the user alone, since nothing could be sent."""
        if self._began is None or self._left is not None or self.may_send:
            return self._paused
        return self._paused + asyncio.get_running_loop().time() - self._began

    def play(self) -> None:
        """Play until the end, a breakpoint or `pause`."""
        self._playing = True
        self._permits = 0
        self.stopped_at = ""
        self.changed()

    def pause(self) -> None:
        """Send nothing more until `play` or `step`; what the peer sends is still received."""
        self._playing = False
        self._permits = 0
        self.changed()

    def step(self) -> None:
        """Send one more frame, then pause."""
        self._playing = False
        self._permits += 1
        self.stopped_at = ""
        self.changed()

    def go_to(self, position: int) -> None:
        """Pause at another step and continue from there; what was compared from there on is forgotten."""
        self._destination = position
        self.pause()

    @property
    def is_sent_elsewhere(self) -> bool:
        """Whether a `go_to` is pending."""
        return self._destination is not None

    def take_destination(self) -> int:
        """Take the step that `go_to` named; the move then counts as done."""
        position, self._destination = self._destination, None
        return position or 0

    def edit(self, text: str) -> bool:
        """Send this text, whatever it is, in place of the pending frame; False if none is pending."""
        if self.pending is None:
            return False
        self.pending.edited = text
        self.changed()
        return True

    def stop_at_breakpoint(self, timeline: Timeline, index: int) -> None:
        """Pause if it plays and a breakpoint matches this record; once for a call and its answer."""
        if not self._playing:
            return
        call = timeline.call_of(index)
        for query in self.breakpoints:
            if query.matches(timeline, index) and (call is None or not query.matches(timeline, call)):
                self.stopped_at = query.text
                self.pause()
                return

    def set_speed(self, speed: float | None) -> None:
        """Change the speed, also of the wait in progress. Raises ValueError unless `speed` is more than 0."""
        if speed is not None and not speed > 0:
            raise ValueError(f"the speed must be more than 0, not {speed}")
        self._speed = speed
        self.changed()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change; returns a function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self) -> None:
        """Wake the waits in `until` and call the listeners."""
        self._wake.set()
        for listener in tuple(self._listeners):
            listener()

    def use_permit(self) -> None:
        """Count a sent frame: while stepping, it uses up one step."""
        if not self._playing:
            self._permits -= 1

    async def until(
        self, condition: Callable[[], Awaitable[bool]], timeout: float | None, *, then: float = 0.0
    ) -> bool:
        """Wait until `condition`, checked after each change, is true; False when `timeout` seconds have passed.

        Time does not run while nothing may be sent. `seconds_left` includes `then`, the seconds of another wait for the
        same that follows.
        """
        loop = asyncio.get_running_loop()
        left = timeout
        try:
            while True:
                self._wake.clear()
                if await condition():
                    return True
                runs = self.may_send
                if runs and left is not None and left <= 0:
                    return False
                self._left = None if left is None else left + then
                began = self._began = loop.time()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left if runs else None):
                        await self._wake.wait()
                if left is None:
                    self._paused += 0.0 if runs else loop.time() - began
                elif runs:
                    left -= loop.time() - began
        finally:
            self._left = self._began = None
