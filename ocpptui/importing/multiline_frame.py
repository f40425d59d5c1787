"""A frame that is spread over several lines of a log."""

from __future__ import annotations

import re

from ocpptui.importing.timestamps import best_moment
from ocpptui.jsontext.tokens import Brackets

MOST_LINES = 20_000
"""Lines after which a frame that has not ended is given up."""
MOST_TEXT = 20 * 2**20
"""Characters, likewise."""
_STAMP = re.compile(r"\s*[\[(]?(?:\d{4}[-/.]\d\d[-/.]\d\d|[A-Z][a-zä]{2} [ \d]\d \d\d:\d\d:\d\d)")
_CONTINUES = re.compile(
    r"\s*(?:$|[{}\],:\"']|\[\s*(?:$|[\"'{\[\]\d-])|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*(?:$|[,\]}])"
    r"|(?:true|false|null|undefined|True|False|None)\b|[A-Za-z_$][\w$]*\s*:)"
)
"""How a line begins that goes on with a frame, where the line before did not end within a string."""
_COMMENT = re.compile(r"\s*(?:#|//|;|\*|>)\s?")
_SERVICE = re.compile(r"[\w.-]+\s*\| ?|[\w.-]+(?:\[\d+\])?: ?")
_BOX = " \t│┃|║"


class SpreadFrame:
    """The lines of a frame that has begun and not ended yet."""

    def __init__(self, text: str, start: int, number: int, prefix: str, *, certain: bool) -> None:
        self.number = number
        """Of its first line."""
        self.prefix = prefix
        self.certain = certain
        """False where so far it is but an opening bracket."""
        self.line = text
        """The whole first line."""
        self.first = text[start:]
        self._line_prefix = text[:start]
        self._brackets = Brackets()
        self._brackets.feed(text, start)
        self._pieces = [self.first]
        self._size = len(self.first)
        self._torn = bool(self._brackets.quote)

    @property
    def torn(self) -> bool:
        """A string goes over the end of a line and has not ended: the line was wrapped, or cut off."""
        return self._torn

    @property
    def text(self) -> str:
        """All of it so far; only the first line where that was torn, since the next may be no part of it."""
        return self.first if self._torn else "\n".join(self._pieces)

    def take(self, line: str) -> str | None:
        """Go on with a line that has no beginning of a frame in it.

        What stands in the line behind the end of the frame, where it ends there; None where it does not end yet.
        Raises NotContinued where the line is no part of it.
        """
        if len(self._pieces) >= MOST_LINES or self._size > MOST_TEXT or self._brackets.broken:
            raise NotContinued
        rest = self._without_prefix(line)
        if self._brackets.quote:
            if rest is not line and best_moment(line[: len(line) - len(rest)]) is not None:
                raise NotContinued
            if _STAMP.match(line):
                raise NotContinued
        elif not _CONTINUES.match(rest):
            raise NotContinued
        if not self.certain:
            if not rest.strip():
                raise NotContinued
            if len(self._pieces) == 1 and not re.match(r"\s*(?:[2-6]\s*(?:,|$)|,|[\"'])", rest):
                raise NotContinued
            self.certain = len(self._pieces) > 1
        end = self._brackets.feed(rest)
        if self._brackets.broken:
            raise NotContinued
        if end is None:
            self._pieces.append(rest)
            self._size += len(rest)
            return None
        self._pieces.append(rest[:end])
        joined = "".join(self._pieces) if self._torn else "\n".join(self._pieces)
        self._pieces, self._torn = [joined], False
        return rest[end:]

    def _without_prefix(self, line: str) -> str:
        """A line without what the logger writes before each line: the same as before the first, a time, a service."""
        rest = line
        service = _SERVICE.match(rest)
        if service is not None and "|" in service[0] and self._line_prefix.startswith(service[0][:3]):
            rest = rest[service.end() :]
        if _STAMP.match(rest):
            moment = best_moment(rest[:60])
            if moment is not None:
                rest = rest[moment.end :].lstrip("])")
        comment = _COMMENT.match(rest)
        if comment is not None and comment[0].strip() and self._line_prefix.lstrip().startswith(comment[0].strip()):
            rest = rest[comment.end() :]
        return rest


class NotContinued(Exception):
    """A line is no part of the frame that was begun; its lines so far are all there is."""


def without_box(line: str) -> str:
    """A line without the frame that a terminal program drew around it."""
    if "│" in line or "┃" in line or "║" in line:
        return line.strip(_BOX)
    return line
