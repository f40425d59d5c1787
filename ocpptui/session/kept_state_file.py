"""The file in which a simulated charge point keeps its state over the end of the process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocpptui.runtime.portable_files import write_private

if TYPE_CHECKING:
    from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour

PAUSE = 5_000_000
"""Microseconds between two writes at least, while the process runs."""


class KeptStateFile:
    """Reads the state for a new charge point, and writes it as it changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._behaviour: ChargePointBehaviour | None = None
        self._written = ""
        self._looked = 0

    def restore(self, behaviour: ChargePointBehaviour, now: int) -> str:
        """Give a new charge point the kept state, if there is one; return why that is not possible, or ""."""
        from ocpptui.simulator.kept_state import WrongState

        self._behaviour = behaviour
        try:
            behaviour.restore(read_state(self.path), now)
        except FileNotFoundError:
            return ""
        except (WrongState, ValueError, OSError) as error:
            self._behaviour = None  # nothing is written over what could not be read
            return f"{self.path}: {error}"
        return ""

    def keep(self, now: int, *, at_once: bool = False) -> str:
        """Write what has changed, every few seconds or `at_once`; return why that is not possible, or ""."""
        if self._behaviour is None or (not at_once and 0 <= now - self._looked < PAUSE):
            return ""
        self._looked = now
        text = json.dumps(self._behaviour.kept_state(now), ensure_ascii=False, indent=1)
        if text == self._written:
            return ""
        beside = self.path.with_name(f".{self.path.name}.new")
        try:
            write_private(beside, text)
            os.replace(beside, self.path)
        except OSError as error:
            return f"{self.path}: the state is not kept: {error.strerror or error}"
        self._written = text
        return ""


def read_state(path: Path) -> Any:
    """The state in a file. Raises OSError, and ValueError for a file that is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("it is not the state of a charge point") from None
