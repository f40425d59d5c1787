"""Plays a plan on a live connection of a session, as a person with the recording in hand would."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from ocpptui.describe.network_problems import recorded_words, words_of
from ocpptui.network.connection import Connection
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.replay.controls import Controls
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.plan import Plan, PlanStep
from ocpptui.replay.replay_report import Outcome, Report
from ocpptui.replay.run import ConnectionLostError, Manner, Walk
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.clock import Clock, now
from ocpptui.session.session import Session
from ocpptui.timeline.record import ENDS

PATIENCE = 10.0
"""Seconds to wait for a call of the peer."""


class Player(Controls):
    """A plan being played: what it sends, what it waits for, and the user's controls.

    The session's `automatic` must be off, or its behaviour would send frames in between. The peer sets the pace: the
    player goes on when the live peer has done what the recorded one did, when a call has not come within `patience`
    seconds, or when an answer has not come within the session's call time-out. With a `speed`, each frame of ours
    also keeps its recorded distance in time from the step before, divided by the speed. It starts paused; while it
    is paused, nothing is sent and no time-out runs.
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
        """`charge_point` is the id of the live charge point to wait for; None takes the first that connects.

        `rules` say what is rewritten apart from the ids of the live peer, `ignoring` which differences to ignore,
        `rounds` how often the plan is played (None: until it is stopped). With `lingers`, the connection stays in
        use at the end, so that the user can go back. With `once`, the first failed attempt to connect ends it.
        `target` is the URL that the user has to agree to before a connection may be made.
        """
        super().__init__(speed, delay)
        self.plan = plan
        self.session = session
        self.manner = Manner(rules or Substitutions(), ignoring or Ignoring(), rounds, patience, lingers)
        self.report = Report(plan, ignored=self.manner.ignoring.paths)
        self.target = target
        """The URL it will connect to; empty if the peer connects to us."""
        self._agreed = asyncio.Event()
        self.connection: Connection | None = None
        """The live connection; None before there is one."""
        self._charge_point = charge_point
        self._once = once
        self._walk: Walk | None = None  # from the connection on
        self._looked_at = 0  # records of the session that give no reason to give up
        self._clock = clock
        self._new_id = new_id

    @property
    def is_agreed(self) -> bool:
        """Whether the user agreed to `target`."""
        return not self.target or self._agreed.is_set()

    def agree(self) -> None:
        """Note that the user saw the target and agreed to it; this ends the wait in `agreed`."""
        self._agreed.set()
        self.changed()

    async def agreed(self) -> None:
        """Wait until the user agrees to the target, if there is one."""
        if not self.is_agreed:
            await self._agreed.wait()

    @property
    def position(self) -> int:
        """How many steps of the plan are done."""
        return self.report.position

    @property
    def next_step(self) -> PlanStep | None:
        """The step in progress or next; None at the end."""
        steps = self.plan.steps
        return steps[self.position] if self.position < len(steps) else None

    @property
    def can_move(self) -> bool:
        """Whether `go_to` has an effect: there is a connection, and it is not lost."""
        outcome = self.report.outcome
        is_kept = outcome is Outcome.FINISHED and self.manner.lingers
        return self.connection is not None and self.connection.open and (outcome is Outcome.RUNNING or is_kept)

    @property
    def is_over(self) -> bool:
        return self.report.outcome is not Outcome.RUNNING

    def report_so_far(self) -> Report:
        """The report with the time taken and what was rewritten up to now."""
        if self._walk is not None and not self.is_over:
            self._walk.write_down()
        return self.report

    async def run(self) -> Report:
        """Wait for a connection and play to the end, or until the connection is lost. Return the report."""
        report = self.report
        try:
            connection = self.connection = await self._connected()
            report.peer, report.charge_point = mask_own_text(connection.url), connection.charge_point
            report.version = connection.version
            self.changed()
            manner, clock, new_id = self.manner, self._clock, self._new_id
            self._walk = Walk(report, self.session, connection, self, manner, clock=clock, new_id=new_id)
            await self._walk.run()
            report.outcome = Outcome.FINISHED
        except (ConnectionLostError, NotConnected) as error:
            if report.outcome is Outcome.RUNNING:
                report.outcome = Outcome.LOST
                report.reason = str(words_of(error.problem) if isinstance(error, NotConnected) else error)
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
        """The connection to play on; None while there is none. Raises ConnectionLostError if it will not come."""
        session = self.session
        if self._charge_point is not None:
            connection = session.connection_of(self._charge_point)
        else:
            connection = next(iter(session.connections.values()), None)
        while connection is None and self._once and self._looked_at < len(session.timeline):
            if self._ended_at(self._looked_at):
                detail = session.timeline.record(self._looked_at).detail
                words = " ".join(recorded_words(detail))
                raise ConnectionLostError(words or "the connection was closed before the first step")
            self._looked_at += 1
        return connection

    def _ended_at(self, index: int) -> bool:
        """Whether a record says that our attempt to connect failed, and not that of another charge point."""
        timeline = self.session.timeline
        ended = timeline.event(index) in ENDS
        return ended and self._charge_point in (None, timeline.charge_point(index))
