from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp import correlation as module
from ocpptui.ocpp.correlation import MAX_OPEN, MAX_REMEMBERED, MIN_REMEMBERED, AnswerStatus, Correlation, Totals
from ocpptui.ocpp.version import Direction

TO_CSMS, TO_CHARGE_POINT = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
FIRST, LATE, SECOND, ORPHAN = AnswerStatus.FIRST, AnswerStatus.LATE, AnswerStatus.SECOND, AnswerStatus.ORPHAN


class CountedCalls:
    """The calls of a charge point that counts them, and the answers that come back."""

    def __init__(self, late_after: int | None = 30) -> None:
        self.totals = Totals()
        self.correlation = Correlation(late_after, self.totals)
        self.calls = 0

    def call(self, message_id: str, now: int = 0, direction: Direction = TO_CSMS) -> int | None:
        self.calls += 1
        return self.correlation.called(direction, message_id, self.calls - 1, now)

    def unreadable(self, message_id: str | None, now: int = 0) -> None:
        self.calls += 1
        self.correlation.unreadable(TO_CSMS, message_id, self.calls - 1, now)

    def result(self, message_id: str, now: int = 0, direction: Direction = TO_CHARGE_POINT) -> module.Match:
        return self.correlation.answered(direction, message_id, False, now)

    def error(self, message_id: str, now: int = 0) -> module.Match:
        return self.correlation.answered(TO_CHARGE_POINT, message_id, True, now)

    @property
    def in_flight(self) -> list[int]:
        return self.correlation.in_flight(TO_CSMS)


@pytest.fixture
def talk() -> CountedCalls:
    return CountedCalls()


def test_an_answer_finds_its_call(talk: CountedCalls) -> None:
    assert talk.call("a") is None
    assert talk.in_flight == [0]
    assert talk.result("a", 10) == (0, FIRST)
    assert talk.in_flight == []


def test_a_call_that_was_given_up_is_not_in_flight_and_its_answer_is_late(talk: CountedCalls) -> None:
    """What could not be delivered would hold up the next call until the time-out."""
    talk.call("a")
    talk.call("b")
    assert talk.correlation.give_up(TO_CSMS, "a") == 0
    assert talk.in_flight == [1] and (talk.totals.in_flight, talk.totals.overdue) == (1, 1)
    assert talk.correlation.give_up(TO_CSMS, "a") is None and talk.correlation.give_up(TO_CHARGE_POINT, "b") is None
    assert talk.correlation.overdue(TO_CSMS, 31) == [1]
    assert talk.result("a", 1) == (0, LATE) and talk.totals.overdue == 1


def test_the_same_id_from_both_sides_is_two_calls(talk: CountedCalls) -> None:
    """Both peers count from 1, and neither gets the other's answer."""
    assert talk.call("1") is None
    assert talk.call("1", direction=TO_CHARGE_POINT) is None
    assert talk.result("1", direction=TO_CSMS) == (1, FIRST)
    assert talk.result("1") == (0, FIRST)


def test_an_answer_in_the_direction_of_the_call_is_an_orphan(talk: CountedCalls) -> None:
    talk.call("a")
    assert talk.result("a", direction=TO_CSMS) == (None, ORPHAN)
    assert talk.in_flight == [0]


def test_a_second_answer_is_never_matched_to_another_call(talk: CountedCalls) -> None:
    talk.call("a")
    talk.call("b")
    assert (talk.result("a"), talk.result("a")) == ((0, FIRST), (0, SECOND))
    assert talk.in_flight == [1]


def test_an_answer_to_nothing_is_an_orphan(talk: CountedCalls) -> None:
    assert talk.result("x") == (None, ORPHAN)


def test_a_late_answer_still_finds_its_call(talk: CountedCalls) -> None:
    """The user sees which call it was, and that it came too late."""
    talk.call("a")
    assert talk.correlation.overdue(TO_CSMS, 30) == []
    assert talk.correlation.overdue(TO_CSMS, 31) == [0]
    assert talk.correlation.overdue(TO_CSMS, 99) == [], "each is named once"
    assert (talk.in_flight, talk.correlation.oldest(TO_CSMS)) == ([], None)
    assert (talk.result("a", 100), talk.result("a", 101)) == ((0, LATE), (0, SECOND))


def test_a_file_tells_late_answers_without_a_clock(talk: CountedCalls) -> None:
    """An opened recording shows the same answers as late as the live session did."""
    talk.call("a")
    talk.call("b")
    assert (talk.result("a", 30), talk.result("b", 31)) == ((0, FIRST), (1, LATE))


def test_without_a_time_out_nothing_is_late() -> None:
    talk = CountedCalls(late_after=None)
    talk.call("a")
    assert talk.correlation.overdue(TO_CSMS, 10**12) == []
    assert talk.result("a", 10**12) == (0, FIRST)


def test_a_reused_id_is_reported_with_its_earlier_use(talk: CountedCalls) -> None:
    talk.call("a")
    assert talk.call("a") == 0
    talk.result("a")
    talk.result("a")
    assert talk.call("a") == 0, "the last that was answered"
    assert talk.call("a", direction=TO_CHARGE_POINT) is None


def test_the_most_recent_call_of_an_id_is_answered_first(talk: CountedCalls) -> None:
    talk.call("a")
    talk.call("a")
    assert (talk.result("a"), talk.result("a")) == ((1, FIRST), (0, FIRST))


def test_a_retry_with_the_same_id_is_answered_before_the_overdue_call(talk: CountedCalls) -> None:
    talk.call("a")
    talk.correlation.overdue(TO_CSMS, 100)
    talk.call("a", 100)
    assert (talk.result("a", 101), talk.result("a", 102), talk.result("a", 103)) == ((1, FIRST), (0, LATE), (0, SECOND))


def test_calls_become_overdue_in_their_order_whatever_their_ids(talk: CountedCalls) -> None:
    for message_id, now in (("a", 0), ("b", 5), ("a", 9), ("c", 10)):
        talk.call(message_id, now)
    assert [talk.correlation.overdue(TO_CSMS, now + 31) for now in (0, 5, 8, 9, 10)] == [[0], [1], [], [2], [3]]
    assert talk.totals.in_flight == 0


def test_a_send_is_not_in_flight_and_its_id_is_used(talk: CountedCalls) -> None:
    """OCPP 2.1 counts the ids of CALL and SEND together."""
    assert talk.correlation.sent(TO_CSMS, "s", 7) is None
    assert talk.correlation.sent(TO_CSMS, "s", 8) == 7
    assert talk.in_flight == []
    assert talk.result("s") == (None, ORPHAN)
    assert talk.call("s") == 8


def test_a_refused_result_points_to_its_call(talk: CountedCalls) -> None:
    talk.call("a")
    assert talk.correlation.result_refused(TO_CSMS, "a") == (None, ORPHAN)
    talk.result("a")
    assert talk.correlation.result_refused(TO_CHARGE_POINT, "a") == (None, ORPHAN)
    assert talk.correlation.result_refused(TO_CSMS, "a") == (0, FIRST)
    assert talk.correlation.result_refused(TO_CSMS, "a") == (0, SECOND)


def test_an_error_is_not_a_result_that_can_be_refused(talk: CountedCalls) -> None:
    talk.call("a")
    talk.error("a")
    assert talk.correlation.result_refused(TO_CSMS, "a") == (None, ORPHAN)


# -- what could not be read ------------------------------------------------------------------------------------------


def test_an_error_answers_the_broken_call_whose_id_it_has(talk: CountedCalls) -> None:
    talk.unreadable("4")
    assert talk.in_flight == [], "nobody owes it an answer"
    assert (talk.error("4", 1), talk.error("4", 2)) == ((0, FIRST), (0, SECOND))


def test_a_lenient_peer_may_answer_a_broken_call(talk: CountedCalls) -> None:
    talk.unreadable("4")
    assert talk.result("4") == (0, FIRST)


@pytest.mark.parametrize("message_id", ["-1", ""])
@pytest.mark.parametrize("legible", ["4", None])
def test_an_error_without_an_id_answers_what_was_broken_last(
    talk: CountedCalls, message_id: str, legible: str | None
) -> None:
    talk.unreadable("3")
    talk.unreadable(legible)
    assert [talk.error(message_id) for _ in range(3)] == [(1, FIRST), (0, FIRST), (None, ORPHAN)]


def test_an_error_without_an_id_answers_nothing_that_was_broken_long_ago(talk: CountedCalls) -> None:
    talk.unreadable("3", 0)
    assert talk.error("-1", 31) == (None, ORPHAN)
    assert talk.error("3", 31) == (0, LATE)


def test_a_result_without_an_id_answers_no_broken_call(talk: CountedCalls) -> None:
    talk.unreadable(None)
    assert talk.result("-1") == (None, ORPHAN)


def test_a_result_belongs_to_the_call_that_could_be_read(talk: CountedCalls) -> None:
    talk.call("a")
    talk.unreadable("a")
    assert (talk.result("a"), talk.error("a")) == ((0, FIRST), (1, FIRST))


def test_an_error_belongs_to_the_later_of_a_call_and_a_broken_one(talk: CountedCalls) -> None:
    talk.call("a")
    talk.unreadable("a")
    talk.call("a")
    assert [talk.error("a")[0] for _ in range(3)] == [2, 1, 0]


def test_many_broken_calls_take_no_more_memory_than_a_few(talk: CountedCalls) -> None:
    for _ in range(MAX_REMEMBERED + 1):
        talk.unreadable(None)
    found = [talk.error("-1")[0] for _ in range(MAX_REMEMBERED + 1)]
    assert found == [*range(MAX_REMEMBERED, 0, -1), None]


# -- bounds ----------------------------------------------------------------------------------------------------------


def test_many_calls_in_flight_keep_their_answers(talk: CountedCalls) -> None:
    """A log with more than 1,024 of them has no orphans because of that."""
    for number in range(5 * MAX_OPEN):
        talk.call(f"id{number}")
    assert all(talk.result(f"id{number}") == (number, FIRST) for number in range(5 * MAX_OPEN))


def test_one_who_never_gets_an_answer_takes_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded over all connections; the one with too many calls forgets its own oldest."""
    monkeypatch.setattr(module, "MAX_OPEN", 10)
    monkeypatch.setattr(module, "MAX_OPEN_IN_ALL", 30)
    talk = CountedCalls()
    other = Correlation(30, talk.totals)
    for token in range(8):
        other.called(TO_CSMS, f"{token}", token, 0)
    for number in range(100):
        talk.call(f"id{number}")
    assert talk.in_flight == list(range(78, 100))
    assert other.in_flight(TO_CSMS) == list(range(8))
    assert (talk.totals.in_flight, talk.totals.unanswered) == (30, 30)
    talk.correlation.overdue(TO_CSMS, 31)
    assert (talk.totals.in_flight, talk.totals.unanswered) == (8, 30)
    talk.call("one more", 31)
    assert (talk.totals.in_flight, talk.totals.unanswered) == (9, 30), "an overdue call is forgotten first"
    talk.correlation.end()
    assert (talk.totals.in_flight, talk.totals.unanswered) == (8, 8)


def test_the_same_id_again_and_again_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_OPEN", 10)
    monkeypatch.setattr(module, "MAX_OPEN_IN_ALL", 10)
    talk = CountedCalls()
    for _ in range(50):
        talk.call("same")
    assert talk.in_flight == list(range(40, 50))


def test_memory_is_bounded_over_a_long_session(talk: CountedCalls) -> None:
    for number in range(MAX_REMEMBERED * 3):
        talk.call(f"id{number}")
        talk.result(f"id{number}")
    assert talk.result(f"id{MAX_REMEMBERED * 3 - 1}")[1] is SECOND
    assert talk.result("id0")[1] is ORPHAN


def test_memory_is_bounded_over_thousands_of_connections() -> None:
    """Five thousand charge points would cost 300 MB before one of them sends anything twice."""
    totals = Totals()
    connections = [Correlation(30, totals) for _ in range(5000)]
    for number in range(100):
        for connection in connections[:3]:
            connection.called(TO_CSMS, f"id{number}", number, 0)
            connection.answered(TO_CHARGE_POINT, f"id{number}", False, 0)
    for connection in connections[:3]:
        assert len(connection._to_csms.answered) < 2 * MIN_REMEMBERED
        assert connection.answered(TO_CHARGE_POINT, "id99", False, 0)[1] is SECOND
    for connection in connections:
        connection.end()
    assert totals.remembered == MAX_REMEMBERED


def test_long_ids_are_distinguished_and_not_kept(talk: CountedCalls) -> None:
    long = "x" * 20_000
    talk.call(long + "a")
    talk.call(long + "b")
    assert (talk.result(long + "b"), talk.result(long + "a"), talk.result(long)) == (
        (1, FIRST),
        (0, FIRST),
        (None, ORPHAN),
    )
    assert all(len(key) < 100 for key in talk.correlation._to_csms.answered)


# -- beside the plainest reading -------------------------------------------------------------------------------------


@dataclass
class NaiveCall:
    direction: Direction
    message_id: str
    token: int
    time: int
    state: str = "open"
    answered: int = -1
    got_result: bool = False
    refused: bool = False


@dataclass
class NaiveCorrelation:
    """The rule in its plainest form: look through every call there ever was."""

    calls: list[NaiveCall] = field(default_factory=list)
    answers: int = 0

    def called(self, direction: Direction, message_id: str, now: int) -> bool:
        is_used = any((call.direction, call.message_id) == (direction, message_id) for call in self.calls)
        self.calls.append(NaiveCall(direction, message_id, len(self.calls), now))
        return is_used

    def answered(self, direction: Direction, message_id: str, is_error: bool, now: int) -> module.Match:
        same = [c for c in self.calls if (c.direction, c.message_id) == (direction.opposite, message_id)]
        for state in ("open", "overdue"):
            waiting = [call for call in same if call.state == state]
            if waiting:
                self.answers += 1
                call = waiting[-1]
                late = state == "overdue" or now - call.time > 30
                call.state, call.answered, call.got_result = "answered", self.answers, not is_error
                return call.token, LATE if late else FIRST
        if same:
            return max(same, key=lambda call: call.answered).token, SECOND
        return None, ORPHAN

    def refused(self, direction: Direction, message_id: str) -> module.Match:
        same = [c for c in self.calls if (c.direction, c.message_id) == (direction, message_id) and c.answered > 0]
        call = max(same, key=lambda call: call.answered, default=None)
        if call is None or not call.got_result:
            return None, ORPHAN
        status = SECOND if call.refused else FIRST
        call.refused = True
        return call.token, status

    def overdue(self, direction: Direction, now: int) -> set[int]:
        ours = [call for call in self.calls if call.direction is direction and call.state == "open"]
        late = [call for call in ours if now - call.time > 30]
        for call in late:
            call.state = "overdue"
        return {call.token for call in late}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["call", "call", "result", "result", "error", "refuse", "wait"]),
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
    totals = Totals()
    found, naive = Correlation(30, totals), NaiveCorrelation()
    now = 0
    for step, direction, message_id, later in steps:
        now += later
        if step == "call":
            before = found.called(direction, message_id, len(naive.calls), now)
            assert (before is not None) == naive.called(direction, message_id, now)
        elif step == "wait":
            assert set(found.overdue(direction, now)) == naive.overdue(direction, now)
        elif step == "refuse":
            assert found.result_refused(direction, message_id) == naive.refused(direction, message_id)
        else:
            answer = direction, message_id, step == "error", now
            assert found.answered(*answer) == naive.answered(*answer)
        waiting = [call for call in naive.calls if call.state == "open"]
        for one in Direction:
            tokens = [call.token for call in waiting if call.direction is one]
            assert found.in_flight(one) == tokens
            assert found.oldest(one) == ((tokens[0], naive.calls[tokens[0]].time) if tokens else None)
        assert totals.in_flight == len(waiting)
        assert totals.unanswered == sum(call.state != "answered" for call in naive.calls)
