"""Headless sessions whose recording is attacked, and killed ones: what is lost, and what standard error says."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.kit.program import OCPPTUI

WITHIN = 60.0
"""Seconds. The program looks twice a second; a machine that is busy with other tests needs longer."""


class Running:
    """A running demo, and the files with its output."""

    def __init__(self, process: subprocess.Popen[bytes], out: Path, err: Path) -> None:
        self.process = process
        self.out, self.err = out, err

    def says(self, *words: str) -> str:
        """Wait until standard error has these words; fail after WITHIN."""
        until = time.monotonic() + WITHIN
        while not all(word in self.err.read_text() for word in words):
            assert time.monotonic() < until, f"{words} are not in {self.err.read_text()}"
            time.sleep(0.02)
        return self.err.read_text()

    def end(self) -> tuple[list[str], Path]:
        """End it; returns the lines of its output, and the recording that it names."""
        self.process.terminate()
        assert self.process.wait(WITHIN) == 0
        said = self.err.read_text()
        named = next(line for line in said.splitlines() if line.startswith("recording: "))
        return self.out.read_text().splitlines(), Path(named.removeprefix("recording: "))


@contextmanager
def started(environment: dict[str, str], folder: Path, *arguments: str, out: Path | None = None) -> Iterator[Running]:
    out = out or folder / "out"
    with out.open("wb") as shown, (folder / "err").open("wb") as err:
        command = [*OCPPTUI, *arguments, "--headless"]
        with subprocess.Popen(command, env=environment, stdout=shown, stderr=err) as process:
            try:
                yield Running(process, out, folder / "err")
            finally:
                process.kill()


@contextmanager
def demo(environment: dict[str, str], folder: Path, record: Path, *, out: Path | None = None) -> Iterator[Running]:
    """A demo that has recorded, or shown, a part of a charge."""
    with started(environment, folder, "demo", "--pace", "0.05", "--record", str(record), out=out) as running:
        until, growing = time.monotonic() + WITHIN, record if out else running.out
        while not growing.exists() or growing.read_bytes().count(b"\n") < 50:
            assert time.monotonic() < until, "the demo does not charge"
            time.sleep(0.02)
        yield running


def same(shown: list[str], recording: Path) -> None:
    """Every record that was shown is in the recording, at its place."""
    written = recording.read_text().splitlines()
    assert len(written) == len(shown)
    for one, other in zip(map(json.loads, shown), map(json.loads, written), strict=True):
        assert (one["timestamp"], one.get("raw")) == (other["timestamp"], other.get("raw"))


def copytruncate(path: Path) -> None:
    shutil.copy(path, path.with_name("copy"))
    os.truncate(path, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted or moved")
@pytest.mark.parametrize(
    ("attack", "words"),
    [
        (Path.unlink, "was deleted"),
        (lambda path: path.rename(path.with_name("moved")), "was moved or renamed"),
        (copytruncate, "was truncated by another program. No record is lost."),
    ],
    ids=["deleted", "moved", "truncated"],
)
def test_a_recording_that_is_taken_away_is_whole_in_the_end(
    environment: dict[str, str], tmp_path: Path, attack: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "session.jsonl"
    with demo(environment, tmp_path, path) as running:
        attack(path)
        running.says(words, str(tmp_path / "session-2.jsonl"))
        shown, recording = running.end()
    assert recording == tmp_path / "session-2.jsonl"
    assert len(shown) > 50
    same(shown, recording)


def test_a_second_writer_is_said_while_it_runs(environment: dict[str, str], tmp_path: Path) -> None:
    path, other = tmp_path / "session.jsonl", tmp_path / "other"
    other.mkdir()
    with (
        demo(environment, tmp_path, path) as first,
        demo(environment, other, path) as second,
    ):
        second.says(f"NOT RECORDING: {path}: another program is recording into it")
        first.end()
        second.says("the recording works again")
        second.end()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_while_it_runs(environment: dict[str, str], tmp_path: Path) -> None:
    with demo(environment, tmp_path, Path("/dev/full")) as running:
        running.says("NOT RECORDING: /dev/full: No space left on device; records are kept in memory")
        running.process.terminate()
        running.process.wait(WITHIN)
    assert "the recording is not complete: /dev/full" in running.err.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets another process change a limit")
def test_a_file_that_may_not_grow_is_said_and_complete_when_it_may_again(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """The kernel refuses in the middle of a line, as on a full disk."""
    import resource

    path = tmp_path / "session.jsonl"
    with demo(environment, tmp_path, path, out=Path(os.devnull)) as running:
        allowed = path.stat().st_size + 1000
        _, most = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (allowed, most))
        running.says("NOT RECORDING")
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (most, most))
        running.says("File too large", "the recording works again")
        _, recording = running.end()
    lines = recording.read_text().splitlines()
    records = [json.loads(line) for line in lines]
    for direction in ("cp-to-csms", "csms-to-cp"):  # an answer goes out before a call that was read with its own
        stamps = [record["timestamp"] for record in records if record.get("direction") == direction]
        assert stamps == sorted(stamps)
    calls = [record["messageId"] for record in records if record["messageType"] == "CALL"]
    answered = {record["messageId"] for record in records if record["messageType"] == "CALLRESULT"}
    assert len(set(calls) - answered) <= 1


def test_room_for_other_programs_is_kept(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    arguments = ["central-system", "--port", "0", "--record", str(path), "--keep-free", "1000000G"]
    with started(environment, tmp_path, *arguments) as running:
        running.says("NOT RECORDING", "are left to other programs; records are kept in memory")
        running.process.terminate()
        running.process.wait(WITHIN)
    assert "the recording is not complete" in running.err.read_text()


# -- kill -9 ---------------------------------------------------------------------------------------------------------


def recorded(path: Path) -> set[str]:
    """The raw texts in a recording; only its last line may be torn."""
    *lines, _ = path.read_text().split("\n")
    return {json.loads(line).get("raw", "") for line in lines}


def lost_from(out: Path, path: Path, answers: set[str]) -> tuple[set[str], set[str]]:
    """The answers that a peer got, and the records that were shown, that are not in the recording."""
    kept = recorded(path)
    *lines, _ = out.read_text().split("\n")
    shown = {json.loads(line).get("raw", "") for line in lines}
    assert len(shown) > 10
    return answers - kept, shown - kept


async def flooded(url: str, answers: set[str], enough: asyncio.Event) -> None:
    """Five charge points call a central system as fast as it answers, several calls at a time."""

    async def call_on_and_on(name: str) -> None:
        async with connect(f"{url}{name}", subprotocols=[Subprotocol("ocpp1.6")]) as charger:
            with suppress(ConnectionClosed):
                for number in range(100_000):
                    await charger.send(f'[2,"{name}-{number}","Heartbeat",{{}}]')
                    if number >= 3:
                        answers.add(str(await charger.recv()))
                    if len(answers) > 150:
                        enough.set()

    await asyncio.gather(*(call_on_and_on(f"CP{number}") for number in range(5)))


@pytest.mark.parametrize("kill", range(5))
async def test_a_killed_central_system_has_recorded_what_it_answered_and_showed(
    environment: dict[str, str], tmp_path: Path, kill: int
) -> None:
    path, out = tmp_path / "session.jsonl", tmp_path / "out"
    answers: set[str] = set()
    with out.open("wb") as shown:
        process = await asyncio.create_subprocess_exec(
            *(*OCPPTUI, "central-system", "--port", "0", "--headless", "--record", str(path)),
            env=environment,
            stdout=shown,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        url = (await process.stderr.readline()).decode().split()[-1]
        enough = asyncio.Event()
        async with asyncio.timeout(60):

            async def kill_soon() -> None:
                await enough.wait()
                process.kill()

            await asyncio.gather(flooded(url, answers, enough), kill_soon())
            await process.communicate()
    assert len(answers) > 150
    assert lost_from(out, path, answers) == (set(), set())


@pytest.mark.parametrize("kill", range(2))
async def test_a_killed_charge_point_has_recorded_what_it_answered_and_showed(
    environment: dict[str, str], tmp_path: Path, kill: int
) -> None:
    path, out = tmp_path / "session.jsonl", tmp_path / "out"
    answers: set[str] = set()
    enough = asyncio.Event()

    async def call(socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for number in range(100_000):
                await socket.send(f'[2,"{number}","GetConfiguration",{{"key":["HeartbeatInterval"]}}]')
                while True:
                    message = str(await socket.recv())
                    answers.add(message)
                    if message.startswith("[3"):
                        break
                if number > 150:
                    enough.set()

    async with serve(call, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with out.open("wb") as shown:
            process = await asyncio.create_subprocess_exec(
                *(*OCPPTUI, "charge-point", f"ws://127.0.0.1:{port}/CP1", "--headless", "--record", str(path)),
                env=environment,
                stdout=shown,
                stderr=asyncio.subprocess.DEVNULL,
            )
            async with asyncio.timeout(60):
                await enough.wait()
                process.kill()
                await process.wait()
    assert lost_from(out, path, answers) == (set(), set())
