"""Known texts are found wherever they occur, however many there are, and nothing else is."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.known_texts import ANYWHERE, KnownTexts

WORDS = st.text("ab1-. ", min_size=1, max_size=12)


def expected(known: list[str], text: str) -> list[tuple[int, int]]:
    """The places by the plainest search there is."""
    found, place = [], 0
    while place < len(text):
        for word in sorted(known, key=len, reverse=True):
            end = place + len(word)
            is_alone = not re.search(r"[^\W_]", text[max(0, place - 1) : place] + text[end : end + 1])
            if text.startswith(word, place) and (len(word) >= ANYWHERE or is_alone):
                found.append((place, end))
                place = end
                break
        else:
            place += 1
    return found


@given(st.lists(WORDS, max_size=12), st.text("ab1-. ", max_size=60))
def test_it_finds_what_a_plain_search_finds(known: list[str], text: str) -> None:
    """A secret would stay in a text, or a word would be masked that is none."""
    assert list(KnownTexts(known).places(text)) == expected(known, text)
    assert KnownTexts(known).are_in(text) == bool(expected(known, text))


def test_a_text_within_a_word_is_found_from_a_length_on() -> None:
    texts = KnownTexts(["abc", "hunter2secret"])
    assert texts.replaced_in("xabc abc xhunter2secretx", "*") == "xabc * x*x"
    assert KnownTexts(["abc"], anywhere=0).replaced_in("xabc abc", "*") == "x* *"
    assert texts.replaced_in("abc", "*", spared="CP-abc-1") == "abc"


def test_nothing_is_known() -> None:
    assert not KnownTexts(())
    assert list(KnownTexts(("",)).places("anything")) == []


@pytest.mark.parametrize("shape", ["CP{:07}", "{:07}SUFFIX", "{0:b}" + "-" * 8])
def test_a_search_takes_no_longer_with_more_texts(shape: str) -> None:
    """The password of each charge point of a large site is known."""
    text = '[2,"6b1f0b1e","StatusNotification",{"connectorId":1,"errorCode":"NoError","info":"hello"}]' * 20

    def seconds(count: int) -> float:
        texts = KnownTexts(shape.format(number) for number in range(1000, 1000 + count))
        times = []
        for _ in range(5):
            before = process_time()
            for _ in range(20):
                texts.are_in(text)
            times.append(process_time() - before)
        return min(times)

    assert seconds(4000) < 4 * seconds(40) + 0.01
