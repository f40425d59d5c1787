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

from ocpptui.capture.exporters import Format
from ocpptui.capture.exporters.extract import Extract
from ocpptui.capture.indexing import index_all
from ocpptui.protocol.version import Version
from ocpptui.timeline.record import Kind, Record
from ocpptui.timeline.selection import Selection
from ocpptui.timeline.timeline import Timeline
from tests.capture.exporters.extracts import DOWN, export, message
from tests.capture.exporters.test_recording import RECORDINGS
from tests.capture.records import RECORDS

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "open-ocpp-trace.schema.json").read_text()),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)
NAMED = {
    "schemaVersion", "timestamp", "ocppVersion", "transport", "chargePointId", "connectorId", "direction",
    "messageType", "messageId", "action", "payload", "raw", "error",
}  # fmt: skip


def lines(output: bytes) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in output.splitlines()]
    for line in found:
        SCHEMA.validate(line)
        assert set(line) <= NAMED
    return found


@given(st.lists(RECORDS, max_size=5))
def test_every_line_is_valid_and_what_is_missing_is_counted(records: list[Record]) -> None:
    output, exported = export(Format.OPEN_OCPP_TRACE, records)
    held = [record for record in records if record.kind in (Kind.CALL, Kind.CALLRESULT, Kind.CALLERROR)]
    assert [line["raw"] for line in lines(output)] == [record.raw for record in held]
    assert exported.written == len(held)
    assert exported.left_out.total() == len(records) - len(held)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_an_answer_stands_behind_its_call(path: Path) -> None:
    """The public rule: the most recent unanswered call of the opposite direction with that id."""
    timeline = Timeline()
    indexer = index_all(path, timeline)
    out = io.BytesIO()
    Format.OPEN_OCPP_TRACE.exporter(Extract(Selection(timeline)), out)
    expected = timeline.counts.calls - timeline.counts.unanswered
    indexer.close()
    open_calls: dict[tuple[str, str, str], list[str]] = {}
    matched = 0
    other = {"cp-to-csms": "csms-to-cp", "csms-to-cp": "cp-to-csms"}
    for line in lines(out.getvalue()):
        key = line["chargePointId"], line["direction"], line["messageId"]
        if line["messageType"] == "CALL":
            open_calls.setdefault(key, []).append(line["action"])
        elif calls := open_calls.get((key[0], other[key[1]], key[2])):
            assert line["action"] == calls.pop()
            matched += 1
    assert matched == expected


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


def test_a_payload_that_json_cannot_say_stands_in_raw_alone() -> None:
    output, _ = export(Format.OPEN_OCPP_TRACE, [message('[2,"1","Heartbeat",{"x":NaN}]')])
    (line,) = lines(output)
    assert "payload" not in line
    assert line["raw"] == '[2,"1","Heartbeat",{"x":NaN}]'
