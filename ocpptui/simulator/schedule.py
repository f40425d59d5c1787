"""Actions planned for later, in order of time."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from typing import NamedTuple

from ocpptui.simulator.effects import Effect

Action = Callable[[int], list[Effect]]
"""What to do at the planned time; it receives the current time."""


class _Entry(NamedTuple):
    due: int
    order: int
    topic: str
    action: Action
    by_calendar: bool


class Agenda:
    """Entries by time; entries of the same time keep the order in which they were added."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._count = 0

    def at(self, due: int, topic: str, action: Action, *, by_calendar: bool = False) -> None:
        """Plan `action` for `due` (microseconds since 1970); it can be cancelled by `topic`.

        It is due after the same span of time even if the clock is set, unless it is planned `by_calendar`.
        """
        insort(self._entries, _Entry(due, self._count, topic, action, by_calendar), key=lambda entry: entry[:2])
        self._count += 1

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        moved = [entry if entry.by_calendar else entry._replace(due=entry.due + by) for entry in self._entries]
        self._entries = sorted(moved, key=lambda entry: entry[:2])

    def next(self) -> int | None:
        """When the next action is due."""
        return self._entries[0].due if self._entries else None

    def has(self, topic: str) -> bool:
        """Whether anything is planned under this topic."""
        return any(entry.topic == topic for entry in self._entries)

    def run(self, now: int) -> list[Effect]:
        """Run everything that is due by `now`, including what these actions plan for `now`."""
        effects: list[Effect] = []
        while self._entries and self._entries[0].due <= now:
            effects += self._entries.pop(0).action(now)
        return effects

    def cancel(self, topic: str) -> bool:
        """Cancel everything planned under this topic; True if there was something."""
        kept = [entry for entry in self._entries if entry.topic != topic]
        found = len(kept) < len(self._entries)
        self._entries = kept
        return found

    def clear(self, *, keep: tuple[str, ...] = ()) -> None:
        """Cancel everything, except what is planned under a topic that begins with one of `keep`."""
        self._entries = [entry for entry in self._entries if entry.topic.startswith(keep)]
