"""Work that follows typing: done at once, or, if it takes long, when the typing pauses."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

PAUSE = 0.3
"""Seconds without a key that count as a pause."""


class Following:
    """At most one task that waits for a pause. `set_timer` is the method of the widget or screen it belongs to."""

    def __init__(self, set_timer: Callable[[float, Callable[[], None]], Timer]) -> None:
        self._set_timer = set_timer
        self._timer: Timer | None = None
        self.waiting: Callable[[], None] | None = None

    def do(self, follow: Callable[[], None], *, later: bool) -> None:
        """Run `follow` now, or `later`; it replaces the waiting task."""
        if self._timer is not None:
            self._timer.stop()
        self.waiting = follow
        if later:
            self._timer = self._set_timer(PAUSE, self.settle)
        else:
            self.settle()

    def settle(self) -> None:
        """Run the waiting task now."""
        follow, self.waiting = self.waiting, None
        if follow is not None:
            follow()
