"""One message that an object of JSON has twice: as it was sent, and in a remark or in its parts."""

from __future__ import annotations

from collections.abc import Iterable

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.ocpp.message import Message

MOST_COMPARED = 16
"""How many frames of an object are compared with each other; an object with more is not about one message."""


def without_twins(found: Iterable[FoundFrame]) -> list[FoundFrame]:
    """The frames of an object, each message once, with what is said beside either of the two."""
    kept = list[FoundFrame]()
    for one in found:
        place = next((place for place, other in enumerate(kept[:MOST_COMPARED]) if _are_twins(one, other)), None)
        if place is None:
            kept.append(one)
        elif kept[place].notation and not one.notation:
            kept[place] = _completed(one, kept[place])
        else:
            _completed(kept[place], one)
    return kept


def _are_twins(one: FoundFrame, other: FoundFrame) -> bool:
    """Whether two frames are the same message: the same text, or one that was put together from the parts of it."""
    if one.raw == other.raw:
        return bool(one.raw)
    if not one.notation and not other.notation:
        return False
    message, twin = one.read(), other.read()
    if not isinstance(message, Message) or not isinstance(twin, Message):
        return False
    same = message.kind is twin.kind and message.action == twin.action
    return same and (message.id == twin.id or (message.action is not None and message.payload == twin.payload))


def _completed(found: FoundFrame, twin: FoundFrame) -> FoundFrame:
    """A frame with what is said only beside its twin."""
    if found.direction is None and twin.direction is not None:
        found.direction, found.flow, found.leaning = twin.direction, twin.flow, twin.leaning
    elif found.flow is None:
        found.flow, found.leaning = twin.flow, found.leaning or twin.leaning
    if found.time is None:
        found.at_time_of(twin)
    found.charge_point = found.charge_point or twin.charge_point
    found.connection = found.connection or twin.connection
    found.version = found.version or twin.version
    found.prefix = found.prefix or twin.prefix
    return found
