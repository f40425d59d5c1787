"""Finds what each column of a table contains: by its name, by its cells, by the cells beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from ocpptui.importing import column_evidence as evidence
from ocpptui.importing.cell_content import DAY, has_frame, is_description, is_frame_text, is_object, legible
from ocpptui.importing.field_directions import is_backend
from ocpptui.importing.field_values import moment_of, serial_moment
from ocpptui.importing.field_vocabulary import (
    INFRASTRUCTURE,
    SURE_ID,
    TARGETS,
    FieldMeaning,
    is_of_answer,
    meanings,
    plain_name,
)
from ocpptui.importing.log_words import NEVER
from ocpptui.importing.name_forms import path_name
from ocpptui.importing.named_zones import is_zone_name
from ocpptui.importing.packet_addresses import is_address
from ocpptui.importing.prefix_names import may_be_name, sure_name
from ocpptui.importing.table_columns import TableColumns
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Direction

MOST_ENDS = 40
"""How many columns may be sender and receiver without being called so: each is compared with each."""
LONGEST_NAME = 60
"""The most characters of a name in a cell."""
FEW_FRAMES = 0.1
"""The share of cells up to which frames in them do not show that a column is that of the frames."""
_IDENTITY = lazily(r"(?=.*\d)[\w.:#-]{3,48}")
WORD = lazily(r"[A-Za-z][A-Za-z0-9_.]{2,60}")
_ZONE_NAMES = frozenset(
    ("tz", "timezone", "zone", "zeitzone", "utcoffset", "offset", "timezoneoffset", "zonahoraria", "fusohorario")
)
_FRACTION = lazily(r"0(?:[.,]\d+)?")
"""A time of day as Excel stores it."""
_ZONE = lazily(r"(?:UTC|GMT)?[+-]\d{1,2}:?\d{2}|(?:UTC|GMT)[+-]\d{1,2}|UTC|GMT|Z")
_DOTTED_NUMBER = lazily(r"v?\d+(?:\.\d+)+")
"""A version of firmware or an address: no name of a charge point, though it has a digit."""


MOST_WORDS_OF_TIME = 3
"""How many words a time has at most: its day, itself, and a zone or half of the day."""


class ColumnFinder:
    """Finds columns for fields that have none yet; each column is used once."""

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
                self._say(place, f"the {field_.value.replace('_', ' ')}", "its cells show it")
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

    def _aligned_of(self, field_: FieldMeaning) -> Sequence[str]:
        """The cells of the column of a field, one for each row; empty ones if there is none."""
        place = self._columns.places.get(field_)
        rows = len(self._aligned[0]) if self._aligned else 0
        return [""] * rows if place is None or place >= len(self._aligned) else self._aligned[place]

    def _say(self, place: int, what: str, why: str) -> None:
        """Say that a column without a known name was taken for something."""
        names = self._columns.names
        named = repr(names[place]) if place < len(names) and names[place] else f"number {place + 1}"
        self._columns.guesses += (f"The column {named} is taken for {what}: {why}.",)

    def take_ends(self) -> None:
        """Find the columns of sender and receiver, where one has the name of the charge point."""
        if FieldMeaning.DIRECTION in self._mapped or FieldMeaning.CHARGE_POINT in self._mapped:
            return
        taken = self._taken()
        mixed = [
            place
            for place, cells in enumerate(self._aligned)
            if place not in taken and 0.05 < evidence.share(cells, is_backend) < 0.95
        ]
        for place in mixed:
            for other in mixed:
                if place < other and evidence.names_an_end(self._aligned[place], self._aligned[other]):
                    names = (*self._columns.names, *[""] * len(self._aligned))
                    is_turned = plain_name(names[place]) in TARGETS
                    self._columns.ends = (other, place) if is_turned else (place, other)
                    for end, what in zip(self._columns.ends, ("sender", "receiver"), strict=True):
                        self._say(end, f"the {what}", "it names the central system where the other does not")
                    return
        few = [place for place in range(len(self._aligned)) if place not in taken][:MOST_ENDS]
        self._take_ends_by_frames([place for place in few if not any(map(is_address, self._aligned[place]))])

    def _take_ends_by_frames(self, places: Sequence[int]) -> None:
        """Find two columns of which one has the same name in each row, which the frames show to be that of the central
        system."""
        ways, names = self._ways(), (*self._columns.names, *[""] * len(self._aligned))
        for place, other in combinations(places, 2):
            ends = (other, place) if plain_name(names[place]) in TARGETS else (place, other)
            backend = evidence.common_end(self._aligned[ends[0]], self._aligned[ends[1]], ways)
            if backend:
                self._columns.ends, self._columns.backend = ends, backend
                for end, what in zip(ends, ("sender", "receiver"), strict=True):
                    self._say(end, f"the {what}", f"the frames show that {backend!r} is the central system")
                return

    def take_addresses(self) -> None:
        """Find the columns with the addresses of sender and receiver, where nothing else names a connection."""
        columns, names = self._columns, [*map(plain_name, self._columns.names)]
        if columns.ends is not None or columns.places.keys() & {FieldMeaning.DIRECTION, FieldMeaning.CONNECTION}:
            return
        taken = self._taken()
        found = [
            place
            for place, cells in enumerate(self._aligned)
            if place not in taken and evidence.share(cells, is_address) > 0.9
        ]
        if len(found) != 2:
            return
        ports = [place for place, name in enumerate(names) if name.endswith("port") and place not in taken]
        ports = ports if len(ports) == 2 else []
        columns.addresses = (found[0], *ports[:1]), (found[1], *ports[1:])

    def learn_direction(self) -> None:
        """Find a column with a few values that the frames beside them show to be directions, in whatever words."""
        columns, places = self._columns, self._columns.places
        if FieldMeaning.DIRECTION in places or columns.ends or columns.addresses or columns.more_frames:
            return
        ways = self._ways()
        for place, cells in enumerate(self._aligned):
            if place in self._taken():
                continue
            directions = evidence.learned_directions(cells, ways)
            if directions:
                places[FieldMeaning.DIRECTION], columns.directions = place, directions
                up = next(value for value, way in directions.items() if way is Direction.TO_CSMS)
                self._say(place, "the direction", f"what {legible(up)!r} is beside, only charge points send")
                return

    def _ways(self) -> list[Direction | None]:
        """The direction that the frame of each row shows; None where it shows none."""
        if FieldMeaning.RAW in self._columns.places:
            return evidence.ways_of_frames(self._aligned_of(FieldMeaning.RAW))
        kinds, actions = self._aligned_of(FieldMeaning.MESSAGE_TYPE), self._aligned_of(FieldMeaning.ACTION)
        return evidence.ways_of_actions(actions, kinds)

    def drop_contradicted_direction(self) -> None:
        """Leave a column with one direction in all rows, if the frames beside it go both ways: it names the link."""
        place = self._columns.places.get(FieldMeaning.DIRECTION)
        if place is None or FieldMeaning.DIRECTION in self._mapped or place >= len(self._cells):
            return
        if len(set(self._cells[place])) == 1 and evidence.go_both_ways(self._ways()):
            del self._columns.places[FieldMeaning.DIRECTION]
            told = [sentence for sentence in self._columns.guesses if " for the direction: " not in sentence]
            self._columns.guesses = tuple(told)

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

    def _name_at(self, place: int) -> str:
        """The name of a column; empty where the header has none for it, since rows may be longer."""
        names = self._columns.names
        return names[place] if place < len(names) else ""

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
