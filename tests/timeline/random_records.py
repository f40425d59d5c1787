"""Strategies: records with much in common, so that a filter has something to find."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

T = TypeVar("T")

NOON = 1_763_812_800_000_000  # 2025-11-22T12:00:00Z

NAMES = st.sampled_from(["CP001", "CP001", "cp001", "CP 2", 'q"u', "a*b", "Straße", ""])
ACTIONS = st.sampled_from(["Heartbeat", "BootNotification", "BootNotes", "Odd action", "*", "abab", ""])
IDS = st.sampled_from(["1", "2", "aB", "a*", 'q"'])
KEYS = st.sampled_from(["x", "X", "value", "ẞ", "a-b"])
SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [
        0,
        1,
        -2,
        1.0,
        2.5,
        "1",
        "2.5",
        "on",
        "ON",
        "a*b",
        "x y",
        "",
        "Ümlaut",
        "\u212aebra",
        "Zebra",
        True,
        False,
        None,
        [],
        {},
    ]
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
PAYLOADS = st.dictionaries(KEYS, VALUES, max_size=3)
TIMES = st.sampled_from([0, 1, 400_000, 500_000, 2_000_000, 90_000_000]) | st.integers(
    -3 * 86_400_000_000, 3 * 86_400_000_000
)


@st.composite
def messages(draw: st.DrawFn, payloads: st.SearchStrategy[Any] = PAYLOADS, ids: st.SearchStrategy[Any] = IDS) -> Record:
    """Calls go up and answers come down, mostly, so that there are exchanges."""
    message_id, payload = draw(ids), draw(payloads)
    call = [2, message_id, draw(ACTIONS), payload]
    error = [4, message_id, draw(st.sampled_from(["GenericError", "on", "1"])), "x y", payload]
    shapes: list[list[Any]] = [
        call,
        call,
        [3, message_id, payload],
        error,
        [5, message_id, "", "", payload],
        [6, message_id, "x", payload],
    ]
    frame = draw(st.sampled_from(shapes))
    text = json.dumps(frame, ensure_ascii=draw(st.booleans()))
    raws: list[str | bytes] = [*[text] * 9, text[:-1], "", "on", b"\xff zebra"]
    up = (frame[0] in (2, 6)) != (draw(st.integers(0, 7)) == 0)
    record = message_record(
        draw(st.sampled_from(raws)),
        time=NOON + draw(TIMES),
        connection=draw(st.sampled_from([1, 1, 1, 2])),
        direction=Direction.TO_CSMS if up else Direction.TO_CHARGE_POINT,
        charge_point=draw(NAMES),
        version=draw(st.sampled_from([None, *Version])),
        origin=draw(st.sampled_from(Origin)),
    )
    return replace(record, masked=("$.x",)) if draw(st.booleans()) else record


@st.composite
def others(draw: st.DrawFn) -> Record:
    at, name, version = NOON + draw(TIMES), draw(NAMES), draw(st.sampled_from([None, *Version]))
    kind = draw(st.sampled_from([RecordKind.CONNECTION, RecordKind.NOTE, RecordKind.PING, RecordKind.PONG]))
    if kind is RecordKind.CONNECTION:
        detail: dict[str, Any] = {
            "event": draw(st.sampled_from(ConnectionEvent)).value,
            "headers": [["Host", "On 1"]],
            "code": 1,
        }
        return Record(at, draw(st.integers(0, 2)), kind, None, name, version, detail=detail)
    if kind is RecordKind.NOTE:
        return Record(at, 0, kind, None, name, version, detail={"text": draw(SCALARS)})
    return Record(at, 1, kind, draw(st.sampled_from(Direction)), name, version)


def many(of: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(of, min_size=1, max_size=20)


RECORDS = messages() | messages() | messages(ids=st.just("1")) | others()


def timeline_of(found: list[Record], marks: set[int]) -> Timeline:
    timeline = Timeline(late_after=86_400_000_000)
    for record in found:
        timeline.append(record)
    timeline.marks.update(marks)
    return timeline
