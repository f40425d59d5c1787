"""Matches are found whatever the case, and highlighted without changing the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from ocpptui.describe.record_in_full import Section
from ocpptui.tui.highlighting import FOUND, RowMatch, RowSearch, restyled, word_places
from ocpptui.tui.wrapping import Rows

TEXT = st.text(st.sampled_from("aAbß İ漢ﬁ"), max_size=30)


@given(TEXT, st.lists(TEXT.filter(bool).map(str.casefold), max_size=3))
def test_a_place_is_where_the_text_has_the_word(text: str, words: list[str]) -> None:
    """Something else would be highlighted, or a match that the filter finds would not."""
    places = word_places(words, text)
    assert places == sorted(places) and all(0 <= start < end <= len(text) for start, end in places)
    for start, end in places:
        assert any(word in text[start:end].casefold() for word in words)
    assert bool(places) == any(word in text.casefold() for word in words)


def test_overlapping_matches_are_one() -> None:
    """A character would be painted twice."""
    assert word_places(["abc", "bcd"], "xABCDx") == [(1, 5)]
    assert word_places(["ss"], "Straße") == [(4, 5)]


@given(st.lists(st.text(max_size=6), max_size=6), st.sets(st.integers(0, 30), max_size=6))
def test_highlighting_changes_no_text(texts: list[str], ends: set[int]) -> None:
    """The row would show something that is not in the message."""
    style = Style(color="red")
    text, marks = "".join(texts), sorted(ends)
    places = [(start, end) for start, end in zip(marks[::2], marks[1::2], strict=False) if end <= len(text)]
    found = restyled([Segment(one, style) for one in texts], places, FOUND)
    assert "".join(segment.text for segment in found) == text
    lit = "".join(("x" if segment.style != style else ".") * len(segment.text) for segment in found)
    wanted = "".join("x" if any(start <= n < end for start, end in places) else "." for n in range(len(text)))
    assert lit == wanted


def test_the_search_goes_through_wrapped_rows_and_begins_again() -> None:
    """A match in the second row of a line would be out of reach, or n would stop at the end."""
    search = RowSearch(Rows([Section("raw", ["key abcdefgh key", "none"]), Section("text", ["KEY"])], 8), "key")
    assert search.matches == [RowMatch(0, 0, 3), RowMatch(1, 13, 16), RowMatch(3, 0, 3)]
    assert search.go_from(2) == RowMatch(3, 0, 3)
    assert search.go_on(1) == RowMatch(0, 0, 3)
    assert search.go_on(-1) == RowMatch(3, 0, 3)
    assert RowSearch(Rows([Section("raw", ["abc"])], 8), "x").go_from(0) is None
