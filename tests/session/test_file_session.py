"""A session over files: what it loads to be quick."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ocpptui.session.file_session import FileSession

OPENED = """
import sys
from pathlib import Path
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
opening = FileSession([Path(sys.argv[1])])
opening.advance(0)  # as before the first paint; what needs a state is checked after it
assert len(opening.session.timeline) == 1
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


def opened(tmp_path: Path, records: int) -> FileSession:
    """A session over a recording of heartbeats after a BootNotification that was rejected."""
    line = (
        '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:02:03Z","ocppVersion":"1.6","transport":"json",'
        '"chargePointId":"CP1","direction":"%s","messageType":"%s","messageId":"%d","action":"%s","raw":%s}\n'
    )
    boot = '[2,"0","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]'
    answer = '[3,"0",{"status":"Rejected","currentTime":"2026-11-22T10:02:03Z","interval":60}]'
    lines = [
        line % ("cp-to-csms", "CALL", 0, "BootNotification", json.dumps(boot)),
        line % ("csms-to-cp", "CALLRESULT", 0, "BootNotification", json.dumps(answer)),
    ]
    for number in range(1, records - 1):
        raw = json.dumps(f'[2,"{number}","Heartbeat",{{}}]')
        lines.append(line % ("cp-to-csms", "CALL", number, "Heartbeat", raw))
    path = tmp_path / "recording.jsonl"
    path.write_text("".join(lines))
    return FileSession([path])


def test_a_file_is_finished_when_it_is_diagnosed(tmp_path: Path) -> None:
    """A report would lack what is found last, and the screen would say that nothing more comes."""
    opening = opened(tmp_path, 1000)
    seen = []
    while not opening.advance(0):
        seen.append(opening.diagnosed)
    assert opening.progress == opening.diagnosed == 1
    assert seen == sorted(seen) and len(set(seen)) > 2
    assert "boot.call-while-rejected" in opening.session.timeline.broken_rules(2)


async def test_who_needs_no_findings_does_not_wait_for_them(tmp_path: Path) -> None:
    opening = opened(tmp_path, 10)
    unchecked = FileSession(opening.paths, diagnoses=False)
    unchecked.read_whole()
    assert unchecked.session.diagnosis.diagnosed == 0 and unchecked.diagnosed == 1
    await unchecked.close()
    await opening.close()
