"""Start-up of the commands that need no session, beside a bare interpreter that imports click.

Runs them in turn, in fresh processes, and prints for each how many times the bare one it takes; the worst is last.
Goal: within 1.5 times.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from statistics import median

ROUNDS = 25

PROGRAM = Path(sysconfig.get_path("scripts")) / "ocpptui"
BARE = [sys.executable, "-c", "import click"]
COMMANDS = {
    "ocpptui --help": [str(PROGRAM), "--help"],
    "ocpptui actions": [str(PROGRAM), "actions"],
}


def seconds(command: list[str]) -> float:
    """How long one run of a command takes."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    everything = {"bare": BARE, **COMMANDS}
    for command in everything.values():
        seconds(command)
    times: dict[str, list[float]] = {name: [] for name in everything}
    for _ in range(ROUNDS):
        for name, command in everything.items():
            times[name].append(seconds(command))
    bare = median(times["bare"])
    print(f"python -c 'import click': {bare * 1000:.1f} ms")
    ratios = {name: median(times[name]) / bare for name in COMMANDS}
    for name, ratio in ratios.items():
        print(f"{name}: {median(times[name]) * 1000:.1f} ms, {ratio:.2f} times")
    print(f"worst: {max(ratios.values()):.2f}")


if __name__ == "__main__":
    main()
