"""The columns of a table, by what they contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.ocpp.version import Direction


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
    backend: str = ""
    """The name of the central system in them, where the frames show it."""
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
    said_of: dict[FieldMeaning, str] = field(default_factory=dict)
    """Of these, the sentences on the columns of single fields."""
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
    def claimed(self) -> frozenset[int]:
        """The indexes of all columns whose meaning is known."""
        addresses = self.addresses or ()
        single = (one for one in (self.day, self.answer_time, self.zone) if one is not None)
        several = (one for group in (self.ends or (), *addresses, self.objects, self.texts) for one in group)
        return frozenset((*self.places.values(), *self.more_frames, *single, *several))

    @property
    def hold_frames(self) -> bool:
        """Whether this table contains frames, or all the parts of one."""
        return FieldMeaning.RAW in self.places or (
            FieldMeaning.ACTION in self.places and FieldMeaning.PAYLOAD in self.places
        )
