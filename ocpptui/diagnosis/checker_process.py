"""The share of another process: its side of a check, and this one's."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.diagnosis.checked_share import OrderedFinding, OwnShare, Share
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.recording.recording_reader import Recording
from ocpptui.recording.timeline_process import TimelineCopy, TimelineProcess

PORTION = 4096
"""How many records are handed over between two answers."""
AHEAD = 8
"""How many portions the process may be ahead of what was taken."""


class OtherShare(Share):
    """The parent's side. The process is left to others when all records are checked."""

    def __init__(self, rows: bytes, chosen: Sequence[bool], limits: CheckLimits, recording: Recording) -> None:
        """Start the process; the rows and what is chosen of them as in `OwnShare`. Raises OSError if that fails."""
        super().__init__()
        self.process = TimelineProcess(recording)
        self._rows = rows
        self._task = chosen, limits
        self._asked = 0  # the records before this one are asked for

    @property
    def ended(self) -> bool:
        """The process has ended too early."""
        return self.process.ended

    def advance(self, budget_s: float) -> None:
        """Take what the process has found, for which it may take `budget_s` seconds."""
        process = self.process
        process.wait(budget_s)
        while (answer := process.result()) is not None:
            self.done, found = answer
            self.found += found
        if not process.ready:
            return
        if self._rows:
            process.give(self._rows)
            process.call(_begin, *self._task)
            self._rows = b""
        while self._asked < self.done + AHEAD * PORTION:
            self._asked += PORTION
            process.call(_go_on, self._asked)

    def close(self) -> None:
        """End the process."""
        self.process.close()


def _begin(copy: TimelineCopy, chosen: Sequence[bool], limits: CheckLimits) -> None:
    copy.kept[__name__] = OwnShare(copy.timeline, chosen, limits)


def _go_on(copy: TimelineCopy, until: int) -> tuple[int, list[OrderedFinding]]:
    """Check the records before this one, and return how far it got, with what it found."""
    share: OwnShare = copy.kept[__name__]
    while share.done < min(until, share.end):
        share.advance(0)
    return share.done, [*share.take(share.done)]
