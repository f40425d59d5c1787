"""The rows of the list of problems: what is in it, in which order, and that it follows what is found later."""

from __future__ import annotations

from collections import Counter
from math import inf
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.filter.problem_rows import Listed, ProblemRow, ProblemRows
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from tests.kit.talk import Talk

RULES = ("rpc.unanswered", "rpc.late-answer", "rpc.unknown-action")
found = st.lists(st.tuples(st.integers(0, 39), st.sets(st.sampled_from(RULES)), st.sampled_from(Severity)), max_size=60)


def timeline_of(records: int) -> Timeline:
    talk = Talk()
    for _ in range(records):
        talk.ping()
    timeline: Timeline = talk.timeline
    return timeline


def all_rows(rows: ProblemRows) -> list[ProblemRow]:
    while not rows.advance(inf):
        pass
    return [rows.row(number) for number in range(len(rows))]


@given(found, st.sampled_from(Listed), st.integers(0, 60))
def test_it_has_what_was_found_whenever_it_looks(
    findings: list[tuple[int, set[str], Severity]], listed: Listed, looks_after: int
) -> None:
    """A problem would be missing from the list, or stay in it after it was withdrawn."""
    timeline = timeline_of(40)
    rows = ProblemRows(timeline)
    rows.listed = listed
    now: dict[int, tuple[tuple[str, ...], Severity]] = {}
    for place, (index, rules, severity) in enumerate(findings):
        severity = max(severity, Severity.INFO) if rules else Severity.NONE
        timeline.set_findings(index, tuple(sorted(rules)), severity)
        now[index] = tuple(sorted(rules)), severity
        if place == looks_after:
            rows.advance(inf)
    assert all_rows(rows) == [ProblemRow("", index) for index in sorted(now) if listed.has(now[index][1])]
    assert rows.counts == Counter(rule for rules, _ in now.values() for rule in rules)


def test_the_worst_rules_come_first_and_open_to_their_records() -> None:
    timeline = timeline_of(10)
    rows = ProblemRows(timeline)
    rows.by_rule = True
    timeline.set_findings(3, ("rpc.late-answer",), Severity.WARNING)
    timeline.set_findings(5, ("rpc.unknown-action",), Severity.ERROR)
    timeline.set_findings(7, ("rpc.late-answer",), Severity.WARNING)
    late, unknown = "rpc.late-answer", "rpc.unknown-action"
    assert all_rows(rows) == [ProblemRow(unknown), ProblemRow(late)]
    rows.toggle(late)
    assert all_rows(rows) == [
        ProblemRow(unknown),
        ProblemRow(late),
        ProblemRow(late, 3),
        ProblemRow(late, 7),
    ]
    assert [rows.number_of(row) for row in all_rows(rows)] == [0, 1, 2, 3]
    rows.toggle(late)
    assert all_rows(rows) == [ProblemRow(unknown), ProblemRow(late)]


def test_of_the_worst_rules_the_most_frequent_comes_first() -> None:
    """What happens all the time would be below what happened once."""
    timeline = timeline_of(10)
    rows = ProblemRows(timeline)
    rows.by_rule = True
    timeline.set_findings(0, ("rpc.unknown-action",), Severity.ERROR)
    timeline.set_findings(1, ("rpc.unanswered",), Severity.ERROR)
    before = [row.rule for row in all_rows(rows)]
    for index in (2, 3):
        timeline.set_findings(index, (before[1],), Severity.ERROR)
    for index in range(4, 9):
        timeline.set_findings(index, ("rpc.late-answer",), Severity.WARNING)
    assert [row.rule for row in all_rows(rows)] == [before[1], before[0], "rpc.late-answer"]


def test_a_rule_without_problems_any_more_is_not_listed() -> None:
    """The list would name a rule that nothing breaks."""
    timeline = timeline_of(10)
    rows = ProblemRows(timeline)
    rows.by_rule = True
    timeline.set_findings(3, ("rpc.unanswered",), Severity.ERROR)
    assert all_rows(rows) == [ProblemRow("rpc.unanswered")]
    timeline.set_findings(3, (), Severity.NONE)
    assert all_rows(rows) == []


def test_many_problems_are_listed_in_slices() -> None:
    """The screen would stand still while a large file is listed."""
    timeline = timeline_of(20_000)
    for index in range(20_000):
        timeline.set_findings(index, ("rpc.unanswered",), Severity.ERROR)
    rows = ProblemRows(timeline)
    slices = 0
    done = False
    while not done:
        began = process_time()
        done = rows.advance(0.004)
        slices += 1
        assert process_time() - began < 0.5
    assert slices > 1
    assert len(rows) == 20_000
