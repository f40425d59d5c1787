"""What a logger that splits a long message writes again before each piece: all of its prefix, or only the header.

Syslog splits after 1,024 or 8,192 bytes, Android after 4,068, serial consoles where their buffer ends. The pieces have
the time of their writing, and some loggers number them: digits may differ.
"""

from __future__ import annotations

from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.jsontext.lazy_pattern import lazily

SHORTEST = 20
"""The fewest characters of a prefix that show, if they are repeated, that a line continues the one before."""
_HEADER_ENDS = lazily(r"(?<=[\])\w]): |\] |\) |[|] | - ")
MOST_HEADERS = 8
"""In how many places of a prefix the header may end."""


class RepeatedPrefix:
    """The prefix of the first piece, without its direction."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        ends = [match.end() for match in _HEADER_ENDS.finditer(prefix) if match.end() >= SHORTEST]
        places = [len(prefix)] if len(prefix) >= SHORTEST else []
        self._shapes = [without_digits(prefix[:end]) for end in (*places, *reversed(ends[:MOST_HEADERS]))]

    def is_before(self, line: str) -> bool:
        """Whether a line begins with the very same prefix."""
        return len(self._prefix) >= SHORTEST and line.startswith(self._prefix)

    def end_in(self, line: str) -> int | None:
        """Where a prefix of the same shape, or its header, ends in a line; None if it begins with neither."""
        for shape in self._shapes:
            if without_digits(line[: len(shape)]) == shape:
                return len(shape)
        return None
