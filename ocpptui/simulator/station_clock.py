"""The clock of the simulated charge point: it is set by the currentTime of the central system.

Source: OCPP 1.6 sections 4.2, 4.6 (BootNotification, Heartbeat); OCPP 2.x use cases B01, G02, ClockCtrlr.TimeSource.
"""

from __future__ import annotations

from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import text_at

TOLERANCE = 2 * SECOND
"""A difference that the resolution of a time and the way of an answer may explain; it sets nothing."""
_WITH_TIME = ("BootNotification", "Heartbeat")


class StationClock:
    """How far the clock of the charge point is ahead of the one that its behaviour is run with, in microseconds."""

    def __init__(self, ahead: int = 0) -> None:
        self.ahead = ahead
        self._asked_at: int | None = None
        self._is_stale = False  # the time in the next answer may be older than a change of the machine's clock

    def asked(self, action: str, now: int) -> None:
        """A call is sent, whose answer may say what time it is; `now` is by the own clock."""
        if action in _WITH_TIME:
            self._asked_at, self._is_stale = now, False

    def answered(self, action: str, answer: Message | None, now: int) -> int:
        """Set the clock if an answer says another time; by how much it is set. `now` is by the own clock."""
        if action not in _WITH_TIME or self._is_stale:
            return 0
        asked_at, self._asked_at = now if self._asked_at is None else self._asked_at, None
        is_good = answer is not None and answer.kind is MessageKind.CALLRESULT
        told = time_of(text_at(answer.payload, "currentTime") or "") if answer is not None and is_good else None
        if told is None or asked_at - TOLERANCE <= told <= now + TOLERANCE:
            return 0
        self.ahead += told - now
        return told - now

    def machine_set(self, by: int) -> int:
        """The clock that the behaviour is run with was set; by how much the own one is set with it.

        Once the central system has set the own clock, it goes on as before.
        """
        self._is_stale = True
        if not self.ahead:
            return by
        self.ahead -= by
        return 0
