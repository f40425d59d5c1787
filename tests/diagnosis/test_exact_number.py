from __future__ import annotations

import pytest

from ocpptui.diagnosis.exact_number import exact_number
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import read_trace
from tests.diagnosis.test_rule_traces import diagnosed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1500.0, "1500"),
        (1234567.0, "1234567"),
        (987654321.5, "987654321.5"),
        (0.1 + 0.2, "0.3"),
        (-12.25, "-12.25"),
    ],
)
def test_a_number_keeps_its_digits(value: float, text: str) -> None:
    assert exact_number(value) == text


def test_a_meter_above_a_million_can_be_compared() -> None:
    """Rounded to six digits, a register that fell by 30 Wh would show the same number twice."""
    sample = '10:0{}:00 > MeterValues {{"connectorId":1,"transactionId":7,"meterValue":[{{"timestamp":'
    sample += '"2026-01-01T10:0{}:00Z","sampledValue":[{{"value":"{}"}}]}}]}}\n10:0{}:01 < ok\n'
    text = "".join(sample.format(n, n, value, n) for n, value in enumerate((12345678, 12345648), 1))
    timeline = diagnosed(read_trace(text))
    told = [one.text for index in range(len(timeline)) for one in findings_at(timeline, index)]
    assert told == ["Energy.Active.Import.Register shows 12345648, but it showed 12345678 before."]
