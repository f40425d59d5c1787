"""The file in which a simulated charge point or central system keeps its state over the end of the process."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from ocpptui.runtime.portable_files import write_private

PAUSE = 5_000_000
"""Microseconds between two writes at least, while the process runs."""


class KeepsState(Protocol):
    """What has a state that outlives the process, as values for JSON. Times are microseconds since 1970."""

    def kept_state(self, now: int) -> dict[str, Any]:
        """The state."""
        ...

    def restore(self, state: Any, now: int) -> object:
        """Go on from a state. Raises WrongState."""
        ...


class KeptStateFile:
    """Reads the state when a session begins, and writes it as it changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keeper: KeepsState | None = None
        self.failure = ""
        """Why the state is not in the file, as a sentence without a full stop; empty as long as it is."""
        self._written = ""
        self._looked = 0

    def restore(self, keeper: KeepsState, now: int) -> str:
        """Give a new charge point or central system the kept state; return why that is not possible, or ""."""
        from ocpptui.simulator.kept_state import WrongState

        self._keeper, self.failure = keeper, ""
        try:
            keeper.restore(read_state(self.path), now)
        except FileNotFoundError:
            return ""
        except (WrongState, ValueError, OSError) as error:
            self._keeper = None  # nothing is written over what could not be read
            self.failure = f"{self.path}: {error}"
        return self.failure

    def keep(self, now: int, *, at_once: bool = False) -> str:
        """Write what has changed, every few seconds or `at_once`; return what is new about that, or ""."""
        if self._keeper is None or (not at_once and 0 <= now - self._looked < PAUSE):
            return ""
        self._looked = now
        text = json.dumps(self._keeper.kept_state(now), ensure_ascii=False, indent=1)
        if text == self._written and not self.failure:
            return ""
        before, self.failure = self.failure, "" if text == self._written else self._write(text)
        if self.failure == before:
            return ""
        return self.failure or f"{self.path}: the state is kept again"

    def _write(self, text: str) -> str:
        """Replace the file, in one step; why that is not possible, or ""."""
        beside = self.path.with_name(f".{self.path.name}.new")
        try:
            write_private(beside, text)
            os.replace(beside, self.path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            return f"{self.path}: the state is not kept: {error.strerror or error}"
        self._written = text
        return ""


def read_state(path: Path) -> Any:
    """The state in a file. Raises OSError, and ValueError for a file that is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("it is not a kept state") from None
