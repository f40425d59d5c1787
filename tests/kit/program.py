"""The program as a user starts it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

OCPPTUI = (sys.executable, "-m", "ocpptui")
"""The words that start it, before its arguments."""
PATIENT = (
    sys.executable,
    "-c",
    "from ocpptui.runtime import signals; signals.PATIENCE = 90; from ocpptui.__main__ import main; main()",
)
"""The same, but with time for its end after a signal: on a busy machine it is ended by force before it is done."""
WAITING = (
    sys.executable,
    "-c",
    "from ocpptui.network import limits; limits.OPEN_TIMEOUT = limits.CLOSE_TIMEOUT = 600.0; " + PATIENT[-1],
)
"""The same, but a handshake and a Close frame have ten minutes: only haste ends it before it is ended by force."""
DURATIONS = ("1.5", "8", "40")
"""Seconds that a session may take, one after the other: the first is enough on a machine that does nothing else."""


def run_long_enough(
    run: Callable[..., subprocess.CompletedProcess[str]], enough: Callable[[str], object], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """A session without a screen, again and for longer until its standard output is enough."""
    for seconds in DURATIONS:
        result = run(*arguments, "--headless", "--duration", seconds)
        if enough(result.stdout):
            break
    return result


def run_in(folder: Path, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it to its end in this folder; without `home`, a folder in it is that of a user who never ran it."""
    return subprocess.run(
        [*OCPPTUI, *arguments],
        cwd=folder,
        env=environment_of(home or folder / "home"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment_of(home: Path) -> dict[str, str]:
    """The environment of a user who never ran it: no configuration, no recordings, no password."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCPPTUI_")}
    return {**kept, "OCPPTUI_HOME": str(home)}


def unmeasured() -> dict[str, str]:
    """The environment of a program whose modules a test looks at: a coverage run would load its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
