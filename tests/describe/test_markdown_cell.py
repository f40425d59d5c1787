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


def test_an_ordinary_sentence_is_written_as_it_is() -> None:
    """Who reads the source, in a mail or a ticket, would see `&#58;` in nearly every line."""
    sentence = "Not an OCPP message: not valid JSON (position 46): 1/3 of it … RFC 8259"
    assert escaped_cell(sentence) == sentence


def test_nothing_becomes_a_link_or_an_emoji() -> None:
    """A charge point's text would send the reader of the report to a page of its choice."""
    for text in ("http://x.y", "see https://x.y", "www.x.y", "mailto:a@b.c", "xmpp:a@b.c/d", ":smile:", "[a](b)"):
        written = escaped_cell(text)
        assert not any(mark in written for mark in ("://", "www.", "mailto:", "xmpp:", ":smile:", "](", "@")), text
