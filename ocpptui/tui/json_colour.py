"""The pieces of a line of JSON with their kinds, for colouring."""

from __future__ import annotations

from ocpptui.jsontext.text import LITERAL_NAMES
from ocpptui.jsontext.tokens import TokenKind, tokens


def json_parts(line: str) -> list[tuple[str, str]]:
    """The pieces of a line as (kind, text): `key`, `string`, `number`, `word` (true, false, null) or `punctuation`."""
    parts: list[tuple[str, str]] = []
    done = 0
    for token in tokens(line):
        part = _PARTS.get(token.kind, "")
        if part and (part != "word" or token.value in LITERAL_NAMES.values()):
            if done < token.start:
                parts.append(("punctuation", line[done : token.start]))
            parts.append((part, line[token.start : token.end]))
            done = token.end
    if done < len(line):
        parts.append(("punctuation", line[done:]))
    return parts


_PARTS = {
    TokenKind.KEY: "key",
    TokenKind.STRING: "string",
    TokenKind.NUMBER: "number",
    TokenKind.WORD: "word",
}
