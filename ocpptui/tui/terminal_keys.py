"""Reads keys from the bytes of a POSIX terminal such that escape and the key after it stay two keys.

A terminal sends the byte of escape before that of a key for both keys one after the other and the key with alt. Textual
takes them for alt if they come within a tenth of a second, as they do over a slow line: escape is lost then, and the
key acts where the user wanted to leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from time import monotonic

from textual import constants
from textual._xterm_parser import XTermParser
from textual.message import Message

ESCAPE = "\x1b"
PLAIN_ESCAPE = f"{ESCAPE}[27u"
"""Escape, as the protocol of kitty writes it: nothing after it can belong to it."""
PASTE_BEGINS = f"{ESCAPE}[200~"
WITH_ALT = "fb\x7f"
"""Keys with alt that edit a text: option with an arrow on macOS, and backspace."""
_PASTE_MARK = re.compile("(\x1b\\[20[01]~)")
_BEGUN_MARK = re.compile("\x1b(?:\\[(?:2(?:0[01]?)?)?)?\\Z")
"""What may be the beginning of such a mark, at the end of what was read."""
_BEFORE_A_KEY = re.compile("\x1b(?=[^\x1b\\[\\]O_^])")
"""An escape without what follows it in a sequence that a terminal sends: CSI, OSC, SS3, APC and PM."""


def alt_characters(keys: Iterable[str]) -> str:
    """The characters that a user wants to press with alt, in keys such as `alt+c,f2` or `alt+shift+c`."""
    named = (key.strip() for each in keys for key in each.split(","))
    found = [key.removeprefix("alt+") for key in named if key.startswith("alt+")]
    return "".join(key[-1].upper() if key.startswith("shift+") else key for key in found if len(key) in (1, 7))


class TerminalKeys(XTermParser):
    """Textual's parser; `kept` are the characters that keep their alt, besides WITH_ALT."""

    def __init__(self, debug: bool = False, *, kept: str = "") -> None:
        super().__init__(debug)
        self._kept = kept + WITH_ALT
        self._held = ""  # the beginning of a sequence at the end of what was read: the rest may follow
        self._due = 0.0  # when it is all that comes
        self._in_paste = False

    def feed(self, data: str) -> Iterable[Message]:
        if data and not constants.DISABLE_KITTY_KEY:
            data = self._told_apart(data)
            if not data:
                return
        elif self._held:
            yield from self._let_go()
        yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        if self._held and not self._in_paste and monotonic() >= self._due:
            yield from self._let_go()
        yield from super().tick()

    def _let_go(self) -> Iterable[Message]:
        held, self._held = self._held, ""
        return super().feed(PLAIN_ESCAPE if held == ESCAPE and not self._in_paste else held)

    def _told_apart(self, data: str) -> str:
        """What was read, with each escape that is a key written as one; what is pasted stays as it is."""
        data, self._held = self._held + data, ""
        parts = _PASTE_MARK.split(data)
        for place, part in enumerate(parts):
            if place % 2:
                self._in_paste = part == PASTE_BEGINS
            elif not self._in_paste:
                parts[place] = _BEFORE_A_KEY.sub(self._told, part)
        told = "".join(parts)
        if (begun := _BEGUN_MARK.search(told)) is not None:
            self._held, self._due = begun.group(), monotonic() + constants.ESCAPE_DELAY
            return told[: begun.start()]
        return told

    def _told(self, escape: re.Match[str]) -> str:
        return ESCAPE if escape.string[escape.end()] in self._kept else PLAIN_ESCAPE
