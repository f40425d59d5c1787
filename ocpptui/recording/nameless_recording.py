"""A recording for as long as this process wants it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ocpptui.recording.writer import RecordingWriter


def nameless_recording() -> RecordingWriter:
    """A recording whose file has no name, so that nothing of it remains even if this program is killed; its records are
    held back, since nobody else reads it. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix="ocpptui-", suffix=".jsonl")
    os.close(handle)
    found = RecordingWriter(Path(name), nameless=True)
    found.holds_back = True
    return found
