"""Runs the program many times in children of one process that has loaded it: to start it anew costs a second each.

POSIX only. As a script, it is that process: it takes a request at a time from a socket, forks, and says how it ended.
"""

from __future__ import annotations

import atexit
import gc
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
        self,
        arguments: Sequence[Word],
        *,
        environment: dict[str, str],
        folder: Path,
        given: str | None = None,
        streams: Mapping[int, str | None] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the program with these arguments in a folder; `given` is its standard input.

        `streams` are standard streams that are other ones: the file that they write to, or None: closed.
        """
        words = [os.fsdecode(word) for word in arguments]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
            reader, writer = os.pipe()
            request = {"words": words, "environment": environment, "folder": str(folder), "streams": streams or {}}
            self._ask(request, reader, out.fileno(), error.fileno())
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

    def on_terminal(
        self, arguments: Sequence[str], *, environment: dict[str, str], folder: Path, columns: int = 80
    ) -> bytes:
        """What the program writes to a terminal of its own until it ends."""
        from tests.kit.terminal import open_terminal, terminal_environment

        master, slave = open_terminal(columns)
        received = bytearray()
        reader = threading.Thread(target=_read, args=(master, received))
        reader.start()
        environment = terminal_environment(environment)
        request = {"words": list(arguments), "environment": environment, "folder": str(folder), "terminal": True}
        self._ask(request, slave, slave, slave)
        os.close(slave)
        code = json.loads(self._answers.readline())
        reader.join()
        os.close(master)
        if code is None:
            raise subprocess.TimeoutExpired(list(arguments), PATIENCE, bytes(received))
        return bytes(received)

    def _ask(self, request: Mapping[str, object], *streams: int) -> None:
        socket.send_fds(self._socket, [json.dumps(request).encode() + b"\n"], list(streams))


def _read(master: int, received: bytearray) -> None:
    with suppress(OSError):  # Linux's way to say that the program has closed its end
        while data := os.read(master, 2**16):
            received += data


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
        if request.get("terminal"):
            _take_terminal()
        for number, path in request.get("streams", {}).items():  # type: ignore[attr-defined]
            _replace_descriptor(int(number), path)
        _open_standard_streams()
        os.environ.clear()
        os.environ.update(request["environment"])  # type: ignore[call-overload]
        time.tzset()
        os.chdir(str(request["folder"]))
        sys.argv = ["ocpptui", *request["words"]]  # type: ignore[misc]
        code = _exit_code()
    finally:
        atexit._run_exitfuncs()
        os._exit(_flushed(code))


def _take_terminal() -> None:
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _replace_descriptor(number: int, path: str | None) -> None:
    """Close a standard stream, or let it write to a file."""
    if path is None:
        os.close(number)
    else:
        file = os.open(path, os.O_WRONLY)
        os.dup2(file, number)
        os.close(file)


def _open_standard_streams() -> None:
    """Set those of Python as it does when it starts: None where the descriptor is closed."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = None
        with suppress(OSError):
            file = io.FileIO(number, "w" if number else "r", closefd=False)
            binary = io.BufferedWriter(file) if number else io.BufferedReader(file)
            errors = "backslashreplace" if name == "stderr" else "strict"
            is_quick = name == "stderr" or file.isatty()
            stream = io.TextIOWrapper(binary, encoding="utf-8", errors=errors, line_buffering=is_quick)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _flushed(code: int) -> int:
    """The exit code after Python has written what it still holds; it says on standard error if it cannot."""
    try:
        print(end="", flush=True)
    except OSError as error:
        with suppress(OSError):
            os.write(2, f"Exception ignored while flushing sys.stdout: {error}\n".encode())
        return 120
    return code


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
