"""Plays a plan on a live connection of a session, as a person would who holds the recording in hand."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from ocpptui.network.connection import Connection
from ocpptui.network.problems import NotConnected
from ocpptui.replay.controls import Controls
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.plan import Plan, PlanStep
from ocpptui.replay.replay_report import Outcome, Report
from ocpptui.replay.run import ConnectionLostError, Manner, Walk
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.clock import Clock, now
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent

PATIENCE = 10.0
"""Seconds that a call of the peer is waited for."""


class Player(Controls):
    """A plan on its way: what it sends, what it waits for, and the controls of a person.

    The session's `automatic` has to be off, or its behaviour would speak in between. Answer-driven: it goes on when
    the live peer did what the recorded one did, or was given `patience` seconds to make a call, or the session's
    call time-out to give an answer. With a `speed`, a frame of ours also keeps its recorded distance in time from
    the step before, divided by the speed. While it is paused, as at first, nothing is sent and no time runs out.
    """

    def __init__(
        self,
        plan: Plan,
        session: Session,
        *,
        charge_point: str | None = None,
        speed: float | None = None,
        delay: float = 0.0,
        patience: float = PATIENCE,
        rules: Substitutions | None = None,
        ignoring: Ignoring | None = None,
        rounds: int | None = 1,
        lingers: bool = False,
        once: bool = False,
        target: str = "",
        clock: Clock = now,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """`charge_point` is the id of the live one to wait for; None takes whichever connects first.

        `rules` say what is rewritten beside the ids of the live peer, `ignoring` which differences do not count,
        `rounds` how often the plan is played (None: until it is stopped); with `lingers` the connection stays in
        use at the end, so that one can go back. With `once` the first attempt to connect that fails ends it.
        `target` is the URL that a person has to agree to before there may be a connection.
        """
        super().__init__(speed, delay)
        self.plan = plan
        self.session = session
        self.manner = Manner(rules or Substitutions(), ignoring or Ignoring(), rounds, patience, lingers)
        self.report = Report(plan, ignored=self.manner.ignoring.paths)
        self.target = target
        """Where it will connect to; empty where the peer comes to us."""
        self._agreed = asyncio.Event()
        self.connection: Connection | None = None
        """The live connection; None before there is one."""
        self._charge_point = charge_point
        self._once = once
        self._looked_at = 0  # records of the session that are no reason to give up
        self._clock = clock
        self._new_id = new_id

    @property
    def is_agreed(self) -> bool:
        """Whether a person agreed to `target`."""
        return not self.target or self._agreed.is_set()

    def agree(self) -> None:
        """The target was shown and a person wants it: what waits in `agreed` goes on."""
        self._agreed.set()
        self.changed()

    async def agreed(self) -> None:
        """Wait until a person agreed to the target, if there is one."""
        if not self.is_agreed:
            await self._agreed.wait()

    @property
    def position(self) -> int:
        """How many steps of the plan are done."""
        return self.report.position

    @property
    def next_step(self) -> PlanStep | None:
        """The step that is being done or comes next; None at the end."""
        steps = self.plan.steps
        return steps[self.position] if self.position < len(steps) else None

    @property
    def can_move(self) -> bool:
        """Whether `go_to` does anything: there is a connection, and it is not lost."""
        outcome = self.report.outcome
        is_kept = outcome is Outcome.FINISHED and self.manner.lingers
        return self.connection is not None and self.connection.open and (outcome is Outcome.RUNNING or is_kept)

    @property
    def is_over(self) -> bool:
        return self.report.outcome is not Outcome.RUNNING

    async def run(self) -> Report:
        """Wait for a connection and play to the end or until it is lost; the report."""
        report = self.report
        try:
            connection = self.connection = await self._connected()
            report.peer, report.charge_point = connection.url, connection.charge_point
            report.version = connection.version
            self.changed()
            walk = Walk(report, self.session, connection, self, self.manner, clock=self._clock, new_id=self._new_id)
            await walk.run()
            report.outcome = Outcome.FINISHED
        except (ConnectionLostError, NotConnected) as error:
            if report.outcome is Outcome.RUNNING:
                report.outcome = Outcome.LOST
                report.reason = str(error)
        finally:
            if report.outcome is Outcome.RUNNING:
                report.outcome = Outcome.STOPPED
            self.changed()
        return report

    async def _connected(self) -> Connection:
        while (connection := await self.session.until(self._open_connection)) is None:
            pass
        return connection

    def _open_connection(self) -> Connection | None:
        """The connection to play on, None while there is none. Raises ConnectionLostError where it will not come."""
        session = self.session
        if self._charge_point is not None:
            connection = session.connection_of(self._charge_point)
        else:
            connection = next(iter(session.connections.values()), None)
        while connection is None and self._once and self._looked_at < len(session.timeline):
            if self._ended_at(self._looked_at):
                detail = session.timeline.record(self._looked_at).detail
                words = " ".join(str(detail[key]) for key in ("error", "advice") if detail.get(key))
                raise ConnectionLostError(words or "the connection was closed before the first step")
            self._looked_at += 1
        return connection

    def _ended_at(self, index: int) -> bool:
        """Whether a record says that our attempt to connect has failed, not that of another charge point."""
        timeline = self.session.timeline
        ended = timeline.event(index) in (ConnectionEvent.REFUSED, ConnectionEvent.FAILED, ConnectionEvent.CLOSED)
        return ended and self._charge_point in (None, timeline.charge_point(index))
