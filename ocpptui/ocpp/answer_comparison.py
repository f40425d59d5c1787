"""The differences between a live and a recorded answer, without those that must occur.

Ignored are date-times (if both sides have one), the order of lists that OCPP does not order, and the words of an
error (description and details are free text for people).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ocpptui.jsontext.path import below
from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.date_times import is_date_time
from ocpptui.ocpp.message import Message, MessageKind


class Difference(NamedTuple):
    """One difference between a live and a recorded frame."""

    path: str
    """JSON path in the payload, `$` for the frame as a whole."""
    recorded: str | None
    """JSON text, or words for a whole frame; None if only the live frame has something here."""
    live: str | None
    """The same for the live frame; None if only the recording has something here."""

    def __str__(self) -> str:
        if self.recorded is None:
            return f"{self.path}: {self.live} is new"
        if self.live is None:
            return f"{self.path}: {self.recorded} is missing"
        return f"{self.path}: {self.live} instead of {self.recorded}"


ABSENT: Any = object()
"""The item that one of two lists lacks."""


def _nothing(path: str) -> bool:
    return False


def compare_answers(
    recorded: Message, live: Message, *, expected: Any = None, ignored: Callable[[str], bool] = _nothing
) -> tuple[Difference, ...]:
    """The differences between two answers to the same call.

    `expected` is the recorded payload with the live ids, if they differ from the recorded ones.
    `ignored` says whether differences at a JSON path are ignored.
    """
    if recorded.kind is not live.kind:
        return (Difference("$", _words(recorded), _words(live)),)
    if recorded.kind.is_error:
        if recorded.error_code == live.error_code:
            return ()
        return (Difference("$", _words(recorded), _words(live)),)
    return compare(recorded.payload if expected is None else expected, live.payload, ignored=ignored)


def compare(recorded: Any, live: Any, *, ignored: Callable[[str], bool] = _nothing) -> tuple[Difference, ...]:
    """The differences between two decoded payloads, in the order of the recorded one."""
    try:
        return tuple(difference for difference in _differences("$", recorded, live) if not ignored(difference.path))
    except RecursionError:
        return (Difference("$", "a payload", "a payload nested too deeply to be compared"),)


def _differences(path: str, recorded: Any, live: Any, name: str = "") -> Iterator[Difference]:
    if isinstance(recorded, dict) and isinstance(live, dict):
        yield from _of_objects(path, recorded, live)
    elif isinstance(recorded, list) and isinstance(live, list):
        yield from _of_lists(path, recorded, live, name)
    elif not _same(recorded, live):
        yield Difference(path, value_text(recorded), value_text(live))


def _of_objects(path: str, recorded: dict[str, Any], live: dict[str, Any]) -> Iterator[Difference]:
    for key, value in recorded.items():
        if key in live:
            yield from _differences(below(path, key), value, live[key], key)
        else:
            yield Difference(below(path, key), value_text(value), None)
    for key, value in live.items():
        if key not in recorded:
            yield Difference(below(path, key), None, value_text(value))


def _of_lists(path: str, recorded: list[Any], live: list[Any], name: str) -> Iterator[Difference]:
    for place, one, other in paired(recorded, live, name):
        if other is ABSENT:
            yield Difference(path + place, value_text(one), None)
        elif one is ABSENT:
            yield Difference(path + place, None, value_text(other))
        else:
            yield from _differences(path + place, one, other)


def paired(recorded: list[Any], live: list[Any], name: str) -> Iterator[tuple[str, Any, Any]]:
    """The items of two lists in pairs, with their step of the path; ABSENT where one list has no partner.

    `name` is the field that holds the list: items of a list that OCPP does not order are paired by their identity.
    """
    fields = _UNORDERED.get(name)
    by_name = _named(recorded, fields) if fields is not None else None
    live_by_name = _named(live, fields) if fields is not None else None
    if by_name is not None and live_by_name is not None:
        for key in (*by_name, *(key for key in live_by_name if key not in by_name)):
            yield f"[{key}]", by_name.get(key, ABSENT), live_by_name.get(key, ABSENT)
        return
    for index in range(max(len(recorded), len(live))):
        one = recorded[index] if index < len(recorded) else ABSENT
        other = live[index] if index < len(live) else ABSENT
        yield f"[{index}]", one, other


def _named(items: list[Any], fields: tuple[str, ...]) -> dict[str, Any] | None:
    """The items of a list by what identifies each; None if that is not unique."""
    named = {}
    for item in items:
        if not fields:
            name = value_text(item)
        elif isinstance(item, dict):
            name = " ".join(value_text(item[field]) for field in fields if field in item)
        else:
            return None
        named[name] = item
    return named if len(named) == len(items) else None


def _same(recorded: Any, live: Any) -> bool:
    if isinstance(recorded, bool) or isinstance(live, bool):
        return recorded is live
    return bool(recorded == live) or (is_date_time(recorded) and is_date_time(live))


def _words(frame: Message) -> str:
    if frame.kind.is_error:
        description = f": {frame.error_description}" if frame.error_description else ""
        return f"{frame.kind.name} {frame.error_code}{description}"
    if frame.kind is MessageKind.CALLRESULT:
        return f"CALLRESULT {value_text(frame.payload)}"
    return f"{frame.kind.name} {frame.action}"


_VARIABLE = ("component", "variable", "attributeType")
_UNORDERED: dict[str, tuple[str, ...]] = {
    "configurationKey": ("key",),
    "unknownKey": (),
    "getVariableResult": _VARIABLE,
    "setVariableResult": _VARIABLE,
    "clearMonitoringResult": ("id",),
}
"""Lists without an order of their own, by name, and the fields that identify an item (none: the item itself)."""
