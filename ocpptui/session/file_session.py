"""A session over files: their records are loaded piece by piece, while those already loaded can be used."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ocpptui.ocpp.counted import counted
from ocpptui.recording.file_errors import RecordingError, UnreadableFile
from ocpptui.recording.indexer import Indexer
from ocpptui.recording.line_format import is_recording
from ocpptui.recording.problem import Problem
from ocpptui.runtime.garbage import leave_out_survivors, release_survivors
from ocpptui.runtime.standard_input import STANDARD_INPUT, input_name, short_input_name
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.secret_search import SecretSearch
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.importing.reader import ImportOptions
    from ocpptui.recording.recording_reader import Recording

HEAD = 2**12
AT_ONCE = 1.0
"""Seconds of reading between two checks for the end."""
MEANWHILE = 0.01
"""Seconds of diagnosis between two looks for what another process has read."""
LOOKED_AGAIN = 0.1
"""Seconds between two looks for more in a file that grows, or from a pipe."""


class Intake(Protocol):
    """Loads files into a timeline: a recording by itself, or any files through an import."""

    failures: list[str]
    idle: bool
    waits: bool

    @property
    def progress(self) -> float: ...
    @property
    def problems(self) -> list[Problem]: ...
    @property
    def unreadable(self) -> int: ...
    @property
    def skipped(self) -> Iterator[Problem]: ...
    @property
    def evidence(self) -> list[str]: ...
    @property
    def tallies(self) -> list[str]: ...
    @property
    def warnings(self) -> list[str]: ...
    def place_of(self, index: int) -> tuple[Path, int]: ...
    def advance(self, budget: float) -> bool: ...
    def close(self) -> None: ...


class FileSession:
    """Loads recordings and captures of other tools into the timeline of one session, by time.

    Call `advance` repeatedly from the thread that owns the session. Raises UnreadableFile if a file cannot be opened.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        choices: ImportOptions | None = None,
        *,
        keep_secrets: bool = False,
        diagnoses: bool = True,
    ) -> None:
        """Without `diagnoses`, the rules that need a state are left out, for those who need no findings."""
        self.paths = tuple(paths)
        self.choices = choices
        """How they are read."""
        self.session = Session(settings=SessionSettings(keep_secrets=keep_secrets))
        self._search: SecretSearch | None = None
        self.session.live_diagnosis.is_on = False
        self._diagnoses = diagnoses
        self._loaded = self._finished = False
        self._intake: Intake
        self._whole: Recording | None = None  # that all records come from, and no further ones
        if len(paths) == 1 and _plain(choices) and _holds_records(paths[0]):
            self.session.timeline.masks_when_read = not keep_secrets
            self._search = SecretSearch(self.session.timeline) if not keep_secrets else None
            follow = choices is not None and choices.follow
            self._intake = intake = _RecordingIntake(paths[0], self.session.timeline, follow)
            self._whole = None if follow else intake.recording
        else:
            self._intake = _imported(paths, self.session.timeline, choices, keep_secrets)

    @property
    def name(self) -> str:
        """What reports call the files."""
        return ", ".join(map(input_name, self.paths))

    @property
    def short_name(self) -> str:
        """What the screen calls them."""
        return ", ".join(map(short_input_name, self.paths))

    @property
    def failures(self) -> list[str]:
        """Why files could not be read to their end, one sentence each."""
        return self._intake.failures

    @property
    def idle(self) -> bool:
        """Everything available is loaded and diagnosed, but more may come."""
        return self._intake.idle and not self._finished and self.diagnosed == 1

    @property
    def progress(self) -> float:
        """From 0 to 1; 0 as long as the size is unknown."""
        return 1.0 if self._loaded else self._intake.progress

    @property
    def diagnosed(self) -> float:
        """How many of the loaded records are diagnosed, from 0 to 1."""
        loaded = len(self.session.timeline)
        return self.session.diagnosis.diagnosed / loaded if loaded and self._diagnoses else 1.0

    @property
    def problems(self) -> list[Problem]:
        """The parts of the recordings that are not records, in their order; the first thousand of each file."""
        return self._intake.problems

    @property
    def unreadable(self) -> int:
        """How many lines of the recordings are not records."""
        return self._intake.unreadable

    @property
    def unread(self) -> list[str]:
        """What of the files is not in the timeline, in sentences."""
        said = list(self.failures)
        if self.unreadable:
            said.append(f"{self.unreadable_words}.")
        return said

    @property
    def unreadable_words(self) -> str:
        """How many lines of a recording are not records; a sentence without its full stop."""
        return f"{counted(self.unreadable, 'line')} {'is not a record' if self.unreadable == 1 else 'are not records'}"

    @property
    def skipped(self) -> Iterator[Problem]:
        """The lines of other tools' captures that contain no frame, the first thousand of each file."""
        hide = self.session.timeline.without_secrets
        return (problem.worded(hide) for problem in self._intake.skipped)

    @property
    def evidence(self) -> list[str]:
        """What was inferred and why, one sentence each."""
        return self._intake.evidence

    @property
    def tallies(self) -> list[str]:
        """How much of each other tool's capture was understood, one sentence each."""
        return self._intake.tallies

    @property
    def warnings(self) -> list[str]:
        """For which reasons a part of what was inferred is uncertain or wrong; they are also in `evidence`."""
        return self._intake.warnings

    def place_of(self, index: int) -> tuple[Path, int]:
        """The file that a record comes from, and its line in it, from 1; 0 if it is in no line of a text."""
        return self._intake.place_of(index)

    def advance(self, budget: float) -> bool:
        """Go on for about `budget` seconds; True when everything is loaded and diagnosed, never while following."""
        end, has_loaded = time.perf_counter() + budget, self._loaded or self._intake.idle
        has_rows = len(self.session.timeline) > 0
        self._loaded = self._loaded or self._intake.advance(budget)
        while self._intake.waits and has_rows and (left := end - time.perf_counter()) > 0:
            if self._diagnoses:
                self.session.diagnosis.advance(min(left, MEANWHILE))
            self._loaded = self._intake.advance(left)
        self.session.diagnosis.is_complete = self._loaded
        left = end - time.perf_counter()
        if (self._loaded or self._intake.idle) and self._diagnoses and (has_loaded or left > 0):
            self.session.diagnosis.advance(left)
        if not self._finished:
            leave_out_survivors()
        self._finished = self._loaded and self.diagnosed == 1
        return self._finished

    def read_whole(self) -> None:
        """Load everything, for commands that need nothing before; waits for what a pipe does not have yet.

        After that, a secret that is masked in one record is masked in all of them.
        """
        self.session.diagnosis.whole = self._whole
        while not self.advance(AT_ONCE):
            if self.idle:
                self.pause()
        while not self.find_secrets(AT_ONCE):
            pass

    def pause(self) -> None:
        """Wait a moment, while it is idle, before looking for more. It blocks: for commands without a screen."""
        time.sleep(LOOKED_AGAIN)

    def find_secrets(self, budget: float) -> bool:
        """Look for about `budget` seconds for the secrets in what was read; True when all of it was searched.

        Each is masked in all records from then on, also in those before the one that shows that it is a secret.
        """
        return self._search is None or self._search.advance(budget)

    async def close(self) -> None:
        """Close the files."""
        self.session.diagnosis.close()
        self._intake.close()
        await self.session.close()
        release_survivors()


class _RecordingIntake:
    """A single recording, whose bytes go into the columns of the timeline without a record for each."""

    waits = False
    evidence: list[str] = []
    tallies: list[str] = []
    warnings: list[str] = []

    def __init__(self, path: Path, timeline: Timeline, follow: bool) -> None:
        self.failures: list[str] = []
        self.idle = False
        self._path = path
        self._follow = follow
        self._indexer = Indexer(path, timeline)
        self.recording = self._indexer.recording
        self.close = self._indexer.close

    @property
    def progress(self) -> float:
        return self._indexer.progress

    @property
    def problems(self) -> list[Problem]:
        return [Problem(self._path, problem) for problem in self._indexer.problems]

    @property
    def unreadable(self) -> int:
        return self._indexer.unreadable

    @property
    def skipped(self) -> Iterator[Problem]:
        return iter(())

    def place_of(self, index: int) -> tuple[Path, int]:
        return self._path, self._indexer.line_of(index)

    def advance(self, budget: float) -> bool:
        if self.failures:
            return True
        try:
            everything = self._indexer.advance(budget)
        except RecordingError as error:
            self.failures.append(str(error))
            everything = True
        self.idle = everything and self._follow and not self.failures
        return everything and not self.idle


def _imported(paths: Sequence[Path], timeline: Timeline, choices: ImportOptions | None, keep_secrets: bool) -> Intake:
    from ocpptui.importing.importer import Importer
    from ocpptui.importing.reader import ImportOptions

    return Importer(paths, timeline, choices or ImportOptions(), keep_secrets=keep_secrets)


def _plain(choices: ImportOptions | None) -> bool:
    """Whether no option is set that requires an import."""
    if choices is None:
        return True
    return choices.format in (None, "recording") and not choices.shifts and not choices.merge


def _holds_records(path: Path) -> bool:
    """Whether a file is a recording. Raises UnreadableFile."""
    if path == STANDARD_INPUT:
        return False
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a folder, or a pipe that may never have a beginning
            return False
        with path.open("rb") as file:
            return is_recording(file.read(HEAD))
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
