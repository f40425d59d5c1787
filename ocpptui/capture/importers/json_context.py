"""Frames inside of any JSON value, with what the keys around them say: logs in JSON, exports, documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ocpptui.capture.importers.found import Flow, Found
from ocpptui.capture.importers.prefix import version_in
from ocpptui.capture.importers.timestamps import best_moment
from ocpptui.protocol.version import Direction, Version

DEEPEST = 40
"""Levels of a value that are looked into."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TIME = _words("timestamp time ts @timestamp datetime date createdat created asctime loggedat eventtime t")
_CHARGE_POINT = _words(
    "chargepointid chargepointidentity chargepoint chargeboxid chargeboxidentity chargingstationid chargingstation cpid"
    " cp stationid station chargerid charger clientid client identity"
)
_VERSION = _words("ocppversion protocol subprotocol version ocpp")
_DIRECTION = _words("direction dir flow origin type destination event kind")
_UP = _words(
    "cstocsms cptocsms chargepointtocentralsystem chargertoserver stationtocsms cptocs tocsms upstream clienttoserver"
    " tocentralsystem"
)
_DOWN = _words(
    "csmstocs csmstocp centralsystemtochargepoint servertocharger csmstostation cstocp tochargepoint tocp downstream"
    " servertoclient tochargingstation tocharger tostation"
)
_SENT = _words("sent send out outgoing outbound tx")
_RECEIVED = _words("received receive recv in incoming inbound rx")
_BY_STATION = _words("cs cp chargepoint chargingstation charger station")
_BY_BACKEND = _words("csms centralsystem server backend")
_NO_LETTER = re.compile(r"[^a-z0-9@]")
_LIKE_FRAME = re.compile(r"\s*\[\s*[2-6]\s*,")
FindInText = Callable[[str], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Context:
    """What the keys around a value say."""

    time: int | None = None
    zoned: bool = False
    direction: Direction | None = None
    flow: Flow | None = None
    charge_point: str = ""
    version: Version | None = None

    def said_by(self, value: dict[str, Any]) -> Context:
        """The context within an object: what its own keys say counts more than what stands around it."""
        changes: dict[str, Any] = {}
        for key, held in value.items():
            name = _NO_LETTER.sub("", key.lower())
            if name in _TIME and "time" not in changes:
                moment = told_moment(held)
                if moment is not None:
                    changes["time"], changes["zoned"] = moment
            elif name in _CHARGE_POINT and type(held) in (str, int) and held != "" and type(held) is not bool:
                changes.setdefault("charge_point", str(held))
            elif name in _VERSION and type(held) is str:
                version = Version.parse(held) or version_in(held)
                if version is not None:
                    changes["version"] = version
            elif name in _DIRECTION and type(held) is str:
                changes.update({key: way for key, way in told_way(held, name).items() if way is not None})
            elif name == "fromclient" and type(held) is bool:
                changes["direction"] = Direction.TO_CSMS if held else Direction.TO_CHARGE_POINT
        return replace(self, **changes) if changes else self


def told_way(text: str, name: str = "direction") -> dict[str, Any]:
    """Which way a word says: `direction` where it says both ends, else `flow`."""
    word = _NO_LETTER.sub("", text.lower().replace("->", "to").replace(">", "to").replace("→", "to"))
    if word in _UP:
        return {"direction": Direction.TO_CSMS}
    if word in _DOWN:
        return {"direction": Direction.TO_CHARGE_POINT}
    if word in _SENT:
        return {"flow": Flow.SENT}
    if word in _RECEIVED:
        return {"flow": Flow.RECEIVED}
    if name in ("origin", "destination") and word in _BY_STATION | _BY_BACKEND:
        by_station = (word in _BY_STATION) == (name == "origin")
        return {"direction": Direction.TO_CSMS if by_station else Direction.TO_CHARGE_POINT}
    return {}


def told_moment(value: object) -> tuple[int, bool] | None:
    """The time in a value, in microseconds, and whether it is in UTC: text, or a number of s, ms, µs or ns."""
    if type(value) is str:
        moment = best_moment(value) if len(value) < 100 else None
        return (moment.time, moment.zoned) if moment is not None and moment.dated and moment.yeared else None
    if type(value) in (int, float):
        number = float(value)  # type: ignore[arg-type]
        for factor in (1_000_000, 1_000, 1, 0.001):
            if 9e14 <= number * factor < 5e15:
                return int(value * factor) if type(value) is int and factor >= 1 else round(number * factor), True
    return None


def frames_in(value: Any, find_in_text: FindInText) -> Iterator[Found]:
    """The frames in a JSON value: lists that are frames, texts that are or hold frames, in their order.

    `find_in_text` finds frames in a text that holds more than a frame. Nothing is raised; what is deeper than
    `DEEPEST` is not looked into.
    """
    yield from _walk(value, Context(), find_in_text, 0)


def is_frame(value: Any) -> bool:
    """Whether a decoded list is a frame, and not some other list that begins with a small number."""
    if type(value) is not list or len(value) < 3 or type(value[0]) is not int or value[0] not in (2, 3, 4, 5, 6):
        return False
    if type(value[1]) not in (str, int):
        return False
    if value[0] == 3:
        return type(value[2]) is dict
    return len(value) >= 4 and type(value[2]) is str


def _walk(value: Any, context: Context, find_in_text: FindInText, depth: int) -> Iterator[Found]:
    if depth > DEEPEST:
        return
    if type(value) is dict:
        inner = context.said_by(value)
        for held in value.values():
            if type(held) in (dict, list, str):
                yield from _walk(held, inner, find_in_text, depth + 1)
    elif type(value) is list:
        if is_frame(value):
            yield _found(json.dumps(value, ensure_ascii=False, separators=(",", ":")), context)
            return
        for held in value:
            if type(held) in (dict, list, str):
                yield from _walk(held, context, find_in_text, depth + 1)
    elif type(value) is str and "[" in value:
        if _LIKE_FRAME.match(value) and value.rstrip().endswith("]"):
            yield _found(value.strip(), context)
            return
        for found in find_in_text(value):
            if found.time is None:
                found.time, found.zoned = context.time, context.zoned
            if found.direction is None and found.flow is None:
                found.direction, found.flow = context.direction, context.flow
            found.charge_point = context.charge_point or found.charge_point
            found.version = found.version or context.version
            yield found


def _found(raw: str, context: Context) -> Found:
    return Found(
        raw,
        time=context.time,
        zoned=context.zoned,
        direction=context.direction,
        flow=context.flow,
        charge_point=context.charge_point,
        version=context.version,
    )
