"""The shapes of texts. If this fails, lines of one kind are taken for others, or a name is cut at a wrong place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.words.line_shapes import end_of_clock, logger_before, without_digits, without_traces

TEXTS = st.text(st.characters(categories=("L", "N", "P", "S", "Z", "Cs")) | st.sampled_from("0123456789"))


@given(TEXTS)
def test_a_text_without_digits_has_its_other_characters_at_their_places(text: str) -> None:
    """The user loses the name of a charge point after a character that is not ASCII, or was not UTF-8."""
    assert without_digits(text) == "".join("0" if "1" <= one <= "9" else one for one in text)


def test_texts_with_other_hexadecimal_numbers_have_one_shape_and_their_length() -> None:
    """Each line would be a new one, and reading a log would take several times as long."""
    texts = [f"[trace={trace}] CP-77 face: " for trace in ("4bf92f3577b34da6", "00f067aa0ba902b7")]
    shapes = {without_traces(without_digits(text)) for text in texts}
    assert shapes == {"[trace=0000000000000000] CP-00 face: "}


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("csms-1  | 2026-03-14 11:00:00,100 INFO received", "csms-0  | 0000-00-00 00:00:00,000"),
        ("[DEBUG] 2026/03/14 9:00:00 recv at 10:00:00", "[] 0000/00/00 0:00:00"),
        ("received CP-77", ""),
    ],
)
def test_a_logger_is_told_by_what_is_before_its_clock(line: str, before: str) -> None:
    """The times of two programs would be read by one clock."""
    shape = without_digits(line)
    assert logger_before(shape) == before
    assert before.endswith(shape[: end_of_clock(shape)].rpartition(" ")[2])
