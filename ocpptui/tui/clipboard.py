"""Copying out of a terminal, also over SSH: OSC 52, tmux's own buffer, and a file that is always there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from textual.app import App

from ocpptui.session.folders import state_folder

MAX_OSC52 = 74_994
"""Characters that terminals take in one OSC 52 sequence."""


def copy(app: App[object], text: str) -> str:
    """Copy a text by every way there is; what was done, as a sentence."""
    ways: list[str] = []
    if len(text) <= MAX_OSC52:
        app.copy_to_clipboard(text)
        ways.append("to the terminal's clipboard")
    if os.environ.get("TMUX") and _to_tmux(text):
        ways.append("to tmux's buffer")
    path = _to_file(text)
    if path is not None and (not ways or len(text) > MAX_OSC52):
        ways.append(f"to {path}")
    size = f"{len(text):,} characters"
    if not ways:
        return f"{size} could not be copied: too long for the terminal, and no file could be written."
    return (
        f"Copied {size} {' and '.join(ways)}" + (f"; also in {path}" if path and len(text) <= MAX_OSC52 else "") + "."
    )


def _to_tmux(text: str) -> bool:
    if shutil.which("tmux") is None:
        return False
    try:
        subprocess.run(
            ["tmux", "load-buffer", "-w", "-"], input=text.encode(), check=True, timeout=2, capture_output=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _to_file(text: str) -> Path | None:
    try:
        path = state_folder() / "copied.txt"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        path.chmod(0o600)
    except OSError:
        return None
    return path
