"""No sentence says `1 records`."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.counted import counted, enumerated


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (1_234_567, "1,234,567 lines")]
)
def test_a_number_and_its_noun_agree(count: int, words: str) -> None:
    """A count is read at a glance, and the sentence around it is English."""
    assert counted(count, "line") == words


@pytest.mark.parametrize(
    ("words", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_in_a_sentence_has_one_and(words: list[str], sentence: str) -> None:
    """`a and b and c` reads as a slip, and the reader looks for the second half of it."""
    assert enumerated(words) == sentence
