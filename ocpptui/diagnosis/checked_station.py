"""One charge point of a run: what is known of it, and the checkers that follow it."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, Protocol

from ocpptui.diagnosis.checker import Checker, Handler
from ocpptui.diagnosis.known import KnownChargePoint
from ocpptui.diagnosis.rule import Rule
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.timeline.record import ConnectionEvent

Handlers = tuple[tuple[type[Checker], Handler], ...]
"""Handlers with the classes that have them."""
Bound = tuple[Callable[..., None], ...]
"""Handlers of one charge point's checkers."""


class OwnerOfStations(Protocol):
    """The run that a charge point belongs to."""

    of_records: dict[int, Handlers]
    """By kind: the handlers of all records of a kind."""

    @property
    def time_out(self) -> int: ...
    @property
    def found(self) -> Callable[[Rule, int, tuple[int, ...], dict[str, Any]], None]: ...


class CheckedStation:
    """A charge point: what is known of it, its checkers, and their handlers, each bound when it is first needed."""

    def __init__(self, run: OwnerOfStations, known: KnownChargePoint, limits: CheckLimits) -> None:
        self._run = run
        self.limits = limits
        self.parties: set[int] = set()
        self.begin(known)

    def begin(self, known: KnownChargePoint) -> None:
        """Forget everything else."""
        self.known = known
        self.version = known.version
        self.waits = known.waits
        self.handlers: dict[int, Bound] = {}
        self.events: dict[ConnectionEvent | None, Bound] = {}
        self._checkers: dict[type[Checker], Checker] = {}
        self._of_records = [
            (kind, [(self._checker(one), MethodType(handler, self._checker(one))) for one, handler in handlers])
            for kind, handlers in self._run.of_records.items()
        ]
        self.listen()

    def bind(self, handlers: Handlers) -> Bound:
        chosen = ((handler, self._checker(kind)) for kind, handler in handlers)
        return tuple(MethodType(handler, checker) for handler, checker in chosen if checker.hears(handler))

    def bind_again(self) -> None:
        """Forget the handlers that were bound for messages: a checker has woken."""
        self.handlers.clear()

    def _checker(self, kind: type[Checker]) -> Checker:
        checker = self._checkers.get(kind)
        if checker is None:
            checker = self._checkers[kind] = kind(self.known, self)
        return checker

    def listen(self) -> None:
        """Choose the handlers of all records of a kind: those of the checkers that listen."""
        self.records: dict[int, Bound] = {}
        for kind, handlers in self._of_records:
            if chosen := tuple([handler for checker, handler in handlers if checker.listens]):
                self.records[kind] = chosen

    @property
    def time_out(self) -> int:
        return self._run.time_out

    def found(self, rule: Rule, index: int, related: tuple[int, ...], values: dict[str, Any]) -> None:
        self._run.found(rule, index, related, values)

    def pass_time(self, clock: int) -> None:
        """Do what was to be done before this clock."""
        self.known.now = clock
        for then in self.waits.take_passed(clock):
            then()
