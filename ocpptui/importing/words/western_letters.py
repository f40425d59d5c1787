"""Letters of Western Europe beside frames, in an encoding of before UTF-8: names in logs and the cells of tables.

A frame itself is UTF-8 (RFC 6455 section 8.1), and is shown with the bytes that it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ocpptui.jsontext.lazy_pattern import lazily

ENCODINGS = {"cp1252": "Windows-1252", "cp850": "the code page 850 of DOS", "mac_roman": "Mac OS Roman"}
"""Each with its name, the most usual first. Latin-1 has the letters of Windows-1252."""
MOST_BESIDE = 2
"""How many letters beyond ASCII are beside each other in a word of Western Europe: `Čeští`, `Größe`; in those of other
scripts, more."""
_MOST_USUAL = "cp1252"
_MOST_FREQUENT = frozenset("äöüÄÖÜßé")
_FREQUENT = frozenset("áàâãåæçéèêëíìîïñóòôõøúùûýÿœ")
_SIGNS = frozenset("µªºƒˆ")
_VOWELS = frozenset("aeiouyäöüáéíóú")
_BEHIND_CEDILLA = frozenset(("a", "o", "u", "ã", "õ", ""))
_BYTE = lazily("[\udc80-\udcff]")


def is_western(texts: Sequence[str]) -> bool:
    """Whether texts are in an encoding of Western Europe: some have bytes that are not UTF-8, and none has other
    letters than those of ASCII in UTF-8."""
    beyond = [text for text in texts if not text.isascii()]
    return bool(beyond) and all(_BYTE.sub("", text).isascii() and not _is_surrogate(text) for text in beyond)


def western_encoding(text: str) -> str:
    """The encoding in which bytes that are not UTF-8 are letters where letters may be, the most usual one in doubt."""
    data = text.encode("utf-8", "surrogateescape")
    likely = {encoding: _likely(data.decode(encoding, "replace")) for encoding in ENCODINGS}
    return max(ENCODINGS, key=lambda encoding: likely[encoding] + (encoding == _MOST_USUAL))


def legible(text: str) -> str:
    """A text whose bytes that are not UTF-8 are letters of Western Europe."""
    if text.isascii() or not _BYTE.search(text):
        return text
    return _decoded(text)


@lru_cache(maxsize=4096)
def _decoded(text: str) -> str:
    try:
        return text.encode("utf-8", "surrogateescape").decode(western_encoding(text), "replace")
    except UnicodeEncodeError:  # it has half a surrogate pair of UTF-16 as well
        return text


def _likely(text: str) -> float:
    """How usual the letters beyond ASCII are in their places: from 0 to 3."""
    beyond = [place for place, one in enumerate(text) if not one.isascii()]
    return sum(_frequency(text, place) for place in beyond) / (len(beyond) or 1)


def _frequency(text: str, place: int) -> int:
    """How usual a letter is in its place; 0 if none may be there: a capital among small letters, or the reverse."""
    letter, before, behind = text[place], text[max(0, place - MOST_BESIDE) : place], text[place + 1 : place + 2]
    if not letter.isalpha() or letter in _SIGNS or (len(before) == MOST_BESIDE and not any(map(str.isascii, before))):
        return 0
    last = before[-1:]
    if letter.isupper():
        odd = last.islower() or (last.isalpha() and behind.islower())
    else:
        odd = last.isupper() and behind.isupper()
    if odd or (letter == "ß" and last.lower() not in _VOWELS) or (letter == "ç" and behind not in _BEHIND_CEDILLA):
        return 0
    return 3 if letter in _MOST_FREQUENT else 2 if letter.lower() in _FREQUENT else 1


def _is_surrogate(text: str) -> bool:
    """Whether the bytes that are not UTF-8 are halves of surrogate pairs, as some programs write them."""
    try:
        text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    except UnicodeError:
        return False
    return True
