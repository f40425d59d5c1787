"""Keys out of bytes. If these fail, escape is lost over a slow line: the next key acts in the wrong place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, constants, events
from textual.message import Message

from ocpptui.tui import terminal_keys
from ocpptui.tui.terminal_keys import TerminalKeys, alt_characters

KEYS = {
    "escape": "\x1b",
    "enter": "\r",
    "tab": "\t",
    "slash": "/",
    "v": "v",
    "P": "P",
    "1": "1",
    "up": "\x1b[A",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
}


def keys_of(*reads: str, kept: str = "") -> list[str]:
    """The keys of these reads, which follow each other at once, and then nothing comes any more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "ESCAPE_DELAY", 0.0)
        parser = TerminalKeys(kept=kept)
        found: list[Message] = []
        for read in reads:
            found += parser.feed(read)
        found += parser.tick()
    return [one.key for one in found if isinstance(one, events.Key)]


@given(names=st.lists(st.sampled_from(sorted(KEYS)), max_size=6), cuts=st.sets(st.integers(0, 20)))
def test_keys_are_the_same_in_one_read_as_in_many(names: list[str], cuts: set[int]) -> None:
    """The network decides where a read ends: also within the sequence of a key."""
    data = "".join(KEYS[name] for name in names)
    ends = sorted({cut for cut in cuts if 0 < cut < len(data)} | {len(data)})
    reads = [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False) if end > begin]
    assert keys_of(*reads) == names


@pytest.mark.parametrize("after", ["v", "\r", "\t", "/", "1", "-", "=", ":", "é", "P"])
def test_escape_stays_a_key_before_any_other(after: str) -> None:
    assert len(found := keys_of(f"\x1b{after}")) == 2
    assert found[0] == "escape"


def test_alt_edits_texts_and_is_kept_where_the_user_has_bound_it() -> None:
    assert keys_of("\x1bf\x1bb") == ["ctrl+right", "ctrl+left"]
    kept = alt_characters(["f2,alt+c", "alt+shift+x", "alt+left"])
    assert sorted(kept) == ["X", "c"]
    assert alt_characters(["f2, alt+c"]) == "c"
    assert keys_of("\x1bc", kept=kept)[0] == "alt+c"
    assert keys_of("\x1bd", kept=kept) == ["escape", "d"]


def test_escape_alone_is_a_key_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    for module, clock in ((terminal_keys, "monotonic"), (_parser, "get_time")):
        monkeypatch.setattr(module, clock, lambda: now)
    parser = TerminalKeys()
    found = [*parser.feed("\x1b"), *parser.tick()]
    now = constants.ESCAPE_DELAY * 0.99
    assert not [*found, *parser.tick()]
    now = constants.ESCAPE_DELAY
    assert [one.key for one in parser.tick() if isinstance(one, events.Key)] == ["escape"]


def test_a_paste_stays_what_it_is() -> None:
    parser = TerminalKeys()
    found = list(parser.feed("\x1b[200~a\nb\x1b[201~\x1bv"))
    (pasted,) = [one for one in found if isinstance(one, events.Paste)]
    assert pasted.text == "a\nb"
    assert [one.key for one in found if isinstance(one, events.Key)] == ["escape", "v"]


@given(cuts=st.sets(st.integers(1, 16)))
def test_a_paste_that_arrives_in_pieces_ends_where_it_ends(cuts: set[int]) -> None:
    """The marks around it are cut as well: the keys after it would be part of it, or escape would be lost again."""
    data = "\x1b[200~a\nb\x1b[201~\x1bv"
    ends = sorted({*cuts, len(data)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "ESCAPE_DELAY", 0.0)
        parser = TerminalKeys()
        found: list[Message] = []
        for begin, end in zip([0, *ends], ends, strict=False):
            found += parser.feed(data[begin:end])
            if 6 <= end < 15:  # the rest of a paste may take its time
                found += parser.tick()
        found += parser.tick()
    (pasted,) = [one for one in found if isinstance(one, events.Paste)]
    assert pasted.text == "a\nb"
    assert [one.key for one in found if isinstance(one, events.Key)] == ["escape", "v"]


def test_without_the_protocol_of_kitty_textual_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """TEXTUAL_DISABLE_KITTY_KEY takes away the sequence as which an escape is written: it would become letters."""
    monkeypatch.setattr(constants, "DISABLE_KITTY_KEY", True)
    assert keys_of("j\x1b") == ["j", "escape"]
    assert keys_of("\x1bv") == ["alt+v"]
