"""Exports to an HTTP archive (HAR 1.2), for browsers and web debuggers: WebSocket messages as Chromium writes them,
SOAP as HTTP requests and responses."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from ocpptui import __version__
from ocpptui.describe.archive_layout import (
    AT,
    BINARY,
    MORE,
    OWN,
    RECORDS,
    TEXT,
    Shown,
    shown_in_exchange,
    shown_in_message,
)
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.jsontext.unsafe_characters import escaped
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.identity import path_segment
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.recording.remainder import fields_of, remainder
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

SOAP_TYPE = "application/soap+xml; charset=utf-8"
_NOWHERE = "unknown.invalid"
"""The host of a connection whose URL is not known (RFC 6761)."""


def export(extract: Extract, out: BinaryIO) -> Exported:
    """One entry per connection, with its handshake and its messages; `send` is what the charge point sent. Records for
    which HAR has no place, such as pings, are under a name of our own (see `describe.archive_layout`)."""
    exported = Exported()
    timeline = extract.timeline
    connections: dict[tuple[int, Transport], array[int]] = {}
    for index in extract.indexes:
        key = timeline.connection(index), timeline.transport(index)
        connections.setdefault(key, array("I")).append(index)
        exported.written += 1
    creator = {"name": "ocpptui", "version": __version__, OWN: 1}
    out.write(b'{"log":{"version":"1.2","creator":' + _json(creator) + b',"entries":[')
    elsewhere = array("I")
    separator = b"\n"
    for (_, transport), indexes in connections.items():
        if transport is Transport.SOAP:
            for http_entry in _http_entries(extract, indexes, elsewhere):
                out.write(separator + _json(http_entry))
                separator = b",\n"
            continue
        placed = array("I", filter(lambda index: _is_message(extract, index), indexes))
        opened = (
            index for index in indexes if timeline.event(index) in (ConnectionEvent.OPENED, ConnectionEvent.REFUSED)
        )
        opening = next(map(extract.entry, opened), None)
        elsewhere.extend(index for index in indexes if not _is_message(extract, index))
        if opening is None and not placed:
            continue
        first = extract.entry(placed[0] if placed else indexes[0])
        fields = _json(_entry(opening or first, extract, indexes))
        out.write(separator + fields[:-1] + b',"_webSocketMessages":[')
        separator = b",\n"
        own = _own(first.record)
        more = _write_messages(extract, placed, own, out)
        out.write(b'],"' + OWN.encode() + b'":' + _json({**own, AT: list(placed), MORE: more}) + b"}")
    out.write(b'\n],"' + OWN.encode() + b'":{"' + RECORDS.encode() + b'":[')
    for number, index in enumerate(sorted(elsewhere)):
        out.write((b",\n" if number else b"\n") + _json({AT: index, **fields_of(extract.entry(index).record)}))
    out.write(b"\n]}}}\n")
    return exported


def _is_message(extract: Extract, index: int) -> bool:
    """Whether HAR has a place for a record of a WebSocket."""
    return extract.timeline.kind(index).is_message and extract.timeline.direction(index) is not None


def _own(record: Record) -> Shown:
    """What is the same for most records of an entry."""
    names = ("connection", "chargePointId", "ocppVersion", "transport")
    return {name: value for name, value in fields_of(record).items() if name in names}


def _write_messages(extract: Extract, indexes: array[int], own: Shown, out: BinaryIO) -> dict[str, Shown]:
    """Write the messages; returns the remainders of their records, by their place."""
    more: dict[str, Shown] = {}
    for place, index in enumerate(indexes):
        record = extract.entry(index).record
        raw = record.raw or ""
        message = {
            "type": "send" if record.direction is Direction.TO_CSMS else "receive",
            "time": record.time / 1_000_000,
            "opcode": TEXT if isinstance(raw, str) else BINARY,
            "data": raw if isinstance(raw, str) else base64.b64encode(raw).decode(),
        }
        out.write((b",\n" if place else b"\n") + _json(message))
        if rest := remainder(record, shown_in_message(message, own)):
            more[str(place)] = rest
    return more


def _http_entries(extract: Extract, indexes: array[int], elsewhere: array[int]) -> Iterator[dict[str, Any]]:
    """An HTTP request for each call over SOAP, with its answer as the response; the others go into `elsewhere`."""
    chosen = frozenset(indexes)
    for index in indexes:
        kind, other = extract.timeline.kind(index), extract.timeline.other_half(index)
        if not kind.is_message:
            elsewhere.append(index)
        elif not kind.is_answer:
            answer = extract.entry(other) if other in chosen else None
            call = extract.entry(index)
            entry, own = _http_entry(call, answer), _own(call.record)
            pair = [call, *([] if answer is None else [answer])]
            shown = zip(pair, shown_in_exchange(entry, own), strict=True)
            rests = {str(place): remainder(one.record, fields) for place, (one, fields) in enumerate(shown)}
            yield {**entry, OWN: {**own, AT: [one.index for one in pair], MORE: rests}}
        elif other not in chosen or extract.timeline.other_half(other) != index:
            elsewhere.append(index)


def _http_entry(call: ExportedRecord, answer: ExportedRecord | None) -> dict[str, Any]:
    status = 0 if answer is None else 500 if answer.record.kind is RecordKind.CALLERROR else 200
    lasted = 0.0 if answer is None else max(0, call.timeline.between(call.index, answer.index)) / 1000
    return {
        "startedDateTime": rfc3339_text(call.record.time),
        "time": lasted,
        "connection": str(call.record.connection),
        "request": {
            "method": "POST",
            "url": f"http://{_NOWHERE}/{path_segment(call.record.charge_point)}",
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
    url = str(detail.get("url") or f"ws://{_NOWHERE}/{path_segment(entry.record.charge_point)}")
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
    query = url_parts(url).query
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]


def _json(value: Any) -> bytes:
    return escaped(json.dumps(value, separators=(",", ":"))).encode("ascii")
