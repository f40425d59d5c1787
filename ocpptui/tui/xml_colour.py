"""The pieces of a line of XML with their kinds, for colouring."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexers.html import XmlLexer


def xml_parts(line: str) -> list[tuple[str, str]]:
    """The pieces of a line as (kind, text): `key` (tags), `word` (attributes), `string` (their values), `punctuation`
    (comments and the like) or `text`."""
    parts: list[tuple[str, str]] = []
    done = 0
    for position, token, text in _lexer().get_tokens_unprocessed(line):
        part = next((part for kind, part in _PARTS.items() if str(token).startswith(kind)), "text")
        if parts and parts[-1][0] == part:
            parts[-1] = part, parts[-1][1] + text
        else:
            parts.append((part, text))
        done = position + len(text)
    return [*parts, ("text", line[done:])] if done < len(line) else parts


_PARTS = {
    "Token.Name.Tag": "key",
    "Token.Name.Attribute": "word",
    "Token.Literal.String": "string",
    "Token.Comment": "punctuation",
}


@cache
def _lexer() -> XmlLexer:
    from pygments.lexers.html import XmlLexer

    return XmlLexer()
