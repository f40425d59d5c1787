"""For how long something was up, down, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(slots=True)
class TimeAccount:
    """Microseconds in each state. Call `turn` when the state changes; clocks never go back."""

    up: int = 0
    down: int = 0
    unknown: int = 0
    state: bool | None = None
    """Whether it is up; None is unknown."""
    since: int | None = None
    """The clock up to which time was counted; None before the first `turn`."""

    def turn(self, state: bool | None, clock: int) -> None:
        """The state from `clock` on."""
        if self.since is not None and (passed := clock - self.since) > 0:
            if self.state is None:
                self.unknown += passed
            elif self.state:
                self.up += passed
            else:
                self.down += passed
        self.since = clock if self.since is None else max(self.since, clock)
        self.state = state

    def until(self, heard: int, end: int) -> TimeAccount:
        """The account at the end of a recording, `heard` being the last record of the charge point.

        What was up is known to be so until then; what was down stays down.
        """
        account = replace(self)
        if account.state:
            account.turn(None, heard)
        account.turn(None, end)
        return account

    @property
    def share(self) -> float | None:
        """Which fraction of the known time it was up; None if no time is known."""
        known = self.up + self.down
        return self.up / known if known else None
