"""A session over files: what is in them comes in piece by piece, while what is there already can be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ocpptui.recording.file_errors import RecordingError, UnreadableFile
from ocpptui.recording.indexer import Indexer
from ocpptui.recording.line_format import Unreadable, is_recording
from ocpptui.session.session import Session

if TYPE_CHECKING:
    from ocpptui.importing.importer import Importer
    from ocpptui.importing.reader import ImportOptions

HEAD = 2**12


class Problem(NamedTuple):
    """A piece of a file that is no record."""

    path: Path
    unreadable: Unreadable

    def __str__(self) -> str:
        return f"{self.path}: {self.unreadable}"


class FileSession:
    """Recordings and captures of other tools on their way into the timeline of one session, by time.

    `advance` is called again and again from the thread that owns the session. Raises UnreadableFile where a file cannot
    be opened.
    """

    def __init__(self, paths: Sequence[Path], choices: ImportOptions | None = None) -> None:
        self.paths = tuple(paths)
        self.session = Session()
        self.failures: list[str] = []
        """Why a file could not be read to its end, one sentence each."""
        self.idle = False
        """Everything that is there is in, and more may come."""
        self._follow = choices is not None and choices.follow
        self._finished = False
        self._indexer: Indexer | None = None
        self._importer: Importer | None = None
        if len(paths) == 1 and _plain(choices) and _holds_records(paths[0]):
            self._indexer = Indexer(paths[0], self.session.timeline)
        else:
            from ocpptui.importing.importer import Importer
            from ocpptui.importing.reader import ImportOptions as Chosen

            self._importer = Importer(paths, self.session.timeline, choices or Chosen())

    @property
    def progress(self) -> float:
        """From 0 to 1; 0 as long as nobody knows how much there is."""
        if self._finished:
            return 1.0
        part = self._indexer or self._importer
        return part.progress if part is not None else 1.0

    @property
    def problems(self) -> list[Problem]:
        """What of the recordings is no record, in their order; the first thousand of each file."""
        if self._indexer is not None:
            return [Problem(self.paths[0], problem) for problem in self._indexer.problems]
        assert self._importer is not None
        return [Problem(path, problem) for path, problem in self._importer.problems]

    @property
    def unreadable(self) -> int:
        """How many lines of recordings are no record."""
        return self._indexer.unreadable if self._indexer is not None else len(self.problems)

    @property
    def skipped(self) -> Iterator[Problem]:
        """The places of foreign captures that hold no frame, the first thousand of each file."""
        for file in self._importer.files if self._importer is not None else ():
            for place in file.tally.skipped:
                yield Problem(file.path, place)

    @property
    def evidence(self) -> list[str]:
        """What was not said and had to be inferred, with the reasons, a sentence each."""
        return self._importer.evidence if self._importer is not None else []

    @property
    def tallies(self) -> list[str]:
        """Of each foreign capture how much of it was understood, one sentence each."""
        files = self._importer.files if self._importer is not None else ()
        return [f"{file.path}: {file.summary}" for file in files if file.format != "recording"]

    def advance(self, budget: float) -> bool:
        """Read on for about `budget` seconds; True when everything is in, which a file that is followed never is."""
        if self._importer is not None:
            self._finished = self._importer.advance(budget)
            self.idle = self._importer.idle and not self._finished
            self.failures = self._importer.failures
            return self._finished
        assert self._indexer is not None
        if not self.failures:
            try:
                everything = self._indexer.advance(budget)
            except RecordingError as error:
                self.failures.append(str(error))
                everything = True
            self.idle = everything and self._follow and not self.failures
            self._finished = everything and not self.idle
        return self._finished

    async def close(self) -> None:
        """Let go of the files."""
        part = self._indexer or self._importer
        if part is not None:
            part.close()
        await self.session.close()


def _plain(choices: ImportOptions | None) -> bool:
    """Whether nothing is asked for that only an import does."""
    if choices is None:
        return True
    return choices.format in (None, "recording") and not choices.shifts and not choices.merge


def _holds_records(path: Path) -> bool:
    """Whether a file is a recording. Raises UnreadableFile."""
    if path == Path("-") or path.is_dir():
        return False
    if not path.is_file():
        Indexer(path, Session().timeline)  # says what is wrong with it
    try:
        with path.open("rb") as file:
            return is_recording(file.read(HEAD))
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
