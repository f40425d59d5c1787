"""What the value of a field or a column states: a type of message, a time. Its version: see `stated_versions`."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ocpptui.importing.fields.field_vocabulary import plain_name
from ocpptui.importing.times.timestamps import Moment, best_moment, moment_in, slot_in_shape
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import DAY
from ocpptui.ocpp.json_encoding import MESSAGE_TYPES
from ocpptui.ocpp.message import MessageKind

_ROUNDED = lazily(r"\d[.,](?P<digits>\d{1,17})[eE]\+?(?:0?9|1[0-9])")
"""A number as spreadsheets write it that has no room in its column."""
_TO_THE_SECOND = 9
"""The fewest decimal places with which it is a time: with fewer, it has lost its seconds."""
_STREAM_ID = lazily(r"(?P<millis>\d{13})-\d{1,9}")
"""The id of an entry of a stream of Redis."""

_TYPES = {
    "2": 2, "call": 2, "request": 2, "req": 2,
    "anfrage": 2, "requete": 2, "demande": 2, "solicitud": 2, "peticion": 2, "richiesta": 2, "pedido": 2, "verzoek": 2,
    "3": 3, "callresult": 3, "result": 3, "response": 3, "resp": 3, "res": 3, "conf": 3, "confirmation": 3,
    "antwort": 3, "reponse": 3, "respuesta": 3, "risposta": 3, "resposta": 3, "antwoord": 3, "reply": 3, "answer": 3,
    "4": 4, "callerror": 4, "error": 4, "err": 4, "fehler": 4, "erreur": 4, "errore": 4, "erro": 4, "fout": 4,
    "5": 5, "callresulterror": 5,
    "6": 6, "send": 6,
}  # fmt: skip


_TYPE_PREFIX = lazily(r"^(?:ocpp)?(?:messagetype|msgtype)?(?=.)")
"""What names of enumerations begin with: `MESSAGE_TYPE_CALL`."""


def message_type_of(value: Any) -> MessageKind | None:
    """The message type that a field states in words or as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value) if isinstance(value, int) else value
    return _type_of_word(text) if len(text) <= 40 else None


@lru_cache(maxsize=4096)
def _type_of_word(text: str) -> MessageKind | None:
    number = _TYPES.get(_TYPE_PREFIX.sub("", plain_name(text)))
    return None if number is None else MESSAGE_TYPES[number]


_NUMBER = lazily(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)
_FIRST, _LAST = 631_152_000, 4_102_444_800
"""1990 and 2100 in seconds since 1970: a number outside this range is not a time."""
LONGEST_TIME = 80


def moment_of(value: Any) -> Moment | None:
    """The time in a field: text in any notation, or a number of seconds or parts of them since an epoch."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > LONGEST_TIME:
            return None
        slot = slot_in_shape(without_digits(text))
        if slot is not None and (moment := moment_in(text, slot)) is not None:  # as almost always
            return moment
        if _NUMBER.fullmatch(text):
            whole, _, fraction = text.partition(".")
            micros = int(fraction.ljust(6, "0")[:6]) if fraction else 0
            return _since_epoch(int(whole), micros, len(text)) or best_moment(text)
        if (rounded := _ROUNDED.fullmatch(text)) is not None and len(rounded["digits"]) >= _TO_THE_SECOND:
            return moment_of(format(Decimal(text.replace(",", ".")), "f"))
        if (entry := _STREAM_ID.fullmatch(text)) is not None:
            return _since_1970(int(entry["millis"]), 0, len(text))
        return best_moment(text)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _since_epoch(value, 0, 0) or (best_moment(str(value)) if value > _FIRST_OF_CALENDAR else None)
    if isinstance(value, float) and math.isfinite(value) and abs(value) < 2**63:
        seconds = math.floor(value)
        if _FIRST <= seconds < _LAST:
            return _since_1970(seconds, round((value - seconds) * 1_000_000), 0)
        return _since_1970(seconds, 0, 0)
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        return moment_of(inner) if name in ("$date", "$numberLong") else None
    if isinstance(value, dict) and len(value) == 2:
        return _moment_of_parts({plain_name(name): inner for name, inner in value.items()})
    return None


_SECONDS = ("seconds", "epochsecond", "epochseconds", "sec", "secs", "tvsec", "secssinceepoch")
_NANOSECONDS = ("nanos", "nanoseconds", "nanoofsecond", "nanosecond", "nsec", "tvnsec", "nanossinceepoch")


def _moment_of_parts(parts: dict[str, Any]) -> Moment | None:
    """The time in seconds and nanoseconds, as Protocol Buffers, Firestore, Log4j and C write it."""
    nanos = next((parts[name] for name in _NANOSECONDS if name in parts), None)
    seconds = moment_of(next((parts[name] for name in _SECONDS if name in parts), None))
    if seconds is None or type(nanos) is not int or not 0 <= nanos < 1_000_000_000:
        return None
    return replace(seconds, time=seconds.time + nanos // 1000)


def _since_epoch(number: int, micros: int, length: int) -> Moment | None:
    """The time of a number: units of 100 nanoseconds since the year 1 (.NET, without a zone) or since 1601 (Windows,
    which NTFS and LDAP have too), else since 1970, with `micros` beside seconds."""
    for epoch, zoned in _EPOCHS_OF_TICKS:
        if _FIRST_OF_TICKS <= number // TICKS + epoch < _LAST:
            return Moment(0, length, (number + epoch * TICKS) // 10, zoned, fraction=True)
    return _since_1970(number, micros, length)


TICKS = 10_000_000
"""In a second."""
_EPOCHS_OF_TICKS = (-62_135_596_800, False), (-11_644_473_600, True)
"""The years 1 and 1601 in seconds since 1970, and whether such numbers are in UTC."""
_FIRST_OF_TICKS = 1_262_304_000
"""2010: older ones are as many nanoseconds since 1970 as there are in 1990."""
_FIRST_OF_CALENDAR = 19_900_101_000_000
"""The digits of a day and a time as one number."""


def _since_1970(number: int, micros: int, length: int) -> Moment | None:
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if _FIRST <= number // unit < _LAST:
            time = number * 1_000_000 // unit + (micros if unit == 1 else 0)
            return Moment(0, length, time, True, fraction=True)
    return None


_SERIAL = lazily(r"(\d{5})(?:[.,](\d{1,20}))?", re.ASCII)
_EPOCH_OF_EXCEL = 25_569
"""1970-01-01 as a serial date: days since 1899-12-30."""


def serial_moment(cell: str) -> Moment | None:
    """The time of a serial date as spreadsheets store it: `46082.41667` is March 1, 2026 at 10:00, without a zone.

    It is rounded to the second, or to the millisecond where it has digits enough for that.
    """
    match = _SERIAL.fullmatch(cell.strip())
    if match is None or not 32_874 <= int(match[1]) < 73_051:  # 1990 and 2100
        return None
    digits = match[2] or ""
    unit = 1_000_000 if len(digits) < 8 else 1_000
    micros = int(digits or "0") * DAY // 10 ** len(digits)
    time = (int(match[1]) - _EPOCH_OF_EXCEL) * DAY + round(micros / unit) * unit
    return Moment(0, len(cell), time, False, fraction=unit == 1_000)
