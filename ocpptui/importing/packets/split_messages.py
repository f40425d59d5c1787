"""WebSocket messages whose bytes are in several dumps: in TCP segments, or in what a program read at once.

The sequence numbers of TCP (RFC 9293 section 3.4) show which segment continues which. Without packets around them, the
bytes that follow belong to a message only if they complete its frame.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.packets.framed_bytes import (
    CarriedFrame,
    begins_websocket,
    carried_by,
    frames_in_bytes,
    is_whole_frame,
    packet_in,
)
from ocpptui.importing.packets.websocket_bytes import MessageReader, NotWebSocket

MOST_OPEN = 200
"""How many senders are followed whose message has not ended."""
_NUMBERS = 2**32
"""How many sequence numbers there are."""

Describe = Callable[[CarriedFrame], FoundFrame]
"""Adds to a frame what is said around the dump that is taken."""


@dataclass(slots=True)
class _Open:
    """A sender whose message has not ended."""

    reader: MessageReader
    next: int | None
    """The sequence number of the segment that continues it; None without packets."""
    part: list[FoundFrame]
    """What is known of the message, if nothing continues it."""


class SplitMessages:
    """Joins the bytes of dumps that continue each other, for each sender."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Open] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether a message has not ended that is not in packets."""
        return "" in self._open

    def take(self, data: bytes, describe: Describe) -> list[FoundFrame] | None:
        """The frames that are certain with the bytes of a dump; None if these neither continue nor begin a message that
        ends elsewhere."""
        packet = None if begins_websocket(data) else packet_in(data)
        route, number, content = packet if packet is not None else ("", None, data)
        known, found = self._open.get(route), list[FoundFrame]()
        if known is not None and known.next == number and content:
            carried = _continued(known, content)
            if carried is not None:
                found += [describe(frame._replace(route=route)) for frame in carried]
                self._keep(route, known.reader, number, content, found[:0])
                return found
        if not begins_websocket(content):
            return None
        reader = MessageReader(compressed=bool(content[0] & 0x40))
        try:
            carried = carried_by(list(reader.take(content)))
            last = reader.copy().finish()
        except NotWebSocket:
            return None
        part = carried_by([last]) if last is not None else []
        if not part:
            return None
        found += self._given_up(route)
        found += [describe(frame._replace(route=route)) for frame in carried]
        self._keep(route, reader, number, content, [describe(frame._replace(route=route)) for frame in part])
        if len(self._open) > MOST_OPEN:
            found += self._given_up(next(iter(self._open)))
        return found

    def finish(self) -> list[FoundFrame]:
        """What is known of messages without an end."""
        return [found for route in list(self._open) for found in self._given_up(route)]

    def _keep(self, route: str, reader: MessageReader, number: int | None, data: bytes, part: list[FoundFrame]) -> None:
        before = self._open.pop(route, None)
        if not reader.is_between_messages:
            following = None if number is None else (number + len(data)) % _NUMBERS
            self._open[route] = _Open(reader, following, part or (before.part if before is not None else []))

    def _given_up(self, route: str) -> list[FoundFrame]:
        known = self._open.pop(route, None)
        return [] if known is None else known.part


def _continued(known: _Open, content: bytes) -> list[CarriedFrame] | None:
    """The frames that end in bytes that continue a message; None if they do not continue it."""
    reader = known.reader.copy()
    try:
        messages = list(reader.take(content))
    except NotWebSocket:
        return None
    if known.next is None and not all(is_whole_frame(message.data) for message in messages):
        return None
    if known.next is None and not messages and frames_in_bytes(content):
        return None
    known.reader = reader
    return carried_by(messages)
