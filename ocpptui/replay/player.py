"""Plays a plan on a live connection of a session, as a person would who holds the recording in hand."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from ocpptui.link.connection import Connection
from ocpptui.link.errors import NotConnected
from ocpptui.replay.controls import Controls
from ocpptui.replay.plan import Plan, Step
from ocpptui.replay.report import Outcome, Report
from ocpptui.replay.walk import ConnectionLostError, Walk
from ocpptui.session.session import Session
from ocpptui.timeline.record import Event

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
        patience: float = PATIENCE,
        once: bool = False,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """`charge_point` is the id of the live one to wait for; None takes whichever connects first.

        With `once` the first attempt to connect that fails ends it.
        """
        super().__init__(speed)
        self.plan = plan
        self.session = session
        self.report = Report(plan)
        self.connection: Connection | None = None
        """The live connection; None before there is one."""
        self._charge_point = charge_point
        self._patience = patience
        self._once = once
        self._looked_at = 0  # records of the session that are no reason to give up
        self._new_id = new_id

    @property
    def position(self) -> int:
        """How many steps of the plan are done."""
        return self.report.position

    @property
    def next_step(self) -> Step | None:
        """The step that is being done or comes next; None at the end."""
        steps = self.plan.steps
        return steps[self.position] if self.position < len(steps) else None

    @property
    def is_over(self) -> bool:
        return self.report.outcome is not Outcome.RUNNING

    async def run(self) -> Report:
        """Wait for a connection and play to the end or until it is lost; the report."""
        report = self.report
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            connection = self.connection = await self._connected()
            began = loop.time()
            report.peer, report.charge_point = connection.url, connection.charge_point
            report.version = connection.version
            self.changed()
            await Walk(report, self.session, connection, self, patience=self._patience, new_id=self._new_id).run()
            report.outcome = Outcome.FINISHED
        except (ConnectionLostError, NotConnected) as error:
            report.outcome = Outcome.LOST
            report.reason = str(error)
        finally:
            if report.outcome is Outcome.RUNNING:
                report.outcome = Outcome.STOPPED
            report.seconds = loop.time() - began
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
            if session.timeline.event(self._looked_at) in (Event.REFUSED, Event.FAILED, Event.CLOSED):
                detail = session.timeline.record(self._looked_at).detail
                words = " ".join(str(detail[key]) for key in ("error", "advice") if detail.get(key))
                raise ConnectionLostError(words or "the connection was closed before the first step")
            self._looked_at += 1
        return connection
