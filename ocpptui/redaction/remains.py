"""What a redaction has left that may still identify someone: a list to check the result by before it is shared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ocpptui.ocpp.vocabulary import is_word_of_ocpp
from ocpptui.redaction.personal_names import is_a_coordinate, is_prose
from ocpptui.redaction.places import is_confidential_name, is_vendors_name

MOST_PLACES = 50
"""Paths that are remembered of each kind; of further ones only the number of values is."""


class RemainKind(StrEnum):
    """What was left, in the words of the report."""

    TEXT = "texts for people"
    VENDOR_DATA = "values that only a vendor understands"
    UNKNOWN_FIELD = "ids or names in fields that OCPP does not have"
    LOCATION = "places on the map"
    FILE = "names of files"
    MALFORMED = "messages that cannot be read"


@dataclass
class Remain:
    """The values of one kind that were left."""

    first: int
    """The number of the first record with one, from 1."""
    count: int = 0
    places: Counter[str] = field(default_factory=Counter)
    """How often they are at each path."""


class Remains:
    """Counts what is left, record by record; a record that is looked at again is not counted twice."""

    def __init__(self) -> None:
        self.found: dict[RemainKind, Remain] = {}
        self._record = 0
        self._last = -1
        self._counts = True

    def begin(self, index: int | None) -> None:
        """The next values are those of the record with this index; None is one that was not looked at before."""
        index = self._last + 1 if index is None else index
        self._counts = index > self._last
        if self._counts:
            self._last = index
            self._record += 1

    def note(self, kind: RemainKind, place: str) -> None:
        """Count a value that is left."""
        if not self._counts:
            return
        remain = self.found.get(kind)
        if remain is None:
            remain = self.found[kind] = Remain(self._record)
        remain.count += 1
        if place in remain.places or len(remain.places) < MOST_PLACES:
            remain.places[place] += 1

    def look_at(self, names: tuple[str, ...], value: str, known: Mapping[str, frozenset[str]], action: str) -> None:
        """Judge a value of a payload that was left as it is; `known` are the fields of its schema with their values."""
        if not self._counts:
            return
        name = names[-1] if names else ""
        if is_a_coordinate(name) or says_position(value):
            self.note(RemainKind.LOCATION, _place(action, names))
        elif is_vendors_name(names, action):
            if len(value) > 1 and not _SETTING.fullmatch(value):
                self.note(RemainKind.VENDOR_DATA, _place(action, names))
        elif name.lower() == "filename" and _ID.fullmatch(value):
            self.note(RemainKind.FILE, _place(action, names))
        elif is_prose(name) and " " in value.strip():
            self.note(RemainKind.TEXT, _place(action, names))
        elif (
            name not in known and _ID.fullmatch(value) and not is_confidential_name(name) and not is_word_of_ocpp(name)
        ):
            self.note(RemainKind.UNKNOWN_FIELD, _place(action, names))


def says_position(text: str) -> bool:
    """Whether a text says where something is on the map: as degrees, under a name, or in a notation for positions."""
    if _POSITION.search(text) is not None:
        return True
    return any(is_a_coordinate(match["label"]) for match in _LABELLED.finditer(text))


def _place(action: str, names: tuple[str, ...]) -> str:
    return f"{action} {'.'.join(names)}".strip()


_POSITION = re.compile(
    r"(?<![\d.])[-+]?\d{1,2}\.\d{4,}°?\s{0,3}[,;/|]?\s{0,3}[-+]?\d{1,3}\.\d{4,}|\bgeo:"
    r"|[-+]\d\d(?:\d\d){0,2}(?:\.\d+)?[-+]\d{3}(?:\d\d){0,2}(?:\.\d+)?(?:[-+]\d+(?:\.\d+)?)?/"
    r"|\d°[^A-Za-z]{0,16}[NSEWO]\b|\b[NS]\s?\d{1,2}[.°][^A-Za-z]{0,16}[EWO]\s?\d|\$G[A-Z]{4},"
    r"|\b(?:POINT|LINESTRING|POLYGON) ?Z? ?\("
)
"""Degrees of latitude and longitude, a URI of RFC 5870, ISO 6709 annex H, NMEA 0183, or WKT."""
_LABELLED = re.compile(
    r"(?<![A-Za-z])(?P<label>[A-Za-z][A-Za-z_]{1,40})"
    r"(?:[\s\"'\\]{0,6}[=:(\[>][\s\"'\\\[({]{0,6}[-+]?\d|[\s\"'\\]{0,3}[-+]?\d{1,3}\.\d)"
)
"""A number with a name before it, or directly behind a name if it has a fraction."""
_SETTING = re.compile(r"true|false|null|[+-]?[\d.,]{1,20}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_ID = re.compile(r"(?=.*[0-9A-Z])(?!\d{4}-\d\d-\d\dT)(?![\d.,]{1,6}\Z)(?!(?:true|false|null)\Z).{4,}", re.DOTALL)
"""A value with a digit or a capital letter that is neither a time nor a small number."""
