"""Where names may be: what is looked for first leaves out nothing that the whole expression finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.prefixes.name_places import NEEDED, PLACES
from ocpptui.importing.words.log_words import with_marks

PIECES = st.sampled_from(
    [
        *("charge point", "ChargeBoxId", "cp", "cs", "station", "identity", "Client_Name", "evse ", "remote-id"),
        *("csms", "Central System", "server", "from", "to", "for", "of", "the", "src", "dest", "origin"),
        *("received", "sent", "recv", "IN", "OUT", "in", "out", "CP-77", "Garage Left", "wallbox7", "0\0\0"),
        *("=", ":", " : ", '"', "'", "`", "[", "]", "(", ")", "<", ">", "<<", ">>", "->", "<=", "→", "-->", "|", "\t"),
        *("#", "/", "/ocpp/CP-77", "ws://host/CP-77", ",", ";", " ", "  ", "\n"),
    ]
)
LINES = st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=9).map(
    lambda pieces: "".join(piece + space for piece, space in pieces)
)


@given(LINES)
def test_a_text_with_a_name_has_what_its_place_needs(line: str) -> None:
    """A name at this place would be missed, and its frames be of no charge point."""
    marked = with_marks(line)
    for place in PLACES:
        if place.pattern.search(marked if place.is_beside_direction else line) is not None:
            assert all(needed.search(marked) for needed in place.needs), (place.kind, line)


def test_all_that_places_need_is_looked_for() -> None:
    """What is looked for nowhere never rules a place out: each line would be searched for everything."""
    assert {needed for place in PLACES for needed in place.needs} == set(NEEDED)
