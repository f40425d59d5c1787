"""What the program writes is for its user alone, whatever the umask is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.program import OCPPTUI
from tests.kit.recordings import recording_of


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")
def test_no_file_is_readable_by_others(environment: dict[str, str], tmp_path: Path, central_system: str) -> None:
    """A recording holds what a customer's charge points say."""
    recording, folder = recording_of(tmp_path, 3), tmp_path / "out"
    folder.mkdir()
    for arguments in (
        ["demo", "--headless", "--duration", "0.5"],
        ["convert", str(recording), str(folder / "page.html")],
        ["send", f"{central_system}CP1", "Heartbeat", "--record", str(folder / "sent.jsonl")],
        ["replay", str(recording), "--as", "cp", "--to", f"{central_system}CP001", "--headless", "--yes",
         "--report", str(folder / "report.json"), "--record", str(folder / "replay.jsonl")],
    ):  # fmt: skip
        command = ["/bin/sh", "-c", 'umask 0; exec "$@"', "sh", *OCPPTUI, *arguments]
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    home = Path(environment["OCPPTUI_HOME"])
    written = [path for root in (home, folder) for path in root.rglob("*") if path != home]
    assert {path.name for path in written} >= {"page.html", "sent.jsonl", "report.json", "replay.jsonl", "recordings"}
    assert [path for path in written if stat.S_IMODE(os.lstat(path).st_mode) & 0o077] == []
