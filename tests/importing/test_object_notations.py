"""Conversations as programs print, export and publish the object that has a frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import check, read

_json = json.dumps


def _way(frame: Exchanged) -> str:
    return way(frame, "in", "out")


def _said(frame: Exchanged) -> str:
    return f"{frame.name} {way(frame, 'recv', 'send')} {frame.raw}"


OBJECTS: dict[str, Callable[[Exchanged], str]] = {
    "Java": lambda f: f"{utc(f)} Message{{chargePoint='{f.name}', direction={_way(f).upper()}, text='{f.raw}'}}",
    "Kotlin": lambda f: f"{utc(f)} Frame(cp={f.name}, dir={_way(f).upper()}, text={f.raw})",
    "Ruby": lambda f: f'{iso(f.local(0))}Z {{:cp=>"{f.name}", :direction=>"{_way(f)}", :raw=>{_json(f.raw)}}}',
    "Elixir": lambda f: f'{utc(f)} %{{cp: "{f.name}", direction: :{_way(f)}, raw: {_json(f.raw)}}}',
    "YAML": lambda f: f"- time: {utc(f)}\n  cp: {f.name}\n  direction: {_way(f)}\n  raw: '{f.raw}'",
    "documents of YAML": lambda f: f"---\nts: {utc(f)}\nstation: {f.name}\ndir: {_way(f)}\ntext: >-\n  {f.raw}",
    "list of PowerShell": lambda f: (
        f"\nTime      : {utc(f)}\nStation   : {f.name}\nDirection : {_way(f)}\nRaw       : {f.raw}\n"
    ),
    "element of XML": lambda f: f'<f time="{utc(f)}" cp="{f.name}" dir="{_way(f)}">{escape(f.raw, quote=False)}</f>',
    "attribute of XML": lambda f: f'<f ts="{utc(f)}" cp="{f.name}" dir="{_way(f)}" msg="{escape(f.raw)}"/>',
    "DynamoDB": lambda f: _json({"Item": {
        "cp": {"S": f.name}, "ts": {"N": str(micros_of(f.time) // 1000)}, "direction": {"S": _way(f)},
        "raw": {"S": f.raw},
    }}),
    "Firestore": lambda f: _json({"fields": {
        "chargerId": {"stringValue": f.name}, "direction": {"stringValue": way(f, "incoming", "outgoing")},
        "message": {"stringValue": f.raw}, "createdAt": {"timestampValue": utc(f)},
    }}),
    "hub of devices": lambda f: _json({"event": {
        "origin": f.name, "module": "", "payload": f.raw, "properties": {"direction": way(f, "up", "down")},
        "annotations": {"iothub-enqueued-time": micros_of(f.time) // 1000},
    }}, indent=4),
    "monitor of Redis": lambda f: (
        f'{micros_of(f.time) / 1e6:.6f} [0 172.18.0.5:51234] "PUBLISH" "ocpp:{f.name}:{_way(f)}" {_json(f.raw)}'
    ),
    "debug output of Ruby": lambda f: (
        f'{{\n       "message" => {_json(f.raw)},\n          "host" => {{\n        "name" => "csms-1"\n    }},\n'
        f'    "@timestamp" => {utc(f)},\n     "direction" => "{_way(f)}",\n       "charger" => "{f.name}"\n}}'
    ),
    "debug output of Ruby with a line": lambda f: (
        f'{{\n       "message" => {_json(_said(f))},\n    "@timestamp" => {utc(f)}\n}}'
    ),
    "YAML with sorted keys": lambda f: (
        f"---\ninsertId: i1\njsonPayload:\n  direction: {way(f, 'INBOUND', 'OUTBOUND')}\n  frame: '{f.raw}'\n"
        f"  station: {f.name}\nlogName: projects/p/logs/stdout\ntimestamp: '{utc(f)}'"
    ),
    "list of YAML with sorted keys": lambda f: (
        f"- charger: {f.name}\n  direction: {_way(f)}\n  message: '{f.raw}'\n  time: {utc(f)}"
    ),
    "fields without a mark between objects": lambda f: (
        f"raw: {f.raw}\nstation: {f.name}\ndirection: {_way(f)}\ntime: {utc(f)}"
    ),
    "shell of MongoDB": lambda f: (
        f"  {{\n    _id: ObjectId('65f2c0de00000000000000ab'),\n    message: '{f.raw}',\n"
        f"    chargePointId: '{f.name}',\n    direction: '{_way(f)}',\n    createdAt: ISODate('{utc(f)}')\n  }},"
    ),
    "array of PHP": lambda f: (
        f"[{iso(f.local(0))}] Array\n(\n    [cp] => {f.name}\n    [direction] => {_way(f)}\n    [raw] => {f.raw}\n)\n"
    ),
    "struct of Go": lambda f: f"{f.time:%Y/%m/%d %H:%M:%S} {{CP:{f.name} Dir:{_way(f)} Raw:{f.raw}}}",
    "number of a database beside the identity": lambda f: _json({
        "ts": utc(f), "chargePointId": 48210 + int(f.name[-1]), "chargePointIdentity": f.name, "direction": _way(f),
        "message": f.raw,
    }),
    "cells of HTML in one line": lambda f: (
        f"<tr><td>{utc(f)}</td><td>{f.name}</td><td>{_way(f)}</td><td>{escape(f.raw, quote=False)}</td></tr><tr>"
    ),
    "attribute that repeats another": lambda f: (
        f"<f ts='{utc(f)}' cp='{f.name}' dir='{_way(f)}' showname='Payload: {f.raw}' size='3' show='{f.raw}'/>"
    ),
    "action of an event": lambda f: _json({
        "@timestamp": utc(f), "event": {"action": way(f, "ocpp-message-received", "ocpp-message-sent")},
        "message": f.raw, "charger": {"id": f.name},
    }),
    "action of an event, with a dot": lambda f: _json({
        "@timestamp": utc(f), "event.action": way(f, "receive", "send"), "message": f.raw,
        "labels": {"charge_point_id": f.name},
    }),
    "boolean": lambda f: _json({"time": utc(f), "identity": f.name, "outbound": not f.up, "message": f.raw}),
    "boolean in a printed object": lambda f: (
        f"message {{ message: {_json(f.raw)}, outbound: {way(f, 'false', 'true')}, identity: '{f.name}', "
        f"time: '{utc(f)}' }}"
    ),
    "list of one routing key": lambda f: _json({
        "timestamp": utc(f), "type": "published", "exchange": "ocpp", "payload": f.raw,
        "routing_keys": [f"{f.name}.{way(f, 'from-cp', 'to-cp')}"],
    }),
    "line of a request": lambda f: _json({
        "time": utc(f), "request": f"GET /ocpp/{f.name} HTTP/1.1", "ws_direction": _way(f), "ws_payload": f.raw,
    }),
    "objects in a description": lambda f: _json({"content": {
        "timestamp": utc(f), "message": f.raw,
        "attributes": {"ocpp": {"station": {"id": f.name}, "direction": way(f, "inbound", "outbound")}},
    }}),
    "data beside a breadcrumb": lambda f: _json({
        "timestamp": utc(f), "category": f"ocpp.{_way(f)}", "message": f.raw, "data": {"station": f.name},
    }),
    "text as a key": lambda f: _json({
        "frame.time_epoch": f"{micros_of(f.time) / 1e6:.6f}", "station": f.name, "direction": _way(f),
        "data-text-lines": {f.raw: ""},
    }),
    "recording of a terminal": lambda f: _json([1.5, "o", f"{utc(f)} {f.name} {_way(f)} {f.raw}\r\n"]),
    "trace of RabbitMQ": lambda f: (
        f"{'=' * 40}\n{iso(f.time)}: Message published\n\nNode:         rabbit@mq1\nConnection:   <rabbit@mq1.1.2.3>"
        f'\nExchange:     ocpp\nRouting keys: [<<"ocpp.{f.name}.{_way(f)}">>]\nRouted queues: [<<"q">>]\n'
        f"Properties:   []\nPayload: \n{f.raw}\n"
    ),
    "arrow behind the words": lambda f: (
        f"{utc(f)} {way(f, 'Message received from', 'Message sent to')} {f.name} => {f.raw}"
    ),
    "namespace of a logger": lambda f: f"{utc(f)} ocpp-rpc:{f.name} message ({way(f, 'inbound', 'outbound')}) {f.raw}",
    "InfluxDB": lambda f: f'ocpp,cp={f.name},direction={_way(f)} raw={_json(f.raw)} {micros_of(f.time) * 1000}',
}  # fmt: skip


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", OBJECTS)
def test_a_conversation_comes_back(tmp_path: Path, notation: str, version: Version) -> None:
    """Frames would be missing, or be of the wrong charge point, direction or time."""
    frames = conversation(("WN-0001", "WN-0002"), version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{OBJECTS[notation](frame)}\n" for frame in frames), encoding="utf-8")
    check(read(path), frames, timedelta(seconds=1.1))


@pytest.mark.parametrize(
    "notation",
    [
        "Java",
        "Kotlin",
        "Ruby",
        "Elixir",
        "element of XML",
        "attribute of XML",
        "Firestore",
        "debug output of Ruby",
        "YAML with sorted keys",
        "list of YAML with sorted keys",
        "shell of MongoDB",
    ],
)
def test_a_name_may_be_a_word_and_a_number(tmp_path: Path, notation: str) -> None:
    """`Garage 1` and `Garage 2` would be one charge point."""
    frames = conversation(("Garage 1", "Garage 2"), Version.V16)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{OBJECTS[notation](frame)}\n" for frame in frames), encoding="utf-8")
    check(read(path), frames, timedelta(seconds=1.1))


@pytest.mark.parametrize("line", ["recv {}: {}", "{}: recv {}", "received from {}: {}", "[{}] recv {}"])
def test_a_word_and_a_number_are_a_name_beside_a_frame(tmp_path: Path, line: str) -> None:
    """The same in lines."""
    frames = conversation(("Garage 1", "Garage 2"), Version.V16)
    path = tmp_path / "a.log"
    sent = line.replace("recv", "send").replace("received from", "sent to")
    path.write_text(
        "".join(f"{utc(frame)} {(line if frame.up else sent).format(frame.name, frame.raw)}\n" for frame in frames)
    )
    check(read(path), frames, timedelta(seconds=1.1))


def test_the_addresses_of_packets_are_no_charge_points(tmp_path: Path) -> None:
    """What one side sent would be of another charge point than what it received."""
    frames = conversation(("WN-0001", "WN-0001"), Version.V16)
    rows = (
        f"{micros_of(f.time) / 1e6:.6f}\t{way(f, '10.0.0.7', '10.0.0.1')}\t{way(f, '10.0.0.1', '10.0.0.7')}\t{f.raw}\n"
        for f in frames
    )
    path = tmp_path / "a.tsv"
    path.write_text("".join(rows))
    found = read(path)
    assert found.raws == [frame.raw for frame in frames]
    assert {record.charge_point for record in found.records} == {""}
