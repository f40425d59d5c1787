"""What `check` says of records as a whole: it never calls right what could not be judged."""

from __future__ import annotations

import json
import re
from itertools import product
from math import inf

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.registry import RULE_BY_ID, RULES
from ocpptui.diagnosis.status_traces import START_16, STOP_16
from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.check_formats import CheckFormat
from ocpptui.exporting.check_report import CheckReport, CheckVerdict, Choice
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, RecordKind, message_record
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

GOOD = """
10:00:00 opened
10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:02 < ok {"currentTime":"2026-01-01T10:00:02Z","interval":300,"status":"Accepted"}
"""
WARNED = GOOD + '10:00:03 > Heartbeat {}\n10:00:04 < error InternalError ""\n'
WRONG = WARNED + '10:00:05 > Authorize {"idTag":7}\n'


def report_of(text: str, choice: Choice | None = None) -> CheckReport:
    timeline, trace = Timeline(), read_trace(text)
    diagnosis = Diagnosis(timeline)
    for record in trace.records:
        timeline.append(record)
    if trace.ends is not None:
        diagnosis.tell_time(trace.ends)
    return CheckReport(timeline, choice, "trace")


@pytest.mark.parametrize(
    ("text", "choice", "verdict", "sentence"),
    [
        (GOOD, Choice(), "no-problems", "No problems: 3 records."),
        (WARNED, Choice(), "warnings", "Warnings in 1 of 5 records."),
        (WRONG, Choice(), "errors", "Errors in 1 of 6 records, warnings in 1."),
        (WARNED, Choice(least=Severity.ERROR), "nothing-found", "Nothing of what was asked for was found: 5 records."),
        (WARNED, Choice(frozenset({"rpc.not-json"})), "nothing-found",
         "Nothing of what was asked for was found: 5 records."),
        (WRONG, Choice(charge_points={"CP2"}), "not-checked", "Nothing was checked: there is no message of CP2."),
        ("10:00:00 opened", Choice(), "not-checked",
         "Nothing was checked: 1 record, none of which is an OCPP message."),
        ("10:00:00 > Heartbeat {}", Choice(), "partly-checked", "No problems in what could be checked: 1 record."),
    ],
)  # fmt: skip
def test_the_verdict_is_no_better_than_what_was_checked(text: str, choice: Choice, verdict: str, sentence: str) -> None:
    report = report_of(text, choice)
    assert (report.verdict.value, report.verdict_sentence) == (verdict, sentence)


def test_what_could_not_be_checked_is_named_with_the_reason() -> None:
    timeline = Timeline()
    Diagnosis(timeline)
    for version, name in ((None, "A"), (Version.V16, "C")):
        record = message_record(
            '[2,"1","Heartbeat",{}]', time=0, connection=1, direction=Direction.TO_CSMS, charge_point=name,
            version=version,
        )  # fmt: skip
        record.detail = {"timeless": True} if name == "C" else {}
        timeline.append(record)
    report = CheckReport(timeline)
    assert report.verdict is CheckVerdict.PARTLY_CHECKED
    assert [sentence.partition(":")[0] for sentence in report.not_checked] == [
        "1 message of A", "1 message of C", "A, C"
    ]  # fmt: skip
    for words, sentence in zip(("version is unknown", "time", "mid-session"), report.not_checked, strict=True):
        assert words in sentence


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        (1, "1 message: nothing says when it was sent, so no rule about time was applied to it."),
        (2, "2 messages: nothing says when they were sent, so no rule about time was applied to them."),
    ],
)
def test_what_is_said_of_messages_without_a_time_agrees_with_their_number(messages: int, sentence: str) -> None:
    """The first lines of a report are what a customer reads."""
    timeline = Timeline()
    Diagnosis(timeline)
    for number in range(messages):
        raw = f'[2,"{number}","Heartbeat",{{}}]'
        record = message_record(raw, time=0, connection=1, direction=Direction.TO_CSMS, version=Version.V16)
        record.detail = {"timeless": True}
        timeline.append(record)
    assert sentence in CheckReport(timeline).not_checked


def test_a_log_without_names_that_begins_in_mid_session_says_so() -> None:
    """Most logs of charge points do not name them: the user would take their clean report for the whole truth."""
    timeline = Timeline()
    Diagnosis(timeline)
    timeline.append(
        message_record('[2,"1","Heartbeat",{}]', time=0, connection=1, direction=Direction.TO_CSMS, version=Version.V16)
    )
    (sentence,) = CheckReport(timeline).not_checked
    assert sentence.startswith("unknown charge point: the recording begins in mid-session")


def test_a_transaction_that_is_open_at_the_end_is_named() -> None:
    """A station that went offline in its session would have a report without problems."""
    report = report_of(GOOD + START_16)
    assert report.verdict is CheckVerdict.PARTLY_CHECKED
    assert report.not_checked == ["CP1: the recording ends while transaction 7 is open, so its end was not checked."]
    assert report_of(GOOD + START_16 + STOP_16).not_checked == []


def test_the_counts_are_those_of_the_timeline() -> None:
    """A report would have other numbers than the screen."""
    report = report_of(WRONG)
    timeline = report.timeline
    for rule, count in report.rules.items():
        broken = [index for index in range(len(timeline)) if rule in timeline.broken_rules(index)]
        assert (count.records, sum(count.charge_points.values())) == (len(broken), len(broken))
        assert count.severity is RULE_BY_ID[rule].severity
    assert {one.index for one in report.findings} == set(report.indexes)
    assert sum(report.severities.values()) == len(report.indexes)
    assert report.charge_points["CP1"] == report.severities


@pytest.mark.parametrize("format_", CheckFormat)
def test_hostile_texts_stay_texts(format_: CheckFormat) -> None:
    """A charge point could put a script, a table row or a line of its own into a report."""
    hostile = "<script>alert(1)</script>|`&\"'\x1b]0;x\x07\n]]>"
    timeline = Timeline()
    Diagnosis(timeline)
    for name, raw in product((hostile, "CP"), (f"[2,1,{json.dumps(hostile)},{{}}]", hostile)):
        timeline.append(
            message_record(
                raw, time=0, connection=1, direction=Direction.TO_CSMS, charge_point=name, version=Version.V16
            )
        )
    timeline.append(Record(0, 1, RecordKind.CONNECTION, None, hostile, detail={"event": "failed", "error": hostile}))
    lines = list(format_.lines(CheckReport(timeline, name=hostile)))
    text = "\n".join(lines)
    if format_ in (CheckFormat.HTML, CheckFormat.JUNIT, CheckFormat.MARKDOWN):
        assert "<script" not in text
    if format_ is CheckFormat.MARKDOWN:
        rows = [line for line in lines if re.match(r"\| \d+ \|", line)]
        assert len(rows) >= 5
        assert all(len(re.findall(r"(?<!\\)\|", row)) == 8 for row in rows)


def test_every_rule_can_be_reported_in_every_format() -> None:
    """A rule whose sentence a format cannot hold would end the report."""
    for rule in RULES:
        for trace in rule.positive[:1]:
            report = report_of(trace)
            for format_ in CheckFormat:
                assert rule.id in "\n".join(format_.lines(report))


@pytest.mark.parametrize("format_", CheckFormat)
def test_reports_for_people_count_from_1_and_those_for_programs_have_the_index(format_: CheckFormat) -> None:
    """The reader would look at the record beside the one that is meant."""
    report = report_of(WRONG)
    indexes = {one.index for one in report.findings}
    text = "\n".join(format_.lines(report))
    named = {int(number) - 1 for number in re.findall(r"\brecord (\d+)", text)}
    if format_ is CheckFormat.JSON:
        assert {one["record"] for one in json.loads(text)["findings"]} == indexes and not named
    elif format_ is CheckFormat.SARIF:
        results = json.loads(text)["runs"][0]["results"]
        assert {one["properties"]["record"] for one in results} == indexes <= named
    elif format_ in (CheckFormat.TEXT, CheckFormat.JUNIT):
        assert indexes <= named
    else:
        cells = r"<td>(\d+)<td><time>\d{4}-" if format_ is CheckFormat.HTML else r"\| (\d+) \| \d{4}-"
        assert indexes <= {int(number) - 1 for number in re.findall(cells, text)}


@pytest.mark.parametrize("raw", ["hello", '{"a":1}', '[2,"1","Heartbeat"', b'[2,"1","Heartbeat",{"a":"caf\xe9"}]'])
def test_the_defect_of_a_malformed_frame_is_said_once(raw: str | bytes) -> None:
    """The line below the finding repeated it, and left less room for the frame, which is what the reader must see."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    timeline.append(message_record(raw, time=0, connection=1, direction=Direction.TO_CSMS, version=Version.V16))
    diagnosis.advance(inf)
    report = CheckReport(timeline)
    finding = next(one for one in report.findings if one.rule in ("rpc.not-json", "rpc.not-a-frame"))
    shown = raw if isinstance(raw, str) else raw.decode(errors="backslashreplace")
    assert finding.text.startswith("Not an OCPP message: ")
    assert finding.summary == f"malformed  {shown}"
    defect = finding.text.removeprefix("Not an OCPP message: ").removesuffix(".")
    assert "\n".join(CheckFormat.TEXT.lines(report)).count(defect) == 1


def test_a_message_that_the_log_cut_was_not_checked_and_accuses_nobody() -> None:
    cut = '10:00:05 > cut:mark [2,"9","DataTransfer",{"vendorId":"A","da>\n'
    report = report_of(GOOD + cut, Choice(frozenset({"rpc.not-json"})))
    assert report.worst is Severity.NONE
    assert report.not_checked == ["1 message of CP1: the log has only a part of it, so its content was not checked."]
    assert report_of(GOOD + cut).verdict is CheckVerdict.PARTLY_CHECKED
    assert report_of(GOOD + cut + cut.replace('"9"', '"8"')).not_checked == [
        "2 messages of CP1: the log has only a part of each, so its content was not checked."
    ]
    assert report_of(GOOD + cut.replace("cut:mark ", "")).verdict is CheckVerdict.ERRORS
    assert report_of(GOOD + cut, Choice(charge_points={"CP2"})).not_checked == []
