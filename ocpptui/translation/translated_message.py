"""A message of one version in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.translation import (
    first_generation,
    second_generation,
    to_first_generation,
    to_second_generation,
    withdrawn_version,
)
from ocpptui.translation.exchange_half import ExchangeHalf, Step
from ocpptui.translation.fitting import cut_to_schema
from ocpptui.translation.notes import TranslationNotes


class TranslatedMessage(NamedTuple):
    """A message in another version."""

    action: str
    payload: dict[str, Any]
    lost: tuple[str, ...]
    """What the other version cannot say, each in a sentence without its full stop."""
    assumed: tuple[str, ...]
    """What was made up because the other version requires it."""
    missing: tuple[str, ...]
    """What the other version requires besides, and the message does not say."""


def translated_message(
    source: Version,
    target: Version,
    action: str,
    part: Part,
    payload: Mapping[str, Any],
    request: Mapping[str, Any] | None = None,
) -> TranslatedMessage | None:
    """The payload of an action in another version; None if there is no faithful mapping.

    `request` is the payload of the call that an answer belongs to, where it is known: some answers need it.
    """
    notes = TranslationNotes()
    half = ExchangeHalf(action, part, deepcopy(dict(payload)), None if request is None else dict(request))
    versions = _between(source, target)
    for here, there in zip(versions, versions[1:], strict=False):
        asked = None if half.request is None else _stepped(here, there, _asked(half), TranslationNotes())
        if half.request is not None and asked is None:
            return None
        found = _stepped(here, there, half, notes)
        if found is None:
            return None
        half = found._replace(request=None if asked is None else asked.payload)
    missing = tuple(map(str, violations(target, half.action, part, half.payload)))
    return TranslatedMessage(half.action, half.payload, tuple(notes.lost), tuple(notes.assumed), missing)


def _asked(half: ExchangeHalf) -> ExchangeHalf:
    return ExchangeHalf(half.action, Part.REQUEST, deepcopy(half.request or {}))


def _stepped(here: Version, there: Version, half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
    """A half in a neighbouring version, cut to its schema."""
    step = _STEPS.get((here, there))
    if step is None or find_action(here, half.action) is None or (found := step(half, notes)) is None:
        return None
    tree = field_tree(there, found.action, found.part)
    if tree is None:
        return None
    return found._replace(payload=cut_to_schema(found.payload, tree, notes))


def _between(source: Version, target: Version) -> list[Version]:
    """The versions from one to the other, both included."""
    if source is target:
        return [source]
    if Version.V20 in (source, target):  # beside the line
        return (
            [source, *_between(Version.V201, target)]
            if source is Version.V20
            else [*_between(source, Version.V201), target]
        )
    first, last = _LINE.index(source), _LINE.index(target)
    return list(_LINE[first : last + 1]) if first < last else list(_LINE[last : first + 1][::-1])


def _of_one_action(change: Callable[[str, Part, Payload, TranslationNotes], Payload | None]) -> Step:
    """A step that changes payloads and keeps actions."""

    def step(half: ExchangeHalf, notes: TranslationNotes) -> ExchangeHalf | None:
        found = change(half.action, half.part, half.payload, notes)
        return None if found is None else half.says(found)

    return step


_STEPS: Mapping[tuple[Version, Version], Step] = {
    (Version.V16, Version.V15): _of_one_action(first_generation.to_1_5_from_1_6),
    (Version.V15, Version.V16): _of_one_action(first_generation.to_1_6_from_1_5),
    (Version.V15, Version.V12): _of_one_action(first_generation.to_1_2_from_1_5),
    (Version.V12, Version.V15): _of_one_action(first_generation.to_1_5_from_1_2),
    (Version.V16, Version.V201): to_second_generation.to_2_0_1_from_1_6,
    (Version.V201, Version.V16): to_first_generation.to_1_6_from_2_0_1,
    (Version.V20, Version.V201): withdrawn_version.to_2_0_1_from_2_0,
    (Version.V201, Version.V20): withdrawn_version.to_2_0_from_2_0_1,
    (Version.V201, Version.V21): second_generation.to_2_1_from_2_0_1,
    (Version.V21, Version.V201): second_generation.to_2_0_1_from_2_1,
}
_LINE = (Version.V12, Version.V15, Version.V16, Version.V201, Version.V21)
