"""JSON documents: DebugKit's traces, bare lists of frames, exported tables, complete or truncated."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.json_document import JsonDocument
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version

CALL, ANSWER = [2, "a", "Heartbeat", {}], [3, "a", {"currentTime": "2024-01-01T00:00:00Z"}]
TRACE = {
    "traceId": "t1",
    "metadata": {"stationId": "CP7", "ocppVersion": "1.6", "source": "x"},
    "events": [
        {"timestamp": "2024-01-01T00:00:00.000Z", "direction": "CS_TO_CSMS", "message": CALL},
        {"timestamp": "2024-01-01T00:00:00.100Z", "direction": "CSMS_TO_CS", "message": ANSWER},
    ],
}


def read(data: str | bytes) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return list(JsonDocument().read(Material("x.json", io.BytesIO(data)), tally, ImportOptions())), tally


def detects(text: str) -> bool:
    return JsonDocument().detects(text.encode()[: 2**16], "x")


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
def test_a_trace_of_debugkit(indent: int | str | None) -> None:
    text = json.dumps(TRACE, indent=indent)
    assert detects(text)
    (call, answer), tally = read(text)
    assert [json.loads(call.raw), json.loads(answer.raw)] == [CALL, ANSWER]
    assert [call.direction, answer.direction] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert (call.charge_point, call.version) == ("CP7", Version.V16)
    assert answer.time == time_of("2024-01-01T00:00:00.1Z")
    assert (call.line, answer.line, tally.with_frame) == (1, 2, 2)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "document",
    [
        [CALL, ANSWER],
        [json.dumps(CALL), json.dumps(ANSWER)],
        {"frames": [CALL, ANSWER]},
        [{"message": CALL}, {"message": ANSWER}],
        {"a": {"b": [{"c": json.dumps(CALL)}]}, "d": f"Received: {json.dumps(ANSWER)}"},
        [["2024-01-01T00:00:00Z", "in", CALL], ["2024-01-01T00:00:00Z", "out", ANSWER]],
    ],
)
def test_frames_in_documents_of_any_shape(document: Any, indent: int | None) -> None:
    text = json.dumps(document, indent=indent)
    assert detects(text)
    assert [json.loads(found.raw) for found in read("\ufeff" + text)[0]] == [CALL, ANSWER]


def test_a_table_as_json_rows() -> None:
    row = {"id": 5, "stationId": "cp001", "correlationId": "a", "origin": "cs", "protocol": "ocpp2.0.1"}
    rows = [{**row, "message": CALL, "timestamp": "2024-01-01T00:00:00Z"}, {**row, "origin": "csms", "message": ANSWER}]
    text = json.dumps({"data": {"OCPPMessages": rows}})
    assert detects(text)
    call, answer = read(text)[0]
    assert [call.direction, answer.direction] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert (call.charge_point, call.version) == ("cp001", Version.V201)


def test_a_document_longer_than_the_head_is_read() -> None:
    for indent in (None, 2):
        assert detects(json.dumps([{"message": CALL}] * 20_000, indent=indent))


def test_a_torn_document_gives_its_frames() -> None:
    text = json.dumps([{"message": CALL}] * 3)[:-30]
    found, tally = read(text)
    assert [json.loads(one.raw) for one in found[:2]] == [CALL, CALL]
    assert "this JSON cannot be read" in tally.skipped[0].reason


def test_numbers_keep_their_notation() -> None:
    raw = '[2,"a","X",{"v":20.10,"n":123456789012345678901234567890}]'
    assert [one.raw for one in read('{"m":' + raw + "}")[0]] == [raw]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[INFO ] 2024-02-26 x Received: [2,1]\n" * 60,
        "[2024-02-26T09:14:46Z] x\n" * 60,
        "[10:22:33] Received: " + json.dumps(CALL) + "\n" + "x" * 2000,
        (json.dumps({"message": CALL}) + "\n") * 60,
        (json.dumps(CALL) + "\n") * 60,
    ],
)
def test_line_based_logs_are_not_detected(text: str) -> None:
    assert not detects(text)


@given(st.binary(max_size=200), st.text(max_size=100))
def test_any_bytes_are_read_without_raising(data: bytes, text: str) -> None:
    JsonDocument().detects(data, "x.json")
    read(data)
    read('[{"message":[2,"' + text)


@pytest.mark.parametrize("value", ["[2,%s]" % ("9" * 5000), '{"a":-%s}' % ("1" * 5000), "[" * 100_000])
def test_a_first_line_that_python_cannot_read_is_harmless(value: str) -> None:
    """The file would not be opened at all."""
    text = f"{value} x\n" * 2
    JsonDocument().detects(text.encode(), "x.json")
    read(text)


def test_an_endlessly_nested_document_is_harmless() -> None:
    read("[" * 100_000)
    read('{"a":' * 100_000)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.text(st.characters(), max_size=20)), max_size=5))
def test_any_frames_are_read_unchanged(parts: list[tuple[str, str]]) -> None:
    frames = [[2, identity, "DataTransfer", {"data": data}] for identity, data in parts]
    found, _ = read(json.dumps({"events": [{"message": frame} for frame in frames]}))
    assert [json.loads(one.raw) for one in found] == frames
