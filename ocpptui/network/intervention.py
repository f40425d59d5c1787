"""What is done with a message that runs through us instead of passing it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ocpptui.timeline.record import Passage


def _ignore(index: int | None) -> None:
    """Nobody waits for the index of the record."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """What to do with a message instead of passing it on."""

    passage: Passage
    text: str | bytes = ""
    """The message to send in its place, or the answer."""
    detail: tuple[tuple[str, Any], ...] = ()
    """What the record of it says besides."""
    noted: Callable[[int | None], None] = _ignore
    """Called with the index of the record of the message itself, before the intervention has its own."""
