"""The recording that every live session has from its first record on."""

from __future__ import annotations

from pathlib import Path

from ocpptui.capture.recording import RecordingWriter
from ocpptui.link.clock import now
from ocpptui.session.folders import new_recording


def begin_recording(path: Path | None, name: str) -> RecordingWriter:
    """A recording at `path`, else a new one in the user's state folder with `name` in its name.

    Raises OSError where that folder cannot be made.
    """
    return RecordingWriter(path or new_recording(name, now()))
