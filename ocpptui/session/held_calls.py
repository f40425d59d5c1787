"""The calls of peers that wait for the user: by a rule, or because the behaviour is off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import Origin
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection
    from ocpptui.session.connection_driver import ConnectionDriver


@dataclass(frozen=True, slots=True)
class HeldCall:
    """One call that waits."""

    index: int
    """Its place in the timeline."""
    charge_point: str
    action: str
    age: float
    """Seconds since it arrived."""
    time_left: float
    """Seconds until the time-out for calls, after which the peer probably expects no answer; below 0 since then."""


class HeldCalls:
    """Those of all connections of a session, oldest first. What takes an index raises NotConnected if nothing waits."""

    def __init__(
        self,
        drivers: Mapping[int, ConnectionDriver],
        timeline: Timeline,
        clock: Callable[[], int],
        note: Callable[[Connection, str, Mapping[str, Any]], int],
    ) -> None:
        """`drivers` are those of the calls that wait, by timeline index."""
        self._drivers = drivers
        self._timeline = timeline
        self._clock = clock
        self._note = note

    def list(self) -> list[HeldCall]:
        """All that wait now."""
        timeline, now = self._timeline, self._clock()
        return [
            HeldCall(
                index,
                timeline.charge_point(index),
                timeline.action(index),
                timeline.age(index, now) / 1e6,
                (timeline.late_after - timeline.age(index, now)) / 1e6,
            )
            for index in self._drivers
        ]

    async def answer(self, index: int, payload: str, origin: Origin = Origin.MANUAL) -> int:
        """Answer with a CALLRESULT; `payload` is JSON text. Return the index of what was sent."""
        driver, call = self._held(index)
        return await driver.connection.send(driver.connection.encoding.result(call, payload), origin)

    async def answer_error(self, index: int, code: str, description: str = "", details: str = "{}") -> int:
        """Answer with a CALLERROR; `details` is JSON text. Return the index of what was sent."""
        driver, call = self._held(index)
        text = driver.connection.encoding.error(call, code, description, details)
        return await driver.connection.send(text, Origin.MANUAL)

    def default_answer(self, index: int) -> str:
        """The answer that the behaviour would give, as JSON text."""
        driver, call = self._held(index)
        connection = driver.connection
        if connection.version is None:
            return "{}"
        from ocpptui.simulator.default_answers import answer_to

        return value_text(answer_to(connection.version, connection.role, call, self._clock()))

    async def let_go(self, index: int) -> None:
        """Have it answered as if it had just come; while the behaviour is off, with the default answer."""
        driver, call = self._held(index)
        if driver.automatic:
            driver.waits_no_more(index)
            driver.behave(index, call)
        else:
            await self.answer(index, self.default_answer(index), Origin.BEHAVIOUR)

    def drop(self, index: int) -> int:
        """Leave it without effect and without an answer; return the index of the note that says so."""
        driver, call = self._held(index)
        driver.waits_no_more(index)
        text = f"On purpose, by hand: {call.action} gets no answer"
        return self._note(driver.connection, text, {"fault": {"rule": "by hand", "do": "ignore"}})

    def _held(self, index: int) -> tuple[ConnectionDriver, Message]:
        driver = self._drivers.get(index)
        if driver is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_WAITING, record=index))
        return driver, driver.waiting[index]
