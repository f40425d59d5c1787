"""Calls that wait for the user. If these fail, an answer goes to the wrong call, or the peer waits for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ocpptui.network.problems import NotConnected, ProblemCode
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.session.session import Session
from ocpptui.timeline.record import Origin, RecordKind
from tests.kit.proxy_bench import PATIENCE, notes
from tests.kit.station_bench import STATION, station_bench


class AnswerDesk:
    """A charge point whose user answers the calls of its central system."""

    def __init__(self, central: Session, station: Session) -> None:
        self.central, self.station = central, station
        self.sent: dict[int, int] = {}
        """The call in the central system, by the call that waits at the charge point."""

    async def asked(self, action: str = "UnlockConnector", payload: str = '{"connectorId":1}') -> int:
        """A call that waits; its index at the charge point."""
        connection = self.central.connection_of(STATION)
        assert connection is not None
        before = len(self.station.held.calls)
        call = await self.central.send_call(connection.number, action, payload)
        assert await self.station.until(lambda: len(self.station.held.calls) > before or None, PATIENCE)
        index = self.station.held.calls[-1]
        self.sent[index] = call
        return index

    async def heard(self, index: int) -> Message:
        """The answer that the central system got."""
        answer = await self.central.wait_for_answer(self.sent[index], PATIENCE)
        assert answer is not None
        frame = self.central.timeline.frame(answer)
        assert isinstance(frame, Message)
        return frame


@pytest.fixture
async def desk() -> AsyncIterator[AnswerDesk]:
    async with station_bench(Version.V16, automatic=False) as (central, station):
        yield AnswerDesk(central, station)


async def test_calls_wait_oldest_first_and_say_what_they_are(desk: AnswerDesk) -> None:
    first, second = await desk.asked(), await desk.asked("ClearCache", "{}")
    waiting = desk.station.held.list()
    assert [(one.index, one.action, one.charge_point) for one in waiting] == [
        (first, "UnlockConnector", STATION), (second, "ClearCache", STATION),
    ]  # fmt: skip
    assert all(one.kind is RecordKind.CALL and one.direction is None for one in waiting)
    assert all(one.age >= 0 and one.age + one.time_left == pytest.approx(30, abs=0.01) for one in waiting)


async def test_each_answer_goes_to_its_own_call_in_any_order(desk: AnswerDesk) -> None:
    first, second = await desk.asked(), await desk.asked("ClearCache", "{}")
    await desk.station.held.answer(second, '{"status":"Rejected"}')
    await desk.station.held.answer(first, '{"status":"UnlockFailed"}')
    assert (await desk.heard(second)).payload == {"status": "Rejected"}
    assert (await desk.heard(first)).payload == {"status": "UnlockFailed"}
    assert desk.station.held.list() == []


async def test_an_error_can_be_the_answer(desk: AnswerDesk) -> None:
    index = await desk.asked()
    await desk.station.held.answer_error(index, "InternalError", "by hand", '{"a":1}')
    answer = await desk.heard(index)
    assert (answer.error_code, answer.error_description, answer.payload) == ("InternalError", "by hand", {"a": 1})


async def test_a_released_call_gets_the_answer_that_was_offered(desk: AnswerDesk) -> None:
    """What the form starts with is what the simulation would say."""
    index = await desk.asked()
    offered = desk.station.held.default_answer(index)
    await desk.station.held.let_go(index)
    assert (await desk.heard(index)).raw == f'[3,"{(await desk.heard(index)).id}",{offered}]'
    assert any(note.startswith("By hand: UnlockConnector goes to the simulation") for note in notes(desk.station))


async def test_the_simulation_answers_all_that_waits_once_it_is_switched_on(desk: AnswerDesk) -> None:
    first, second = await desk.asked(), await desk.asked("ClearCache", "{}")
    desk.station.automatic = True
    for index in (first, second):
        assert (await desk.heard(index)).kind.name == "CALLRESULT"
        answer = desk.station.timeline.other_half(index)
        assert answer is not None and desk.station.timeline.record(answer).origin is Origin.BEHAVIOUR
    assert sum("goes to the simulation" in note for note in notes(desk.station)) == 2


async def test_a_dropped_call_gets_no_answer_and_the_log_says_that_it_was_on_purpose(desk: AnswerDesk) -> None:
    """Nobody may take it for a fault of the charge point."""
    index = await desk.asked()
    note = desk.station.held.drop(index)
    assert desk.station.timeline.record(note).detail["text"] == "On purpose, by hand: UnlockConnector gets no answer"
    assert desk.station.held.list() == []
    assert desk.station.timeline.other_half(index) is None


@pytest.mark.parametrize("what", ["answered", "never held"])
async def test_what_does_not_wait_cannot_be_answered(desk: AnswerDesk, what: str) -> None:
    """Two people at one session, or a script and a person, decide about the same call."""
    index = await desk.asked()
    if what == "answered":
        await desk.station.held.answer(index, '{"status":"Unlocked"}')
    else:
        index = 0
    held = desk.station.held
    for decide in (lambda: held.drop(index), lambda: held.default_answer(index)):
        with pytest.raises(NotConnected) as problem:
            decide()
        assert problem.value.problem.code is ProblemCode.NOT_WAITING
    for late in (held.answer(index, "{}"), held.answer_error(index, "InternalError"), held.let_go(index)):
        with pytest.raises(NotConnected):
            await late


async def test_only_what_a_proxy_holds_can_be_changed_or_delayed(desk: AnswerDesk) -> None:
    """A call to us is answered; there is nobody to pass it on to."""
    index = await desk.asked()
    for decide in (
        lambda: desk.station.held.change(index, "[]"),
        lambda: desk.station.held.change_payload(index, "{}"),
        lambda: desk.station.held.delay(index, 1.0),
    ):
        with pytest.raises(NotConnected):
            decide()
    assert desk.station.held.calls == [index], "it still waits"
