"""A recorded and a live message as lines side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from ocpptui.jsontext.path import below
from ocpptui.jsontext.text import indented, quote, value_text
from ocpptui.ocpp.answer_comparison import ABSENT, Difference, paired
from ocpptui.ocpp.message import Malformed, Message, MessageKind

INDENT = "  "


class Line(NamedTuple):
    """One line of both messages; empty on the side that has nothing here."""

    recorded: str
    live: str
    differs: bool
    """Whether the live message differs from the recorded one here."""


def side_by_side(
    recorded: Message | Malformed | None, live: Message | Malformed | None, differences: tuple[Difference, ...]
) -> list[Line]:
    """The lines of two messages, with the differing paths marked. Pass None for a side without a message."""
    paths = frozenset(difference.path for difference in differences)
    alone = recorded is None or live is None
    head = Line(_head(recorded), _head(live), alone or "$" in paths)
    one, other = _payload(recorded), _payload(live)
    return [head, *_lines("$", "", "", one, other, paths, alone or "$" in paths, "")]


def _lines(
    path: str, name: str, label: str, one: Any, other: Any, paths: frozenset[str], differs: bool, indent: str
) -> Iterator[Line]:
    """`name` is the nearest field above, `label` the text before the value."""
    differs = differs or path in paths
    head = indent + label
    if isinstance(one, dict) and isinstance(other, dict):
        yield Line(head + "{", head + "{", differs)
        for key in (*one, *(key for key in other if key not in one)):
            values = one.get(key, ABSENT), other.get(key, ABSENT)
            yield from _lines(below(path, key), key, f"{quote(key)}: ", *values, paths, differs, indent + INDENT)
        yield Line(indent + "}", indent + "}", differs)
    elif isinstance(one, list) and isinstance(other, list):
        yield Line(head + "[", head + "[", differs)
        for place, left, right in paired(one, other, name):
            yield from _lines(path + place, name, "", left, right, paths, differs, indent + INDENT)
        yield Line(indent + "]", indent + "]", differs)
    else:
        for recorded, live in zip_longest(_text(head, one, indent), _text(head, other, indent), fillvalue=""):
            yield Line(recorded, live, differs)


def _text(head: str, value: Any, indent: str) -> list[str]:
    if value is ABSENT:
        return []
    first, *rest = indented(value_text(value)).split("\n")
    return [head + first, *(indent + line for line in rest)]


def _payload(frame: Message | Malformed | None) -> Any:
    match frame:
        case None:
            return ABSENT
        case Malformed():
            return frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "backslashreplace")
    return frame.payload


def _head(frame: Message | Malformed | None) -> str:
    match frame:
        case None:
            return "(nothing)"
        case Malformed():
            return "MALFORMED"
        case _ if frame.kind.is_error:
            return f"{frame.kind.name} {frame.error_code} {frame.error_description}".rstrip()
    return frame.kind.name if frame.kind is MessageKind.CALLRESULT else f"{frame.kind.name} {frame.action}"
