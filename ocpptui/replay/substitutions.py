"""What a person wants changed in everything that a replay sends: tokens, ids, serial numbers, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ocpptui.jsontext.path import nearest_key
from ocpptui.jsontext.tokens import Token

TOKEN = "token"
CHARGE_POINT_ID = "charge point id"
SERIAL = "serial number"
TIME = "time"


@dataclass(frozen=True, slots=True)
class Substitutions:
    """How the frames of a recording are changed before they go, beside the ids that the live peer chooses."""

    keep_message_ids: bool = False
    shift_times: bool = False
    """Move every date-time in a payload so that the recording starts now."""
    tokens: Mapping[str, str] = field(default_factory=dict)
    """idTag, parentIdTag and idToken: recorded to live."""
    charge_points: Mapping[str, str] = field(default_factory=dict)
    """Ids of charge points, also where a payload names one as a whole value."""
    serials: Mapping[str, str] = field(default_factory=dict)
    """Values of every field whose name ends in serialNumber."""

    def substitute(self, string: Token) -> tuple[str, str] | None:
        """What becomes of a string in a payload: its kind and the new string; None where it stays."""
        key, value = nearest_key(string.path), string.value
        if key in _TOKEN_KEYS and value in self.tokens:
            return TOKEN, self.tokens[value]
        if key.lower().endswith("serialnumber") and value in self.serials:
            return SERIAL, self.serials[value]
        if value in self.charge_points:
            return CHARGE_POINT_ID, self.charge_points[value]
        return None

    @property
    def substitutes(self) -> bool:
        """Whether any string is to be replaced by another."""
        return bool(self.tokens or self.serials or self.charge_points)


def shifted(text: str, by: int) -> str | None:
    """A date-time moved by so many microseconds, written as it was (RFC 3339); None for what is none."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    day, separator, minute, second, mark, fraction, zone = match.groups(default="")
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}:{second or '00'}")
        moment += timedelta(microseconds=int((fraction + "000000")[:6]) + by)
    except (ValueError, OverflowError):
        return None
    digits = f"{moment:%f}".ljust(len(fraction), "0")[: len(fraction)]
    seconds = f":{moment:%S}{mark}{digits}" if second else ""
    return f"{moment.year:04d}-{moment:%m-%d}{separator}{moment:%H:%M}{seconds}{zone}"


def first_time(payload: str) -> int | None:
    """The first moment with a zone that a payload names, microseconds since 1970; None where there is none."""
    for match in _IN_TEXT.finditer(payload):
        try:
            return int(datetime.fromisoformat(match[1]).timestamp() * 1_000_000)
        except ValueError:
            continue
    return None


_TOKEN_KEYS = frozenset({"idTag", "parentIdTag", "idToken"})
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d)(?::(\d\d)(?:([.,])(\d+))?)?((?:[Zz]|[+-]\d\d:?\d\d)?)", re.ASCII
)
_IN_TEXT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"', re.ASCII)
