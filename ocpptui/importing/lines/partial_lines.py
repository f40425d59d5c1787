"""Lines that a container's log holds in pieces, because its writer splits long ones.

Docker and containerd split a line after 16 KiB, each in a form of its own:

- CRI: `<time> stdout P <piece>`, the last piece with `F` (Kubernetes, "CRI log format").
- Docker's json-file: `{"log":"<piece>","stream":"stdout","time":"…"}`; only the last piece ends in a line feed.
- Docker's fluentd driver, and FireLens of Amazon: `partial_message`, `partial_id`, `partial_ordinal`, `partial_last`;
  its journald driver: `CONTAINER_PARTIAL_ID`, `…_LAST`, and before version 19 only `CONTAINER_PARTIAL_MESSAGE`.
- Google Cloud Logging: `"split":{"uid":"…","index":0,"totalSplits":3}`.

Lines of other streams and containers may come between the pieces.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.texts.multiline_frame import MOST_LINES, MOST_TEXT
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end

MOST_OPEN = 64
"""How many lines may be in pieces at the same time."""
DOCKER = 16 * 1024
"""Bytes of a piece that Docker writes."""
_IN_JSON = ("partial_", "PARTIAL_", '"log"', '"split"')
_MARKS = (b" P ", *(mark.encode() for mark in _IN_JSON))
"""One of these is in each block that has a piece, or where it meets the next block. All but the first are in lines that
begin with a brace, as in most logs no line does."""
_LONGEST_MARK = max(map(len, _MARKS))
_CRI = lazily(r"(?P<head>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,40} (?P<stream>stdout|stderr) )(?P<tag>[PF])(?::\S*)? ")
_BYTES = lazily(r"[\udc80-\udcff]+")
"""Bytes that are not UTF-8 in their piece (PEP 383). Any other surrogate is one that the log has escaped in JSON."""
_TEXTS = ("log", "message", "MESSAGE", "textPayload")
_IDS = ("partial_id", "CONTAINER_PARTIAL_ID")
_LASTS = ("partial_last", "CONTAINER_PARTIAL_LAST")
_GOING_ON = ("partial_message", "CONTAINER_PARTIAL_MESSAGE")
_CONTAINERS = ("container_id", "CONTAINER_ID_FULL", "CONTAINER_ID")


class _Piece(NamedTuple):
    of: str
    """What the pieces of one line have in common."""
    text: str
    goes_on: bool | None
    """Whether another piece follows; None if only the rest of the file shows it."""
    whole: Callable[[str], str]
    """The line with another text in place of this piece."""


@dataclass(slots=True)
class _Open:
    """A line whose last piece was not there yet."""

    first: _Piece
    is_certain: bool
    lines: list[tuple[int, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, number: int, line: str, piece: _Piece) -> None:
        self.lines.append((number, line))
        self.texts.append(piece.text)
        self.size += len(piece.text)

    def joined(self) -> tuple[int, str]:
        """The whole line, with the number of its first piece."""
        return self.lines[0][0], self.first.whole(_mended("".join(self.texts)))


class PartialLines:
    """Joins the pieces of lines, and passes on all other lines as they are."""

    def __init__(self, tally: ImportTally) -> None:
        self._tally = tally
        self._open: dict[str, _Open] = {}
        self._end = b"\n"  # of the last block: a mark may be in both
        self._has_objects = False  # at the beginning of lines
        self._ends_in_feed: bool | None = None
        """Whether Docker's lines have their line feed in this file, so that one without it goes on."""

    def concerns(self, block: bytes) -> bool:
        """Whether a block of the file may have pieces, or the end of one that has begun."""
        seam, self._end = self._end + block[:_LONGEST_MARK].removeprefix(BOM_UTF8), block[-_LONGEST_MARK:]
        if not self._has_objects:
            self._has_objects = b"\n{" in block or b"\n{" in seam or b"\0" in block
        marks = _MARKS if self._has_objects else _MARKS[:1]
        return bool(self._open) or any(mark in block or mark in seam for mark in marks)

    def take(self, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """The whole lines that end in these lines."""
        for number, line in lines:
            piece = self._piece(line)
            if piece is None:
                yield number, line
            else:
                yield from self._take_piece(number, line, piece)

    def finish(self) -> Iterator[tuple[int, str]]:
        """The lines whose last piece never came."""
        for key in list(self._open):
            yield from self._given_up(key)

    def _take_piece(self, number: int, line: str, piece: _Piece) -> Iterator[tuple[int, str]]:
        begun = self._open.get(piece.of)
        if begun is not None and not begun.is_certain and START.search(piece.text) is not None:
            yield from self._given_up(piece.of)  # the one before was a whole line, without its line feed
            begun, self._ends_in_feed = None, False
        goes_on = piece.goes_on
        if goes_on is None:
            goes_on = begun is not None or self._may_go_on(piece.text)
        if begun is None:
            if not goes_on:
                yield number, line
                return
            if len(self._open) >= MOST_OPEN:
                yield from self._given_up(next(iter(self._open)))
            begun = self._open[piece.of] = _Open(piece, piece.goes_on is not None)
        begun.add(number, line, piece)
        if not goes_on:
            del self._open[piece.of]
            yield self._whole(begun)
        elif len(begun.lines) >= MOST_LINES or begun.size > MOST_TEXT:
            yield from self._given_up(piece.of)

    def _whole(self, line: _Open) -> tuple[int, str]:
        """A joined line, whose other pieces are counted."""
        number, text = line.joined()
        if START.search(text) is not None:
            self._tally.with_frame += len(line.lines) - 1
        else:
            for other, piece in line.lines[1:]:
                self._tally.skip(other, piece)
        return number, text

    def _given_up(self, key: str) -> Iterator[tuple[int, str]]:
        line = self._open.pop(key)
        if line.is_certain:
            yield self._whole(line)
        else:
            yield from line.lines

    def _may_go_on(self, text: str) -> bool:
        """Whether a piece of Docker's without a line feed, of a file that has shown none, begins a line in pieces."""
        if self._ends_in_feed is False:
            return False
        begin = START.search(text)
        return begin is not None and value_end(text, begin.start()) is None

    def _piece(self, line: str) -> _Piece | None:
        """The piece that a line is; None for one that may not be part of another."""
        match = _CRI.match(line)
        if match is not None:
            if match["tag"] == "F" and match["stream"] not in self._open:
                return None
            head = match["head"] + "F "
            return _Piece(match["stream"], line[match.end() :], match["tag"] == "P", lambda text: head + text)
        if not line.startswith("{") or not (self._open or any(mark in line for mark in _IN_JSON)):
            return None
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return self._of_fields(fields) if isinstance(fields, dict) else None

    def _of_fields(self, fields: dict[str, Any]) -> _Piece | None:
        key = next((name for name in _TEXTS if isinstance(fields.get(name), str | list)), None)
        text = None if key is None else _text_of(fields[key])
        if key is None or text is None:
            return None
        name = key

        def whole(joined: str) -> str:
            return json.dumps({**fields, name: joined}, ensure_ascii=False)

        split = fields.get("split")
        if isinstance(split, dict) and isinstance(split.get("uid"), str):
            last = _number(split.get("index", 0)) + 1 >= _number(split.get("totalSplits", 0))
            return _Piece(split["uid"], text, not last, whole)
        identity = _first(fields, _IDS)
        container = str(_first(fields, _CONTAINERS) or "")
        if identity is not None:
            return _Piece(f"{identity} {container}", text, not _is_true(_first(fields, _LASTS)), whole)
        source = f"{container} {fields.get('source', fields.get('stream', ''))}"
        if _is_true(_first(fields, _GOING_ON)):
            return _Piece(source, text, True, whole)
        if source in self._open:
            return _Piece(source, text, False, whole)
        if key != "log" or not isinstance(fields.get("stream"), str) or "time" not in fields:
            return None
        of = f"{fields['stream']} {fields.get('attrs', '')}"
        if text.endswith("\n"):
            self._ends_in_feed = True
            return _Piece(of, text, False, whole) if of in self._open else None
        certain = self._ends_in_feed or len(text.encode("utf-8", "surrogatepass")) == DOCKER
        return _Piece(of, text, True if certain else None, whole)


def _first(fields: dict[str, Any], names: Iterable[str]) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _number(value: Any) -> int:
    """A whole number, which protocol buffers may write as a string."""
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else 0


def _text_of(value: str | list[Any]) -> str | None:
    """A text, which journald writes as numbers of bytes where it is not printable."""
    if isinstance(value, str):
        return value
    try:
        return bytes(value).decode("utf-8", "surrogateescape")
    except (TypeError, ValueError):
        return None


def _mended(text: str) -> str:
    """A joined text, whose letters may have been split between their bytes."""
    return text if text.isascii() else _BYTES.sub(_decoded, text)


def _decoded(match: re.Match[str]) -> str:
    return match[0].encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
