"""Text from the wire made fit for a terminal: what a terminal would obey or hide becomes visible."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with one visible character in place of each control, bidirectional or invisible one."""
    return text.translate(_VISIBLE)


_VISIBLE: dict[int, int] = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys([*range(0x80, 0xA0), 0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F)], 0xFFFD),
    **dict.fromkeys([*range(0x2060, 0x2070), 0xFEFF, *range(0xD800, 0xE000)], 0xFFFD),
}
