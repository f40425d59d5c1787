"""The link of one connection with its faults on purpose: it writes late, in another order, or not at all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.simulator.fault_plan import Deed, LinkDeed, LinkFault
from ocpptui.simulator.misbehaviour import ChosenFault, Misbehaviour
from ocpptui.timeline.record import Origin
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection

LONGEST_NOTE = 2000
"""Characters of a note; a message that is not sent may be long."""
Note = Callable[["Connection", str, Mapping[str, Any]], int]
"""Puts a note about a connection into the timeline and the recording, and returns its index."""


@dataclass(slots=True)
class OutgoingFrame:
    """A message that is about to be written."""

    text: str
    origin: Origin = Origin.BEHAVIOUR
    message: Message | Malformed | None = None
    fault: ChosenFault | None = None
    is_awaited: bool = False
    """It is a call of ours, and the next one waits until it is written."""
    written: Callable[[int | None], None] = lambda index: None
    """Gets the index of its record, or None if the connection is closed."""


class FaultyLink:
    """Everything that is written passes through, and is recorded when it is written."""

    def __init__(
        self,
        connection: Connection,
        timeline: Timeline,
        misbehaviour: Misbehaviour,
        note: Note,
        go_on: Callable[[], None],
    ) -> None:
        """`go_on` is called after something that was planned for later."""
        self._connection = connection
        self._timeline = timeline
        self._misbehaviour = misbehaviour
        self._note = note
        self._go_on = go_on
        self.awaited = 0
        """Calls of ours that are not written yet, or lost."""
        self.last_id = ""
        """The message id of our last call; empty before the first."""
        self._swapped: list[OutgoingFrame] = []  # what follows the next message
        self._late: deque[tuple[float, OutgoingFrame]] = deque()  # what the link delays, and until when
        self._latencies: list[int] = []
        self._is_frozen = False
        self._timers: set[asyncio.TimerHandle] = set()
        self._failures: set[asyncio.TimerHandle] = set()  # those of the timers that are for faults of the link
        self._ended = False

    # -- its faults ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """It has its faults from now on."""
        for place, link in self._misbehaviour.links:
            match link.deed:
                case LinkDeed.LATENCY:
                    self._latencies.append(place)
                    late = duration_text(link.seconds * 1e6)
                    more = f" and up to {duration_text(link.jitter * 1e6)} more" if link.jitter else ""
                    self.say(link, f"each message of ours is sent {late}{more} late")
                case LinkDeed.NO_PONG:
                    self._connection.answer_pings(False)
                    self.say(link, "pings are not answered")
                case LinkDeed.DISCONNECT | LinkDeed.HALF_OPEN:
                    self._plan(place, link)

    def start_again(self) -> None:
        """Its faults are others now: the old ones end."""
        for timer in self._failures:
            timer.cancel()
        self._timers -= self._failures
        self._failures.clear()
        self._latencies.clear()
        self._connection.answer_pings(True)
        if self._is_frozen:
            self._thaw()
        self.start()

    def end(self) -> None:
        """The connection has ended."""
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._failures.clear()
        self._late.clear()
        self._swapped.clear()

    def _plan(self, place: int, link: LinkFault) -> None:
        wait = self._misbehaviour.link_wait(place)
        if wait is not None:
            self._failures.add(self.later(wait, partial(self._fail, place, link)))

    def _fail(self, place: int, link: LinkFault) -> None:
        self._misbehaviour.link_done(place)
        if link.deed is LinkDeed.HALF_OPEN:
            if not self._is_frozen:
                self.say(link, f"nothing is read, sent or answered for {duration_text(link.seconds * 1e6)}")
                self._is_frozen = True
                self._connection.stop_reading()
            self._failures.add(self.later(link.seconds, partial(self._recover, place, link)))
        elif link.close_code is None:
            self.say(link, "the TCP connection is cut")
            self._connection.abort()
        else:
            self.say(link, f"the connection is closed with code {link.close_code}")
            self._connection.begin_close(link.close_code, link.reason)

    def _recover(self, place: int, link: LinkFault) -> None:
        self.say(link, "the connection is read and written again")
        self._thaw()
        self._plan(place, link)

    def _thaw(self) -> None:
        self._is_frozen = False
        self._pump()
        self._connection.read_on()

    # -- what is written ----------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether the next call of ours must wait for something that is not in the timeline."""
        return self.awaited > 0 or bool(self._late)

    def send(self, out: OutgoingFrame) -> None:
        """Write a message as soon as the link lets it through, in order."""
        if not self._latencies and not self._is_frozen and not self._late:
            self._write(out)
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + sum(map(self._misbehaviour.latency, self._latencies))
        if self._late:
            due = max(due, self._late[-1][0])
        self._late.append((due, out))
        self.later(due - loop.time(), self._pump)

    def swap(self, out: OutgoingFrame) -> None:
        """Send a message after the next one; two do not wait for each other."""
        if self._swapped:
            self.send(replace(out, fault=None))
            return
        if out.is_awaited:
            self.awaited -= 1
            out = replace(out, is_awaited=False)
        self._swapped.append(out)
        assert out.fault is not None
        self.later(out.fault.rule.within, self.flush)

    def flush(self) -> None:
        """Send what waits for the next message."""
        waiting, self._swapped = self._swapped, []
        for out in waiting:
            self.send(out)

    def _pump(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._late and not self._is_frozen and self._late[0][0] <= now:
            self._write(self._late.popleft()[1])

    def _write(self, out: OutgoingFrame) -> None:
        if out.is_awaited:
            self.awaited -= 1
        try:
            index = self._connection.write(out.text, out.origin, out.message, detail=_detail(out.fault))
        except NotConnected:
            out.written(None)
            return
        if isinstance(frame := self._timeline.frame(index), Message) and not frame.kind.is_answer:
            self.last_id = frame.id
        out.written(index)
        waiting, self._swapped = self._swapped, []
        for one in waiting:
            self._write(one)

    def end_connection(self, fault: ChosenFault, why: str) -> int:
        """Close the connection, or cut it, as a rule says; return the index of the note about it."""
        rule = fault.rule
        if rule.deed is Deed.CUT:
            index = self.say(fault, f"{why}, and the TCP connection is cut")
            self._connection.abort()
        else:
            index = self.say(fault, f"{why}, and the connection is closed with code {rule.close_code}")
            self._connection.begin_close(rule.close_code, rule.reason)
        return index

    # -- parts --------------------------------------------------------------------------------------------------

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something after a time; at once if that is 0."""
        if seconds:
            self.later(seconds, do)
        else:
            do()

    def later(self, seconds: float, do: Callable[[], None]) -> asyncio.TimerHandle:
        """Do something after a time, unless the connection ends before."""

        def due() -> None:
            self._timers.discard(timer)
            self._failures.discard(timer)
            do()
            if not self._ended:
                self._go_on()

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)
        return timer

    def say(self, cause: ChosenFault | LinkFault, words: str) -> int:
        """Note a fault that is not in a message."""
        name = cause.name if isinstance(cause, LinkFault) else cause.rule.name
        text = mask_own_text(f"On purpose, by {name!r}: {words}")
        return self._note(self._connection, text[:LONGEST_NOTE], _detail(cause))


def _detail(cause: ChosenFault | LinkFault | None) -> dict[str, Any]:
    """What a record says of a fault."""
    if cause is None:
        return {}
    source = cause if isinstance(cause, LinkFault) else cause.rule
    return {"fault": {"rule": source.name, "do": source.deed.value}}
