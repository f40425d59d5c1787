"""Frames of which a log has only a part: what loggers write in place of the rest, and what else shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.json_defects import left_out
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Cut

_LEFT_OUT = (
    r"(?:(?:and\s)?\+?\d{1,9}\s(?:more\s)?(?:bytes|chars|characters)|truncated|shortened|more|cut|snip(?:ped)?)"
    r"\b[^\])>]{0,40}"
)
"""What a logger says of what it leaves out: `53 more bytes`."""
_DOTS = lazily(r"…|\.\.\.|\.\.$")
ELLIPSIS = lazily(rf"…|\.\.\.|\.\.$|\s?[\[(<]{{1,2}}\s?{_LEFT_OUT}[\])>]{{1,2}}$", re.IGNORECASE)
"""What it writes in the place of that."""
BEHIND_ELLIPSIS = lazily(rf"\s?[\[(<]{{0,2}}\s?{_LEFT_OUT}[\])>]{{0,2}}$", re.IGNORECASE)
"""What it says of that behind an ellipsis: ` (+53 bytes)`."""
_MARK_AT_END = lazily(
    rf"(?:\s?(?:…|\.{{2,3}})(?:\s?[\[(<]{{0,2}}\s?{_LEFT_OUT}[\])>]{{0,2}}|[\])>]{{0,4}})"
    rf"|\s?[\[(<]{{1,2}}\s?{_LEFT_OUT}[\])>]{{1,2}})$",
    re.IGNORECASE,
)
"""The same at the end of a text. Behind dots, brackets may close what is around them."""
_END_OF_EXCERPT = lazily(r"[>|\s]*(?:```|~~~|</(?:pre|code|details|blockquote)>)", re.IGNORECASE)
"""The end of a part of a log that was pasted into a text."""
_OF_PAGER = ">"
"""What `less`, and so journalctl, writes in the last column of a line that is wider than the screen."""
LONGEST_MARK = 100


def is_shortened(text: str, frame: Message | Malformed) -> bool:
    """Whether a logger may have left out a part of a frame: it has an ellipsis, or no end."""
    if isinstance(frame, Message):
        return _DOTS.search(text) is not None
    return ELLIPSIS.search(text) is not None or not text.rstrip().endswith("]")


def ends_excerpt(line: str) -> bool:
    """Whether the log that was pasted into a text ends before this line."""
    return _END_OF_EXCERPT.match(line) is not None


class LongestFrames:
    """How long the whole frames of a log are: what is longer than others was not cut at a certain length."""

    def __init__(self) -> None:
        self._message = self._line = 0  # characters

    def note(self, found: FoundFrame) -> None:
        """Note a whole frame."""
        length = len(found.raw)
        if length > self._message:
            self._message = length
        length += len(found.prefix)
        if length > self._line:
            self._line = length

    def lengths_of(self, found: FoundFrame) -> dict[str, int]:
        """The characters of a frame and of its line, as far as no whole one is longer."""
        message = len(found.raw)
        line = message + len(found.prefix)
        lengths = {"message": message} if message >= self._message else {}
        return {**lengths, "line": line} if line >= self._line else lengths


def cut_detail(found: FoundFrame, frame: Malformed, longest: LongestFrames) -> Mapping[str, Any]:
    """What the detail of the record says of how the log cut a malformed message; empty if nothing shows that."""
    raw = found.raw
    if found.transport is not Transport.JSON or not isinstance(raw, str):
        return {}
    if _has_mark(raw, found.prefix, frame):
        return {"cut": Cut.MARK}
    if found.line == 1 and not found.prefix and raw.lstrip()[:1] not in ("[", "{", ""):
        return {"cut": Cut.LOG_BEGINS}
    if found.cut is None or frame.defect.name != "truncated":
        return {}
    if found.cut is not Cut.LINE:
        return {"cut": found.cut}
    lengths = longest.lengths_of(found)
    return {"cut": Cut.LINE, "lengths": lengths} if lengths else {}


def _has_mark(raw: str, prefix: str, frame: Malformed) -> bool:
    """Whether a sign is where the text breaks off."""
    name, position = frame.defect.name, frame.defect.position or 0
    if name not in ("truncated", "not-json"):
        return False
    text = raw.rstrip()
    breaks_off = name == "truncated" or position == len(text) - 1
    if breaks_off and text.endswith(_OF_PAGER) and not prefix.rstrip().endswith("<"):
        return True
    mark = _MARK_AT_END.search(text, max(0, len(text) - LONGEST_MARK))
    if mark is not None and (name == "truncated" or position >= mark.start()):
        return True
    return name == "truncated" and bool(left_out(raw, position))
