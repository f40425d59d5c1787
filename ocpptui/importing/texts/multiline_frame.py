"""A frame that spans several lines of a log."""

from __future__ import annotations

from ocpptui.importing.texts.line_breaks import LineBreaks
from ocpptui.importing.texts.repeated_prefix import RepeatedPrefix
from ocpptui.importing.times.timestamps import best_moment
from ocpptui.importing.words.log_words import FLOW, with_marks
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets

MOST_LINES = 20_000
"""Lines after which an unfinished frame is abandoned."""
MOST_TEXT = 20 * 2**20
"""The same limit in characters."""
MOST_PIECES = 1000
"""Lines after which a frame is abandoned whose lines belong together only if it is whole with them."""
_STAMP = lazily(r"\s*[\[(]?(?:\d{4}[-/.]\d\d[-/.]\d\d|[A-Z][a-zä]{2} [ \d]\d \d\d:\d\d:\d\d)")
_CONTINUES = lazily(
    r"\s*(?:$|[{}\],:\"']|\[\s*(?:$|[\"'{\[\]\d-])|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*(?:$|[,\]}])"
    r"|(?:true|false|null|undefined|True|False|None)\b|[A-Za-z_$][\w$]*\s*:"
    r"|(?://\s?|#\s?|[\[(<]\s?)?(?:\.{3}|…)(?:\s?[\])>])?,?\s*$|(?<=\s)(?://\s?|#\s?)?(?:\.{3}|…)[^\[\]{}\"']{0,80}$)"
)
"""How a line that continues a frame begins, if the line before did not end within a string; the last is what someone
wrote in place of lines that they left out."""
_OF_JSON = frozenset("{}],:\"'")
"""How most of these lines begin behind their indentation, and no prefix of a logger does."""
_SECOND_LINE = lazily(r"\s*(?:[2-6]\s*(?:,|$)|,|[\"'])")
"""How the second line begins if the first is only the opening bracket."""
_COMMENT = lazily(r"\s*(?:#|//|;|\*|>(?:\s?>){0,9})\s?")
_SERVICE = lazily(r"[\w.-]+\s*\| ?|[\w.-]+(?:\[\d+\])?: ?")
_FLOW_AT_END = lazily(rf"(?:{FLOW})\s?:?\s?$")
_WORD_AT_END, _WORD_AT_START = lazily(r"(?<=[:\[,\s])[\w.+-]{1,40}$"), lazily(r"[\w.+-]{1,40}(?=\s*(?:[,\]}]|$))")
_VALUE = lazily(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
INDENTED = lazily(r"\t| {2,}")
_BOX = " \t│┃|║"
_AT_SIDE = lazily(r"[^\s│┃║] ?[│┃║]\s*$")


class SpreadFrame:
    """The lines of a frame that has begun but not ended yet."""

    def __init__(
        self, text: str, start: int, number: int, prefix: str, *, certain: bool, breaks: LineBreaks | None = None
    ) -> None:
        """`breaks` is what the file shows of how its lines were broken."""
        self._breaks = breaks or LineBreaks()
        self.number = number
        """The number of its first line."""
        self.prefix = prefix
        self.certain = certain
        """False while it is only an opening bracket."""
        self.at_edge = False
        """Whether its first line goes up to the edge of a box around it."""
        self.line = text
        """The whole first line."""
        self.first = text[start:]
        self._line_prefix = text[:start]
        self._brackets = Brackets()
        self._brackets.feed(text, start)
        self._pieces = [self.first]
        self._in_strings = [False]  # of each piece, whether it goes on with a string of the one before
        self._lines = [text]  # those of the pieces
        self._size = len(self.first)
        self._torn = bool(self._brackets.quote)
        end = _FLOW_AT_END.search(with_marks(self._line_prefix))
        self._repeated = RepeatedPrefix(self._line_prefix if end is None else self._line_prefix[: end.start()])
        self._wrapped = False
        """Whether the logger broke it at a certain length, and began each line as the first."""
        self._has_one_width = False
        """Whether there are several lines, and all are as long as the first."""
        self.on_trial = False
        """Whether its lines belong to it only if it is whole with them: each has the header of any other line."""

    @property
    def torn(self) -> bool:
        """Whether a string is still open at the end of a line, which was wrapped or truncated."""
        return self._torn

    @property
    def text(self) -> str:
        """The text so far; only the first line if it was truncated, because the next may not belong to it."""
        return self.first if self.on_trial or (self._torn and not self._wrapped) else self._joined()

    def take(self, line: str) -> str | None:
        """Continue with a line in which no frame begins.

        Returns the rest of the line after the end of the frame, or None if the frame has not ended yet. Raises
        NotContinued if the line does not belong to the frame.
        """
        if len(self._pieces) >= MOST_LINES or self._size > MOST_TEXT or self._brackets.broken:
            raise NotContinued
        is_json = line.lstrip()[:1] in _OF_JSON
        rest, wrapped = line if is_json else self._without_prefix(line), False
        end = None if is_json else self._repeated.end_in(line)
        if end is not None:
            rest, wrapped = line[end:], self._repeated.is_before(line)
        if (wrapped or (end is not None and self._brackets.quote)) and len(self._pieces) < MOST_PIECES:
            self._wrapped = True
            self.on_trial = bool(self._brackets.quote) and not (wrapped and self._has_one_width)
        elif self._brackets.quote:
            if rest is not line and best_moment(line[: len(line) - len(rest)]) is not None:
                if begins_line(line):
                    raise NotContinued
                rest = line
            if begins_line(line):
                raise NotContinued
            if INDENTED.match(rest):
                rest = rest.lstrip(" \t")  # the editor that wrapped the line put that before the rest of the string
        elif not is_json and not _CONTINUES.match(rest) and not _is_one_word(self._pieces[-1], rest):
            raise NotContinued
        elif end is not None and len(self._pieces) == 1 and not rest[:1].isspace():
            self._wrapped = True  # a pretty-printed one is indented
        if not self.certain:
            if not rest.strip():
                raise NotContinued
            if len(self._pieces) == 1 and not _SECOND_LINE.match(rest):
                raise NotContinued
            self.certain = len(self._pieces) > 1
        in_string = bool(self._brackets.quote)
        end = self._brackets.feed(rest)
        if self._brackets.broken:
            if in_string or not self.certain or not rest.rstrip().endswith("]"):
                raise NotContinued
            self._add(line, rest.rstrip(), in_string=False)
            return ""  # the end of a malformed frame
        self._add(line, rest if end is None else rest[:end], in_string=in_string)
        if end is None:
            self._size += len(rest)
            return None
        self._pieces, self._in_strings, self._torn = [self._joined()], [False], False
        self.on_trial = False
        return rest[end:]

    def _add(self, line: str, piece: str, *, in_string: bool) -> None:
        self._has_one_width = len(line) == len(self.line) and (self._has_one_width or len(self._lines) == 1)
        self._lines.append(line)
        self._pieces.append(piece)
        self._in_strings.append(in_string)

    def _joined(self) -> str:
        """The pieces as they were before the lines were broken; a line feed between two tokens stays."""
        glued = [*self._in_strings[1:]]
        is_broken = any(glued) and not self._wrapped
        gaps = self._breaks.gaps(self._lines, self._pieces) if is_broken else [""] * len(glued)
        joined = self._pieces[:1]
        for piece, gap, in_string in zip(self._pieces[1:], gaps, glued, strict=True):
            if gap or in_string or self._wrapped or self._torn or _is_one_word(joined[-1], piece):
                joined.append(gap)
            else:
                joined.append("\n")
            joined.append(piece)
        return "".join(joined)

    def _without_prefix(self, line: str) -> str:
        """A line without the prefix of the logger: the prefix of the first line, a time, a service name."""
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


def _is_one_word(before: str, after: str) -> bool:
    """Whether a line was broken within a number or a word of JSON."""
    end, start = _WORD_AT_END.search(before), _WORD_AT_START.match(after)
    return end is not None and start is not None and _VALUE.fullmatch(end[0] + start[0]) is not None


def begins_line(line: str) -> bool:
    """Whether a line begins with the time of a log, and not with one in the payload that was broken before it."""
    if _STAMP.match(line) is None:
        return False
    moment = best_moment(line[:60])
    return moment is None or moment.start > 1 or line[moment.end : moment.end + 1] not in ('"', "\\")


class NotContinued(Exception):
    """A line does not belong to the frame that was begun, which therefore ends with its lines so far."""


def without_box(line: str) -> str:
    """A line without the box that a terminal program drew around it."""
    if "│" in line or "┃" in line or "║" in line:
        return line.strip(_BOX)
    return line


def reaches_edge(line: str) -> bool:
    """Whether the text of a line goes up to the right side of the box around it, where a terminal program cut it."""
    return _AT_SIDE.search(line) is not None
