"""What all searches for columns of a table share: its names and cells, and which columns are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.importing.tables import column_evidence as evidence
from ocpptui.importing.tables.table_columns import TableColumns

LONGEST_NAME = 60
"""The most characters of a name in a cell."""


class ColumnSearch:
    """The columns of a table, and its cells; each column is used once."""

    def __init__(self, columns: TableColumns, aligned: Sequence[Sequence[str]]) -> None:
        """`aligned`: the cells of each column, one for each row."""
        self._columns = columns
        self._aligned = aligned
        self._cells = [list(filter(None, cells)) for cells in aligned]
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
        ends, day = self._columns.ends or (), self._columns.day
        return {*self._columns.places.values(), *self._columns.more_frames, *ends, *([] if day is None else [day])}

    def _share(self, place: int, test: Callable[[str], bool]) -> float:
        """The share of a column's non-empty cells that pass a test."""
        return evidence.share(self._cells[place], test) if place < len(self._cells) else 0.0

    def _aligned_of(self, field_: FieldMeaning) -> Sequence[str]:
        """The cells of the column of a field, one for each row; empty ones if there is none."""
        place = self._columns.places.get(field_)
        rows = len(self._aligned[0]) if self._aligned else 0
        return [""] * rows if place is None or place >= len(self._aligned) else self._aligned[place]

    def _say(self, place: int, what: str, why: str) -> str:
        """Say that a column without a known name was taken for something; returns the sentence."""
        named = repr(name) if (name := self._name_at(place)) else f"number {place + 1}"
        sentence = f"The column {named} is taken for {what}: {why}."
        self._columns.guesses += (sentence,)
        return sentence

    def _name_at(self, place: int) -> str:
        """The name of a column; empty where the header has none for it, since rows may be longer."""
        names = self._columns.names
        return names[place] if place < len(names) else ""
