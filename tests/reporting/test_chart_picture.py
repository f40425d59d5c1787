"""The chart as characters: it fits, shows what was measured, and says the values at the cursor."""

from __future__ import annotations

import pytest

from ocpptui.describe.chart_drawing import Drawing
from ocpptui.reporting.chart_content import ChartChoice, ChartContent, chart_content
from ocpptui.reporting.chart_picture import chart_picture
from ocpptui.reporting.chart_window import ChartWindow
from tests.kit.meter_talk import CURRENT, POWER, MeterTalk, at, sample
from tests.reporting.test_measured_series import gathered


def charge() -> MeterTalk:
    """A charge of an hour, with a gap of fifteen minutes, and a limit that changes."""
    talk = MeterTalk()
    talk.starts(0, 7)
    talk.limits(1, 16)
    for minute in range(1, 61):
        if minute == 40:
            talk.limits(60 * minute - 1, 10)
        if not 20 <= minute < 35:
            amperes = 15.5 if minute < 41 else 9.5
            phases = [sample(amperes + number / 10, CURRENT, phase=f"L{number}", unit="A") for number in (1, 2)]
            talk.measures(60 * minute, *phases, sample(99 if minute == 50 else 60, POWER), transaction=7)
    return talk


def drawn(content: ChartContent, window: ChartWindow, size: tuple[int, int], drawing: Drawing) -> list[str]:
    picture = chart_picture(content, window, *size, drawing)
    return ["".join(text for text, _ in line) for line in picture.lines]


def whole(content: ChartContent) -> ChartWindow:
    window = ChartWindow()
    window.span(*(content.span or (0, 1)))
    return window


@pytest.mark.parametrize("drawing", Drawing)
@pytest.mark.parametrize("size", [(78, 20), (198, 56), (20, 6)])
def test_it_fits_with_its_scale_and_every_line_in_the_legend(size: tuple[int, int], drawing: Drawing) -> None:
    """The chart would run over the frame, or a line would have no name."""
    content = chart_content(gathered(charge()), ChartChoice("Current"))
    lines = drawn(content, whole(content), size, drawing)
    assert len(lines) == size[1]
    if size[0] > 20:
        assert all(len(line) <= size[0] for line in lines)
        assert lines[0].startswith(("16 A ", "20 A ")) and any(line.lstrip().startswith("0 A ") for line in lines)
        legend = "\n".join(lines[-3:])
        assert "A L1" in legend and "B L2" in legend and "a limit of each phase" in legend
        assert "min 9.6 A  max 15.6 A" in legend
        assert all(letter in "".join(lines[:-5]) for letter in "ABa")


def test_the_values_are_those_at_the_cursor() -> None:
    """The user reads a number that belongs to another moment."""
    content = chart_content(gathered(charge()), ChartChoice("Current"))
    window = whole(content)
    for minute, words in (
        (10, ["15.6 A", "15.7 A", "16 A"]),
        (25, ["–", "–", "16 A"]),
        (50, ["9.6 A", "9.7 A", "10 A"]),
    ):
        window.cursor = at(60 * minute)
        legend = drawn(content, window, (100, 30), Drawing.BRAILLE)[-3:]
        for line, word in zip(legend, words, strict=True):
            assert line.split("min")[0].rstrip().endswith(f" {word}")
    cursor = drawn(content, window, (100, 30), Drawing.BRAILLE)
    assert sum("│" in line[8:] for line in cursor) > 15


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    """A line across the gap would claim a charge that nobody measured."""
    content = chart_content(gathered(charge()), ChartChoice("Power"))._replace(limits=[])
    window = whole(content)
    lines = drawn(content, window, (120, 30), Drawing.BRAILLE)
    left, width = 6, 114
    column = left + width * (27 - 1) // 59
    assert {line[column] for line in lines[:-4]} == {" "}
    assert {line[left + width * (10 - 1) // 59] for line in lines[:-4]} > {" "}


def test_a_peak_of_one_reading_is_seen_in_the_narrowest_chart() -> None:
    """What the user looks for would be averaged away."""
    content = chart_content(gathered(charge()), ChartChoice("Power"))._replace(limits=[])
    lines = drawn(content, whole(content), (40, 12), Drawing.LETTERS)
    assert lines[0].strip().startswith("100 W +") and "A" in lines[0]


def test_letters_need_no_character_beyond_ascii() -> None:
    """A terminal without braille may lack the lines of the axes, too."""
    content = chart_content(gathered(charge()), ChartChoice("Current"))
    window = whole(content)
    window.cursor = at(25 * 60)
    assert "\n".join(drawn(content, window, (78, 20), Drawing.LETTERS)).isascii()


def test_of_many_lines_the_legend_says_how_many_are_left_out() -> None:
    talk = MeterTalk()
    for number in range(20):
        talk.measures(number + 1, sample(number, POWER), connector=number + 1)
    content = chart_content(gathered(talk), ChartChoice())
    assert drawn(content, whole(content), (78, 20), Drawing.BRAILLE)[-1].startswith(" and 15 more: choose")
