"""The end of a truncated frame: what closes behind it in the line is not shown as a part of it."""

from __future__ import annotations

import pytest

from ocpptui.importing.texts.frame_enclosure import trimmed_frame

CUT = '[2,"a1","DataTransfer",{"vendorId":"x"]'
"""A frame of which a bracket is missing."""


@pytest.mark.parametrize(
    ("prefix", "behind"),
    [
        ("msg='", "'"),
        ("msg='", "' level=info"),
        ("msg=`", "`"),
        ('<frame text="', '"/>'),
        ("log(", ");"),
        ("<![CDATA[", "]]></message>"),
        ("<message>", "</message>"),
        ("<entry to='CP-7' text='", "' level='3'/>"),
        ("Frame{raw=", "}"),
        ("12:00 ", "\r"),
        ("12:00 ", "  "),
    ],
)
def test_what_closes_behind_it_is_not_of_the_frame(prefix: str, behind: str) -> None:
    assert trimmed_frame(prefix, CUT + behind) == CUT


def test_a_list_around_it_closes_behind_it() -> None:
    assert trimmed_frame("[CP-77, ", '[2,"a1","Reset","x"]]') == '[2,"a1","Reset","x"]'


def test_spring_says_that_there_was_more() -> None:
    assert trimmed_frame("payload=[", '[2,"a1","Data..], byteCount=812, last=true]') == '[2,"a1","Data..'


def test_a_bracket_of_its_own_stays() -> None:
    """Only what the text before it opens is closed behind it."""
    assert trimmed_frame("12:00 ", CUT + "}") == CUT + "}"
