"""Meter values that no trace of a rule can show, because they break their schema."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import read_trace
from tests.diagnosis.test_rule_traces import diagnosed

VALUE = '10:0{0}:00 > MeterValues {{"connectorId":1,"meterValue":[{{"sampledValue":[{{"value":"{1}"}}]}}]}}\n'


def test_a_register_that_goes_backwards_is_found_without_times() -> None:
    """Many libraries leave the timestamp out; their messages are in the order in which they were sent."""
    timeline = diagnosed(read_trace(VALUE.format(1, 5000) + VALUE.format(2, 3000)))
    assert "meter.decreasing" in timeline.broken_rules(1)
    timeline = diagnosed(read_trace(VALUE.format(1, 3000) + VALUE.format(2, 5000)))
    assert "meter.decreasing" not in timeline.broken_rules(1)


@pytest.mark.parametrize("value", ["NaN", "-INF", "1e400"])
def test_a_value_is_quoted_as_it_was_sent(value: str) -> None:
    """Nobody would find the value in the message if it were quoted as Python writes it."""
    timeline = diagnosed(read_trace(VALUE.format(1, value)))
    told = [one.text for one in findings_at(timeline, 0) if one.rule == "meter.not-a-number"]
    assert told == [f'The value of Energy.Active.Import.Register is "{value}", which is not a decimal number.']


@pytest.mark.parametrize("nothing", ['"phase":null', '"location":null,"format":null', '"unitOfMeasure":null'])
def test_a_field_that_is_null_makes_no_other_kind_of_sample(nothing: str) -> None:
    """What is wrong with each value of a kind is reported once, however its samples say nothing."""
    sample = '"measurand":"Current.Import","unit":"A"'
    calls = [
        f'10:0{minute}:00 > MeterValues {{"connectorId":1,"meterValue":[{{"sampledValue":[{{{of},"value":"x"}}]}}]}}\n'
        for minute, of in enumerate((sample, f"{sample},{nothing}", f'{sample},"phase":"L1"'))
    ]
    timeline = diagnosed(read_trace("".join(calls)))
    found = ["meter.not-a-number" in timeline.broken_rules(place) for place in range(3)]
    assert found == [True, False, True]
