"""The command line as a user runs it: in its own process, with its own home folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.kit.forked_program import ForkedProgram
from tests.kit.program import environment_of

Run = Callable[..., subprocess.CompletedProcess[str]]
RunOnTerminal = Callable[..., bytes]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment without anything of the machine's user: no configuration, no recordings, no password."""
    return environment_of(tmp_path / "home")


@pytest.fixture(scope="session")
def program() -> Iterator[ForkedProgram | None]:
    """The program as a process that is loaded once for all tests; None on Windows, which cannot fork."""
    if sys.platform == "win32":
        yield None
        return
    with ForkedProgram() as program:
        yield program


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path, program: ForkedProgram | None) -> Run:
    """Run `ocpptui` with these arguments; `input` is its standard input.

    `streams` replaces standard streams, as `ForkedProgram.run` does, and needs POSIX.
    """

    def run(
        *arguments: str,
        input: str | None = None,  # noqa: A002
        streams: Mapping[int, str | None] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        if program is not None:
            return program.run(arguments, environment=environment, folder=tmp_path, given=input, streams=streams)
        assert not streams
        return subprocess.run(
            [sys.executable, "-m", "ocpptui", *arguments],
            env=environment,
            cwd=tmp_path,
            input=input,
            stdin=None if input is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def central_system(environment: dict[str, str]) -> Iterator[str]:
    """The URL of a running `ocpptui central-system`."""
    arguments = ["central-system", "--port", "0", "--headless", "--duration", "1800"]
    with subprocess.Popen(
        [sys.executable, "-m", "ocpptui", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        yield process.stderr.readline().split()[-1]
        process.terminate()
        process.stderr.read()


@pytest.fixture
def run_on_terminal(environment: dict[str, str], tmp_path: Path, program: ForkedProgram | None) -> RunOnTerminal:
    """Run `ocpptui` with these arguments on a terminal, and return what it writes there. Needs POSIX."""
    if program is None:
        pytest.skip("pseudo-terminals are of POSIX")

    def run(*arguments: str, columns: int = 80) -> bytes:
        return program.on_terminal(arguments, environment=environment, folder=tmp_path, columns=columns)

    return run
