"""A row of a dump of bytes: an address or none, the bytes in hexadecimal, and mostly the same bytes as text.

That text is compared with the bytes, and is never read as anything else.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from ocpptui.jsontext.lazy_pattern import lazily

_BAR = "[|│┃┊¦]"
ADDRESS = r"(?:0[xX])?[0-9a-fA-F]{4,16}"
AFTER_ADDRESS = r"(?:[ ]?<[^<>]{1,60}>|[ ]-)?[:|│┃]?"
"""`gdb` has the name of a variable there."""
BEHIND_ADDRESS = rf"{AFTER_ADDRESS}[ \t]{{1,8}}(?:{_BAR}[ ]?)?"
_GAP = rf"(?:[ \t]{{1,7}}|[ \t]{{0,2}}(?:[-,]|{_BAR}|[ ]:[ ])[ \t]{{0,2}})?(?:0[xX])?"
"""Between two bytes: groups may have spaces, a dash or a bar between them."""
_ROW = lazily(
    rf"(?<![\w.])(?:(?P<address>{ADDRESS}){BEHIND_ADDRESS})?"
    rf"(?P<bytes>(?:0[xX])?[0-9a-fA-F]{{2}}(?>(?:{_GAP}[0-9a-fA-F]{{2}}){{0,130}}))"
)
_BYTE = lazily(r"(?:0[xX]|\\x)?([0-9a-fA-F]{2})")
_GROUP = lazily(r"[0-9a-fA-F]{4}")
_WIDE_GAP = lazily(r"[ \t]{3,}")
_BARS = ("|", ">", "│", "┃")
_BEFORE_TEXT = frozenset("|>│┃-")
_BEHIND_TEXT = frozenset("|<│┃")
_BETWEEN_TEXTS = str.maketrans("", "", "│┃┊")
MOST_BARS = 4
"""How many characters there may be around the text of a row, and within it, that are none of its own."""
MOST_COMPARED = 4
"""How many times the rest of a row is compared with the bytes before it."""
MOST_TRIED = 40
"""How many places of a line are tried as the beginning of the bytes."""


class Row(NamedTuple):
    """A row of a dump."""

    prefix: str
    """What is before it in its line."""
    address: str
    """As it is written; empty if it has none."""
    data: bytes
    checked: bool
    """Whether the text beside the bytes is theirs."""


def row_of(line: str) -> Row | None:
    """The row of a dump that a line is; None if it is not one.

    The bytes end where the text beside them, if there is any, is theirs: text may itself look like bytes.
    """
    place = 0
    for _ in range(MOST_TRIED):
        match = _ROW.search(line, place)
        if match is None:
            return None
        place = match.start() + 1
        if not _may_be_row(line, match):
            continue
        address = match["address"] or ""
        row = _checked_row(line, match, address) or _unchecked_row(line, match, address)
        if row is not None:
            return row
    return None


def _checked_row(line: str, match: re.Match[str], address: str) -> Row | None:
    """The row whose bytes the text beside them shows."""
    written = line[match.start("bytes") :]
    ends = [pair.end() for pair in _BYTE.finditer(written, 0, match.end() - match.start("bytes"))]
    visible = list(accumulate(byte != 0x20 for byte in bytes_of_pairs(written[: ends[-1]])))
    compared, beside, measured = 0, 0, len(written)  # `beside`: the characters that are not spaces
    for count, end in zip(range(len(ends), 0, -1), reversed(ends), strict=True):
        beside += len("".join(written[end:measured].split()))
        measured = end
        if written[end : end + 1] not in (" ", "\t") or not visible[count - 1] <= beside <= count + MOST_BARS:
            continue
        compared += 1
        if compared > MOST_COMPARED:
            break
        rest, data = written[end:], bytes_of_pairs(written[:end])
        words = data
        if _GROUP.search(written, 0, end) is not None:  # `xxd -e`
            words = b"".join(bytes_of_pairs(word)[::-1] for word in written[:end].split())
        likeness, swapped = _likeness(rest, data), words != data and _likeness(rest, words)
        if likeness or swapped:
            return Row(line[: match.start()], address, words if swapped > likeness else data, True)
    return None


def _unchecked_row(line: str, match: re.Match[str], address: str) -> Row | None:
    """The row that has no text, or one in other characters: behind the only wide gap, if there is one."""
    start, end = match.span("bytes")
    gaps = [gap.span() for gap in _WIDE_GAP.finditer(line, start, end)]
    if len(gaps) == 1 and len(_BYTE.findall(line, gaps[0][1], end)) * 2 < len(_BYTE.findall(line, start, gaps[0][0])):
        end = gaps[0][0]
    data, rest = bytes_of_pairs(line[start:end]), line[end:]
    if not rest.strip(" \t|│┃┊") or _may_be_text_of(rest, data, address, apart=_has_gap(line[start:])):
        return Row(line[: match.start()], address, data, False)
    return None


def bytes_of_pairs(text: str) -> bytes:
    return bytes.fromhex("".join(_BYTE.findall(text)))


def _may_be_row(line: str, match: re.Match[str]) -> bool:
    """Whether the rest of the line is nothing or may be the text of the bytes, which a gap or a bar separates."""
    end, start = match.end(), match.start("bytes")
    return bool(match["address"]) or not line[end:].strip(" \t|") or _has_gap(line[start:])


def _has_gap(text: str) -> bool:
    return "  " in text or any(f" {bar}" in text for bar in _BARS)


def _likeness(rest: str, data: bytes) -> int:
    """How much of the rest of a row shows that it is the text of its bytes, within bars or not; 0 if it is not."""
    text = rest.strip(" \t")
    without = text[1:] if text[:1] in _BEFORE_TEXT else text
    texts = (text, without, text[:-1], without[:-1]) if text[-1:] in _BEHIND_TEXT else (text, without)
    return max(_shown(one, data) for one in dict.fromkeys(texts))


def _may_be_text_of(rest: str, data: bytes, address: str, *, apart: bool) -> bool:
    """Whether the rest of a row may be the text of its bytes, but truncated or in other characters."""
    text = rest.strip(" \t")
    length = len("".join(text.split()).translate(_BETWEEN_TEXTS))
    fits = length <= len(data) + 3 if apart else length == len(data)
    return fits and not rest[:1].strip(" \t") and ((apart and text[0] in _BARS) or bool(address))


def _shown(text: str, data: bytes) -> int:
    """How many of these bytes a text shows as characters; 0 if it is of other bytes.

    What cannot be printed is a dot or anything else, and a space may be a dot as well. Spaces are not compared, because
    some programs put one in the middle, and others a bar.
    """
    text = "".join(text.split()).translate(_BETWEEN_TEXTS)
    for shown in (data.replace(b" ", b""), data):
        if len(text) == len(shown) and text:
            pairs = [(one, chr(byte)) for one, byte in zip(text, shown, strict=True) if 0x20 < byte < 0x7F]
            if all(one in (is_, ".") for one, is_ in pairs):
                return sum(one == is_ for one, is_ in pairs) or (1 if text.count(".") == len(text) else 0)
    return 0
