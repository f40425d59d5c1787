"""The characters that a terminal or an editor interprets, hides, or draws at another position. There is no other list.

Sources: the general categories Cc, Cf, Cs, Zl and Zp of the Unicode Standard (version 16), and those of its
property Default_Ignorable_Code_Point that are drawn as nothing.
"""

from __future__ import annotations

import re

RANGES = (
    (0x0000, 0x001F),  # C0 controls
    (0x007F, 0x009F),  # delete, C1 controls
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x0600, 0x0605),  # Arabic number signs
    (0x061C, 0x061C),  # Arabic letter mark
    (0x06DD, 0x06DD),  # Arabic end of ayah
    (0x070F, 0x070F),  # Syriac abbreviation mark
    (0x0890, 0x0891),  # Arabic pound and piastre marks
    (0x08E2, 0x08E2),  # Arabic disputed end of ayah
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors and vowel separator
    (0x200B, 0x200F),  # zero width space and joiners, marks of direction
    (0x2028, 0x202E),  # line and paragraph separators, bidirectional embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, bidirectional isolates
    (0x3164, 0x3164),  # Hangul filler
    (0xD800, 0xDFFF),  # lone surrogates, which UTF-8 cannot encode
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFF0, 0xFFFB),  # interlinear annotations
    (0x110BD, 0x110BD),  # Kaithi number sign
    (0x110CD, 0x110CD),  # Kaithi number sign above
    (0x13430, 0x1343F),  # Egyptian hieroglyph joiners
    (0x1BCA0, 0x1BCA3),  # shorthand format controls
    (0x1D173, 0x1D17A),  # musical format controls
    (0xE0000, 0xE0FFF),  # tags, more variation selectors
)
"""First and last code point of each range, in order."""

UNSAFE = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in RANGES)}]")
"""One of them."""


def escaped(text: str) -> str:
    """The text with the JSON escape, such as `\\u001b`, in place of each of these characters."""
    return text if text.isascii() and text.isprintable() else UNSAFE.sub(_escape, text)


def escaped_json_line(line: bytes) -> bytes:
    """A line of JSON in UTF-8, with its line feed: the same value, and no unsafe character in its strings."""
    if line.isascii() and b"\x7f" not in line:  # no JSON string has an unescaped C0 control
        return line
    return escaped(line.removesuffix(b"\n").decode()).encode() + b"\n"


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
