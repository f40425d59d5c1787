"""When the receiver of a connection gets each frame: nothing is read from a peer faster than it can be handled.

Reading waits while a gate decides, while a thread reads a large message, while a peer does not read what is sent to it,
and while the other connections have their turn.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import cast

from websockets.frames import Frame, Opcode

from ocpptui.network.callbacks import Receiver
from ocpptui.network.large_messages import thread_of_large_messages

SLICE = 0.02
"""Seconds of reading what one peer has sent, until the others have their turn: one read may hold 2,000 messages."""


class PacedReader(ABC):
    """Hands the frames of one connection to its receiver, in their order. Times are microseconds since 1970."""

    def __init__(self, queue_depth: int) -> None:
        """`queue_depth`: how many frames are read of a peer that does not read ours."""
        self.transport: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._queue_depth = queue_depth
        self._fragments = bytearray()
        self._fragments_are_text = True
        self._writable = asyncio.Event()
        self._writable.set()
        self._taken_while_full = 0  # frames read while the peer does not read ours
        self._held_back = False
        self._backlog: deque[tuple[Frame, int]] = deque()
        self._turn_comes = False  # the backlog is taken in the next turn of the event loop
        self._is_waiting = False  # for the thread that reads a large message
        self._loss: tuple[Exception | None] | None = None  # why the TCP connection has ended, once it has
        self._partner: PacedReader | None = None

    # -- waiting ------------------------------------------------------------------------------------------------

    async def wait_writable(self) -> None:
        """Wait until the peer has read enough of what was sent; returns at once if it has."""
        await self._writable.wait()

    def hold(self) -> None:
        """Read no more until `release`; what was read already waits."""
        self._held_back = True
        if self.transport is not None:
            self.transport.pause_reading()

    def release(self) -> None:
        """Pass on what waited, and continue to read."""
        self._held_back = False
        self._take_backlog(self._slice_end())
        self._read_on()

    def wait_for(self, work: Callable[[], Callable[[], None]]) -> None:
        """Run `work` in a thread, and what it returns on the event loop. Until then nothing more is read, and what was
        already read waits."""
        self._is_waiting = True
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()
        asyncio.get_running_loop().run_in_executor(thread_of_large_messages(), work).add_done_callback(
            self._go_on_after
        )

    def _go_on_after(self, work: asyncio.Future[Callable[[], None]]) -> None:
        self._is_waiting = False
        try:
            if not work.cancelled():
                work.result()()
                self._pace()
        finally:
            if self._loss is not None:
                self._report_loss(*self._loss)
            else:
                self._take_backlog(self._slice_end())
                self._read_on()

    @abstractmethod
    def _report_loss(self, exc: Exception | None) -> None:
        """Report the end, after what was read before it."""

    def couple(self, other: PacedReader) -> None:
        """Read only as fast as the peer of `other` reads what is passed on."""
        self._partner = other

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()
        self._taken_while_full = 0
        self._go_on()
        if self._partner is not None:
            self._partner._go_on()

    def _go_on(self) -> None:
        """The peer, or that of the coupled connection, reads again."""
        if self._held_back:
            self._held_back = False
            self._take_backlog(self._slice_end())
        self._read_on()

    def _read_on(self) -> None:
        if self._held_back or self._is_waiting or self._turn_comes:
            return
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    # -- the frames ---------------------------------------------------------------------------------------------

    def _frame(self, frame: Frame, time: int) -> None:
        receiver, opcode = self._receiver, frame.opcode
        if receiver is None:
            return
        if opcode is Opcode.TEXT or opcode is Opcode.BINARY:
            is_text = opcode is Opcode.TEXT
            if frame.fin:
                receiver.message(cast(bytes, frame.data), is_text, time)
            else:
                self._fragments = bytearray(frame.data)
                self._fragments_are_text = is_text
        elif opcode is Opcode.CONT:
            self._fragments += frame.data
            if frame.fin:
                whole, self._fragments = self._fragments, bytearray()
                receiver.message(whole, self._fragments_are_text, time)
        elif opcode is Opcode.PING:
            receiver.ping(bytes(frame.data), time)
        elif opcode is Opcode.PONG:
            receiver.pong(bytes(frame.data), time)
        elif opcode is Opcode.CLOSE:
            receiver.closing()
        self._pace()

    def _slice_end(self) -> float:
        """When the others have their turn, by `perf_counter`."""
        return perf_counter() + SLICE

    def _pace(self) -> None:
        """Read on only while the peers take what is sent to them; called after each frame."""
        if not self._writable.is_set() or (self._partner is not None and not self._partner._writable.is_set()):
            self._hold_back()

    def _hold_back(self) -> None:
        """Once the queue of a peer that sends but does not read is full, nothing more is read from it."""
        self._taken_while_full += 1
        if self._taken_while_full >= self._queue_depth and self.transport is not None:
            self._held_back = True
            self.transport.pause_reading()

    def _take_backlog(self, end: float) -> None:
        """Pass on what was read along with the frame that exceeded the limit, or the time of its turn."""
        try:
            while self._backlog and not self._held_back and not self._is_waiting:
                self._frame(*self._backlog.popleft())
                if perf_counter() > end:
                    break
        finally:
            self._ask_for_turn()

    def _ask_for_turn(self) -> None:
        """Take the rest of the backlog when the others have had their turn; until then nothing more is read."""
        if not self._backlog or self._held_back or self._is_waiting or self._turn_comes or self._loss is not None:
            return
        self._turn_comes = True
        if self.transport is not None:
            self.transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._turn_comes = False
        try:
            self._take_backlog(self._slice_end())
        finally:
            self._read_on()

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds: what was read before and still waits is by the new one too."""
        self._backlog = deque((frame, time + by) for frame, time in self._backlog)
