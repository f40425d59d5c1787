"""A chart as lines of characters: scale, lines and staircases, times, and a legend with the values at the cursor."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from math import isnan
from typing import NamedTuple

from ocpptui.describe.chart_drawing import (
    NOBODY,
    Canvas,
    ColumnPart,
    Drawing,
    TimeColumns,
    ValueRows,
    line_parts,
    stair_parts,
)
from ocpptui.describe.chart_scale import reading_text, time_ticks, value_scale
from ocpptui.reporting.chart_content import ChartContent, LabelledLimit
from ocpptui.reporting.chart_window import ChartWindow

ROWS_OF_A_TICK = 3
COLUMNS_OF_A_TICK = 14
FROM_ZERO = frozenset({"W", "A", "Percent"})
"""Units whose scale begins with zero."""
LEGEND_SHARE = 3
"""The legend has at most this part of the lines."""
LETTER_EVERY = 36
"""Cells between two letters on a line."""
LONGEST_LABEL = 44
NOTHING = "–"
"""In place of a value where there is none."""

_PLAIN = str.maketrans("┤│└─┴–…", "+|+-+-.")
"""What a terminal without braille may also lack."""

Run = tuple[str, str]
"""A text and the part of the chart that it is: `axis`, `text`, `dim`, `cursor`, `series-0`, `limit` …"""


class ChartPicture(NamedTuple):
    """The painted chart."""

    lines: list[list[Run]]
    left: int
    """Cells before the first column of the drawing."""
    width: int
    """Cells of the drawing."""
    height: int


class _Drawn(NamedTuple):
    """A series or limit with what is visible of it."""

    letter: str
    label: str
    part: str
    parts: list[ColumnPart]
    """All of them, with the neighbours on both sides."""
    low: float | None
    high: float | None
    at_cursor: float | None


def chart_picture(
    content: ChartContent, window: ChartWindow, width: int, height: int, drawing: Drawing
) -> ChartPicture:
    """The chart in `width` by `height` cells, at least a few of each."""
    count = len(content.series) + len(content.limits)
    legend = min(count, max(1, height // LEGEND_SHARE))
    rows = max(2, height - legend - 2)
    scale = value_scale(
        list(_ends(content, window)), max(2, rows // ROWS_OF_A_TICK + 1), from_zero=content.unit in FROM_ZERO
    )
    largest = max(abs(scale.low), abs(scale.high))
    ticks = {tick: reading_text(tick, content.unit, largest) for tick in scale.ticks}
    left = max(map(len, ticks.values())) + 1
    canvas = Canvas(max(4, width - left - 1), rows, drawing)
    drawn = _drawn(content, window, canvas.columns)
    values = ValueRows(scale.low, scale.high, canvas.rows)
    for number in range(len(drawn) - 1, -1, -1):  # the first one on top
        draw = canvas.stairs if drawn[number].part == "limit" else canvas.line
        draw(drawn[number].parts, values, number)
    if len(drawn) > 1:
        _put_letters(canvas, drawn)
    columns = TimeColumns(window.start, window.end, canvas.columns)
    cursor = None if window.cursor is None else columns.of(window.cursor)
    at = None if cursor is None or not 0 <= cursor < canvas.columns else canvas.cell_of_column(cursor)
    texts = {values.of(tick) // drawing.value[1]: text for tick, text in ticks.items()}
    lines = [
        [(f"{texts.get(y, ''):>{left - 1}} ", "axis"), ("┤" if y in texts else "│", "axis"), *_with_cursor(runs, at)]
        for y, runs in enumerate(_coloured(canvas, drawn))
    ]
    lines += _time_axis(window, canvas, left)
    lines += _legend(drawn, content, legend, largest, width)
    if drawing is Drawing.LETTERS:
        lines = [[(text.translate(_PLAIN), part) for text, part in line] for line in lines]
    return ChartPicture(lines, left + 1, canvas.column_of_cell(0) + canvas.columns // drawing.value[0], rows)


def _drawn(content: ChartContent, window: ChartWindow, columns: int) -> list[_Drawn]:
    span = TimeColumns(window.start, window.end, columns)
    at = window.last if window.cursor is None else window.cursor
    found = []
    for number, one in enumerate(content.series):
        series = one.series
        joined = partial(series.is_joined, longest=series.longest_step())
        parts = list(line_parts(series.times, series.values, joined, span))
        place = series.place_at(at)
        value = None if place is None else series.values[place]
        found.append(_one(one.letter, one.label, f"series-{number}", parts, columns, value))
    for limit in content.limits:
        parts = list(stair_parts(limit.times, limit.values, limit.until, span))
        found.append(_one(limit.letter, limit.label, "limit", parts, columns, _limit_at(limit, at)))
    return found


def _one(letter: str, label: str, part: str, parts: list[ColumnPart], columns: int, value: float | None) -> _Drawn:
    visible = [one for one in parts if 0 <= one.column < columns]
    low, high = min((one.low for one in visible), default=None), max((one.high for one in visible), default=None)
    return _Drawn(letter, label, part, parts, low, high, value)


def _limit_at(limit: LabelledLimit, time: int) -> float | None:
    held = [value for at, value in zip(limit.times, limit.values, strict=True) if at <= time]
    return held[-1] if held and time <= limit.until and not isnan(held[-1]) else None


def _ends(content: ChartContent, window: ChartWindow) -> Iterator[float]:
    """The lowest and the highest value of each series and limit in the window."""
    for one in content.series:
        times, values = one.series.times, one.series.values
        if visible := values[bisect_left(times, window.start) : bisect_right(times, window.end)]:
            yield min(visible)
            yield max(visible)
    for limit in content.limits:
        first = max(bisect_right(limit.times, window.start) - 1, 0)
        stop = bisect_right(limit.times, min(window.end, limit.until))
        yield from (value for value in limit.values[first:stop] if not isnan(value))


def _put_letters(canvas: Canvas, drawn: Sequence[_Drawn]) -> None:
    """Write the letter of each series on its line, those of different series at different places."""
    width = canvas.columns // canvas.drawing.value[0]
    every = max(LETTER_EVERY, 4 * len(drawn))
    for number, one in enumerate(drawn):
        for start in range(3 + number * every // len(drawn), max(width, 4), every):
            for x in range(start, min(start + every // len(drawn), width)):
                if (y := canvas.line_of(number, x)) is not None:
                    canvas.letter(x, y, one.letter, number)
                    break


def _coloured(canvas: Canvas, drawn: Sequence[_Drawn]) -> Iterator[list[Run]]:
    for runs in canvas.lines([one.letter for one in drawn]):
        yield [(text, "text" if owner == NOBODY else drawn[owner].part) for text, owner in runs]


def _with_cursor(runs: list[Run], at: int | None) -> Iterator[Run]:
    """The line with the cursor at a cell: a line where that is empty."""
    if at is None:
        yield from runs
        return
    x = 0
    for text, part in runs:
        if x <= at < x + len(text):
            before, cell, after = text[: at - x], text[at - x], text[at - x + 1 :]
            yield before, part
            yield ("│", "cursor") if cell == " " else (cell, part)
            yield after, part
        else:
            yield text, part
        x += len(text)


def _time_axis(window: ChartWindow, canvas: Canvas, left: int) -> Iterator[list[Run]]:
    width = canvas.columns // canvas.drawing.value[0]
    columns = TimeColumns(window.start, window.end, width)
    line, words = ["─"] * width, ""
    for tick in time_ticks(window.start, window.end, max(1, width // COLUMNS_OF_A_TICK)):
        x = columns.of(tick.time)
        start = min(max(x - len(tick.text) // 2, 0), width - len(tick.text))
        if 0 <= x < width and (start > len(words) or not words):
            line[x] = "┴"
            words = words.ljust(start) + tick.text
    yield [(" " * left, "axis"), ("└", "axis"), ("".join(line), "axis")]
    yield [(" " * (left + 1), "axis"), (words, "axis")]


def _legend(
    drawn: Sequence[_Drawn], content: ChartContent, most: int, largest: float, width: int
) -> Iterator[list[Run]]:
    """A line for each: its letter, the value at the cursor, the lowest and the highest visible one."""
    unit = content.unit
    shown = drawn if len(drawn) <= most and not content.left_out else drawn[: max(most - 1, 1)]
    cells = [
        tuple(
            NOTHING if value is None else reading_text(value, unit, largest)
            for value in (one.at_cursor, one.low, one.high)
        )
        for one in shown
    ]
    room = max([len(one.label) for one in shown], default=0)
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)] or [0, 0, 0]
    room = min(room, LONGEST_LABEL, max(8, width - sum(wide) - 18))
    for one, (value, low, high) in zip(shown, cells, strict=True):
        label = one.label if len(one.label) <= room else f"{one.label[: room - 1]}…"
        yield [
            (f" {one.letter} ", one.part),
            (f"{label:<{room}} ", "text"),
            (f"{value:>{wide[0]}}", "value"),
            (f"  min {low:>{wide[1]}}  max {high:>{wide[2]}}", "dim"),
        ]
    more = len(drawn) - len(shown) + content.left_out
    if more and len(shown) < most:
        yield [(f" and {more:,} more: choose a charge point or connector", "dim")]
