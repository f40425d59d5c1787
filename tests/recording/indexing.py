"""A whole recording in a timeline at once."""

from __future__ import annotations

from pathlib import Path

from ocpptui.recording.file_errors import RecordingError
from ocpptui.recording.indexer import Indexer
from ocpptui.timeline.timeline import Timeline


def index_all(path: Path, timeline: Timeline) -> Indexer:
    """Bring a whole recording into a timeline. Raises as `Indexer` and `Indexer.advance` do."""
    indexer = Indexer(path, timeline)
    try:
        while not indexer.advance(1.0):
            pass
    except RecordingError:
        indexer.close()
        raise
    return indexer
