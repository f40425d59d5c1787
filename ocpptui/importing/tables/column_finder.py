"""Finds which column of a table contains frames or parts of them, times and other fields: by its name or its cells."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.importing.fields.field_values import moment_of, serial_moment
from ocpptui.importing.fields.field_vocabulary import SURE_ID, FieldMeaning, is_of_answer, plain_name
from ocpptui.importing.tables import column_evidence as evidence
from ocpptui.importing.tables.cell_content import DAY, has_frame, is_description, is_frame_text, is_object
from ocpptui.importing.tables.column_search import LONGEST_NAME, ColumnSearch
from ocpptui.importing.times.named_zones import is_zone_name
from ocpptui.jsontext.lazy_pattern import lazily

FEW_FRAMES = 0.1
"""The share of cells up to which frames in them do not show that a column is that of the frames."""
WORD = lazily(r"[A-Za-z][A-Za-z0-9_.]{2,60}")
_ZONE_NAMES = frozenset(
    ("tz", "timezone", "zone", "zeitzone", "utcoffset", "offset", "timezoneoffset", "zonahoraria", "fusohorario")
)
_FRACTION = lazily(r"0(?:[.,]\d+)?")
"""A time of day as Excel stores it."""
_ZONE = lazily(r"(?:UTC|GMT)?[+-]\d{1,2}:?\d{2}|(?:UTC|GMT)[+-]\d{1,2}|UTC|GMT|Z")


class ColumnFinder(ColumnSearch):
    """Finds columns for fields that have none yet; each column is used once."""

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
                said = self._say(place, f"the {field_.value.replace('_', ' ')}", "its cells show it")
                self._columns.said_of[field_] = said
                return

    def _take_serial_time(self) -> bool:
        """Find a column named as a time with the numbers that Excel makes of times, or two with its days and their
        fractions."""
        columns = self._columns
        for _, place in self._candidates(FieldMeaning.TIME):
            if self._share(place, lambda cell: serial_moment(cell) is not None) <= 0.6:
                continue
            columns.places[FieldMeaning.TIME], columns.serial = place, True
            times = self._aligned[place]
            if self._share(place, str.isdecimal) > 0.9:
                for other in range(len(self._cells)):
                    if (
                        other not in self._taken()
                        and self._share(other, lambda cell: _FRACTION.fullmatch(cell) is not None) > 0.9
                    ):
                        columns.places[FieldMeaning.TIME], columns.day = other, place
                        break
            columns.serial_shift = evidence.shift_of_serials(times, self._aligned_of(FieldMeaning.RAW))
            year = 1904 if columns.serial_shift else 1900
            self._say(place, "the time", f"its numbers are days since {year}, as Excel stores dates")
            return True
        return False

    def take_frames(self) -> None:
        """Find the column with the most frames, which may have words around them."""
        places = self._columns.places
        if FieldMeaning.RAW in self._mapped:
            return
        place = self._place_with_most(is_frame_text)
        self._columns.only_frames = place is not None
        place = self._place_with_most(has_frame) if place is None else place
        if place is not None:
            places[FieldMeaning.RAW] = place

    def _place_with_most(self, test: Callable[[str], bool]) -> int | None:
        """The first column of those with the most cells that pass a test; None if few cells of any do."""
        taken = set(self._columns.places.values())
        shares = {place: self._share(place, test) for place in range(len(self._cells)) if place not in taken}
        best = max(shares, key=shares.__getitem__, default=None)
        return best if best is not None and shares[best] > FEW_FRAMES else None

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
            named = place not in columns.places.values() and is_of_answer(name)
            if named and self._share(place, lambda cell: moment_of(cell) is not None) > 0.6:
                columns.answer_time = place
                return

    def take_parts(self) -> None:
        """Find the columns of the parts of a frame, if there are no frames."""
        places = self._columns.places
        if FieldMeaning.RAW in places:
            return
        for part in (FieldMeaning.PAYLOAD, FieldMeaning.ANSWER):
            self.take(part, lambda cell, name: is_object(cell))
        if FieldMeaning.ACTION in places:
            self.take_by_cells(FieldMeaning.PAYLOAD, is_object)
        if FieldMeaning.PAYLOAD in places:
            self._take_message_id()
            self.take(FieldMeaning.ERROR_CODE, lambda cell, name: WORD.fullmatch(cell) is not None)
            self.take(FieldMeaning.ERROR_DESCRIPTION, lambda cell, name: True)
            self.take(FieldMeaning.ERROR_DETAILS, lambda cell, name: is_object(cell))
            return
        candidates = self._candidates(FieldMeaning.RAW)  # a table without a frame in its first rows
        if candidates and FieldMeaning.ANSWER not in places:
            places[FieldMeaning.RAW] = candidates[0][1]

    def _take_message_id(self) -> None:
        """Find the column of the ids by a name that means nothing else, else by the pairs of calls and answers."""
        places = self._columns.places
        if FieldMeaning.MESSAGE_ID in places:
            return
        sure = [place for rank, place in self._candidates(FieldMeaning.MESSAGE_ID) if rank <= SURE_ID]
        kinds, actions = self._aligned_of(FieldMeaning.MESSAGE_TYPE), self._aligned_of(FieldMeaning.ACTION)
        stated = [evidence.kind_stated(*cells) for cells in zip(kinds, actions, strict=True)]
        told = [number for number, kind in enumerate(stated) if kind is not None]
        if not sure and any(stated[number].is_answer for number in told):  # type: ignore[union-attr]
            is_call = [not stated[number].is_answer for number in told]  # type: ignore[union-attr]
            for place in range(len(self._aligned)):
                cells = [self._aligned[place][number] for number in told]
                if place not in self._taken() and evidence.pairs_messages(cells, is_call):
                    places[FieldMeaning.MESSAGE_ID] = place
                    self._say(place, "the message id", "a call and its answer have the same")
                    return
            if len(told) > 3:
                return  # an `id` that pairs nothing is the number of a row
        self.take(FieldMeaning.MESSAGE_ID, lambda cell, name: len(cell) <= LONGEST_NAME)

    def take_zone(self) -> None:
        """Find a column with the time zone of the times."""
        for place, name in enumerate(self._columns.names):
            if place in self._taken() or plain_name(name) not in _ZONE_NAMES:
                continue
            if self._share(place, lambda cell: _ZONE.fullmatch(cell) is not None or is_zone_name(cell)) > 0.9:
                self._columns.zone = place
                return

    def take_objects(self) -> None:
        """Find the columns whose JSON objects or tags describe the frame beside them: labels, dimensions."""
        columns, taken = self._columns, self._taken()
        if FieldMeaning.RAW in columns.places:
            columns.objects = tuple(
                place
                for place in range(len(self._cells))
                if place not in taken and place != columns.zone and self._share(place, is_description) > 0.6
            )

    def find_merged(self) -> None:
        """Find out whether only the first of several rows has the charge point or the day that they share."""
        columns = self._columns
        for place, what in ((columns.places.get(FieldMeaning.CHARGE_POINT), "charge point"), (columns.day, "day")):
            if place is not None and place < len(self._aligned) and evidence.are_merged(self._aligned[place]):
                columns.merged |= {place}
                columns.guesses += (f"A row without a {what} has that of the row above: the cells are merged.",)

    def take_day(self) -> None:
        """If the times have no date, find a column with the date."""
        place = self._columns.places.get(FieldMeaning.TIME)
        if place is None or FieldMeaning.TIME in self._mapped or place >= len(self._cells):
            return
        moments = [moment for moment in map(moment_of, self._cells[place][:20]) if moment is not None]
        if moments and not any(moment.dated for moment in moments):
            for other in range(len(self._cells)):
                if self._share(other, lambda cell: DAY.fullmatch(cell) is not None) > 0.9:
                    self._columns.day = other
                    return
