"""Strict Open OCPP Trace: other tools accept every line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Origin, Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.exporting.extracts import DOWN, export, message, timeline_of
from tests.exporting.test_recording_copy import RECORDINGS
from tests.recording.indexing import index_all
from tests.recording.records import RECORDS

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "recording" / "open-ocpp-trace.schema.json").read_text()),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)
HELD = (RecordKind.CALL, RecordKind.CALLRESULT, RecordKind.CALLERROR)
OTHER = {"cp-to-csms": "csms-to-cp", "csms-to-cp": "cp-to-csms"}
NAMED = {
    "schemaVersion", "timestamp", "ocppVersion", "transport", "chargePointId", "connectorId", "direction",
    "messageType", "messageId", "action", "payload", "raw", "error",
}  # fmt: skip


def lines(output: bytes) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in output.splitlines()]
    for line in found:
        SCHEMA.validate(line)
        assert set(line) <= NAMED | {"meta"}
    return found


@given(st.lists(RECORDS, max_size=5))
def test_every_line_is_valid_and_what_is_missing_is_counted(records: list[Record]) -> None:
    output, exported = export(Format.OPEN_OCPP_TRACE, records)
    held = [record for record in records if record.kind in HELD]
    written = lines(output)
    assert [line["raw"] for line in written] == [record.raw for record in held]
    assert ["meta" in line for line in written] == [record.origin is Origin.TRANSLATED for record in held]
    assert exported.written == len(held)
    assert exported.left_out.total() == len(records) - len(held)


def correlated(found: list[dict[str, Any]]) -> dict[int, int]:
    """By the public rule, of each line that answers a call the line of that call: the most recent unanswered one before
    it, of the same charge point, in the opposite direction, with the same id."""
    unanswered: dict[tuple[str, str, str], list[int]] = {}
    calls: dict[int, int] = {}
    for number, line in enumerate(found):
        key = line.get("chargePointId", ""), line["direction"], line["messageId"]
        if line["messageType"] == "CALL":
            unanswered.setdefault(key, []).append(number)
        elif waiting := unanswered.get((key[0], OTHER[key[1]], key[2])):
            calls[number] = waiting.pop()
    return calls


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_recording_is_valid_and_its_answers_are_found_by_the_public_rule(path: Path) -> None:
    """Another tool that reads the export shows the same as ocpptui."""
    timeline = Timeline()
    indexer = index_all(path, timeline)
    extract = Extract(Selection(timeline))
    out = io.BytesIO()
    Format.OPEN_OCPP_TRACE.exporter(extract, out)
    written = [index for index in extract.indexes if timeline.kind(index) in HELD]
    expected = answers(timeline, written)
    indexer.close()
    found = lines(out.getvalue())
    calls = correlated(found)
    assert {written[answer]: written[call] for answer, call in calls.items()} == expected
    assert all(found[answer]["action"] == found[call]["action"] for answer, call in calls.items())


@given(
    st.lists(
        st.tuples(st.sampled_from("234"), st.sampled_from("12"), st.sampled_from(Direction), st.sampled_from("AB")),
        max_size=20,
    )
)
def test_the_public_rule_finds_the_call_of_every_answer(messages: list[tuple[str, str, Direction, str]]) -> None:
    """Also where ids are used again, in both directions, by several charge points, and where answers come twice."""
    rest = {"2": '"Heartbeat",{}', "3": "{}", "4": '"GenericError","",{}'}
    timeline = timeline_of(
        message(f'[{kind},"{number}",{rest[kind]}]', direction, charge_point=who, connection=ord(who))
        for kind, number, direction, who in messages
    )
    out = io.BytesIO()
    Format.OPEN_OCPP_TRACE.exporter(Extract(Selection(timeline)), out)
    assert correlated(lines(out.getvalue())) == answers(timeline, list(range(len(timeline))))


def answers(timeline: Timeline, indexes: list[int]) -> dict[int, int]:
    """Of each answer that the timeline found the call of, that call, if the format has a place for it."""
    taken = (AnswerStatus.FIRST, AnswerStatus.LATE)
    found = {index: timeline.other_half(index) for index in indexes if timeline.answering(index) in taken}
    return {answer: call for answer, call in found.items() if call in indexes}


def test_an_error_has_its_code_and_a_call_its_payload() -> None:
    output, _ = export(
        Format.OPEN_OCPP_TRACE,
        [
            message('[2,"1","StatusNotification",{"connectorId":2,"x":1.50}]'),
            message('[4,"1","FormationViolation","no such field",{"field":"x"}]', DOWN),
        ],
    )
    call, error = lines(output)
    assert call["payload"] == {"connectorId": 2, "x": 1.5}
    assert call["connectorId"] == 2
    assert error["error"] == {"code": "FormationViolation", "description": "no such field", "details": {"field": "x"}}
    assert error["action"] == "StatusNotification"


def test_messages_of_2_1_are_counted_by_their_type() -> None:
    """Nobody takes the export for complete where the format has no place for a message."""
    raws: list[str | bytes] = [
        '[6,"1","NotifyPeriodicEventStream",{}]',
        '[5,"2","FormatViolation","",{}]',
        "no OCPP",
        b"\xff",
    ]
    output, exported = export(Format.OPEN_OCPP_TRACE, [message(raw, version=Version.V21) for raw in raws])
    assert output == b""
    assert exported.left_out == {"SEND": 1, "CALLRESULTERROR": 1, "MALFORMED": 2}


def test_a_payload_that_json_cannot_repeat_is_only_in_raw() -> None:
    output, _ = export(Format.OPEN_OCPP_TRACE, [message('[2,"1","Heartbeat",{"x":1e400}]')])
    (line,) = lines(output)
    assert "payload" not in line
    assert line["raw"] == '[2,"1","Heartbeat",{"x":1e400}]'
