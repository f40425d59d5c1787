"""Logs in mails and terminals: what was broken over lines comes back as it was."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.importing.lines.frame_finder import frames_in_text
from ocpptui.importing.texts.line_breaks import LineBreaks
from tests.importing.reading import read

FRAMES = (
    (
        '[2,"a1","DataTransfer",{"vendorId":"org.example","data":"the quick brown fox and all that, over and over '
        'again, until the end of the line and a bit further, for it is a long text that breaks often"}]'
    ),
    '[3,"a1",{"status":"Accepted"}]',
    '[2,"b2","BootNotification",{"chargePointVendor":"Vendor AG in Basel","chargePointModel":"Model X 22kW"}]',
    '[3,"b2",{"currentTime":"2026-03-05T09:00:00Z","interval":300,"status":"Accepted"}]',
    '[2,"c3","DataTransfer",{"vendorId":"org.example","data":"x and y","customData":{"a":true,"b":12.5,"c":null}}]',
)
LINES = [
    f"2026-03-05T10:00:0{number}Z CP-77 {'received' if '[2' in frame else 'sent'} {frame}"
    for number, frame in enumerate(FRAMES)
]


def _hard(width: int) -> list[str]:
    """At a width, as a terminal does."""
    return [line[place : place + width] for line in LINES for place in range(0, len(line), width)]


def _between_words(width: int) -> list[str]:
    """In place of a space, as mail programs do."""
    wrap = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return [piece for line in LINES for piece in wrap.wrap(line)]


def _flowed(width: int) -> list[str]:
    """Behind a space (RFC 3676)."""
    wrap = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return [piece for line in LINES for piece in " \n".join(wrap.wrap(line)).split("\n")]


def _parsed(text: str) -> list[object]:
    def value(raw: str | bytes) -> object:
        try:
            return json.loads(raw)
        except ValueError:
            return raw

    return [value(found.raw) for found in frames_in_text(text)]


@pytest.mark.parametrize("mark", ("", "> ", ">> ", "> > "))
@pytest.mark.parametrize("width", range(60, 161, 7))
@pytest.mark.parametrize("broken", (_hard, _between_words, _flowed))
def test_no_frame_is_lost_or_damaged(broken: Callable[[int], list[str]], width: int, mark: str) -> None:
    """Half of the frames would be malformed, or have a word less: `Vendor AGin Basel`."""
    found = _parsed("\n".join(mark + line for line in broken(width)))
    if broken is _between_words:  # a text that was broken only once, before any other, shows nothing
        assert json.dumps(found).replace(" ", "") == f"[{','.join(FRAMES)}]".replace(" ", "")
    else:
        assert found == list(map(json.loads, FRAMES))


@pytest.mark.parametrize("mark", ("", "> "))
@pytest.mark.parametrize("width", (50, 60, 72, 76))
def test_the_spaces_between_words_come_back(width: int, mark: str) -> None:
    """The name of the vendor on the screen would not be the one that the charge point sent."""
    found = _parsed("\n".join(mark + line for line in _between_words(width)))
    assert found == list(map(json.loads, FRAMES))


def test_lines_of_a_log_in_a_mail_keep_their_names_and_times(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.log", tmp_path / "mail.log"
    whole.write_text("\n".join(LINES))
    broken.write_text("\n".join(f"> {line}" for line in _between_words(76)))
    one, other = read(whole), read(broken)
    assert other.raws == one.raws
    for name in ("charge_point", "direction", "time"):
        assert [getattr(record, name) for record in other.records] == [getattr(record, name) for record in one.records]


@pytest.mark.parametrize(
    ("lines", "gaps"),
    (
        (["aaa", "bbb", "c"], ["", ""]),
        (["aaaa bb", "cccc", "ddddd"], [" ", " "]),
        (["aaaa bb ", "cccc", "ddddd"], ["", ""]),
        (["aa bbbb", "c", "d"], ["", ""]),
        (["aaaa b", "ccccc", 'ame":1,d', "eeeeee"], [" ", "", " "]),
        (['"Sus', "pendedEV or", "else here"], ["", " "]),
    ),
    ids=("one width", "words", "spaces at the end", "a word that would have fitted", "a name", "a word of OCPP"),
)
def test_a_break_is_a_space_only_between_words(lines: list[str], gaps: list[str]) -> None:
    assert LineBreaks().gaps(lines, lines) == gaps


def test_what_one_text_shows_holds_for_the_next() -> None:
    breaks = LineBreaks()
    assert breaks.gaps(["aa bb", "cc"], ["aa bb", "cc"]) == [""]
    breaks.gaps(["aaaa bb", "cccc", "ddddd"], ["aaaa bb", "cccc", "ddddd"])
    assert breaks.gaps(["aa bb", "cc"], ["aa bb", "cc"]) == [" "]
