from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.recording.file_offsets import FileOffsets, RecentLines


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 100), st.integers(0, 100)), max_size=8))
def test_each_offset_leads_to_its_own_byte_or_to_none(steps: list[tuple[int, int, int]]) -> None:
    """A row would show the text of another record. The model is a list of which byte is where."""
    offsets = FileOffsets()
    file: list[int] = []  # at each position the offset of its byte
    following = 0
    for added, first, second in steps:
        assert offsets.offset(len(file)) == following
        file += range(following, following + added)
        following += added
        start, stop = sorted((first % (len(file) + 1), second % (len(file) + 1)))
        offsets.lose(start, stop)
        del file[start:stop]
        positions = {offset: position for position, offset in enumerate(file)}
        assert [offsets.position(offset) for offset in range(following)] == [
            positions.get(offset) for offset in range(following)
        ]
        assert [offsets.offset(position) for position in range(len(file))] == file
        assert offsets.any_lost == (len(file) < following)


def test_recent_lines_are_bounded_and_without_gaps() -> None:
    """Lines with something of somebody else between them could not be written again where their rows look for them."""
    recent = RecentLines(10)
    for number in range(5):
        recent.add(number * 4, [b"%d..\n" % number], 4)
    assert (recent.start, list(recent.lines)) == (12, [b"3..\n", b"4..\n"])
    recent.add(30, [b"5..\n"], 4)
    assert (recent.start, list(recent.lines)) == (30, [b"5..\n"])
    recent.drop_before(31)
    assert (recent.start, list(recent.lines)) == (34, [])
