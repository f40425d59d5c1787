"""Traces: short texts that say what two peers said to each other, as examples of rules.

    1.6
    10:00:00 opened
    10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
    10:00:02 < ok {"currentTime":"2026-01-01T10:00:02Z","interval":60,"status":"Accepted"}
    * 10:02:00 > Heartbeat {}
    10:02:01 < error InternalError "out of order"
    10:02:02 > [2,"7","Heartbeat",{}]
    10:02:03 closed {"closeCode":1006}

The first line may name a version, 1.6 if it does not. `>` goes to the central system, `<` to the charge point. An
action with a payload is a CALL with an id of its own; `ok` and `error` answer the latest call of the other side that
has no answer; what begins with `[` is sent as it is. A star marks the records that break the rule. A time may be beyond
24 h; `-` instead of one means that nothing says when. A word before the arrow or the event names another charge point
than CP1. Each `opened` begins a new connection; without one, the trace begins in the middle. `now` only lets time pass.
A line that does not begin with a time continues the one before it. `cut:mark` before a text, or another `Cut`, is what
an import says of a message of which a log has only a part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Cut, Record, RecordKind, message_record


class WrongTraceError(ValueError):
    """A line of a trace cannot be read; the message has the line."""


@dataclass(slots=True)
class Trace:
    """What a trace says."""

    version: Version = Version.V16
    records: list[Record] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    """The places of the marked records."""
    ends: int | None = None
    """The time that passes until its end, if it is later than the last record; in µs since 1970 UTC."""


class _Peer:
    """One charge point of a trace."""

    def __init__(self) -> None:
        self.connection = 0
        self.open: dict[Direction, list[str]] = {direction: [] for direction in Direction}


def read_trace(text: str) -> Trace:
    """The records of a trace. Raises WrongTraceError."""
    trace, peers, last, connections = Trace(), dict[str, _Peer](), _DAY, 0
    for line in _lines(text):
        if (version := Version.parse(line)) is not None and not line.startswith("*") and " " not in line:
            trace.version = version
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise WrongTraceError(line)
        star, hours, minutes, seconds, identity, what, rest = match.groups()
        is_timed = hours is not None
        if is_timed:
            last = _DAY + round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * SECOND)
        if what == "now":
            trace.ends = last
            continue
        identity = identity or "CP1"
        peer = peers.setdefault(identity, _Peer())
        if what in (ConnectionEvent.OPENING, ConnectionEvent.OPENED, ConnectionEvent.FAILED) or not peer.connection:
            has_begun = trace.records and trace.records[-1].detail.get("event") == ConnectionEvent.OPENING
            if not (peer.connection and what == ConnectionEvent.OPENED and has_begun):
                connections += 1
                peer.connection, peer.open = connections, {direction: [] for direction in Direction}
        if star:
            trace.marked.append(len(trace.records))
        record = _record(line, what, rest, _Place(last, peer.connection, identity, trace.version), peer)
        if not is_timed:
            record.detail = {**record.detail, "timeless": True}
        trace.records.append(record)
    return trace


class _Place(NamedTuple):
    time: int
    connection: int
    charge_point: str
    version: Version


def _record(line: str, what: str, rest: str, place: _Place, peer: _Peer) -> Record:
    time, connection, charge_point, version = place
    if what in "<>" and rest in _KINDS:
        side = Direction.TO_CSMS if what == ">" else Direction.TO_CHARGE_POINT
        return Record(time, connection, _KINDS[rest], side, charge_point, version)
    if what not in "<>":
        detail: dict[str, Any] = _json(line, rest) if rest else {}
        kind = _KINDS.get(what, RecordKind.CONNECTION)
        if kind is RecordKind.CONNECTION:
            detail = {"event": what, **detail}
        direction = None if kind is RecordKind.CONNECTION else Direction.TO_CSMS
        return Record(time, connection, kind, direction, charge_point, version, detail=detail)
    direction = Direction.TO_CSMS if what == ">" else Direction.TO_CHARGE_POINT
    word, _, payload = rest.partition(" ")
    if word.startswith("cut:"):
        detail = {"cut": Cut(word.removeprefix("cut:"))}
        if detail["cut"] is Cut.LINE:
            detail["lengths"] = {"message": len(payload)}
        return replace(_record(line, what, payload, place, peer), detail=detail)
    if word in ("ok", "error") and not peer.open[direction.opposite]:
        raise WrongTraceError(f"{line}: nothing to answer")
    if word == "ok":
        raw = JSON.result(peer.open[direction.opposite].pop(), payload or "{}")
    elif word == "error":
        code, _, description = payload.partition(" ")
        raw = JSON.error(peer.open[direction.opposite].pop(), code, _json(line, description) if description else "")
    elif word[:1].isalpha():
        message_id = f"{charge_point}-{connection}-{time % 10**12}-{len(peer.open[direction])}"
        raw = JSON.call(message_id, word, payload or "{}")
    else:
        raw = rest
    record = message_record(
        raw, time=time, connection=connection, direction=direction, charge_point=charge_point, version=version
    )
    frame = record.frame
    if isinstance(frame, Message) and frame.kind is MessageKind.CALL:
        peer.open[direction].append(frame.id)
    elif isinstance(frame, Message) and frame.id in peer.open[direction.opposite]:
        peer.open[direction.opposite].remove(frame.id)
    return record


def _lines(text: str) -> Iterator[str]:
    """The lines, put together where one continues the one before it."""
    whole = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if _BEGINS.match(line) or not whole:
            if whole:
                yield whole
            whole = line
        else:
            whole += f" {line}"
    if whole:
        yield whole


def _json(line: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise WrongTraceError(f"{line}: {error}") from None


_DAY = time_of("2026-01-01T00:00:00Z") or 0
_KINDS = {"ping": RecordKind.PING, "pong": RecordKind.PONG}
_BEGINS = re.compile(r"\*? ?(?:\d+:\d\d:\d\d|- |\d(?:\.\d)+$)")
_WHAT = "|".join(("<", ">", "now", *_KINDS, *ConnectionEvent))
_LINE = re.compile(rf"(\* ?)?(?:(\d+):(\d\d):(\d\d(?:\.\d+)?)|-) (?:([^\s<>]\S*) )?({_WHAT})(?: (.*))?", re.DOTALL)
