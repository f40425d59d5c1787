"""Named pipes, devices and other files that may never begin or end, opened as a user opens them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path
from time import perf_counter, sleep

import pytest

from ocpptui.importing.importer import Importer
from ocpptui.importing.reader import ImportOptions
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.timeline import Timeline
from tests.kit.program import OCPPTUI, environment_of

LINE = b'2026-11-26 10:00:00 CP1 sent [2,"%d","Heartbeat",{}]\n'
CASE_NEEDS_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
SOON = 60.0
"""Seconds; a read that waits would take for ever."""


def opened(path: Path, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*OCPPTUI, "open", str(path), "--headless", *options],
        env=environment_of(home), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@CASE_NEEDS_PIPES
def test_a_named_pipe_is_read_like_a_file(pipe: Path, tmp_path: Path) -> None:
    """`ocpptui open <(zcat customer.log.gz)` is how a shell hands on what it has unpacked."""
    text = b"".join(LINE % number for number in range(3))
    threading.Thread(target=pipe.write_bytes, args=(text,), name="writing", daemon=True).start()
    done = opened(pipe, tmp_path)
    assert (done.returncode, done.stdout.count("\n")) == (0, 3), done.stderr


@CASE_NEEDS_PIPES
def test_a_named_pipe_without_a_writer_waits_and_can_be_interrupted(pipe: Path, tmp_path: Path) -> None:
    """The user sees a program that waits, and ends it with Ctrl-C."""
    with subprocess.Popen(
        [*OCPPTUI, "open", str(pipe), "--headless"], env=environment_of(tmp_path), stderr=subprocess.PIPE, text=True
    ) as waiting:
        end = perf_counter() + SOON
        while not hears_signals(waiting):
            assert perf_counter() < end and waiting.poll() is None
            sleep(0.02)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(2)
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(SOON) == 130


def hears_signals(process: subprocess.Popen[str]) -> bool:
    """Whether it ends at a signal as it wants to; before, Python ends it. Where the system does not say: yes."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << signal.SIGHUP - 1)


@CASE_NEEDS_PIPES
def test_a_named_pipe_never_holds_up_the_screen(pipe: Path) -> None:
    """Keys must work while nothing comes: each step of an import returns at once."""
    start = perf_counter()
    opening = FileSession([pipe])
    assert not opening.advance(0.01)
    assert opening.idle
    writing = os.open(pipe, os.O_WRONLY)
    os.write(writing, LINE % 1)
    while not len(opening.session.timeline):
        assert not opening.advance(0.01)
    assert perf_counter() - start < SOON
    os.close(writing)
    opening.read_whole()
    assert len(opening.session.timeline) == 1


@CASE_NEEDS_PIPES
def test_the_thread_of_a_pipe_without_a_writer_ends_with_the_import(pipe: Path) -> None:
    before = set(threading.enumerate())
    importer = Importer([pipe], Timeline(), ImportOptions())
    (reading,) = (one for one in set(threading.enumerate()) - before if one.name == f"reading {pipe.name}")
    importer.close()
    reading.join(SOON)
    assert not reading.is_alive()


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        ("/dev/zero", "this is a binary file in an unknown format"),
        ("/dev/urandom", ""),  # by chance it begins like something else
        ("/dev/null", "the file is empty"),
    ],
)
def test_a_device_has_its_sentence(device: str, sentence: str, tmp_path: Path) -> None:
    if not Path(device).exists():
        pytest.skip(f"this system has no {device}")
    done = opened(Path(device), tmp_path)
    assert done.returncode == 2
    assert f"{device}: {sentence}" in done.stderr


def test_a_terminal_has_its_sentence(tmp_path: Path) -> None:
    """It would take the keys that are meant for the screen."""
    main, terminal = pytest.importorskip("pty").openpty()
    done = opened(Path(os.ttyname(terminal)), tmp_path)
    os.close(main)
    os.close(terminal)
    assert done.returncode == 2
    assert "this is a terminal" in done.stderr


def test_a_socket_and_a_folder_have_their_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may have about 100 bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        done = opened(tmp_path / "s", tmp_path)
    assert (done.returncode, "this is a socket" in done.stderr) == (2, True)
    done = opened(tmp_path, tmp_path)
    assert (done.returncode, "this is a folder" in done.stderr) == (2, True)


@CASE_NEEDS_PIPES
def test_no_file_is_waited_for_where_a_recording_is_expected(pipe: Path) -> None:
    from ocpptui.recording.file_errors import UnreadableFile
    from ocpptui.recording.recording_reader import Recording

    start = perf_counter()
    with pytest.raises(UnreadableFile, match="not a regular file"):
        Recording(pipe)
    assert perf_counter() - start < SOON
