"""The registration of a charge point: it sends BootNotification until it is accepted.

Source: OCPP 1.6 section 4.2, OCPP 2.x use cases B01 to B03.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import integer_at, text_at
from ocpptui.simulator.transaction_queue import PATIENCE

MAX_DOUBLINGS = 4
"""How often the wait is doubled at most when no answer comes."""


class Registration:
    """The status from the central system, and when the next BootNotification is due."""

    def __init__(self, retry_interval: int) -> None:
        self.status = ""
        """Accepted, Pending or Rejected; empty before the first answer."""
        self.interval = 0
        """The interval from the central system in seconds; 0 if it set none."""
        self._retry_interval = max(1, retry_interval)
        self._failures = 0
        self._due: int | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it is Rejected and the interval is not over: nothing is sent, in 1.6 not even answers."""
        return self.status == "Rejected"

    def begin(self, now: int) -> None:
        """A BootNotification is sent now; if it gets no answer, another one follows."""
        self._due = now + self._wait() * SECOND + PATIENCE

    def forget(self) -> None:
        """Forget everything, because the charge point restarts."""
        self.status, self._failures, self._due = "", 0, None

    def answered(self, answer: Message | None, now: int) -> None:
        """The answer to a BootNotification, sent automatically or by hand; None if none came."""
        good = answer is not None and answer.kind is MessageKind.CALLRESULT and isinstance(answer.payload, dict)
        payload: dict[str, Any] = answer.payload if answer is not None and good else {}
        status = text_at(payload, "status")
        if status not in ("Accepted", "Pending", "Rejected"):
            if self.status != "Accepted":
                self._due = now + self._wait() * SECOND
                self._failures += 1
            return
        self.status, self._failures = status, 0
        self.interval = max(0, integer_at(payload, "interval") or 0)
        # With 0 the charge point chooses the interval, to avoid flooding (1.6 section 4.2, B02.FR.08).
        self._due = None if status == "Accepted" else now + (self.interval or self._retry_interval) * SECOND

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._due = None if self._due is None else self._due + by

    def due(self) -> int | None:
        """When the next BootNotification is due; None if none is."""
        return self._due

    def _wait(self) -> int:
        return self._retry_interval << min(self._failures, MAX_DOUBLINGS)
