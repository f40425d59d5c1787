"""Text from the wire made safe to display: what a terminal or an editor would interpret or hide becomes visible.

`printable` is for the screen, where each character keeps its position; `single_line` is for files and standard error,
where an escape shows which character it was. `jsontext.unsafe_characters` lists the characters.
"""

from __future__ import annotations

import unicodedata

from ocpptui.jsontext.unsafe_characters import UNSAFE, escaped

REPLACEMENT = 0xFFFD
"""The replacement for a character that is invisible, or changes how its neighbours are shown."""


def printable(text: str) -> str:
    """The text with a visible character in place of each unsafe one."""
    return text if text.isascii() and text.isprintable() else text.translate(_VISIBLE)


def printable_lines(text: str) -> str:
    """The same for an editor, which draws line feeds and tabs itself."""
    return text if text.isascii() and text.isprintable() else text.translate(_VISIBLE_IN_LINES)


def single_line(text: str) -> str:
    """The text with an escape such as `\\u001b` in place of each unsafe character, including line ends."""
    return escaped(text)


class _Visible(dict[int, int]):
    """The replacement for a code point; those of ASCII are cached, the others are looked up when they occur."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        if unicodedata.category(character) == "Zs":
            return 0x20
        return code if character.isprintable() and UNSAFE.match(character) is None else REPLACEMENT


_ASCII = {
    **{code: code for code in range(0x20, 0x7F)},
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
}
_VISIBLE = _Visible(_ASCII)
_VISIBLE_IN_LINES = _Visible({**_ASCII, 0x09: 0x09, 0x0A: 0x0A})
