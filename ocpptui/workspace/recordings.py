"""The recording that every live session writes from its first record on."""

from __future__ import annotations

import stat
from pathlib import Path

from ocpptui.recording.writer import RecordingWriter
from ocpptui.runtime.clock import now
from ocpptui.workspace.folders import new_recording, recordings_folder


def begin_recording(path: Path | None, name: str, *, least_free: int | None = None) -> RecordingWriter:
    """Begin a recording at `path` or, without one, a new file in the user's state folder with `name` in its name.

    `least_free` is how many bytes of the disk stay free; None chooses it by the size of the disk. If the file cannot be
    written, the recording says so in `failure` and keeps its records in memory.
    """
    return RecordingWriter(path or new_recording(name, now()), least_free=least_free, spare=recordings_folder)


def discard_empty(path: Path | None) -> None:
    """Delete the recording of a session that never began; one with any content is kept, and so is a device."""
    try:
        if path is not None and stat.S_ISREG((found := path.lstat()).st_mode) and found.st_size == 0:
            path.unlink()
    except OSError:
        return
