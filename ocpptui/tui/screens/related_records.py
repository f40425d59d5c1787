"""From a record to those that are related to its findings, and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from textual.screen import Screen

from ocpptui.tui.widgets.message_log import MessageLog


class RelatedRecords:
    """Where the user went from record to record; `go_to` shows one."""

    def __init__(self, screen: Screen[None], log: MessageLog, go_to: Callable[[int], None]) -> None:
        self._screen = screen
        self._log = log
        self._go_to = go_to
        self._related_to = (-1, 0)  # the record whose related ones are visited, and the place of the last
        self._came_from: deque[int] = deque(maxlen=100)  # the records to which `leave` goes back

    def show(self) -> None:
        """Go to a record that is related to a finding of this one; the next time, to the next of them."""
        from ocpptui.diagnosis.findings import findings_at

        index = self._log.cursor
        found = [] if index is None else findings_at(self._log.timeline, index)
        related = list(dict.fromkeys(other for finding in found for other in finding.related if other != index))
        if index is None or not related:
            self._screen.notify("No other record is related to what is wrong with this one.", markup=False)
            return
        before, place = self._related_to
        place = (place + 1) % len(related) if before == index else 0
        self._related_to = index, place
        self._came_from.append(index)
        self._go_to(related[place])

    def leave(self) -> None:
        """Go back to the record from which `show` went last."""
        if self._came_from:
            self._go_to(self._came_from.pop())
        else:
            self._screen.notify("r goes to a related record; from there, this key goes back.", markup=False)
