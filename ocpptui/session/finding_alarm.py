"""Acts on what is found in a live session, for long waits for a rare fault: it rings, or stops the session."""

from __future__ import annotations

import time
from collections.abc import Callable

from ocpptui.diagnosis.findings import findings_at
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

PAUSE = 1.0
"""Seconds between two rings at least."""


class FindingAlarm:
    """Looks at the findings that were made since the last look."""

    def __init__(
        self,
        timeline: Timeline,
        stop_on: frozenset[str],
        stop: Callable[[str], None],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stop` is called once, with the reason, when one of the rules in `stop_on` is broken."""
        self.on_ring: list[Callable[[], None]] = []
        """Called for findings of severity error, once a second at most."""
        self.on_stop: list[Callable[[str], None]] = []
        """Called with the reason after the session has stopped."""
        self.why = ""
        """Why the session was stopped, as a sentence; empty as long as it was not."""
        self._timeline = timeline
        self._stop_on = stop_on
        self._stop = stop
        self._seconds = seconds
        self._seen = 0  # revisions before this one
        self._rang = -PAUSE

    @property
    def is_set(self) -> bool:
        """Whether it acts on anything that may be found."""
        return bool(self.on_ring) or (bool(self._stop_on) and not self.why)

    def look(self) -> None:
        """Look at what was found since."""
        revised = self._timeline.revised
        if self._seen == len(revised):
            return
        new, self._seen = revised[self._seen :], len(revised)
        if self.on_ring and any(self._timeline.severities[index] == Severity.ERROR for index in new):
            self._ring()
        if self._stop_on and not self.why:
            broken = (index for index in new if not self._stop_on.isdisjoint(self._timeline.broken_rules(index)))
            if (index := next(broken, None)) is not None:
                self._end(index)

    def _ring(self) -> None:
        now = self._seconds()
        if now - self._rang >= PAUSE:
            self._rang = now
            for ring in self.on_ring:
                ring()

    def _end(self, index: int) -> None:
        found = next(one for one in findings_at(self._timeline, index) if one.rule in self._stop_on)
        name = self._timeline.charge_point(index)
        place = f"record {index + 1} of {name}" if name else f"record {index + 1}"
        self.why = f"Stopped at {place}: {found.text.rstrip('.')} ({found.rule})."
        self._stop(self.why)
        for hear in self.on_stop:
            hear(self.why)
