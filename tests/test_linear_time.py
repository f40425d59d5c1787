"""The look for what is not linear finds it; if not, a file of a customer stops the program, and no test says so."""

from __future__ import annotations

import pytest

from tests.kit.linear_time import assert_linear


def test_quadratic_time_is_found() -> None:
    with pytest.raises(AssertionError, match=r"^100 and 400 take 0\.0100 s and 0\.1600 s, "):
        assert_linear(lambda length: length**2 / 1e6, 100)


def test_linear_time_passes_although_a_measurement_was_disturbed() -> None:
    """A test would fail now and then because of what else the machine does."""
    disturbed = iter([0.5, 0.5, 9.0, 9.0])
    assert_linear(lambda length: next(disturbed, length / 1e3), 500)
