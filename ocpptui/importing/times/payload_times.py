"""The times within payloads: witnesses of when a frame was sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.message import Malformed, Message

_NOW = "currentTime"
_NAMES = frozenset((_NOW, "timestamp", "generatedAt", "sampledAt"))
DEEPEST = 6
MOST = 200
"""How many values of a payload are looked at."""
_LEGIBLE = lazily(rf"\"(?P<name>{'|'.join(sorted(_NAMES))})\"\s{{0,3}}:\s{{0,3}}\"(?P<time>[^\"]{{10,40}})\"")


class Witness(NamedTuple):
    """A time in a payload."""

    time: int
    """Microseconds since 1970 UTC."""
    is_now: bool
    """Whether the sender says that this is the present, and not when something happened."""


def witness_in(frame: Message | Malformed | None, *, only_now: bool = False) -> Witness | None:
    """The time in a payload that is nearest to when it was sent: the present if it says so, else the latest. Of a
    malformed frame, those that are legible count."""
    if not isinstance(frame, Message):
        return None if frame is None or type(frame.raw) is not str else _legible(frame.raw, only_now=only_now)
    if type(frame.payload) is not dict or not frame.payload:
        return None
    now = frame.payload.get(_NOW)
    if type(now) is str:
        time = time_of(now)
        if time is not None:
            return Witness(time, True)
    if only_now:
        return None
    times = [time for time in map(time_of, _texts(frame.payload)) if time is not None]
    return Witness(max(times), False) if times else None


def _legible(raw: str, *, only_now: bool) -> Witness | None:
    """The time in the text of a frame that is truncated or damaged."""
    latest: int | None = None
    for match in islice(_LEGIBLE.finditer(raw), MOST):
        is_now = match["name"] == _NOW
        time = time_of(match["time"]) if is_now or not only_now else None
        if time is not None and is_now:
            return Witness(time, True)
        if time is not None:
            latest = time if latest is None else max(latest, time)
    return None if latest is None else Witness(latest, False)


def _texts(payload: dict[str, Any]) -> Iterator[str]:
    """The texts of the fields that are called like a time, at any depth."""
    level: list[Any] = [payload]
    left = MOST
    for _ in range(DEEPEST):
        inner = list[Any]()
        for value in level:
            if type(value) is dict:
                for name, one in value.items():
                    if type(one) is str and name in _NAMES:
                        yield one
                    elif type(one) is dict or type(one) is list:
                        inner.append(one)
            else:
                inner.extend(one for one in value if type(one) is dict or type(one) is list)
        left -= len(inner)
        if not inner or left < 0:
            return
        level = inner
