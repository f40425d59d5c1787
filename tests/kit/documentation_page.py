"""A page of the documentation as a reader uses it: its examples, its tables, and the options that it names."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from ocpptui.cli import program

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class DocumentationPage:
    text: str

    def blocks(self, language: str) -> list[str]:
        """The texts of its examples in a language, such as `toml`."""
        return re.findall(rf"```{language}\n(.*?)```", self.text, re.DOTALL)

    @property
    def commands(self) -> list[str]:
        """The lines of its shell examples; what goes on after a backslash is one line."""
        return [line for block in self.blocks("sh") for line in block.replace("\\\n", " ").splitlines()]

    def table(self, place: str) -> list[list[str]]:
        """The cells of each row of the first table at or after some words, such as its header. Raises ValueError."""
        lines = self.text[self.text.index(place) :].splitlines()
        first = next(number for number, line in enumerate(lines) if line.startswith("|"))
        rows = lines[first + 2 :]
        end = next((number for number, line in enumerate(rows) if not line.startswith("|")), len(rows))
        return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[:end]]

    def first_cells(self, place: str) -> list[str]:
        """The first cell of each row of a table, without the signs of code around it."""
        return [cells[0].strip("`") for cells in self.table(place)]

    @property
    def options(self) -> set[str]:
        """The options that it names, such as `--port`."""
        return set(re.findall(r"(?<!\w)--[a-z][a-z0-9-]+", self.text))


def documentation_page(name: str) -> DocumentationPage:
    """The page of this name in `docs/`, or `README.md`."""
    path = ROOT / name if name == "README.md" else ROOT / "docs" / name
    return DocumentationPage(path.read_text(encoding="utf-8"))


def options_of(*commands: click.Command) -> set[str]:
    """Every option of these commands, long and short."""
    return {name for command in commands for parameter in command.params for name in parameter.opts}


def understand(line: str) -> list[str]:
    """Have the command line parse a line, such as `ocpptui proxy --upstream URL`, without running it.

    Returns its words after `ocpptui`. Raises click.UsageError.
    """
    name, *arguments = shlex.split(line.removeprefix("ocpptui "))
    found = program.get_command(program.make_context("ocpptui", [name, *arguments]), name)
    assert found is not None
    found.make_context(name, list(arguments))
    return [name, *arguments]
