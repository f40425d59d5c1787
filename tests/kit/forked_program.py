"""Runs the program many times in children of one process that has loaded it: to start it anew costs a second each.

POSIX only. As a script, it reads commands from standard input, a line each, and prints what became of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class ProgramEnd(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


def run_each(commands: Sequence[Sequence[bytes]], folder: Path, environment: dict[str, str]) -> list[ProgramEnd]:
    """Run the program in `folder` with each of these lists of arguments, one after the other."""
    lines = [json.dumps([os.fsdecode(word) for word in command]) for command in commands]
    result = subprocess.run(
        [sys.executable, "-m", "tests.kit.forked_program"],
        input="\n".join(lines),
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [ProgramEnd(*json.loads(line)) for line in result.stdout.splitlines()]


def _run(words: list[str]) -> ProgramEnd:
    files = [Path(name) for name in ("stdout", "stderr")]
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for descriptor, file in enumerate(files, 1):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
            sys.argv = ["ocpptui", *words]
            code = _exit_code()
            print(end="", flush=True)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    texts = [file.read_text(encoding="utf-8", errors="backslashreplace") for file in files]
    return ProgramEnd(os.waitstatus_to_exitcode(status), *texts)


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

    for line in sys.stdin.read().splitlines():
        print(json.dumps(_run(json.loads(line))), flush=True)
