"""Time zones by their names behind a time: `09:30:00 CEST`, `09:30:00 [Europe/Berlin]`.

A name says less than an offset: many logs have CET in summer, and some names mean several zones. It holds where no time
in a payload shows the offset.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import SECOND, utc_datetime

_HOURS = {
    0: "WET",
    1: "CET WEST BST MEZ",
    2: "CEST EET SAST MESZ",
    3: "EEST MSK TRT",
    4: "GST",
    8: "SGT HKT AWST",
    9: "JST KST",
    9.5: "ACST",
    10: "AEST",
    10.5: "ACDT",
    11: "AEDT",
    12: "NZST",
    13: "NZDT",
    -3: "BRT ADT",
    -4: "EDT",
    -5: "EST CDT",
    -6: "MDT",
    -7: "MST PDT",
    -8: "PST AKDT",
    -9: "AKST",
    -10: "HST",
}
_ABBREVIATIONS = {name: int(hours * 3600) * SECOND for hours, names in _HOURS.items() for name in names.split()}
"""Microseconds ahead of UTC. Left out are those that mean several zones far apart: CST, IST."""
_NAMED = lazily(
    r"\d:\d\d(?:[.,]\d{1,9})?\s?[\[(]?(?P<name>[A-Z]{3,4}|[A-Z][a-z]{2,9}/[A-Z][A-Za-z_/-]{2,40})[\])]?(?![\w/-])"
)


def zone_named_in(text: str) -> str:
    """The name of the zone behind a time in a text; empty if there is none that is known."""
    for match in _NAMED.finditer(text):
        if match["name"] in _ABBREVIATIONS or "/" in match["name"]:
            return match["name"]
    return ""


def is_zone_name(text: str) -> bool:
    """Whether a text is the name of a zone that is known here."""
    return offset_of_name(text, 0) is not None


def offset_of_name(name: str, time: int) -> int | None:
    """By how many microseconds a zone is ahead of UTC at a time of its own clock; None if it is not known.

    `time` is in microseconds since 1970 as if it were UTC. The zones of the tz database are known where the machine
    has it.
    """
    known = _ABBREVIATIONS.get(name)
    return known if known is not None or "/" not in name else _offset_of_region(name, time // (900 * SECOND))


@lru_cache(maxsize=1024)
def _offset_of_region(name: str, quarter: int) -> int | None:
    """The same of a name of the tz database, at a quarter of an hour since 1970."""
    from zoneinfo import ZoneInfo  # which few logs need

    try:
        local = utc_datetime(quarter * 900 * SECOND).replace(tzinfo=ZoneInfo(name))
        offset = local.utcoffset()
    except (OSError, ValueError, KeyError, OverflowError):  # ZoneInfoNotFoundError is a KeyError
        return None
    return None if offset is None else offset // timedelta(microseconds=1)
