"""What all pages of reports share."""

from __future__ import annotations

from ocpptui.exporting.html_page import page_cell, page_head, page_words


def test_names_to_type_are_code_and_nothing_of_a_peer_is() -> None:
    """Backticks are of Markdown: on a page they look like a slip. What a peer wrote is shown as it is."""
    assert page_words("`short-session` & more") == "<code>short-session</code> &amp; more"
    assert page_words("`<b>`") == "<code>&lt;b&gt;</code>"
    assert page_cell("`x`") == "`x`"


def test_a_long_value_does_not_make_the_page_wider() -> None:
    """Base64 in one finding would have the reader scroll sideways through all of them; a time stays in one line."""
    style = "".join(page_head("a title"))
    assert ".words { overflow-wrap: anywhere; }" in style and "time { white-space: nowrap; }" in style
