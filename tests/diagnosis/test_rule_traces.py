"""Each rule with a trace breaks it where the trace says so, and nowhere else; what is like it does not break it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.registry import RULES
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.trace import Trace, read_trace
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline

POSITIVE = [pytest.param(rule, text, id=f"{rule.id}-{n}") for rule in RULES for n, text in enumerate(rule.positive)]
NEGATIVE = [pytest.param(rule, text, id=f"{rule.id}-{n}") for rule in RULES for n, text in enumerate(rule.negative)]
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
    assert diagnosis.advance(1)
    if trace.ends is not None:
        diagnosis.tell_time(trace.ends)
    return timeline


def found(rule: Rule, timeline: Timeline) -> list[int]:
    return [index for index in range(len(timeline)) if rule.id in timeline.broken_rules(index)]


@pytest.mark.parametrize(("rule", "text"), POSITIVE)
def test_what_breaks_a_rule_is_found_and_named(rule: Rule, text: str) -> None:
    trace = read_trace(text)
    timeline = diagnosed(trace)
    assert trace.marked, "no line is marked with a star"
    assert found(rule, timeline) == trace.marked
    assert found(rule, diagnosed(trace, at_once=True)) == trace.marked
    for index in trace.marked:
        for finding in findings_at(timeline, index):
            if rule.says and finding.rule == rule.id:
                assert re.fullmatch(r"[^\s{}].*[.?]", finding.text, re.DOTALL), finding.text
                assert "None" not in finding.text
            assert finding.source and all(0 <= other < len(timeline) for other in finding.related)


@pytest.mark.parametrize(("rule", "text"), NEGATIVE)
def test_what_is_like_it_is_not_found(rule: Rule, text: str) -> None:
    """A false alarm costs more trust than ten findings earn."""
    trace = read_trace(text)
    assert trace.records and not trace.marked
    assert found(rule, diagnosed(trace)) == []


@pytest.mark.parametrize(("rule", "text"), POSITIVE)
def test_two_charge_points_do_not_disturb_each_other(rule: Rule, text: str) -> None:
    """In the log of a central system, the calls of one would excuse or accuse another."""
    trace, both, marked = read_trace(text), list[Record](), list[int]()
    for place, one in enumerate(trace.records):
        twin = replace(one, charge_point=f"{one.charge_point}-B", connection=one.connection + 1000)
        if place in trace.marked:
            marked += [len(both), len(both) + 1]
        both += [one, twin]
    assert found(rule, diagnosed(Trace(trace.version, both, marked, trace.ends), at_once=True)) == marked


@pytest.mark.parametrize(("rule", "text"), POSITIVE + NEGATIVE)
def test_the_messages_of_a_trace_are_valid_but_for_what_they_show(rule: Rule, text: str) -> None:
    """A trace with a typing error would show nothing of the rule."""
    if rule.id.startswith((*OF_MESSAGES, *AGAINST_SCHEMA)):
        return
    timeline = diagnosed(read_trace(text))
    told = [finding for index in range(len(timeline)) for finding in findings_at(timeline, index)]
    assert [(one.rule, one.text) for one in told if one.rule.startswith(("rpc.not", "rpc.unk", "schema."))] == []


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
