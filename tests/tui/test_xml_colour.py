from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.tui.xml_colour import xml_parts


def test_tags_attributes_values_and_text_are_told_apart() -> None:
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
def test_nothing_is_lost_of_any_line(line: str) -> None:
    """A colour must not change what is said."""
    assert "".join(text for _, text in xml_parts(line)) == line
