"""The columns of a table, by what they contain, and what one cell may contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from ocpptui.importing.field_vocabulary import FieldMeaning, meanings, message_type_of
from ocpptui.importing.frame_scanner import START
from ocpptui.importing.json_context import tags_in
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import RecordKind

MOST_TAGS = 64
LONGEST_TAGS = 4096
"""The most characters of a cell with tags."""
_TELLING = frozenset((FieldMeaning.CHARGE_POINT, FieldMeaning.DIRECTION, FieldMeaning.CONNECTION))
_KINDS = frozenset(RecordKind.__members__)
_BYTE = lazily("[\udc80-\udcff]")
"""A byte that is not UTF-8."""


@dataclass(slots=True)
class TableColumns:
    """Which cell of a row contains what."""

    names: tuple[str, ...] = ()
    """The header of the table; empty if it has none."""
    above: int = 0
    """How many rows are above the header: a title, a date, the name of a program."""
    places: dict[FieldMeaning, int] = field(default_factory=dict)
    day: int | None = None
    """The index of the date column, if the time of day has its own column."""
    more_frames: tuple[int, ...] = ()
    """Further columns with frames: the answers beside their calls."""
    answer_time: int | None = None
    """The index of the column with the time of the answer, if the answer is beside its call."""
    serial: bool = False
    """Whether the times are Excel's: days since 1900."""
    serial_shift: int = 0
    """Microseconds to add to them, where they are days since 1904."""
    zone: int | None = None
    """The index of the column with the time zone."""
    directions: dict[str, Direction] = field(default_factory=dict)
    """The directions that the values of the direction column mean, where the frames beside them show it."""
    ends: tuple[int, int] | None = None
    """The indexes of the columns with sender and receiver, one of which is the charge point."""
    addresses: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    """The indexes of the columns with the address of the sender, and that of the receiver, each with its port if there
    is one."""
    merged: frozenset[int] = frozenset()
    """Columns whose cells are empty where they have the value of the row above."""
    objects: tuple[int, ...] = ()
    """Columns with JSON objects that describe the frame."""
    texts: tuple[int, ...] = ()
    """Columns that may name the charge point as the text before a frame does: URLs, and times with more than that."""
    width: int = 0
    """How many cells a row has."""
    only_frames: bool = False
    """Whether the column of frames has nothing else in its cells."""
    guesses: tuple[str, ...] = ()
    """What was taken for something by its cells alone, one sentence each."""
    in_utc: bool = False
    """Whether the name of the time column says UTC, so that its times need no zone."""
    is_western: bool = False
    """Whether the whole table is in the encoding of Western Europe: cells without frames show it."""
    missing: tuple[str, ...] = ()
    """Columns that the user names and that do not exist."""

    def cell(self, row: Sequence[str], field_: FieldMeaning) -> str:
        """The cell of a row for a field, without surrounding spaces; empty if there is none."""
        place = self.places.get(field_)
        return row[place].strip() if place is not None and place < len(row) else ""

    @property
    def hold_frames(self) -> bool:
        """Whether this table contains frames, or all the parts of one."""
        return FieldMeaning.RAW in self.places or (
            FieldMeaning.ACTION in self.places and FieldMeaning.PAYLOAD in self.places
        )


def is_frame_text(cell: str) -> bool:
    """Whether a cell contains a frame, or a SOAP envelope, and nothing else."""
    if cell[:1] == "<":
        return cell.endswith("Envelope>") and may_be_envelope(cell)
    return cell[:1] == "[" and cell[-1:] == "]" and isinstance(parse(cell), Message)


def has_frame(cell: str) -> bool:
    """Whether a whole frame is somewhere in a cell, as in a line of a log."""
    match = START.search(cell)
    if match is None or match["escape"] or match["escape2"]:
        return match is not None
    end = value_end(cell, match.start())
    return end is not None and isinstance(parse(cell[match.start() : end]), Message)


def is_message_type(cell: str) -> bool:
    """Whether a cell states a message type or the kind of one of our own records."""
    return message_type_of(cell) is not None or cell in _KINDS


def is_object(cell: str) -> bool:
    """Whether a cell contains a JSON object."""
    if cell[:1] != "{":
        return False
    try:
        return type(orjson.loads(cell)) is dict
    except orjson.JSONDecodeError:
        return False


def tags_of_cell(cell: str) -> dict[str, Any] | None:
    """The fields that a cell has as tags, `env:prod,station:CP-77`; None if it has none that say something of a
    frame."""
    if ":" not in cell or len(cell) > LONGEST_TAGS:
        return None
    fields = tags_in([tag.strip() for tag in cell.split(",", MOST_TAGS)])
    tells = fields is not None and any(meaning.field in _TELLING for name in fields for meaning in meanings(name))
    return fields if tells else None


def is_description(cell: str) -> bool:
    """Whether a cell may describe the frame beside it: it has a JSON object, or tags."""
    return is_object(cell) or tags_of_cell(cell) is not None


DAY = lazily(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
"""A day as digits; a workbook adds midnight to it."""


def is_western(cells: Sequence[str]) -> bool:
    """Whether texts are in the encoding of Western Europe: some have bytes that are not UTF-8, and none has other
    letters than those of ASCII in UTF-8."""
    beyond = [cell for cell in cells if not cell.isascii()]
    return bool(beyond) and all(_BYTE.sub("", cell).isascii() and not _is_surrogate(cell) for cell in beyond)


def _is_surrogate(cell: str) -> bool:
    """Whether the bytes that are not UTF-8 are halves of surrogate pairs, as some programs write them."""
    try:
        cell.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    except UnicodeError:
        return False
    return True


def legible(cell: str) -> str:
    """A name in a cell: bytes that are not UTF-8 are letters of Western Europe."""
    if cell.isascii():
        return cell
    return cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace") if _BYTE.search(cell) else cell
