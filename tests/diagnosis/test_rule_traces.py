"""Each rule with a trace breaks it where the trace says so, and nowhere else; what is like it does not break it."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf
from typing import NamedTuple

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.registry import RULES
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.trace import Trace, read_trace
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline

AGAINST_SCHEMA = ("tx.reason-invalid",)
OF_MESSAGES = ("rpc.", "schema.", "text.", "soap.", "capture.cut")


def diagnosed(trace: Trace, *, at_once: bool = False) -> Timeline:
    """The timeline of a trace, with its findings; record by record as live, or all at once as a file."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    if at_once:
        with timeline.at_once():
            for record in trace.records:
                timeline.append(record)
    else:
        for record in trace.records:
            timeline.append(record)
    assert diagnosis.advance(inf)
    if trace.ends is not None:
        diagnosis.tell_time(trace.ends)
    return timeline


def found(rule: Rule, timeline: Timeline) -> list[int]:
    return [index for index in range(len(timeline)) if rule.id in timeline.broken_rules(index)]


class Example(NamedTuple):
    """A trace of a rule, as it was read and as it was diagnosed live."""

    text: str
    trace: Trace
    timeline: Timeline


def example(text: str) -> Example:
    trace = read_trace(text)
    return Example(text, trace, diagnosed(trace))


class Examples(NamedTuple):
    """All traces of one rule."""

    rule: Rule
    positive: list[Example]
    negative: list[Example]


@pytest.fixture(scope="module", params=RULES, ids=lambda rule: rule.id)
def examples(request: pytest.FixtureRequest) -> Examples:
    """The traces of each rule in turn: what a rule says of its traces is shown once for all tests of that rule."""
    rule: Rule = request.param
    return Examples(rule, [example(text) for text in rule.positive], [example(text) for text in rule.negative])


def test_what_breaks_a_rule_is_found_and_named(examples: Examples) -> None:
    rule = examples.rule
    for text, trace, timeline in examples.positive:
        assert trace.marked, f"no line is marked with a star:\n{text}"
        assert found(rule, timeline) == trace.marked, text
        assert found(rule, diagnosed(trace, at_once=True)) == trace.marked, text
        for finding in (finding for index in trace.marked for finding in findings_at(timeline, index)):
            if rule.says and finding.rule == rule.id:
                assert re.fullmatch(r"[^\s{}].*[.?]", finding.text, re.DOTALL), finding.text
                assert "None" not in finding.text
            assert finding.source and all(0 <= other < len(timeline) for other in finding.related)


def test_what_is_like_it_is_not_found(examples: Examples) -> None:
    """A false alarm costs more trust than ten findings earn."""
    for text, trace, timeline in examples.negative:
        assert trace.records and not trace.marked, text
        assert found(examples.rule, timeline) == [], text


def test_two_charge_points_do_not_disturb_each_other(examples: Examples) -> None:
    """In the log of a central system, the calls of one would excuse or accuse another."""
    for text, trace, _ in examples.positive:
        both, marked = list[Record](), list[int]()
        for place, one in enumerate(trace.records):
            twin = replace(one, charge_point=f"{one.charge_point}-B", connection=one.connection + 1000)
            if place in trace.marked:
                marked += [len(both), len(both) + 1]
            both += [one, twin]
        timeline = diagnosed(Trace(trace.version, both, marked, trace.ends), at_once=True)
        assert found(examples.rule, timeline) == marked, text


def test_the_messages_of_a_trace_are_valid_but_for_what_they_show(examples: Examples) -> None:
    """A trace with a typing error would show nothing of the rule."""
    if examples.rule.id.startswith((*OF_MESSAGES, *AGAINST_SCHEMA)):
        return
    for text, _, timeline in examples.positive + examples.negative:
        findings = [finding for index in range(len(timeline)) for finding in findings_at(timeline, index)]
        wrong = [(one.rule, one.text) for one in findings if one.rule.startswith(("rpc.not", "rpc.unk", "schema."))]
        assert wrong == [], text


def test_a_long_time_is_said_in_minutes_hours_or_days(examples: Examples) -> None:
    """Nobody sees at a glance that 86401 s are a second more than a day."""
    for text, _, timeline in examples.positive + examples.negative:
        for finding in (one for index in range(len(timeline)) for one in findings_at(timeline, index)):
            assert not re.search(r"\b\d[\d,]{2,} s(econds)?\b", finding.text), f"{finding.text}\n{text}"


def test_every_rule_has_a_trace_of_each_sort() -> None:
    """Nobody could see what a rule means, or that it still holds."""
    assert {rule.id for rule in RULES if not (rule.positive and rule.negative)} == {
        "rpc.too-many-values",  # it would have more than a million characters
        *(rule.id for rule in RULES if rule.id.startswith("soap.")),  # a trace is OCPP-J
    }


@pytest.mark.parametrize("at_once", [False, True])
def test_an_answer_without_a_time_is_never_late(at_once: bool) -> None:
    """The log of a library without times would accuse the central system."""
    trace = read_trace('10:00:00 > Heartbeat {}\n10:05:00 ping\n- < ok {"currentTime":"2026-01-01T10:00:00Z"}')
    timeline = diagnosed(trace, at_once=at_once)
    assert timeline.broken_rules(2) == ()
