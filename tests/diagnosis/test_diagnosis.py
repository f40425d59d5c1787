"""The diagnosis of a growing timeline: the same however it grows, revised where an answer comes late, and cheap."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.rule import Phrase
from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.noticed import Noticed
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from tests.timeline.traffic import TRAFFIC

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
SECOND = 1_000_000
HEARTBEAT = '[2,"{}","Heartbeat",{{}}]'
BEATEN = '[3,"{}",{{"currentTime":"1970-01-01T00:00:00Z"}}]'


class Watched:
    """A timeline with its diagnosis."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.diagnosis = Diagnosis(self.timeline)

    def say(self, raw: str, direction: Direction = UP, at: int = 0, version: Version = Version.V16) -> int:
        record = message_record(
            raw, time=at * SECOND, connection=1, direction=direction, charge_point="CP1", version=version
        )
        return self.timeline.append(record)

    def rules(self, index: int) -> tuple[str, ...]:
        return self.timeline.broken_rules(index)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@given(TRAFFIC)
def test_it_is_the_same_record_by_record_and_all_at_once(traffic: list[Record]) -> None:
    """A recording that is opened would be judged otherwise than the session was."""
    one_by_one = Watched().timeline
    at_once = Timeline()
    for record in traffic:
        one_by_one.append(record)
        at_once.append(record)
    Diagnosis(at_once)
    for index in range(len(traffic)):
        assert at_once.broken_rules(index) == one_by_one.broken_rules(index)
        assert at_once.severity(index) is one_by_one.severity(index)
    assert at_once.counts == one_by_one.counts
    assert at_once.counts.problems == sum(at_once.severity(index).is_problem for index in range(len(traffic)))
    assert +at_once.problems_of == +one_by_one.problems_of


@given(TRAFFIC)
def test_the_words_are_of_the_rules_that_the_columns_name(traffic: list[Record]) -> None:
    timeline = Watched().timeline
    for record in traffic:
        timeline.append(record)
    for index in range(len(traffic)):
        told = findings_at(timeline, index)
        assert tuple(dict.fromkeys(one.rule for one in told)) == timeline.broken_rules(index)
        assert all(one.text for one in told)


def test_a_call_is_unanswered_when_its_time_out_is_over_and_not_before(watched: Watched) -> None:
    """A call that was just made would count as a problem."""
    call = watched.say(HEARTBEAT.format(1), at=0)
    watched.say(BEATEN.format(0), at=29)
    assert watched.rules(call) == ()
    watched.say(HEARTBEAT.format(2), at=31)
    assert watched.rules(call) == ("rpc.unanswered",)
    assert watched.timeline.counts.problems == 1


def test_an_answer_that_comes_after_all_is_late_and_its_call_answered(watched: Watched) -> None:
    call = watched.say(HEARTBEAT.format(1), at=0)
    watched.say(HEARTBEAT.format(2), at=31)
    answer = watched.say(BEATEN.format(1), DOWN, at=40)
    assert watched.rules(call) == ()
    assert watched.rules(answer) == ("rpc.late-answer",)
    (finding,) = findings_at(watched.timeline, answer)
    assert finding.related == (call,)
    assert watched.timeline.counts.problems == 1


def test_time_passes_also_where_no_record_says_so(watched: Watched) -> None:
    """Nobody would see that the peer has fallen silent until it speaks again."""
    call = watched.say(HEARTBEAT.format(1), at=0)
    watched.diagnosis.tell_time(31 * SECOND)
    assert watched.rules(call) == ("rpc.unanswered",)
    watched.diagnosis.tell_time(32 * SECOND)
    assert watched.timeline.counts.problems == 1


def test_a_filter_follows_what_is_found_later(watched: Watched) -> None:
    """The list of problems would lack an unanswered call, or keep it after its answer."""
    selection = Selection(watched.timeline, parse_filter("problem"))
    call = watched.say(HEARTBEAT.format(1), at=0)
    assert selection.advance(inf) and len(selection) == 0
    watched.diagnosis.tell_time(31 * SECOND)
    assert selection.advance(inf) and selection.contains(call)
    answer = watched.say(BEATEN.format(1), DOWN, at=40)
    assert selection.advance(inf)
    assert (selection.contains(call), selection.contains(answer)) == (False, True)


def test_an_error_is_a_problem_unless_what_it_refuses_is_one(watched: Watched) -> None:
    """One mistake would count twice."""
    watched.say(HEARTBEAT.format(1))
    refused = watched.say('[4,"1","InternalError","no",{}]', DOWN)
    wrong = watched.say('[2,"2","Heartbeat",{"x":1}]')
    rightly = watched.say('[4,"2","FormationViolation","no such field",{}]', DOWN)
    malformed = watched.say('[2,"3","Heartbeat",{')
    answered = watched.say('[4,"3","FormationViolation","cut off",{}]', DOWN)
    assert watched.rules(refused) == ("rpc.call-refused",)
    assert watched.rules(rightly) == watched.rules(answered) == ("rpc.rightly-refused",)
    assert [watched.timeline.severity(index) for index in (refused, wrong, rightly, malformed, answered)] == [
        Severity.WARNING, Severity.ERROR, Severity.INFO, Severity.ERROR, Severity.INFO
    ]  # fmt: skip
    assert watched.timeline.counts.problems == 3
    assert watched.timeline.problems_of["CP1"] == 3


def test_a_reused_message_id_is_distinguished_from_a_retry(watched: Watched) -> None:
    """A charge point that repeats what was lost would be called as wrong as one that always counts from 1."""
    watched.say(HEARTBEAT.format(1))
    retry = watched.say(HEARTBEAT.format(1), at=1)
    other = watched.say('[2,"1","DataTransfer",{"vendorId":"A"}]', at=2)
    watched.say('[3,"1",{"status":"Accepted"}]', DOWN, at=3)
    again = watched.say('[2,"1","DataTransfer",{"vendorId":"A"}]', at=4)
    assert watched.rules(retry) == ("rpc.retry-same-id",)
    assert watched.rules(other) == ("rpc.id-collides-in-flight",)
    assert watched.timeline.severity(retry) is Severity.INFO
    assert set(watched.rules(again)) & {"rpc.id-reused", "rpc.id-collides-in-flight"}
    (finding,) = findings_at(watched.timeline, retry)
    assert finding.related == (0,)


def test_an_answer_whose_call_may_be_before_the_recording_is_not_called_an_orphan(watched: Watched) -> None:
    """Every log that begins in the middle would begin with a problem that nobody has."""
    early = watched.say('[3,"before",{}]', DOWN, at=0)
    watched.say('[2,"1","Heartbeat",{}]', at=59)
    late = watched.say('[3,"never",{}]', DOWN, at=60)
    assert watched.rules(early) == ("capture.starts-late",)
    assert watched.rules(late) == ("rpc.orphan-answer",)
    opened = Record(0, 2, RecordKind.CONNECTION, None, "CP2", detail={"event": ConnectionEvent.OPENED.value})
    watched.timeline.append(opened)
    orphan = watched.timeline.append(message_record('[3,"x",{}]', time=1, connection=2, direction=DOWN))
    assert watched.rules(orphan) == ("rpc.orphan-answer",)


def test_a_connection_that_fails_is_a_problem(watched: Watched) -> None:
    detail = {"event": ConnectionEvent.FAILED.value, "error": "The name is not known.", "advice": "Check it."}
    index = watched.timeline.append(Record(0, 1, RecordKind.CONNECTION, None, "CP1", detail=detail))
    (finding,) = findings_at(watched.timeline, index)
    assert (finding.rule, finding.severity, finding.text) == (
        "conn.failed", Severity.ERROR, "The name is not known. Check it."
    )  # fmt: skip


@pytest.mark.parametrize("tolerated", [[{"problem": "x", "text": "No header."}], ["No header."]])
def test_a_tolerated_connection_is_a_problem(watched: Watched, tolerated: list[object]) -> None:
    """Nobody would correct a charge point that works on the bench."""
    detail = {"event": ConnectionEvent.OPENED.value, "tolerated": tolerated}
    index = watched.timeline.append(Record(0, 1, RecordKind.CONNECTION, None, "CP1", detail=detail))
    (finding,) = findings_at(watched.timeline, index)
    assert (finding.rule, finding.severity) == ("conn.tolerated", Severity.WARNING)
    assert finding.text == "No header. It was accepted anyway."


def test_no_text_is_read_to_decide(watched: Watched) -> None:
    """The index of a large recording would become slower with each rule."""
    timeline = Timeline()
    timeline.append(Record(0, 1, RecordKind.CONNECTION, None, "", Version.V16, detail={"event": "opened"}))
    for number in range(2000):
        raw = HEARTBEAT.format(number) if number % 2 else f'[2,{number},"Heartbeat",{{"x":1}}]'
        timeline.append(message_record(raw, time=number, connection=1, direction=UP, version=Version.V16))
    timeline.append(message_record("rubbish", time=10**9, connection=1, direction=UP, version=Version.V16))
    timeline.record = lambda index: pytest.fail(f"read the text of {index}")  # type: ignore[method-assign]
    Diagnosis(timeline)
    assert timeline.counts.problems == 2001


STOP = '[2,"{}","StopTransaction",{{"transactionId":7,"meterStop":5,"timestamp":"2026-01-01T10:00:00Z"}}]'
START = '[2,"s","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":9,"timestamp":"2026-01-01T09:00:00Z"}]'
BOOT = '[2,"{}","BootNotification",{{"chargePointVendor":"A","chargePointModel":"B"}}]'
REJECTED = '[3,"{}",{{"status":"Rejected","currentTime":"1970-01-01T00:00:00Z","interval":60}}]'


def test_what_a_checker_finds_is_one_with_what_the_columns_show(watched: Watched) -> None:
    """A record would lose one when it gets the other."""
    watched.say(START)
    watched.say('[3,"s",{"transactionId":7,"idTagInfo":{"status":"Accepted"}}]', DOWN, at=1)
    stop = watched.say(STOP.format(1), at=2)
    assert watched.rules(stop) == ("tx.meter-backwards",)
    watched.say(HEARTBEAT.format(2), at=60)
    assert watched.rules(stop) == ("rpc.unanswered", "tx.meter-backwards")
    watched.say('[3,"1",{}]', DOWN, at=61)
    assert watched.rules(stop) == ("tx.meter-backwards",)
    (finding,) = findings_at(watched.timeline, stop)
    assert finding.text == "The meter shows 5 Wh at the end of transaction 7, but 9 Wh at its start."
    assert (finding.related, finding.source) == ((0,), "OCPP 1.6 sections 6.45, 6.49 and 7.31; errata sheet 3.78")
    assert watched.timeline.severity(stop) is Severity.ERROR


def test_findings_without_end_need_little_memory(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A charge point that does one thing wrong for weeks would fill the memory with sentences."""
    monkeypatch.setattr("ocpptui.diagnosis.diagnosis.MAX_WORDED", 1)
    watched.say(BOOT.format(0))
    watched.say(REJECTED.format(0), DOWN)
    boots = []
    for number in (1, 2, 3):
        boots.append(watched.say(BOOT.format(number), at=number))
        watched.say(REJECTED.format(number), DOWN, at=number)
    texts = [one.text for boot in boots for one in findings_at(watched.timeline, boot)]
    assert texts == [
        "The BootNotification is repeated after 1 s, but the central system asked to wait 60 s.",
        *["The charge point repeats its BootNotification before the interval is over."] * 2,
    ]
    noticed = watched.timeline.noticed
    assert noticed[boots[1]] is noticed[boots[2]]


def test_a_redacted_finding_tells_nothing_that_was_removed(watched: Watched) -> None:
    """A shared report would name the card that its records hide; and our own words are not secrets."""
    values = {"transaction": "CARD-1", "but": Phrase("but it was stopped before")}
    watched.timeline.noticed[watched.say(HEARTBEAT.format(1))] = (Noticed("tx.stop-unknown", (), values),)
    watched.timeline.set_findings(0, ("tx.stop-unknown",), Severity.WARNING)
    (plain,) = findings_at(watched.timeline, 0)
    (redacted,) = findings_at(watched.timeline, 0, is_redacted=True)
    assert plain.text == "Transaction CARD-1 is stopped, but it was stopped before."
    assert redacted.text == "Transaction … is stopped, but it was stopped before."


def test_an_answer_that_was_used_is_not_said_to_be_missing(watched: Watched) -> None:
    """An excerpt without the answer would accuse a central system that has answered, by two rules."""
    start = '[2,"s","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":9,"timestamp":"2026-01-01T10:00:00Z"}]'
    index = watched.say(start)
    watched.say(HEARTBEAT.format(1), at=2)
    watched.say('[3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]', DOWN, at=3)
    watched.say(HEARTBEAT.format(2), at=120)
    assert watched.rules(index) == ("rpc.unanswered", "rpc.passed-over")
    sample = '{"timestamp":"2026-01-01T10:02:00Z","sampledValue":[{"value":"10"}]}'
    values = f'[2,"m","MeterValues",{{"connectorId":1,"transactionId":7,"meterValue":[{sample}]}}]'
    watched.say(values, at=130)
    assert watched.rules(index) == ("capture.start-answer",)
    assert watched.timeline.severity(index) is Severity.INFO
