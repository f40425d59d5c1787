"""No sentence says `1 records`."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.counted import counted


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (1_234_567, "1,234,567 lines")]
)
def test_a_number_and_its_noun_agree(count: int, words: str) -> None:
    """A count is read at a glance, and the sentence around it is English."""
    assert counted(count, "line") == words
