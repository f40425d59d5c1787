"""The commands that a page of the documentation shows."""

from __future__ import annotations

import re
import shlex

from ocpptui.cli import program


def shown_commands(page: str) -> list[str]:
    """The lines of its shell examples."""
    return [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]


def understand(line: str) -> list[str]:
    """Have the command line parse a line, such as `ocpptui proxy --upstream URL`, without running it.

    Returns its words after `ocpptui`. Raises click.UsageError.
    """
    name, *arguments = shlex.split(line.removeprefix("ocpptui "))
    found = program.get_command(program.make_context("ocpptui", [name, *arguments]), name)
    assert found is not None
    found.make_context(name, list(arguments))
    return [name, *arguments]
