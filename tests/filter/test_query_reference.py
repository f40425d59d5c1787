"""Random filters on random timelines find the same records as a simple second implementation of the language."""

from __future__ import annotations

import json
from array import array
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.filter.values import glob
from ocpptui.ocpp.message import Message
from ocpptui.recording.line_format import from_line, to_line
from ocpptui.recording.record_texts import LineTexts
from ocpptui.timeline.record import Record
from ocpptui.timeline.record_store import Place
from ocpptui.timeline.timeline import Timeline
from tests.filter.plain_filter import (
    PLAIN,
    UNANSWERED,
    Filter,
    combined,
    fields,
    latencies,
    like,
    moments,
    names,
    words,
)
from tests.timeline.random_records import RECORDS, many, messages, timeline_of

pytestmark = pytest.mark.usefixtures("newfoundland")


def check(wanted: Filter, timeline: Timeline) -> None:
    expected = [index for index in range(len(timeline)) if wanted.test(timeline, index)]
    query = parse_filter(wanted.text)
    assert query.select(timeline, 0, len(timeline)) == expected
    assert [index for index in range(len(timeline)) if query.matches(timeline, index)] == expected


@settings(max_examples=120, deadline=None)
@given(many(messages()), fields())
def test_a_payload_field_is_found_at_any_depth(found: list[Record], wanted: Filter) -> None:
    check(wanted, timeline_of(found, set()))


@settings(max_examples=300)
@given(st.text("ab*", max_size=6), st.text("ab", max_size=5))
def test_a_star_matches_anything(pattern: str, name: str) -> None:
    assert glob(pattern)(name) == like(pattern, name)


@settings(max_examples=60, deadline=None)
@given(many(RECORDS), st.sets(st.integers(0, 20)))
def test_each_term_without_a_free_value_is_found(found: list[Record], marks: set[int]) -> None:
    for wanted in PLAIN:
        check(wanted, timeline_of(found, marks))


@settings(max_examples=60, deadline=None)
@given(many(RECORDS), names() | words())
def test_names_and_words_are_found(found: list[Record], wanted: Filter) -> None:
    check(wanted, timeline_of(found, set()))


@settings(max_examples=60, deadline=None)
@given(many(RECORDS), moments() | latencies())
def test_times_are_compared(found: list[Record], wanted: Filter) -> None:
    check(wanted, timeline_of(found, set()))


@settings(max_examples=120, deadline=None)
@given(many(RECORDS), st.sets(st.integers(0, 20)), combined(st.sampled_from(PLAIN) | names() | words() | fields()))
def test_terms_combine(found: list[Record], marks: set[int], wanted: Filter) -> None:
    check(wanted, timeline_of(found, marks))


class Lines:
    """A recording in memory with these lines; each kept record gets the next one."""

    def __init__(self, lines: list[bytes]) -> None:
        self._data = b"".join(lines)
        ends = list(accumulate(map(len, lines), initial=0))
        self._places = iter([(start, end - start) for start, end in pairwise(ends)])

    def keep(self, record: Record, action: str = "") -> Place:
        return next(self._places)

    def record(self, place: Place) -> Record:
        record = from_line(self._read(*place))
        assert isinstance(record, Record)
        return record

    def raw(self, place: Place) -> str | bytes | None:
        return self.record(place).raw

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> LineTexts:
        return LineTexts(self._read, offsets, lengths, wanted)

    def _read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


def as_other_tools_write(record: Record, style: str) -> bytes:
    line = to_line(record)
    fields = json.loads(line)
    if style == "spaced":
        return json.dumps(fields, indent=0).replace("\n", " ").encode() + b"\n"
    if style == "escaped" and isinstance(fields.get("raw"), str):
        raw = "".join(f"\\u{ord(letter):04x}" for letter in fields.pop("raw") if ord(letter) < 0x10000)
        return json.dumps(fields)[:-1].encode() + f', "raw": "{raw}"}}\n'.encode()
    if style == "payload" and isinstance(record.frame, Message):
        del fields["raw"]
        return json.dumps({**fields, "payload": record.frame.payload}, ensure_ascii=False).encode() + b"\n"
    return line


@settings(max_examples=120, deadline=None)
@given(
    many(st.tuples(RECORDS, st.sampled_from(["ours", "ours", "spaced", "escaped", "payload"]))),
    combined(names() | words() | fields()),
)
def test_a_recording_gives_the_same_matches_as_memory(written: list[tuple[Record, str]], wanted: Filter) -> None:
    lines = [as_other_tools_write(record, style) for record, style in written]
    timeline = Timeline(Lines(lines))
    records = [record for line in lines if isinstance(record := from_line(line), Record)]
    for record in records:
        timeline.append(record)
    in_memory = timeline_of(records, set())
    query = parse_filter(wanted.text)
    assert query.select(timeline, 0, len(timeline)) == query.select(in_memory, 0, len(timeline))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(many(messages(st.just({}), st.sampled_from(["1", "2"]))), max_size=5),
    combined(st.sampled_from(PLAIN) | latencies() | st.just(UNANSWERED)),
    st.sampled_from([None, "CP001"]),
)
def test_a_growing_selection_ends_with_the_matching_records(
    batches: list[list[Record]], wanted: Filter, charge_point: str | None
) -> None:
    timeline = Timeline(late_after=86_400_000_000)
    selection = Selection(timeline, parse_filter(wanted.text), charge_point)
    for batch in batches:
        for record in batch:
            timeline.append(record)
        while not selection.advance(0):
            pass
        expected = [
            index
            for index in range(len(timeline))
            if wanted.test(timeline, index) and charge_point in (None, timeline.charge_point(index))
        ]
        assert [selection.index_of_row(row) for row in range(len(selection))] == expected
        assert selection.progress == 1.0
