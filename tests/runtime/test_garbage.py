"""The garbage collector: off during the start, seldom at work after it."""

from __future__ import annotations

import subprocess
import sys

STARTED = """
import gc
from ocpptui.runtime.garbage import OBJECTS_BETWEEN_COLLECTIONS, hold_collections, resume_collections
hold_collections()
assert not gc.isenabled()
made = [[] for _ in range(OBJECTS_BETWEEN_COLLECTIONS)]
resume_collections()
assert gc.isenabled() and gc.get_threshold()[0] == OBJECTS_BETWEEN_COLLECTIONS
assert gc.get_freeze_count() > OBJECTS_BETWEEN_COLLECTIONS, "what the start made is visited no more"
"""


def test_what_the_start_makes_is_never_visited() -> None:
    """Otherwise the first screen waits for collections that free nothing."""
    subprocess.run([sys.executable, "-c", STARTED], check=True)


COMMAND = """
import gc, sys
collected = []
gc.callbacks.append(lambda phase, info: collected.append("ocpptui.cli" in sys.modules))
from ocpptui.__main__ import main
sys.argv = ["ocpptui", "check", "--help"]
try:
    main()
except SystemExit as ended:
    assert not ended.code
assert "ocpptui.cli.check_command" in sys.modules
assert not any(collected), "what a command loads is part of the start"
assert gc.isenabled() and gc.get_freeze_count(), "memory would grow without end"
"""


def test_nothing_is_collected_before_a_command_is_loaded() -> None:
    """Each command would begin with a collection that frees nothing."""
    subprocess.run([sys.executable, "-c", COMMAND], check=True, stdout=subprocess.DEVNULL)
