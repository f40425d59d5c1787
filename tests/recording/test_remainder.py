"""A record is what a file shows of it and its remainder."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.recording.line_format import Unreadable
from ocpptui.recording.remainder import fields_of, parsed_remainder, remainder, remainder_text, whole_record
from ocpptui.timeline.record import Record
from tests.recording.records import RECORDS

NAMES = ("timestamp", "connection", "chargePointId", "direction", "messageType", "raw", "detail", "origin", "transport")


@settings(max_examples=50)
@given(RECORDS, st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers() | st.text(max_size=5)))
def test_any_part_of_a_record_may_be_shown_rightly_or_wrongly(record: Record, shown: dict[str, object]) -> None:
    """Whatever the visible part of an export leaves out or changes, the record comes back."""
    again = whole_record(shown, json.loads(remainder_text(record, shown) or "{}"))
    assert isinstance(again, Record)
    assert fields_of(again) == fields_of(record) or record.kind is not again.kind


@given(RECORDS)
def test_nothing_remains_of_what_is_shown(record: Record) -> None:
    assert remainder(record, fields_of(record)) == {}
    assert remainder_text(record, fields_of(record)) == ""


def test_a_text_that_is_no_remainder_adds_nothing() -> None:
    assert [parsed_remainder(text) for text in ("", "[1]", "{", '{"a":1}')] == [{}, {}, {}, {"a": 1}]
    assert isinstance(whole_record({"timestamp": "x"}, {}), Unreadable)
