from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.tui.xml_colour import xml_parts


def test_tags_attributes_values_and_text_have_their_own_kind() -> None:
    assert xml_parts('  <o:value unit="Wh">1234</o:value>') == [
        ("text", "  "),
        ("key", "<o:value"),
        ("text", " "),
        ("word", "unit="),
        ("string", '"Wh"'),
        ("key", ">"),
        ("text", "1234"),
        ("key", "</o:value>"),
    ]


@given(st.text() | st.text(st.sampled_from("<>/ab=\"'! -&;?")))
def test_the_pieces_of_any_line_add_up_to_the_line(line: str) -> None:
    """A colour must not change the text."""
    assert "".join(text for _, text in xml_parts(line)) == line
