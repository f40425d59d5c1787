"""The quick test for one of many words finds what a search for each of them finds."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.ocpp.word_groups import WordGroups

LETTERS = st.text("abc-", max_size=5)
WORDS = st.lists(st.text("abc-", min_size=1, max_size=5), max_size=8)
TEXTS = st.lists(st.one_of(LETTERS, st.sampled_from("xyz ")), max_size=12).map("".join)


@given(WORDS, st.lists(st.text("abc-", min_size=1, max_size=2), max_size=4), TEXTS)
@example(["abc", "bca", "c"], ["bc", "a"], "xbcax")
def test_the_pieces_change_no_answer(words: list[str], pieces: list[str], text: str) -> None:
    """A password would be shown because its name shares a piece with others."""
    groups = WordGroups(words, pieces)
    assert groups.are_in(text) is any(word in text for word in words)
    assert sorted(groups.found_in(text)) == sorted(word for word in words if word in text)


@given(WORDS, st.lists(st.text("abc-", min_size=1, max_size=2), max_size=4))
def test_each_word_is_found_in_itself(words: list[str], pieces: list[str]) -> None:
    """One that no piece leads to would never be looked for."""
    groups = WordGroups(words, pieces)
    assert all(groups.are_in(f"in a {word} text") for word in words)


def test_words_with_a_common_piece_are_one_search() -> None:
    """Otherwise each message of a recording would take twice the time."""
    assert len(WordGroups(("apikey", "privatekey", "cookie"), ("key",))) == 2
    assert len(WordGroups(("apikey", "privatekey", "cookie"))) == 3
