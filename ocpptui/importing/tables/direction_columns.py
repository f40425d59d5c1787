"""Finds the columns of a table that say which way a frame went: a word, both ends, or their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from ocpptui.importing.fields.field_directions import is_backend
from ocpptui.importing.fields.field_vocabulary import TARGETS, FieldMeaning, plain_name
from ocpptui.importing.packets.packet_addresses import is_address
from ocpptui.importing.tables import column_evidence as evidence
from ocpptui.importing.tables.column_search import ColumnSearch
from ocpptui.importing.words.western_letters import legible
from ocpptui.ocpp.version import Direction

MOST_ENDS = 40
"""How many columns may be sender and receiver without being called so: each is compared with each."""


class DirectionColumns(ColumnSearch):
    """Finds the columns of directions, of senders and of receivers."""

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
            said = self._columns.said_of.pop(FieldMeaning.DIRECTION, "")
            self._columns.guesses = tuple(sentence for sentence in self._columns.guesses if sentence != said)
