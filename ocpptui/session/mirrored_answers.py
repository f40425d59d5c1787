"""The answers of a second central system, compared with those that a charge point gets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ocpptui.ocpp.answer_comparison import compare_answers
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.runtime.bounded import put
from ocpptui.session.faulty_link import LONGEST_NOTE, Note
from ocpptui.timeline.masking import masked
from ocpptui.timeline.record import Record

if TYPE_CHECKING:
    from ocpptui.network.relayed_connection import RelayLeg

MOST_OPEN = 1000
"""How many answers wait for that of the other central system, and how many messages wait for a connection."""
MOST_SHOWN = 5
"""Differences of one answer that a note names."""


class MirroredAnswers:
    """Those of one connection; what differs becomes a note on it."""

    def __init__(self, connection: RelayLeg, note: Note) -> None:
        self.differences = 0
        """How many answers differed."""
        self._of = connection
        self._note = note
        self._actions: dict[str, str] = {}  # of the calls, by id
        self._theirs: dict[str, Record] = {}  # answers that the charge point got
        self._mirrored: dict[str, Record] = {}  # answers of the mirror, before those

    def copy(self, record: Record) -> None:
        """Send what the charge point has sent."""
        raise NotImplementedError

    async def close(self) -> None:
        """End the copy."""
        raise NotImplementedError

    def compare(self, record: Record) -> None:
        """Compare an answer that the charge point gets with that of the mirror."""
        frame = record.frame
        if isinstance(frame, Message) and frame.kind.is_answer and frame.id in self._actions:
            if (other := self._mirrored.pop(frame.id, None)) is not None:  # once its record is in the log
                asyncio.get_running_loop().call_soon(self._judge, record, other)
            else:
                put(self._theirs, frame.id, record, MOST_OPEN)

    def _called(self, record: Record) -> None:
        """The charge point has sent something."""
        frame = record.frame
        if isinstance(frame, Message) and frame.kind is MessageKind.CALL:
            put(self._actions, frame.id, frame.action or "", MOST_OPEN)

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
