"""What the times of the log count from."""

from __future__ import annotations

import pytest

from ocpptui.tui.widgets.log_painter import TimeShown, since_text
from ocpptui.tui.widgets.log_row import TIME


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "+0.000"),
        (12_000, "+0.012"),
        (-3_500_000, "-3.500"),
        (86_399_999_000, "+86399.999"),
        (86_461_858_275_000, "+1000 d 17 h"),
        (-86_400_000_000, "-1 d"),
    ],
)
def test_a_difference_fits_into_the_column_of_times(microseconds: int, text: str) -> None:
    assert since_text(microseconds) == text
    assert len(text) <= TIME


def test_one_key_goes_through_all_and_back() -> None:
    shown = TimeShown.OF_DAY
    for wanted in (TimeShown.SINCE_ROW, TimeShown.SINCE_MARK, TimeShown.OF_DAY):
        shown = shown.following
        assert shown is wanted
