"""A session over files: what it loads to be quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OPENED = """
import sys
from pathlib import Path
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
opening = FileSession([Path(sys.argv[1])])
assert opening.advance(1) and len(opening.session.timeline) == 1
OcpptuiApp(opening.session, opening=opening)
needless = ("ocpptui.simulator", "ocpptui.compose", "ocpptui.stations.", "ocpptui.importing.", "ocpptui.replay",
            "ocpptui.network.c", "ocpptui.session.connection_driver", "ocpptui.tui.screens.start_screen", "websockets")
print(*(name for name in sys.modules if name.startswith(needless)))
"""
NOTE = (
    '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:02:03Z","ocppVersion":"1.6","transport":"json",'
    '"chargePointId":"CP1","direction":"cp-to-csms","messageType":"NOTE","meta":{"ocpptui":{"text":"hello"}}}\n'
)


def test_an_opened_recording_needs_no_sockets_and_no_simulator(tmp_path: Path) -> None:
    """A user who opens a file waits for all that is loaded before the first screen."""
    recording = tmp_path / "note.jsonl"
    recording.write_text(NOTE)
    loaded = subprocess.run([sys.executable, "-c", OPENED, recording], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == []
