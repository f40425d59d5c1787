"""Directions that actions show, and the words that are learned from them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.directions.learned_directions import LearnedDirections, ShownDirections, WordsOfOneWay
from ocpptui.ocpp.version import Direction

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def test_an_answer_goes_against_the_call_that_only_one_side_may_send() -> None:
    shown = ShownDirections()
    assert [shown.of(*one) for one in (("Heartbeat", "1"), (None, "1"), ("Reset", "1"), (None, "1"))] == [
        UP, DOWN, DOWN, UP,
    ]  # fmt: skip


def test_an_id_that_both_sides_use_at_once_shows_nothing() -> None:
    """An answer would teach that the word beside it means both directions."""
    shown = ShownDirections()
    assert [shown.of(*one) for one in (("Heartbeat", "1"), ("Reset", "1"), (None, "1"))] == [UP, DOWN, None]


def test_what_either_side_may_send_shows_nothing() -> None:
    shown = ShownDirections()
    assert [shown.of(*one) for one in (("DataTransfer", "1"), (None, "1"), (None, "unknown"))] == [None, None, None]


def test_connections_have_ids_of_their_own() -> None:
    shown = ShownDirections()
    assert [shown.of("Heartbeat", "1", 1), shown.of("Reset", "1", 2), shown.of(None, "1", 1)] == [UP, DOWN, DOWN]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([UP, DOWN])), max_size=20), st.integers(1, 3))
def test_a_word_means_the_only_direction_that_it_is_beside_often_enough(
    beside: list[tuple[str, Direction]], enough: int
) -> None:
    """A word beside both would send half of the frames the wrong way."""
    learned = LearnedDirections(enough)
    for word, direction in beside:
        learned.learn((word,), direction)
    for word in "abcd":
        seen = [direction for one, direction in beside if one == word]
        sure = len(set(seen)) == 1 and len(seen) >= enough
        assert learned.meant((word,)) == ({seen[0]: word} if sure else {})


def test_words_beside_all_frames_of_one_direction_alone_mean_it() -> None:
    up, down = (UP, "00 CP-00 mesaj alındı: "), (DOWN, "00 CP-00 mesaj gönderildi: ")
    words = WordsOfOneWay([up, down] * 2)
    assert words.found == {"alındı", "gönderildi"} and not words.are_known and not words.are_endings
    assert words.with_those_beside == {"mesaj", "alındı", "gönderildi"}
    assert (
        WordsOfOneWay.pattern_of(words.found).sub("*", "00 CP-00 mesaj alındı: alındım") == "00 CP-00 mesaj *: alındım"
    )


def test_a_name_is_not_a_word_of_one_way() -> None:
    """The charge point that is beside some frames alone would lose its name."""
    lines = [(UP, "garage alındı"), (UP, "hof alındı"), (DOWN, "garage verildi"), (DOWN, "hof verildi")]
    assert WordsOfOneWay(lines).found == {"alındı", "verildi"}
    assert WordsOfOneWay([*lines, (DOWN, "hof")]).found == frozenset()
    assert WordsOfOneWay([(UP, "garage alındı"), (DOWN, "garage verildi")]).found == frozenset()
    assert WordsOfOneWay([(UP, "garage alındı")] * 3).found == frozenset()


def test_endings_of_names_and_known_words_are_noticed() -> None:
    words = WordsOfOneWay([(UP, "CP-00에서 수신 "), (DOWN, "CP-00에 송신 ")] * 2)
    assert words.are_endings and words.are_known
