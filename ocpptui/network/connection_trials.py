"""Which settings a charge point connects with: those that worked last, and those that it is to try before them.

Source: OCPP 2.x use case B10 (NetworkConfigurationPriority), A01, A02 and A05 (the fallback to what worked).
"""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import ConnectStep, NetworkProblem


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings to connect with, and how often they may fail before the next ones are tried."""

    number: int
    """What the caller knows them by; 0 for those that the user has set."""
    settings: ClientSettings
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class FailedTrial:
    """Settings that did not lead to a connection, and what went wrong in their last attempt."""

    number: int
    problem: NetworkProblem


class ConnectionTrials:
    """Takes the outcome of each attempt, and says what the next one uses."""

    def __init__(self, settings: ClientSettings) -> None:
        self.base = settings
        """As the user has set them."""
        self.current = Trial(0, settings)
        """What the next attempt uses, or the open connection was made with."""
        self._order: tuple[Trial, ...] = (self.current,)
        self._fallback: Trial | None = None  # what worked last, until something else does
        self._failures = 0  # of the current ones
        self._failed: dict[int, NetworkProblem] = {}  # by number, since this was asked last

    def try_first(self, trials: tuple[Trial, ...]) -> None:
        """From the next attempt on, try these in turn, then those that worked last."""
        self._fallback = self._fallback or self.current
        self._order, self.current, self._failures = trials, trials[0], 0

    def succeeded(self) -> None:
        """A connection is open: only what was tried along with it counts from now on."""
        if self.current is self._fallback:
            self._order = (self.current,)
        self._fallback, self._failures = None, 0

    def failed(self, problem: NetworkProblem) -> bool:
        """An attempt failed; whether the next one uses other settings.

        A server that cannot be reached says nothing about another password or certificate for the same URL.
        """
        if self.current is self._fallback or self._order == (self.current,) and self._fallback is None:
            self._failed[self.current.number] = problem
            return False
        is_elsewhere = self._fallback is None or self._fallback.settings.url != self.current.settings.url
        if not is_elsewhere and problem.step in (ConnectStep.DNS, ConnectStep.TCP):
            return False
        self._failures += 1
        if self._failures < self.current.attempts:
            return False
        self._failed[self.current.number] = problem
        following = self._order.index(self.current) + 1
        if following < len(self._order):
            self.current = self._order[following]
        else:
            self.current = self._fallback or self._order[0]
        self._failures = 0
        return True

    def take_failed(self) -> tuple[FailedTrial, ...]:
        """What has failed since this was asked last."""
        failed = tuple(FailedTrial(number, problem) for number, problem in self._failed.items())
        self._failed.clear()
        return failed
