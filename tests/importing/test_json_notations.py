"""One conversation in the JSON of many programs comes back with its frames, directions, ids, times and pairs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation, of_one
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
MILLISECOND = timedelta(milliseconds=1)

Item = Callable[[Exchanged], dict[str, Any]]
LAYOUTS: dict[str, Callable[[Sequence[Any]], str]] = {
    "lines": lambda items: "".join(json.dumps(item) + "\n" for item in items),
    "an array": json.dumps,
    "a pretty array": lambda items: json.dumps(items, indent=2),
    "within an object": lambda items: json.dumps({"status": "success", "total": 25, "data": items}),
    "pretty objects one after the other": lambda items: "".join(json.dumps(item, indent=2) + "\n" for item in items),
    "the newest first": lambda items: json.dumps(items[::-1]),
}
"""How a file holds several things."""


def parts(frame: Exchanged) -> dict[str, Any]:
    """The parts of a frame under the names of the specification."""
    kind, message_id, *rest = json.loads(frame.raw)
    said: dict[str, Any] = {"messageTypeId": kind, "uniqueId": message_id, "payload": rest[-1]}
    if kind == 2:
        said["action"] = rest[0]
    elif kind == 4:
        said |= {"errorCode": rest[0], "errorDescription": rest[1]}
    return said


def common(frame: Exchanged) -> dict[str, Any]:
    return {"time": utc(frame), "chargePointId": frame.name, "direction": way(frame, "in", "out")}


def decoded(frame: Exchanged) -> dict[str, Any]:
    """What a program shows of a frame beside its text."""
    try:
        return {"direction": way(frame, "from_cp", "from_csms"), **parts(frame)}
    except ValueError:
        return {"error": "invalid_json", "direction": way(frame, "from_cp", "from_csms"), "raw": frame.raw}


def renamed(frame: Exchanged, names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in parts(frame).items()}


TEXTS: dict[str, Item] = {
    "a string": lambda f: {**common(f), "message": f.raw},
    "a string beside a type of its own": lambda f: {
        "ts": utc(f), "cp": f.name, "messageType": "CALL" if f.raw.startswith("[2") else "CALLRESULT",
        "dir": way(f, "in", "out"), "message": f.raw,
    },
    "a line within a string": lambda f: {"timestamp": utc(f), "message": f"{way(f, 'recv', 'send')} {f.name}: {f.raw}"},
    "logcli": lambda f: {
        "labels": {"app": "csms", "cp": f.name}, "line": f"{way(f, 'recv', 'send')} {f.raw}", "timestamp": utc(f)
    },
    "loki": lambda f: {
        "stream": {"cp": f.name, "direction": way(f, "in", "out")}, "values": [[str(micros_of(f.time) * 1000), f.raw]]
    },
    "loki with lines": lambda f: {
        "stream": {"cp": f.name}, "values": [[str(micros_of(f.time) * 1000), f"{way(f, 'recv', 'send')} {f.raw}"]]
    },
    "kafka connect": lambda f: {
        "schema": {"type": "struct", "fields": [{"type": "string", "optional": False, "field": "cp"}]},
        "payload": {"cp": f.name, "ts": micros_of(f.time) // 1000, "dir": way(f, "in", "out"), "message": f.raw},
    },
    "headers with an id of the queue": lambda f: {
        "headers": {"messageId": "q-1", "type": "call"},
        "payload": {"timestamp": utc(f), "cpId": f.name, "dir": way(f, "in", "out"), "message": f.raw},
    },
    "elasticsearch": lambda f: {
        "_index": "ocpp", "_id": "x", "_score": 1.0,
        "_source": {"@timestamp": utc(f), "charger": {"id": f.name}, "direction": way(f, "in", "out"), "frame": f.raw},
    },
    "mongoexport": lambda f: {
        "_id": {"$oid": "64f0c0ffee64f0c0ffee64f0"}, "ts": {"$date": utc(f)}, "cpId": f.name,
        "origin": way(f, "cp", "csms"), "msg": f.raw,
    },
    "the text and its parts": lambda f: {"time": utc(f), "cp_id": f.name, "raw": f.raw, "decoded": decoded(f)},
    "the text in a remark, and by itself": lambda f: {
        **common(f), "msg": f"{way(f, 'received', 'sent')} {f.raw}", "frame": f.raw,
    },
    "its parts, and the text": lambda f: {**common(f), "parsed": decoded(f), "message": f.raw},
    "opentelemetry": lambda f: {
        "timeUnixNano": str(micros_of(f.time) * 1000), "body": {"stringValue": f.raw},
        "attributes": [
            {"key": "cp.id", "value": {"stringValue": f.name}},
            {"key": "direction", "value": {"stringValue": way(f, "in", "out")}},
        ],
    },
}  # fmt: skip
"""With the text of the frame, even if it is malformed."""
PARTS: dict[str, Item] = {
    "parts": lambda f: {**common(f), **parts(f)},
    "capital letters": lambda f: {
        **common(f),
        **renamed(f, {
            "messageTypeId": "MessageTypeId", "uniqueId": "UniqueId", "action": "Action", "payload": "Payload"
        }),
    },
    "names with the word ocpp": lambda f: {
        **common(f),
        **renamed(f, {
            "messageTypeId": "ocpp_message_type", "uniqueId": "ocpp_message_id", "action": "ocpp_action",
            "payload": "payload_json",
        }),
    },
    "short names": lambda f: {
        "ts": utc(f), "cp": f.name, "dir": way(f, "up", "down"),
        **renamed(f, {"messageTypeId": "type", "uniqueId": "mid", "action": "name", "payload": "data",
                      "errorCode": "code", "errorDescription": "desc"}),
        "type": {2: "req", 3: "conf", 4: "callerror"}[parts(f)["messageTypeId"]],
    },
    "a payload in a string": lambda f: {**common(f), **parts(f), "payload": json.dumps(parts(f)["payload"])},
    "node-red": lambda f: {
        "_msgid": "x", "timestamp": utc(f), "direction": way(f, "in", "out"),
        "ocpp": {"chargeBoxIdentity": f.name, "MessageId": parts(f)["uniqueId"], "msgType": parts(f)["messageTypeId"]},
        "payload": {"command": parts(f).get("action"), "data": parts(f)["payload"],
                    **{key: value for key, value in parts(f).items() if key.startswith("error")}},
    },
    "a topic": lambda f: {"ts": micros_of(f.time) / 1e6, "topic": way(f, f"ocpp/cp/{f.name}", f"ocpp/cs/{f.name}"),
                          "direction": way(f, "up", "down") + "stream", "payload": parts(f)},
}  # fmt: skip
"""With the parts of the frame."""


def well_formed(frames: Sequence[Exchanged]) -> list[Exchanged]:
    """Without the malformed frame, which has no parts, and its answer."""
    kept = [frame for frame in frames if '"8"' not in frame.raw[:8]]
    places = {frame.time: place for place, frame in enumerate(kept)}
    return [replace(f, half=None if f.half is None else places[frames[f.half].time]) for f in kept]


@VERSIONS
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("notation", TEXTS)
def test_frames_as_texts_come_back_from_any_json(tmp_path: Path, notation: str, layout: str, version: Version) -> None:
    """The same objects would be read as lines and not as an array, or the reverse."""
    frames = conversation(("CP-77", "CP-78"), version)
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS[layout](list(map(TEXTS[notation], frames))))
    check(read(path), frames, MILLISECOND)


@VERSIONS
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("notation", PARTS)
def test_frames_in_parts_come_back_from_any_json(tmp_path: Path, notation: str, layout: str, version: Version) -> None:
    frames = well_formed(conversation(("CP-77", "CP-78"), version))
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS[layout](list(map(PARTS[notation], frames))))
    check(read(path), frames, MILLISECOND)


def halves(frames: Sequence[Exchanged]) -> list[tuple[Exchanged, str]]:
    """The frames with results, each with the action of its exchange; without the call that is sent twice."""
    kept = [frame for frame in well_formed(frames) if frame.raw.startswith(("[2", "[3")) and '"3"' not in frame.raw[:7]]
    kept = [frame for frame in kept if '"10"' not in frame.raw[:8]]
    places = {frame.raw + frame.name: place for place, frame in enumerate(kept)}
    whole = well_formed(frames)
    kept = [replace(f, half=None if f.half is None else places[whole[f.half].raw + f.name]) for f in kept]
    actions = [json.loads(f.raw if f.raw.startswith("[2") or f.half is None else kept[f.half].raw)[2] for f in kept]
    return list(zip(kept, actions, strict=True))


@VERSIONS
@pytest.mark.parametrize("suffixed", [False, True])
@pytest.mark.parametrize("layout", ["lines", "an array", "pretty objects one after the other"])
def test_payloads_without_message_ids_are_paired(tmp_path: Path, layout: str, suffixed: bool, version: Version) -> None:
    """A dashboard's export, which has the action and the payload alone, would have no frame."""
    frames = halves(conversation(("CP-77", "CP-78"), version))
    items = []
    for frame, action in frames:
        half = ("Request" if frame.raw.startswith("[2") else "Response") if suffixed else ""
        items.append({**common(frame), "action": action + half, "payload": json.loads(frame.raw)[-1]})
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS[layout](items))
    found = read(path)
    contents = [json.loads(record.raw or "") for record in found.records]
    assert [[kind, payload] for kind, _, *_, payload in contents] == [
        [json.loads(frame.raw)[0], json.loads(frame.raw)[-1]] for frame, _ in frames
    ]
    assert [found.timeline.other_half(index) for index in range(len(frames))] == [frame.half for frame, _ in frames]
    assert [record.charge_point for record in found.records] == [frame.name for frame, _ in frames]


@pytest.mark.parametrize(
    "names", [("request", "response"), ("requestPayload", "responsePayload"), ("params", "result")]
)
@pytest.mark.parametrize("as_text", [False, True])
def test_a_call_and_its_answer_in_one_object_are_two_records(
    tmp_path: Path, names: tuple[str, str], as_text: bool
) -> None:
    request, response = {"type": "Soft"}, {"status": "Accepted"}
    one, two = (json.dumps(request), json.dumps(response)) if as_text else (request, response)
    item = {"createdAt": "2026-03-01T10:00:00Z", "chargePointId": "CP-77", "direction": "csms-to-cp", "action": "Reset"}
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{**item, names[0]: one, names[1]: two}, {**item, names[0]: one, names[1]: None}]))
    found = read(path)
    assert [json.loads(record.raw or "")[2:] for record in found.records] == [
        ["Reset", request],
        [response],
        ["Reset", request],
    ]
    assert [record.direction.value for record in found.records if record.direction] == [
        "csms-to-cp",
        "cp-to-csms",
        "csms-to-cp",
    ]
    assert [found.timeline.other_half(index) for index in range(3)] == [1, 0, None]


@VERSIONS
def test_the_lists_of_fields_of_insights_are_objects(tmp_path: Path, version: Version) -> None:
    """The times would be lost, and with them that the newest is first."""
    frames = conversation(("CP-77", "CP-78"), version)
    results = [
        [
            {"field": "@timestamp", "value": utc(frame).replace("T", " ").replace("Z", "")},
            {"field": "@message", "value": f"{way(frame, 'recv', 'send')} {frame.name}: {frame.raw}"},
            {"field": "@ptr", "value": "CmEKJgoiMTIzNDU2Nzg5"},
        ]
        for frame in reversed(frames)
    ]
    path = tmp_path / "insights.json"
    path.write_text(json.dumps({"results": results, "statistics": {"recordsMatched": 25.0}, "status": "Complete"}))
    check(read(path), frames, MILLISECOND)


@pytest.mark.parametrize("line", [
    '{"action":"login","payload":{"user":"x"}}',
    '2026-03-01T10:00:00Z INFO handling {"action":"Heartbeat","payload":{}}',
    '{"action":"Heartbeat","payload":"started"}',
    '{"id":"7","type":"call","payload":{"a":1}}',
    '{"messageType":"DATA_MESSAGE","messageId":"1","action":"x","payload":{}}',
    'Received MeterValues: {\n  "transactionId": 12,\n  "sampledValue": [ { "value": "225.10" } ]\n}',
])  # fmt: skip
def test_other_objects_are_no_frames(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{line}\n")
    assert not read(path).records


@VERSIONS
def test_the_entries_of_one_stream_of_loki_have_their_own_times(tmp_path: Path, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)
    streams = [
        {
            "stream": {"cp": name, "app": "csms"},
            "values": [
                [str(micros_of(frame.time) * 1000), f"{way(frame, 'recv', 'send')} {frame.raw}"]
                for frame in frames
                if frame.name == name
            ],
        }
        for name in ("CP-77", "CP-78")
    ]
    path = tmp_path / "loki.json"
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "streams", "result": streams}}))
    found = read(path)
    assert sorted((record.time, record.charge_point, record.raw) for record in found.records) == [
        (micros_of(frame.time), frame.name, frame.raw) for frame in frames
    ]


@VERSIONS
def test_objects_behind_a_topic_come_back(tmp_path: Path, version: Version) -> None:
    """What `mosquitto_sub -v` and gateways such as EMQX write."""
    frames = well_formed(conversation(("CP-77", "CP-78"), version))
    path = tmp_path / "mqtt.log"
    names = {"messageTypeId": "MessageTypeId", "uniqueId": "UniqueId", "action": "Action", "payload": "Payload"}
    path.write_text(
        "".join(
            f"{utc(f)} ocpp/{way(f, 'cp', 'cs')}/{f.name}/{way(f, 'in', 'out')} {json.dumps(renamed(f, names))}\n"
            for f in frames
        )
    )
    check(read(path), frames, MILLISECOND)


@pytest.mark.parametrize("name", ["a.log", "a.json"])
@pytest.mark.parametrize("literal", ["NaN", "-Infinity"])
def test_what_is_not_a_number_of_json_is_a_defect_and_stays_as_it_is(tmp_path: Path, name: str, literal: str) -> None:
    """The same frame would be valid in a file and malformed on the wire."""
    raw = f'[2, "a1", "MeterValues", {{"connectorId": 1, "x": {literal}}}]'
    path = tmp_path / name
    path.write_text(f'{{"time": "2026-03-14T09:30:00Z", "message": {raw}}}\n' * (1 + (name == "a.log")))
    records = read(path).records
    assert {(record.kind.name, record.raw) for record in records} == {("MALFORMED", raw)}


KEYS = {
    "Czech": ("čas_události", "nabíječka", "tok", "dovnitř", "ven"),
    "Finnish": ("aikaleima", "latauspiste", "kulku", "sisään", "ulos"),
    "Basque": ("ordua", "kargagailua", "norabidea", "jaso", "bidali"),
    "letters": ("a", "b", "c", "0", "1"),
    "abbreviations": ("t0", "box1", "w", "C", "S"),
}
"""Keys for time, charge point and direction in languages that the program does not know, and the two directions."""
UNKNOWN: dict[str, Callable[[Exchanged, Sequence[str]], dict[str, Any]]] = {
    "flat": lambda f, k: {k[0]: utc(f), k[1]: f.name, k[2]: way(f, k[3], k[4]), "x": f.raw},
    "since 1970": lambda f, k: {k[0]: micros_of(f.time) // 1000, k[1]: f.name, k[2]: way(f, k[3], k[4]), "x": f.raw},
    "beside words of the host": lambda f, k: {
        "host": "gw-01", "pod": "csms-7d9f8c6b5-x2x9k", "level": "info",
        k[0]: utc(f), k[1]: f.name, k[2]: way(f, k[3], k[4]), "x": f.raw,
    },
    "in two objects": lambda f, k: {
        "x": {k[0]: utc(f), k[1]: f.name}, "y": {k[2]: way(f, k[3], k[4]), "z": f.raw},
    },
}  # fmt: skip


@pytest.mark.parametrize("layout", ["lines", "an array"])
@pytest.mark.parametrize("language", KEYS)
@pytest.mark.parametrize("notation", UNKNOWN)
@pytest.mark.parametrize("names", [("CP-77", "CP-78"), ("Nord", "Sued")])
def test_keys_of_no_known_language_are_understood_by_their_values(
    tmp_path: Path, layout: str, language: str, notation: str, names: tuple[str, str]
) -> None:
    """As in a table: the values and the frames beside them show what a key means."""
    frames = conversation(names, Version.V16)
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS[layout]([UNKNOWN[notation](frame, KEYS[language]) for frame in frames]))
    check(read(path), frames, MILLISECOND)


@pytest.mark.parametrize("language", KEYS)
def test_the_only_charge_point_is_found_under_any_key(tmp_path: Path, language: str) -> None:
    frames = of_one(conversation(("CP-77", "CP-78"), Version.V201))
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS["lines"]([UNKNOWN["flat"](frame, KEYS[language]) for frame in frames]))
    check(read(path), frames, MILLISECOND)


@pytest.mark.parametrize("beside", [{"host": "gw-01"}, {"a": "v1.2.3"}, {"a": 17, "b": 18}, {"a": "gw-1", "b": "x7-2"}])
def test_nothing_else_in_an_object_is_taken_for_the_charge_point(tmp_path: Path, beside: dict[str, Any]) -> None:
    """A host or a version would be a charge point."""
    frames = of_one(conversation(("CP-77", "CP-78"), Version.V16))
    path = tmp_path / "export.json"
    path.write_text(LAYOUTS["lines"]([{"time": utc(frame), **beside, "message": frame.raw} for frame in frames]))
    assert {record.charge_point for record in read(path).records} == {""}
