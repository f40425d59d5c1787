"""JSON documents with frames in them: DebugKit's traces, bare lists of frames, exports of tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from ocpptui.capture.importers.found import Found, Material, Options, Tally
from ocpptui.capture.importers.json_context import frames_in

LARGEST = 2**29
"""Bytes of a document that is read; it has to be in memory as a whole."""
_LOG_STAMP = re.compile(rb"\s*\[(?:\d{4}-| ?[A-Za-z])")
_FRAME = re.compile(rb"\s*\[\s*[2-6]\s*,")


class JsonDocument:
    """The reader for files that are one JSON value."""

    name = "json"

    def detects(self, head: bytes, name: str) -> bool:
        head = head.removeprefix(b"\xef\xbb\xbf")
        if head.lstrip()[:1] not in (b"[", b"{") or _LOG_STAMP.match(head) or _FRAME.match(head):
            return False
        try:
            orjson.loads(head)
        except orjson.JSONDecodeError:
            # The head may be but a part of it; several values in lines are a log, and read as one.
            return len(head) > 1000 and _first_line_is_open(head)
        return True

    def read(self, material: Material, tally: Tally, options: Options) -> Iterator[Found]:
        data = material.stream.read(LARGEST)
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        try:
            value: Any = json.loads(text)  # unlike the faster decoder, it keeps every number whole
        except (ValueError, RecursionError) as error:
            tally.skip(1, text[:200], f"this JSON cannot be read: {error}")
            yield from self._by_lines(data, tally)
            return
        from ocpptui.capture.importers.log_lines import frames_in_text

        for number, found in enumerate(frames_in(value, frames_in_text, text), 1):
            found.line = number
            tally.with_frame += 1
            yield found

    def _by_lines(self, text: bytes, tally: Tally) -> Iterator[Found]:
        """What can be found in a document that is broken or cut off."""
        from ocpptui.capture.importers.log_lines import FrameFinder

        finder = FrameFinder(tally)
        for number, line in enumerate(text.decode("utf-8", "surrogateescape").split("\n"), 1):
            yield from finder.take(number, line)
        yield from finder.finish()


def _first_line_is_open(head: bytes) -> bool:
    """Whether the first line is no JSON value of its own."""
    first, feed, _ = head.partition(b"\n")
    if not feed:
        return True
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return True
    return False
