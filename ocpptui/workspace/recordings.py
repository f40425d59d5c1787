"""The recording that every live session has from its first record on."""

from __future__ import annotations

from pathlib import Path

from ocpptui.recording.writer import RecordingWriter
from ocpptui.runtime.clock import now
from ocpptui.workspace.folders import new_recording


def begin_recording(path: Path | None, name: str) -> RecordingWriter:
    """A recording at `path`, else a new one in the user's state folder with `name` in its name.

    Where nothing can be written there it says so (`failure`) and keeps its records in memory.
    """
    return RecordingWriter(path or new_recording(name, now()))


def discard_empty(path: Path | None) -> None:
    """Take away the recording of a session that never began; one with anything in it stays."""
    try:
        if path is not None and path.stat().st_size == 0:
            path.unlink()
    except OSError:
        return
