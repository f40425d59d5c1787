"""A message of one version in another."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.translation import first_generation
from ocpptui.translation.first_generation import Step
from ocpptui.translation.fitting import cut_to_schema
from ocpptui.translation.notes import TranslationNotes


class TranslatedMessage(NamedTuple):
    """What a message would be."""

    action: str
    payload: dict[str, Any]
    lost: tuple[str, ...]
    """What the other version cannot say, each in a sentence without its full stop."""
    assumed: tuple[str, ...]
    """What was made up because the other version requires it."""
    missing: tuple[str, ...]
    """What the other version requires besides, and the message does not say."""


_STEPS: Mapping[tuple[Version, Version], Step] = {
    (Version.V16, Version.V15): first_generation.to_1_5_from_1_6,
    (Version.V15, Version.V16): first_generation.to_1_6_from_1_5,
    (Version.V15, Version.V12): first_generation.to_1_2_from_1_5,
    (Version.V12, Version.V15): first_generation.to_1_5_from_1_2,
}
_LINE = (Version.V12, Version.V15, Version.V16)


def translated_message(
    source: Version, target: Version, action: str, part: Part, payload: Mapping[str, Any]
) -> TranslatedMessage | None:
    """The payload of an action in another version; None if there is no faithful mapping."""
    if source not in _LINE or target not in _LINE:
        return None
    notes, found = TranslationNotes(), deepcopy(dict(payload))
    first, last = _LINE.index(source), _LINE.index(target)
    pace = 1 if last > first else -1
    for place in range(first, last, pace):
        to = _LINE[place + pace]
        tree = field_tree(to, action, part)
        if find_action(to, action) is None or tree is None:
            return None
        stepped = _STEPS[_LINE[place], to](action, part, found, notes)
        if stepped is None:
            return None
        found = cut_to_schema(stepped, tree, notes)
    missing = tuple(map(str, violations(target, action, part, found)))
    return TranslatedMessage(action, found, tuple(notes.lost), tuple(notes.assumed), missing)
