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


GROWING = """
import gc
from ocpptui.runtime.garbage import (
    OBJECTS_BETWEEN_COLLECTIONS, leave_out_survivors, release_survivors, resume_collections)
resume_collections()
before = gc.get_freeze_count()
release_survivors()
assert gc.get_freeze_count() == before, "there are no survivors, and the start stays"
made = []
for _ in range(30):
    made += [[] for _ in range(OBJECTS_BETWEEN_COLLECTIONS)]
    leave_out_survivors()
assert len(gc.get_objects()) < 3 * OBJECTS_BETWEEN_COLLECTIONS, "each collection would take longer than the one before"
release_survivors()
assert gc.get_freeze_count() == 0, "what is garbage when a file is closed would stay in memory"
"""


def test_what_survives_a_collection_is_not_visited_again() -> None:
    """A file of 10,000 connections would stop the screen for a quarter of a second again and again."""
    subprocess.run([sys.executable, "-c", GROWING], check=True)


LITTERING = """
import gc
from ocpptui.runtime.garbage import OBJECTS_BETWEEN_COLLECTIONS, leave_out_survivors, resume_collections
resume_collections()
leave_out_survivors()
before = gc.get_freeze_count()
for _ in range(10):
    for _ in range(3 * OBJECTS_BETWEEN_COLLECTIONS):
        knot = []
        knot.append(knot)
    leave_out_survivors()
assert gc.get_freeze_count() <= before
"""


def test_collections_that_free_objects_leave_nothing_out() -> None:
    """While a file grows for weeks, what is alive at each of them would never be freed."""
    subprocess.run([sys.executable, "-c", LITTERING], check=True)


INTERRUPTED = """
import gc
from ocpptui.runtime.garbage import resume_collections
resume_collections()
assert not gc.callbacks
"""


def test_a_collection_runs_nothing_that_could_swallow_an_interrupt() -> None:
    """A ctrl-c during a collection would end in a callback, with a traceback, and the command would go on."""
    subprocess.run([sys.executable, "-c", INTERRUPTED], check=True)


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
