"""JSON documents of any size: small ones are decoded as a whole, larger ones piece by piece through a window."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from ocpptui.importing.fields.frame_from_parts import Assembler
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.objects.broken_objects import object_around_frames
from ocpptui.importing.objects.json_context import Level
from ocpptui.importing.objects.json_frames import DEEPEST, FindInText, frames_in
from ocpptui.importing.objects.json_groups import around_charge_point, holds_charge_points
from ocpptui.importing.packets.packet_fields import with_all_frames
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets
from ocpptui.ocpp.json_defects import has_too_many_values

SMALL = 8 * 2**20
"""The most characters of a document that is decoded as a whole."""
WINDOW = 2**20
"""The most characters of a value that is decoded as a whole within a larger document; longer ones are entered."""
LARGEST = 64 * 2**20
"""The most characters of a text or frame that is read."""
_MOST_FIELDS = 200
"""How many fields of a large object are remembered for the frames after them."""
_SPACE = lazily(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class NotJson(ValueError):
    """What follows in the window is not JSON."""


class JsonWindow:
    """A part of a stream's text that advances with what is taken from it."""

    def __init__(self, stream: BinaryIO, small: int = SMALL, size: int = WINDOW) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape").decode
        self._size = size
        self._text = ""
        self._place = 0
        self._ended = False
        self._later = ""  # what is read of the stream, but not in the window
        self._fill(small)
        if not self._ended:  # what is decoded at once shall not be more than the window
            self._text, self._later = self._text[:size], self._text[size:]

    @property
    def text(self) -> str:
        """The whole document if it is small and nothing was taken from it; otherwise empty."""
        return self._text if self._ended and not self._place else ""

    def rest(self) -> str:
        """The part of the window that is not taken yet; empty only at the end."""
        self._fill(1)
        return self._text[self._place :]

    def drop(self) -> None:
        """Take everything in the window."""
        self._place = len(self._text)

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            self._place = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._text):
                return self._text[self._place]
            if self._ended:
                return ""
            self._fill(1)

    def take(self, characters: str) -> str:
        """Take the next character that is not white space. Raises NotJson unless it is one of `characters`."""
        character = self.peek()
        if not character or character not in characters:
            raise NotJson(f"{character!r} instead of one of {characters}" if character else "it ends too early")
        self._place += 1
        return character

    def value(self) -> tuple[Any, str] | None:
        """The next value with its text; None if it is larger than the window. Raises NotJson."""
        character = self.peek()
        if len(self._text) - self._place < self._size:
            self._fill(self._size)
        size = self._size
        while True:
            if size > self._size:
                vast = self._vast_frame()
                if vast is not None:
                    return vast, vast
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except (ValueError, RecursionError) as error:
                if self._ended and character not in "[{":
                    raise NotJson(str(error)) from error
                end, value = len(self._text), None
            if end < len(self._text) or (self._ended and value is not None):
                text = self._text[self._place : end]
                self._place = end
                return with_all_frames(value, text), text
            if self._ended and character not in "[{":  # null at the end
                self._place = end
                return value, ""
            if character in "[{" and not START.match(self._text, self._place):
                return self._broken_object() if character == "{" else None
            if self._ended or size >= LARGEST:
                raise NotJson("a value that does not end")
            size *= 2
            self._fill(size)

    def _broken_object(self) -> tuple[Any, str] | None:
        """The object that begins here if nothing in it is broken but its frames; None otherwise."""
        broken = object_around_frames(self._text, self._place)
        if broken is None:
            return None
        text, self._place = self._text[self._place : broken[1]], broken[1]
        return broken[0], text

    def _vast_frame(self) -> str | None:
        """The text of the frame that begins here, if it has too many values to be decoded; None if it has not."""
        if not has_too_many_values(self._text[self._place :]):
            return None
        end = Brackets.end_of(self._text, self._place)
        if end is None:
            return None
        frame = self._text[self._place : end]
        if not has_too_many_values(frame):
            return None
        self._place = end
        return frame

    def _fill(self, wanted: int) -> None:
        """Read until the window has `wanted` characters that are not taken yet, or to the end of the stream."""
        if self._ended or len(self._text) - self._place >= wanted:
            return
        pieces, have = [self._text[self._place :]], len(self._text) - self._place
        while have < max(wanted, self._size) and not self._ended:
            if self._later:
                piece, self._later = self._later[: self._size], self._later[self._size :]
            else:
                data = self._stream.read(self._size)
                piece = self._decode(data, final=not data)
                self._ended = not data
            pieces.append(piece)
            have += len(piece)
        self._text, self._place = "".join(pieces), 0


def frames_in_window(window: JsonWindow, find_in_text: FindInText) -> Iterator[FoundFrame]:
    """The frames in a document, or in several one after the other. Raises NotJson where it stops being JSON, after
    yielding the frames before that."""
    assembler = Assembler()
    if window.text and not has_too_many_values(window.text):
        try:
            value: Any = with_all_frames(json.loads(window.text), window.text)
        except (ValueError, RecursionError):
            pass
        else:
            yield from frames_in(value, find_in_text, window.text, None, assembler)
            return
    walk = _WindowWalk(window, find_in_text, assembler)
    if window.peek() not in ("[", "{"):
        raise NotJson("neither an object nor a list")
    while window.peek() in ("[", "{"):
        yield from walk.next(Level(None), 0)
        if window.peek() == ",":  # the elements of a list without its brackets
            window.take(",")
    if window.peek():
        raise NotJson("text follows the end of the document")


class _WindowWalk:
    """One search through the values of a window."""

    def __init__(self, window: JsonWindow, find_in_text: FindInText, assembler: Assembler) -> None:
        self._window = window
        self._find_in_text = find_in_text
        self._assembler = assembler

    def next(self, level: Level, depth: int, *, is_charge_point: bool = False) -> Iterator[FoundFrame]:
        """The frames in the next value, which may be a charge point with an id."""
        taken = self._window.value()
        if taken is None:
            yield from self._into(level, depth, is_charge_point=is_charge_point)
            return
        value, text = taken
        around = around_charge_point(value, level, in_list=True) if is_charge_point else level
        yield from frames_in(value, self._find_in_text, text, around, self._assembler)

    def _into(
        self, around: Level, depth: int, name: str = "", *, is_charge_point: bool = False
    ) -> Iterator[FoundFrame]:
        """The frames in a value that is incomplete or too large to be decoded as a whole, in a field of this name."""
        if depth > DEEPEST:
            raise NotJson(f"it is nested deeper than {DEEPEST} levels")
        if self._window.take("[{") == "[":
            yield from self._into_list(around, depth, are_charge_points=holds_charge_points(name))
        else:
            yield from self._into_object(around, depth, is_charge_point=is_charge_point)

    def _into_list(self, around: Level, depth: int, *, are_charge_points: bool) -> Iterator[FoundFrame]:
        """The frames in the elements of a list whose bracket is taken."""
        window, level = self._window, Level(None, around, in_list=True)
        if window.peek() == "]":
            window.take("]")
            return
        while True:
            is_object = window.peek() == "{"
            yield from self.next(level, depth + 1, is_charge_point=are_charge_points and is_object)
            if window.take(",]") == "]":
                return

    def _into_object(self, around: Level, depth: int, *, is_charge_point: bool) -> Iterator[FoundFrame]:
        """The frames in the fields of an object whose bracket is taken."""
        window = self._window
        if window.peek() == "}":
            window.take("}")
            return
        fields: dict[str, Any] = {}
        outer = around
        while True:
            if window.peek() != '"':
                raise NotJson("an object without a key")
            key = window.value()
            name = key[0] if key is not None and type(key[0]) is str else ""
            window.take(":")
            if is_charge_point:
                outer = around_charge_point(fields, around, in_list=True)
            level = Level(dict(fields), outer)
            taken = window.value()
            if taken is None:
                yield from self._into(level, depth + 1, name)
            else:
                value, text = taken
                if key is not None and len(fields) < _MOST_FIELDS:
                    fields[name] = value
                around_it = Level(dict(fields), outer)
                if type(value) is list and holds_charge_points(name):
                    value = {name: value}  # each of which is around its own frames
                yield from frames_in(value, self._find_in_text, text, around_it, self._assembler)
            if window.take(",}") == "}":
                return
