"""JSON documents that contain frames: DebugKit's traces, bare lists of frames, exported tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson

from ocpptui.importing.files.text_stream import LineSplitter
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder, frames_in_text
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.row_order import merged_by_time, oldest_first
from ocpptui.jsontext.lazy_pattern import lazily

if TYPE_CHECKING:
    from ocpptui.importing.objects.json_window import JsonWindow

_LOG_STAMP = lazily(rb"\s*\[\s*+(?:\d{4}-|\d+[:./]|[A-Za-z])")
_CALL = lazily(r"\s*\[\s*2\s*,")
_DECODER = json.JSONDecoder()
_OF_RUBY = lazily(rb"\s*\{\s*\"[^\"\n]{1,80}\"\s*=>")
_FRAME = lazily(rb"\s*\[\s*[2-6]\s*,")


class JsonDocument:
    """The reader for files that contain one JSON value."""

    name = "json"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        head = head.removeprefix(b"\xef\xbb\xbf")
        if head.lstrip()[:1] not in (b"[", b"{") or _LOG_STAMP.match(head) or _FRAME.match(head):
            return False
        if _OF_RUBY.match(head):
            return False
        try:
            orjson.loads(head)
        except orjson.JSONDecodeError:
            # The head may be only a part of it; several values on separate lines are a log and are read as one.
            return _first_value_has_lines(head) or (len(head) > 1000 and _first_line_is_open(head))
        return True

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        from ocpptui.importing.objects.json_window import (
            JsonWindow,  # which only JSON needs: every file is asked whether it is
        )

        window = JsonWindow(material.stream)
        in_order = merged_by_time if window.text else oldest_first
        yield from in_order(_exchanges(self._frames(window, tally)), tally)

    def _frames(self, window: JsonWindow, tally: ImportTally) -> Iterator[FoundFrame]:
        from ocpptui.importing.objects.json_window import NotJson, frames_in_window

        try:
            for number, found in enumerate(frames_in_window(window, frames_in_text), 1):
                found.line = number
                tally.with_frame += 1
                yield found
        except NotJson as error:
            tally.skip(1, window.rest()[:200], f"this JSON cannot be read: {error}")
            yield from self._by_lines(window, tally)

    def _by_lines(self, window: JsonWindow, tally: ImportTally) -> Iterator[FoundFrame]:
        """The frames in the rest of a damaged or truncated document."""
        finder, splitter = FrameFinder(tally), LineSplitter()
        while text := window.rest():
            for number, line in splitter.take(text.encode("utf-8", "surrogateescape")):
                yield from finder.take(number, line)
            window.drop()
        for number, line in splitter.finish():
            yield from finder.take(number, line)
        yield from finder.finish()


def _exchanges(frames: Iterator[FoundFrame]) -> Iterator[list[FoundFrame]]:
    """Each frame alone, but an answer that is beside its call together with it."""
    call: FoundFrame | None = None
    for found in frames:
        is_call = isinstance(found.raw, str) and _CALL.match(found.raw) is not None
        if call is not None:
            if not is_call and found.time == call.time:
                yield [call, found]
                call = None
                continue
            yield [call]
        call = found if is_call else None
        if call is None:
            yield [found]
    if call is not None:
        yield [call]


def _first_value_has_lines(head: bytes) -> bool:
    """Whether this is a pretty-printed value, with another one after it."""
    text = head.decode("utf-8", "replace").lstrip()
    try:
        _, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return "\n" in text[:end] and text[end:].lstrip()[:1] in ("{", "[")


def _first_line_is_open(head: bytes) -> bool:
    """Whether the first line is not a complete JSON value, with nothing behind it that is no JSON, as in a log."""
    first, feed, _ = head.partition(b"\n")
    if not feed:
        return True
    text, place = first.decode("utf-8", "replace").strip(), 0
    while place < len(text):
        try:
            _, place = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            return place == 0 and error.pos >= len(text)
        except (ValueError, RecursionError):  # a number of more digits than Python reads, too many brackets
            return True
        place += len(text[place:]) - len(text[place:].lstrip(" \t,"))
    return False
