"""Signals that ask for the end are heard while the main thread is busy with something else."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ocpptui.runtime.signals import heard, named

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send signals to one process")


def test_a_signal_is_heard_in_another_thread() -> None:
    came: queue.Queue[tuple[str, int]] = queue.Queue()
    before = signal.getsignal(signal.SIGTERM)
    with heard(named("SIGTERM", "SIGHUP"), lambda number: came.put((number.name, threading.get_ident()))):
        os.kill(os.getpid(), signal.SIGTERM)
        name, thread = came.get(timeout=20)
        assert name == "SIGTERM" and thread != threading.get_ident()
        os.kill(os.getpid(), signal.SIGHUP)
        assert came.get(timeout=20)[0] == "SIGHUP"
    assert signal.getsignal(signal.SIGTERM) is before
    assert came.empty()


def test_other_signals_with_a_handler_are_not_confused_with_it() -> None:
    """The size of the window changes: nobody asked for the end."""
    came: queue.Queue[signal.Signals] = queue.Queue()
    before = signal.signal(signal.SIGWINCH, lambda *_: None)
    try:
        with heard(named("SIGTERM"), came.put):
            os.kill(os.getpid(), signal.SIGWINCH)
            os.kill(os.getpid(), signal.SIGTERM)
            assert came.get(timeout=20) is signal.SIGTERM
    finally:
        signal.signal(signal.SIGWINCH, before)
    assert came.empty()


def test_an_ignored_signal_stays_ignored() -> None:
    """`nohup ocpptui … &` lives on when the shell ends."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heard(named("SIGHUP"), lambda number: pytest.fail(f"heard {number.name}")):
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_names_that_the_system_does_not_have_are_left_out() -> None:
    """SIGHUP is missing on Windows, SIGBREAK elsewhere."""
    assert named("SIGTERM", "SIGNONSENSE") == [signal.SIGTERM]


def test_a_process_that_is_stuck_ends_in_time() -> None:
    """A write to a terminal that nobody reads never returns."""
    code = """
import os, signal
from ocpptui.runtime.signals import end_within, heard, named
with heard(named("SIGTERM"), lambda number: end_within(0.1, 7)):
    os.kill(os.getpid(), signal.SIGTERM)
    end, file = os.pipe()
    os.write(file, bytes(10_000_000))
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 7


def ended(code: str) -> subprocess.CompletedProcess[str]:
    """A program with this code, once it has ended."""
    head = "import os, signal, time\nfrom ocpptui.runtime import signals\nfrom ocpptui.runtime.signals import *\n"
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_each_signal_interrupts_what_the_main_thread_does(name: str) -> None:
    """A command that is not a session died at once and left what it was writing."""
    result = ended(f"""
with interruptible(7):
    try:
        os.kill(os.getpid(), signal.{name})
        time.sleep(60)
    except KeyboardInterrupt:
        print("cleaned up")
""")
    assert (result.returncode, result.stdout) == (0, "cleaned up\n")


def test_the_exit_code_is_ours_whatever_was_interrupted(tmp_path: Path) -> None:
    """A program that was importing a module with a dataclass died of SIGINT after it had cleaned up."""
    (tmp_path / "interrupted.py").write_text("""
import sys
from ocpptui.runtime.signals import interruptible
with interruptible(7):
    try:
        exec("import os, signal; os.kill(os.getpid(), signal.SIGTERM); [None for _ in range(1000)]")
    except KeyboardInterrupt:
        print("cleaned up")
sys.exit(130)
""")
    command = [sys.executable, "-m", "interrupted"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (130, "cleaned up\n")


def test_a_program_that_ignores_its_interrupt_is_ended() -> None:
    result = ended("""
signals.PATIENCE = 0.2
with interruptible(7):
    while True:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
        except KeyboardInterrupt:
            pass
""")
    assert result.returncode == 7


@pytest.mark.parametrize(("step", "written"), [("os.write(1, b'restored')", "restored"), ("time.sleep(60)", "")])
def test_the_last_step_is_taken_and_delays_nothing(step: str, written: str) -> None:
    """A terminal that is to be restored may be what blocks."""
    result = ended(f"end_within(0.1, 7, lambda: {step})\ntime.sleep(60)\n")
    assert (result.returncode, result.stdout) == (7, written)
