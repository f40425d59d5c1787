"""Another process that runs the checkers of a share of the charge points of a recording.

It is this module run as a program. It opens the recording again and checks that it is the same file.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from struct import Struct

from ocpptui.diagnosis.checked_share import OwnShare, Share, Shares
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.recording.recording_reader import Recording
from ocpptui.runtime.garbage import resume_collections
from ocpptui.runtime.second_process import SecondProcess, identity_of, serve
from ocpptui.timeline.timeline import Timeline

PORTION = 4096
"""How many records are handed over between two answers."""
AHEAD = 8
"""How many portions the process may be ahead of what was taken."""
_PLACE = Struct("<Q")


def task_of(timeline: Timeline, shares: Shares, limits: CheckLimits) -> bytes:
    """What is to be done, for all processes alike: the rows of the timeline are packed once."""
    return pickle.dumps((timeline.rows(), shares, limits))


class OtherShare(Share):
    """The parent's side."""

    def __init__(self, number: int, task: bytes, recording: Recording) -> None:
        """Start the process for the share with this number. Raises OSError if that is impossible."""
        super().__init__()
        self._process = SecondProcess(__name__, str(number), recording.path, *identity_of(recording.file))
        self._task = task
        self._asked = 0  # the records before this one are asked for

    @property
    def ended(self) -> bool:
        """The process has ended too early."""
        return self._process.ended

    def advance(self, budget_s: float) -> None:
        """Take what the process has found, for which it may take `budget_s` seconds."""
        self._process.wait(budget_s)
        while (answer := self._process.answer()) is not None:
            if answer:
                self.done, found = pickle.loads(answer)
                self.found += found
        if not self._process.ready:
            return
        if self._task:
            self._process.ask(self._task)
            self._task = b""
        while self._asked < self.done + AHEAD * PORTION:
            self._asked += PORTION
            self._process.ask(_PLACE.pack(self._asked))

    def close(self) -> None:
        """End the process."""
        self._process.close()


class _Task:
    """The process's side: the first request says what is to be done, each further one how far."""

    def __init__(self, number: int, recording: Recording) -> None:
        self._number = number
        self._recording = recording
        self._share: OwnShare | None = None

    def answer(self, request: bytes) -> bytes:
        if self._share is None:
            rows, shares, limits = pickle.loads(request)
            self._share = OwnShare(Timeline.of_rows(rows, self._recording), shares[self._number], limits)
            resume_collections()
            return b""
        share, (until,) = self._share, _PLACE.unpack(request)
        while share.done < min(until, share.end):
            share.advance(0)
        found = [*share.take(share.done)]
        return pickle.dumps((share.done, found))


def check_share() -> None:
    """Check until nobody wants more."""
    number, path, *same = sys.argv[1:]
    recording = Recording(Path(path))
    if list(identity_of(recording.file)) != same:
        os._exit(1)
    serve(_Task(int(number), recording).answer)


if __name__ == "__main__":
    check_share()
