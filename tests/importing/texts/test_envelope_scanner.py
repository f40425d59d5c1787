"""SOAP envelopes anywhere in a text, escaped in any notation, cut off anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.importing.texts.envelope_scanner import SpreadEnvelope, envelopes_in, without_surroundings
from ocpptui.importing.texts.multiline_frame import NotContinued
from tests.importing.soap_conversation import STYLES, envelopes

CONTENT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"), max_size=30)
"""What a text element of an envelope can contain."""


@st.composite
def letters(draw: st.DrawFn) -> str:
    """An envelope whose payload says anything that XML can carry."""
    prefix = draw(st.sampled_from([f"{style}:" if style else "" for style in STYLES]))
    name = escape(draw(CONTENT), quote=False)
    return (
        f'<{prefix}Envelope xmlns:{prefix.rstrip(":") or "x"}="http://www.w3.org/2003/05/soap-envelope"'
        f' xmlns:cs="urn://Ocpp/Cs/2012/06/"><{prefix}Body><cs:dataTransferRequest><cs:data>{name}</cs:data>'
        f"</cs:dataTransferRequest></{prefix}Body></{prefix}Envelope>"
    )


NOTATIONS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "entities": escape,
    "entities three times": lambda text: escape(escape(escape(text))),
    "JSON": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON in ASCII": lambda text: json.dumps(text)[1:-1].replace("<", "\\u003c"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
}


@given(st.lists(letters(), min_size=1, max_size=3), st.sampled_from(sorted(NOTATIONS)))
def test_envelopes_come_back_from_any_notation(texts: list[str], notation: str) -> None:
    """A charge point's data would be changed by being read."""
    line = " and ".join(f"got: {NOTATIONS[notation](text)}" for text in texts)
    assert [found.raw for found in envelopes_in(line)] == texts


@given(letters(), st.integers(0, 1000), st.integers(0, 1000))
def test_lines_may_be_broken_and_cut_anywhere(text: str, first: int, second: int) -> None:
    """Nothing is lost without a word, and nothing raises."""
    cut = text[: 150 + second]
    place = min(first, len(cut))
    finder = FrameFinder(ImportTally())
    lines = [f"2026-03-14T09:30:00Z got: {cut[:place]}", *cut[place:].split("\n"), "2026-03-14T09:30:01Z ready"]
    found = [one for number, line in enumerate(lines, 1) for one in finder.take(number, line)]
    found += finder.finish()
    assert len(found) <= 1
    if place >= 40 and len(found) == 1:
        assert isinstance(found[0].raw, str)
        assert cut.replace("\n", "").startswith(found[0].raw.replace("\n", "")[:60])


@pytest.mark.parametrize(
    ("before", "text", "inner"),
    [
        ('msg="', '<a b=\\"1\\">x" other="2"', '<a b=\\"1\\">x'),
        ("'", "<a>x');", "<a>x"),
        ("<<", "<a>x>>", "<a>x"),
        ("", "<a>x</log><other>", "<a>x"),
        ("<![CDATA[", "<a>x]]></log>", "<a>x"),
        ("", "<a>x--------------------", "<a>x"),
        ("[", '<a b="]', '<a b="]'),
        ("", "<a><b>x</b>", "<a><b>x</b>"),
    ],
)
def test_what_ends_the_text_around_is_no_part_of_an_envelope(before: str, text: str, inner: str) -> None:
    """The malformed record would show what the charge point never sent."""
    assert without_surroundings(before, text) == inner


def test_another_element_of_this_name_is_no_envelope() -> None:
    finder = FrameFinder(ImportTally())
    line = "see <Envelope> in the manual, or <Envelope>"
    assert [*finder.take(1, line), *finder.finish()] == []


def test_a_line_that_does_not_belong_ends_an_envelope() -> None:
    first = "2026-03-14T09:30:00Z got: " + envelopes(("A", "B"))[13].raw
    for other in ("2026-03-14T09:30:01Z ready", '[2,"1","Heartbeat",{}]', "------------------", first):
        spread = SpreadEnvelope(first, first.index("<"), 1)
        with pytest.raises(NotContinued):
            spread.take(other)
        assert spread.raw == first[first.index("<") :]
