"""The scales of a chart: round values that enclose what is shown, and round times."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.chart_scale import reading_text, time_ticks, value_scale
from ocpptui.ocpp.date_times import SECOND


@given(st.lists(st.floats(-1e12, 1e12), max_size=20), st.integers(2, 20), st.booleans())
def test_a_scale_has_all_values_between_a_few_round_ones(values: list[float], most: int, from_zero: bool) -> None:
    """A value outside the scale would be drawn at its edge, as another one."""
    scale = value_scale(values, most, from_zero=from_zero)
    assert scale.low < scale.high
    assert all(scale.low <= value <= scale.high for value in values)
    assert not from_zero or scale.low <= 0 <= scale.high
    assert 2 <= len(scale.ticks) <= most + 1
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)


def test_a_scale_is_read_without_arithmetic() -> None:
    """Odd values beside the axis would have to be converted in the head."""
    assert value_scale([3.2, 15.9], 6, from_zero=True).ticks == (0, 5, 10, 15, 20)
    assert value_scale([229.4, 231.2], 6).ticks == (229, 229.5, 230, 230.5, 231, 231.5)
    assert value_scale([], 5, from_zero=True).ticks[0] == 0


@pytest.mark.parametrize(
    ("value", "unit", "largest", "text"),
    [
        (7364.0, "W", None, "7.364 kW"),
        (80.0, "W", 11_000.0, "0.08 kW"),
        (999.0, "W", None, "999 W"),
        (-0.0, "A", None, "0 A"),
        (-0.001, "A", None, "0 A"),
        (15.9, "A", None, "15.9 A"),
        (21.504, "Celsius", None, "21.5 °C"),
        (80.0, "Percent", None, "80 %"),
        (1_234_567.0, "Wh", None, "1234.567 kWh"),
        (1e12, "furlong", None, "1e+12 furlong"),
    ],
)
def test_a_value_has_the_unit_that_suits_it(value: float, unit: str, largest: float | None, text: str) -> None:
    """Energy in Wh would be a row of digits to count."""
    assert reading_text(value, unit, largest) == text


@given(st.integers(0, 4 * 10**15), st.integers(1, 10**14), st.integers(1, 12))
def test_times_at_the_axis_are_in_the_window_and_in_order(start: int, length: int, most: int) -> None:
    """A label would be beside the axis, or over another one."""
    ticks = time_ticks(start, start + length, most)
    assert len(ticks) <= most + 1
    assert all(start <= tick.time <= start + length and tick.text for tick in ticks)
    steps = {later.time - earlier.time for earlier, later in pairwise(ticks)}
    assert len(steps) <= 1 and all(step % SECOND == 0 for step in steps)


def test_times_without_a_date_have_no_label() -> None:
    """A file may contain any time, and the chart would end the program."""
    assert time_ticks(9 * 10**18, 9 * 10**18 + 10**9, 5) == []
    assert time_ticks(-(9 * 10**18), 9 * 10**18, 5) == []
