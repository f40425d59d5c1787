"""Another process with a copy of a timeline whose records are all in one recording, for work that others share.

It is this module run as a program. It opens the recording again and checks that it is the same file. What it does there
is for those who call it: they send a function, and get what it returns.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from ocpptui.recording.recording_reader import Recording
from ocpptui.runtime.garbage import resume_collections
from ocpptui.runtime.second_process import SecondProcess, identity_of, serve
from ocpptui.timeline.timeline import Timeline

P = ParamSpec("P")


class TimelineCopy:
    """What a function finds that is called in the other process."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.kept: dict[str, Any] = {}
        """What one call leaves for the next ones, by a name."""


class TimelineProcess(SecondProcess):
    """The parent's side. Raises OSError if no process can be started."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(__name__, recording.path, *identity_of(recording.file))

    def give(self, rows: bytes) -> None:
        """Send the rows, once, before anything else, as `packed_rows` has them."""
        self.ask(rows)

    def call(
        self, function: Callable[Concatenate[TimelineCopy, P], Any], /, *args: P.args, **options: P.kwargs
    ) -> None:
        """Call a function of a module with the copy and these values, which can be pickled."""
        self.ask(pickle.dumps((function, args, options), pickle.HIGHEST_PROTOCOL))

    def result(self) -> Any:
        """The next result that is not None, in the order of the calls; None while there is none."""
        while (answer := self.answer()) is not None:
            if answer:
                return pickle.loads(answer)
        return None


def packed_rows(timeline: Timeline) -> bytes:
    """The rows of a timeline as they are sent: packed once for all processes."""
    return pickle.dumps(timeline.rows(), pickle.HIGHEST_PROTOCOL)


class _Answering:
    """The process's side: the first request has the rows, each further one says what to call."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._copy: TimelineCopy | None = None

    def answer(self, request: bytes) -> bytes:
        if self._copy is None:
            self._copy = TimelineCopy(Timeline.of_rows(pickle.loads(request), self._recording))
            resume_collections()
            return b""
        function, args, options = pickle.loads(request)
        result = function(self._copy, *args, **options)
        return b"" if result is None else pickle.dumps(result, pickle.HIGHEST_PROTOCOL)


def serve_copy() -> None:
    """Answer calls until there are no more."""
    path, *same = sys.argv[1:]
    recording = Recording(Path(path))
    if list(identity_of(recording.file)) != same:
        os._exit(1)
    serve(_Answering(recording).answer)


if __name__ == "__main__":
    serve_copy()
