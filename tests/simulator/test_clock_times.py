"""Date-times. If these fail, a peer reads a different time from the one meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.simulator.clock_times import date_time, moment

NOW = 1_795_341_723_120_000


def test_three_digits_and_a_z() -> None:
    assert date_time(NOW) == "2026-11-22T10:02:03.120Z"
    assert date_time(NOW + 999) == "2026-11-22T10:02:03.120Z"
    assert date_time(0) == "1970-01-01T00:00:00.000Z"


@given(st.integers(0, 4_000_000_000_000_000))
def test_a_written_time_reads_back_to_the_millisecond(now: int) -> None:
    text = date_time(now)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert moment(text) == now // 1000 * 1000


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T10:02:03.12Z", "2026-11-22T11:02:03.120+01:00", "2026-11-22T10:02:03.120", "2026-11-22t10:02:03.120z"],
)
def test_the_notations_of_real_charge_points_are_read(text: str) -> None:
    assert moment(text) == NOW


@given(st.text(max_size=30) | st.sampled_from(["", "soon", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:59"]))
def test_other_text_gives_none_without_raising(text: str) -> None:
    found = moment(text)
    assert found is None or isinstance(found, int)
