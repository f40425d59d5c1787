"""What the name of a field in JSON says of the frames in it: that of a group of frames, or of one.

A document may have the messages of each charge point, of each direction or of each time under a key of their own, as
Firebase and exports of dashboards do; a log may have a frame behind `recv` or `send`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocpptui.importing.fields.field_directions import direction_of
from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.importing.objects.json_context import Level
from ocpptui.importing.prefixes.prefix_names import may_be_name
from ocpptui.importing.words.name_forms import looks_like_name

_SHORTEST_TIME = 10
"""The fewest characters of the name of a field that is a time."""
_FAR_IN = 100
"""Characters of a text in which a frame begins, if the text is one or has words before it."""
_NAMES_OF_ITS_OWN = ("id", "identity", "name")
"""The fields that may name a charge point which is an object."""


def groups_in(fields: dict[str, Any], level: Level, *, by_name: bool) -> Iterator[tuple[str, Any, Level]]:
    """The fields of an object that may have frames, each with what is around it: the name of a field may be a time, a
    direction or, with `by_name`, a charge point. Of a list of charge points, each element for itself."""
    by_name = by_name and _are_charge_points(fields)
    by_way = _are_directions(fields)
    for name, value in fields.items():
        kind = type(value)
        if kind not in (str, list, dict):
            continue
        if kind is not list and _is_time(name):
            yield name, value, Level({"time": name}, level)
        elif kind is list and any(type(one) is dict for one in value) and holds_charge_points(name):
            yield from ((name, one, around_charge_point(one, level, in_list=len(value) > 1)) for one in value)
        elif kind is list and by_way:
            yield name, value, Level({"direction": name}, level)
        elif by_name:
            yield name, value, Level({"chargePointId": name}, level)
        else:
            yield name, value, around_message(name, value, level)


def around_message(name: str, value: Any, level: Level) -> Level:
    """What is around a field that may have a frame: its name may state the direction, `"rx": "[2,…]"`, which counts
    more than what a remark beside it says, but less than a field that states it whoever wrote the file."""
    if _may_be_message(value) and direction_of("", name) and level.said.way.direction is None:
        return Level({"direction": name}, level)
    return level


def around_charge_point(value: Any, level: Level, *, in_list: bool) -> Level:
    """What is around one of several charge points that are objects with an id: `"chargers": [{"id": "CP-77", …}]`."""
    names = (value.get(key) for key in _NAMES_OF_ITS_OWN) if type(value) is dict else ()
    name = next((one for one in names if type(one) in (str, int) and one != ""), None)
    return Level(None if name is None else {"chargePointId": name}, level, in_list=in_list)


def _may_be_message(value: Any) -> bool:
    """Whether a value may be one message, and not many of both sides."""
    if type(value) is str:
        return "[" in value[:_FAR_IN]
    if type(value) is list:
        return len(value) > 2 and type(value[0]) is int
    return sum(type(one) in (list, dict) for one in value.values()) < 2  # a frame, or the payload of one


def _is_time(name: str) -> bool:
    """Whether the name of a field is a time, in an object that has its entries by their times."""
    if not name[:1].isdigit() or len(name) < _SHORTEST_TIME:
        return False
    moment = moment_of(name)
    return moment is not None and moment.dated and (name.isdecimal() or (moment.start, moment.end) == (0, len(name)))


def _are_directions(fields: dict[str, Any]) -> bool:
    """Whether some fields have the messages of one direction each: `{"received": […], "sent": […]}`."""
    ways = [direction_of("direction", name) for name, value in fields.items() if type(value) is list]
    return len(ways) > 1 and all(ways) and len(set(ways)) == len(ways)


def holds_charge_points(name: str) -> bool:
    """Whether a field has the charge points themselves: `chargers`, `chargeBoxes`."""
    nouns = (name.removesuffix(end) for end in ("s", "es") if name.endswith(end))
    return any(one.field is FieldMeaning.CHARGE_POINT for noun in nouns for one in meanings(noun))


def _are_charge_points(fields: dict[str, Any]) -> bool:
    """Whether the fields of an object are called by charge points, each with its messages."""
    return all(
        type(value) in (dict, list) and looks_like_name(name) and may_be_name(name) and not meanings(name)
        for name, value in fields.items()
    )
