from __future__ import annotations

import re

import pytest

from ocpptui.importing.words.log_words import FLOW, RECEIVED, SENT, SENT_MARK, WORDS, with_marks
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.version import Transport, Version


@pytest.mark.parametrize(
    "word", ["sent", "sending", "tx", "snd", "answering", "gesendet", "envoyé", "enviado", "отправлено"]
)
def test_words_for_what_was_sent(word: str) -> None:
    """The directions of such a log would be guessed."""
    assert with_marks(word) == SENT_MARK * len(word)
    assert not re.fullmatch(RECEIVED, word)
    assert re.search(FLOW, with_marks(f"10:00 {word} ["))


@pytest.mark.parametrize("word", ["received", "recv", "rx", "rcv", "empfangen", "reçu", "recibido", "входящее"])
def test_words_for_what_was_received(word: str) -> None:
    assert re.fullmatch(RECEIVED, word)
    assert not re.fullmatch(SENT, word)


def test_an_ordinary_in_or_out_says_nothing() -> None:
    """`timed out` and `plugged in` would turn the directions of a log around."""
    for text in ("the call timed out [2", "a car is plugged in today [2", "checkout [2"):
        assert re.search(FLOW, with_marks(text)) is None
    assert re.search(FLOW, with_marks("CP1 IN [2"))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("CP1 OUT [", "CP1 +++ ["),
        ("RAW_RCV: [", "RAW_---: ["),
        ("last_sent [", "last_sent ["),
        ("(in) sent", "(--) ++++"),
        ('"dir":"out"', '"dir":"+++"'),
        ('"ocpp.received.in"', '"ocpp.--------.--"'),
        ("outbound=false in", "--------=false --"),
    ],
)
def test_short_words_are_marked_as_the_long_ones_are(text: str, marked: str) -> None:
    """`IN` and `OUT` would be looked for in two ways, and one of them would miss some."""
    assert with_marks(text).replace("\ufdd0", "+").replace("\ufdd1", "-") == marked


def test_no_action_and_no_word_of_a_direction_is_a_name() -> None:
    """`Heartbeat` or `received` would show as a charge point."""
    names = {action.name.lower() for version in Version.offered(Transport.JSON) for action in catalog.actions(version)}
    assert names <= WORDS
    assert {"sent", "received", "recv", "rx", "tx", "info", "debug", "server"} <= WORDS


@pytest.mark.parametrize("text", ["INFO Received: [", "10:00 sent to CP-1 >> [", "gesendet: [", "resent, unsent ["])
def test_marks_leave_everything_in_its_place(text: str) -> None:
    """Names would be cut out of the wrong part of a line."""
    marked = with_marks(text)
    assert len(marked) == len(text)
    words = re.compile(rf"\b(?:{SENT}|{RECEIVED})\b", re.IGNORECASE)
    assert [one.span() for one in words.finditer(text)] == [
        one.span() for one in re.finditer("[\ufdd0\ufdd1]+", marked)
    ]
