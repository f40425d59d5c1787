"""Completions for a filter that the user is typing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ocpptui.filter.fields import FIELDS, FLAGS, LATENCY
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.version import Version
from ocpptui.timeline.timeline import Timeline

MOST = 50
"""The largest number of completions."""
PAYLOAD_FIELDS = (
    "connectorId",
    "evseId",
    "errorCode",
    "eventType",
    "idTag",
    "idToken",
    "key",
    "measurand",
    "reason",
    "requestId",
    "status",
    "transactionId",
    "triggerReason",
    "unit",
    "value",
)
"""Payload fields that users often filter by."""

_SEPARATORS = " \t\r\n()"
_TERM = re.compile(r'(\w+):("?)(.*)', re.DOTALL)


def word_at(text: str, cursor: int) -> tuple[int, int]:
    """Start and end of the word at the cursor, which a completion replaces; a leading `-` is kept."""
    cursor = max(0, min(cursor, len(text)))
    start, quoted = 0, False
    for position in range(cursor):
        if text[position] == '"' and text[position - 1 : position] != "\\":
            quoted = not quoted
        elif text[position] in _SEPARATORS and not quoted:
            start = position + 1
    end = cursor
    while end < len(text) and text[end] not in _SEPARATORS:
        end += 1
    while start < cursor and text[start] == "-":
        start += 1
    return start, end


def completions(text: str, cursor: int, timeline: Timeline) -> list[str]:
    """Whole words that complete the word at the cursor (see `word_at`); those that occur in the timeline come first."""
    cursor = max(0, min(cursor, len(text)))
    typed = text[word_at(text, cursor)[0] : cursor]
    term = _TERM.fullmatch(typed)
    if term is None:
        found = _beginning_with(typed, _words())
    else:
        name = term[1].casefold()
        written = str if name == "rule" else _quoted  # the patterns among its values are meant as such
        found = [f"{name}:{written(value)}" for value in _beginning_with(term[3], _values(name, timeline))]
    return [word for word in found if word != typed][:MOST]


def _words() -> list[str]:
    return [
        *(f"{name}:" for name in FIELDS),
        *FLAGS,
        f"{LATENCY}>",
        "and",
        "or",
        "not",
        *(f"{f}=" for f in PAYLOAD_FIELDS),
    ]


def _values(name: str, timeline: Timeline) -> Iterable[str]:
    match name:
        case "action":
            known = sorted(action for action in timeline.action_table if action)
            rest = sorted({action.name for version in Version for action in catalog.actions(version)} - set(known))
            return [*known, *rest]
        case "version":
            return list(Version)
        case "cp":
            return timeline.charge_points()
        case "rule":
            broken = {rule for rules in timeline.rule_sets for rule in rules}
            rules = FIELDS[name].choices
            topics = sorted({f"{rule.partition('.')[0]}.*" for rule in rules})
            return [*sorted(broken), *topics, *sorted(set(rules) - broken)]
        case "conn":
            return map(str, timeline.connections())
        case _:
            return FIELDS[name].choices if name in FIELDS else ()


def _beginning_with(typed: str, words: Iterable[str]) -> list[str]:
    begun = typed.casefold()
    return [word for word in words if word.casefold().startswith(begun)]


def _quoted(value: str) -> str:
    """A value as it must be written: in quotation marks unless it is a plain word without `*`."""
    if _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_PLAIN = re.compile(r'[^\s()"*]+')
