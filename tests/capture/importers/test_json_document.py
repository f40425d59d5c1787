"""JSON documents and HTTP archives: exports of analysis tools and browsers, whatever their shape."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.capture.importers.formats import detected
from ocpptui.capture.times import from_text
from ocpptui.protocol.version import Direction, Version
from ocpptui.timeline.record import Kind
from tests.capture.importers.frames import FRAMES, compact
from tests.capture.importers.reading import Read, read

SHAPES: dict[str, Callable[[list[list[Any]]], Any]] = {
    "bare": lambda frames: frames,
    "texts": lambda frames: [compact(frame) for frame in frames],
    "events": lambda frames: {
        "traceId": "t",
        "metadata": {"stationId": "CP-1", "ocppVersion": "2.0.1"},
        "events": [{"timestamp": 1718000000, "direction": "CS_TO_CSMS", "message": frame} for frame in frames],
    },
    "rows": lambda frames: [{"ts": "2024-06-10T06:13:20Z", "cpId": "CP-1", "payload": compact(one)} for one in frames],
    "nested": lambda frames: {"data": {"logs": [{"log": {"text": f"Sent: {compact(one)}"}} for one in frames]}},
}


def written(value: Any, folder: Path, name: str = "export.json", **how: Any) -> Read:
    path = folder / name
    path.write_text(json.dumps(value, **how))
    return read(path)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("indent", [None, 2])
@given(frames=st.lists(FRAMES, min_size=1, max_size=5))
def test_frames_in_a_document_of_any_shape_come_back(
    shape: str, indent: int | None, frames: list[list[Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each tool has keys and levels of its own."""
    found = written(SHAPES[shape](frames), tmp_path_factory.mktemp("export"), indent=indent)
    assert [json.loads(str(raw)) for raw in found.raws] == frames


def test_what_the_keys_say_is_taken(tmp_path: Path) -> None:
    """Time, direction, identity and version stand beside the frame, or above it."""
    found = written(SHAPES["events"]([[2, "1", "Heartbeat", {}]]), tmp_path)
    record = found.records[0]
    assert record.time == from_text("2024-06-10T06:13:20Z")
    assert (record.direction, record.version) == (Direction.TO_CSMS, Version.V201)


def test_a_document_that_is_cut_off_gives_what_there_is(tmp_path: Path) -> None:
    """An export that was interrupted still has its beginning."""
    text = json.dumps([{"message": [2, str(number), "Heartbeat", {}]} for number in range(200)], indent=1)
    (tmp_path / "a.json").write_text(text[:-100])
    assert len(read(tmp_path / "a.json").records) > 190


def test_values_that_nest_without_end_are_refused_and_not_followed(tmp_path: Path) -> None:
    """A file made to exhaust the stack."""
    (tmp_path / "a.json").write_text("[" * 100_000)
    assert read(tmp_path / "a.json").importer.failures


def har(messages: list[dict[str, Any]]) -> dict[str, Any]:
    entry = {
        "startedDateTime": "2026-11-22T10:00:00.000Z",
        "request": {
            "url": "wss://csms.example/ocpp/CP%2F1",
            "headers": [{"name": "Sec-WebSocket-Protocol", "value": "ocpp2.0.1, ocpp1.6"}],
        },
        "response": {"status": 101, "headers": [{"name": "sec-websocket-protocol", "value": "ocpp1.6"}]},
        "_webSocketMessages": messages,
    }
    return {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}}


def test_a_har_file_is_read(tmp_path: Path) -> None:
    """The browser's or the proxy's view of a WebSocket: identity from the URL, version from the answer."""
    call, answer = '[2,"1","Heartbeat",{}]', '[3,"1",{"currentTime":"2026-11-22T10:00:00Z"}]'
    found = written(
        har(
            [
                {"type": "send", "time": 1795341600.5, "opcode": 1, "data": call},
                {
                    "type": "receive",
                    "time": 1795341600.75,
                    "opcode": 2,
                    "data": base64.b64encode(answer.encode()).decode(),
                },
                {"type": "error", "time": 1795341601},
            ]
        ),
        tmp_path,
        "a.har",
    )
    opened, first, second = found.records
    assert opened.kind is Kind.CONNECTION and opened.detail["subprotocol"] == "ocpp1.6"
    assert (first.raw, first.direction, first.charge_point) == (call, Direction.TO_CSMS, "CP/1")
    assert (second.raw, second.version) == (answer, Version.V16)
    assert found.timeline.latency(1) == 250_000
    assert found.importer.files[0].tally.without_frame == 1


@given(st.binary(max_size=200), st.sampled_from(["", '{"log":{"creator":{},"entries":', "[", '{"events":[']))
def test_ruins_of_documents_are_read(data: bytes, start: str) -> None:
    """Detection looks at whatever file is dropped on the program."""
    assert detected(start.encode() + data, "a.json")
