"""What can be wrong with a recording as a whole."""

from __future__ import annotations

from pathlib import Path

from ocpptui.runtime.standard_input import input_name


class RecordingError(Exception):
    """A recording cannot be used; the text is a sentence for the user."""


class UnreadableFile(RecordingError):
    """The file cannot be opened, or nothing in it can be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{input_name(path)}: {reason}")
        self.path = path
        self.reason = reason


class LaterVersion(RecordingError):
    """A record is of a later major version of the recording format than this program reads."""

    def __init__(self, version: str, line: int | None = None) -> None:
        place = "this record" if line is None else f"line {line}"
        super().__init__(
            f"{place} is of version {version} of the recording format, this program reads version 1; "
            f"it needs an ocpptui that reads version {version.split('.')[0]}"
        )
        self.version = version
        self.line = line
