"""Finds the column of a table that names the charge point where its name does not say so."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.fields.field_vocabulary import INFRASTRUCTURE, FieldMeaning, meanings, plain_name
from ocpptui.importing.prefixes.prefix_names import may_be_name, sure_name
from ocpptui.importing.tables import column_evidence as evidence
from ocpptui.importing.tables.column_search import ColumnSearch
from ocpptui.importing.words.log_words import NEVER
from ocpptui.importing.words.name_forms import path_name
from ocpptui.jsontext.lazy_pattern import lazily

_IDENTITY = lazily(r"(?=.*\d)[\w.:#-]{3,48}")
_DOTTED_NUMBER = lazily(r"v?\d+(?:\.\d+)+")
"""A version of firmware or an address: no name of a charge point, though it has a digit."""
MOST_WORDS_OF_TIME = 3
"""How many words a time has at most: its day, itself, and a zone or half of the day."""


class IdentityColumns(ColumnSearch):
    """Finds a column of names or numbers of charge points by its cells, or those whose texts may have a name."""

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
                if self._may_be_of_all(cells):
                    continue
                if cells and len(set(cells)) <= len(cells) / 2 and not all(map(str.isdigit, cells)):
                    columns.places[FieldMeaning.CHARGE_POINT] = place
                    if of_message:
                        del columns.places[FieldMeaning.MESSAGE_ID]

    def take_unnamed_identity(self) -> None:
        """In a table whose header says nothing of it, find a column of few different names, best with a digit."""
        columns, places = self._columns, self._columns.places
        if FieldMeaning.CHARGE_POINT in places or not columns.hold_frames:
            return
        if columns.ends is not None or self._has_sure_names():
            return
        several = sorted(enumerate(self._cells), key=lambda column: len(set(column[1])) < 2)
        for is_name in (_is_identity,) if columns.names else (_is_identity, _may_be_identity):
            for place, cells in several:
                few = cells and (len(set(cells)) <= max(1, len(cells) // 3) or self._tells_stations(place, 2))
                name = self._name_at(place)
                if not few or meanings(name) or place in self._taken() or plain_name(name) in INFRASTRUCTURE:
                    continue
                if self._may_be_of_all(cells):
                    continue
                if all(map(is_name, cells)) and not (name and all(map(_is_number, cells))):
                    places[FieldMeaning.CHARGE_POINT] = place
                    if name:
                        columns.guesses += (f"The column {name!r} is taken for the charge point by its cells.",)
                    return
        for place, cells in several:
            if place not in self._taken() and all(map(str.isdecimal, cells)) and self._tells_stations(place):
                places[FieldMeaning.CHARGE_POINT] = place
                self._say(place, "the charge point", "a call and its answer have the same number")
                return

    def take_texts(self) -> None:
        """Find the columns whose texts may name the charge point, in a table without a column for it."""
        columns, places = self._columns, self._columns.places
        if FieldMeaning.CHARGE_POINT in places or columns.ends is not None or not columns.hold_frames:
            return
        time = places.get(FieldMeaning.TIME)
        columns.texts = tuple(
            place
            for place in range(len(self._cells))
            if (place == time and self._share(place, _has_more_than_time) > 0.9)
            or (place not in self._taken() and self._share(place, _is_url) > 0.9)
            or (place not in self._taken() and not columns.names and self._share(place, _has_words) > 0.9)
        )

    def _has_sure_names(self) -> bool:
        """Whether this is a log with bars, and the words in a column say that they name the charge point, as in
        `charger=CP-77`."""
        taken = self._taken()
        return not self._columns.names and any(
            place not in taken and self._share(place, lambda cell: bool(sure_name(cell))) > 0.9
            for place in range(len(self._cells))
        )

    def _tells_stations(self, place: int, share: int = 3) -> bool:
        """Whether the numbers or names in a column are those of charge points, as the frames beside them show."""
        columns = self._columns
        if FieldMeaning.RAW not in columns.places or meanings(self._name_at(place)):
            return False
        return evidence.tells_stations(self._aligned[place], self._aligned_of(FieldMeaning.RAW), share)

    def _may_be_of_all(self, cells: Sequence[str]) -> bool:
        """Whether the one value of a column may be that of several charge points: the lines in other cells may name
        them, or an id is in flight twice."""
        columns = self._columns
        if len(set(cells)) != 1 or FieldMeaning.RAW not in columns.places:
            return False
        return not columns.only_frames or evidence.mixes_conversations(self._aligned_of(FieldMeaning.RAW))


def _is_url(cell: str) -> bool:
    return ("://" in cell or cell[:1] == "/") and path_name(cell) is not None


def _has_words(cell: str) -> bool:
    """Whether a cell of a table without a header may be a part of a line of a log, with words around a name."""
    return " " in cell or "=" in cell or ":" in cell


def _has_more_than_time(cell: str) -> bool:
    return len(cell.split()) > MOST_WORDS_OF_TIME


def _is_identity(cell: str) -> bool:
    return _IDENTITY.fullmatch(cell) is not None and moment_of(cell) is None and NEVER.search(cell) is None


def _may_be_identity(cell: str) -> bool:
    return may_be_name(cell) and moment_of(cell) is None and not cell.isdecimal()


def _is_number(cell: str) -> bool:
    return cell.isdecimal() or _DOTTED_NUMBER.fullmatch(cell) is not None
