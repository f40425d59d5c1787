"""Percentiles, beside the plain definition."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.reporting.distribution import ERROR, EXACT, Distribution

PERCENTS = (1, 50, 95, 99, 100)


def plain_percentile(values: list[float], percent: float) -> float:
    """Nearest rank: the smallest value that `percent` of all values do not exceed."""
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def distribution_of(values: list[float]) -> Distribution:
    distribution = Distribution()
    for value in values:
        distribution.add(value)
    return distribution


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60), st.sampled_from(PERCENTS))
def test_few_values_are_exact(values: list[int], percent: float) -> None:
    distribution = distribution_of([float(value) for value in values])
    assert distribution.is_exact
    assert distribution.percentile(percent) == plain_percentile([float(value) for value in values], percent)


@given(
    st.lists(st.one_of(st.just(0), st.integers(1, 10**15)), min_size=1, max_size=40),
    st.integers(EXACT + 1, 2 * EXACT),
    st.sampled_from(PERCENTS),
)
def test_many_values_are_within_the_stated_error(some: list[int], count: int, percent: float) -> None:
    """A latency would be reported that no answer had."""
    values = [float(some[place % len(some)]) for place in range(count)]
    distribution = distribution_of(values)
    assert not distribution.is_exact
    exact = plain_percentile(values, percent)
    assert distribution.percentile(percent) == pytest.approx(exact, rel=ERROR + 1e-9)


def test_the_change_is_at_the_stated_number() -> None:
    values = [float(value) for value in range(1, EXACT + 1)]
    distribution = distribution_of(values)
    assert (distribution.is_exact, distribution.percentile(99)) == (True, EXACT * 0.99)
    distribution.add(5)
    assert not distribution.is_exact


def test_without_values_nothing_is_known() -> None:
    assert Distribution().percentile(50) is None


def test_memory_does_not_grow_with_the_values() -> None:
    """A recording of months would fill the memory."""
    distribution = Distribution()
    for value in range(200_000):
        distribution.add(value * 977.0 % 1e9)
    assert len(distribution._classes) < 2_200
    assert len(distribution._values) <= EXACT
    assert distribution.count == 200_000
