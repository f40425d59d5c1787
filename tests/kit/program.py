"""The program as a user starts it: a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

OCPPTUI = (sys.executable, "-m", "ocpptui")
"""The words that start it, before its arguments."""


def environment_of(home: Path) -> dict[str, str]:
    """The environment of a user who never ran it: no configuration, no recordings, no password."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCPPTUI_")}
    return {**kept, "OCPPTUI_HOME": str(home)}


def unmeasured() -> dict[str, str]:
    """The environment of a program whose modules a test looks at: a coverage run would load its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
