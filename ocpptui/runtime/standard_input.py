"""Standard input: the path that means it, its name, and its content as it arrives."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ocpptui.runtime.arriving_bytes import ArrivingBytes

STANDARD_INPUT = Path("-")
"""The path that means standard input, wherever a file to read may be named."""


def input_name(path: Path) -> str:
    """What every message and every report calls an input: its path, or `standard input`."""
    return _NAME if path == STANDARD_INPUT else str(path)


def short_input_name(path: Path) -> str:
    """The same without the folder."""
    return _NAME if path == STANDARD_INPUT else path.name


class StandardInput(ArrivingBytes):
    """What arrives on the descriptor that was standard input when this was made."""

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        file = os.dup(0)  # the screen may put the terminal in place of a pipe
        super().__init__(_NAME, lambda: file, tell)


_NAME = "standard input"
