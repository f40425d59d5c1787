from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.correlation import MAX_OPEN, MAX_REMEMBERED, Exchange, MatchStatus
from ocpptui.ocpp.version import Direction

TO_CSMS, TO_CHARGE_POINT = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def test_an_answer_finds_its_call() -> None:
    exchange = Exchange()
    assert exchange.called(TO_CSMS, "a", "Heartbeat", 7, 100)
    match = exchange.answered(TO_CHARGE_POINT, "a", 150)
    assert match.status is MatchStatus.MATCHED
    assert match.call == (TO_CSMS, "a", "Heartbeat", 7, 100)
    assert exchange.in_flight(TO_CSMS) == []


def test_the_same_id_from_both_sides_is_two_calls() -> None:
    """Both peers count from 1, and neither gets the other's answer."""
    exchange = Exchange()
    assert exchange.called(TO_CSMS, "1", "Heartbeat", 0, 0)
    assert exchange.called(TO_CHARGE_POINT, "1", "Reset", 1, 0)
    to_us = exchange.answered(TO_CSMS, "1", 1)
    to_them = exchange.answered(TO_CHARGE_POINT, "1", 1)
    assert to_us.call is not None
    assert to_them.call is not None
    assert (to_us.call.action, to_them.call.action) == ("Reset", "Heartbeat")


def test_an_answer_in_the_direction_of_the_call_is_an_orphan() -> None:
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    assert exchange.answered(TO_CSMS, "a", 1).status is MatchStatus.ORPHAN
    assert len(exchange.in_flight(TO_CSMS)) == 1


def test_a_second_answer_is_never_matched_to_another_call() -> None:
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    exchange.called(TO_CSMS, "b", "Authorize", 1, 0)
    first = exchange.answered(TO_CHARGE_POINT, "a", 1)
    second = exchange.answered(TO_CHARGE_POINT, "a", 2)
    assert second.status is MatchStatus.SECOND
    assert second.call == first.call
    assert [call.message_id for call in exchange.in_flight(TO_CSMS)] == ["b"]


def test_an_answer_to_nothing_is_an_orphan() -> None:
    match = Exchange().answered(TO_CSMS, "x", 0)
    assert match == (None, MatchStatus.ORPHAN)


def test_a_late_answer_still_finds_its_call() -> None:
    """The user sees which call it was, and that it came too late."""
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 3, 0)
    assert [call.token for call in exchange.overdue(31, 30)] == [3]
    assert exchange.overdue(99, 30) == []
    assert exchange.in_flight(TO_CSMS) == []
    match = exchange.answered(TO_CHARGE_POINT, "a", 100)
    assert (match.status, match.call is not None and match.call.token) == (MatchStatus.LATE, 3)
    assert exchange.answered(TO_CHARGE_POINT, "a", 101).status is MatchStatus.SECOND


def test_a_call_is_overdue_only_after_its_time_out() -> None:
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 100)
    assert exchange.overdue(130, 30) == []
    assert len(exchange.overdue(131, 30)) == 1


def test_a_file_tells_late_answers_without_a_clock() -> None:
    """An opened recording shows the same answers as late as the live session did."""
    exchange = Exchange(timeout=30)
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    exchange.called(TO_CSMS, "b", "Heartbeat", 1, 0)
    assert exchange.answered(TO_CHARGE_POINT, "a", 30).status is MatchStatus.MATCHED
    assert exchange.answered(TO_CHARGE_POINT, "b", 31).status is MatchStatus.LATE


def test_an_id_that_is_used_again_is_told() -> None:
    exchange = Exchange()
    assert exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    assert not exchange.called(TO_CSMS, "a", "Heartbeat", 1, 0)
    exchange.answered(TO_CHARGE_POINT, "a", 0)
    exchange.answered(TO_CHARGE_POINT, "a", 0)
    assert not exchange.called(TO_CSMS, "a", "Heartbeat", 2, 0)
    assert exchange.called(TO_CHARGE_POINT, "a", "Reset", 3, 0)


def test_the_most_recent_call_of_an_id_is_answered_first() -> None:
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    exchange.called(TO_CSMS, "a", "Authorize", 1, 1)
    tokens = [match.call.token for _ in range(2) if (match := exchange.answered(TO_CHARGE_POINT, "a", 2)).call]
    assert tokens == [1, 0]


def test_a_retry_with_the_same_id_is_answered_before_the_overdue_call() -> None:
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    exchange.overdue(100, 30)
    exchange.called(TO_CSMS, "a", "Heartbeat", 1, 100)
    assert exchange.answered(TO_CHARGE_POINT, "a", 101).status is MatchStatus.MATCHED
    assert exchange.answered(TO_CHARGE_POINT, "a", 102).status is MatchStatus.LATE
    assert exchange.answered(TO_CHARGE_POINT, "a", 103).status is MatchStatus.SECOND


def test_a_send_is_not_in_flight_and_its_id_is_used() -> None:
    """OCPP 2.1 counts the ids of CALL and SEND together."""
    exchange = Exchange()
    assert exchange.sent(TO_CSMS, "s")
    assert not exchange.sent(TO_CSMS, "s")
    assert exchange.in_flight(TO_CSMS) == []
    assert exchange.answered(TO_CHARGE_POINT, "s", 0).status is MatchStatus.ORPHAN
    assert not exchange.called(TO_CSMS, "s", "Heartbeat", 0, 0)


def test_a_refused_result_points_to_its_call() -> None:
    exchange = Exchange()
    exchange.called(TO_CSMS, "a", "Heartbeat", 0, 0)
    assert exchange.result_refused(TO_CSMS, "a", 1).status is MatchStatus.ORPHAN
    exchange.answered(TO_CHARGE_POINT, "a", 2)
    assert exchange.result_refused(TO_CHARGE_POINT, "a", 3).status is MatchStatus.ORPHAN
    match = exchange.result_refused(TO_CSMS, "a", 3)
    assert (match.status, match.call is not None and match.call.token) == (MatchStatus.MATCHED, 0)
    assert exchange.result_refused(TO_CSMS, "a", 4).status is MatchStatus.SECOND


def test_memory_is_bounded_against_a_peer_that_never_answers() -> None:
    exchange = Exchange()
    for token in range(MAX_OPEN * 3):
        exchange.called(TO_CSMS, f"id{token}", "Heartbeat", token, token)
    in_flight = exchange.in_flight(TO_CSMS)
    assert [call.token for call in in_flight] == list(range(MAX_OPEN * 2, MAX_OPEN * 3))
    for token in range(MAX_OPEN * 3):
        exchange.called(TO_CSMS, "same", "Heartbeat", token, token)
    assert len(exchange.in_flight(TO_CSMS)) == MAX_OPEN
    assert len(exchange.overdue(10**9, 0)) == MAX_OPEN


def test_memory_is_bounded_over_a_long_session() -> None:
    exchange = Exchange()
    for token in range(MAX_REMEMBERED * 3):
        exchange.called(TO_CSMS, f"id{token}", "Heartbeat", token, token)
        exchange.answered(TO_CHARGE_POINT, f"id{token}", token)
    newest, oldest = f"id{MAX_REMEMBERED * 3 - 1}", "id0"
    assert exchange.answered(TO_CHARGE_POINT, newest, 0).status is MatchStatus.SECOND
    assert exchange.answered(TO_CHARGE_POINT, oldest, 0).status is MatchStatus.ORPHAN


@dataclass
class NaiveCall:
    direction: Direction
    message_id: str
    token: int
    time: int
    state: str = "open"
    answered: int = -1
    refused: bool = False


@dataclass
class NaiveExchange:
    """The rule in its plainest form: look through every call there ever was."""

    calls: list[NaiveCall] = field(default_factory=list)
    answers: int = 0

    def called(self, direction: Direction, message_id: str, now: int) -> bool:
        is_new = not any((call.direction, call.message_id) == (direction, message_id) for call in self.calls)
        self.calls.append(NaiveCall(direction, message_id, len(self.calls), now))
        return is_new

    def answered(self, direction: Direction, message_id: str) -> tuple[int | None, MatchStatus]:
        same = [c for c in self.calls if (c.direction, c.message_id) == (direction.opposite, message_id)]
        for state, status in (("open", MatchStatus.MATCHED), ("overdue", MatchStatus.LATE)):
            waiting = [call for call in same if call.state == state]
            if waiting:
                self.answers += 1
                waiting[-1].state, waiting[-1].answered = "answered", self.answers
                return waiting[-1].token, status
        if same:
            return max(same, key=lambda call: call.answered).token, MatchStatus.SECOND
        return None, MatchStatus.ORPHAN

    def refused(self, direction: Direction, message_id: str) -> tuple[int | None, MatchStatus]:
        same = [c for c in self.calls if (c.direction, c.message_id) == (direction, message_id) and c.answered > 0]
        if not same:
            return None, MatchStatus.ORPHAN
        call = max(same, key=lambda call: call.answered)
        status = MatchStatus.SECOND if call.refused else MatchStatus.MATCHED
        call.refused = True
        return call.token, status

    def overdue(self, now: int, timeout: int) -> set[int]:
        late = [call for call in self.calls if call.state == "open" and now - call.time > timeout]
        for call in late:
            call.state = "overdue"
        return {call.token for call in late}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["call", "call", "answer", "answer", "refuse", "wait"]),
        st.sampled_from(list(Direction)),
        st.sampled_from(["1", "2", "3"]),
        st.integers(0, 20),
    ),
    max_size=60,
)


@given(STEPS)
@pytest.mark.timeout(60)
def test_it_does_what_the_plainest_reading_of_the_rule_does(steps: list[tuple[str, Direction, str, int]]) -> None:
    """Ids used again, from both sides, late, second and orphaned answers: never the wrong call."""
    exchange, naive = Exchange(), NaiveExchange()
    now = 0
    for step, direction, message_id, later in steps:
        now += later
        if step == "call":
            token = len(naive.calls)
            assert exchange.called(direction, message_id, "X", token, now) == naive.called(direction, message_id, now)
        elif step == "wait":
            assert {call.token for call in exchange.overdue(now, 30)} == naive.overdue(now, 30)
        else:
            if step == "answer":
                match, expected = exchange.answered(direction, message_id, now), naive.answered(direction, message_id)
            else:
                match, expected = (
                    exchange.result_refused(direction, message_id, now),
                    naive.refused(direction, message_id),
                )
            assert (match.call and match.call.token, match.status) == (expected[0], expected[1])
        for way in Direction:
            waiting = [call.token for call in naive.calls if call.direction is way and call.state == "open"]
            assert [call.token for call in exchange.in_flight(way)] == waiting
