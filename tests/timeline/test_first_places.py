"""The first records with each combination of values are those that a look at each record finds."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.timeline import first_places as module
from ocpptui.timeline.first_places import first_places

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30)


@given(ROWS, st.integers(0, 100), st.integers(1, 8))
def test_they_are_those_of_a_look_at_each_record(rows: list[tuple[int, int]], start: int, block: int) -> None:
    """A finding would be about another charge point's first message, or a silence begin too early."""
    expected: dict[tuple[int, ...], int] = {}
    for place, row in enumerate(rows, start):
        expected.setdefault(row, place)
    first, second = array("I", [one for one, _ in rows]), array("I", [two for _, two in rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        assert first_places(first, second, start=start) == expected
        firsts = {(value,): min(place for row, place in expected.items() if row[0] == value) for value, _ in expected}
        assert first_places(first, start=start) == firsts
