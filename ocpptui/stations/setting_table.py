"""The settings of one charge point as the rows of a table: filtered, sorted, and compared with other values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from ocpptui.ocpp.fact_lookup import fact_of
from ocpptui.ocpp.payload import measured_at
from ocpptui.ocpp.secret_names import is_masked
from ocpptui.ocpp.setting_fact import FLAG, MEMBERS, SettingFact
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.stations.known_settings import KnownSetting, KnownSettings
from ocpptui.stations.saved_settings import SavedSettings
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_demand import SettingDemand, demand_of, items_of

SHORTEST_PART = 3
"""Letters from which a part of a word of the meaning matches; shorter ones are in many words."""


class SortedBy(Enum):
    """The order of the rows."""

    REPORTED = "as reported"
    NAME = "by name"
    CHANGED = "changed first"
    VALUE = "by value"

    @property
    def next(self) -> SortedBy:
        """The order after this one, and after the last the first."""
        orders = list(SortedBy)
        return orders[(orders.index(self) + 1) % len(orders)]


class Comparison(NamedTuple):
    """Values to compare with, by folded place."""

    name: str
    values: Mapping[SettingPlace, str]
    places: Mapping[SettingPlace, SettingPlace]
    """As they are written."""
    has_all: bool = True
    """Whether a setting that it lacks is a difference."""


class SettingRow(NamedTuple):
    """One row."""

    place: SettingPlace
    known: KnownSetting | None
    """None if only the comparison has it."""
    other: str | None = None
    """The value of the comparison."""
    wanted: str | None = None
    """The value that the user means to send."""

    @property
    def value(self) -> str | None:
        return None if self.known is None else self.known.value

    @property
    def fact(self) -> SettingFact | None:
        return fact_of(self.place)

    @property
    def demand(self) -> SettingDemand:
        return demand_of(self.place, self.known)

    @property
    def unit(self) -> str:
        said = self.known.characteristics.unit if self.known is not None else ""
        return said or (self.fact.unit if self.fact is not None else "")

    @property
    def is_read_only(self) -> bool:
        return self.known is not None and self.known.access is Access.READ_ONLY


class SettingTable:
    """The rows as the user wants them. They are made again when something has changed."""

    def __init__(self, settings: KnownSettings) -> None:
        self.settings = settings
        self.words = ""
        """The filter: each of its words is in the name, the value or the meaning, or is initials of the name."""
        self.order = SortedBy.REPORTED
        self.comparison: Comparison | None = None
        """If there is one, the table has what differs."""
        self.wanted: dict[SettingPlace, SettingChange] = {}
        """The changes that are not sent yet, by folded place."""
        self.only_wanted = False
        """Whether the table has these only."""
        self._rows: list[SettingRow] = []
        self._made_for: object = None

    def want(self, change: SettingChange) -> None:
        """Keep a change, in place of an earlier one of the same setting."""
        self.wanted[change.place.folded] = change
        self._made_for = None

    def discard(self, place: SettingPlace) -> None:
        """Forget the change of a setting."""
        self.wanted.pop(place.folded, None)
        self._made_for = None

    @property
    def rows(self) -> list[SettingRow]:
        """The rows in their order."""
        state = (self.settings.revision, self.words, self.order, self.comparison, self.only_wanted, len(self.wanted))
        if self._made_for is None or self._made_for != state:
            self._made_for = state
            words = self.words.casefold().split()
            found = [row for row in self._all() if all(_matches(row, word) for word in words)]
            self._rows = self._sorted(found)
        return self._rows

    def _all(self) -> Iterable[SettingRow]:
        other = self.comparison
        values = other.values if other is not None else {}
        seen = set()
        for known in self.settings:
            place = known.place.folded
            seen.add(place)
            change = self.wanted.get(place)
            row = SettingRow(known.place, known, values.get(place), change.value if change is not None else None)
            if (not self.only_wanted or change is not None) and (other is None or _differs(row, other.has_all)):
                yield row
        missing = {place: change.place for place, change in self.wanted.items()}
        if other is not None and not self.only_wanted:
            missing |= other.places
        for place, written in missing.items():
            if place not in seen:
                change = self.wanted.get(place)
                yield SettingRow(written, None, values.get(place), change.value if change is not None else None)

    def _sorted(self, rows: list[SettingRow]) -> list[SettingRow]:
        match self.order:
            case SortedBy.NAME:
                return sorted(rows, key=_name_order)
            case SortedBy.VALUE:
                return sorted(rows, key=_value_order)
            case SortedBy.CHANGED:
                return sorted(rows, key=_last_changed, reverse=True)
        return rows

    def best_match(self) -> int:
        """The row that the filter means most likely: its name begins with it, or has it as initials."""
        words = self.words.casefold().split()
        ranks = (sum(_rank(row, word) for word in words) for row in self.rows)
        return min(enumerate(ranks), key=lambda one: one[1], default=(0, 0))[0]


def _name_order(row: SettingRow) -> tuple[object, ...]:
    """By component, its EVSE and connector, and variable; of 1.x by key."""
    place = row.place.folded
    numbers = (-1 if number is None else number for number in (place.evse, place.connector))
    return (place.component, place.component_instance, *numbers, place.name, place.instance, place.attribute)


def _value_order(row: SettingRow) -> tuple[bool, bool, float, str]:
    """Numbers by their size, then texts, then what is not shown."""
    number = measured_at(row.value)
    return (row.value is None, number is None, number or 0.0, (row.value or "").casefold())


def _last_changed(row: SettingRow) -> tuple[bool, bool, int]:
    known = row.known
    pending = known is not None and (known.after_reboot is not None or bool(known.status))
    return row.wanted is not None, pending, known.changed or 0 if known is not None else 0


def _differs(row: SettingRow, has_all: bool = True) -> bool:
    """Whether the value is not that of the comparison; what is masked cannot be compared."""
    value, other = row.value, row.other
    if value is None or other is None:
        return has_all and (value is not None or other is not None)
    if is_masked(value) or is_masked(other):
        return False
    return plain_value(value, row.demand.data_type) != plain_value(other, row.demand.data_type)


def plain_value(value: str, data_type: str) -> object:
    """A value as it compares: a switch in any case, a list of members in any order."""
    if data_type == FLAG:
        return value.strip().casefold()
    return sorted(items_of(value)) if data_type == MEMBERS else value.strip()


def _matches(row: SettingRow, word: str) -> bool:
    if word in str(row.place).casefold() or word in (row.value or "").casefold() or _is_initials(word, row.place.name):
        return True
    meaning = row.fact.meaning.casefold() if row.fact is not None else ""
    return word in (meaning if len(word) >= SHORTEST_PART else meaning.split())


def _rank(row: SettingRow, word: str) -> int:
    name = row.place.name.casefold()
    if name == word:
        return 0
    if name.startswith(word):
        return 1
    if _is_initials(word, row.place.name):
        return 2
    return 3 if word in name else 4 if word in str(row.place).casefold() else 5


def _is_initials(word: str, name: str) -> bool:
    """Whether a word is initials of a name that follow each other: `si` of MeterValueSampleInterval."""
    return len(word) > 1 and word in "".join(letter for letter in name if letter.isupper()).casefold()


# -- what a table is compared with ----------------------------------------------------------------------------------


def with_charge_point(name: str, settings: KnownSettings) -> Comparison:
    """The values of another charge point."""
    return _comparison(name, ((one.place, one.value) for one in settings))


def with_saved(name: str, saved: SavedSettings) -> Comparison:
    """The values of a file."""
    return _comparison(name, ((one.place, one.value) for one in saved.settings))


def with_defaults(settings: KnownSettings) -> Comparison:
    """What the standard assumes of those settings for which it names a default."""
    facts = ((one.place, fact_of(one.place)) for one in settings)
    found = _comparison("the standard", ((place, fact.default) for place, fact in facts if fact is not None))
    return found._replace(has_all=False)


def _comparison(name: str, found: Iterable[tuple[SettingPlace, str | None]]) -> Comparison:
    values = {place: value for place, value in found if value is not None}
    return Comparison(
        name, {place.folded: value for place, value in values.items()}, {place.folded: place for place in values}
    )


def changes_towards(settings: KnownSettings, saved: SavedSettings) -> list[SettingChange]:
    """The changes after which a charge point has the values of a file, without those that it cannot take.

    Left out are settings that it or the file says are read-only, and secrets, which no file has.
    """
    found = []
    for one in saved.settings:
        known = settings.get(one.place)
        is_read_only = Access.READ_ONLY in (one.access, None if known is None else known.access)
        if one.value is None or is_masked(one.value) or is_read_only:
            continue
        row = SettingRow(one.place if known is None else known.place, known, one.value)
        if _differs(row):
            found.append(SettingChange(row.place, one.value))
    return found
