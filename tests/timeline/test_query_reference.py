"""Random filters over random timelines find what a plain reading of the language, record by record, finds."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.capture.lines import from_line, to_line
from ocpptui.protocol.frame import Frame
from ocpptui.protocol.version import Direction, Version
from ocpptui.timeline.query import parse
from ocpptui.timeline.query_values import glob, local_offsets
from ocpptui.timeline.record import Event, Kind, Origin, Record, message_record
from ocpptui.timeline.selection import Selection
from ocpptui.timeline.source import MemorySource
from ocpptui.timeline.timeline import Answering, Timeline, Verdict

T = TypeVar("T")

NOON = 1_763_812_800_000_000  # 2025-11-22T12:00:00Z


@pytest.fixture(autouse=True, scope="module")
def newfoundland() -> Iterator[None]:
    """A local time that is no whole number of hours from UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/St_Johns")
        time.tzset()
        local_offsets.clear()
        yield
    time.tzset()
    local_offsets.clear()


# -- random timelines ---------------------------------------------------------------------------------------------

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
    kind = draw(st.sampled_from([Kind.CONNECTION, Kind.NOTE, Kind.PING, Kind.PONG]))
    if kind is Kind.CONNECTION:
        detail: dict[str, Any] = {"event": draw(st.sampled_from(Event)).value, "headers": [["Host", "On 1"]], "code": 1}
        return Record(at, draw(st.integers(0, 2)), kind, None, name, version, detail=detail)
    if kind is Kind.NOTE:
        return Record(at, 0, kind, None, name, version, detail={"text": draw(SCALARS)})
    return Record(at, 1, kind, draw(st.sampled_from(Direction)), name, version)


def many(of: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(of, min_size=1, max_size=20)


RECORDS = messages() | messages() | messages(ids=st.just("1")) | others()


def timeline_of(found: list[Record], marks: set[int]) -> Timeline:
    timeline, source = Timeline(late_after=86_400_000_000), MemorySource()
    number = timeline.add_source(source)
    for record in found:
        timeline.append(record, number, *source.append(record))
    timeline.marks.update(marks)
    return timeline


# -- the language read plainly ------------------------------------------------------------------------------------

Test = Callable[[Timeline, int], bool]


class Filter(NamedTuple):
    text: str
    test: Test
    loose: bool = False
    """It needs brackets inside another."""


def like(pattern: str, name: str) -> bool:
    return (
        re.fullmatch(".*".join(map(re.escape, pattern.casefold().split("*"))), name.casefold(), re.DOTALL) is not None
    )


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def content(timeline: Timeline, index: int) -> Any:
    frame = timeline.record(index).frame
    if not isinstance(frame, Frame):
        return None
    if timeline.kind(index) in (Kind.CALLERROR, Kind.CALLRESULTERROR):
        return {
            "errorCode": frame.error_code,
            "errorDescription": frame.error_description,
            "errorDetails": frame.payload,
        }
    return frame.payload


def places(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with the keys above it; lists do not count, their items stand in their place."""
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


def everything_told(record: Record) -> str:
    if isinstance(record.raw, bytes):
        return record.raw.decode(errors="replace")
    if record.raw is not None:
        return record.raw
    if record.kind is Kind.CONNECTION:
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
        lambda timeline, index: word.casefold() in everything_told(timeline.record(index)).casefold(),
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
    "call": {Kind.CALL},
    "result": {Kind.CALLRESULT},
    "error": {Kind.CALLERROR, Kind.CALLRESULTERROR},
    "answer": {Kind.CALLRESULT, Kind.CALLERROR, Kind.CALLRESULTERROR},
    "malformed": {Kind.MALFORMED},
    "connection": {Kind.CONNECTION},
    "ping": {Kind.PING},
    "pong": {Kind.PONG},
    "note": {Kind.NOTE},
    "send": {Kind.SEND},
}


def of_kind(name: str) -> Filter:
    return leaf(f"kind:{name}", lambda timeline, index: timeline.kind(index) in KIND_NAMES[name])


def of_version(version: Version) -> Filter:
    return leaf(f"version:{version}", lambda timeline, index: timeline.version(index) is version)


def of_origin(origin: Origin) -> Filter:
    return leaf(f"origin:{origin}", lambda timeline, index: timeline.origin(index) is origin)


def of_event(event: Event) -> Filter:
    return leaf(f"event:{event}", lambda timeline, index: timeline.event(index) is event)


def of_connection(number: int) -> Filter:
    return leaf(f"conn:{number}", lambda timeline, index: timeline.connection(index) == number)


UNANSWERED = leaf(
    "unanswered",
    lambda timeline, index: timeline.kind(index) is Kind.CALL and timeline.other_half(index) is None,
)
PLAIN = [
    leaf("dir:to-csms", lambda timeline, index: timeline.direction(index) is Direction.TO_CSMS),
    leaf("dir:to-cp", lambda timeline, index: timeline.direction(index) is Direction.TO_CHARGE_POINT),
    leaf("valid", lambda timeline, index: timeline.verdict(index) is Verdict.VALID),
    leaf("invalid", lambda timeline, index: timeline.verdict(index) is Verdict.INVALID),
    leaf("orphan", lambda timeline, index: timeline.answering(index) is Answering.ORPHAN),
    leaf("late", lambda timeline, index: timeline.answering(index) is Answering.LATE),
    leaf("second", lambda timeline, index: timeline.answering(index) is Answering.SECOND),
    leaf("duplicate", lambda timeline, index: timeline.is_duplicate_id(index)),
    leaf("marked", lambda timeline, index: index in timeline.marks),
    leaf("masked", lambda timeline, index: bool(timeline.record(index).masked)),
    UNANSWERED,
]

PLAIN += [of_kind(name) for name in KIND_NAMES]
PLAIN += [of_version(version) for version in Version]
PLAIN += [of_origin(origin) for origin in Origin]
PLAIN += [of_event(event) for event in Event]
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

    # What is joined by "and" needs no brackets beside an "or".
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


def check(wanted: Filter, timeline: Timeline) -> None:
    expected = [index for index in range(len(timeline)) if wanted.test(timeline, index)]
    query = parse(wanted.text)
    assert query.select(timeline, 0, len(timeline)) == expected
    assert [index for index in range(len(timeline)) if query.matches(timeline, index)] == expected


@settings(max_examples=300, deadline=None)
@given(many(messages()), fields())
def test_a_field_of_the_payload_is_found_at_any_depth(found: list[Record], wanted: Filter) -> None:
    check(wanted, timeline_of(found, set()))


@settings(max_examples=1000)
@given(st.text("ab*", max_size=6), st.text("ab", max_size=5))
def test_a_star_stands_for_anything(pattern: str, name: str) -> None:
    assert glob(pattern)(name) == like(pattern, name)


@settings(max_examples=150, deadline=None)
@given(many(RECORDS), st.sets(st.integers(0, 20)))
def test_each_term_without_a_choice_of_its_own_is_found(found: list[Record], marks: set[int]) -> None:
    for wanted in PLAIN:
        check(wanted, timeline_of(found, marks))


@settings(max_examples=150, deadline=None)
@given(many(RECORDS), names() | words())
def test_names_and_words_are_found(found: list[Record], wanted: Filter) -> None:
    check(wanted, timeline_of(found, set()))


@settings(max_examples=150, deadline=None)
@given(many(RECORDS), moments() | latencies())
def test_times_are_compared(found: list[Record], wanted: Filter) -> None:
    check(wanted, timeline_of(found, set()))


@settings(max_examples=300, deadline=None)
@given(many(RECORDS), st.sets(st.integers(0, 20)), combined(st.sampled_from(PLAIN) | names() | words() | fields()))
def test_terms_combine(found: list[Record], marks: set[int], wanted: Filter) -> None:
    check(wanted, timeline_of(found, marks))


class Lines:
    """A source as a recording is one, in memory."""

    def __init__(self, lines: list[bytes]) -> None:
        self._data = b"".join(lines)

    def record(self, offset: int, length: int) -> Record:
        record = from_line(self.data(offset, length))
        assert isinstance(record, Record)
        return record

    def data(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


def as_other_tools_write(record: Record, style: str) -> bytes:
    line = to_line(record)
    fields = json.loads(line)
    if style == "spaced":
        return json.dumps(fields, indent=0).replace("\n", " ").encode() + b"\n"
    if style == "escaped" and isinstance(fields.get("raw"), str):
        raw = "".join(f"\\u{ord(letter):04x}" for letter in fields.pop("raw") if ord(letter) < 0x10000)
        return json.dumps(fields)[:-1].encode() + f', "raw": "{raw}"}}\n'.encode()
    if style == "payload" and isinstance(record.frame, Frame):
        del fields["raw"]
        return json.dumps({**fields, "payload": record.frame.payload}, ensure_ascii=False).encode() + b"\n"
    return line


@settings(max_examples=300, deadline=None)
@given(
    many(st.tuples(RECORDS, st.sampled_from(["ours", "ours", "spaced", "escaped", "payload"]))),
    combined(names() | words() | fields()),
)
def test_what_stands_in_a_recording_is_found_as_it_is_in_memory(
    written: list[tuple[Record, str]], wanted: Filter
) -> None:
    lines = [as_other_tools_write(record, style) for record, style in written]
    timeline, recording = Timeline(), Lines(lines)
    number, offset = timeline.add_source(recording), 0
    records = []
    for line in lines:
        records.append(recording.record(offset, len(line)))
        timeline.append(records[-1], number, offset, len(line))
        offset += len(line)
    in_memory = timeline_of(records, set())
    query = parse(wanted.text)
    assert query.select(timeline, 0, len(timeline)) == query.select(in_memory, 0, len(timeline))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(many(messages(st.just({}), st.sampled_from(["1", "2"]))), max_size=5),
    combined(st.sampled_from(PLAIN) | latencies() | st.just(UNANSWERED)),
    st.sampled_from([None, "CP001"]),
)
def test_a_selection_that_grows_holds_what_matches_in_the_end(
    batches: list[list[Record]], wanted: Filter, charge_point: str | None
) -> None:
    timeline, source = Timeline(late_after=86_400_000_000), MemorySource()
    number = timeline.add_source(source)
    selection = Selection(timeline, parse(wanted.text), charge_point)
    for batch in batches:
        for record in batch:
            timeline.append(record, number, *source.append(record))
        while not selection.advance(0):
            pass
        expected = [
            index
            for index in range(len(timeline))
            if wanted.test(timeline, index) and charge_point in (None, timeline.charge_point(index))
        ]
        assert [selection.index_of_row(row) for row in range(len(selection))] == expected
        assert selection.progress == 1.0
