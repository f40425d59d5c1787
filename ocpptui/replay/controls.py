"""Play, pause, step and speed: what a person does to a replay while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from ocpptui.filter.query import Query
from ocpptui.timeline.timeline import Timeline


@dataclass(slots=True, eq=False)
class Pending:
    """The frame of ours that goes next, while it waits for its turn."""

    position: int
    """Of its step."""
    build: Callable[[], str | bytes]
    """The frame as it would go now."""
    edited: str | None = None
    """What goes in its place."""

    @property
    def text(self) -> str | bytes:
        """What will go."""
        return self.build() if self.edited is None else self.edited


class Controls:
    """Whether a frame may go now and how fast the recorded time passes. Starts paused."""

    def __init__(self, speed: float | None = None, delay: float = 0.0) -> None:
        """`delay` is how many seconds are waited before each frame, beside its distance in time."""
        self.delay = delay
        self.breakpoints: tuple[Query, ...] = ()
        """It pauses before a recorded frame of ours, and after a live one of the peer, that one of them matches."""
        self.stopped_at = ""
        """The breakpoint that it is paused at; empty where there is none."""
        self.pending: Pending | None = None
        """The frame that waits for its turn; None while the peer is waited for."""
        self._destination: int | None = None  # the step to go on from
        self._speed = speed
        self._playing = False
        self._permits = 0  # frames that may be sent although it is paused
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_playing(self) -> bool:
        return self._playing

    @property
    def speed(self) -> float | None:
        """How many times as fast as recorded; None for as fast as the answers come."""
        return self._speed

    @property
    def may_send(self) -> bool:
        """Whether a frame may go now: it plays, or a step was asked for. Time runs only while this is true."""
        return self._playing or self._permits > 0

    def play(self) -> None:
        """Go on until the end, a breakpoint or `pause`."""
        self._playing = True
        self._permits = 0
        self.stopped_at = ""
        self.changed()

    def pause(self) -> None:
        """Send nothing more until `play` or `step`; what is waited for is still received."""
        self._playing = False
        self._permits = 0
        self.changed()

    def step(self) -> None:
        """Send one more frame, then be paused."""
        self._playing = False
        self._permits += 1
        self.stopped_at = ""
        self.changed()

    def go_to(self, position: int) -> None:
        """Go on from another step, and be paused there; what was compared from there on is forgotten."""
        self._destination = position
        self.pause()

    @property
    def is_sent_elsewhere(self) -> bool:
        """Whether `go_to` was called and is not done yet."""
        return self._destination is not None

    def take_destination(self) -> int:
        """The step that `go_to` named; from then on it is done."""
        position, self._destination = self._destination, None
        return position or 0

    def edit(self, text: str) -> bool:
        """Have this sent in the place of the pending frame, any text at all; False where none is pending."""
        if self.pending is None:
            return False
        self.pending.edited = text
        self.changed()
        return True

    def stop_at_breakpoint(self, timeline: Timeline, index: int) -> None:
        """Pause where it plays and a breakpoint matches this record; once for a call and its answer."""
        if not self._playing:
            return
        call = timeline.other_half(index) if timeline.kind(index).is_answer else None
        for query in self.breakpoints:
            if query.matches(timeline, index) and (call is None or not query.matches(timeline, call)):
                self.stopped_at = query.text
                self.pause()
                return

    def set_speed(self, speed: float | None) -> None:
        """Change the speed, also of the distance that is being waited for. Raises ValueError for what is not over 0."""
        if speed is not None and not speed > 0:
            raise ValueError(f"a speed is more than 0, not {speed}")
        self._speed = speed
        self.changed()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have `listener` called after each change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self) -> None:
        """Wake who waits in `until` and tell the listeners."""
        self._wake.set()
        for listener in tuple(self._listeners):
            listener()

    def use_permit(self) -> None:
        """A frame goes: one step less, where it goes for a step."""
        if not self._playing:
            self._permits -= 1

    async def until(self, condition: Callable[[], Awaitable[bool]], timeout: float | None) -> bool:
        """Wait until `condition`, asked again after each change, is true; False when `timeout` seconds ran out.

        No time runs out while nothing may be sent.
        """
        loop = asyncio.get_running_loop()
        left = timeout
        while True:
            self._wake.clear()
            if await condition():
                return True
            runs = self.may_send
            if runs and left is not None and left <= 0:
                return False
            began = loop.time()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if runs else None):
                    await self._wake.wait()
            if runs and left is not None:
                left -= loop.time() - began
