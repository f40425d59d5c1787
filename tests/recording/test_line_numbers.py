"""The numbers of the lines of a file, from where they begin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.recording.line_numbers import BLOCK, LineNumbers


@given(st.lists(st.integers(0, BLOCK // 3), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_every_line_has_its_number_in_whatever_order_it_is_asked_for(lengths: list[int], order: object) -> None:
    """A finding would be shown at another line than its record's."""
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    starts = [0]
    for length in lengths[:-1]:
        starts.append(starts[-1] + length + 1)
    wanted = list(enumerate(starts, 1))
    order.shuffle(wanted)  # type: ignore[attr-defined]
    numbers = LineNumbers(lambda offset, length: data[offset : offset + length])
    for number, start in wanted:
        assert numbers.at(start) == number


def test_each_block_is_read_once_to_be_counted() -> None:
    """Each finding in a file of a gigabyte would read all of it."""
    data = (b"x" * 99 + b"\n") * (10 * BLOCK // 100)
    read: list[int] = []

    def part(offset: int, length: int) -> bytes:
        read.append(length)
        return data[offset : offset + length]

    numbers = LineNumbers(part)
    for place in range(0, len(data), 10_000):
        assert numbers.at(place) == place // 100 + 1
    assert read.count(BLOCK) <= len(data) // BLOCK + 1
