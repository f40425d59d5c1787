"""What became of a message that was sent: its answer, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocpptui.timeline.record import RecordKind

if TYPE_CHECKING:
    from ocpptui.session.session import Session


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """The answer to a sent message."""

    index: int | None
    """Its timeline index; None if there is no answer."""
    why_none: str = ""
    """Why there is no answer, as a sentence."""
    failed: bool = False
    """An answer was due but did not arrive."""


async def answer_to_sent(session: Session, index: int, timeout: float | None = None) -> SentAnswer:
    """Wait for the answer to the message sent at `index`: as long as the session does, at most `timeout` seconds."""
    timeline = session.timeline
    if timeline.kind(index) is not RecordKind.CALL:
        is_send = timeline.kind(index) is RecordKind.SEND
        return SentAnswer(None, "a SEND gets no answer" if is_send else "sent, no answer is due")
    answer = await session.wait_for_answer(index, timeout)
    if answer is not None:
        return SentAnswer(answer)
    if timeline.connection(index) not in session.connections:
        return SentAnswer(None, "the connection closed before an answer came", True)
    waited = session.settings.call_timeout if timeout is None else min(timeout, session.settings.call_timeout)
    return SentAnswer(None, f"no answer within {waited:g} s", True)
