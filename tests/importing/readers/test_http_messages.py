"""Saved HTTP messages with SOAP envelopes: a capture of an old charge point opens like any other."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from tests.importing.reading import Read, read
from tests.ocpp.envelopes import CP_15, CS_15, fault, request, response

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
AUTHORIZE = request("Authorize", "<o:idTag>TAG001</o:idTag>", service=CS_15, message_id="uuid:7", identity="OLD")


def post(body: str | bytes, *headers: str, length: bool = True) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = ["POST /ocpp HTTP/1.1", "Host: csms.example", "Content-Type: application/soap+xml", *headers]
    return "\r\n".join([*lines, *([f"Content-Length: {len(data)}"] if length else [])]).encode() + b"\r\n\r\n" + data


def answer(body: str, status: str = "200 OK", *headers: str) -> bytes:
    data = body.encode()
    head = [f"HTTP/1.1 {status}", "Content-Type: application/soap+xml", *headers, f"Content-Length: {len(data)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


def opened(folder: Path, data: bytes, choices: ImportOptions | None = None) -> Read:
    path = folder / "capture.http"
    path.write_bytes(data)
    return read(path, choices)


def test_a_request_and_its_response(tmp_path: Path) -> None:
    accepted = response("Authorize", service=CS_15, relates_to="uuid:7")
    found = opened(
        tmp_path,
        post(AUTHORIZE, "Date: Sun, 22 Nov 2026 23:07:08 GMT")
        + answer(accepted, "200 OK", "Date: Sun, 22 Nov 2026 23:07:09 GMT"),
    )
    call, result = found.records
    assert (call.kind, call.direction, call.raw) == (RecordKind.CALL, UP, AUTHORIZE)
    assert (call.charge_point, call.version, call.transport) == ("OLD", Version.V15, Transport.SOAP)
    assert (result.kind, result.direction, result.raw) == (RecordKind.CALLRESULT, DOWN, accepted)
    assert (result.charge_point, result.version) == ("OLD", Version.V15)
    assert call.time == time_of("2026-11-22T23:07:08Z")
    assert found.timeline.latency(1) == 1_000_000
    assert found.timeline.action(1) == "Authorize"


def test_a_response_without_relates_to_belongs_to_the_request_before_it(tmp_path: Path) -> None:
    """The answer would be an orphan although its HTTP connection shows its call."""
    data = b""
    for number in range(3):
        asked = request("Heartbeat", service=CS_15, message_id=f"uuid:{number}", identity="OLD")
        data += post(asked) + answer(response("Heartbeat", service=CS_15, relates_to="")) + b"\r\n"
    timeline = opened(tmp_path, data).timeline
    assert [timeline.other_half(index) for index in range(6)] == [1, 0, 3, 2, 5, 4]
    assert timeline.counts.orphans == 0


def test_requests_without_a_message_id_are_distinguished(tmp_path: Path) -> None:
    asked = request("Heartbeat", service=CS_15).replace("<a:MessageID>uuid:1</a:MessageID>", "")
    data = b"\n".join([post(asked), answer(response("Heartbeat", service=CS_15, relates_to=""))] * 2)
    timeline = opened(tmp_path, data).timeline
    assert [timeline.other_half(index) for index in range(4)] == [1, 0, 3, 2]
    first, second = timeline.frame(0), timeline.frame(2)
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert first.id != second.id


def test_a_call_of_the_central_system_and_a_fault(tmp_path: Path) -> None:
    asked = request("ClearCache", service=CP_15, identity="OLD")
    found = opened(tmp_path, post(asked) + answer(fault("NotSupported", "no cache", service=CP_15), "500 Error"))
    call, error = found.records
    assert (call.direction, error.direction, error.kind) == (DOWN, UP, RecordKind.CALLERROR)
    assert found.timeline.other_half(1) == 0


def test_a_status_without_an_envelope_is_an_event(tmp_path: Path) -> None:
    """A wrongly configured charge point gets nothing but a 404, which would be missing."""
    call, event = opened(tmp_path, post(AUTHORIZE) + b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").records
    assert call.kind is RecordKind.CALL
    assert event.detail["event"] == ConnectionEvent.FAILED
    assert event.detail["responseStatus"] == "404 Not Found"
    assert event.detail["url"] == "http://csms.example/ocpp"
    assert event.charge_point == "OLD"


@pytest.mark.parametrize("change", ["lf", "no length", "gzip", "chunked", "bare"])
def test_a_message_is_found_in_any_saved_form(tmp_path: Path, change: str) -> None:
    """Editors change line ends, and some tools keep the HTTP encodings."""
    body = AUTHORIZE.encode()
    data = {
        "lf": post(AUTHORIZE).replace(b"\r\n", b"\n"),
        "no length": post(AUTHORIZE, length=False),
        "gzip": post(gzip.compress(body), "Content-Encoding: gzip"),
        "chunked": post(
            b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (100, body[:100], len(body) - 100, body[100:]),
            "Transfer-Encoding: chunked",
            length=False,
        ),
        "bare": body,
    }[change]
    found = opened(tmp_path, data)
    assert [record.kind for record in found.records] == [RecordKind.CALL]
    assert found.records[0].charge_point == "OLD"
    assert found.importer.files[0].format == "http"


def test_a_broken_envelope_is_kept(tmp_path: Path) -> None:
    (record,) = opened(tmp_path, post(AUTHORIZE[:-40], length=False)).records
    assert (record.kind, record.transport, record.raw) == (RecordKind.MALFORMED, Transport.SOAP, AUTHORIZE[:-40])


def test_other_http_messages_are_counted_and_not_mistaken_for_soap(tmp_path: Path) -> None:
    found = opened(tmp_path, b"GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n" + post(AUTHORIZE))
    assert len(found.records) == 1
    assert found.importer.files[0].tally.without_frame == 1
