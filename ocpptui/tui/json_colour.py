"""A line of JSON in pieces, each with what it is, for the colours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexers.data import JsonLexer
    from pygments.token import _TokenType


def json_parts(line: str) -> list[tuple[str, str]]:
    """The pieces of a line: `key`, `string`, `number`, `word` (true, false, null) or `punctuation`, each with text."""
    return [(_part_of(token), text) for token, text in _lexer().get_tokens(line)]


@cache
def _lexer() -> JsonLexer:
    # Not with the module: Pygments takes its time, and the first screen shows no JSON.
    from pygments.lexers.data import JsonLexer

    return JsonLexer(ensurenl=False, stripnl=False)


def _part_of(token: _TokenType) -> str:
    for kind, part in _parts().items():
        if token[: len(kind)] == kind:  # a sort of token is the tuple of its names from the general to the particular
            return part
    return "punctuation"


@cache
def _parts() -> dict[_TokenType, str]:
    from pygments.token import Keyword, Name, Number, String

    return {Name: "key", String: "string", Number: "number", Keyword: "word"}
