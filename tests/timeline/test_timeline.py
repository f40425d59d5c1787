from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Judgement, Verdict, judge
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.timeline.counts import Counts
from ocpptui.timeline.record import Record, RecordKind, message_record
from ocpptui.timeline.record_store import MemoryStore, Place
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from tests.timeline.memory_timeline import DOWN, MemoryTimeline, heartbeat
from tests.timeline.traffic import TRAFFIC


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


def test_a_message_that_is_passed_on_goes_on_as_soon_as_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging it takes as long as everything before: the peers of a proxy would wait for that with each message."""
    order: list[str] = []

    class Store(MemoryStore):
        def keep(self, record: Record, action: str = "") -> Place:
            order.append("stored")
            return super().keep(record, action)

    def judging(*given: Any) -> Judgement:
        order.append("judged")
        return judge(*given)

    monkeypatch.setattr("ocpptui.timeline.timeline.judge", judging)
    timeline = Timeline(Store())
    timeline.watch(lambda: order.append("told"))
    record = message_record(
        '[2,"1","Reset",{"type":"Warm"}]', time=1, connection=1, direction=DOWN, version=Version.V16
    )
    index = timeline.append(record, stored=lambda: order.append("went on"))
    assert order == ["stored", "went on", "judged", "told"]
    assert (timeline.record(index), timeline.verdict(index)) == (record, Verdict.INVALID)
    assert timeline.counts.invalid == 1


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


def test_a_record_comes_from_its_source_when_it_is_no_longer_at_hand(tape: MemoryTimeline) -> None:
    for number in range(1500):
        tape.message(heartbeat(str(number)), time=number)
    frame = tape.timeline.frame(0)
    assert isinstance(frame, Message)
    assert (frame.id, tape.timeline.record(1499).time, tape.timeline.time(700)) == ("0", 1499, 700)


def test_a_record_costs_a_few_tens_of_bytes(tape: MemoryTimeline) -> None:
    arrays = {name: value for name, value in vars(tape.timeline).items() if hasattr(value, "itemsize")}
    arrays.pop("suspects")  # it has a number for each record that may hold a secret, and for no other
    arrays.pop("left_behind")  # and this one for each call that a close left without an answer
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
def test_the_columns_contain_the_judgement_on_the_message(traffic: list[Record]) -> None:
    tape = MemoryTimeline()
    for record in traffic:
        tape.add(record)
    timeline = tape.timeline
    for index, record in enumerate(traffic):
        if (frame := record.frame) is not None:
            expected = judge(record.version, record.direction, frame, timeline.action(index))
            assert (timeline.verdict(index), timeline.remarks_on(index)) == expected


def test_a_stored_text_may_hold_a_secret_only_in_a_file_of_others_and_of_some_actions() -> None:
    """Every reader of stored texts asks this: with a wrong answer, a password is shown, or all is read slowly."""
    timeline = Timeline()
    assert not timeline.may_store_secrets("ChangeConfiguration")
    timeline.masks_when_read = True
    assert timeline.may_store_secrets("ChangeConfiguration")
    assert timeline.may_store_secrets("SetVariables")
    assert not timeline.may_store_secrets("Heartbeat")
