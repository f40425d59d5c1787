"""Frames that a log contains twice: written by two loggers, at both ends of a proxy, or shortened beside the whole one.

A charge point that repeats a frame writes the same line twice; that is a retry and no copy. A copy has another line.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ocpptui.importing.cut_frames import BEHIND_ELLIPSIS, ELLIPSIS
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.prefixes.prefix_names import spots_in
from ocpptui.importing.texts.printed_notation import PRINTED
from ocpptui.importing.words.line_shapes import logger_before, without_digits
from ocpptui.importing.words.log_words import FLOW, REFUSED, with_marks
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import compact
from ocpptui.ocpp.date_times import SECOND

WINDOW = 16
"""How many frames after another a copy of it may come."""
WITHIN = 2 * SECOND
"""Microseconds within which two loggers write the same frame."""
LOOKED = 1000
"""How many frames without a copy show that the file has none."""
SHORTEST_HEAD = 8
"""Characters that a shortened copy must have before the ellipsis."""
_QUARTER = 900 * SECOND
_FLOW = lazily(FLOW)
_NO_LETTERS = lazily(r"[\W\d_]+")


@dataclass(slots=True)
class Written:
    """A frame in a log, and where else it is."""

    found: FoundFrame
    charge_point: str
    connection: str
    message_id: str
    is_whole: bool
    """Whether it has no ellipsis, with which a logger may have shortened it."""
    lines: list[int] = field(default_factory=list)
    """The other lines with it."""
    payload: Any = None
    """What the caller keeps with it."""


class Copies:
    """Recognises copies of the frames before."""

    def __init__(self) -> None:
        self._recent: deque[Written] = deque()
        self._by_text: dict[str | bytes, Written] = {}  # the latest of the recent ones
        self._cut = 0  # how many of the recent ones are not whole
        self.found = 0
        """How many copies there were."""
        self.shortened = 0
        self.are_likely = True
        """Whether it is worth while to look for more: two loggers write from the beginning of a file."""
        self._seen = 0

    def original_of(self, new: Written) -> Written | None:
        """The frame of which this is a copy, with the line of the copy added; None if it is not one.

        If the earlier one is the shortened copy, it takes the text of the new one.
        """
        self._seen += 1
        same = self._by_text.get(new.found.raw)
        original = same if same is not None and self._is_copy(same, new) and not self._answered(same, new) else None
        if original is None and (self._cut or not new.is_whole or new.found.notation == PRINTED):
            original = next((one for one in reversed(self._recent) if self._is_copy(one, new)), None)
        if original is None:
            self._remember(new)
            self.are_likely = self.found > 0 or self._seen < LOOKED
            return None
        self.found += 1
        original.lines.append(new.found.line)
        _take_over(original, new)
        return original

    def _remember(self, new: Written) -> None:
        self._recent.append(new)
        self._by_text[new.found.raw] = new
        self._cut += not new.is_whole
        if len(self._recent) > WINDOW:
            old = self._recent.popleft()
            self._cut -= not old.is_whole
            if self._by_text.get(old.found.raw) is old:
                del self._by_text[old.found.raw]

    def _answered(self, earlier: Written, new: Written) -> bool:
        """Whether another frame with its id came in between: then it is a frame of its own."""
        for one in reversed(self._recent):
            if one is earlier:
                return False
            if one.is_whole and one.message_id == new.message_id and one.found.raw != new.found.raw:
                return True
        return False

    def _is_copy(self, earlier: Written, new: Written) -> bool:
        one, other = earlier.found, new.found
        if one.line == other.line or not _at_one_time(one, other):
            return False
        if earlier.charge_point and new.charge_point and earlier.charge_point != new.charge_point:
            return False
        if earlier.connection and new.connection and earlier.connection != new.connection:
            return False
        if one.raw != other.raw and not _is_printed_again(earlier, new) and not self._is_shortened(earlier, new):
            return False
        texts = without_digits(one.prefix or one.above), without_digits(other.prefix or other.above)
        if logger_of(texts[0]) != logger_of(texts[1]):
            return True
        if one.flow is not None and other.flow is not None and one.flow is not other.flow:
            return True
        return all(REFUSED.search(text) is not None for text in texts)  # a logger says twice what was wrong with it

    def _is_shortened(self, earlier: Written, new: Written) -> bool:
        short, whole = (earlier, new) if new.is_whole else (new, earlier)
        if short.is_whole or not whole.is_whole:
            return False
        cut, text = short.found.raw, whole.found.raw
        if type(cut) is not str or type(text) is not str:
            return False
        ellipsis = ELLIPSIS.search(cut)
        if ellipsis is None and SHORTEST_HEAD < len(cut) < len(text) and text.startswith(cut):
            self.shortened += 1
            return True
        if ellipsis is None or ellipsis.start() < SHORTEST_HEAD or len(cut) > len(text):
            return False
        end = BEHIND_ELLIPSIS.sub("", cut[ellipsis.end() :]).rstrip("'\"")
        if text.startswith(cut[: ellipsis.start()]) and text.endswith(end):
            self.shortened += 1
            return True
        return False

    @property
    def evidence(self) -> str:
        """How many frames were in the log twice; empty if none was."""
        if not self.found:
            return ""
        shortened = f", {self.shortened:,} of them shortened" if self.shortened else ""
        if self.found == 1:
            return f"1 frame is in the log twice{shortened.replace(' of them', '')}; it is one record."
        return f"{self.found:,} frames are in the log twice{shortened}; each is one record."


@lru_cache(maxsize=8192)
def logger_of(text: str) -> str:
    """What a masked line tells of its logger: its words without names, times and the direction."""
    pieces, place = list[str](), 0
    for start, end in sorted((spot.start, spot.end) for spot in spots_in(text) if spot.trust >= 3):
        if start >= place:
            pieces.append(text[place:start])
            place = end
    pieces.append(text[place:])
    return _NO_LETTERS.sub(" ", _FLOW.sub(" ", with_marks(" ".join(pieces))))


def _is_printed_again(earlier: Written, new: Written) -> bool:
    """Whether a program printed a message that it had logged as it was on the wire."""
    one, other = earlier.found, new.found
    if other.notation != PRINTED or one.notation or not earlier.message_id or earlier.message_id != new.message_id:
        return False
    return type(one.raw) is str and type(other.raw) is str and compact(one.raw) == compact(other.raw)


def _at_one_time(one: FoundFrame, other: FoundFrame) -> bool:
    """Whether two lines may be of one moment; their clocks may show different zones."""
    if one.time is None or other.time is None or one.dated != other.dated:
        return True
    apart = other.time - one.time
    if one.zoned != other.zoned or (
        not one.zoned and abs(apart) > WITHIN and logger_before(one.shape) != logger_before(other.shape)
    ):
        apart = (apart + _QUARTER // 2) % _QUARTER - _QUARTER // 2
    return abs(apart) <= WITHIN


def _take_over(earlier: Written, new: Written) -> None:
    """Complete what the line of a frame says with what that of its copy says."""
    one, other = earlier.found, new.found
    if not earlier.is_whole and new.is_whole:
        one.raw, one.notation, one.transport = other.raw, other.notation, other.transport
        earlier.is_whole, earlier.message_id, earlier.payload = True, new.message_id, new.payload
    if not earlier.charge_point:
        earlier.charge_point = new.charge_point
    if not earlier.connection:
        earlier.connection = new.connection
    one.direction, one.flow = one.direction or other.direction, one.flow or other.flow
    one.version = one.version or other.version
    if one.time is None or (other.time is not None and other.zoned and not one.zoned):
        one.at_time_of(other)
