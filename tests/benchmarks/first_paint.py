"""The first paint of `ocpptui open` on 1,000,000 records, beside a Textual app that shows one label.

    python -m tests.benchmarks.first_paint [RECORDS | FILE]

Both run in a pseudo-terminal of 80x24, in turn and in fresh processes, and are timed from the start of the process to
the first output that has the label, or a row of the log, in it. Goal: within 1.8 times.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median

import pexpect

from tests.benchmarks.large_recording import DEFAULT_RECORDS, large_recording

ROUNDS = 9
PATIENCE = 60
PROGRAM = Path(sysconfig.get_path("scripts")) / "ocpptui"
ROW = "opened"
"""What stands in the first rows of the log."""
LABEL = """
from textual.app import App
from textual.widgets import Label

class OneLabel(App):
    def compose(self):
        yield Label("one label")

OneLabel().run()
"""


def seconds_until(home: str, arguments: list[str], *shown: str) -> list[float]:
    """Seconds from the start of a program until each of these is on its screen."""
    environment = {**os.environ, "OCPPTUI_HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles the program anew at each start
    environment["PYTHONPYCACHEPREFIX"] = home
    began = time.perf_counter()
    child = pexpect.spawn(arguments[0], arguments[1:], env=environment, dimensions=(24, 80), timeout=PATIENCE)
    try:
        times = []
        for text in shown:
            child.expect_exact(text.encode())
            times.append(time.perf_counter() - began)
        return times
    finally:
        child.close(force=True)


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT_RECORDS)
    recording = large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given))
    with recording as path, tempfile.TemporaryDirectory() as home:
        label = [sys.executable, "-c", LABEL]
        program = [str(PROGRAM), "open", str(path)]
        seconds_until(home, label, "one label")  # the files of both are in memory and compiled from then on
        seconds_until(home, program, ROW)
        bare, header, rows = [], [], []
        for _ in range(ROUNDS):
            bare += seconds_until(home, label, "one label")
            first, second = seconds_until(home, program, path.name[:12], ROW)
            header.append(first)
            rows.append(second)
    print(f"a Textual app with one label: {median(bare) * 1000:.0f} ms")
    print(f"ocpptui open, header: {median(header) * 1000:.0f} ms, {median(header) / median(bare):.2f} times")
    print(f"ocpptui open, first rows: {median(rows) * 1000:.0f} ms")
    print(f"first paint: {median(rows) / median(bare):.2f} times the app with one label (goal 1.8)")


if __name__ == "__main__":
    main()
