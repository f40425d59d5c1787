"""Standard input as it arrives."""

from __future__ import annotations

import os
from collections.abc import Callable

from ocpptui.runtime.arriving_bytes import ArrivingBytes


class StandardInput(ArrivingBytes):
    """What arrives on the descriptor that was standard input when this was made."""

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        file = os.dup(0)  # the screen may put the terminal in place of a pipe
        super().__init__("standard input", lambda: file, tell)
