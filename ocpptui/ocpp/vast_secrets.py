"""Secrets in vast messages. They are looked for in one piece of the text after the other, so that a thread that does it
never stops the others for long; where there is one, more is masked than in other messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocpptui.jsontext.path import nearest_key
from ocpptui.jsontext.tokens import Token, TokenKind, replaced, rewritten, tokens
from ocpptui.ocpp.broken_secrets import HEAD, SIGNS_OF_SETTINGS
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.secret_fields import PROFILE, VALUES
from ocpptui.ocpp.secret_names import MASK, is_secret_name, may_name_secret
from ocpptui.ocpp.url_secrets import Found, without_cut_password, without_url_secrets

VAST = 2**20
"""Characters of a message beyond which it is searched in pieces."""
PIECE = 2**16
_NAME = re.compile(r"[\w.\-]{1,100}")
_WORDS = re.compile(
    r"[^\s\[\]{}:,\"'`\\<>=\x00-\x1f\udc80-\udcff]++(?>(?: ++[^\s\[\]{}:,\"'`\\<>=\x00-\x1f\udc80-\udcff]++)*)"
)
"""With the spaces between them, or the mask of each word would make the text longer."""
OVERLAP = 512
"""Characters that a piece has in common with the next one: no name of a secret and no URL with one is longer."""


def mask_vast(text: str, frame: Message | Malformed, found: Found) -> str:
    """A vast message with its secrets masked; unchanged if it has none.

    In one that names a secret, the values of all settings are masked, and every text that names a secret or has a URL
    with one; in one that cannot be read, every word after the message id.
    """
    is_broken = isinstance(frame, Malformed)
    is_profile = isinstance(frame, Message) and frame.action == PROFILE
    signs = SIGNS_OF_SETTINGS if is_broken else ("connectiondata",)
    if not is_profile and not any(_may_hold_secret(piece, signs) for piece in _pieces(text)):
        return text[:-PIECE] + without_cut_password(text[-PIECE:]) if is_broken else text
    if isinstance(frame, Malformed):
        head = HEAD.match(text)
        start = 0 if head is None else head.end()
        pieces = (_WORDS.sub(MASK, text[place : place + PIECE]) for place in range(start, len(text), PIECE))
        return text[:start] + "".join(pieces)
    has_profile = is_profile or any("connectiondata" in piece.lower() for piece in _pieces(text))
    first = 2 if frame.kind is MessageKind.CALLRESULT else 3
    edits = []
    for token in tokens(text):
        place = token.path[0] if token.path else 0
        if isinstance(place, int) and place >= first and _is_secret(token, has_profile):
            if token.kind is TokenKind.STRING and len(token.value) <= PIECE:
                found(token.value)
            new = "0" if token.kind is TokenKind.NUMBER else rewritten(text[token.start : token.end], MASK, token.kind)
            edits.append((token.start, token.end, new))
    return replaced(text, edits)


def _is_secret(token: Token, has_profile: bool) -> bool:
    if token.kind not in (TokenKind.STRING, TokenKind.NUMBER, TokenKind.KEY):
        return False
    if token.kind is not TokenKind.KEY:
        key = nearest_key(token.path)
        if key in VALUES or (has_profile and key == "key") or is_secret_name(key):
            return True
    if _NAME.fullmatch(token.value):  # it may be the name of a secret, but has no room for both
        return False
    return any(_may_hold_secret(piece, ()) for piece in _pieces(token.value))


def _may_hold_secret(piece: str, signs: tuple[str, ...]) -> bool:
    if may_name_secret(piece) or without_url_secrets(piece) != piece:
        return True
    lower = piece.lower() if signs else ""
    return any(sign in lower for sign in signs)


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE + OVERLAP]
