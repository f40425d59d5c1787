from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ocpptui.jsontext.unsafe_characters import UNSAFE, escaped_json_line
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_encoding import SOAP
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording import line_format as module
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import Unreadable, from_line, is_recording, to_line
from ocpptui.recording.message_line import raw_in, raws_in
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from tests.ocpp.envelopes import CS_15, request, response
from tests.recording.records import MESSAGES, RECORDS

SCHEMA = json.loads(Path(__file__).with_name("open-ocpp-trace.schema.json").read_text())
"""https://github.com/open-ocpp-trace/specification, Apache-2.0."""
BOOT = '[2,"a81f","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'


def message(raw: str | bytes, **others: Any) -> Record:
    given = {"time": 1_795_341_723_120_456, "connection": 1, "direction": Direction.TO_CSMS, "charge_point": "CP001"}
    return message_record(raw, **{"version": Version.V16, **given, **others})


def line_of(record: Record, action: str = "") -> dict[str, Any]:
    fields = json.loads(to_line(record, action))
    assert isinstance(fields, dict)
    return fields


def read(line: dict[str, Any]) -> Record:
    record = from_line(json.dumps(line).encode())
    assert isinstance(record, Record)
    return record


# -- what is written -------------------------------------------------------------------------------------------------


def test_a_call_is_written_as_the_format_says() -> None:
    assert line_of(message(BOOT, origin=Origin.BEHAVIOUR)) == {
        "schemaVersion": "1.1",
        "timestamp": "2026-11-22T10:02:03.120456Z",
        "ocppVersion": "1.6",
        "transport": "json",
        "chargePointId": "CP001",
        "direction": "cp-to-csms",
        "messageType": "CALL",
        "messageId": "a81f",
        "action": "BootNotification",
        "raw": BOOT,
        "meta": {"ocpptui": {"connection": 1, "origin": "behaviour"}},
    }


def test_an_error_is_written_with_its_code_description_and_details() -> None:
    line = line_of(message('[4,"a81f","GenericError","no",{"why":[1]}]'), "BootNotification")
    assert line["error"] == {"code": "GenericError", "description": "no", "details": {"why": [1]}}
    assert line["action"] == "BootNotification"


def test_a_malformed_frame_is_written_with_its_defect() -> None:
    line = line_of(message('[2,"a81f","Boot'))
    assert line["messageType"] == "MALFORMED"
    assert line["raw"] == '[2,"a81f","Boot'
    assert line["defect"]["name"] == "truncated"


def test_bytes_that_are_no_text_are_written_as_base64() -> None:
    line = line_of(message(b"\xff[2"))
    assert "raw" not in line
    assert line["meta"]["ocpptui"]["bytes"] == "/1sy"


def test_derived_entries_join_ours() -> None:
    """Headless output is a recording that also says what was found out."""
    line = json.loads(to_line(message(BOOT), derived={"index": 4, "valid": True}))
    assert line["meta"]["ocpptui"] == {"connection": 1, "origin": "wire", "index": 4, "valid": True}


@given(MESSAGES, st.sampled_from(["", "Heartbeat"]))
def test_other_tools_can_read_our_calls_and_answers(record: Record, action: str) -> None:
    """The public schema holds for each CALL, CALLRESULT and CALLERROR line, by two validators."""
    line = to_line(record, action)
    if record.kind in (RecordKind.CALL, RecordKind.CALLRESULT, RecordKind.CALLERROR):
        fields = json.loads(line)
        Draft202012Validator(SCHEMA).validate(fields)
        assert jsonschema_rs.validator_for(SCHEMA).is_valid(_without_surrogates(fields))


def _without_surrogates(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


@given(RECORDS)
def test_a_line_is_one_line_of_utf_8(record: Record) -> None:
    line = to_line(record)
    line.decode()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1


# -- there and back --------------------------------------------------------------------------------------------------


@given(RECORDS)
def test_a_record_survives_its_line(record: Record) -> None:
    assert from_line(to_line(record)) == record


@given(MESSAGES)
def test_the_raw_text_survives_byte_for_byte(record: Record) -> None:
    again = from_line(to_line(record, "Heartbeat", {"index": 1, "violations": []}))
    assert isinstance(again, Record)
    assert again.raw == record.raw
    assert type(again.raw) is type(record.raw)


def test_half_a_surrogate_pair_comes_back_as_its_escape() -> None:
    """UTF-8 cannot carry it, and what reads the recording would end with a traceback."""
    again = from_line(to_line(message('[2,"\ud800","Heartbeat",{}]')))
    assert isinstance(again, Record)
    assert again.raw == '[2,"\\ud800","Heartbeat",{}]'


def test_masked_paths_survive() -> None:
    record = Record(
        5,
        1,
        RecordKind.CALL,
        Direction.TO_CHARGE_POINT,
        "A",
        Version.V16,
        '[2,"1","X",{}]',
        masked=("$.value", "$.x[0]"),
    )
    assert from_line(to_line(record)) == record


# -- lines of other tools --------------------------------------------------------------------------------------------

FOREIGN: dict[str, Any] = {
    "schemaVersion": "1.0",
    "timestamp": "2024-01-15T11:00:00.5+01:00",
    "transport": "json",
    "chargePointId": "CS-7",
    "direction": "cp-to-csms",
    "messageType": "CALL",
    "messageId": "m1",
    "action": "Heartbeat",
}


def test_a_line_without_raw_gets_its_frame_from_the_fields() -> None:
    record = read({**FOREIGN, "payload": {"a": [1, "ü"]}, "vendorField": 1, "connectorId": 2})
    assert record.raw == '[2,"m1","Heartbeat",{"a":[1,"ü"]}]'
    assert (record.time, record.connection, record.version) == (1_705_312_800_500_000, 0, None)
    assert (record.charge_point, record.direction) == ("CS-7", Direction.TO_CSMS)


@pytest.mark.parametrize(
    ("fields", "raw"),
    [
        ({"messageType": "CALL"}, '[2,"m1","Heartbeat",{}]'),
        ({"messageType": "SEND", "payload": {}}, '[6,"m1","Heartbeat",{}]'),
        ({"messageType": "CALLRESULT", "payload": {"x": 1.5}}, '[3,"m1",{"x":1.5}]'),
        ({"messageType": "CALLRESULT"}, '[3,"m1",{}]'),
        ({"messageType": "CALLERROR", "error": {"code": "C", "description": "d"}}, '[4,"m1","C","d",{}]'),
        ({"messageType": "CALLERROR", "error": {"details": {"a": 1}}}, '[4,"m1","","",{"a":1}]'),
        ({"messageType": "CALLRESULTERROR", "error": {"code": "C"}}, '[5,"m1","C","",{}]'),
    ],
)
def test_every_message_type_can_be_made_from_the_fields(fields: dict[str, Any], raw: str) -> None:
    record = read({**FOREIGN, **fields})
    assert record.raw == raw
    assert record.kind.name == fields["messageType"]


def test_the_raw_text_wins_over_the_fields() -> None:
    """The raw text is the truth, whatever a tool made of it."""
    record = read({**FOREIGN, "messageType": "CALLRESULT", "raw": '[2,"other","Reset",{}]', "payload": {}})
    assert record.kind is RecordKind.CALL
    assert isinstance(record.frame, Message)
    assert record.frame.action == "Reset"


@pytest.mark.parametrize("name", ["HEARTBEAT_SENT", "HTTP", "CALLRESULTCONFIRMED"])
def test_an_unknown_message_type_is_a_note_and_not_lost(name: str) -> None:
    record = read({**FOREIGN, "messageType": name, "payload": {"x": 1}})
    assert record.kind is RecordKind.NOTE
    assert record.charge_point == "CS-7"
    assert name in record.detail["text"]
    assert '"x"' in record.detail["text"]


def test_an_unknown_message_type_with_a_frame_is_that_frame() -> None:
    record = read({**FOREIGN, "messageType": "REQUEST", "raw": BOOT})
    assert (record.kind, record.raw) == (RecordKind.CALL, BOOT)


def test_a_soap_message_is_read_as_one() -> None:
    raw = request("Heartbeat", service=CS_15)
    record = read({**FOREIGN, "transport": "soap", "ocppVersion": "1.5", "raw": raw})
    assert (record.kind, record.transport, record.version) == (RecordKind.CALL, Transport.SOAP, Version.V15)
    assert isinstance(record.frame, Message)
    assert record.frame.action == "Heartbeat"
    assert line_of(record)["transport"] == "soap"
    broken = read({**FOREIGN, "transport": "soap", "raw": "<soap:Envelope/>"})
    assert (broken.kind, broken.transport) == (RecordKind.MALFORMED, Transport.SOAP)


def test_a_soap_answer_keeps_the_id_that_only_its_connection_says() -> None:
    """Its envelope relates to nothing; opened again it would be an answer to no call."""
    raw = response("Heartbeat", relates_to="")
    frame = SOAP.read(raw)
    assert isinstance(frame, Message)
    answer = message(raw, transport=Transport.SOAP, parsed=replace(frame, id="uuid:1"))
    again = read(line_of(answer))
    assert isinstance(again.frame, Message)
    assert again.frame.id == "uuid:1"
    assert again.raw == raw


def test_a_soap_message_without_its_envelope_is_kept_visible() -> None:
    record = read({**FOREIGN, "transport": "soap", "ocppVersion": "1.5", "raw": None, "payload": {"idTag": "A"}})
    assert record.kind is RecordKind.NOTE
    assert "CALL over soap: " in record.detail["text"]
    assert '"idTag": "A"' in record.detail["text"]
    assert record.direction is Direction.TO_CSMS


@pytest.mark.parametrize("version", ["1.6", "1.6J", "ocpp1.6", "v16"])
def test_the_version_is_understood_in_its_spellings(version: str) -> None:
    assert read({**FOREIGN, "ocppVersion": version}).version is Version.V16


def test_an_unreadable_time_gets_the_one_that_is_given() -> None:
    line = json.dumps({**FOREIGN, "timestamp": "yesterday"}).encode()
    record = from_line(line, fallback_time=77)
    assert isinstance(record, Record)
    assert record.time == 77


@pytest.mark.parametrize(
    "odd",
    [
        {"meta": 1},
        {"meta": {"ocpptui": []}},
        {"meta": {"ocpptui": {"connection": "1", "origin": 5, "masked": "x", "bytes": 3}}},
        {"meta": {"ocpptui": {"connection": -1}}},
        {"meta": {"ocpptui": {"connection": 2**40}}},
        {"direction": ["up"]},
        {"direction": "up"},
        {"chargePointId": 7},
        {"ocppVersion": 1.6},
        {"timestamp": 12},
        {"error": "no", "messageType": "CALLERROR"},
        {"messageId": {"a": 1}},
        {"action": None},
        {"schemaVersion": 1},
        {"schemaVersion": "one"},
        {"transport": None},
    ],
)
def test_a_field_of_a_wrong_type_costs_no_more_than_the_field(odd: dict[str, Any]) -> None:
    record = read({**FOREIGN, **odd})
    assert record.connection == 0


def test_bytes_that_are_not_base64_are_shown_as_they_are() -> None:
    record = read({**FOREIGN, "messageType": "MALFORMED", "meta": {"ocpptui": {"bytes": "???"}}})
    assert (record.kind, record.raw) == (RecordKind.MALFORMED, "???")


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.0", "2", "10.3.1", "9" * 5000])
def test_a_later_version_is_refused_with_what_it_needs(version: str) -> None:
    with pytest.raises(LaterVersion, match=f"needs an ocpptui that reads version {version.split('.')[0]}"):
        from_line(json.dumps({**FOREIGN, "schemaVersion": version}).encode())


def test_a_later_minor_version_is_read() -> None:
    assert read({**FOREIGN, "schemaVersion": "1.9"}).kind is RecordKind.CALL


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "empty"),
        (b"hello", "JSON object"),
        (b"[1,2]", "JSON object"),
        (b"3", "JSON object"),
        (b"\x00\x01\x02", "NUL"),
        (b'{"a":"\xff"}', "byte 7 of the line is not UTF-8"),
        (b'{"messageType":"CALL","raw":"[2', "cannot be read"),
        (b'{"hello":1}', "neither a messageType nor a raw frame"),
    ],
)
def test_a_line_that_is_not_a_record_is_reported_with_a_reason(line: bytes, reason: str) -> None:
    found = from_line(line)
    assert isinstance(found, Unreadable)
    assert reason in found.reason


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_bytes_at_all_make_the_reader_fail(line: bytes) -> None:
    assert isinstance(from_line(line), Record | Unreadable)


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text()), lambda v: st.lists(v, max_size=2)))
def test_no_value_in_any_field_makes_the_reader_fail(value: Any) -> None:
    for name in (*FOREIGN, "raw", "payload", "error", "meta", "ocppVersion", "detail"):
        if name == "schemaVersion" and type(value) is str:
            continue  # a later version is refused
        assert isinstance(from_line(json.dumps({**FOREIGN, name: value}).encode()), Record | Unreadable)
    for name in ("connection", "origin", "masked", "bytes"):
        line = {**FOREIGN, "meta": {"ocpptui": {name: value}}}
        assert isinstance(from_line(json.dumps(line).encode()), Record)


def test_a_very_deep_line_is_reported_and_not_fatal() -> None:
    found = from_line(b'{"messageType":"CALL","payload":' + b"[" * 100_000)
    assert isinstance(found, Unreadable)


@pytest.mark.parametrize("event", list(ConnectionEvent))
def test_every_event_survives(event: ConnectionEvent) -> None:
    record = Record(1, 3, RecordKind.CONNECTION, None, "A", detail={"event": event.value, "headers": [["a", "b"]]})
    assert from_line(to_line(record)) == record


DETAILS: tuple[dict[str, Any], ...] = (
    {},
    {"guessed": ["time"]},
    {"frame": 3, "passedOnMs": 0.25},
    {"change": "changed", "insteadOf": 2},
)


@given(
    RECORDS, st.sampled_from(["", "Heartbeat", "é", "\ud800", "x" * 200]), st.sampled_from([*DETAILS, {"é": "\ud800"}])
)
def test_the_quick_line_is_the_one_that_is_written_with_care(
    record: Record, action: str, detail: dict[str, Any]
) -> None:
    parsed = replace(record, parsed=record.frame, detail=detail if record.kind.is_message else record.detail)
    with_care = escaped_json_line(module._whole_line(parsed, action, None))
    assert to_line(parsed, action) == to_line(parsed, action) == with_care


@given(RECORDS, st.sampled_from(["", "\x9b2J", "\u202e"]))
def test_no_line_acts_on_a_terminal(record: Record, action: str) -> None:
    """`cat` of a recording would let a charge point set the title of the terminal, or hide what it sent."""
    line = to_line(record, action)
    assert UNSAFE.search(line.decode().removesuffix("\n")) is None
    assert json.loads(line) == json.loads(module._whole_line(record, action, None))


@pytest.mark.parametrize(
    "line",
    [
        b'{"ts":"2026-03-01T10:00:00Z","messageType":"CALL","dir":"in","message":"[2,\\"a\\",\\"Heartbeat\\",{}]"}\n',
        b'{"messageType":"DATA_MESSAGE","logEvents":[]}\n',
        b'{"schemaVersion":2,"messageType":"CALL"}\n',
        b'{"schemaVersion":"1.0","config":{}}\n',
    ],
)
def test_a_key_that_others_use_too_does_not_make_a_recording(line: bytes) -> None:
    """Frames of another tool would be thrown away, and others made up."""
    assert not is_recording(line)


@pytest.mark.parametrize("line", [b'{"schemaVersion":"1.1","messageType":"CALL"}', b'{"schemaVersion":"2.0","timesta'])
def test_the_version_of_the_schema_makes_a_recording(line: bytes) -> None:
    """A recording cut after a few bytes, and one of a later version, are recordings."""
    assert is_recording(line) and is_recording(b"\xef\xbb\xbf" + line)


_SPLICES = st.sampled_from(
    [
        b"",
        b',"raw":"x"',
        b',"r\\u0061w":"x"',
        b',"meta":{"ocpptui":{"connection":1}}',
        b',"detail":{"a":1,"raw":"x"}',
        b',"detail":{"guessed":["[version]","[2]"]}',
        b',"detail":{"a":"[]","detail":{"a":"[]","meta":{}}}',
        b',"detail":["[]","detail"],"raw":"[3]","detail":{}',
    ]
)


@given(RECORDS, _SPLICES, st.sampled_from([b',"raw":', b',"meta":', b',"direction":', b"}}}"]), st.booleans())
def test_the_raw_text_found_by_its_surroundings_is_that_of_the_line(
    record: Record, splice: bytes, beside: bytes, before: bool
) -> None:
    """A payload of another message would be judged, or what the writer of a log noted beside it."""
    line = to_line(record, "Heartbeat")[:-1]
    line = line.replace(beside, splice + beside if before else beside + splice, 1)
    try:
        raw = json.loads(line).get("raw")
    except ValueError:
        return  # no such line has a row
    assert raw_in(line) in (None, raw)


@given(st.lists(st.tuples(RECORDS, _SPLICES), max_size=6))
def test_the_raw_texts_of_many_lines_are_those_of_each(lines: list[tuple[Record, bytes]]) -> None:
    """A record would be judged by what another one says."""
    found = list[bytes]()
    for record, splice in lines:
        line = to_line(record, "Heartbeat").replace(b',"direction":', splice + b',"direction":', 1)
        found.append(line)
    assert raws_in(found) == [raw_in(line) for line in found]


@pytest.mark.parametrize("detail", ({}, {"guessed": ["zone", "version"]}))
def test_the_raw_text_of_a_plain_line_is_found(detail: dict[str, Any]) -> None:
    """Each check of a recording, or of a log of another tool, would take longer."""
    assert raw_in(to_line(replace(message(BOOT), detail=detail), "")) == BOOT
