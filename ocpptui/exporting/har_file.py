"""Exports to an HTTP archive (HAR 1.2), for browsers and web debuggers: WebSocket messages as Chromium writes them,
SOAP as HTTP requests and responses."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from ocpptui import __version__
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.jsontext.unsafe_characters import escaped
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.timeline.record import ConnectionEvent, RecordKind

SOAP_TYPE = "application/soap+xml; charset=utf-8"
TEXT, BINARY = 1, 2
"""Opcodes of RFC 6455 section 5.2; a message that is not UTF-8 is in base64, like a binary one."""


def export(extract: Extract, out: BinaryIO) -> Exported:
    """One entry per connection, with its handshake and its messages; `send` is what the charge point sent."""
    exported = Exported()
    connections: dict[int, array[int]] = {}
    for index in extract.indexes:
        connections.setdefault(extract.timeline.connection(index), array("I")).append(index)
    creator = {"name": "ocpptui", "version": __version__}
    out.write(b'{"log":{"version":"1.2","creator":' + _json(creator) + b',"entries":[')
    first = True
    for indexes in connections.values():
        if extract.timeline.transport(indexes[0]) is Transport.SOAP:
            for http_entry in _http_entries(extract, indexes, exported):
                out.write((b"\n" if first else b",\n") + _json(http_entry))
                first = False
            continue
        opened = (
            index
            for index in indexes
            if extract.timeline.event(index) in (ConnectionEvent.OPENED, ConnectionEvent.REFUSED)
        )
        opening = next(map(extract.entry, opened), None)
        if opening is None and not any(extract.timeline.kinds[index] <= RecordKind.SEND for index in indexes):
            exported.left_out.update(extract.timeline.kind(index).name for index in indexes)
            continue
        out.write(b"\n" if first else b",\n")
        first = False
        fields = _json(_entry(opening or extract.entry(indexes[0]), extract, indexes))
        out.write(fields[:-1] + b',"_webSocketMessages":[')
        _write_messages(extract, indexes, opening, out, exported)
        out.write(b"]}")
    out.write(b"\n]}}\n")
    return exported


def _write_messages(
    extract: Extract, indexes: array[int], opening: ExportedRecord | None, out: BinaryIO, exported: Exported
) -> None:
    first = True
    for index in indexes:
        kind = extract.timeline.kind(index)
        if opening is not None and index == opening.index:
            exported.written += 1
        elif not kind.is_message:
            exported.left_out[kind.name] += 1
        elif extract.timeline.direction(index) is None:
            exported.left_out[f"{kind.name} without a direction"] += 1
        else:
            record = extract.entry(index).record
            raw = record.raw or ""
            message = {
                "type": "send" if record.direction is Direction.TO_CSMS else "receive",
                "time": record.time / 1_000_000,
                "opcode": TEXT if isinstance(raw, str) else BINARY,
                "data": raw if isinstance(raw, str) else base64.b64encode(raw).decode(),
            }
            out.write((b"\n" if first else b",\n") + _json(message))
            first = False
            exported.written += 1


def _http_entries(extract: Extract, indexes: array[int], exported: Exported) -> Iterator[dict[str, Any]]:
    """An HTTP request for each call over SOAP, with its answer as the response."""
    chosen = frozenset(indexes)
    for index in indexes:
        kind, other = extract.timeline.kind(index), extract.timeline.other_half(index)
        if not kind.is_message:
            exported.left_out[kind.name] += 1
        elif not kind.is_answer:
            answer = extract.entry(other) if other in chosen else None
            exported.written += 1 + (answer is not None)
            yield _http_entry(extract.entry(index), answer)
        elif other not in chosen or extract.timeline.other_half(other) != index:
            exported.left_out[f"{kind.name} without its call"] += 1


def _http_entry(call: ExportedRecord, answer: ExportedRecord | None) -> dict[str, Any]:
    status = 0 if answer is None else 500 if answer.record.kind is RecordKind.CALLERROR else 200
    lasted = 0.0 if answer is None else max(0, call.timeline.between(call.index, answer.index)) / 1000
    return {
        "startedDateTime": rfc3339_text(call.record.time),
        "time": lasted,
        "connection": str(call.record.connection),
        "request": {
            "method": "POST",
            "url": "http://unknown.invalid/",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "Content-Type", "value": SOAP_TYPE}],
            "queryString": [],
            "postData": {"mimeType": SOAP_TYPE, "text": call.text},
            "headersSize": -1,
            "bodySize": len(call.text.encode("utf-8", "replace")),
        },
        "response": {
            "status": status,
            "statusText": {0: "", 200: "OK", 500: "Internal Server Error"}[status],
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "content": {
                "size": 0 if answer is None else len(answer.text.encode("utf-8", "replace")),
                "mimeType": SOAP_TYPE,
                **({} if answer is None else {"text": answer.text}),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": lasted, "receive": 0},
    }


def _entry(entry: ExportedRecord, extract: Extract, indexes: array[int]) -> dict[str, Any]:
    detail = entry.record.detail
    url = str(detail.get("url") or "ws://unknown.invalid/")
    status, _, words = str(detail.get("responseStatus") or "101 Switching Protocols").partition(" ")
    began = extract.timeline.times[indexes[0]]
    lasted = max(0, extract.timeline.between(indexes[0], indexes[-1])) / 1000
    return {
        "startedDateTime": rfc3339_text(began),
        "time": lasted,
        "_resourceType": "websocket",
        "connection": str(entry.record.connection),
        "request": {
            "method": "GET",
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(detail.get("requestHeaders")),
            "queryString": _query(url),
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": int(status) if status.isdecimal() and len(status) == 3 else 0,
            "statusText": words,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(detail.get("responseHeaders")),
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": lasted, "receive": 0},
    }


def _headers(lines: object) -> list[dict[str, str]]:
    parts = [str(line).partition(":") for line in lines] if isinstance(lines, list) else []
    return [{"name": name.strip(), "value": value.strip()} for name, _, value in parts]


def _query(url: str) -> list[dict[str, str]]:
    try:
        query = urlsplit(url).query
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]


def _json(value: Any) -> bytes:
    return escaped(json.dumps(value, separators=(",", ":"))).encode("ascii")
