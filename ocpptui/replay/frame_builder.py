"""The text of every frame that a replay sends: the recorded one, rewritten where necessary."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from ocpptui.jsontext.text import quote
from ocpptui.network.connection import Connection
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.json_encoding import JsonMessage, id_text
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.replay.plan import Plan, PlanStep
from ocpptui.replay.rewriting import Rewriting, Rewritten, merged
from ocpptui.replay.substitutions import Substitutions, first_time
from ocpptui.runtime.clock import Clock
from ocpptui.session.session import Session

EARLIEST = 946_684_800_000_000
"""The year 2000 in microseconds since 1970: earlier times come from a log without times."""


class Outgoing:
    """Builds what goes out on one connection. `counted` means that it will be sent and counts in the table."""

    def __init__(
        self,
        plan: Plan,
        session: Session,
        connection: Connection,
        rules: Substitutions,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._plan = plan
        self._session = session
        self._version = connection.version or plan.version or Version.V16
        self._encoding = connection.encoding
        self._rules = rules
        self._clock = clock
        self._new_id = new_id
        self._begins = _begins(plan) if rules.shift_times else None
        self._earlier: tuple[Rewritten, ...] = ()  # of the rounds before
        self._begun = False  # whether something was sent in this round
        self.rewriting = Rewriting(self._version, rules, self._encoding)
        """Of this round."""

    @property
    def table(self) -> tuple[Rewritten, ...]:
        """What was rewritten in all rounds."""
        return merged(self._earlier, self.rewriting.table)

    def next_round(self) -> None:
        """Start again: forget the live ids and let the recording start now."""
        self._earlier = self.table
        self._begun = False
        self.rewriting = Rewriting(self._version, self._rules, self._encoding)

    def begin(self) -> None:
        """The first frame is sent: from now on, times are shifted by a fixed number of whole seconds."""
        if not self._begun and self._begins is not None:
            self.rewriting.shift = (self._clock() - self._begins) // SECOND * SECOND
        self._begun = True

    def id_text(self, recorded: Message) -> str:
        """The message id to call with, as JSON; an id with a defect in the recording keeps that defect."""
        if self._rules.keep_message_ids or any(defect.name in _KEPT_DEFECTS for defect in recorded.defects):
            return id_text(recorded)
        is_numeric = isinstance(recorded, JsonMessage) and recorded.has_numeric_id
        return str(uuid.uuid4().int >> 97) if is_numeric else quote(self._new_id())

    def frame(self, recorded: Message, action: str, id_text: str, counted: bool, *, present: int | None = None) -> str:
        """A recorded frame with another message id, rewritten; its currentTime becomes `present`."""
        if not self._begun and self._begins is not None:  # only a preview, as it would be sent now
            self.rewriting.shift = (self._clock() - self._begins) // SECOND * SECOND
        return self.rewriting.frame(recorded, action, id_text, counted=counted, present=present)

    def text(self, step: PlanStep, live: int | None, counted: bool) -> str | bytes:
        """A text of ours that is not a call; its message id becomes that of the live call."""
        frame = self._plan.frame_to_send(step.index)
        call = self._session.timeline.frame(live) if live is not None else None
        if isinstance(frame, Message) and isinstance(call, Message):
            return self.frame(frame, step.action, id_text(call), counted)
        return frame.raw

    def answer(self, action: str, live: int, recorded: int | None, counted: bool) -> str:
        """The recorded answer to the live call at an index of the session, or the default one if none was recorded."""
        call = self._session.timeline.frame(live)
        of = call if isinstance(call, Message) else ""
        frame = self._plan.frame_to_send(recorded) if recorded is not None else None
        if isinstance(frame, Message):
            present = self._clock() if self._rules.shift_times else None
            return self.frame(frame, action, id_text(of), counted, present=present)
        if live not in self._session.waiting:  # the user has answered it meanwhile
            return ""
        return self._encoding.result(of, self._session.held.default_answer(live))


def _begins(plan: Plan) -> int | None:
    """When the recording begins, in microseconds since 1970; None if it does not say."""
    first = min((step.time for step in plan.steps), default=0)
    if first >= EARLIEST:
        return first
    for step in plan.steps:
        frame = plan.frame(step.index)
        if isinstance(frame, Message) and (time := first_time(frame.payload_text)) is not None:
            return time
    return None


_KEPT_DEFECTS = frozenset({"long-id", "empty-id"})
"""Defects of a message id that a fresh id would not have."""
