"""One conversation comes back from the JSON of databases, queues and log services, whatever they put around a frame."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import check, read

VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
SECOND = timedelta(seconds=1)
NAMES = ("CP-77", "KIOSK-2")

Frames = Sequence[Exchanged]


def ms(frame: Exchanged) -> int:
    return micros_of(frame.time) // 1000


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def decoded(raw: str) -> Any:
    """A frame as a program keeps it that decodes what is JSON."""
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def compressed(content: Any) -> str:
    """As CloudWatch hands it to its subscribers."""
    text = content if type(content) is str else json.dumps(content)
    return base64.b64encode(gzip.compress(text.encode())).decode()


def lines(of_frame: Callable[[Exchanged], Any]) -> Callable[[Frames], str]:
    return lambda frames: "\n".join(json.dumps(of_frame(frame)) for frame in frames)


def listed(around: Callable[[list[Any]], Any], of_frame: Callable[[Exchanged], Any]) -> Callable[[Frames], str]:
    return lambda frames: json.dumps(around(list(map(of_frame, frames))))


def cells(frame: Exchanged) -> list[Any]:
    return [utc(frame), frame.name, way(frame, "in", "out"), frame.raw]


COLUMNS = ["time", "cp", "direction", "message"]


def streams(frames: Frames) -> str:
    """As Loki groups lines: by their labels."""
    found: dict[tuple[str, bool], list[list[str]]] = {}
    for frame in frames:
        found.setdefault((frame.name, frame.up), []).append([str(micros_of(frame.time) * 1000), frame.raw])
    result = [
        {"stream": {"cp": name, "direction": "in" if up else "out"}, "values": values}
        for (name, up), values in found.items()
    ]
    return json.dumps({"status": "success", "data": {"resultType": "streams", "result": result}})


LAYOUTS: dict[str, Callable[[Frames], str]] = {
    "Azure tables": listed(
        lambda rows: {"tables": [{"columns": [{"name": n, "type": "string"} for n in COLUMNS], "rows": rows}]}, cells
    ),
    "columns and rows": listed(lambda rows: {"columns": COLUMNS, "index": list(range(len(rows))), "data": rows}, cells),
    "a list of lists below names": listed(lambda rows: [COLUMNS, *rows], cells),
    "a list for each column": listed(lambda rows: dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)), cells),
    "an object for each column": listed(
        lambda rows: {n: {str(k): row[i] for k, row in enumerate(rows)} for i, n in enumerate(COLUMNS)}, cells
    ),
    "streams of Loki": streams,
    "charge points as keys": lambda fs: json.dumps(
        {n: [{"t": utc(f), "dir": way(f, "in", "out"), "msg": f.raw} for f in fs if f.name == n] for n in NAMES}
    ),
    "Elasticsearch fields": listed(
        lambda hits: {"hits": {"hits": hits}},
        lambda f: {"fields": {"@timestamp": [utc(f)], "cpId": [f.name], "dir": [way(f, "RX", "TX")], "m": [f.raw]}},
    ),
    "DynamoDB": listed(
        lambda items: {"Items": items, "Count": len(items)},
        lambda f: {"cpId": {"S": f.name}, "dir": {"S": way(f, "in", "out")}, "t": {"N": str(ms(f))}, "m": {"S": f.raw}},
    ),
    "DynamoDB export": lines(lambda f: {"Item": {"cpId": {"S": f.name}, "dir": {"S": way(f, "in", "out")},
                                                 "time": {"S": utc(f)}, "msg": {"S": f.raw}}}),
    "unions of Avro": lines(lambda f: {"ts": {"long": ms(f)}, "stationId": {"string": f.name},
                                       "direction": {"string": way(f, "IN", "OUT")}, "payload": {"string": f.raw}}),
    "Protocol Buffers": lines(lambda f: {
        "timestamp": {"seconds": str(ms(f) // 1000), "nanos": f.time.microsecond * 1000}, "chargePointId": f.name,
        "direction": way(f, "DIRECTION_CS_TO_CSMS", "DIRECTION_CSMS_TO_CS"), "frame": f.raw}),
    "Kafka": lines(lambda f: {"topic": "ocpp." + way(f, "in", "out"), "partition": 0, "offset": 1, "ts": ms(f),
                              "key": f.name, "payload": f.raw}),
    "a topic with direction": lines(lambda f: {"topic": f"ocpp/{f.name}/" + way(f, "up", "dn"), "timestamp": ms(f),
                                               "payload": f.raw}),
    "AWS IoT": lines(lambda f: {"timestamp": iso(f.time), "eventType": "Publish-" + way(f, "In", "Out"),
                                "clientId": f.name, "message": f.raw}),
    "journald bytes": lines(lambda f: {"__REALTIME_TIMESTAMP": str(micros_of(f.time)),
                                       "MESSAGE": list(f"{way(f, 'recv', 'send')} {f.name} {f.raw}".encode())}),
    "ECS with dots": lines(lambda f: {"@timestamp": utc(f), "message": f.raw, "ecs.version": "1.2.0", "host.name": "g",
                                      "network.direction": way(f, "inbound", "outbound"), "labels.cp_id": f.name}),
    "CloudEvents": lines(lambda f: {"specversion": "1.0", "type": "ocpp.message." + way(f, "received", "sent"),
                                    "source": f"/chargepoints/{f.name}", "id": "A-1", "time": utc(f), "data": f.raw}),
    "CloudEvents in base64": lines(lambda f: {"specversion": "1.0", "type": "ocpp." + way(f, "received", "sent"),
                                              "subject": f.name, "time": utc(f), "data_base64": packed(f.raw)}),
    "Pub/Sub": listed(lambda items: items, lambda f: {"message": {
        "data": packed(f.raw), "attributes": {"chargePointId": f.name, "direction": way(f, "in", "out")},
        "publishTime": utc(f)}}),
    "Kinesis": listed(lambda items: {"Records": items}, lambda f: {"kinesis": {
        "partitionKey": "7", "data": packed(json.dumps(dict(zip(COLUMNS, cells(f), strict=True))))}}),
    "DynamoDB with kinds of keys": listed(lambda items: {"Items": items}, lambda f: {
        "pk": {"S": f"CP#{f.name}"}, "sk": {"S": f"MSG#{utc(f)}"}, "dir": {"S": way(f, "in", "out")},
        "frame": {"S": f.raw}}),
    "streams of CloudWatch": listed(lambda items: {"events": items}, lambda f: {
        "logStreamName": f"ocpp/{f.name}", "timestamp": ms(f), "message": f"{way(f, '<-', '->')} {f.raw}"}),
    "subscription of CloudWatch": lines(lambda f: {"awslogs": {"data": compressed({
        "messageType": "DATA_MESSAGE", "logGroup": "/csms", "logEvents": [
            {"id": "1", "timestamp": ms(f), "message": f"{way(f, 'received', 'sent')} {f.name} {f.raw}"}]})}}),
    "compressed text": lines(lambda f: {
        "time": utc(f), "cp": f.name, "z": compressed(f"{way(f, 'received', 'sent')} {f.raw}")}),
    "a list without brackets": lambda fs: ",\n".join(json.dumps(dict(zip(COLUMNS, cells(f), strict=True))) for f in fs),
}  # fmt: skip


@VERSIONS
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_conversation_comes_back_from_any_layout(tmp_path: Path, layout: str, version: Version) -> None:
    """The export of a service that wraps its values would lose times, names and directions, or all frames."""
    frames = conversation(NAMES, version)
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS[layout](frames), encoding="utf-8")
    check(read(path), frames, SECOND)


def typed(value: Any) -> Any:
    """A value as DynamoDB writes it."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": list(map(typed, value))}
    if isinstance(value, dict):
        return {"M": {name: typed(one) for name, one in value.items()}}
    return {"N": str(value)}


KINDS = {2: "call", 3: "callResult", 4: "callError"}


def whole(frame: Exchanged) -> tuple[int, str, dict[str, Any]]:
    """The message type and id of a frame, and its other parts by name."""
    kind, message_id, *rest = json.loads(frame.raw)
    names = {2: ("action", "payload"), 3: ("payload",), 4: ("errorCode", "errorDescription", "errorDetails")}[kind]
    return kind, message_id, dict(zip(names, rest, strict=True))


def one_of(frame: Exchanged) -> dict[str, Any]:
    kind, message_id, parts = whole(frame)
    return {"time": utc(frame), "cpId": frame.name, "dir": way(frame, "in", "out"),
            KINDS[kind]: {"messageId": message_id, **parts}}  # fmt: skip


def lone_id(frame: Exchanged) -> dict[str, Any]:
    kind, message_id, parts = whole(frame)
    return {"time": utc(frame), "cpId": frame.name, "dir": way(frame, "in", "out"),
            "type": KINDS[kind].upper(), "id": message_id, **parts}  # fmt: skip


def maeve(frame: Exchanged) -> dict[str, Any]:
    kind, message_id, parts = whole(frame)
    renamed = {"payload": "request" if kind == 2 else "response", "errorCode": "error_code"}
    content = {renamed.get(name, name): one for name, one in parts.items()}
    kinds = {2: "call", 3: "call_result", 4: "call_error"}
    return {"topic": f"cs/{way(frame, 'in', 'out')}/ocpp1.6/{frame.name}", "time": utc(frame),
            "payload": {"type": kinds[kind], "id": message_id, **content}}  # fmt: skip


def in_text(frame: Exchanged) -> dict[str, Any]:
    kind, message_id, parts = whole(frame)
    return {"topic": f"ocpp/cp/{frame.name}", "timestamp": ms(frame), "direction": way(frame, "upstream", "downstream"),
            "payload": json.dumps({"MessageTypeId": kind, "UniqueId": message_id, **parts})}  # fmt: skip


def enumerated(frame: Exchanged) -> dict[str, Any]:
    kind, message_id, parts = whole(frame)
    kinds = {2: "MESSAGE_TYPE_CALL", 3: "MESSAGE_TYPE_CALL_RESULT", 4: "MESSAGE_TYPE_CALL_ERROR"}
    content = {name: json.dumps(one) if isinstance(one, dict) else one for name, one in parts.items()}
    return {"time": utc(frame), "cpId": frame.name, "dir": way(frame, "in", "out"),
            "messageType": kinds[kind], "messageId": message_id, **content}  # fmt: skip


def dynamo(frame: Exchanged) -> dict[str, Any]:
    kind, message_id, parts = whole(frame)
    fields = {"cpId": frame.name, "direction": way(frame, "in", "out"), "ts": ms(frame), "messageTypeId": kind}
    return {"Item": {name: typed(one) for name, one in {**fields, "messageId": message_id, **parts}.items()}}


def dynamo_list(frame: Exchanged) -> dict[str, Any]:
    fields = {"cpId": frame.name, "direction": way(frame, "in", "out"), "ts": ms(frame)}
    return {"Item": {name: typed(one) for name, one in {**fields, "message": json.loads(frame.raw)}.items()}}


@VERSIONS
@pytest.mark.parametrize("parts", [one_of, lone_id, maeve, in_text, enumerated, dynamo, dynamo_list])
def test_frames_in_parts_come_back_from_any_layout(
    tmp_path: Path, parts: Callable[[Exchanged], dict[str, Any]], version: Version
) -> None:
    """Errors without a payload, types as names of fields and ids called just `id` would be lost or paired by chance."""
    both = conversation(NAMES, version)
    frames = [frame for frame in both if not frame.raw.startswith('[2,"8"')]
    places = {frame.time: place for place, frame in enumerate(frames)}
    frames = [replace(f, half=None if f.half is None else places.get(both[f.half].time)) for f in frames]
    path = tmp_path / "export.json"
    path.write_text("\n".join(json.dumps(parts(frame)) for frame in frames), encoding="utf-8")
    found = read(path)
    assert [json.loads(raw or "") for raw in found.raws] == [json.loads(frame.raw) for frame in frames]
    check(found, [replace(f, raw=str(raw)) for f, raw in zip(frames, found.raws, strict=True)], SECOND)


@VERSIONS
@pytest.mark.parametrize("name", ["responseTime", "respondedAt", "resp_ts", "answered_at", "confTime"])
@pytest.mark.parametrize("written", [str, decoded])
def test_a_call_and_its_answer_in_one_object_are_two_records(
    tmp_path: Path, version: Version, name: str, written: Callable[[str], Any]
) -> None:
    """The answer, as a text or as a list, would have the direction and the time of its call, and pair with nothing."""
    frames = [f for f in conversation(NAMES, version) if f.half is not None]
    both = conversation(NAMES, version)
    rows = []
    for call in frames:
        if call.raw[1] == "2":
            answer = both[call.half or 0]
            times = {"time": utc(call), name: utc(answer), "initiator": way(call, "CP", "CSMS")}
            exchange = {"request": written(call.raw), "response": written(answer.raw)}
            rows.append({**times, "cpId": call.name, **exchange})
    path = tmp_path / "export.json"
    path.write_text(json.dumps(rows, separators=(",", ":")), encoding="utf-8")
    places = {frame.time: place for place, frame in enumerate(frames)}
    check(read(path), [replace(f, half=places[both[f.half or 0].time]) for f in frames], SECOND)


@pytest.mark.parametrize("duration", [150, "0.150", "150 ms"])
def test_a_duration_is_not_the_time_of_the_answer(tmp_path: Path, duration: Any) -> None:
    """`responseTime` in milliseconds would put the answer somewhere else on the time axis."""
    row = {"time": "2026-03-14T10:00:00Z", "cpId": "CP-77", "action": "Heartbeat", "responseTime": duration}
    parts = {"request": {}, "response": {"currentTime": "2026-03-14T09:00:00Z"}}
    path = tmp_path / "export.json"
    path.write_text(json.dumps({**row, **parts}), encoding="utf-8")
    records = read(path).records
    assert [record.time for record in records] == [micros_of(datetime(2026, 3, 14, 10, tzinfo=UTC))] * 2


def test_the_answer_beside_the_payload_of_its_call_has_its_own_time(tmp_path: Path) -> None:
    """Its latency would be shown as 0."""
    times = {"requestTime": "2026-03-14T10:00:00Z", "responseTime": "2026-03-14T10:00:02Z"}
    row = {**times, "cpId": "CP-77", "action": "Heartbeat", "request": {}, "response": {"currentTime": "x"}}
    path = tmp_path / "export.json"
    path.write_text(json.dumps(row), encoding="utf-8")
    call, answer = read(path).records
    assert answer.time - call.time == 2_000_000


OTHERS: list[Any] = [
    {"type": "request", "requestId": "abc", "method": "GET", "body": {"a": 1}},
    {"type": "error", "id": "1", "message": "not found", "code": 7},
    {"type": "response", "id": "r1", "result": {"status": "ok"}},
    {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": {"to": "x"}},
    {"jsonrpc": "2.0", "id": 1, "result": {"status": "Accepted"}},
    {"messageType": "info", "kind": "audit", "raw": "x", "payload": {"user": "me"}},
    {"schemaVersion": "1.0", "kind": "call", "payload": {"name": "x"}},
    {"kind": "Pod", "apiVersion": "v1", "metadata": {"uid": "1"}, "status": {"phase": "Running"}},
    {"action": "opened", "pull_request": {"id": 1}, "request": {"id": 2}},
    {"error": {"code": "X", "message": "y"}, "requestId": "5"},
    {"data": base64.b64encode(b'{"iss": "me", "type": "call"}').decode()},
    {"request": {"method": "GET", "id": "7"}, "response": {"status": 200, "id": "7"}},
]


@pytest.mark.parametrize("value", OTHERS)
@pytest.mark.parametrize("form", ["line", "list", "pretty"])
def test_no_frame_is_made_of_the_messages_of_other_protocols(tmp_path: Path, value: Any, form: str) -> None:
    """A log of web requests would be shown as OCPP, with frames that nobody sent."""
    path = tmp_path / "other.json"
    texts = {"line": json.dumps(value) + "\n" + json.dumps(value), "list": json.dumps([value] * 3)}
    path.write_text(texts.get(form) or json.dumps(value, indent=2))
    found = read(path)
    assert found.records == []
    assert "contains no OCPP frame" in found.importer.failures[0]


def test_what_unpacks_to_far_more_is_left_alone(tmp_path: Path) -> None:
    """A kilobyte of a hostile export would take gigabytes of memory."""
    text = 'recv CP-77 [2,"1","Heartbeat",{}]\n' + " " * 10**7
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"z": compressed(text)}, {"m": '[2,"2","Heartbeat",{}]'}]))
    assert read(path).raws == ['[2,"2","Heartbeat",{}]']
