"""The editor of the user has the terminal for itself, and the screen comes back with what was written."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.kit.program import OCPPTUI, environment_of

EDITOR = """\
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
file = pathlib.Path(sys.argv[-1])
assert "vendorId" in file.read_text()
print("EDITING HERE", oct(file.stat().st_mode & 0o077), flush=True)
print("HEARD", input(), flush=True)
input()
file.write_text('{"vendorId": "from the editor"}\\n')
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_the_editor_has_the_terminal_and_the_screen_comes_back(tmp_path: Path, home: Path) -> None:
    """vi shares the terminal with us: ctrl+c in it must not end the session, and no paint may go over its text."""
    from tests.kit.terminal import on_terminal

    script = tmp_path / "editor.py"
    script.write_text(EDITOR)
    environment = {**environment_of(home), "EDITOR": shlex.join([sys.executable, str(script)])}
    with on_terminal([*OCPPTUI, "demo", "--record", str(tmp_path / "demo.jsonl")], environment) as terminal:
        terminal.shows("MeterValues")
        terminal.press(b"c")
        terminal.shows("choose an action")
        terminal.press(b"DataTransfer\r")
        terminal.shows("vendorId")
        terminal.press(b"\x1b[24~")  # F12
        terminal.shows("EDITING HERE 0o0")
        assert not {"1049", "raw"} & terminal.modes()
        terminal.press(b"\x03hello\r")
        terminal.shows("HEARD hello")
        terminal.press(b"\r")
        terminal.shows("from the editor", "DataTransfer")
        assert {"1049", "raw"} <= terminal.modes()
