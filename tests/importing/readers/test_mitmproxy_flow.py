"""Flow files of mitmproxy: every WebSocket in them is a connection with its handshake, messages and closing."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from time import process_time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.mitmproxy_flow import MitmproxyFlow
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent
from tests.importing.soap_conversation import envelopes
from tests.kit.linear_time import assert_linear

REAL = Path(__file__).parent / "mitmproxy-11.flow"
"""A loopback conversation saved by mitmproxy 11.0.2, with invented credentials."""


def encoded(value: Any) -> bytes:
    """A typed netstring (https://tnetstrings.info), with mitmproxy's `;` for text."""
    if isinstance(value, dict):
        body, kind = b"".join(encoded(item) for pair in value.items() for item in pair), b"}"
    elif isinstance(value, list):
        body, kind = b"".join(map(encoded, value)), b"]"
    elif value is None:
        body, kind = b"", b"~"
    elif isinstance(value, bool):
        body, kind = str(value).lower().encode(), b"!"
    elif isinstance(value, bytes):
        body, kind = value, b","
    elif isinstance(value, str):
        body, kind = value.encode(), b";"
    else:
        body, kind = repr(value).encode(), b"^" if isinstance(value, float) else b"#"
    return str(len(body)).encode() + b":" + body + kind


def flow(messages: list[Any], **changes: Any) -> dict[str, Any]:
    headers = [[b"Host", b"csms.example"], [b"Sec-WebSocket-Protocol", b"ocpp2.0.1"], [b"Cookie", b"hidden"]]
    request = {"path": b"/cs/A%2FB?x=1", "scheme": b"https", "method": b"GET", "headers": headers}
    response = {"status_code": 101, "reason": b"Switching Protocols", "headers": [[b"X", b"y"], headers[1]]}
    websocket = {"messages": messages, "timestamp_end": 1_700_000_009.5, "close_code": 1001, "closed_by_client": False}
    return {"type": "http", "request": request, "response": response, "websocket": websocket, **changes}


def read(data: bytes) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    return list(MitmproxyFlow().read(Material("x.flow", io.BytesIO(data)), tally, ImportOptions())), tally


def test_soap_over_http_is_read() -> None:
    """A proxy sees the old charge points beside the new ones."""
    asked, _, answered = envelopes(("OLD", "OTHER"))[:3]
    response = {"headers": [[b"Content-Encoding", b"gzip"]], "content": gzip.compress(answered.raw.encode())}
    exchange = {
        "type": "http",
        "request": {"path": b"/ocpp", "content": asked.raw.encode(), "timestamp_start": 1_700_000_000.5},
        "response": {**response, "timestamp_end": 1_700_000_001},
    }
    found, tally = read(encoded(exchange) + encoded({"type": "http", "request": {"path": b"/favicon.ico"}}))
    assert [one.raw for one in found] == [asked.raw, answered.raw]
    assert [one.charge_point for one in found] == ["OLD", "OLD"]
    assert [one.time for one in found] == [1_700_000_000_500_000, 1_700_000_001_000_000]
    assert [one.direction for one in found] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert (tally.with_frame, tally.without_frame) == (2, 1)


def test_a_saved_flow_is_read_completely_and_without_the_password() -> None:
    data = REAL.read_bytes()
    assert MitmproxyFlow().detects(data[:500], "x")
    found, tally = read(data)
    assert [one.raw for one in found[1:-1]] == [
        '[2,"a1","Heartbeat",{}]',
        '[3,"a1","Heartbeat",{}]',
        '[2,"fr","Heartbeat",{}]',
        '[3,"fr","Heartbeat",{}]',
        '[2,"ü","DataTransfer",{"vendorId":"é€"}]',
        '[3,"ü","DataTransfer",{"vendorId":"é€"}]',
        b"\x00\xff",
        b"\x00\xff",
    ]
    assert [one.direction for one in found[1:3]] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert {one.charge_point for one in found} == {"CP 001"}
    assert {one.version for one in found} == {Version.V16}
    assert found[1].time == time_of("2026-11-23T06:13:47.284450Z")
    assert (found[0].event, found[-1].event) == (ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    assert "Authorization: Basic CP:***" in found[0].detail["requestHeaders"]
    assert "secret" not in str(found[0].detail) and "Q1A6" not in str(found[0].detail)
    assert (tally.with_frame, tally.without_frame) == (8, 0)


def test_several_flows_are_several_connections() -> None:
    data = encoded(flow([[1, True, b"a", 1_700_000_000.25, False, False]])) * 2
    assert MitmproxyFlow().detects(data, "x")
    found, _ = read(data)
    assert [one.connection for one in found] == ["flow 1"] * 3 + ["flow 2"] * 3
    opened, message, closed = found[:3]
    assert (message.charge_point, message.version) == ("A/B", Version.V201)
    assert message.time == 1_700_000_000_250_000
    assert opened.detail["url"] == "wss://csms.example/cs/A%2FB?x=1"
    assert "Cookie: ***" in opened.detail["requestHeaders"]
    assert closed.detail == {"closeReason": "", "closeCode": 1001, "closedBy": "central-system"}


def test_flows_without_a_websocket_and_broken_messages_are_counted() -> None:
    data = encoded(flow([], websocket=None)) + encoded(flow([7, [1, True, b"a", 1.0]]))
    found, tally = read(data)
    assert [one.raw for one in found if one.event is None] == ["a"]
    assert tally.without_frame == 2


def test_a_refused_connection_is_recorded_as_refused() -> None:
    found, _ = read(encoded(flow([], response={"status_code": 401, "reason": b"Unauthorized", "headers": []})))
    assert (found[0].event, found[0].detail["responseStatus"]) == (ConnectionEvent.REFUSED, "401 Unauthorized")


def test_a_torn_file_gives_everything_before_the_damage() -> None:
    whole = encoded(flow([[1, True, b"a", 1.0]]))
    found, tally = read(whole + whole[:-5])
    assert len(found) == 3
    assert "5 bytes before its end" in tally.skipped[0].reason


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=40)), max_size=8))
def test_any_messages_are_read_unchanged(messages: list[tuple[bool, str]]) -> None:
    data = encoded(flow([[1, by_client, text.encode(), 1.7e9] for by_client, text in messages]))
    found, _ = read(data)
    back = [(one.direction is Direction.TO_CSMS, one.raw) for one in found if one.event is None]
    assert back == messages


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 3000), st.binary(min_size=1, max_size=3))
def test_any_bytes_are_read_without_raising(data: bytes, place: int, noise: bytes) -> None:
    MitmproxyFlow().detects(data, "x.flow")
    read(data)
    real = REAL.read_bytes()
    read(real[:place] + noise + real[place + len(noise) :])


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["type", "request", "response", "websocket", "messages"]), VALUES))
def test_any_flow_is_read_without_raising(value: dict[str, Any]) -> None:
    read(encoded(value))
    read(encoded(flow([]) | value))


def test_depth_and_length_are_bounded() -> None:
    deep = b"0:~"
    for _ in range(2000):
        deep = str(len(deep)).encode() + b":" + deep + b"]"
    assert read(deep)[1].without_frame == 1
    assert read(b"999999999999:x")[1].without_frame == 1
    assert read(b"9" * 1000)[1].without_frame == 1


def test_the_time_grows_linearly_with_the_messages() -> None:
    def seconds(count: int) -> float:
        data = encoded(flow([[1, True, b"x" * 100, 1.7e9]] * count))
        start = process_time()
        read(data)
        return process_time() - start

    assert_linear(seconds, 2_500)
