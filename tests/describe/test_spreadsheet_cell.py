"""A cell that a spreadsheet would read as a formula becomes a text, and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.spreadsheet_cell import with_apostrophe, without_apostrophe


@pytest.mark.parametrize("cell", ["=1", " =1", "＝1", "﹢1", "⁺1", "\u22121", "@x", "％x", "\u3000＝1"])
def test_a_formula_becomes_a_text(cell: str) -> None:
    assert with_apostrophe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "1", "a=1", "'", "[2]", "ﬁ", " "])
def test_any_other_cell_stays(cell: str) -> None:
    assert with_apostrophe(cell) == cell


@given(st.one_of(st.text(), st.text("=＝ '\u2212+a", max_size=4)))
def test_an_imported_table_has_what_was_exported(cell: str) -> None:
    """A text that already began with an apostrophe would lose it."""
    assert without_apostrophe(with_apostrophe(cell)) == cell
