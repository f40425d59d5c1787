"""Lines as rows of a pane: nothing is lost, and nothing is wider than the pane."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocpptui.describe.record_in_full import Section
from ocpptui.describe.safe_text import printable
from ocpptui.tui.wrapping import LONGEST_LINE, MOST_WRAPPED, Rows, wrapped

SORTS = st.sampled_from(["title", "text", "problem", "field", "json", "raw"])
LINES = st.text(st.sampled_from('ab  漢字\u0301\x1b"{') | st.characters(exclude_categories=["Cs"]), max_size=120)


@given(SORTS, LINES, st.integers(2, 100))
def test_the_rows_of_a_line_add_up_to_the_line(sort: str, line: str, width: int) -> None:
    """A piece of a message would be missing or repeated."""
    rows = list(wrapped(sort, line, width))
    assert rows[0].start == 0 and rows[-1].end == len(line)
    assert all(before.end == row.start for before, row in zip(rows, rows[1:], strict=False))
    assert "".join(row.line[row.start : row.end] for row in rows) == printable(line)


@given(SORTS, LINES, st.integers(2, 100))
def test_no_row_is_wider_than_the_pane(sort: str, line: str, width: int) -> None:
    """The end of each row would be truncated without a sign."""
    for row in wrapped(sort, line, width):
        text = row.line[row.start : row.end]
        one_that_is_too_wide = len(text) == 1 and row.indent + cell_len(text) > width
        assert row.indent + cell_len(text) <= width or one_that_is_too_wide


def test_prose_wraps_at_spaces_and_keeps_its_indent() -> None:
    """Words would be split, and the levels of a payload would look alike."""
    rows = list(wrapped("text", "    one two three four", 14))
    assert [" " * row.indent + row.line[row.start : row.end] for row in rows] == [
        "    one two ",
        "      three ",
        "      four",
    ]


@pytest.mark.parametrize("spare", [0, 1, 1_000_000])
def test_an_endless_line_is_shown_in_part_and_the_rest_counted(spare: int) -> None:
    """The screen would freeze over one line, or truncate it silently."""
    rows = list(wrapped("json", "x" * (LONGEST_LINE + spare), 80))
    assert len(rows) < 400
    said = "".join(row.line[row.start : row.end] for row in rows if row.sort == "dim")
    assert (f"{spare:,} more characters" in said) == bool(spare)


@given(st.lists(st.tuples(SORTS, st.lists(LINES, max_size=6)), max_size=6), st.integers(10, 80))
def test_the_rows_of_all_sections_follow_each_other(sections: list[tuple[str, list[str]]], width: int) -> None:
    """Scrolling would show a row of another section."""
    rows = Rows([Section(sort, lines) for sort, lines in sections], width)
    wanted = [row for sort, lines in sections for line in lines for row in wrapped(sort, line, width)]
    assert [rows[number] for number in range(len(rows))] == wanted


def test_only_the_requested_row_of_very_many_lines_is_made() -> None:
    """A payload of a million lines would take a second for each key."""
    made: list[int] = []

    class Lines(list[str]):
        def __getitem__(self, place: object) -> str:  # type: ignore[override]
            assert isinstance(place, int)
            made.append(place)
            return super().__getitem__(place)

    rows = Rows([Section("title", ["one"]), Section("json", Lines(["x"] * (MOST_WRAPPED + 1)))], 80)
    assert len(rows) == MOST_WRAPPED + 2
    assert rows[MOST_WRAPPED + 1].line == "x"
    assert made == [MOST_WRAPPED]
