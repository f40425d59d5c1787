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
