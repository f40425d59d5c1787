"""What the columns of a table contain: determined by the user, by their names and by their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from ocpptui.importing.field_vocabulary import (
    FieldMeaning,
    direction_of,
    meanings,
    message_type_of,
    moment_of,
    plain_name,
    serial_moment,
    version_of,
)
from ocpptui.importing.frame_from_parts import action_and_kind
from ocpptui.importing.prefix_names import may_be_name
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import RecordKind

SAMPLE = 200
"""How many rows are used to recognise the columns."""
LONGEST_NAME = 60
_FIELDS = frozenset(field_.value for field_ in FieldMeaning)
_KINDS = frozenset(RecordKind.__members__)
_OF_ANSWER = re.compile(r"(?:response|answer|reply|result|confirmation|antwort|reponse|respuesta|risposta|resposta)")
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_IDENTITY = re.compile(r"(?=.*\d)[\w.:#-]{3,48}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{2,60}")
_NAME = re.compile(r"[^\W\d][^\[\]{}\"]{0,59}|#|№")
"""The name of a column, in any language."""
_VERSION = re.compile(r"v?\d+(?:\.\d+)+")
"""A version of firmware or an address: no name of a charge point, though it has a digit."""


@dataclass(slots=True)
class TableColumns:
    """Which cell of a row contains what."""

    names: tuple[str, ...] = ()
    """The header of the table; empty if it has none."""
    places: dict[FieldMeaning, int] = field(default_factory=dict)
    day: int | None = None
    """The index of the date column, if the time of day has its own column."""
    more_frames: tuple[int, ...] = ()
    """Further columns with frames: the answers beside their calls."""
    answer_time: int | None = None
    """The index of the column with the time of the answer, if the answer is beside its call."""
    serial: bool = False
    """Whether the times are Excel's: days since 1900."""
    guesses: tuple[str, ...] = ()
    """What was taken for something by its cells alone, one sentence each."""
    in_utc: bool = False
    """Whether the name of the time column says UTC, so that its times need no zone."""
    missing: tuple[str, ...] = ()
    """Columns named by the user that do not exist."""

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


def columns_of(rows: Sequence[Sequence[str]], mapped: Mapping[str, str] | None = None) -> TableColumns:
    """The columns of a table, from its first rows. `mapped` is the user's choice, by name or by number from 1."""
    head = tuple(cell.strip() for cell in rows[0]) if rows and _is_head(rows, mapped or {}) else ()
    body = rows[1 : SAMPLE + 1] if head else rows[:SAMPLE]
    columns = TableColumns(head)
    width = max((len(row) for row in rows[:SAMPLE]), default=0)
    cells = [[row[place].strip() for row in body if place < len(row) and row[place].strip()] for place in range(width)]
    _take_mapped(columns, mapped or {}, width)
    finder = _Finder(columns, cells)
    finder.take_frames()
    finder.take_more_frames()
    finder.take(FieldMeaning.TIME, lambda cell, name: moment_of(cell) is not None)
    finder.take(FieldMeaning.VERSION, lambda cell, name: version_of(cell) is not None)
    finder.take(FieldMeaning.DIRECTION, lambda cell, name: bool(direction_of(name, cell)))
    finder.take(FieldMeaning.MESSAGE_TYPE, lambda cell, name: is_message_type(cell))
    finder.take(FieldMeaning.CHARGE_POINT, lambda cell, name: len(cell) <= LONGEST_NAME)
    finder.take(FieldMeaning.CONNECTION, lambda cell, name: len(cell) <= LONGEST_NAME)
    finder.take(FieldMeaning.ACTION, lambda cell, name: _WORD.fullmatch(cell) is not None)
    finder.take_by_cells(FieldMeaning.ACTION, lambda cell: action_and_kind(cell) is not None)
    finder.take_parts()
    finder.take_lone_id()
    finder.take_unnamed_identity()
    finder.take_day()
    finder.take_answer_time()
    place = columns.places.get(FieldMeaning.TIME)
    columns.in_utc = place is not None and place < len(head) and "utc" in head[place].lower()
    return columns


def is_frame_text(cell: str) -> bool:
    """Whether a cell contains a frame and nothing else."""
    return cell[:1] == "[" and cell[-1:] == "]" and isinstance(parse(cell), Message)


def is_message_type(cell: str) -> bool:
    """Whether a cell states a message type or the kind of one of our own records."""
    return message_type_of(cell) is not None or cell in _KINDS


def _is_head(rows: Sequence[Sequence[str]], mapped: Mapping[str, str]) -> bool:
    row = rows[0]
    known = sum(1 for cell in row if meanings(cell.strip()))
    named = {plain_name(name) for name in mapped} & {plain_name(cell.strip()) for cell in row}
    told = any(is_frame_text(cell.strip()) or moment_of(cell) is not None for cell in row)
    return (known >= 2 or bool(named) or _heads_frames(rows)) and not told


def _heads_frames(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row, in whatever language, has a word for each column, and columns below it have frames."""
    names, body = [cell.strip() for cell in rows[0]], rows[1:SAMPLE]
    if len(names) < 2 or not all(_NAME.fullmatch(name) for name in names if name) or sum(map(bool, names)) < 2:
        return False
    regular = sum(1 for row in body if len(row) == len(names))
    frames = sum(1 for row in body if any(is_frame_text(cell.strip()) for cell in row))
    parts = sum(
        1
        for row in body
        if any(_is_object(cell.strip()) for cell in row) and any(action_and_kind(cell.strip()) for cell in row)
    )
    return regular >= 0.8 * len(body) and max(frames, parts) > 0.3 * len(body)


def _take_mapped(columns: TableColumns, mapped: Mapping[str, str], width: int) -> None:
    numbers = {plain_name(name): number for number, name in reversed(list(enumerate(columns.names)))}
    missing = []
    for name, said in mapped.items():
        place = numbers.get(plain_name(name))
        if place is None and name.isascii() and name.isdigit() and len(name) < 6 and 1 <= int(name) <= width:
            place = int(name) - 1
        if place is None or said not in _FIELDS:
            missing.append(name)
        else:
            columns.places[FieldMeaning(said)] = place
    columns.missing = tuple(missing)


class _Finder:
    """Finds columns for fields that have none yet; each column is used once."""

    def __init__(self, columns: TableColumns, cells: Sequence[Sequence[str]]) -> None:
        self._columns = columns
        self._cells = cells
        self._mapped = frozenset(columns.places)

    def _candidates(self, field_: FieldMeaning) -> list[tuple[int, int]]:
        """Rank and index of the columns that may contain a field according to their name, best first."""
        taken = self._taken()
        return sorted(
            (meaning.rank, place)
            for place, name in enumerate(self._columns.names)
            for meaning in meanings(name)
            if meaning.field is field_ and place not in taken
        )

    def _taken(self) -> set[int]:
        return {*self._columns.places.values(), *self._columns.more_frames}

    def _share(self, place: int, test: Callable[[str], bool]) -> float:
        """The share of a column's non-empty cells that pass a test."""
        cells = self._cells[place] if place < len(self._cells) else ()
        return sum(map(test, cells)) / len(cells) if cells else 0.0

    def take(self, field_: FieldMeaning, test: Callable[[str, str], bool]) -> None:
        """Find the column of a field by name or, without a header, by content alone; its cells must pass the test."""
        places, names = self._columns.places, self._columns.names
        if field_ in self._mapped:
            return
        for _, place in self._candidates(field_):
            name = names[place]
            if self._share(place, lambda cell, name=name: test(cell, name)) > 0.6:  # type: ignore[misc]
                places[field_] = place
                return
        if field_ is FieldMeaning.TIME and self._take_serial_time():
            return
        if field_ in (FieldMeaning.TIME, FieldMeaning.DIRECTION, FieldMeaning.VERSION):
            self.take_by_cells(field_, lambda cell: test(cell, field_.value))

    def take_by_cells(self, field_: FieldMeaning, test: Callable[[str], bool]) -> None:
        """Find the column of a field that has none yet, whatever its name: nearly all of its cells pass the test."""
        places = self._columns.places
        if field_ in places:
            return
        for place in range(len(self._cells)):
            if place not in self._taken() and self._share(place, test) > 0.9:
                places[field_] = place
                return

    def _take_serial_time(self) -> bool:
        """Find a column named as a time with the numbers that Excel makes of times."""
        for _, place in self._candidates(FieldMeaning.TIME):
            if self._share(place, lambda cell: serial_moment(cell) is not None) > 0.6:
                self._columns.places[FieldMeaning.TIME] = place
                self._columns.serial = True
                return True
        return False

    def take_frames(self) -> None:
        """Find the column with the most frames; if there are no frames, use the column's name."""
        places = self._columns.places
        if FieldMeaning.RAW in self._mapped:
            return
        taken = set(places.values())
        shares = [
            (self._share(place, is_frame_text), -place) for place in range(len(self._cells)) if place not in taken
        ]
        best, place = max(shares, default=(0.0, 0))
        if best > 0.1:
            places[FieldMeaning.RAW] = -place

    def take_more_frames(self) -> None:
        """Find the other columns with frames: some tables have a call and its answer in one row."""
        columns = self._columns
        if FieldMeaning.RAW not in columns.places or columns.places[FieldMeaning.RAW] >= len(self._cells):
            return
        taken = self._taken()
        columns.more_frames = tuple(
            place for place in range(len(self._cells)) if place not in taken and self._share(place, is_frame_text) > 0
        )
        if FieldMeaning.ANSWER in columns.places:
            columns.more_frames += (columns.places[FieldMeaning.ANSWER],)

    def take_answer_time(self) -> None:
        """Find the time of the answer beside that of its call: `Request Time`, `Response Time`."""
        columns = self._columns
        if not columns.more_frames and FieldMeaning.ANSWER not in columns.places:
            return
        for place, name in enumerate(columns.names):
            named = place not in columns.places.values() and _OF_ANSWER.match(plain_name(name))
            if named and self._share(place, lambda cell: moment_of(cell) is not None) > 0.6:
                columns.answer_time = place
                return

    def take_parts(self) -> None:
        """Find the columns of the parts of a frame, if there are no frames."""
        places = self._columns.places
        if FieldMeaning.RAW in places:
            return
        for part in (FieldMeaning.PAYLOAD, FieldMeaning.ANSWER):
            self.take(part, lambda cell, name: _is_object(cell))
        if FieldMeaning.ACTION in places:
            self.take_by_cells(FieldMeaning.PAYLOAD, _is_object)
        if FieldMeaning.PAYLOAD in places:
            self.take(FieldMeaning.MESSAGE_ID, lambda cell, name: len(cell) <= LONGEST_NAME)
            self.take(FieldMeaning.ERROR_CODE, lambda cell, name: _WORD.fullmatch(cell) is not None)
            self.take(FieldMeaning.ERROR_DESCRIPTION, lambda cell, name: True)
            return
        candidates = self._candidates(FieldMeaning.RAW)  # a table without a frame in its first rows
        if candidates and FieldMeaning.ANSWER not in places:
            places[FieldMeaning.RAW] = candidates[0][1]

    def take_lone_id(self) -> None:
        """Find a column called just `id`, which identifies the charge point if its values repeat."""
        columns = self._columns
        for place, name in enumerate(columns.names):
            if (
                plain_name(name) == "id"
                and FieldMeaning.CHARGE_POINT not in columns.places
                and place < len(self._cells)
            ):
                cells = self._cells[place]
                of_message = columns.places.get(FieldMeaning.MESSAGE_ID) == place
                if cells and len(set(cells)) <= len(cells) / 2 and not all(map(str.isdigit, cells)):
                    columns.places[FieldMeaning.CHARGE_POINT] = place
                    if of_message:
                        del columns.places[FieldMeaning.MESSAGE_ID]

    def take_unnamed_identity(self) -> None:
        """In a table whose header says nothing of it, find a column of few different names, best with a digit."""
        columns, places = self._columns, self._columns.places
        if FieldMeaning.CHARGE_POINT in places or not columns.hold_frames:
            return
        for is_name in (_is_identity,) if columns.names else (_is_identity, _may_be_identity):
            for place, cells in enumerate(self._cells):
                few = cells and len(set(cells)) <= max(1, len(cells) // 3)
                name = columns.names[place] if place < len(columns.names) else ""
                if not few or meanings(name) or place in self._taken():
                    continue
                if all(map(is_name, cells)) and not (name and all(map(_is_number, cells))):
                    places[FieldMeaning.CHARGE_POINT] = place
                    if name:
                        columns.guesses += (f"The column {name!r} is taken for the charge point by its cells.",)
                    return

    def take_day(self) -> None:
        """If the times have no date, find a column with the date."""
        place = self._columns.places.get(FieldMeaning.TIME)
        if place is None or FieldMeaning.TIME in self._mapped or place >= len(self._cells):
            return
        moments = [moment for moment in map(moment_of, self._cells[place][:20]) if moment is not None]
        if moments and not any(moment.dated for moment in moments):
            for other in range(len(self._cells)):
                if self._share(other, lambda cell: _DAY.fullmatch(cell) is not None) > 0.9:
                    self._columns.day = other
                    return


def _is_identity(cell: str) -> bool:
    return _IDENTITY.fullmatch(cell) is not None and moment_of(cell) is None


def _may_be_identity(cell: str) -> bool:
    return may_be_name(cell) and moment_of(cell) is None and not cell.isdecimal()


def _is_number(cell: str) -> bool:
    return cell.isdecimal() or _VERSION.fullmatch(cell) is not None


def _is_object(cell: str) -> bool:
    if cell[:1] != "{":
        return False
    try:
        return type(orjson.loads(cell)) is dict
    except orjson.JSONDecodeError:
        return False
