"""The calls of peers that wait for the user: by a rule, or because the behaviour is off. With a proxy, any message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction
from ocpptui.session.unmasked_edit import with_secrets
from ocpptui.timeline.record import Origin, RecordKind
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection
    from ocpptui.session.connection_driver import ConnectionDriver
    from ocpptui.session.relayed_traffic import RelayedTraffic

LONGEST_DELAY = 86_400
"""Seconds for which the user can have a message wait."""


@dataclass(frozen=True, slots=True)
class HeldCall:
    """One call that waits; with a proxy, any message."""

    index: int
    """Its place in the timeline."""
    charge_point: str
    action: str
    age: float
    """Seconds since it arrived."""
    time_left: float
    """Seconds until the time-out for calls, after which the peer probably expects no answer; below 0 since then."""
    kind: RecordKind = RecordKind.CALL
    direction: Direction | None = None
    """Where it goes; None for a call to us."""


class HeldCalls:
    """Those of all connections of a session, oldest first. What takes an index raises NotConnected if nothing waits."""

    def __init__(
        self,
        drivers: Mapping[int, ConnectionDriver],
        relayed: Mapping[int, RelayedTraffic],
        timeline: Timeline,
        clock: Callable[[], int],
        note: Callable[[Connection, str, Mapping[str, Any]], int],
    ) -> None:
        """`drivers` are those of the calls that wait, by timeline index, `relayed` has the messages that a proxy
        holds."""
        self._drivers = drivers
        self._relayed = relayed
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
                timeline.kind(index),
                timeline.direction(index) if index in self._relayed else None,
            )
            for index in self.everything
        ]

    @property
    def everything(self) -> Sequence[int]:
        """The timeline indexes of all that waits, oldest first."""
        if not self._relayed:
            return list(self._drivers)
        return sorted((*self._drivers, *self._relayed))

    @property
    def calls(self) -> Sequence[int]:
        """The same of what can be answered."""
        kind = self._timeline.kind
        return [index for index in self.everything if index in self._drivers or kind(index) is RecordKind.CALL]

    async def answer(self, index: int, payload: str, origin: Origin = Origin.MANUAL) -> int:
        """Answer with a CALLRESULT; `payload` is JSON text. Return the index of what was sent."""
        if (traffic := self._relayed.get(index)) is not None:
            text = traffic.encoding_at(index).result(self._passing_call(index), payload)
            return traffic.answer_held(index, text)
        driver, call = self._held(index)
        return await driver.connection.send(driver.connection.encoding.result(call, payload), origin)

    async def answer_error(self, index: int, code: str, description: str = "", details: str = "{}") -> int:
        """Answer with a CALLERROR; `details` is JSON text. Return the index of what was sent."""
        if (traffic := self._relayed.get(index)) is not None:
            text = traffic.encoding_at(index).error(self._passing_call(index), code, description, details)
            return traffic.answer_held(index, text)
        driver, call = self._held(index)
        text = driver.connection.encoding.error(call, code, description, details)
        return await driver.connection.send(text, Origin.MANUAL)

    def default_answer(self, index: int) -> str:
        """The answer that the behaviour would give, as JSON text."""
        if (traffic := self._relayed.get(index)) is not None:
            call, version, role = self._passing_call(index), traffic.connection.version, traffic.side_of(index)
        else:
            driver, call = self._held(index)
            version, role = driver.connection.version, driver.connection.role
        if version is None:
            return "{}"
        from ocpptui.simulator.default_answers import answer_to

        return value_text(answer_to(version, role, call, self._clock()))

    def change(self, index: int, text: str) -> int:
        """Pass on another text in place of a message that a proxy holds; return the index of what was sent.

        Where the text still has the mask of a secret, the secret goes on.
        """
        traffic = self._passing(index)
        original, shown = traffic.waiting[index].content, self._timeline.record(index).raw
        if isinstance(original, str) and isinstance(shown, str):
            text = with_secrets(text, shown, original)
        return traffic.change_held(index, text)

    def change_payload(self, index: int, payload: str) -> int:
        """The same with another payload, as JSON text."""
        return self.change(index, self.with_payload(index, payload))

    def with_payload(self, index: int, payload: str) -> str:
        """The text of a message that a proxy holds, as its encoding has it, with another payload. Raises NotConnected
        if it waits no longer."""
        traffic = self._passing(index)
        frame = self._timeline.frame(index)
        if not isinstance(frame, Message):
            raise NotConnected(NetworkProblem(ProblemCode.NOT_WAITING, record=index))
        return traffic.encoding_at(index).with_payload(frame, payload, self._timeline.action(index))

    def delay(self, index: int, seconds: float) -> None:
        """Have a message that a proxy holds go on after so many seconds."""
        self._passing(index).delay_held(index, seconds)

    async def let_go(self, index: int) -> None:
        """Have it answered as if it had just come; while the behaviour is off, with the default answer. With a proxy,
        have it pass on."""
        if (traffic := self._relayed.get(index)) is not None:
            traffic.release_held(index)
            return
        driver, call = self._held(index)
        self._tell_released(index, driver, call)
        if driver.automatic:
            driver.waits_no_more(index)
            driver.behave(index, call)
        else:
            await self.answer(index, self.default_answer(index), Origin.BEHAVIOUR)

    def tell_all_released(self) -> None:
        """Record that the behaviour, which is switched on, answers the calls that wait."""
        for index, driver in list(self._drivers.items()):
            self._tell_released(index, driver, driver.waiting[index])

    def _tell_released(self, index: int, driver: ConnectionDriver, call: Message) -> None:
        waited = round(self._timeline.age(index, self._clock()) / 1e6, 1)
        text = f"By hand: {call.action} goes to the simulation after {waited} s"
        self._note(driver.connection, text, {"released": call.id})

    def drop(self, index: int) -> int:
        """Leave it without effect and without an answer; return the index of the note that says so."""
        if (traffic := self._relayed.get(index)) is not None:
            return traffic.drop_held(index)
        driver, call = self._held(index)
        driver.waits_no_more(index)
        text = f"On purpose, by hand: {call.action} gets no answer"
        return self._note(driver.connection, text, {"fault": {"rule": "by hand", "do": "ignore"}})

    def _passing(self, index: int) -> RelayedTraffic:
        traffic = self._relayed.get(index)
        if traffic is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_WAITING, record=index))
        return traffic

    def _passing_call(self, index: int) -> Message:
        frame = self._timeline.frame(index)
        if not isinstance(frame, Message) or self._timeline.kind(index) is not RecordKind.CALL:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_WAITING, record=index))
        return frame

    def _held(self, index: int) -> tuple[ConnectionDriver, Message]:
        driver = self._drivers.get(index)
        if driver is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_WAITING, record=index))
        return driver, driver.waiting[index]
