"""Flows saved by mitmproxy, with their WebSocket messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.files.tnetstring import NotTnetstring, read_value
from ocpptui.importing.found_envelope import found_envelope
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.recorded_handshake import Headers, RecordedHandshake
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.http_messages import decoded_body
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import text_if_utf8
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import ConnectionEvent

TEXT = 1
_HEAD = lazily(rb"\d{1,12}:\d{1,12}:[a-z_]{2,40}[;,]\d{1,12}:")
_KEYS = (b"client_conn", b"server_conn", b"websocket", b"request", b"intercepted", b"backup", b"version", b"type")


class MitmproxyFlow:
    """The reader for mitmproxy's flow files. The client of the WebSocket is the charge point."""

    name = "mitmproxy"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        return _HEAD.match(head) is not None and any(key in head for key in _KEYS)

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        number = 0
        while True:
            number += 1
            try:
                flow = read_value(material.stream)
            except EOFError:
                return
            except NotTnetstring as error:
                tally.skip(number, "", f"the rest of the file cannot be read: {error}")
                return
            yield from _in_flow(flow, number, tally)


def _in_flow(flow: Any, number: int, tally: ImportTally) -> Iterator[FoundFrame]:
    """The contents of a flow: its opening, its messages, its closing."""
    request, response = _dict(_get(flow, "request")), _dict(_get(flow, "response"))
    path, websocket = _text(request.get("path")), _dict(_get(flow, "websocket"))
    messages = websocket.get("messages", _get(flow, "messages"))
    if _get(flow, "type") not in (None, "http", "websocket") or type(messages) is not list:
        found = _envelopes(request, response, number)
        if not found:
            tally.skip(number, f"{_text(request.get('method'))} {path}")
        tally.with_frame += len(found)
        yield from found
        return
    status = f"{response.get('status_code', '')} {_text(response.get('reason'))}".strip()
    handshake = RecordedHandshake(
        path,
        _headers(request),
        _headers(response),
        status,
        request.get("scheme") in (b"https", "https"),
        _host(request),
    )
    common: dict[str, Any] = {
        "line": number,
        "charge_point": handshake.charge_point,
        "version": handshake.version,
        "connection": f"flow {number}",
    }
    began = response.get("timestamp_end") or response.get("timestamp_start") or request.get("timestamp_start")
    yield _timed(FoundFrame("", event=handshake.event, detail=handshake.detail(), **common), began)
    for message in messages:
        if type(message) is not list or len(message) < 4 or type(message[2]) not in (bytes, str):
            tally.skip(number, str(message), "not a message")
            continue
        kind, by_client, content, time = message[:4]
        raw = _decoded(content) if kind == TEXT else content
        direction = Direction.TO_CSMS if by_client else Direction.TO_CHARGE_POINT
        tally.with_frame += 1
        yield _timed(FoundFrame(raw, direction=direction, **common), time)
    if websocket.get("timestamp_end"):
        by_client = websocket.get("closed_by_client")
        detail: dict[str, Any] = {"closeReason": _text(websocket.get("close_reason"))}
        if type(websocket.get("close_code")) is int:
            detail["closeCode"] = websocket["close_code"]
        if type(by_client) is bool:
            detail["closedBy"] = "charge-point" if by_client else "central-system"
        yield _timed(
            FoundFrame("", event=ConnectionEvent.CLOSED, detail=detail, **common), websocket.get("timestamp_end")
        )


def _envelopes(request: dict[str, Any], response: dict[str, Any], number: int) -> list[FoundFrame]:
    """The SOAP envelopes of an HTTP request and its response; none if it has another content."""
    asked, answered = _body(request), _body(response)
    if not may_be_envelope(asked):
        return []
    call = found_envelope(asked, number, None)
    found = [_timed(call, request.get("timestamp_start"))]
    if answered.strip():
        answer = found_envelope(answered, number, call, is_response=True)
        found.append(_timed(answer, response.get("timestamp_end") or response.get("timestamp_start")))
    return found


def _body(message: dict[str, Any]) -> str:
    """The text of a request or response, decompressed."""
    content, headers = message.get("content"), {name.lower(): value for name, value in _headers(message)}
    return decoded_body(content, headers).decode("utf-8", "replace") if type(content) is bytes else ""


def _timed(found: FoundFrame, time: Any) -> FoundFrame:
    moment = moment_of(time) if type(time) in (int, float) else None
    if moment is not None:
        found.time, found.zoned = moment.time, True
    return found


def _decoded(content: bytes | str) -> str | bytes:
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogateescape")
    return text_if_utf8(content)


def _headers(message: dict[str, Any]) -> Headers:
    headers = message.get("headers")
    pairs = headers if type(headers) is list else []
    return [(_text(pair[0]), _text(pair[1])) for pair in pairs if type(pair) is list and len(pair) == 2]


def _host(request: dict[str, Any]) -> str:
    return f"{_text(request.get('host'))}:{request.get('port', '')}".rstrip(":")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _get(value: Any, key: str) -> Any:
    return value.get(key) if type(value) is dict else None
