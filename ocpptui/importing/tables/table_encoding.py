"""The encoding of a table in East Asian or Cyrillic letters, of before UTF-8: that in which its words are known ones.

Excel saves CSV in the encoding of its country. A byte of such a letter may look like a separator or a backslash, and
so the table is decoded as a whole.
"""

from __future__ import annotations

import codecs

from ocpptui.importing.fields.field_directions import direction_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.jsontext.lazy_pattern import lazily

ENCODINGS = {
    "cp932": "Shift JIS", "gb18030": "GB 18030", "cp950": "Big5", "cp949": "EUC-KR", "euc_jp": "EUC-JP",
    "cp1251": "Windows-1251", "koi8_r": "KOI8-R",
}  # fmt: skip
"""Each with its name, the more usual first."""
SAMPLE = 2**14
"""How many bytes show it."""
MOST_WORDS = 400
FEWEST_KNOWN = 2
"""How many different words have to be known: one may be by chance."""
_WORD = lazily(r"[^\x00-\x7f]{2,20}")


def table_encoding(head: bytes) -> str:
    """The encoding of a table with this beginning; empty if it is UTF-8, or its words are known in none."""
    if head.isascii() or _decoded(head, "utf-8") is not None:
        return ""
    known = {encoding: _known_words(_decoded(head, encoding) or "") for encoding in ENCODINGS}
    best = max(ENCODINGS, key=known.__getitem__)
    return best if known[best] >= FEWEST_KNOWN else ""


def _decoded(head: bytes, encoding: str) -> str | None:
    """The text, which may end within a letter; None if it has bytes that are none in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head[:SAMPLE])
    except UnicodeDecodeError:
        return None


def _known_words(text: str) -> int:
    words = list(dict.fromkeys(_WORD.findall(text)))[:MOST_WORDS]
    return sum(1 for word in words if meanings(word) or direction_of(FieldMeaning.DIRECTION, word))
