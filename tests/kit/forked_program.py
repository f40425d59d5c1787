"""Runs the program many times in children of one process that has loaded it: to start it anew costs a second each.

POSIX only. As a script, it is that process: it takes a request at a time from a socket, forks, and says how it ended.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

PATIENCE = 60.0
"""Seconds that a command may take."""
Word = str | bytes


class ForkedProgram:
    """The process that has loaded the program."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.forked_program", str(other.fileno())],
            cwd=Path(__file__).parents[2],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
        )
        other.close()
        self._answers = self._socket.makefile("r", encoding="utf-8")

    def __enter__(self) -> ForkedProgram:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._answers.close()
        self._socket.close()
        self._process.wait(PATIENCE)

    def run(
        self, arguments: Sequence[Word], *, environment: dict[str, str], folder: Path, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the program with these arguments in a folder; `given` is its standard input."""
        words = [os.fsdecode(word) for word in arguments]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
            reader, writer = os.pipe()
            request = {"words": words, "environment": environment, "folder": str(folder)}
            socket.send_fds(
                self._socket, [json.dumps(request).encode() + b"\n"], [reader, out.fileno(), error.fileno()]
            )
            os.close(reader)
            feeder = threading.Thread(target=_feed, args=(writer, (given or "").encode()))
            feeder.start()
            code = json.loads(self._answers.readline())
            feeder.join()
            texts = []
            for file in (out, error):
                file.seek(0)
                texts.append(file.read().decode("utf-8", "backslashreplace").replace("\r\n", "\n"))
        if code is None:
            raise subprocess.TimeoutExpired(words, PATIENCE, *texts)
        return subprocess.CompletedProcess(words, code, *texts)


def _feed(writer: int, given: bytes) -> None:
    with os.fdopen(writer, "wb") as pipe:
        try:
            pipe.write(given)
            pipe.flush()
        except BrokenPipeError:  # it does not read it
            return


# -- the process that has loaded the program --------------------------------------------------------------------------


def _serve(connection: socket.socket) -> None:
    gc.freeze()
    while True:
        data, descriptors, _, _ = socket.recv_fds(connection, 2**20, 3)
        if not data:
            return
        while not data.endswith(b"\n"):
            data += connection.recv(2**20)
        request = json.loads(data)
        child = os.fork()
        if child == 0:
            connection.close()
            _become_the_program(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        connection.sendall(json.dumps(_end_of(child)).encode() + b"\n")


def _end_of(child: int) -> int | None:
    """The exit code of a child; None if it did not end in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


def _become_the_program(request: dict[str, object], descriptors: list[int]) -> None:
    code = 70
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(3, 256)
        os.environ.clear()
        os.environ.update(request["environment"])  # type: ignore[call-overload]
        time.tzset()
        os.chdir(str(request["folder"]))
        sys.argv = ["ocpptui", *request["words"]]  # type: ignore[misc]
        code = _exit_code()
        print(end="", flush=True)
    finally:
        atexit._run_exitfuncs()
        os._exit(code)


def _exit_code() -> int:
    from ocpptui.__main__ import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    import ocpptui.cli
    import ocpptui.cli.headless
    import ocpptui.importing.importer
    import ocpptui.network.central_system_server
    import ocpptui.replay.run
    import ocpptui.session.session  # noqa: F401  what the commands load

    _serve(socket.socket(fileno=int(sys.argv[1])))
