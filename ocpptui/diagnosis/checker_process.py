"""A second process that runs the checkers of half of the charge points of a recording.

It is this module run as a program. It opens the recording again and checks that it is the same file.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from struct import Struct

from ocpptui.diagnosis.half_run import Half, HalfRun
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


class SecondHalf(Half):
    """The parent's side."""

    def __init__(self, timeline: Timeline, recording: Recording, chosen: Sequence[bool], limits: CheckLimits) -> None:
        """Start the process. Raises OSError if that is impossible."""
        super().__init__()
        self._process = SecondProcess(__name__, recording.path, *identity_of(recording.file))
        self._task = pickle.dumps((timeline.rows(), chosen, limits))
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

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._half: HalfRun | None = None

    def answer(self, request: bytes) -> bytes:
        if self._half is None:
            rows, chosen, limits = pickle.loads(request)
            self._half = HalfRun(Timeline.of_rows(rows, self._recording), chosen, limits)
            resume_collections()
            return b""
        half, (until,) = self._half, _PLACE.unpack(request)
        while half.done < min(until, half.end):
            half.advance(0)
        found = [*half.take(half.done)]
        return pickle.dumps((half.done, found))


def check_half() -> None:
    """Check until nobody wants more."""
    path, *same = sys.argv[1:]
    recording = Recording(Path(path))
    if list(identity_of(recording.file)) != same:
        os._exit(1)
    serve(_Task(recording).answer)


if __name__ == "__main__":
    check_half()
