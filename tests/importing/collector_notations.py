"""A conversation as collectors of events, brokers, tracers and printed objects have it: each a line of one frame, or a
whole file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

from ocpptui.ocpp.date_times import micros_of
from tests.importing.conversation import Exchanged
from tests.importing.logger_lines import iso, utc, way

Line = Callable[[Exchanged], str]
File = Callable[[Sequence[Exchanged]], str]
_json = json.dumps


def _millis(frame: Exchanged) -> int:
    return micros_of(frame.time) // 1000


def _escaped(text: str, signs: str) -> str:
    return "".join(f"\\{sign}" if sign in signs else sign for sign in text)


def _cef(frame: Exchanged, fields: str) -> str:
    return f"CEF:0|Acme|CSMS|1.2|100|OCPP frame|3|rt={_millis(frame)} {fields}"


def _go(frame: Exchanged, *, labels: bool) -> str:
    """A line with an object of Go that has the payload as JSON; the malformed frame as it was."""
    prefix = f"{frame.time:%Y/%m/%d %H:%M:%S} {way(frame, 'recv', 'send')} {frame.name} "
    try:
        kind, message_id, *rest = json.loads(frame.raw)
    except ValueError:
        return prefix + frame.raw
    names = {2: ("Action",), 3: (), 4: ("ErrorCode", "ErrorDescription")}[kind]
    names = ("MessageTypeId", "ID", *names, "Details" if kind == 4 else "Payload")
    values = [kind, message_id, *rest[:-1], json.dumps(rest[-1], separators=(",", ":"))]
    fields = [f"{name}:{one}" if labels else str(one) for name, one in zip(names, values, strict=True)]
    return f"{prefix}&{{{' '.join(fields)}}}"


LINES: dict[str, Line] = {
    "CEF": lambda f: _cef(
        f, f"cs1Label=ChargePoint cs1={f.name} cs2Label=Direction cs2={way(f, 'in', 'out')} msg={_escaped(f.raw, '=')}"
    ),
    "CEF over syslog": lambda f: (
        f"{f.local(0):%b %d %H:%M:%S} gw "
        + _cef(f, f"cs1Label=Charge Point cs1={f.name} deviceDirection={way(f, '0', '1')} msg={f.raw}")
    ),
    "CEF with labels behind": lambda f: _cef(
        f,
        f"cs3={f.raw} cs3Label=Frame cs1={f.name} cs1Label=ChargePointId cs2={way(f, 'in', 'out')} cs2Label=Direction",
    ),
    "LEEF": lambda f: (
        f"LEEF:2.0|Acme|CSMS|1.0|frame|\tdevTime={_millis(f)}\tidentity={f.name}\t"
        f"dir={way(f, 'in', 'out')}\tmsg={f.raw}"
    ),
    "object of Go": lambda f: _go(f, labels=True),
    "object of Go without names": lambda f: _go(f, labels=False),
    "text in Markdown": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {_escaped(f.raw, '[]_*')}",
    "text in Markdown, only lists": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {_escaped(f.raw, '[')}",
    "text in Markdown, all signs": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {_escaped(f.raw, '[]{}_')}",
    "CitrineOS": lambda f: (
        f"{utc(f)}\tDEBUG\t/dist/x.js:55:12\tCitrineOS\t{way(f, 'Received', 'Sent')} 1:{f.name} {f.raw}"
    ),
    "RFC 5424 with a mark of UTF-8": lambda f: (
        f'<135>1 {utc(f)} gw csms 812 OCPP [ocpp@32473 chargePoint="{f.name}" dir="{way(f, "rx", "tx")}"] \ufeff{f.raw}'
    ),
    "Fluent Bit": lambda f: (
        f'[0] ocpp: [[{micros_of(f.time) / 1e6:.6f}000, {{}}], {{"cp"=>"{f.name}", "dir"=>"{way(f, "in", "out")}", '
        f'"log"=>{_json(f.raw)}}}]'
    ),
    "Traefik": lambda f: (
        f'time="{utc(f)}" level=debug path=/ocpp/{f.name} from={way(f, "client", "backend")} data={_json(f.raw)}'
    ),
    "proxy with an upstream": lambda f: (
        f"{f.local(0):%Y/%m/%d %H:%M:%S} [notice] 29#29: *{f.name[-1]} [lua] ws.lua:44: "
        f'{way(f, "client->upstream", "upstream->client")}: {f.raw}, request: "GET /ocpp/{f.name} HTTP/1.1"'
    ),
    "report of Erlang": lambda f: (
        f"=DEBUG REPORT==== {f.time.day}-{f.time:%b-%Y::%H:%M:%S}.{f.time:%f} ===\n"
        f'    station: <<"{f.name}">>\n    direction: {way(f, "in", "out")}\n    frame: <<{_json(f.raw)}>>\n'
    ),
    "debug output of Ruby": lambda f: (
        f'{{\n    "@timestamp" => {utc(f)},\n       "station" => "{f.name}",\n     "direction" => '
        f'"{way(f, "in", "out")}",\n       "message" => {_json(f.raw)}\n}}'
    ),
    "object of CitrineOS": lambda f: (
        f"{iso(f.time)}\tDEBUG\t/src/x.js:1:1\tCitrineOS Logger:RabbitMqSender\tPublishing: {{\n"
        f"  origin: '{way(f, 'cs', 'csms')}',\n  context: {{\n    stationId: '{f.name}',\n    tenantId: '1'\n  }},\n"
        f"  payload: '{f.raw}'\n}}"
    ),
    "collector of OpenTelemetry": lambda f: (
        f"LogRecord #0\nTimestamp: {f.time:%Y-%m-%d %H:%M:%S.%f} +0000 UTC\nSeverityText: DEBUG\nBody: Str({f.raw})\n"
        f"Attributes:\n     -> station: Str({f.name})\n     -> direction: Str({way(f, 'in', 'out')})\nTrace ID: "
    ),
    "record of Java": lambda f: (
        f"{utc(f)} DEBUG Frame[station={f.name}, direction={way(f, 'IN', 'OUT')}, text={f.raw}]"
    ),
    "record of C#": lambda f: (
        f"{utc(f)} dbg Frame {{ Station = {f.name}, Direction = {way(f, 'In', 'Out')}, Text = {f.raw} }}"
    ),
    "data class of Kotlin": lambda f: (
        f"{utc(f)} OcppFrame(station={f.name}, direction={way(f, 'INBOUND', 'OUTBOUND')}, raw={f.raw})"
    ),
    "Textile": lambda f: f"* {utc(f)} *{f.name}* {way(f, 'in', 'out')}: @{f.raw}@",
    "thread of a charge point": lambda f: (
        f"{iso(f.local(0))} [ocpp-{f.name}] DEBUG c.a.Handler - {way(f, 'received', 'sent')} {f.raw}"
    ),
    "arrow behind the name of the field": lambda f: (
        f"{utc(f)} {f.name} {way(f, 'inbound', 'outbound')} frame -> {f.raw}"
    ),
    "time and name before a tab": lambda f: (
        f"{iso(f.local(0))} DEBUG x.lua:12: {f.name}\t{way(f, '<<', '>>')}\t{f.raw}"
    ),
    "both ends in keys": lambda f: (
        f"ts={utc(f)} src={f.name if f.up else 'csms'} dst={'csms' if f.up else f.name} msg={_json(f.raw)}"
    ),
    "both ends in JSON": lambda f: _json(
        {"ts": utc(f), "from": f.name if f.up else "csms", "to": "csms" if f.up else f.name, "msg": f.raw}
    ),
    "scopes of .NET in JSON": lambda f: _json(
        {
            "Timestamp": utc(f),
            "EventId": 7,
            "Category": "Ocpp.Ws",
            "Message": f"{way(f, 'Received', 'Sent')} {f.raw}",
            "Scopes": [{"Message": f"ChargePoint:{f.name}", "ChargePoint": f.name}],
        }
    ),
    "OpenTelemetry of Go": lambda f: _json(
        {
            "Name": way(f, "mqtt receive", "mqtt send"),
            "StartTime": utc(f),
            "Attributes": [
                {"Key": "csId", "Value": {"Type": "STRING", "Value": f.name}},
                {"Key": "ocpp.raw", "Value": {"Type": "STRING", "Value": f.raw}},
            ],
        }
    ),
    "name deep in an object": lambda f: _json(
        {
            "evse": {"chargePoint": {"identity": f.name}},
            "loggedAt": utc(f),
            "flow": way(f, "INCOMING", "OUTGOING"),
            "content": f.raw,
        }
    ),
    "kcat": lambda f: _json(
        {
            "topic": "ocpp",
            "partition": 0,
            "offset": 12,
            "ts": _millis(f),
            "headers": ["direction", way(f, "in", "out")],
            "key": f.name,
            "payload": f.raw,
        }
    ),
    "fields in turn": lambda f: _json(["time", utc(f), "station", f.name, "dir", way(f, "in", "out"), "raw", f.raw]),
    "tenant and name": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} 1:{f.name}: {f.raw}",
    "tenants of one number each": lambda f: f"{utc(f)} {f.name[-1]}:{f.name} {way(f, 'recv', 'send')} {f.raw}",
}
"""Lines that name the charge point."""

NAMELESS: dict[str, Line] = {
    "strace": lambda f: (
        f"{micros_of(f.time) / 1e6:.6f} {way(f, 'read', 'write')}({f.name[-1]}, {_json(f.raw)}, 8192) = {len(f.raw)}"
    ),
    "strace of threads": lambda f: (
        f"[pid  4711] {f.local(0):%H:%M:%S.%f} {way(f, 'recvfrom', 'sendto')}(1{f.name[-1]}<TCP:[91]>, "
        f"{_json(f.raw)}, 8192, 0, NULL, NULL) = {len(f.raw)}"
    ),
    "number of a socket": lambda f: f"{utc(f)} fd={f.name[-1]} {way(f, 'recv', 'send')} {f.raw}",
    "number of a socket in brackets": lambda f: f"{utc(f)} [fd 1{f.name[-1]}] {way(f, 'recv', 'send')} {f.raw}",
    "stream of TCP": lambda f: f"{utc(f)} tcp.stream={f.name[-1]} {way(f, 'recv', 'send')} {f.raw}",
    "stream of TCP behind a space": lambda f: f"{utc(f)} tcp.stream {f.name[-1]} {way(f, 'recv', 'send')} {f.raw}",
    "connection of nginx": lambda f: (
        f"{f.local(0):%Y/%m/%d %H:%M:%S} [info] 29#29: *{f.name[-1]} js: {way(f, 'recv', 'send')} {f.raw}"
    ),
    "address in brackets": lambda f: (
        f"[{iso(f.local(0))[11:]}] [10.0.0.{f.name[-1]}:51000] {way(f, '->', '<-')} ws text: {f.raw}"
    ),
}
"""Lines that tell the connections apart, and name nobody."""


def _redis(frame: Exchanged, number: int, indent: str) -> str:
    """An entry of a stream as it is printed on a terminal."""
    values = ["cp", frame.name, "dir", way(frame, "in", "out"), "frame", frame.raw]
    places = [f"{indent}   {place}) {_json(value)}" for place, value in enumerate(values, 1)]
    places[0] = f"{indent}2) {places[0].lstrip()}"
    return "\n".join((f'{indent[:-3]}{number:2}) 1) "{_millis(frame)}-0"', *places, ""))


def _entry(frame: Exchanged) -> tuple[str, list[str]]:
    """An entry of a stream as `redis-cli --json` writes it."""
    return f"{_millis(frame)}-0", ["cp", frame.name, "dir", way(frame, "in", "out"), "frame", frame.raw]


def _paired(values: Sequence[str]) -> dict[str, str]:
    return dict(zip(values[::2], values[1::2], strict=True))


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    return text.getvalue()


FILES: dict[str, File] = {
    "Burp": lambda frames: _table(
        ["#", "URL", "Direction", "Time", "Payload"],
        [
            [str(number), f"wss://c.example/ocpp/{f.name}", f"To {'server' if f.up else 'client'}", utc(f), f.raw]
            for number, f in enumerate(frames)
        ],
    ),
    "tags of Datadog": lambda frames: _table(
        ["Date", "Service", "Tags", "Content"],
        [[utc(f), "csms", f"env:prod,station:{f.name}", f"{way(f, '<-', '->')} {f.raw}"] for f in reversed(frames)],
    ),
    "stream of Redis": lambda frames: "".join(_redis(f, number, "    ") for number, f in enumerate(frames, 1)),
    "stream of Redis, as XREAD has it": lambda frames: (
        '1) 1) "ocpp"\n' + "".join(_redis(f, number, "          ") for number, f in enumerate(frames, 1))
    ),
    "stream of Redis, the newest first": lambda frames: "".join(
        _redis(f, number, "    ") for number, f in enumerate(reversed(frames), 1)
    ),
    "stream of Redis in JSON": lambda frames: _json(list(map(_entry, frames))),
    "stream of Redis in JSON, as XREAD has it": lambda frames: _json([["ocpp", list(map(_entry, frames))]]),
    "stream of Redis in JSON, as XREAD has it in RESP3": lambda frames: _json({"ocpp": list(map(_entry, frames))}),
    "stream of Redis in JSON, the newest first": lambda frames: _json(list(map(_entry, reversed(frames))), indent=1),
    "stream of Redis of a client for Node": lambda frames: _json(
        [{"id": (entry := _entry(f))[0], "message": _paired(entry[1])} for f in frames]
    ),
    "stream of Redis in CSV": lambda frames: (
        ",".join(_json(one) for f in frames for one in (_entry(f)[0], *_entry(f)[1])) + "\n"
    ),
    "stream of Redis in a pipe": lambda frames: "".join(
        f"{_millis(f)}-0\ncp\n{f.name}\ndir\n{way(f, 'in', 'out')}\nframe\n{f.raw}\n" for f in frames
    ),
}
"""Whole files that name the charge point."""


def _packets(frames: Sequence[Exchanged], *, ports: bool) -> str:
    """A list of packets. With ports, both charge points are behind one address."""
    names = ["No.", "Time", "Source", "Destination", "Protocol", "Text"]
    names[4:4] = ["tcp.srcport", "tcp.dstport"] if ports else []
    rows = []
    for number, f in enumerate(frames, 1):
        ends = [("10.0.0.9" if ports else f"10.0.0.{f.name[-1]}", f"4000{f.name[-1]}"), ("10.0.1.1", "9000")]
        (sender, sending), (receiver, receiving) = ends if f.up else reversed(ends)
        more = [sending, receiving] if ports else []
        rows.append([str(number), iso(f.local(0)), sender, receiver, *more, "WebSocket", f.raw])
    return _table(names, rows)


NAMELESS_FILES: dict[str, File] = {
    "channels of ZAP": lambda frames: _table(
        ["Channel", "Timestamp", "Direction", "Opcode", "Payload"],
        [[f"#{f.name[-1]}", iso(f.local(0)), "→" if f.up else "←", "1=TEXT", f.raw] for f in frames],
    ),
    "tshark for Elasticsearch": lambda frames: "".join(
        _json({"index": {"_index": "packets"}})
        + "\n"
        + _json(
            {
                "timestamp": str(_millis(f)),
                "layers": {"tcp_tcp_stream": f.name[-1], "direction": way(f, "in", "out"), "data_text": f.raw},
            }
        )
        + "\n"
        for f in frames
    ),
    "Wireshark": lambda frames: _packets(frames, ports=False),
    "Wireshark, two connections from one address": lambda frames: _packets(frames, ports=True),
    "tshark with the stream": lambda frames: _table(
        ["tcp.stream", "frame.time", "direction", "text"],
        [[f.name[-1], utc(f), way(f, "in", "out"), f.raw] for f in frames],
    ),
}
"""Whole files that tell the connections apart, and name nobody."""
