"""A session over files: their records are loaded piece by piece, while those already loaded can be used."""

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
    """A piece of a file that is not a record."""

    path: Path
    unreadable: Unreadable

    def __str__(self) -> str:
        return f"{self.path}: {self.unreadable}"


class FileSession:
    """Loads recordings and captures of other tools into the timeline of one session, by time.

    Call `advance` repeatedly from the thread that owns the session. Raises UnreadableFile if a file cannot be opened.
    """

    def __init__(self, paths: Sequence[Path], choices: ImportOptions | None = None) -> None:
        self.paths = tuple(paths)
        self.session = Session()
        self.failures: list[str] = []
        """Why files could not be read to their end, one sentence each."""
        self.idle = False
        """Everything available is loaded, but more may come."""
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
        """From 0 to 1; 0 as long as the size is unknown."""
        if self._finished:
            return 1.0
        part = self._indexer or self._importer
        return part.progress if part is not None else 1.0

    @property
    def problems(self) -> list[Problem]:
        """The parts of the recordings that are not records, in their order; the first thousand of each file."""
        if self._indexer is not None:
            return [Problem(self.paths[0], problem) for problem in self._indexer.problems]
        assert self._importer is not None
        return [Problem(path, problem) for path, problem in self._importer.problems]

    @property
    def unreadable(self) -> int:
        """How many lines of the recordings are not records."""
        return self._indexer.unreadable if self._indexer is not None else len(self.problems)

    @property
    def skipped(self) -> Iterator[Problem]:
        """The lines of other tools' captures that contain no frame, the first thousand of each file."""
        for file in self._importer.files if self._importer is not None else ():
            for place in file.tally.skipped:
                yield Problem(file.path, place)

    @property
    def evidence(self) -> list[str]:
        """What was inferred and why, one sentence each."""
        return self._importer.evidence if self._importer is not None else []

    @property
    def tallies(self) -> list[str]:
        """How much of each other tool's capture was understood, one sentence each."""
        files = self._importer.files if self._importer is not None else ()
        return [f"{file.path}: {file.summary}" for file in files if file.format != "recording"]

    def advance(self, budget: float) -> bool:
        """Read on for about `budget` seconds; True when everything is loaded, which is never while following."""
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
        """Close the files."""
        part = self._indexer or self._importer
        if part is not None:
            part.close()
        await self.session.close()


def _plain(choices: ImportOptions | None) -> bool:
    """Whether no option is set that requires an import."""
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
