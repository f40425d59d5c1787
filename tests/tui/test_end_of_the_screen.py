"""Signals to the program on a real terminal: it ends in time, whole, and leaves the terminal as it was."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.kit.program import OCPPTUI, PATIENT, environment_of
from tests.kit.recordings import log_of, recording_of
from tests.kit.stubborn_servers import CentralSystem, silent_server
from tests.kit.terminal import Terminal, on_terminal

CODES = {"SIGHUP": 129, "SIGTERM": 0, "SIGINT": 130}


CLIENT = ["charge-point", "{scheme}://127.0.0.1:{port}/CP1", "--record", "{record}"]
REPLAY = ["replay", "{small}", "--as", "charge-point", "--to", "ws://127.0.0.1:{port}/CP1"]
DEMO = (["demo", "--record", "{record}"], "MeterValues")
STATES = {
    "the start screen": ([], "Connect as a charge point"),
    "listening": (["central-system", "--port", "0", "--record", "{record}"], "listening"),
    "a handshake that hangs": ([word.replace("{scheme}", "ws") for word in CLIENT], "connecting"),
    "a TLS handshake that hangs": ([word.replace("{scheme}", "wss") for word in CLIENT], "connecting"),
    "a replay that waits to connect": (REPLAY, "replay"),
    "a large recording that is read": (["open", "{large}"], "Heartbeat"),
    "a large log that is read": (["open", "{log}"], "Heartbeat"),
}
"""What the user is doing, and what the screen shows then."""


@pytest.mark.parametrize(
    ("state", "number"),
    [("the demo", number) for number in CODES] + list(zip(STATES, itertools.cycle(CODES), strict=False)),
)
def test_a_signal_ends_the_screen(state: str, number: str, tmp_path: Path, home: Path) -> None:
    """`kill -HUP` left the alternate screen, the mouse and raw mode on."""
    arguments, words = STATES.get(state, DEMO)
    record = tmp_path / "live.jsonl"
    with silent_server() as port:
        places = {"record": record, "port": port}
        if "{small}" in arguments:
            places["small"] = recording_of(tmp_path, 3)
        if "{large}" in arguments:
            places["large"] = recording_of(tmp_path, 300_000)
        if "{log}" in arguments:
            places["log"] = log_of(tmp_path, 200_000)
        command = [*PATIENT, *(word.format(**places) for word in arguments)]
        with on_terminal(command, environment_of(home)) as terminal:
            terminal.shows(words)
            assert {"1049", "raw"} <= terminal.modes()
            terminal.process.send_signal(signal.Signals[number])
            terminal.read_to_the_end()
            assert terminal.process.returncode == CODES[number]
            assert terminal.modes() == set()
    if record.exists():
        lines = record.read_text(encoding="utf-8").splitlines()
        assert json.loads(lines[-1])["detail"]["event"] in ("closed", "failed", "listening")


@pytest.mark.parametrize("number", CODES)
def test_a_signal_ends_the_screen_although_the_peer_does_not_close(number: str, tmp_path: Path, home: Path) -> None:
    record = tmp_path / "live.jsonl"
    with CentralSystem(reads=False).running() as port:
        command = [*PATIENT, "charge-point", f"ws://127.0.0.1:{port}/CP1", "--version", "1.6", "--record", str(record)]
        with on_terminal(command, environment_of(home)) as terminal:
            terminal.shows("BootNotification")
            terminal.process.send_signal(signal.Signals[number])
            terminal.read_to_the_end()
            assert terminal.process.returncode == CODES[number]
            assert terminal.modes() == set()
    assert json.loads(record.read_text(encoding="utf-8").splitlines()[-1])["detail"]["event"] == "closed"


def test_a_signal_at_the_question_for_a_password(home: Path) -> None:
    """The terminal would go on to show nothing of what is typed."""
    command = [*OCPPTUI, "send", "ws://127.0.0.1:1/CP1", "Heartbeat", "--ask-password"]
    with on_terminal(command, environment_of(home)) as terminal:
        terminal.shows("Password")
        terminal.until(terminal.modes)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.read_to_the_end()
        assert terminal.process.returncode == 130
        assert terminal.modes() == set()


STUCK = """
import time
from ocpptui.tui.terminal import TerminalApp
from ocpptui.runtime import signals
from ocpptui.runtime.signals import end_within, heard, named

signals.LAST_STEP = 30  # a busy machine may need more than the usual time

class Stuck(TerminalApp):
    def on_ready(self) -> None:
        self.set_timer(0.2, self.hang)

    def hang(self) -> None:
        print("stuck", file=open(PATH, "w"))
        time.sleep(600)

app = Stuck()
with heard(named("SIGTERM"), lambda number: end_within(0.5, 7, app.restore_terminal)):
    app.run()
"""


def test_a_screen_that_is_stuck_gives_the_terminal_back(tmp_path: Path, home: Path) -> None:
    """The process is ended by force then, and would leave a terminal that shows no typing."""
    stuck = tmp_path / "stuck"
    script = STUCK.replace("PATH", repr(str(stuck)))
    with on_terminal([sys.executable, "-c", script], environment_of(home)) as terminal:
        terminal.until(stuck.exists)
        assert "raw" in terminal.modes()
        terminal.process.send_signal(signal.SIGTERM)
        terminal.read_to_the_end()
        assert terminal.process.returncode == 7
        assert terminal.modes() == set()


def test_ctrl_z_stops_it_and_fg_brings_it_back(home: Path) -> None:
    """A user in a shell expects both; ctrl+z did nothing."""
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("needs a shell with job control: bash")
    environment = environment_of(home) | {"PS1": "ready> ", "HISTFILE": os.devnull}
    with on_terminal([shell, "--noprofile", "--norc", "-i"], environment) as terminal:
        terminal.shows("ready>")
        shown = terminal.modes()
        terminal.press(f"{sys.executable} -m ocpptui demo --pace 0.1\n".encode())
        terminal.shows("MeterValues")
        for _ in range(2):
            assert "1049" in terminal.modes()
            terminal.press(b"\x1a")
            terminal.until(lambda: "Stopped" in terminal.text())
            terminal.until(lambda: "1049" not in terminal.modes())
            terminal.shows("ready>")
            assert not {"1000", "1003", "1006"} & terminal.modes()
            terminal.press(b"clear; fg\n")
            terminal.until(lambda: "1049" in terminal.modes())
            terminal.shows("MeterValues")
        terminal.press(b"?")
        terminal.shows("esc closes")
        terminal.press(b"\x1b")
        terminal.until(lambda: "╭" not in terminal.text())
        terminal.press(b"\x11")
        terminal.until(lambda: "1049" not in terminal.modes())
        terminal.shows("ready>")  # what is typed before that is still for the program, which takes none of it
        terminal.press(b"echo $((40+2))\n")
        terminal.shows("42")
        terminal.until(lambda: terminal.modes() <= shown | {"2004"})


def test_a_hang_up_while_it_is_stopped_ends_it(tmp_path: Path, home: Path) -> None:
    """A terminal is closed while the program waits for `fg`."""
    record = tmp_path / "live.jsonl"
    command = [*PATIENT, "demo", "--record", str(record)]
    with on_terminal(command, environment_of(home)) as terminal:
        terminal.shows("MeterValues")
        stop_by_key(terminal)
        for number in (signal.SIGHUP, signal.SIGCONT):
            terminal.process.send_signal(number)
        terminal.take_away()
        assert terminal.ends() == 129
    assert json.loads(record.read_text().splitlines()[-1])["detail"]["event"] == "closed"


def stop_by_key(terminal: Terminal) -> None:
    terminal.press(b"\x1a")
    terminal.until(lambda: os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED | os.WNOWAIT | os.WNOHANG) is not None)
