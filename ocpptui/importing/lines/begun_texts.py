"""The texts of a line that begin as frames do, in JSON, within a string or as a literal of bytes: where each ends."""

from __future__ import annotations

import re
from typing import NamedTuple

from ocpptui.importing.packets.printed_bytes import literal_at
from ocpptui.importing.prefixes.log_prefix import read_prefix
from ocpptui.importing.texts.frame_scanner import START, end_of_shortened, escaped_frame, is_text_of_frame
from ocpptui.importing.texts.printed_notation import PRINTED, json_of_printed
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets, value_end
from ocpptui.ocpp.json_defects import has_too_many_values

FRUITLESS = 8
"""How many times a line may be searched in vain for the end of a frame; after that, a frame ends where the next one
begins. Without it, thousands of truncated frames in one line would each be searched up to its end."""
_ANNOUNCED = lazily(r"\b(?:rec(?:ei)?v|sen[dt]|rx\b|tx\b|messag|fram|ocpp)", re.IGNORECASE)
"""Words that announce a frame, before text that looks like a frame but is too short for one."""


class BegunText(NamedTuple):
    """What begins in a line as a frame does, up to its end."""

    start: int
    end: int
    raw: str | bytes | None
    """The frame; None if only the beginning looks like one."""
    notation: str = ""


class UnclosedText(NamedTuple):
    """What begins in a line as a frame does and does not end in it."""

    is_broken: bool
    """Whether a bracket closes that was not open: no further line can end it."""


class BegunTexts:
    """Reads the texts of one line, from one beginning of a frame to the next."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._patience = FRUITLESS * len(line)  # in characters
        self._end_of = Brackets.end_of if has_too_many_values(line) else value_end

    def literal(self, match: re.Match[str]) -> BegunText | None:
        """The frame in a literal of bytes or in the notation of `websockets`; None if this one is in neither."""
        literal = literal_at(self._line, match.start())
        return None if literal is None else BegunText(literal.start, literal.end, literal.raw)

    def escaped(self, match: re.Match[str]) -> BegunText:
        """The frame in a string, with backslashes before its quotes."""
        text, base = (self._line, 0) if self._patience >= 0 else self._up_to_next(match)
        start = match.start()
        taken = escaped_frame(text, start - base)
        if taken is None:
            self._patience -= len(text) - (start - base)
            return BegunText(start, match.end(), None)
        return BegunText(start, base + taken.end, taken.raw)

    def bracketed(self, match: re.Match[str], prefix: str) -> BegunText | UnclosedText:
        """The list that begins here, as JSON or as a program prints it; `prefix` is the text before it."""
        text, base = (self._line, 0) if self._patience >= 0 else self._up_to_next(match)
        start, at = match.start(), match.start() - base
        end = self._end_of(text, at)
        if end is not None:
            if not (is_text_of_frame(text, at, end) or _ANNOUNCED.search(prefix) or announces(prefix)):
                return BegunText(start, base + end, None)
            end = end_of_shortened(text, at, end)
            return BegunText(start, base + end, text[at:end])
        self._patience -= len(text) - at
        brackets = Brackets()
        end = brackets.feed(text, at)
        if end is None:
            return UnclosedText(brackets.broken)
        end = end_of_shortened(text, at, end)
        raw = text[at:end]
        converted = json_of_printed(raw)
        if converted is None:
            return BegunText(start, base + end, raw)
        return BegunText(start, base + end, converted, PRINTED)

    def _up_to_next(self, match: re.Match[str]) -> tuple[str, int]:
        """The text up to the next beginning, and where in the line it begins."""
        base = max(match.start() - 1, 0)  # with the quotation mark
        following = START.search(self._line, match.end())
        return self._line[base:] if following is None else self._line[base : following.start()], base


def announces(prefix: str) -> bool:
    """Whether the text before a list says that a message was sent or received."""
    said = read_prefix(prefix)
    return said.direction is not None or said.flow is not None
