"""The live connection as a replay sees it: which live frame matches which recorded one, and what is new."""

from __future__ import annotations

from collections import deque

from ocpptui.network.connection import Connection
from ocpptui.replay.controls import Controls
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind


class LiveSide:
    """Follows one connection in a session's timeline. Indexes are those of that timeline unless called recorded."""

    def __init__(self, session: Session, connection: Connection, controls: Controls) -> None:
        self.calls: deque[int] = deque()
        """CALLs and SENDs of the peer that are not handled yet."""
        self.strays: deque[int] = deque()
        """The peer's answers to no call, and its second answers."""
        self.malformed = 0
        """How many of its messages were not OCPP."""
        self.closed = ""
        """Why the connection is gone; empty while it is open."""
        self._timeline = session.timeline
        self._connection = connection.number
        self._sends = connection.sends
        self._controls = controls
        self._places: dict[int, int] = {}  # live indexes of calls, by recorded index
        for index in range(len(self._timeline)):  # what the peer said before
            self._observe(index)
        self._unsubscribe = session.subscribe(self._observed)

    def stop(self) -> None:
        """Stop following."""
        self._unsubscribe()

    def stands_for(self, live: int, recorded: int) -> None:
        """Note that a call of either side matches a recorded one."""
        self._places[recorded] = live

    def place(self, recorded: int) -> int | None:
        """The live call that matches a recorded one of either side; None if there is none."""
        return self._places.get(recorded)

    def answer_to(self, recorded: int) -> int | None:
        """The live answer to the call that matches a recorded one; None while there is none."""
        live = self._places.get(recorded)
        return self._timeline.other_half(live) if live is not None else None

    def _observed(self, index: int) -> None:
        if self._timeline.connection(index) == self._connection:
            self._observe(index)
            self._controls.changed()

    def _observe(self, index: int) -> None:
        timeline = self._timeline
        if timeline.connection(index) != self._connection:
            return
        kind = timeline.kind(index)
        if timeline.event(index) is ConnectionEvent.CLOSED:
            self.closed = _why(timeline.record(index))
        elif timeline.direction(index) is self._sends:
            return
        elif kind.is_call:
            self.calls.append(index)
        elif kind is RecordKind.MALFORMED:
            self.malformed += 1
        elif kind.is_answer and self._is_stray(index):
            self.strays.append(index)
        if kind.is_message:
            self._controls.stop_at_breakpoint(timeline, index)

    def _is_stray(self, index: int) -> bool:
        """Whether an answer belongs to no call, or to one that was malformed."""
        call = self._timeline.other_half(index)
        return call is None or self._timeline.kind(call) is RecordKind.MALFORMED


def _why(closed: Record) -> str:
    detail = closed.detail
    if detail.get("error"):
        return str(detail["error"])
    who = {"peer": "the peer", "us": "this side"}.get(str(detail.get("closedBy")), "somebody")
    reason = f", {detail['closeReason']}" if detail.get("closeReason") else ""
    return f"{who} closed the connection (code {detail.get('closeCode', 'unknown')}{reason})"
