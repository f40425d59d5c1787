"""A second central system that gets a copy of what a charge point sends; its answers are compared and go nowhere."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpptui.describe.network_problems import worded, words_of
from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.problems import NetworkError, NetworkProblem, NotConnected
from ocpptui.ocpp.answer_comparison import compare_answers
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.runtime.bounded import put
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.faulty_link import LONGEST_NOTE, Note
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.masking import masked
from ocpptui.timeline.record import IN_VAIN, Origin, Record, RecordKind

if TYPE_CHECKING:
    from ocpptui.network.relayed_connection import RelayLeg

MOST_OPEN = 1000
"""How many answers wait for that of the other central system, and how many messages wait for a connection."""
MOST_SHOWN = 5
"""Differences of one answer that a note names."""


class Mirror:
    """The copy of one connection. It is the `Observer` of its own link, none of whose records are kept."""

    def __init__(self, connection: RelayLeg, settings: ClientSettings, note: Note, clock: Clock) -> None:
        self.differences = 0
        """How many answers differed."""
        self._of = connection
        self._note = note
        self._actions: dict[str, str] = {}  # of the calls, by id
        self._theirs: dict[str, Record] = {}  # answers that the charge point got
        self._mirrored: dict[str, Record] = {}  # answers of the mirror, before those
        self._waiting: deque[str | bytes] = deque()
        self._lost = 0  # messages that were dropped since the mirror was connected
        self._said = ""
        self._tasks = Tasks("mirror")
        self._link: ChargePointClient | None = None
        try:
            self._link = ChargePointClient(settings, self, clock)
        except NetworkError as error:
            self._say(f"The mirror cannot be used: {words_of(error.problem).sentence}", {})
        else:
            self._tasks.start(self._link.run(), "link")

    # -- what passes --------------------------------------------------------------------------------------------

    def copy(self, record: Record) -> None:
        """Send what the charge point has sent."""
        frame, content = record.frame, record.raw
        if isinstance(frame, Message) and frame.kind is MessageKind.CALL:
            put(self._actions, frame.id, frame.action or "", MOST_OPEN)
        if content is None or self._link is None:
            return
        if self._link.connection is None or not self._send(content):
            self._wait(content)

    def _wait(self, content: str | bytes) -> None:
        """Keep a message until the mirror is connected; the oldest one goes if too many wait."""
        self._waiting.append(content)
        if len(self._waiting) <= MOST_OPEN:
            return
        self._waiting.popleft()
        self._lost += 1
        if self._lost == 1:
            self._say(f"More than {MOST_OPEN:,} messages wait for the mirror; it will not get the oldest ones.", {})

    def _send(self, content: str | bytes) -> bool:
        assert self._link is not None and self._link.connection is not None
        try:
            self._link.connection.write(content, Origin.PROXY)
        except NotConnected:
            return False
        return True

    def compare(self, record: Record) -> None:
        """Compare an answer that the charge point gets with that of the mirror."""
        frame = record.frame
        if isinstance(frame, Message) and frame.kind.is_answer and frame.id in self._actions:
            if (other := self._mirrored.pop(frame.id, None)) is not None:  # once its record is in the log
                asyncio.get_running_loop().call_soon(self._judge, record, other)
            else:
                put(self._theirs, frame.id, record, MOST_OPEN)

    def _heard(self, record: Record) -> None:
        """The mirror has sent something."""
        frame = record.frame
        if not isinstance(frame, Message):
            self._say("The mirror sent a message that cannot be read; it was not passed on.", {})
        elif not frame.kind.is_answer:
            self._say(f"The mirror sent {frame.action}; it was not passed on.", {"action": frame.action})
        elif (theirs := self._theirs.pop(frame.id, None)) is not None:
            self._judge(theirs, record)
        elif frame.id in self._actions:
            put(self._mirrored, frame.id, record, MOST_OPEN)

    def _judge(self, theirs: Record, other: Record) -> None:
        one, two = masked(theirs).frame, masked(other).frame
        assert isinstance(one, Message) and isinstance(two, Message)
        action = self._actions.pop(one.id, "")
        found = [str(difference) for difference in compare_answers(one, two)]
        if not found:
            return
        self.differences += 1
        more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
        words = "; ".join(found[:MOST_SHOWN]) + more
        self._say(f"The mirror answers {action} differently: {words}", {"id": one.id, "differences": found})

    def _say(self, text: str, detail: dict[str, object]) -> None:
        self._note(self._of, mask_own_text(text)[:LONGEST_NOTE], {"mirror": detail})

    # -- the end ------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Close the link, and wait for its end."""
        if self._link is not None:
            await self._link.close()
        await self._tasks.cancel()

    # -- the observer of the link -------------------------------------------------------------------------------

    def next_connection(self) -> int:
        return 1

    def words_for(self, problem: NetworkProblem) -> str:
        return words_of(problem).sentence

    def about_to_send(self) -> None:
        """Nothing of it is stored."""

    def as_kept(self, record: Record) -> Record:
        return record

    def opened(self, connection: Connection) -> None:
        while self._waiting and self._send(self._waiting[0]):
            self._waiting.popleft()
        if self._lost:
            lost = counted(self._lost, "message")
            self._say(f"The mirror is connected; it did not get {lost}.", {"lost": self._lost})
            self._lost = 0
        self._said = ""

    def closed(self, connection: Connection) -> None:
        """It connects again."""

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None:
        """It has only one leg."""

    def observed(
        self,
        record: Record,
        connection: Connection | None,
        kept: Record | None = None,
        stored: Callable[[], None] | None = None,
    ) -> int:
        if stored is not None:
            stored()
        if record.kind is RecordKind.CONNECTION:
            self._tell(record)
        elif record.kind.is_message and record.origin is Origin.WIRE:
            self._heard(record)
        return 0

    def _tell(self, record: Record) -> None:
        """Say why there is no mirror, once for each reason."""
        event = record.detail.get("event")
        why = str(worded(record).detail.get("error", ""))
        if event in IN_VAIN and why != self._said:
            self._said = why
            self._say(f"The mirror is not connected: {why}", {})
