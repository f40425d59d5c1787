"""A piece of a file that is not a record, with the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.standard_input import input_name


class Problem(NamedTuple):
    """A piece of a file that is not a record."""

    path: Path
    unreadable: Unreadable

    def __str__(self) -> str:
        return f"{input_name(self.path)}: {self.unreadable}"

    def worded(self, words: Callable[[str], str]) -> Problem:
        """The same with its reason in other words."""
        return Problem(self.path, replace(self.unreadable, reason=words(self.unreadable.reason)))
