"""A conversation as servers, brokers, collectors of logs and mail programs write it, in whole files."""

from __future__ import annotations

import base64
import csv
import io
import json
import quopri
from collections.abc import Callable, Sequence
from typing import Any

from ocpptui.ocpp.date_times import micros_of
from tests.importing.conversation import Exchanged
from tests.importing.logger_lines import iso, utc, way

File = Callable[[Sequence[Exchanged]], bytes]


def _millis(frame: Exchanged) -> int:
    return micros_of(frame.time) // 1000


def _escaped_by_nginx(text: str) -> str:
    escaped = text.encode().replace(b"\\", b"\\x5C").replace(b'"', b"\\x22")
    return "".join(chr(byte) if byte < 127 else f"\\x{byte:02X}" for byte in escaped)


def _log4j(frame: Exchanged) -> str:
    seconds, micros = divmod(micros_of(frame.time), 1_000_000)
    return json.dumps({
        "instant": {"epochSecond": seconds, "nanoOfSecond": micros * 1000},
        "message": f"{way(frame, 'Received', 'Sent')} {frame.raw}",
        "contextMap": {"chargeBoxId": frame.name},
    })  # fmt: skip


def _splunk(frame: Exchanged) -> str:
    line = f"{utc(frame)} {frame.name} {way(frame, 'recv', 'send')} {frame.raw}"
    return json.dumps({"result": {"_time": utc(frame), "source": "/var/log/csms", "_raw": line}})


LINES: dict[str, Callable[[Exchanged], str]] = {
    "nginx": lambda f: (
        f'10.0.0.7 - - [{f.local(1):%d/%b/%Y:%H:%M:%S} +0100] "POST /ocpp/{f.name}/{way(f, "in", "out")} HTTP/1.1" '
        f'200 "gw/1.0" body="{_escaped_by_nginx(f.raw)}"'
    ),
    "path of a request in JSON": lambda f: json.dumps(
        {"time": utc(f), "request_uri": f"/ocpp/{f.name}", "direction": way(f, "in", "out"), "request_body": f.raw}
    ),
    "other path of a request in JSON": lambda f: json.dumps(
        {"time": utc(f), "RequestPath": f"/ocpp/{f.name}", "direction": way(f, "in", "out"), "body": f.raw}
    ),
    "proxy that calls charge points downstream": lambda f: (
        f"[{utc(f)}] /ocpp/{f.name} {way(f, 'downstream', 'upstream')}: {f.raw}"
    ),
    "Log4j in JSON": _log4j,
    "Splunk in JSON": _splunk,
    "Kafka": lambda f: (
        f"CreateTime:{_millis(f)}\tPartition:0\t{f.name}\tdirection:{way(f, 'inbound', 'outbound')}\t{f.raw}"
    ),
    "channel of Redis": lambda f: (
        f'{micros_of(f.time) / 1e6:.6f} [0 10.0.0.9:60866] "PUBLISH" "ocpp:{way(f, "in", "out")}:{f.name}" '
        f"{json.dumps(f.raw)}"
    ),
    "scope of .NET": lambda f: (
        f"dbug: Csms.Ocpp[12]\n      {utc(f)} => ConnectionId:0HN12 => ChargePoint:{f.name}\n"
        f"      {way(f, 'Received', 'Sent')} message: {f.raw}"
    ),
    "binary of Erlang": lambda f: (
        f"{iso(f.local(0))} [debug] <0.12.0>@ocpp_ws:handle:91 {f.name} {way(f, 'received', 'sent')} "
        f"<<{json.dumps(f.raw)}>>"
    ),
    "collector that took all lines later": lambda f: json.dumps(
        {"timestamp": "2026-03-14T13:00:00Z", "message": f"{utc(f)} {f.name} {way(f, 'RX', 'TX')}: {f.raw}"}
    ),
    "connection in an object": lambda f: json.dumps(
        {
            "at": utc(f),
            "type": way(f, "received", "sent"),
            "connection": {"url": f"ws://c/ocpp/{f.name}"},
            "data": f.raw,
        }
    ),
}
"""Notations of one frame."""


def _table(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _text(frames: Sequence[Exchanged]) -> bytes:
    return "".join(f"{utc(f)} {f.name} {way(f, 'received', 'sent')} {f.raw}\n" for f in frames).encode()


_HEAD = "From: a@b.example\nTo: c@d.example\nSubject: log\nMIME-Version: 1.0\n"


def _mail(encoding: str, body: bytes) -> bytes:
    head = (
        f"From: a@b.example\nTo: c@d.example\nSubject: log\nMIME-Version: 1.0\nContent-Transfer-Encoding: {encoding}\n"
    )
    return head.encode() + b"Content-Type: text/plain; charset=utf-8\n\n" + body


def _mail_with_attachment(frames: Sequence[Exchanged]) -> bytes:
    return _HEAD.encode() + (
        b'Content-Type: multipart/mixed; boundary="xx"\n\n--xx\nContent-Type: text/plain\n\nSee below.\n'
        b'--xx\nContent-Type: application/octet-stream; name="a.log"\nContent-Transfer-Encoding: base64\n'
        b'Content-Disposition: attachment; filename="a.log"\n\n' + base64.encodebytes(_text(frames)) + b"\n--xx--\n"
    )


def _streams(frames: Sequence[Exchanged]) -> bytes:
    """Loki: a stream for each charge point and direction, its newest line first."""
    ends = sorted({(f.name, way(f, "in", "out")) for f in frames})
    result = [
        {
            "stream": {"app": "csms", "station": name, "direction": end},
            "values": [
                [str(micros_of(f.time) * 1000), f.raw]
                for f in reversed(frames)
                if (f.name, way(f, "in", "out")) == (name, end)
            ],
        }
        for name, end in ends
    ]
    return json.dumps({"status": "success", "data": {"resultType": "streams", "result": result}}).encode()


def _statements(frames: Sequence[Exchanged]) -> bytes:
    """The log of PostgreSQL in CSV."""
    return _table([
        [f"{f.local(0):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC", "csms", 411, "10.0.0.9:5000", number, "INSERT", "LOG",
         f"execute: INSERT INTO frames (cp, dir, raw) VALUES ('{f.name}', '{way(f, 'in', 'out')}', '{f.raw}')", "", ""]
        for number, f in enumerate(frames)
    ])  # fmt: skip


def _dissected(frames: Sequence[Exchanged]) -> bytes:
    """Wireshark in JSON."""
    return json.dumps(
        [
            {
                "_source": {
                    "layers": {
                        "frame": {"frame.time_epoch": f"{micros_of(f.time) / 1e6:.6f}000", "frame.number": "1"},
                        "cp": f.name,
                        "direction": way(f, "in", "out"),
                        "websocket": {"websocket.payload": {"websocket.payload.text": f.raw}},
                    }
                }
            }
            for f in frames
        ],
        indent=1,
    ).encode()


def _rows_of_insights(frames: Sequence[Exchanged]) -> bytes:
    """Application Insights in JSON, the newest first."""
    names = [{"name": name, "type": "string"} for name in ("timestamp", "message", "customDimensions")]
    rows = [
        [utc(f), f"{way(f, 'Received', 'Sent')}: {f.raw}", json.dumps({"ChargePointId": f.name})]
        for f in reversed(frames)
    ]
    return json.dumps({"tables": [{"name": "PrimaryResult", "columns": names, "rows": rows}]}).encode()


def _archive(frames: Sequence[Exchanged]) -> bytes:
    """A HAR file, with the messages of one connection after those of another."""
    entries = [
        {
            "startedDateTime": utc(next(f for f in frames if f.name == name)),
            "request": {"url": f"wss://csms.example/ocpp/{name}", "headers": []},
            "response": {"status": 101, "headers": []},
            "_webSocketMessages": [
                {"type": way(f, "send", "receive"), "time": micros_of(f.time) / 1e6, "opcode": 1, "data": f.raw}
                for f in frames
                if f.name == name
            ],
        }
        for name in sorted({f.name for f in frames})
    ]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": entries}}).encode()


FILES: dict[str, File] = {
    "Datadog": lambda frames: _table(
        [["Date", "Host", "Service", "@station", "Message"]]
        + [[utc(f), "h", "csms", f.name, f"{way(f, 'received', 'sent')} {f.raw}"] for f in reversed(frames)]
    ),
    "streams of Loki": _streams,
    "statements of PostgreSQL": _statements,
    "Wireshark in JSON": _dissected,
    "Application Insights in JSON": _rows_of_insights,
    "HAR of two connections": _archive,
    "mail in quoted-printable": lambda frames: _mail("quoted-printable", quopri.encodestring(_text(frames))),
    "mail in base64": lambda frames: _mail("base64", base64.encodebytes(_text(frames))),
    "mail with an attachment": _mail_with_attachment,
}
"""Notations of whole files."""
