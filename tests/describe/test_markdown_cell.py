"""Cells of a table in Markdown are read back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.markdown_cell import cell_texts, code, escaped_cell
from ocpptui.describe.safe_text import single_line


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])).map(str.strip), min_size=1, max_size=4))
def test_texts_come_back(texts: list[str]) -> None:
    """A record would come back with another text than it had."""
    for write in (code, escaped_cell):
        row = f"| {' | '.join(map(write, texts))} |"
        assert [text.strip() for text in cell_texts(row)] == [single_line(text).strip() for text in texts]
