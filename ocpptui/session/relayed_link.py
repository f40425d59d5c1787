"""The faults of the link on purpose, for a connection that runs through us: both its legs have them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from ocpptui.network.relayed_connection import RelayLeg
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.version import Direction
from ocpptui.session.faulty_link import Note
from ocpptui.simulator.fault_plan import LinkDeed, LinkFault
from ocpptui.simulator.misbehaviour import Misbehaviour


class RelayedLink:
    """Ends, stalls and slows one relayed connection, as the faults in force want it."""

    def __init__(self, connection: RelayLeg, note: Note) -> None:
        self._connection = connection
        self._note = note
        self._misbehaviour: Misbehaviour | None = None
        self._latencies: list[int] = []
        self._last: dict[Direction, float] = {}  # when the last one of a direction goes on, by the loop's clock
        self._timers: set[asyncio.TimerHandle] = set()
        self._is_frozen = False

    def start(self, misbehaviour: Misbehaviour) -> None:
        """Have these faults from now on, and no others."""
        self.end()
        self._misbehaviour = misbehaviour
        self._latencies.clear()
        relay = self._connection.relay
        relay.passes_pings = True
        if self._is_frozen:
            self._thaw()
        for place, link in misbehaviour.links:
            match link.deed:
                case LinkDeed.LATENCY:
                    self._latencies.append(place)
                    self._say(link, f"each message is passed on {duration_text(link.seconds * 1e6)} late")
                case LinkDeed.NO_PONG:
                    relay.passes_pings = False
                    self._say(link, "pings are not passed on")
                case LinkDeed.DISCONNECT | LinkDeed.HALF_OPEN:
                    self._plan(misbehaviour, place, link)

    def end(self) -> None:
        """The connection has ended, or has other faults."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def lateness(self, direction: Direction) -> float:
        """Seconds until a message that was just read is passed on, in the order of its direction; 0: at once."""
        if self._misbehaviour is None or not self._latencies:
            return 0.0
        now = asyncio.get_running_loop().time()
        due = now + sum(map(self._misbehaviour.latency, self._latencies))
        self._last[direction] = max(due, self._last.get(direction, 0.0))
        return self._last[direction] - now

    def _plan(self, misbehaviour: Misbehaviour, place: int, link: LinkFault) -> None:
        wait = misbehaviour.link_wait(place)
        if wait is not None:
            self._later(wait, partial(self._fail, misbehaviour, place, link))

    def _fail(self, misbehaviour: Misbehaviour, place: int, link: LinkFault) -> None:
        misbehaviour.link_done(place)
        legs = self._connection.relay.legs
        if link.deed is LinkDeed.HALF_OPEN:
            self._say(link, f"nothing is read or passed on for {duration_text(link.seconds * 1e6)}")
            self._is_frozen = True
            for leg in legs:
                leg.stop_reading()
            self._later(link.seconds, partial(self._recover, misbehaviour, place, link))
        elif link.close_code is None:
            self._say(link, "the TCP connections are cut")
            for leg in legs:
                leg.abort()
        else:
            self._say(link, f"the connections are closed with code {link.close_code}")
            for leg in legs:
                leg.begin_close(link.close_code, link.reason)

    def _recover(self, misbehaviour: Misbehaviour, place: int, link: LinkFault) -> None:
        self._say(link, "messages are read and passed on again")
        self._thaw()
        self._plan(misbehaviour, place, link)

    def _thaw(self) -> None:
        self._is_frozen = False
        for leg in self._connection.relay.legs:
            leg.read_on()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        def due() -> None:
            self._timers.discard(timer)
            do()

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    def _say(self, link: LinkFault, words: str) -> None:
        text = mask_own_text(f"On purpose, by {link.name!r}: {words}")
        self._note(self._connection, text, {"fault": {"rule": link.name, "do": link.deed.value}})
