"""The second process that reads a large log for `shared_reading`, as the first one would: from finding the frames to
the columns and lines of the records.

It is this module run as a program.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ocpptui.importing.finished_records import RecordFinisher
from ocpptui.importing.formats import LOG
from ocpptui.importing.reader import ImportOptions, Pause
from ocpptui.importing.shared_reading import Portion
from ocpptui.importing.source_file import ForeignFile
from ocpptui.recording.file_errors import RecordingError
from ocpptui.runtime.garbage import resume_collections
from ocpptui.runtime.second_process import identity_of, serve
from ocpptui.timeline.record import Record

MOST = 500
"""How many records are handed on together, about: the first process takes them in one step."""


class _Reading:
    """The reading of a file, block by block."""

    def __init__(self, file: ForeignFile, *, keeps_secrets: bool) -> None:
        self._file = file
        self._steps = file.steps()
        self._keeps_secrets = keeps_secrets
        self._finisher = RecordFinisher(keeps_secrets=keeps_secrets)
        self._found = self._shown = 0

    def portion(self, _: bytes) -> bytes:
        """What the next block has, or the next part of one with many records, packed."""
        records, is_last = list[Record](), True
        with suppress(RecordingError):  # the first process comes to the same end
            for step in self._steps:
                if isinstance(step, list):
                    records += step
                if step is Pause.BUSY or len(records) >= MOST:
                    is_last = False
                    break
        tally, first, shown = self._file.tally, self._found, self._shown
        secrets = tally.taken_secrets()
        if not self._keeps_secrets:
            self._finisher.know(secrets)
        self._found, self._shown = first + len(records), len(tally.skipped)
        return Portion(
            self._finisher.finished(records),
            first,
            is_last,
            self._file.place,
            (tally.with_frame, tally.without_frame, tally.last_skipped),
            [(one.reason, one.line or 0) for one in tally.skipped[shown:]],
            tally.guessed,
            tally.evidence,
            tally.warnings,
        ).packed()


def read_log() -> None:
    """Read a log until nobody wants more."""
    path, device, number, choices, secrets = sys.argv[1:]
    options = ImportOptions.of_log(choices)
    file = ForeignFile(Path(path), replace(options, format=LOG), alone=True)
    if identity_of(file.number) != (device, number):
        os._exit(1)
    resume_collections()
    serve(_Reading(file, keeps_secrets=secrets == "keep").portion)


if __name__ == "__main__":
    read_log()
