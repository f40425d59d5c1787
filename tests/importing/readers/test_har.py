"""HTTP archives: every WebSocket in them is a connection with its handshake and messages."""

from __future__ import annotations

import base64
import io
import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.exporting import Format
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.har import HttpArchive
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent
from tests.exporting.extracts import DOWN, START, event, export, message
from tests.kit.linear_time import assert_linear

CALL, ANSWER = '[2,"a","Heartbeat",{}]', '[3,"a",{}]'
REQUEST = {
    "method": "GET",
    "url": "wss://csms.example/ocpp/CP%20A?x=1",
    "headers": [
        {"name": "Sec-WebSocket-Protocol", "value": "ocpp2.0.1, ocpp1.6"},
        {"name": "Authorization", "value": "Basic " + base64.b64encode(b"CP A:hunter2").decode()},
    ],
}
RESPONSE = {
    "status": 101,
    "statusText": "Switching Protocols",
    "headers": [{"name": "sec-websocket-protocol", "value": "ocpp2.0.1"}],
}


def said(way: str, data: str, time: float = 1704067200.25, opcode: int = 1) -> dict[str, Any]:
    return {"type": way, "time": time, "opcode": opcode, "data": data}


def archive(*messages: Any, **changes: Any) -> str:
    entry = {
        "_resourceType": "websocket",
        "_webSocketMessages": list(messages),
        "startedDateTime": "2024-01-01T01:00:00.000+01:00",
        "request": REQUEST,
        "response": RESPONSE,
        **changes,
    }
    page = {"request": {"method": "GET", "url": "https://csms.example/"}, "response": {"status": 200}}
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [page, entry]}})


def read(text: str | bytes) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return list(HttpArchive().read(Material("x.har", io.BytesIO(data)), tally, ImportOptions())), tally


def test_what_the_client_sends_goes_to_the_central_system() -> None:
    text = archive(said("send", CALL), said("receive", ANSWER, 1704067200.5))
    assert HttpArchive().detects(text.encode()[:500], "x")
    (opened, call, answer), tally = read(text)
    assert (opened.event, opened.time) == (ConnectionEvent.OPENED, time_of("2024-01-01T00:00:00Z"))
    assert opened.detail["subprotocol"] == "ocpp2.0.1"
    assert "Authorization: Basic CP A:***" in opened.detail["requestHeaders"]
    assert "hunter2" not in str(opened.detail)
    assert (call.raw, call.direction, call.time) == (CALL, Direction.TO_CSMS, time_of("2024-01-01T00:00:00.25Z"))
    assert (answer.raw, answer.direction) == (ANSWER, Direction.TO_CHARGE_POINT)
    assert {(one.charge_point, one.version, one.connection) for one in (opened, call, answer)} == {
        ("CP A", Version.V201, "2")
    }
    assert (tally.with_frame, tally.without_frame) == (2, 1), "the page is not a WebSocket"


def test_a_binary_message_gives_its_bytes() -> None:
    found, _ = read(
        archive(said("send", base64.b64encode(b"\xff\x00").decode(), opcode=2), said("send", "!", opcode=2))
    )
    assert [one.raw for one in found[1:]] == [b"\xff\x00", "!"]


def test_a_refused_handshake_is_a_refused_connection() -> None:
    found, _ = read(archive(response={"status": 401, "statusText": "Unauthorized", "headers": []}))
    assert (found[0].event, found[0].detail["responseStatus"]) == (ConnectionEvent.REFUSED, "401 Unauthorized")


def test_our_own_export_is_read_unchanged() -> None:
    records = [
        event(ConnectionEvent.OPENED, url="ws://h/ocpp/CP001", subprotocol="ocpp1.6",
              responseStatus="101 Switching Protocols", requestHeaders=["Sec-WebSocket-Protocol: ocpp1.6"],
              responseHeaders=["Sec-WebSocket-Protocol: ocpp1.6"]),
        message(CALL, time=START + 1),
        message(ANSWER, DOWN, time=START + 2),
        message("[2,", time=START + 3),
        message(b"\xff\xfe", DOWN, time=START + 1_234_567),
    ]  # fmt: skip
    data, _ = export(Format.HAR, records)
    assert HttpArchive().detects(data[:2000], "x")
    found, _ = read(data)
    assert found[0].detail["requestHeaders"] == ["Sec-WebSocket-Protocol: ocpp1.6"]
    for one, record in zip(found[1:], records[1:], strict=True):
        assert (one.raw, one.direction, one.time) == (record.raw, record.direction, record.time)
        assert (one.charge_point, one.version) == ("CP001", Version.V16)


def test_a_torn_archive_gives_its_complete_entries() -> None:
    whole = archive(said("send", CALL))
    entries = json.loads(whole)["log"]["entries"]
    text = json.dumps({"log": {"creator": {}, "entries": [entries[1], entries[1], entries[1]]}})[:-100]
    found, tally = read(text)
    assert [one.raw for one in found if one.event is None] == [CALL, CALL]
    assert "this HAR file is incomplete" in tally.skipped[0].reason


def test_lone_surrogates_stay_as_escapes() -> None:
    found, _ = read(archive(said("send", '[2,"\ud800","X",{}]')))
    assert found[1].raw == '[2,"\\ud800","X",{}]'


@pytest.mark.parametrize("text", ["", "{}", '{"log":"line"}', '[{"log":{}}]', '{"log": {"level": "info"}}'])
def test_other_documents_are_not_detected(text: str) -> None:
    assert not HttpArchive().detects(text.encode(), "x.har")


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "value", "url", "status", "headers", "type", "data"]), inner, max_size=3
        ),
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["_webSocketMessages", "request", "response", "startedDateTime"])


@given(st.binary(max_size=100), st.dictionaries(NAMES, VALUES), st.lists(VALUES, max_size=3), st.text(max_size=20))
def test_any_content_is_read_without_raising(
    data: bytes, changes: dict[str, Any], messages: list[Any], url: str
) -> None:
    HttpArchive().detects(data, "x.har")
    read(data)
    read(archive(**changes))
    read(archive(*messages, request={"url": f"ws://{url}"}))
    read(b'{"log":{"entries":[' + data)


@given(st.lists(st.tuples(st.sampled_from(["send", "receive"]), st.text()), max_size=6))
def test_any_messages_are_read_unchanged(messages: list[tuple[str, str]]) -> None:
    found, _ = read(archive(*(said(way, data) for way, data in messages)))
    ways = {Direction.TO_CSMS: "send", Direction.TO_CHARGE_POINT: "receive"}
    assert [(ways[one.direction or Direction.TO_CSMS], one.raw) for one in found[1:]] == messages


@pytest.mark.parametrize("cut", [0, 50], ids=["whole", "truncated"])
def test_the_time_grows_linearly_with_the_messages(cut: int) -> None:
    def seconds(count: int) -> float:
        text = archive(*([said("send", CALL)] * count))
        start = process_time()
        read(text[: len(text) - cut])
        return process_time() - start

    assert_linear(seconds, 2_500)
