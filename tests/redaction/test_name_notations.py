"""A person's name in other notations. If these fail, a shared recording has a file that is called after a driver."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.redaction.name_notations import MOST_PARTS, name_notations, with_parts_replaced


def test_a_name_is_known_as_files_and_users_are_called() -> None:
    written = {text for text, _ in name_notations("jane doe")}
    assert {"janedoe", "doejane", "jane_doe", "doe-jane", "jane.doe", "doe, jane", "doe jane"} <= written
    assert "jane doe" not in written


@pytest.mark.parametrize("name", ["", "jane", "a b", "to be or not to be", "boot notification"])
def test_what_is_not_a_name_is_not_joined(name: str) -> None:
    """Short words, sentences and words of OCPP would be replaced in the middle of others."""
    assert name.replace(" ", "") not in {text for text, _ in name_notations(name)}


@given(st.lists(st.text("abcdefäö", min_size=3, max_size=9), min_size=2, max_size=MOST_PARTS))
def test_each_part_has_its_own_replacement_in_every_notation(parts: list[str]) -> None:
    """The same driver would have two pseudonyms, and nobody could follow what she did."""
    for written, ordered in name_notations(" ".join(parts)):
        letters = "".join(one for one in with_parts_replaced(written.title(), ordered, str.upper) if one.isalpha())
        assert letters == "".join(ordered).upper()
        assert with_parts_replaced(written, ordered, lambda part: "x" * len(part)).strip("x_-., ") == ""
