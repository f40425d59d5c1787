"""The lines of a chart: each reading is in its cell, whatever the size and however many there are."""

from __future__ import annotations

from bisect import bisect_right
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.chart_drawing import (
    BRAILLE,
    NOBODY,
    Canvas,
    Drawing,
    TimeColumns,
    ValueRows,
    has_braille,
    line_parts,
    stair_parts,
)

SPANS = st.tuples(st.integers(-(10**15), 10**18), st.integers(0, 10**14))
SIZES = st.tuples(st.integers(1, 90), st.integers(1, 30))
VALUES = st.floats(-1e6, 1e6)
DRAWINGS = st.sampled_from(Drawing)


def dots(canvas: Canvas, letters: str = "AB") -> set[tuple[int, int]]:
    """The dots that are drawn, by column and row."""
    found = set()
    for y, runs in enumerate(canvas.lines(letters)):
        for x, cell in enumerate("".join(text for text, _ in runs)):
            if canvas.drawing is Drawing.LETTERS:
                found |= {(x, y)} if cell != " " else set()
            elif cell != " ":
                bits = ord(cell) - BRAILLE
                table = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
                found |= {(2 * x + sub, 4 * y + row) for row in range(4) for sub in range(2) if bits & table[row][sub]}
    return found


@given(
    st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=60),
    SIZES,
    DRAWINGS,
    st.integers(0, 5_000),
    st.integers(1, 9_000),
    st.integers(0, 5000),
)
def test_each_reading_is_in_its_cell(
    readings: list[tuple[int, float]], size: tuple[int, int], drawing: Drawing, start: int, length: int, longest: int
) -> None:
    """A peak of one reading among thousands would be lost, or be at the wrong time or height."""
    readings.sort()
    times, values = [time for time, _ in readings], [value for _, value in readings]
    canvas = Canvas(*size, drawing)
    columns = TimeColumns(start, start + length, canvas.columns)
    rows = ValueRows(min(values), max(values), canvas.rows)
    parts = line_parts(times, values, lambda place: times[place] - times[place - 1] <= longest, columns)
    canvas.line(parts, rows, 0)
    drawn = dots(canvas)
    visible = [(time, value) for time, value in readings if start <= time <= start + length]
    assert {(columns.of(time), rows.of(value)) for time, value in visible} <= drawn
    if longest == 0:  # nothing is joined: no column without a reading has a dot
        assert {column for column, _ in drawn} == {columns.of(time) for time, _ in visible}


@given(st.lists(VALUES, min_size=2, max_size=40), SIZES)
def test_joined_readings_are_one_line(values: list[float], size: tuple[int, int]) -> None:
    """The eye would see a gap, which means that nothing was measured."""
    times = [1000 * number for number in range(len(values))]
    canvas = Canvas(*size)
    columns = TimeColumns(0, times[-1], canvas.columns)
    rows = ValueRows(min(values), max(values), canvas.rows)
    canvas.line(line_parts(times, values, lambda place: True, columns), rows, 0)
    by_column: dict[int, set[int]] = {}
    for column, row in dots(canvas):
        by_column.setdefault(column, set()).add(row)
    assert sorted(by_column) == list(range(canvas.columns))
    for column, found in by_column.items():
        assert found == set(range(min(found), max(found) + 1))
        if column:
            before = by_column[column - 1]
            assert min(found) <= max(before) + 1 and max(found) >= min(before) - 1


@given(SPANS, st.integers(1, 400), st.lists(st.integers(0, 10**14), max_size=20))
def test_times_are_divided_evenly_and_in_order(span: tuple[int, int], count: int, offsets: list[int]) -> None:
    """A later reading would be left of an earlier one, or out of the window."""
    start, length = span
    columns = TimeColumns(start, start + length, count)
    times = sorted({start + offset for offset in offsets if offset <= length} | {start, start + length})
    places = [columns.of(time) for time in times]
    assert places == sorted(places)
    assert places[0] == 0 and 0 <= places[-1] < count
    for time, place in zip(times, places, strict=True):
        assert columns.begin(place) <= time < columns.begin(place + 1)


@given(VALUES, VALUES, st.integers(1, 200), st.lists(VALUES, max_size=20))
def test_a_higher_value_is_never_lower(low: float, high: float, count: int, values: list[float]) -> None:
    """A rise would look like a fall."""
    low, high = min(low, high), max(low, high)
    rows = ValueRows(low, high, count)
    places = [rows.of(value) for value in sorted(values)]
    assert places == sorted(places, reverse=True)
    assert all(0 <= place < count for place in places)
    if low < high:
        assert (rows.of(high), rows.of(low)) == (0, count - 1)


@given(st.lists(st.tuples(st.integers(0, 1000), st.sampled_from([nan, 6.0, 10.0, 16.0])), max_size=20), SIZES)
def test_a_limit_holds_until_the_next_one(steps: list[tuple[int, float]], size: tuple[int, int]) -> None:
    """A limit would be seen where another one held, or none."""
    steps.sort(key=lambda step: step[0])
    times, values = [time for time, _ in steps], [value for _, value in steps]
    until = 900
    columns = TimeColumns(0, 1000, Canvas(*size).columns)
    parts = {part.column: part for part in stair_parts(times, values, until, columns)}
    for time in range(0, 1001, 7):
        place = bisect_right(times, time) - 1
        holds = place >= 0 and values[place] == values[place] and time <= until
        part = parts.get(columns.of(time))
        if holds:
            assert part is not None and part.low <= values[place] <= part.high
    first = times[0] if times else 1001
    assert all(columns.begin(column + 1) > first and columns.begin(column) <= until for column in parts)


def test_a_limit_is_dashed_and_its_changes_are_not() -> None:
    """Without colour, a limit could not be told from what was measured."""
    canvas = Canvas(20, 4)
    columns, rows = TimeColumns(0, 39, canvas.columns), ValueRows(0, 15, canvas.rows)
    canvas.stairs(stair_parts([0, 20], [0.0, 15.0], 39, columns), rows, 0)
    found = dots(canvas)
    assert {column for column, row in found if row == 15} == {0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20}
    assert {row for column, row in found if column == 20} == set(range(16))


def test_series_in_one_cell_are_told_apart_or_marked() -> None:
    """With letters alone, the one below would vanish."""
    canvas = Canvas(3, 1, Drawing.LETTERS)
    canvas.run(0, 0, 0, 0)
    canvas.run(1, 0, 0, 0)
    canvas.run(1, 0, 0, 1)
    assert list(canvas.lines("AB")) == [[("A", 0), ("#", 1), (" ", NOBODY)]]
    dotted = Canvas(1, 1)
    dotted.run(0, 0, 0, 0)
    dotted.run(1, 3, 3, 1)
    assert dots(dotted) == {(0, 0), (1, 3)}


def test_a_hidden_series_still_has_a_place_for_its_letter() -> None:
    """Where two series are equal, only one would be named."""
    canvas = Canvas(4, 2)
    for owner in (1, 0):
        canvas.run(2, 5, 5, owner)
    assert canvas.line_of(1, 1) == canvas.line_of(0, 1) == 1
    canvas.letter(1, 1, "B", 1)
    assert list(canvas.lines("AB"))[1] == [(" ", NOBODY), ("B", 1), ("  ", NOBODY)]


@pytest.mark.parametrize(
    ("encoding", "terminal", "has"),
    [
        ("utf-8", "xterm-256color", True),
        ("latin-1", "xterm", False),
        ("ascii", "vt100", False),
        ("utf-8", "linux", False),
        ("no-such-encoding", "xterm", False),
        (None, "", False),
    ],
)
def test_letters_are_for_terminals_without_braille(encoding: str | None, terminal: str, has: bool) -> None:
    """A chart of question marks shows nothing."""
    assert has_braille(encoding, terminal) is has
