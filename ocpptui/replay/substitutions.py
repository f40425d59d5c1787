"""What the user changes in everything that a replay sends: tokens, ids, serial numbers, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ocpptui.jsontext.path import nearest_key
from ocpptui.jsontext.tokens import Token
from ocpptui.ocpp.date_times import time_of

TOKEN = "token"
CHARGE_POINT_ID = "charge point id"
SERIAL = "serial number"
TIME = "time"


@dataclass(frozen=True, slots=True)
class Substitutions:
    """How recorded frames are changed before they are sent, apart from the ids that the live peer chooses."""

    keep_message_ids: bool = False
    shift_times: bool = False
    """Move every date-time in a payload so that the recording starts now."""
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Recorded values of idTag, parentIdTag and idToken to live ones."""
    charge_points: Mapping[str, str] = field(default_factory=dict)
    """Recorded charge point ids to live ones; also replaced where one is a whole value in a payload."""
    serials: Mapping[str, str] = field(default_factory=dict)
    """Recorded to live values of every field whose name ends in serialNumber."""

    def substitute(self, string: Token) -> tuple[str, str] | None:
        """The kind of a string in a payload and what replaces it; None if it stays as it is."""
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
        """Whether any string is to be replaced."""
        return bool(self.tokens or self.serials or self.charge_points)


def first_time(payload: str) -> int | None:
    """The first date-time with a zone in a payload, in microseconds since 1970; None if there is none."""
    for match in _IN_TEXT.finditer(payload):
        time = time_of(match[1])
        if time is not None:
            return time
    return None


_TOKEN_KEYS = frozenset({"idTag", "parentIdTag", "idToken"})
_IN_TEXT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"', re.ASCII)
