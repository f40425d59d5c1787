"""Escaped frames: whatever wrote the line, the user reads the frame as it was on the wire."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.texts.line_escapes import with_plain_frame, without_literal_escapes, without_markdown

FRAME = '[2,"a1","DataTransfer",{"vendorId":"a+b & c","data":"<ü>"}]'


@pytest.mark.parametrize(
    "written",
    [
        escape(FRAME),
        quote(FRAME),
        quote_plus(FRAME),
        FRAME.encode().decode("latin-1").replace('"', "\\x22").replace("Ã¼", "\\xC3\\xBC"),
        '"' + FRAME.replace('"', '""') + '"',
    ],
    ids=["HTML", "URL", "form", "web server", "cell"],
)
def test_the_frame_is_as_it_was(written: str) -> None:
    assert with_plain_frame(f"12:00 received {written}") == f"12:00 received {FRAME}"


def test_the_quotes_of_a_cell_with_more_than_a_frame_go_too() -> None:
    doubled = FRAME.replace('"', '""')
    assert with_plain_frame(f'7,"received {doubled}","ok"') == f'7,received {FRAME},"ok"'


@pytest.mark.parametrize("sign", ['"', "every"])
def test_a_literal_is_read_up_to_the_end_of_the_line(sign: str) -> None:
    """Some programs escape the quotation marks alone, some every character."""
    written = "".join(f"\\u{ord(one):04x}" if sign == "every" or one == sign else one for one in FRAME)
    assert without_literal_escapes(f"12:00 {written}") == f"12:00 {FRAME}"


def test_a_line_with_other_escapes_stays() -> None:
    line = 'read \\u0022config\\u0022 with [2,"a1","Heartbeat",{}]'
    assert without_literal_escapes(line) == line


def test_signs_of_markdown_lose_their_backslashes() -> None:
    assert without_markdown(r'\[2,"a1","Reset",\{"type":"Hard\_1"\}\]') == '[2,"a1","Reset",{"type":"Hard_1"}]'


@given(st.text(alphabet='[2,"a]&quot;%5B22C\\x\\u0022 +', max_size=80))
def test_no_line_is_too_odd(line: str) -> None:
    """A line that only looks escaped must not end an import."""
    for plain in (with_plain_frame, without_literal_escapes, without_markdown):
        assert isinstance(plain(line), str)
