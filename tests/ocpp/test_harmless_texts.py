"""The quick test for secrets that reads of most messages only their shape."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.ocpp.harmless_texts import ZEROS, HarmlessTexts, may_hold_secret

PARTS = st.sampled_from(
    ["key", "Token", "b", "ase", "B", "u", "\\", "%", "@", "=", "?", "&", ":", "//", "pin", "code", "x", " ", '"', "é"]
)  # fmt: skip
DIGITS = st.sampled_from(["0", "1", "4", "6", "40", "64", "0040", "006b"])
TEXTS = st.lists(st.one_of(PARTS, DIGITS), max_size=8).map("".join)
LISTS = st.lists(TEXTS, max_size=12)


def with_other_digits(text: str, digits: str) -> str:
    """A text of the same shape."""
    given_digits = iter(digits)
    return "".join(next(given_digits, one) if one in "0123456789" else one for one in text)


@given(LISTS, st.text("0123456789", min_size=12, max_size=12))
@example(["keyb65"], "64")
@example(["x=1 a%41b"], "140")
@example(["x\\u0041"], "0040")
@example(["tokenbase11"], "64")
def test_no_text_counts_as_harmless_because_another_of_its_shape_is(texts: list[str], digits: str) -> None:
    """A password whose name has digits, or is escaped, would be shown where the file repeats it."""
    harmless = HarmlessTexts()
    for text in [*texts, *(with_other_digits(text, digits) for text in texts)]:
        shape = text.encode().translate(ZEROS)
        is_harmless = shape in harmless.shapes or harmless.is_harmless(shape, text)
        assert is_harmless is not may_hold_secret(text)


def test_messages_that_differ_in_digits_are_tested_once() -> None:
    """Otherwise the search would cost as much as reading the file."""
    harmless = HarmlessTexts()
    assert harmless.is_harmless(b'{"value":"00"}', '{"value":"12"}')
    assert b'{"value":"34"}'.translate(ZEROS) in harmless.shapes
