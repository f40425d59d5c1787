"""What people type between `${` and `}` becomes a value or a sentence, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.placeholders import (
    PlaceholderValues,
    WrongPlaceholder,
    filled_in,
    has_placeholder,
    is_one_placeholder,
    literal,
    questions_in,
    without_placeholders,
)

NOW = 1_700_000_000_000_000


def values() -> PlaceholderValues:
    return PlaceholderValues(
        NOW,
        lambda: "a-uuid",
        transaction="42",
        environment={"CARD": "ABC", "EMPTY": ""},
        answers={"Which card?": "D4"},
    )


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("${now}", "2023-11-14T22:13:20.000Z"),
        ("${now+90s}", "2023-11-14T22:14:50.000Z"),
        ("${now - 1h}", "2023-11-14T21:13:20.000Z"),
        ("${now+250ms}", "2023-11-14T22:13:20.250Z"),
        ("${now+2m}", "2023-11-14T22:15:20.000Z"),
        ("${now-1d}", "2023-11-13T22:13:20.000Z"),
        ("${uuid}", "a-uuid"),
        ("tx-${transaction}/${transaction}", "tx-42/42"),
        ("${counter}${counter}${counter:meter}", "121"),
        ("${env:CARD}${env:EMPTY}", "ABC"),
        ("${prompt:Which card?}", "D4"),
        ("$${now}", "${now}"),
        ("$$${uuid}", "$${uuid}"),
        ("$ { } {} $5 {now}", "$ { } {} $5 {now}"),
        ("", ""),
    ],
)
def test_each_placeholder_has_its_value(typed: str, becomes: str) -> None:
    assert filled_in(typed, values()) == becomes


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("${uid}", "did you mean uuid?"),
        ("${}", "is not a placeholder"),
        ("${now+1y}", "is not a time"),
        ("${now+999999999d}", "outside of the years"),
        ("${now", "not closed"),
        ("${now ${uuid}", "not closed"),
        ("${env:NOT_SET}", "environment variable is not set"),
        ("${env}", "no name after the colon"),
        ("${counter:}", "no name after the colon"),
        ("${uuid:4}", "takes nothing after the colon"),
        ("${prompt:Who?}", "only the screen asks"),
    ],
)
def test_what_has_no_value_is_a_sentence(typed: str, says: str) -> None:
    """A mistake must not reach the charger as text that looks like a value."""
    with pytest.raises(WrongPlaceholder) as wrong:
        filled_in(f"before {typed}", values())
    assert says in str(wrong.value)
    assert str(wrong.value).endswith(".")


def test_no_transaction_is_a_sentence() -> None:
    with pytest.raises(WrongPlaceholder, match="no transaction is known"):
        filled_in("${transaction}", PlaceholderValues(NOW, str))


def test_counters_go_on_from_message_to_message() -> None:
    counters: dict[str, int] = {}
    for expected in ("1", "2", "3"):
        assert filled_in("${counter:seq}", PlaceholderValues(NOW, str, counters=counters)) == expected


@given(st.text("${}:now ab", max_size=30))
def test_whatever_a_peer_has_sent_stays_as_it_is(text: str) -> None:
    """A charge point could else have `${env:…}` sent to it by naming it in an idTag."""
    assert filled_in(literal(text), values()) == text
    assert not has_placeholder(literal(text))
    assert without_placeholders(literal(text)) == text


@given(st.text("${}:now ab", max_size=30))
def test_any_text_is_filled_or_refused_and_is_never_run_twice(text: str) -> None:
    try:
        result = filled_in(text, values())
    except WrongPlaceholder:
        assert has_placeholder(text)
    else:
        assert has_placeholder(text) or result == without_placeholders(text)


def test_an_answer_with_a_placeholder_in_it_is_text() -> None:
    answers = {"Text?": "${uuid} $${"}
    assert filled_in("${prompt:Text?}", PlaceholderValues(NOW, str, answers=answers)) == "${uuid} $${"


def test_the_questions_are_those_that_are_not_escaped() -> None:
    assert list(questions_in("${prompt: Card } $${prompt:no} ${uuid} ${prompt:Card}${prompt:}")) == ["Card", "Card"]


def test_one_placeholder_and_nothing_else() -> None:
    assert is_one_placeholder("${now}")
    for text in ("${now} ", "$${now}", "now", "${now}${now}"):
        assert not is_one_placeholder(text)
