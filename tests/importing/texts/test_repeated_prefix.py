"""What a logger repeats before each piece of a message. If this fails, long frames are truncated, or swallow other
lines."""

from __future__ import annotations

import pytest

from ocpptui.importing.texts.repeated_prefix import RepeatedPrefix
from tests.importing.lines.test_frame_finder import raws

SYSLOG = "Mar 12 23:59:41 gw csms[12]: "
WHOLE = '[2,"a2","Heartbeat",{}]'


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        (f"{SYSLOG}CP-77 ,1", ",1"),
        (f"{SYSLOG},1", ",1"),
        ("Mar 13 00:00:00 gw csms[9]: ,1", None),
        ("Mar 13 00:00:00 gw csms[13]: ,1", ",1"),
        ("Mar 12 23:59:41 gw other[12]: ,1", None),
        (",1", None),
    ],
)
def test_the_rest_of_a_line_is_behind_the_prefix_or_its_header(line: str, rest: str | None) -> None:
    end = RepeatedPrefix(f"{SYSLOG}CP-77 ").end_in(line)
    assert (None if end is None else line[end:]) == rest


def test_a_short_prefix_shows_nothing() -> None:
    repeated = RepeatedPrefix("CP-77 received: ")
    assert not repeated.is_before("CP-77 received: ,1")
    assert repeated.end_in("CP-77 received: ,1") is None


@pytest.mark.parametrize("between", ["", 'CP-77 closed "by peer"', "x}]]", "CP-77 sent [1,"])
def test_a_truncated_frame_swallows_no_line(between: str) -> None:
    """The line behind a truncated frame has the same header as a piece of it has."""
    truncated = '[2,"a1","Authorize",{"idTag":"T'
    lines = [f"{SYSLOG}CP-77 received {truncated}", SYSLOG + between, f"{SYSLOG}CP-77 received {WHOLE}"]
    assert raws("\n".join(lines)) == [truncated, WHOLE]


def test_a_frame_of_an_unknown_type_behind_a_truncated_one_stays() -> None:
    """It would be lost among what was taken for pieces."""
    truncated, odd = '[2,"a1","Authorize",{"idTag":"T', '[1,"x","Heartbeat",{}]'
    lines = [f"{SYSLOG}CP-77 received {text}" for text in (truncated, odd, WHOLE)]
    assert raws("\n".join(lines)) == [truncated, odd, WHOLE]
