"""Calls, their answers and what is in flight: which records belong together."""

from __future__ import annotations

from hypothesis import given

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.timeline.counts import Counts
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from tests.timeline.memory_timeline import DOWN, UP, MemoryTimeline, beaten, heartbeat
from tests.timeline.traffic import TRAFFIC


def test_an_answer_knows_its_call_and_the_call_its_answer(tape: MemoryTimeline) -> None:
    timeline = tape.timeline
    call = tape.message(heartbeat("a"), UP, 1_000)
    assert (timeline.other_half(call), timeline.latency(call)) == (None, None)
    answer = tape.message(beaten("a"), DOWN, 4_500)
    assert (timeline.other_half(call), timeline.other_half(answer)) == (answer, call)
    assert (timeline.latency(call), timeline.latency(answer)) == (3_500, 3_500)
    assert timeline.action(answer) == "Heartbeat"
    assert timeline.answering(answer) is AnswerStatus.FIRST
    assert timeline.answering(call) is AnswerStatus.NONE


def test_the_same_id_on_two_connections_is_two_exchanges(tape: MemoryTimeline) -> None:
    """Never by id alone: two charge points that both count from 1 keep their own answers."""
    first = tape.message(heartbeat("1"), connection=1, charge_point="A")
    second = tape.message('[2,"1","Authorize",{"idTag":"A"}]', connection=2, charge_point="B")
    answer = tape.message(beaten("1"), DOWN, connection=1, charge_point="A")
    assert tape.timeline.other_half(answer) == first
    assert tape.timeline.other_half(second) is None


def test_the_same_id_in_both_directions_is_two_exchanges(tape: MemoryTimeline) -> None:
    up = tape.message(heartbeat("1"), UP)
    down = tape.message('[2,"1","Reset",{"type":"Soft"}]', DOWN)
    to_down = tape.message('[3,"1",{"status":"Accepted"}]', UP)
    to_up = tape.message(beaten("1"), DOWN)
    assert [tape.timeline.other_half(index) for index in (up, down, to_down, to_up)] == [to_up, to_down, down, up]


def test_an_answer_belongs_to_the_latest_of_two_calls_with_one_id(tape: MemoryTimeline) -> None:
    tape.message(heartbeat("1"))
    again = tape.message(heartbeat("1"))
    answer = tape.message(beaten("1"), DOWN)
    assert tape.timeline.other_half(answer) == again
    assert tape.timeline.is_duplicate_id(again)
    assert tape.timeline.counts.unanswered == 1


def test_an_id_that_was_used_before_is_marked(tape: MemoryTimeline) -> None:
    first = tape.message(heartbeat("1"))
    tape.message(beaten("1"), DOWN)
    second = tape.message(heartbeat("1"))
    assert (tape.timeline.is_duplicate_id(first), tape.timeline.is_duplicate_id(second)) == (False, True)


def test_an_orphan_a_second_and_a_late_answer_are_distinguished(tape: MemoryTimeline) -> None:
    timeline = tape.timeline
    orphan = tape.message(beaten("x"), DOWN)
    call = tape.message(heartbeat("1"), UP, 0)
    first = tape.message(beaten("1"), DOWN, 10)
    second = tape.message(beaten("1"), DOWN, 20)
    tape.message(heartbeat("2"), UP, 0)
    late = tape.message(beaten("2"), DOWN, 30_000_001)
    found = [timeline.answering(index) for index in (orphan, first, second, late)]
    assert found == [AnswerStatus.ORPHAN, AnswerStatus.FIRST, AnswerStatus.SECOND, AnswerStatus.LATE]
    assert timeline.other_half(call) == first, "a second answer takes nothing from the first"
    assert (timeline.other_half(second), timeline.related(second), timeline.latency(second)) == (None, call, None)
    assert (timeline.other_half(orphan), timeline.action(orphan), timeline.latency(orphan)) == (None, "", None)
    assert (timeline.latency(late), timeline.counts.unanswered) == (30_000_001, 0)


def test_an_overdue_call_is_reported_once_and_its_answer_is_late() -> None:
    tape = MemoryTimeline(late_after=10_000)
    call = tape.message(heartbeat("1"), UP, 0)
    assert (tape.timeline.overdue(1, UP, 10_000), tape.timeline.in_flight_count) == ([], 1)
    assert (tape.timeline.overdue(1, UP, 10_001), tape.timeline.in_flight_count) == ([call], 0)
    assert tape.timeline.overdue(1, UP, 10_002) == []
    answer = tape.message(beaten("1"), DOWN, 20_000)
    assert tape.timeline.answering(answer) is AnswerStatus.LATE
    assert tape.timeline.other_half(call) == answer


def test_what_is_in_flight_is_known_by_connection(tape: MemoryTimeline) -> None:
    up = tape.message(heartbeat("1"), UP)
    down = tape.message('[2,"9","Reset",{"type":"Soft"}]', DOWN)
    tape.message(heartbeat("1"), connection=2)
    assert (tape.timeline.in_flight(1), tape.timeline.in_flight_count) == ([up, down], 3)
    assert (tape.timeline.oldest_in_flight(1, UP), tape.timeline.oldest_in_flight(1, DOWN)) == (up, down)
    tape.message(beaten("1"), DOWN)
    assert (tape.timeline.in_flight(1), tape.timeline.in_flight_count) == ([down], 2)
    assert tape.timeline.oldest_in_flight(1, UP) is None
    assert (tape.timeline.in_flight(7), tape.timeline.oldest_in_flight(7, UP)) == ([], None)


def test_nothing_is_in_flight_on_a_connection_that_was_closed(tape: MemoryTimeline) -> None:
    tape.message(heartbeat("1"))
    tape.event(ConnectionEvent.CLOSED)
    assert tape.timeline.in_flight(1) == []
    assert (tape.timeline.overdue(1, UP, 10**12), tape.timeline.in_flight_count) == ([], 0)
    assert tape.timeline.counts.unanswered == 1


def test_a_close_ends_the_calls_of_its_connection_before_it(tape: MemoryTimeline) -> None:
    """The finding about a call that lost its connection would name the close of another one, or of a later one."""
    answered, lost = tape.message(heartbeat("1")), tape.message(heartbeat("2"))
    other = tape.message(heartbeat("2"), connection=2)
    tape.message(beaten("1"), DOWN)
    close = tape.event(ConnectionEvent.CLOSED)
    later = tape.message(heartbeat("3"))
    again = tape.event(ConnectionEvent.OPENED)
    after = tape.message(heartbeat("4"))
    ends = [tape.timeline.ended_by(call) for call in (answered, lost, other, later, after)]
    assert ends == [close, close, None, again, None]
    assert list(tape.timeline.left_behind) == [lost, later]


def test_a_number_that_is_opened_anew_starts_with_nothing_in_flight(tape: MemoryTimeline) -> None:
    """Two sessions recorded into one file: the second must not answer the first's calls."""
    tape.message(heartbeat("1"))
    tape.event(ConnectionEvent.OPENED)
    answer = tape.message(beaten("1"), DOWN)
    assert tape.timeline.answering(answer) is AnswerStatus.ORPHAN


def test_a_refused_answer_points_to_the_call_and_leaves_the_answer_alone(tape: MemoryTimeline) -> None:
    call = tape.message(heartbeat("1"), version=Version.V21)
    answer = tape.message(beaten("1"), DOWN, 5, version=Version.V21)
    refusal = tape.message('[5,"1","FormatViolation","",{}]', UP, 9, version=Version.V21)
    timeline = tape.timeline
    assert (timeline.other_half(refusal), timeline.other_half(call)) == (call, answer)
    assert (timeline.action(refusal), timeline.latency(refusal)) == ("Heartbeat", None)
    assert timeline.counts.answers == 1


def test_a_send_waits_for_no_answer(tape: MemoryTimeline) -> None:
    tape.message('[6,"1","NotifyPeriodicEventStream",{}]', version=Version.V21)
    assert tape.timeline.in_flight(1) == []
    assert tape.timeline.counts == Counts(1, 0, 0, 0, 0, 0, 1, 0)


# -- verdicts --------------------------------------------------------------------------------------------------------


@given(TRAFFIC)
def test_a_pair_is_of_one_connection_opposite_directions_and_one_id(traffic: list[Record]) -> None:
    tape = MemoryTimeline()
    for record in traffic:
        tape.add(record)
    timeline = tape.timeline
    for index in range(len(timeline)):
        other = timeline.other_half(index)
        if other is None:
            continue
        call, answer = sorted((index, other))
        asked, answered = timeline.frame(call), timeline.frame(answer)
        assert isinstance(answered, Message)
        assert asked is not None
        if isinstance(asked, Message) or answered.id not in ("-1", ""):
            assert asked.id == answered.id
        assert timeline.connection(call) == timeline.connection(answer)
        assert timeline.action(call) == timeline.action(answer)
        opposite = timeline.direction(call) is not timeline.direction(answer)
        assert opposite == (timeline.kind(answer) is not RecordKind.CALLRESULTERROR)
