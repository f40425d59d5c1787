"""What Windows lacks is not needed: the modules are imported, and recordings live, in a Python without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.program import OCPPTUI, environment_of, run_long_enough

ROOT = Path(__file__).parent.parent
POSIX_ONLY = {"ocpptui.tui.terminal_driver"}
"""Loaded where Textual's own driver of POSIX terminals is."""
ASYNCSSH = {"ocpptui.network.sftp_files", "ocpptui.network.sftp_transfer"}
"""They import asyncssh, which runs on Windows, but takes what POSIX has by the name of the platform."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in for Windows is made of Linux's locks")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of a Python that lacks what Windows lacks, and of all that it starts."""
    without = str(ROOT / "tests" / "kit" / "without_posix")
    return {**environment_of(tmp_path / "home"), "PYTHONPATH": os.pathsep.join([without, os.environ["PYTHONPATH"]])}


def run(code: str, environment: dict[str, str], *arguments: str) -> str:
    """What a program prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_is_imported(environment: dict[str, str]) -> None:
    names = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in sorted((ROOT / "ocpptui").rglob("*.py"))
        if file.name != "__main__.py"
    ]
    assert len(names) > 200
    run(f"import {', '.join(name for name in names if name not in POSIX_ONLY | ASYNCSSH)}", environment)


LIFE = """
import sys
from pathlib import Path
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.indexer import Indexer
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline

def message(number):
    return message_record(
        f'[2,"{number}","Heartbeat",{{}}]', time=number, connection=1, direction=Direction.TO_CSMS,
        charge_point="CP1", version=Version.V16,
    )

def indexed(indexer):
    while not indexer.advance(0.05):
        pass
    return [timeline.record(index) for index in range(len(timeline))]

path = Path(sys.argv[1])
writer = RecordingWriter(path)
places = [writer.keep(message(number)) for number in range(3000)]
assert writer.failure is None, writer.failure
assert [writer.record(place) for place in places] == [message(number) for number in range(3000)]

second = RecordingWriter(path)
second.keep(message(3001))
assert "another program is recording into it" in second.failure

timeline = Timeline()
follower = Indexer(path, timeline, large=0)  # helped by a second process
assert indexed(follower) == [message(number) for number in range(3000)]
writer.keep(message(3000))
assert indexed(follower)[3000:] == [message(3000)]

writer.close()
second.close()
assert second.failure is None, second.failure
assert indexed(follower)[3001:] == [message(3001)]
follower.close()

nameless = RecordingWriter(path.with_name("spool"), nameless=True)
place = nameless.keep(message(1))
assert nameless.record(place) == message(1)
print(sorted(file.name for file in path.parent.iterdir()))
"""


def test_a_recording_is_written_read_followed_and_indexed(environment: dict[str, str], tmp_path: Path) -> None:
    """The technician's laptop runs Windows."""
    (tmp_path / "folder").mkdir()
    files = run(LIFE, environment, str(tmp_path / "folder" / "session.jsonl"))
    assert files == "['session.jsonl']\n"


def test_the_demo_runs_without_a_screen(environment: dict[str, str]) -> None:
    """Signals and sockets, without what the event loop of Windows does not offer."""

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*OCPPTUI, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    done = run_long_enough(start, lambda text: "MeterValues" in text, "demo", "--pace", "0.02")
    assert done.returncode == 0, done.stderr
    assert "MeterValues" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("follow", [False, True], ids=["to its end", "as it comes"])
def test_standard_input_is_read(environment: dict[str, str], follow: bool) -> None:
    line = '2026-11-22 10:00:00.100 INFO CP001: receive message [2,"1","Heartbeat",{}]\n'
    with subprocess.Popen(
        [*OCPPTUI, "open", "-", "--headless"],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(line)
        process.stdin.flush()
        if follow:
            assert "Heartbeat" in process.stdout.readline()
        out, words = process.communicate(timeout=60)
    assert process.returncode == 0, words
    assert follow or out.count("Heartbeat") >= 1
