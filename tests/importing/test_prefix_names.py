"""The places of a text where names may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.prefix_names import without_digits

TEXTS = st.text(st.characters(categories=("L", "N", "P", "S", "Z", "Cs")) | st.sampled_from("0123456789"))


@given(TEXTS)
def test_a_text_without_digits_has_its_other_characters_at_their_places(text: str) -> None:
    """The user loses the name of a charge point after a character that is not ASCII, or was not UTF-8."""
    assert without_digits(text) == "".join("0" if "1" <= one <= "9" else one for one in text)
