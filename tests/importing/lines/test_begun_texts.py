"""What begins in a line as a frame does is read up to its end, in each notation, and nothing else is taken for one."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.lines.begun_texts import BegunText, BegunTexts, UnclosedText, announces
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.texts.printed_notation import PRINTED
from tests.kit.linear_time import assert_linear

RESET = '[2,"a1","Reset",{"type":"Soft"}]'


def _begun(line: str) -> tuple[BegunTexts, re.Match[str], str]:
    match = START.search(line)
    assert match is not None, line
    return BegunTexts(line), match, line[: match.start()]


def _bracketed(line: str) -> BegunText | UnclosedText:
    texts, match, prefix = _begun(line)
    return texts.bracketed(match, prefix)


def test_a_frame_ends_with_its_bracket_and_not_with_the_line() -> None:
    line = f"CP001 sent {RESET} (12 ms)"
    assert _bracketed(line) == BegunText(11, 11 + len(RESET), RESET)


def test_a_frame_as_a_program_prints_it_becomes_json() -> None:
    """A technician reads the payload of a Python log as OCPP, with a note of how it was written there."""
    line = "sent [2, 'a1', 'ChangeAvailability', {'connectorId': 1, 'type': None}] ok"
    text = _bracketed(line)
    assert isinstance(text, BegunText)
    assert (text.raw, text.notation) == ('[2,"a1","ChangeAvailability",{"connectorId":1,"type":null}]', PRINTED)
    assert line[text.end :] == " ok"


def test_a_frame_in_a_string_loses_its_backslashes() -> None:
    line = r'msg="[3,\"a1\",{\"status\":\"Accepted\"}]" code=1'
    texts, match, _ = _begun(line)
    text = texts.escaped(match)
    assert text.raw == '[3,"a1",{"status":"Accepted"}]'
    assert line[text.end :] == '" code=1'


def test_what_only_begins_like_a_frame_in_a_string_is_passed_over() -> None:
    """Else it would be searched for ever, or hide the frame behind it."""
    texts, match, _ = _begun(r'msg="[3,\"a1\",\q" and more')
    assert texts.escaped(match) == BegunText(5, match.end(), None)


def test_a_literal_of_bytes_begins_with_its_letter() -> None:
    """So that the `b` is not taken for a word of the log before the frame."""
    line = rf"recv b'{RESET}' from 10.0.0.1"
    texts, match, _ = _begun(line)
    text = texts.literal(match)
    assert text == BegunText(5, line.index("' from"), RESET)


def test_a_frame_that_is_not_a_literal_is_none() -> None:
    texts, match, _ = _begun(f"sent {RESET}")
    assert texts.literal(match) is None


@pytest.mark.parametrize("prefix", ("values ", "table: "))
def test_a_list_that_is_too_short_for_a_frame_is_one_only_where_it_is_announced(prefix: str) -> None:
    """An ordinary log has lists of numbers and names, which must not become malformed frames."""
    short = '[4,"a1"]'
    text = _bracketed(f"{prefix}{short} end")
    assert isinstance(text, BegunText)
    assert text.raw is None
    assert text.end == len(prefix + short)
    announced = _bracketed(f"received {short} end")
    assert isinstance(announced, BegunText)
    assert announced.raw == short


@pytest.mark.parametrize(("line", "is_broken"), ((RESET[:-2], False), (f"{RESET[:-2]}]", True)))
def test_a_frame_without_its_end_says_whether_more_lines_can_end_it(line: str, is_broken: bool) -> None:
    assert _bracketed(line) == UnclosedText(is_broken)


def test_a_shortened_frame_goes_on_behind_the_brackets_that_seem_to_close_it() -> None:
    line = 'sent \'[2,"a1","Reset",{...}]}]\' ok'
    text = _bracketed(line)
    assert isinstance(text, BegunText)
    assert line[text.end :] == "' ok"


def test_thousands_of_truncated_frames_in_one_line_are_read_in_linear_time() -> None:
    """A damaged file must not freeze the import: each beginning is searched up to the end only so many times."""

    def searched(count: int) -> float:
        line = '[2,"a1","Reset",{"a":' * count
        texts, match = BegunTexts(line), START.search(line)
        begun = time.process_time()
        while match is not None:
            assert texts.bracketed(match, "") == UnclosedText(is_broken=False)
            match = START.search(line, match.end())
        return time.process_time() - begun

    assert_linear(searched, 2_000)


@given(st.text(alphabet="[]{}\"'\\,:236a b.", max_size=60))
def test_each_text_of_any_line_ends_behind_its_beginning(tail: str) -> None:
    """The walk over a line always comes to its end."""
    for start in ('[2,"a","b",', r"[2,\"a\","):
        line = f"x {start}{tail}"
        texts, match, prefix = _begun(line)
        for text in (texts.literal(match), texts.escaped(match), texts.bracketed(match, prefix)):
            if isinstance(text, BegunText):
                assert match.start() < text.end <= len(line)


@pytest.mark.parametrize("said", ("sent: ", "CP001 -> CSMS ", "2026-01-01T10:00:00Z received "))
def test_words_and_arrows_announce_a_message(said: str) -> None:
    assert announces(said)
    assert not announces("the table of ")
