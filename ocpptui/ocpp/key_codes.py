"""The key codes in a message: id tokens that drivers type in, and that no log may show.

Source: OCPP 2.0.1 and 2.1 Part 2 C04.FR.04. They are known by the type beside them, not by the name of their field.
"""

from __future__ import annotations

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.tokens import Token, TokenKind, replaced, rewritten, tokens
from ocpptui.ocpp.secret_names import MASK, may_hold_key_code
from ocpptui.ocpp.url_secrets import Found
from ocpptui.ocpp.version import Version

KEY_CODE_PLACE = "$.idToken.idToken"
"""The path of the id token in the payloads of requests that name one; nothing is masked there but a key code."""
_TYPE = "keycode"
_FIELDS = ("idToken", "additionalIdToken")
_LONGEST = {Version.V201: 36, Version.V21: 255}
"""Characters of an id token."""
DEEPEST = 4
"""Levels of texts within texts that are searched."""


def is_key_code(kind: object) -> bool:
    """Whether this type of an id token is that of a key code."""
    return isinstance(kind, str) and kind.casefold() == _TYPE


def without_key_codes(
    text: str, version: Version | None, found: Found = str, depth: int = 0
) -> tuple[str, tuple[str, ...]]:
    """A message in JSON, even if it is damaged, with its key codes masked, and their paths within its payload.

    One that is longer than its version allows keeps its length, so that the message is as wrong as before.
    """
    read = [token for token in tokens(text) if token.kind is TokenKind.STRING]
    typed = {token.path[:-1] for token in read if token.path[-1:] == ("type",) and is_key_code(token.value)}
    edits, paths = list[tuple[int, int, str]](), list[str]()
    for token in read:
        new = token.value
        if token.path[-1:] and token.path[-1] in _FIELDS and token.path[:-1] in typed and token.value.strip("*"):
            found(token.value)
            new = "*" * len(token.value) if len(token.value) > _longest(version) else MASK
        elif depth < DEEPEST and "{" in token.value and may_hold_key_code(token.value):
            new = without_key_codes(token.value, version, found, depth + 1)[0]
        if new != token.value:
            edits.append((token.start, token.end, _written(text, token, new)))
            paths.append(json_path(token.path[1:]))
    return replaced(text, edits), tuple(dict.fromkeys(paths))


def _longest(version: Version | None) -> int:
    return max(_LONGEST.values()) if version is None else _LONGEST.get(version, max(_LONGEST.values()))


def _written(text: str, token: Token, new: str) -> str:
    return rewritten(text[token.start : token.end], new, token.kind)
