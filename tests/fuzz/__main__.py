"""Attacks the program with inputs that are nearly right: `python -m tests.fuzz --seconds 1800 --seed 1`.

Each input has a name such as `files-17`; with `--seed` and `--only files-17` it is made again. An input that crashes or
takes long is kept in `--keep`. Figures come last; the exit code is 1 if anything crashed.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.fuzz.rooms import ROOMS

HANG = 2.0
"""Seconds of processor time for one stage of an input that count as a hang."""
OF_MANY_STEPS = {"screen": 20.0, "sockets": 10.0}
"""The same for stages with dozens of keys or messages."""
ENDLESS = 60.0
"""Seconds after which an input is given up as a crash, with a traceback of where it is."""
STUCK = 300.0
"""Seconds after which the whole run is ended, if an input cannot be given up."""


class Endless(Exception):
    """An input that takes so long that it is given up."""


class Fuzzer:
    """One run: its figures, and the folder of what failed."""

    def __init__(self, seed: str, keep: Path) -> None:
        self.seed = seed
        self.keep = keep
        self.inputs: Counter[str] = Counter()
        """How many inputs each stage has had."""
        self.crashes: dict[str, str] = {}
        """The first input of each kind of crash, by where it happened."""
        self.crashed: Counter[str] = Counter()
        self.hangs: Counter[str] = Counter()
        self.in_threads: list[BaseException] = []

    def attack(self, room: str, number: int) -> None:
        """Feed one input to a room."""
        name = f"{room}-{number}"
        rng = Random(f"{self.seed}:{name}")
        with tempfile.TemporaryDirectory(prefix="ocpptui-fuzz-") as folder, _nothing_of_the_user(folder):
            stage = "making"
            began = time.process_time()
            faulthandler.dump_traceback_later(STUCK, exit=True)
            _give_up_after(ENDLESS)
            try:
                for entered in ROOMS[room][0](rng, Path(folder)):
                    began = self._passed(stage, began, name, Path(folder))
                    stage = entered
                    self.inputs[stage] += 1
                self._passed(stage, began, name, Path(folder))
                if self.in_threads:
                    raise self.in_threads.pop()
            except Exception as error:  # whatever it is, it is what this looks for
                self._crash(stage, error, name, Path(folder))
            finally:
                _give_up_after(0)
                faulthandler.cancel_dump_traceback_later()
                self.in_threads.clear()

    def _passed(self, stage: str, began: float, name: str, folder: Path) -> float:
        """Note a stage that took long; the time now."""
        now = time.process_time()
        if stage != "making" and now - began > OF_MANY_STEPS.get(stage, HANG):
            self.hangs[stage] += 1
            self._tell(f"HANG {stage} {now - began:.1f} s: {name}")
            self._save(name, folder)
        return time.process_time()

    def _crash(self, stage: str, error: Exception, name: str, folder: Path) -> None:
        frames = [one for one in traceback.extract_tb(error.__traceback__) if "ocpptui/" in one.filename]
        place = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        self.crashed[stage] += 1
        if kind not in self.crashes:
            self.crashes[kind] = f"{stage}, {name}"
            report = "".join(traceback.format_exception(error, limit=-12))
            self._tell(f"CRASH {stage}: {name}: {kind}\n{report}")
            self._save(name, folder)

    def _save(self, name: str, folder: Path) -> None:
        if folder.is_dir():
            shutil.copytree(folder, self.keep / name, dirs_exist_ok=True)

    def _tell(self, text: str) -> None:
        self.keep.mkdir(parents=True, exist_ok=True)
        print(ascii(text)[1:-1].replace("\\n", "\n"), flush=True)

    def figures(self) -> str:
        """The table of what was tried and what failed."""
        rows = [(stage, self.inputs[stage], self.crashed[stage], self.hangs[stage]) for stage in self.inputs]
        rows.append(("all", self.inputs.total(), self.crashed.total(), self.hangs.total()))
        lines = [f"{'stage':<16}{'inputs':>10}{'crashes':>10}{'hangs':>10}"]
        lines += [f"{name:<16}{inputs:>10,}{crashes:>10,}{hangs:>10,}" for name, inputs, crashes, hangs in rows]
        lines += [f"  {kind}: {where}" for kind, where in self.crashes.items()]
        return "\n".join([*lines, f"peak memory: {_peak_memory()} MB"])


@contextmanager
def _nothing_of_the_user(folder: str) -> Iterator[None]:
    """With a home of its own, and without a clipboard."""
    before = dict(os.environ)
    os.environ.pop("TMUX", None)
    os.environ.update(OCPPTUI_HOME=str(Path(folder, "home")), SSH_CONNECTION="none")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _give_up_after(seconds: float) -> None:
    """Raise Endless after so many seconds of processor time, or never with 0, where the system has such a timer."""
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGPROF, _give_up)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _give_up(number: int, frame: object) -> None:
    raise Endless


def _peak_memory() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)


def run(seed: str, *, seconds: float, keep: Path, rooms: dict[str, int]) -> Fuzzer:
    """Attack the rooms, each by its share, until the time is over."""
    fuzzer = Fuzzer(seed, keep)
    heard, threading.excepthook = (
        threading.excepthook,
        lambda given: fuzzer.in_threads.append(given.exc_value or RuntimeError()),
    )
    try:
        end, numbers = time.monotonic() + seconds, Counter[str]()
        order = [room for room, share in rooms.items() for _ in range(share)]
        Random(seed).shuffle(order)
        while time.monotonic() < end:
            for room in order:
                if time.monotonic() >= end:
                    break
                fuzzer.attack(room, numbers[room])
                numbers[room] += 1
    finally:
        threading.excepthook = heard
    return fuzzer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to attack")
    parser.add_argument("--seed", default="1", help="the same seed makes the same inputs")
    parser.add_argument("--room", choices=ROOMS, action="append", help="only this room")
    parser.add_argument("--only", metavar="INPUT", help="only this input, such as files-17")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="folder for what failed")
    given = parser.parse_args()
    if given.only:
        fuzzer = Fuzzer(given.seed, given.keep)
        room, _, number = given.only.rpartition("-")
        fuzzer.attack(room, int(number))
    else:
        rooms = {room: share for room, (_, share) in ROOMS.items() if not given.room or room in given.room}
        fuzzer = run(given.seed, seconds=given.seconds, keep=given.keep, rooms=rooms)
    print(fuzzer.figures())
    return 1 if fuzzer.crashed else 0


if __name__ == "__main__":
    sys.exit(main())
