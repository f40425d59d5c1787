"""XML as text with places. When these fail, a secret is not masked or something else is masked in its stead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.xml_elements import XmlElement, element_text, walk, xml_elements, xml_indented


def tree(text: str) -> list[tuple[str, str, str, list[object]]]:
    """Each element as its name, its whole text, its content, and what is in it."""

    def shown(element: XmlElement) -> tuple[str, str, str, list[object]]:
        whole, content = text[element.start : element.end], text[element.content : element.content_end]
        return element.name, whole, content, [shown(child) for child in element.children]

    return [shown(element) for element in xml_elements(text)]


def test_elements_and_their_places() -> None:
    assert tree('<?xml version="1.0"?><s:a x="1>2"><b>c</b><d/></s:a>') == [
        (
            "a",
            '<s:a x="1>2"><b>c</b><d/></s:a>',
            "<b>c</b><d/>",
            [("b", "<b>c</b>", "c", []), ("d", "<d/>", "", [])],
        )
    ]


def test_what_looks_like_a_tag_and_is_not_one() -> None:
    assert tree("<a><!-- <b> --><![CDATA[<c>]]></a>") == [
        ("a", "<a><!-- <b> --><![CDATA[<c>]]></a>", "<!-- <b> --><![CDATA[<c>]]>", [])
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a><b>x", [("a", "<a><b>x", "<b>x", [("b", "<b>x", "x", [])])]),
        ("<a><b>x</a>y", [("a", "<a><b>x</a>", "<b>x", [("b", "<b>x", "x", [])])]),
        ("</z><a>x</z></a>", [("a", "<a>x</z></a>", "x</z>", [])]),
        ("no tags < at all", []),
    ],
)
def test_broken_text_is_read_as_far_as_it_goes(text: str, expected: list[tuple[str, str, str, list[object]]]) -> None:
    assert tree(text) == expected


def test_the_text_of_an_element() -> None:
    text = "<a>x&amp;<b>y</b><![CDATA[<&]]><!-- no -->&#90;</a>"
    assert element_text(text, xml_elements(text)[0]) == "x&y<&Z"


def test_an_element_gets_a_line() -> None:
    text = '<?xml version="1.0"?><a><b x="1">c\n d</b><!-- e --><f/></a>'
    assert xml_indented(text).split("\n") == [
        '<?xml version="1.0"?>',
        "<a>",
        '  <b x="1">c',
        " d</b>",
        "  <!-- e -->",
        "  <f/>",
        "</a>",
    ]


@given(st.text(st.sampled_from("<>/ab! -"), max_size=60))
def test_indenting_changes_white_space_alone(text: str) -> None:
    """Text that is no longer visible would seem to be missing."""
    assert "".join(xml_indented(text).split()) == "".join(text.split())


def test_walking_goes_in_the_order_of_the_text() -> None:
    assert [element.name for element in walk(xml_elements("<a><b><c/></b><d/></a><e/>"))] == ["a", "b", "c", "d", "e"]


@given(st.text(st.sampled_from("<>/ab:!-[]\"'=? &"), max_size=60))
def test_no_text_raises_and_every_place_is_in_it(text: str) -> None:
    for element in walk(xml_elements(text)):
        assert 0 <= element.start < element.content <= element.content_end <= element.end <= len(text)
        assert isinstance(element_text(text, element), str)


@pytest.mark.parametrize("piece", ["<a>", "</a>", "<a><b>", "<a '", '<a "', "<!--", "<![CDATA[", "<a></b>", "<a b="])
def test_a_long_hostile_text_comes_to_its_end(piece: str) -> None:
    """Were the time quadratic in the length, this would take hours, and hold up every other message."""
    for element in xml_elements(piece * 200_000)[:10]:
        assert element.end > element.start
