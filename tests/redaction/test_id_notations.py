"""One card in two notations. If these fail, a shared recording names the card that its redaction replaced elsewhere."""

from __future__ import annotations

import pytest

from ocpptui.redaction.id_notations import LONGEST_SEPARATED, bare_id, other_notations, written_as


def test_an_id_is_the_same_with_any_separators() -> None:
    assert {bare_id(one) for one in ("04:a1:b2:c3", "04-a1-b2-c3", "04 a1 b2 c3", "04a1b2c3")} == {"04a1b2c3"}


@pytest.mark.parametrize("text", ["rfid", "a1", "x" * LONGEST_SEPARATED + "1", "a/1/b/2/c/3"])
def test_what_is_not_an_id_has_no_other_notation(text: str) -> None:
    """A word or a long text without its spaces would be replaced in the middle of others."""
    assert bare_id(text) == ""
    assert list(other_notations(text)) == []


def test_hexadecimal_is_known_in_pairs_too() -> None:
    assert set(other_notations("04a1b2c3")) == {"04a1b2c3", "04:a1:b2:c3", "04-a1-b2-c3", "04 a1 b2 c3"}


def test_a_pseudonym_takes_the_separators_of_the_id() -> None:
    assert written_as("04:A1:B2", "9F8E7D") == "9F:8E:7D"
