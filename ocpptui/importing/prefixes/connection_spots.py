"""What in the text before a frame may distinguish one connection from another: an address, a socket, a number."""

from __future__ import annotations

import re
from functools import lru_cache

from ocpptui.importing.prefixes.blanked_text import blanked
from ocpptui.importing.prefixes.name_places import PlaceKind, Spot
from ocpptui.importing.words.log_words import FLOW, with_marks
from ocpptui.importing.words.name_forms import is_short_number
from ocpptui.jsontext.lazy_pattern import lazily

_CONNECTION_WORD = r"(?:session|connection|conn|socket|websocket|ws|channel|link|peer|remote|stream|fd)"
_CONNECTION: tuple[tuple[PlaceKind, re.Pattern[str]], ...] = tuple(
    (kind, lazily(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            PlaceKind.AFTER_CONNECTION,
            (
                rf"\b(?P<word>{_CONNECTION_WORD}[ _-]?(?:id|address|addr|ip)|{_CONNECTION_WORD}(?==)|cid)\b"
                r"\"?\s{0,3}[=:#]?\s{0,3}[\"'(\[<]?(?P<name>(?=[^\s\0]{0,60}\d)[\w.:-]+)"
            ),
        ),
        (
            PlaceKind.AFTER_CONNECTION,
            rf"\b(?P<word>{_CONNECTION_WORD})\s{{0,3}}[:#]?\s{{0,3}}[#(\[<]?(?P<name>(?:0x)?(?=[a-f]{{0,60}}\d)[\da-f]+)(?![\w:.-])",
        ),
        (PlaceKind.ADDRESS, r"(?<![\w.])(?P<name>\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}|\[[0-9a-fA-F:]+\]:\d{2,5})(?!\d)"),
        # What strace and ltrace write: write(11, "…", 57) = 57
        (
            PlaceKind.SOCKET,
            r"(?<![\w.])(?:ssl_)?(?:read|write|recv|send)(?:v|from|to|msg)?\((?P<name>0x[\da-f]{1,16}|\d{1,6})(?=[,<])",
        ),
        (PlaceKind.BEHIND_SIGN, r"(?<![\w.-])(?=[\d_.-]{0,40}[^\W\d_])[\w.-]{1,80}#(?P<name>\d{1,6})(?=[\s\])>:,])"),
        (PlaceKind.SOCKET, r"#\d{1,9}: (?P<name>\*\d{1,12})(?=\s)"),  # nginx
    )
)
"""Where the text before a frame says which connection it is of."""
_NUMBER_IN_FRONT = lazily(r"^[\[(#]{0,2}(?P<name>\d{1,5})(?![\d.:/-])[\])]?[:|]?\s")
_NUMBER_WITH_SIGN = lazily(r"(?<!\S)(?<![.-]\w )(?<![.-]\w\w )[\[(#]{1,2}(?P<name>\d{1,5})[\])]?\s?[:|-]?\s")
_FLOW = lazily(FLOW)


def is_number_of_connection(spot: Spot, text: str) -> bool:
    """Whether what distinguishes a connection is never a name: an address, or a number."""
    name = text[spot.start : spot.end]
    return spot.kind in (PlaceKind.ADDRESS, PlaceKind.SOCKET) or is_short_number(name) or name.startswith("0x")


@lru_cache(maxsize=8192)
def connection_spots_in(text: str) -> tuple[Spot, ...]:
    """The parts of a masked text that may distinguish one connection from another."""
    text, found = blanked(text), list[Spot]()
    for number, (kind, pattern) in enumerate(_CONNECTION):
        for match in pattern.finditer(text):
            word = match["word"].lower() if kind is PlaceKind.AFTER_CONNECTION else ""
            found.append(Spot(kind, kind.value.format(word), *match.span("name"), len(_CONNECTION) - number))
    return tuple(found)


def numbers_of_connection(text: str) -> list[str]:
    """The short numbers in a text that may be that of a connection: in front of its time, and before the direction."""
    in_front = _NUMBER_IN_FRONT.match(text)
    if in_front is not None:
        return [in_front["name"]]
    for number in _NUMBER_WITH_SIGN.finditer(text):
        if _FLOW.match(with_marks(text), number.end()) is not None:
            return [number["name"]]
    return []
