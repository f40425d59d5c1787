"""Text from the wire made fit for a terminal: what a terminal would obey or hide becomes visible."""

from __future__ import annotations

import unicodedata

REPLACEMENT = 0xFFFD
"""What stands for a character that is invisible, or changes how its neighbours are shown."""


def printable(text: str) -> str:
    """The text with one visible character in place of each control, bidirectional or invisible one."""
    return text if text.isascii() and text.isprintable() else text.translate(_VISIBLE)


class _Visible(dict[int, int]):
    """What stands for a code point; those of ASCII are kept, the others are looked up when they are met."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        if unicodedata.category(character) == "Zs":
            return 0x20
        return code if character.isprintable() else REPLACEMENT


_VISIBLE = _Visible(
    {
        **{code: code for code in range(0x20, 0x7F)},
        **{code: 0x2400 + code for code in range(0x20)},
        0x7F: 0x2421,
        # These count as printable, but are drawn as nothing, or as wide as the terminal likes.
        **dict.fromkeys([0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0], REPLACEMENT),
        **dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)], REPLACEMENT),
    }
)
