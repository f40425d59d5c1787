from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Verdict, judge
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.counts import Counts
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from tests.timeline.traffic import TRAFFIC

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


class MemoryTimeline:
    """A timeline over memory, and short words to fill it."""

    def __init__(self, late_after: int = 30_000_000) -> None:
        self.timeline = Timeline(late_after=late_after)

    def add(self, record: Record) -> int:
        return self.timeline.append(record)

    def message(self, raw: str | bytes, direction: Direction = UP, time: int = 0, **others: Any) -> int:
        given: dict[str, Any] = {"connection": 1, "charge_point": "CP001", "version": Version.V16, **others}
        return self.add(message_record(raw, time=time, direction=direction, **given))

    def event(self, event: ConnectionEvent, connection: int = 1) -> int:
        return self.add(Record(0, connection, RecordKind.CONNECTION, detail={"event": event.value}))


@pytest.fixture
def tape() -> MemoryTimeline:
    return MemoryTimeline()


def heartbeat(message_id: str) -> str:
    return f'[2,"{message_id}","Heartbeat",{{}}]'


def beaten(message_id: str) -> str:
    return f'[3,"{message_id}",{{"currentTime":"2026-01-01T00:00:00Z"}}]'


# -- correlation -----------------------------------------------------------------------------------------------------


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


def test_an_answer_is_validated_against_the_action_of_its_call(tape: MemoryTimeline) -> None:
    tape.message('[2,"1","Authorize",{"idTag":"A"}]')
    right = tape.message('[3,"1",{"idTagInfo":{"status":"Accepted"}}]', DOWN)
    tape.message('[2,"2","Authorize",{"idTag":"A"}]')
    wrong = tape.message('[3,"2",{"status":"Accepted"}]', DOWN)
    assert tape.timeline.verdict(right) is Verdict.VALID
    assert tape.timeline.verdict(wrong) is Verdict.INVALID
    assert {violation.path for violation in tape.timeline.violations(wrong)} == {"$.status", "$.idTagInfo"}


def test_a_wrong_call_has_violations(tape: MemoryTimeline) -> None:
    timeline = tape.timeline
    wrong = tape.message('[2,"1","Reset",{"type":"Warm"}]', DOWN)
    assert timeline.verdict(wrong) is Verdict.INVALID
    assert timeline.remarks_on(wrong) == ("schema-violation",)
    assert [violation.path for violation in timeline.violations(wrong)] == ["$.type"]


def test_a_right_call_has_neither_violations_nor_remarks(tape: MemoryTimeline) -> None:
    index = tape.message(heartbeat("1"))
    assert tape.timeline.verdict(index) is Verdict.VALID
    assert (tape.timeline.violations(index), tape.timeline.remarks_on(index)) == ((), ())


def test_what_was_noticed_in_a_message_is_at_hand_without_its_text(tape: MemoryTimeline) -> None:
    """A filter over a million records would have to read each of them."""
    unknown = tape.message('[2,"1","MakeCoffee",{}]')
    assert tape.timeline.verdict(unknown) is Verdict.UNKNOWN
    assert tape.timeline.remarks_on(unknown) == ("unknown-action",)
    assert tape.timeline.remarks_on(tape.message('[2,17,"Heartbeat",{}]')) == ("integer-id",)
    assert tape.timeline.remarks_on(tape.message("[2,")) == ("truncated",)
    other_side = tape.message(heartbeat("3"), DOWN)
    assert tape.timeline.verdict(other_side) is Verdict.INVALID
    assert tape.timeline.remarks_on(other_side) == ("wrong-direction",)


def test_findings_are_counted_once_a_record_and_may_be_revised(tape: MemoryTimeline) -> None:
    """The header would count a problem that is over, or the same one twice."""
    timeline, index = tape.timeline, tape.message(heartbeat("1"))
    timeline.set_findings(index, ("a.b", "c.d"), Severity.ERROR)
    assert (timeline.broken_rules(index), timeline.severity(index)) == (("a.b", "c.d"), Severity.ERROR)
    assert timeline.counts.problems == 1
    timeline.set_findings(index, ("c.d",), Severity.INFO)
    assert timeline.counts.problems == 0
    timeline.set_findings(index, (), Severity.NONE)
    assert (timeline.broken_rules(index), timeline.severity(index)) == ((), Severity.NONE)
    assert list(timeline.revised) == [index] * 3


def test_who_watches_is_told_once_of_many_records_at_once(tape: MemoryTimeline) -> None:
    """An import would look for findings record by record, and take longer."""
    seen: list[int] = []
    tape.timeline.watch(lambda: seen.append(len(tape.timeline)))
    with tape.timeline.at_once():
        tape.message(heartbeat("1"))
        tape.message(heartbeat("2"))
    tape.message(heartbeat("3"))
    assert seen == [2, 3]


def test_without_a_version_there_is_no_verdict(tape: MemoryTimeline) -> None:
    index = tape.message('[2,"1","Heartbeat",{"x":1}]', version=None)
    assert tape.timeline.verdict(index) is Verdict.UNKNOWN
    assert tape.timeline.violations(index) == ()


def test_errors_and_orphans_have_no_verdict(tape: MemoryTimeline) -> None:
    tape.message(heartbeat("1"))
    error = tape.message('[4,"1","GenericError","",{}]', DOWN)
    orphan = tape.message('[3,"7",{"x":1}]', DOWN)
    assert tape.timeline.verdict(error) is tape.timeline.verdict(orphan) is Verdict.UNKNOWN
    assert tape.timeline.action(error) == "Heartbeat"


# -- what it holds ---------------------------------------------------------------------------------------------------


def test_a_record_without_a_message_keeps_its_position(tape: MemoryTimeline) -> None:
    timeline = tape.timeline
    opened = tape.event(ConnectionEvent.OPENED)
    note = tape.add(Record(5, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": "here"}))
    ping = tape.add(Record(6, 1, RecordKind.PING, UP, "CP001"))
    malformed = tape.message("[2,")
    assert [timeline.kind(index) for index in range(4)] == [
        RecordKind.CONNECTION,
        RecordKind.NOTE,
        RecordKind.PING,
        RecordKind.MALFORMED,
    ]
    assert (timeline.event(opened), timeline.event(note)) == (ConnectionEvent.OPENED, None)
    assert timeline.origin(note) is Origin.MANUAL
    assert (timeline.direction(note), timeline.direction(ping)) == (None, UP)
    assert [timeline.frame(index) for index in (opened, note, ping)] == [None, None, None]
    assert isinstance(timeline.frame(malformed), Malformed)
    assert timeline.counts == Counts(4, 0, 0, 0, 0, 1, 0, 0)


def test_charge_points_and_connections_are_named_once_in_order(tape: MemoryTimeline) -> None:
    tape.message(heartbeat("1"), connection=5, charge_point="B")
    tape.message(heartbeat("1"), connection=3, charge_point="A")
    tape.message(heartbeat("2"), connection=5, charge_point="B")
    tape.add(Record(0, 0, RecordKind.NOTE))
    assert (tuple(tape.timeline.connections()), tape.timeline.charge_points()) == ((5, 3), ("B", "A"))
    assert tape.timeline.free_connection(5) == 6
    assert tape.timeline.free_connection(4) == 4


def test_masked_records_are_marked(tape: MemoryTimeline) -> None:
    masked = tape.add(Record(0, 1, RecordKind.CALL, DOWN, "A", Version.V16, '[2,"1","X",{}]', masked=("$.value",)))
    assert tape.timeline.is_masked(masked)
    assert not tape.timeline.is_masked(tape.message(heartbeat("2")))


def test_an_action_name_of_megabytes_is_cut(tape: MemoryTimeline) -> None:
    """A hostile peer must not fill the memory with names."""
    index = tape.message(f'[2,"1","{"x" * 10_000}",{{}}]')
    assert len(tape.timeline.action(index)) == 100
    answer = tape.message('[3,"1",{}]', DOWN)
    assert tape.timeline.other_half(answer) == index


def test_a_record_comes_from_its_source_when_it_is_no_longer_at_hand(tape: MemoryTimeline) -> None:
    for number in range(1500):
        tape.message(heartbeat(str(number)), time=number)
    frame = tape.timeline.frame(0)
    assert isinstance(frame, Message)
    assert (frame.id, tape.timeline.record(1499).time, tape.timeline.time(700)) == ("0", 1499, 700)


def test_a_record_costs_a_few_tens_of_bytes(tape: MemoryTimeline) -> None:
    arrays = {name: value for name, value in vars(tape.timeline).items() if hasattr(value, "itemsize")}
    arrays.pop("suspects")  # it has a number for each record that may hold a secret, and for no other
    columns = arrays.values()
    assert len(columns) == 17
    assert sum(column.itemsize for column in columns) <= 57


@given(TRAFFIC)
def test_the_counts_are_what_the_records_say(traffic: list[Record]) -> None:
    tape = MemoryTimeline()
    for record in traffic:
        tape.add(record)
    timeline = tape.timeline
    kinds = [timeline.kind(index) for index in range(len(timeline))]
    assert timeline.counts == Counts(
        records=len(traffic),
        calls=kinds.count(RecordKind.CALL),
        answers=kinds.count(RecordKind.CALLRESULT) + kinds.count(RecordKind.CALLERROR),
        unanswered=sum(
            kind is RecordKind.CALL and timeline.other_half(index) is None for index, kind in enumerate(kinds)
        ),
        orphans=sum(timeline.answering(index) is AnswerStatus.ORPHAN for index in range(len(timeline))),
        malformed=kinds.count(RecordKind.MALFORMED),
        invalid=sum(timeline.verdict(index) is Verdict.INVALID for index in range(len(timeline))),
        problems=0,  # nobody looks for them here
    )


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


@given(TRAFFIC)
def test_the_columns_contain_the_judgement_on_the_message(traffic: list[Record]) -> None:
    tape = MemoryTimeline()
    for record in traffic:
        tape.add(record)
    timeline = tape.timeline
    for index, record in enumerate(traffic):
        if (frame := record.frame) is not None:
            expected = judge(record.version, record.direction, frame, timeline.action(index))
            assert (timeline.verdict(index), timeline.remarks_on(index)) == expected
