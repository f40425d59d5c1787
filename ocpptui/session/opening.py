"""A session over files: what is in them comes in piece by piece, while what is there already can be used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ocpptui.capture.errors import RecordingError
from ocpptui.capture.indexing import Indexer
from ocpptui.capture.lines import Unreadable
from ocpptui.session.session import Session


class Problem(NamedTuple):
    """A piece of a file that is no record."""

    path: Path
    unreadable: Unreadable

    def __str__(self) -> str:
        return f"{self.path}: {self.unreadable}"


class Opening:
    """Recordings on their way into the timeline of one session, one file after the other.

    `advance` is called again and again from the thread that owns the session. Raises UnreadableFile where a file cannot
    be opened.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.session = Session()
        self.failures: list[str] = []
        """Why a file could not be read to its end, one sentence each."""
        self._indexers = [Indexer(path, self.session.timeline) for path in paths]
        self._current = 0

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        done = self._current
        if done < len(self._indexers):
            return (done + self._indexers[done].progress) / len(self._indexers)
        return 1.0

    @property
    def problems(self) -> list[Problem]:
        """What of the files is no record, in their order; the first thousand of each file."""
        return [Problem(indexer.recording.path, problem) for indexer in self._indexers for problem in indexer.problems]

    @property
    def unreadable(self) -> int:
        """How many lines are no record."""
        return sum(indexer.unreadable for indexer in self._indexers)

    def advance(self, budget: float) -> bool:
        """Read on for about `budget` seconds; True when everything is in."""
        if self._current < len(self._indexers):
            try:
                finished = self._indexers[self._current].advance(budget)
            except RecordingError as error:
                self.failures.append(str(error))
                finished = True
            self._current += finished
        return self._current == len(self._indexers)

    async def close(self) -> None:
        """Let go of the files."""
        for indexer in self._indexers:
            indexer.close()
        await self.session.close()
