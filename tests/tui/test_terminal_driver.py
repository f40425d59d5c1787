"""A terminal that stops reading or goes away: the recording is complete, the process ends, and nothing hangs."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kit.program import PATIENT, environment_of
from tests.kit.terminal import PATIENCE, Terminal, on_terminal


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tmp_path / "demo.jsonl"


@pytest.fixture
def demo(recording: Path) -> list[str]:
    """A session with constant traffic."""
    return [*PATIENT, "demo", "--pace", "0.02", "--record", str(recording)]


def records(recording: Path) -> list[dict[str, Any]]:
    """Every line of a recording."""
    text = recording.read_text(encoding="utf-8")
    assert text.endswith("\n"), "the last record is truncated"
    return [json.loads(line) for line in text.splitlines()]


def assert_finished(recording: Path) -> None:
    assert records(recording)[-1]["detail"]["event"] == "closed"


def charging(terminal: Terminal) -> None:
    """Wait until there is traffic."""
    terminal.shows("MeterValues")


def stop_reading(terminal: Terminal) -> None:
    """Wait, without reading, until the terminal accepts nothing more for a while."""
    end = time.monotonic() + PATIENCE
    waiting, since = 0, time.monotonic()
    while waiting == 0 or time.monotonic() < since + 1.0:
        assert time.monotonic() < end, "the program does not fill the terminal"
        time.sleep(0.05)
        if terminal.waiting() != waiting:
            waiting, since = terminal.waiting(), time.monotonic()


@pytest.mark.parametrize("number", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_a_signal_finishes_the_recording(demo: list[str], recording: Path, home: Path, number: str) -> None:
    with on_terminal(demo, environment_of(home)) as terminal:
        charging(terminal)
        terminal.process.send_signal(signal.Signals[number])
        code = {"SIGHUP": 129, "SIGTERM": 0, "SIGINT": 130}[number]
        assert terminal.ends() == code
    assert_finished(recording)


@pytest.mark.parametrize("number", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_a_signal_finishes_the_recording_while_the_terminal_does_not_read(
    demo: list[str], recording: Path, home: Path, number: str
) -> None:
    """The main thread was blocked in a write and ignored SIGTERM."""
    with on_terminal(demo, environment_of(home)) as terminal:
        charging(terminal)
        stop_reading(terminal)
        terminal.process.send_signal(signal.Signals[number])
        terminal.ends()
    assert_finished(recording)


@pytest.mark.parametrize("controlling", [True, False], ids=["with SIGHUP", "without SIGHUP"])
@pytest.mark.parametrize("reading", [True, False], ids=["read until then", "full"])
def test_a_terminal_that_goes_away_ends_the_program(
    demo: list[str], recording: Path, home: Path, controlling: bool, reading: bool
) -> None:
    """The program ran at full load for minutes without a terminal."""
    with on_terminal(demo, environment_of(home), controlling=controlling) as terminal:
        charging(terminal)
        if not reading:
            stop_reading(terminal)
        terminal.take_away()
        assert terminal.ends() == 129
    assert_finished(recording)


def test_a_hang_up_with_a_continue_ends_the_program(demo: list[str], recording: Path, home: Path) -> None:
    """The kernel sends both; the second made Textual start reading keys again."""
    with on_terminal(demo, environment_of(home)) as terminal:
        charging(terminal)
        for number in (signal.SIGHUP, signal.SIGCONT):
            terminal.process.send_signal(number)
        terminal.take_away()
        assert terminal.ends() == 129
    assert_finished(recording)


def test_a_session_continues_while_the_terminal_does_not_read(demo: list[str], recording: Path, home: Path) -> None:
    """A stalled SSH connection stopped heartbeats and answers too."""
    with on_terminal(demo, environment_of(home), columns=200, rows=60) as terminal:
        charging(terminal)
        stop_reading(terminal)
        before = recording.stat().st_size
        end = time.monotonic() + PATIENCE
        while recording.stat().st_size < before + 50_000:
            assert time.monotonic() < end, "the session does not continue"
            time.sleep(0.1)
        terminal.press(b"?")
        terminal.shows("Help")


LINES = """
from textual.app import ComposeResult
from textual.widgets import Static
from ocpptui.tui.terminal import TerminalApp

class Lines(TerminalApp):
    drawn = 0

    def compose(self) -> ComposeResult:
        for number in range(24):
            yield Static(f"line {number} old", id=f"line{number}")

    def on_mount(self) -> None:
        self.set_interval(0.0005, self.draw)

    def draw(self) -> None:
        self.drawn += 1
        number, turn = self.drawn % 24, self.drawn // 24
        if turn < 20:
            self.query_one(f"#line{number}", Static).update(f"[b]line {number}[/] " + f"[i]{turn}[/] " * 60)
        elif turn == 20:
            self.query_one(f"#line{number}", Static).update(f"line {number} new")
        elif number == 0:
            print("done", file=open(self.sub_title, "w"))

app = Lines()
app.sub_title = PATH
app.run()
"""


def test_a_terminal_that_reads_again_shows_the_current_state(tmp_path: Path, home: Path) -> None:
    """Dropped output would be missing from the screen for good."""
    done = tmp_path / "done"
    script = LINES.replace("PATH", repr(str(done)))
    with on_terminal([sys.executable, "-c", script], environment_of(home), columns=200) as terminal:
        terminal.shows("line 1 ")
        stop_reading(terminal)
        end = time.monotonic() + PATIENCE
        while not done.exists():
            assert time.monotonic() < end, "the application does not continue"
            time.sleep(0.1)
        terminal.shows(*(f"line {number} new" for number in range(24)))


def test_a_continue_alone_changes_nothing(demo: list[str], home: Path) -> None:
    """A second input thread would take every other key."""
    with on_terminal(demo, environment_of(home)) as terminal:
        charging(terminal)
        terminal.process.send_signal(signal.SIGCONT)
        threads = Path(f"/proc/{terminal.process.pid}/task")
        before = len(list(threads.iterdir())) if threads.exists() else 0
        for _ in range(3):
            terminal.press(b"?")
            terminal.shows("Help")
            terminal.press(b"\x1b")
            terminal.until(lambda: "╭" not in terminal.text())
        terminal.until(lambda: before == 0 or len(list(threads.iterdir())) <= before)


def test_the_terminal_is_restored_after_a_signal(demo: list[str], home: Path) -> None:
    with on_terminal(demo, environment_of(home)) as terminal:
        charging(terminal)
        terminal.process.send_signal(signal.SIGTERM)
        while terminal.process.poll() is None:
            terminal.read(0.05)
        while terminal.read(0):
            pass
        assert "recording: " in terminal.text().replace("\n", "")


def test_ignored_hang_ups_stay_ignored(demo: list[str], home: Path) -> None:
    """`nohup ocpptui …` must survive a hang-up."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with on_terminal(demo, environment_of(home)) as terminal:
            charging(terminal)
            os.kill(terminal.process.pid, signal.SIGHUP)
            terminal.press(b"?")
            terminal.shows("Help")
    finally:
        signal.signal(signal.SIGHUP, before)
