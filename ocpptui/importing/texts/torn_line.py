"""A line of a log that was broken within a string, and goes on in the next: of JSON, of logfmt, of a literal.

Terminals, mail programs and editors break long lines where they please. A frame in a string has backslashes before its
quotes, so that its lines cannot be told from those of a frame in parts.
"""

from __future__ import annotations

from ocpptui.importing.texts.frame_scanner import STRING_CONTENT
from ocpptui.importing.texts.line_breaks import LineBreaks
from ocpptui.importing.texts.multiline_frame import INDENTED, MOST_LINES, MOST_TEXT, NotContinued, begins_line
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets, value_end

_BEGUN = lazily(r'(?P<quote>")\[(?:[2-6](?:,\\{0,3}"?)?)?$')
"""The beginning of a frame with escaped quotes that is too short to be sure of it."""
_LONGEST_BEGINNING = 10
_OBJECT = '{"'


class TornLine:
    """The lines so far of a line that goes on."""

    def __init__(
        self, line: str, number: int, frame: int | None, brackets: Brackets | None, breaks: LineBreaks
    ) -> None:
        self._breaks = breaks
        self.number = number
        """The number of its first line."""
        self.pieces = [line]
        """Its lines, as they are."""
        self._joined = [line]
        self._size = len(line)
        self._frame = frame
        self._brackets = brackets
        self._ends_in_escape = frame is not None and _open_escape(line, frame) == 1

    def take(self, line: str, *, has_frame: bool) -> str | None:
        """Continue with a line; return the whole one if it ends there, None if it goes on. Raises NotContinued if the
        line does not belong to it. `has_frame`: whether the line has the beginning of a frame."""
        self._size += len(line)
        if len(self.pieces) >= MOST_LINES or self._size > MOST_TEXT or line.lstrip().startswith(_OBJECT):
            raise NotContinued
        if begins_line(line) or (has_frame and self._brackets is None):
            raise NotContinued
        self.pieces.append(line)
        rest = line.lstrip(" \t") if INDENTED.match(line) else line
        self._joined.append(rest)
        if self._brackets is not None:
            ended = self._brackets.feed(rest) is not None
            if self._brackets.broken:
                raise NotContinued
        else:
            left = _open_escape("\\" * self._ends_in_escape + rest, 0)
            ended, self._ends_in_escape = left is None, left == 1
        return self._whole() if ended else None

    def _whole(self) -> str:
        """Its lines as one."""
        gaps = self._breaks.gaps(self.pieces, self._joined)
        return self._joined[0] + "".join(gap + piece for gap, piece in zip(gaps, self._joined[1:], strict=True))

    def is_whole(self, line: str) -> bool:
        """Whether its lines together make sense: an object of JSON, or a string with a frame to its end."""
        if self._frame is None or self._brackets is not None:
            return value_end(line, line.find(_OBJECT)) is not None
        content = STRING_CONTENT.match(line, self._frame)
        return content is not None and content[0].rstrip().endswith("]")


def torn_line(line: str, number: int, frame: int, breaks: LineBreaks) -> TornLine | None:
    """A line that ends within the string of a frame with escaped quotes, which begins at `frame`; None if it does
    not."""
    begin = line.find(_OBJECT, 0, frame)
    torn = _torn_object(line, number, begin, frame, breaks) if begin >= 0 else None
    if torn is None and _open_escape(line, frame) is not None:
        torn = TornLine(line, number, frame, None, breaks)
    return torn


def torn_before_frame(line: str, number: int, breaks: LineBreaks) -> TornLine | None:
    """A line without a frame that ends within an object of JSON, or where a frame in a string may begin; None if it
    does neither."""
    if line[:2] == _OBJECT and line[-1:] != "}":
        return _torn_object(line, number, 0, None, breaks)
    begun = _BEGUN.search(line) if '"[' in line[-_LONGEST_BEGINNING:] else None
    return None if begun is None else TornLine(line, number, begun.end("quote"), None, breaks)


def _torn_object(line: str, number: int, begin: int, frame: int | None, breaks: LineBreaks) -> TornLine | None:
    brackets = Brackets()
    is_open = brackets.feed(line, begin) is None and not brackets.broken
    is_torn = is_open and (brackets.quote == '"' or frame is not None)
    return TornLine(line, number, frame, brackets, breaks) if is_torn else None


def _open_escape(line: str, start: int) -> int | None:
    """How many characters of an unfinished escape, 0 or 1, are at the end of a line within the string that has this
    place in it; None if the string ends before."""
    content = STRING_CONTENT.match(line, start)
    left = len(line) if content is None else len(line) - content.end()
    return left if left == 0 or (left == 1 and line[-1] == "\\") else None
