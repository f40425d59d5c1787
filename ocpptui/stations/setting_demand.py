"""What the value of a setting has to be, from what the charge point and the standard say of it."""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.fact_lookup import fact_of
from ocpptui.ocpp.payload import measured_at
from ocpptui.ocpp.setting_fact import CHOICE, DATE_TIME, DECIMAL, FLAG, MEMBERS, SEQUENCE, TEXT, WHOLE
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.stations.known_settings import KnownSetting

LONGEST_1X, LONGEST_2X = 500, 1000
"""Characters of a value (1.6 section 6.7 ChangeConfiguration.req; 2.x SetVariableDataType; 2.1 allows 2500)."""
SWITCH = ("true", "false")


@dataclass(frozen=True, slots=True)
class SettingDemand:
    """The type, limits and members of a value; where nothing is said, any text is right."""

    data_type: str = TEXT
    minimum: float | None = None
    maximum: float | None = None
    members: tuple[str, ...] = ()
    longest: int = LONGEST_2X

    @property
    def takes_several(self) -> bool:
        """Whether the value is a list of members, separated by commas."""
        return self.data_type in (MEMBERS, SEQUENCE)

    def objection(self, value: str) -> str:
        """What is wrong with a value, in a few words; empty if nothing is."""
        if len(value) > self.longest and self.data_type not in (WHOLE, DECIMAL):
            return f"at most {self.longest:,} characters, not {len(value):,}"
        match self.data_type:
            case "boolean":
                return "" if value.strip().lower() in SWITCH else "must be true or false"
            case "integer" | "decimal":
                return self._objection_to_number(value.strip())
            case "dateTime":
                return "" if time_of(value) is not None else "must be a date and time, such as 2026-01-31T12:00:00Z"
            case "OptionList" if self.members:
                return "" if value in self.members else f"must be one of {', '.join(self.members)}"
            case "MemberList" | "SequenceList" if self.members:
                items = items_of(value)
                wrong = [item for item in items if item not in self.members]
                if wrong:
                    return f"{wrong[0]} is not among what it may have"
                return "" if len(set(items)) == len(items) else "has an item twice"
        return ""

    def _objection_to_number(self, value: str) -> str:
        is_whole = self.data_type == WHOLE
        number = measured_at(value) if value.isascii() and "_" not in value else None
        if number is None or (is_whole and not value.removeprefix("-").isdigit()):
            return f"must be a {'whole ' if is_whole else ''}number"
        if self.minimum is not None and number < self.minimum:
            return f"must be at least {self.minimum:g}"
        if self.maximum is not None and number > self.maximum:
            return f"must be at most {self.maximum:g}"
        return ""

    def words(self, unit: str) -> str:
        """The demand in a few words, for the line beside the field."""
        if self.data_type in (WHOLE, DECIMAL):
            name = ("whole number" if self.data_type == WHOLE else "number") + (f" in {unit}" if unit else "")
            if self.minimum is not None and self.maximum is not None:
                return f"{name} from {self.minimum:g} to {self.maximum:g}"
            if self.minimum is not None:
                return f"{name}, at least {self.minimum:g}"
            return name if self.maximum is None else f"{name}, at most {self.maximum:g}"
        names = {FLAG: "true or false", DATE_TIME: "date and time", CHOICE: "one of a list", SEQUENCE: "list, in order"}
        return names.get(self.data_type, "list" if self.data_type == MEMBERS else "text")


def items_of(value: str) -> list[str]:
    """The items of a list that is separated by commas."""
    return [item.strip() for item in value.split(",") if item.strip()]


def demand_of(place: SettingPlace, known: KnownSetting | None) -> SettingDemand:
    """What the charge point says of a setting counts before what the standard says.

    The members of a list that the standard names are those of 1.x: vendors add to them, so that what the value has
    at present belongs to them, too.
    """
    said = known.characteristics if known is not None else None
    fact = fact_of(place)
    data_type = (said.data_type if said is not None else "") or (fact.data_type if fact is not None else TEXT) or TEXT
    members = said.members if said is not None and said.members else fact.members if fact is not None else ()
    if (
        members
        and known is not None
        and known.value
        and data_type in (MEMBERS, SEQUENCE)
        and not (said and said.members)
    ):
        members = tuple(dict.fromkeys((*members, *items_of(known.value))))
    minimum = said.minimum if said is not None and said.minimum is not None else fact.minimum if fact else None
    maximum = said.maximum if said is not None and said.maximum is not None else fact.maximum if fact else None
    if data_type not in (WHOLE, DECIMAL):  # of a text or a list, the limits of a variable mean something else
        minimum = maximum = None
    return SettingDemand(data_type, minimum, maximum, members, LONGEST_2X if place.component else LONGEST_1X)
