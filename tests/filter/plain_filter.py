"""Strategies: filters, each with a simple second implementation that tests record by record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.timeline.random_records import KEYS

Test = Callable[[Timeline, int], bool]


class Filter(NamedTuple):
    text: str
    test: Test
    loose: bool = False
    """Whether it needs brackets inside another filter."""


def like(pattern: str, name: str) -> bool:
    return (
        re.fullmatch(".*".join(map(re.escape, pattern.casefold().split("*"))), name.casefold(), re.DOTALL) is not None
    )


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def content(timeline: Timeline, index: int) -> Any:
    frame = timeline.record(index).frame
    if not isinstance(frame, Message):
        return None
    if timeline.kind(index) in (RecordKind.CALLERROR, RecordKind.CALLRESULTERROR):
        return {
            "errorCode": frame.error_code,
            "errorDescription": frame.error_description,
            "errorDetails": frame.payload,
        }
    return frame.payload


def places(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with the keys above it; lists are replaced by their items."""
    if isinstance(value, dict):
        if path:
            yield path, value
        for key, item in value.items():
            yield from places(item, (*path, key.casefold()))
    elif isinstance(value, list) and value:
        for item in value:
            yield from places(item, path)
    else:
        yield path, value


def as_number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (ValueError, TypeError):
        return None


def equal(value: Any, wanted: str, literal: bool) -> bool:
    if wanted == "*" and not literal:
        return True
    if isinstance(value, dict | list):
        return False
    if isinstance(value, int | float) and not isinstance(value, bool) and as_number(wanted) is not None:
        return value == float(wanted)
    shown = value if isinstance(value, str) else json.dumps(value)
    return shown.casefold() == wanted.casefold() if literal else like(wanted, shown)


def in_order(sign: str, left: Any, right: Any) -> bool:
    if sign.startswith("<"):
        return bool(left < right) or (sign == "<=" and bool(left == right))
    return bool(left > right) or (sign == ">=" and bool(left == right))


def compare(value: Any, sign: str, wanted: str) -> bool:
    number = as_number(wanted)
    if number is None:
        return isinstance(value, str) and in_order(sign, value.casefold(), wanted.casefold())
    mine = None if isinstance(value, dict | list) else as_number(value)
    return mine is not None and in_order(sign, mine, number)


def leaf(text: str, test: Test) -> Filter:
    return Filter(text, test)


@st.composite
def fields(draw: st.DrawFn) -> Filter:
    path = ".".join(
        draw(st.lists(KEYS | st.sampled_from(["errorDetails", "CONNECTORID", "errorCode"]), min_size=1, max_size=2))
    )
    wanted, literal = (
        draw(
            st.sampled_from(
                ["1", "2.5", "on", "o*", "*", "*x*", "a*b", "", "x y", "true", "null", "-2", "zebra", "Z*a"]
            )
        ),
        draw(st.booleans()),
    )
    literal = literal or not wanted or " " in wanted
    sign = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    keys = tuple(path.casefold().split("."))

    def test(timeline: Timeline, index: int) -> bool:
        found = [value for place, value in places(content(timeline, index)) if place[-len(keys) :] == keys]
        if sign == "=":
            return any(equal(value, wanted, literal) for value in found)
        if sign == "!=":
            return bool(found) and not any(equal(value, wanted, literal) for value in found)
        return any(compare(value, sign, wanted) for value in found)

    return leaf(f"{path}{sign}{quoted(wanted) if literal else wanted}", test)


@st.composite
def names(draw: st.DrawFn) -> Filter:
    of, values = draw(
        st.sampled_from(
            [
                ("action", ["Heartbeat", "boot*", "*o*e*", "Odd action", "*", "", "ab*ab", "aba*bab", "*b*b*b*"]),
                ("cp", ["CP001", "cp*", "*2", 'q"u', "a*b", "strasse", ""]),
                ("id", ["1", "AB", "a*", "*", 'q"']),
            ]
        )
    )
    wanted, literal = draw(st.sampled_from(values)), draw(st.booleans())
    literal = literal or not wanted or " " in wanted or '"' in wanted

    def test(timeline: Timeline, index: int) -> bool:
        if of == "action":
            name: str | None = timeline.action(index)
        elif of == "cp":
            name = timeline.charge_point(index)
        else:
            frame = timeline.record(index).frame
            name = frame.id if frame is not None else None
        if name is None:
            return False
        return name.casefold() == wanted.casefold() if literal else like(wanted, name)

    return leaf(f"{of}:{quoted(wanted) if literal else wanted}", test)


def all_text(record: Record) -> str:
    if isinstance(record.raw, bytes):
        return record.raw.decode(errors="replace")
    if record.raw is not None:
        return record.raw
    if record.kind is RecordKind.CONNECTION:
        return f"event: {record.detail['event']}\nheaders\nHost\nOn 1\ncode: 1"
    return "\n".join(f"{key}: {value}" for key, value in record.detail.items())


@st.composite
def words(draw: st.DrawFn) -> Filter:
    word = draw(
        st.sampled_from(
            [
                "on",
                "HEART",
                "x y",
                "1",
                "ü",
                "connectorId",
                "[2,",
                "\\u",
                'value"',
                "ss",
                "or",
                "kebra",
                "zebra",
                "none",
            ]
        )
    )
    bare = word not in ("or", "x y") and draw(st.booleans())
    return leaf(
        word if bare else quoted(word),
        lambda timeline, index: word.casefold() in all_text(timeline.record(index)).casefold(),
    )


@st.composite
def moments(draw: st.DrawFn) -> Filter:
    side = draw(st.sampled_from(["after", "before"]))
    moment = datetime(2025, 11, 22, 12, tzinfo=UTC) + timedelta(minutes=draw(st.integers(-4000, 4000)))
    moment = moment.astimezone(draw(st.sampled_from([None, UTC])))
    shape = draw(st.sampled_from(["of day", "date", "whole", "offset"]))
    utc = moment.tzinfo is UTC
    if shape == "of day":
        text = f"{moment:%H:%M}{'Z' if utc else ''}"
    elif shape == "date":
        moment = moment.astimezone().replace(hour=0, minute=0)
        text = f"{moment:%Y-%m-%d}"
    elif shape == "whole":
        text = f"{moment:%Y-%m-%dT%H:%M:%S}{'Z' if utc else ''}"
    else:
        text = moment.isoformat()

    def test(timeline: Timeline, index: int) -> bool:
        mine = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=timeline.time(index))
        of_day = mine.astimezone(UTC if utc else None).time()
        return (of_day >= moment.time() if shape == "of day" else mine >= moment) == (side == "after")

    return leaf(f"{side}:{text}", test)


@st.composite
def latencies(draw: st.DrawFn) -> Filter:
    sign = draw(st.sampled_from(["<", "<=", ">", ">="]))
    text, micros = draw(st.sampled_from([("0s", 0), ("500ms", 500_000), ("1.5m", 90_000_000), ("24h", 86_400_000_000)]))

    def test(timeline: Timeline, index: int) -> bool:
        latency = timeline.latency(index)
        return latency is not None and in_order(sign, latency, micros)

    return leaf(f"latency{sign}{text}", test)


KIND_NAMES = {
    "call": {RecordKind.CALL},
    "result": {RecordKind.CALLRESULT},
    "error": {RecordKind.CALLERROR, RecordKind.CALLRESULTERROR},
    "answer": {RecordKind.CALLRESULT, RecordKind.CALLERROR, RecordKind.CALLRESULTERROR},
    "malformed": {RecordKind.MALFORMED},
    "connection": {RecordKind.CONNECTION},
    "ping": {RecordKind.PING},
    "pong": {RecordKind.PONG},
    "note": {RecordKind.NOTE},
    "send": {RecordKind.SEND},
}


def of_kind(name: str) -> Filter:
    return leaf(f"kind:{name}", lambda timeline, index: timeline.kind(index) in KIND_NAMES[name])


def of_version(version: Version) -> Filter:
    return leaf(f"version:{version}", lambda timeline, index: timeline.version(index) is version)


def of_transport(transport: Transport) -> Filter:
    return leaf(f"transport:{transport}", lambda timeline, index: timeline.record(index).transport is transport)


def of_origin(origin: Origin) -> Filter:
    return leaf(f"origin:{origin}", lambda timeline, index: timeline.origin(index) is origin)


def of_event(event: ConnectionEvent) -> Filter:
    return leaf(f"event:{event}", lambda timeline, index: timeline.event(index) is event)


def of_connection(number: int) -> Filter:
    return leaf(f"conn:{number}", lambda timeline, index: timeline.connection(index) == number)


def refuses(timeline: Timeline, index: int) -> bool:
    frame = timeline.frame(index)
    is_result = timeline.kind(index) is RecordKind.CALLRESULT
    return is_result and isinstance(frame, Message) and bool(refused_with(frame.payload))


UNANSWERED = leaf(
    "unanswered",
    lambda timeline, index: timeline.kind(index) is RecordKind.CALL and timeline.other_half(index) is None,
)
PLAIN = [
    leaf("dir:to-csms", lambda timeline, index: timeline.direction(index) is Direction.TO_CSMS),
    leaf("dir:to-cp", lambda timeline, index: timeline.direction(index) is Direction.TO_CHARGE_POINT),
    leaf("valid", lambda timeline, index: timeline.verdict(index) is Verdict.VALID),
    leaf("invalid", lambda timeline, index: timeline.verdict(index) is Verdict.INVALID),
    leaf("orphan", lambda timeline, index: timeline.answering(index) is AnswerStatus.ORPHAN),
    leaf("late", lambda timeline, index: timeline.answering(index) is AnswerStatus.LATE),
    leaf("second", lambda timeline, index: timeline.answering(index) is AnswerStatus.SECOND),
    leaf("duplicate", lambda timeline, index: timeline.is_duplicate_id(index)),
    leaf("refused", refuses),
    leaf("marked", lambda timeline, index: index in timeline.marks),
    leaf("masked", lambda timeline, index: bool(timeline.record(index).masked)),
    UNANSWERED,
]

PLAIN += [of_kind(name) for name in KIND_NAMES]
PLAIN += [of_version(version) for version in Version]
PLAIN += [of_transport(transport) for transport in Transport]
PLAIN += [of_origin(origin) for origin in Origin]
PLAIN += [of_event(event) for event in ConnectionEvent]
PLAIN += [of_connection(number) for number in range(3)]


def bracketed(part: Filter) -> str:
    return f"({part.text})" if part.loose else part.text


def negated(part: Filter, sign: str) -> Filter:
    return Filter(sign + bracketed(part), lambda timeline, index: not part.test(timeline, index))


def joined(parts: list[Filter], word: str) -> Filter:
    every = word != " or "

    def test(timeline: Timeline, index: int) -> bool:
        results = [part.test(timeline, index) for part in parts]
        return all(results) if every else any(results)

    # Parts joined by "and" need no brackets next to an "or".
    texts = [bracketed(part) if every else part.text for part in parts]
    return Filter(word.join(texts), test, loose=True)


def combined(leaves: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(negated, inner, st.sampled_from(["-", "not ", "NOT  "]))
            | st.builds(joined, st.lists(inner, min_size=2, max_size=4), st.sampled_from([" ", " and ", "\n", " or "]))
        ),
        max_leaves=6,
    )
