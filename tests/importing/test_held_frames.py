"""Frames that are held until their file has ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.held_frames import MOST_IN_MEMORY, HeldFrames
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.row_order import log_oldest_first, oldest_first


@pytest.mark.parametrize("most_in_memory", [0, 1, 7, 1000])
def test_they_come_back_in_both_orders_from_memory_and_from_the_disk(most_in_memory: int) -> None:
    """Frames of a long log would be lost, twice, or in another order."""
    groups = [[FoundFrame(f"{number}.{part}", number) for part in range(number % 4)] for number in range(60)]
    with HeldFrames(most_in_memory) as held:
        assert all(held.add(list(group)) for group in groups)
        assert list(held.forwards()) == groups
        assert list(held.backwards()) == groups[::-1]
        assert held.count == sum(map(len, groups))


def _newest_first(count: int) -> Iterator[list[FoundFrame]]:
    for number in range(0, count, 100):
        yield [FoundFrame(f"[{one}]", one + 1, time=count - one) for one in range(number, number + 100)]


def test_a_log_of_any_length_is_reversed() -> None:
    """Each answer of a long export would be before its call."""
    tally = ImportTally()
    steps = log_oldest_first(_newest_first(3 * MOST_IN_MEMORY), tally)
    times = [found.time for step in steps if isinstance(step, list) for found in step]
    assert times == list(range(1, 3 * MOST_IN_MEMORY + 1))
    assert "reversed" in tally.evidence[0]


def test_a_table_of_any_length_is_reversed() -> None:
    rows = ([row] for group in _newest_first(2 * MOST_IN_MEMORY) for row in group)
    assert [found.time for found in oldest_first(rows, ImportTally())] == list(range(1, 2 * MOST_IN_MEMORY + 1))


def test_what_ascends_late_keeps_its_order() -> None:
    """A log that was put together from two would be turned around, though half of it is in order."""
    groups = [*_newest_first(2 * MOST_IN_MEMORY), [FoundFrame("[]", 99_999, time=99_999)], *_newest_first(200)]
    expected = [found.time for group in groups for found in group]
    steps = log_oldest_first(iter(groups), ImportTally())
    assert [found.time for step in steps if isinstance(step, list) for found in step] == expected
