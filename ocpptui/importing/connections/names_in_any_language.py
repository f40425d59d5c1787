"""Names of charge points beside words of an unknown language that say which way the frames of a log went."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ocpptui.importing.connections.charge_point_names import Identities
from ocpptui.importing.directions.learned_directions import ShownDirections, WordsOfOneWay
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction

HeardFrame = tuple[FoundFrame, Message | Malformed | None]
"""What was found, and the frame in it; None for an event."""


def beside_foreign_words(known: Identities, frames: Collection[HeardFrame], charge_point: str) -> Identities:
    """The names in the first frames of a log, looked for once more without the words that mean a direction, if that
    names more of them; else those that are `known`. `charge_point` is that of all records, as the user says."""
    words = WordsOfOneWay(_texts_by_direction(frames))
    if not words.found or (words.are_known and not words.are_endings):
        return known
    best, named = known, -1 if words.are_endings else _count_named(known, frames)
    for foreign in (words.found, words.with_those_beside):
        if named == len(frames):
            break
        anew = Identities(charge_point, foreign)
        for found, frame in frames:
            anew.learn(found, frame)
        anew.settle()
        more = _count_named(anew, frames)
        if more > named:
            best, named = anew, more
    return best


def _texts_by_direction(frames: Collection[HeardFrame]) -> Iterator[tuple[Direction, str]]:
    """The directions that calls and answers show, each with the text before the frame."""
    shown = ShownDirections()
    for found, frame in frames:
        if isinstance(frame, Message) and found.prefix:
            way = shown.of(None if frame.kind.is_answer else frame.action, frame.id)
            if way is not None:
                yield way, found.shape


def _count_named(names: Identities, frames: Collection[HeardFrame]) -> int:
    """How many frames have a name in their line, and not only a number, which may be that of a connection."""
    found = [names.look_at(one) for one, _ in frames]
    return sum(bool(name) and not name.isdecimal() for name in found)
