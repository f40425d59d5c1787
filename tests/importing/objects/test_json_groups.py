"""One conversation comes back from JSON whose entries have keys of their own, or are grouped by what they share."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Direction, Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

Frames = Sequence[Exchanged]
NAMES = ("CP-77", "KIOSK-2")


def _entry(frame: Exchanged, *without: str) -> dict[str, Any]:
    fields = {"ts": utc(frame), "cp": frame.name, "dir": way(frame, "in", "out"), "msg": frame.raw}
    return {key: value for key, value in fields.items() if key not in without}


def _keyed(frames: Frames, key: Callable[[int, Exchanged], str], *without: str) -> dict[str, Any]:
    return {key(number, frame): _entry(frame, *without) for number, frame in enumerate(frames)}


def _push_id(number: int, _: Exchanged) -> str:
    """As Firebase makes the key of an entry."""
    return f"-NabcXYZ{number:06d}q"


def _uneven(frames: Frames) -> dict[str, Any]:
    """Entries of which each third has a field more."""
    entries = _keyed(frames, _push_id)
    return {key: {**one, "len": 7} if not number % 3 else one for number, (key, one) in enumerate(entries.items())}


def _by_name(frames: Frames, entries: Callable[[Frames], Any]) -> dict[str, Any]:
    return {name: entries([frame for frame in frames if frame.name == name]) for name in NAMES}


def _in_list(frames: Frames, key: str, of_frame: Callable[[Exchanged], Any]) -> list[dict[str, Any]]:
    return [
        {key: name, "model": "X1", "messages": list(map(of_frame, (one for one in frames if one.name == name)))}
        for name in NAMES
    ]


def _without_name(frame: Exchanged) -> dict[str, Any]:
    return _entry(frame, "cp")


def _text(frame: Exchanged) -> str:
    return f"{frame.name} {way(frame, 'recv', 'send')} {frame.raw}"


def _cells(frame: Exchanged) -> list[str]:
    return [utc(frame), frame.name, frame.raw]


def _of_queue(frame: Exchanged) -> dict[str, Any]:
    attributes = {"chargePointId": frame.name, "direction": way(frame, "in", "out")}
    typed = {key: {"StringValue": value, "DataType": "String"} for key, value in attributes.items()}
    sent = str(micros_of(frame.time) // 1000)
    return {"MessageId": "aa", "Attributes": {"SentTimestamp": sent}, "MessageAttributes": typed, "Body": frame.raw}


def _of_topic(frame: Exchanged) -> dict[str, Any]:
    attributes = {"station": frame.name, "direction": way(frame, "in", "out")}
    typed = {key: {"Type": "String", "Value": value} for key, value in attributes.items()}
    return {"Type": "Notification", "Timestamp": utc(frame), "Message": frame.raw, "MessageAttributes": typed}


NOTATIONS: dict[str, Callable[[Frames], Any]] = {
    "numbers as keys": lambda frames: _keyed(frames, lambda number, _: str(number)),
    "Firebase": lambda frames: {"logs": _keyed(frames, _push_id)},
    "Firebase with optional fields": lambda frames: {"logs": _uneven(frames)},
    "Firebase by name": lambda frames: {"logs": _by_name(frames, lambda part: _keyed(part, _push_id, "cp"))},
    "times as keys": lambda frames: _keyed(frames, lambda _, one: utc(one), "ts"),
    "milliseconds as keys": lambda frames: _keyed(frames, lambda _, one: str(micros_of(one.time) // 1000), "ts"),
    "times as keys of texts": lambda frames: {utc(one): _text(one) for one in frames},
    "times by name": lambda frames: _by_name(frames, lambda part: _keyed(part, lambda _, one: utc(one), "ts", "cp")),
    "charge points with an id": lambda frames: {"chargers": _in_list(frames, "id", _without_name)},
    "charge points with a name": lambda frames: {"chargeBoxes": _in_list(frames, "name", _without_name)},
    "directions": lambda frames: {
        "received": [_entry(one, "dir") for one in frames if one.up],
        "sent": [_entry(one, "dir") for one in frames if not one.up],
    },
    "directions of lists": lambda frames: {
        "incoming": [_cells(one) for one in frames if one.up],
        "outgoing": [_cells(one) for one in frames if not one.up],
    },
    "SQS": lambda frames: {"Messages": list(map(_of_queue, frames))},
    "SNS": lambda frames: list(map(_of_topic, frames)),
}  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_conversation_comes_back_from_entries_in_groups(
    tmp_path: Path, notation: str, version: Version, indent: int | None
) -> None:
    """What the key or the group says would be lost, or the entries would be taken for columns."""
    frames = conversation(NAMES, version)
    (tmp_path / "export.json").write_text(json.dumps(NOTATIONS[notation](frames), indent=indent))
    check(read(tmp_path / "export.json"), frames, timedelta(milliseconds=1))


def test_columns_with_keys_are_no_entries(tmp_path: Path) -> None:
    """As pandas writes a table: its call and its answer are in columns, and every column has frames."""
    table = {
        "request": {"0": '[2,"1","Heartbeat",{}]', "1": '[2,"2","Heartbeat",{}]'},
        "response": {"0": '[3,"1",{"currentTime":"2026-03-14T09:30:00Z"}]', "1": "[3,\"2\",{}]"},
    }  # fmt: skip
    (tmp_path / "export.json").write_text(json.dumps(table))
    found = read(tmp_path / "export.json")
    assert [found.timeline.other_half(index) for index in range(len(found.records))] == [1, 0, 3, 2]


def test_a_field_of_one_list_is_no_direction(tmp_path: Path) -> None:
    """A field `sent` beside no other may have the messages of both sides."""
    messages = ['[2,"1","Heartbeat",{}]', '[3,"1",{"currentTime":"2026-03-14T09:30:00Z"}]']
    content = {"sent": [{"ts": "2026-03-14T09:30:00Z", "msg": one} for one in messages]}
    (tmp_path / "export.json").write_text(json.dumps(content))
    assert len({record.direction for record in read(tmp_path / "export.json").records}) == 2


WORDS = [("recv", "send"), ("rx", "tx"), ("in", "out"), ("received", "sent"), ("incomingMessage", "outgoingMessage"),
         ("ws_in", "ws_out"), ("fromClient", "toClient"), ("uplink", "downlink")]  # fmt: skip
VALUES: dict[str, Callable[[Exchanged], Any]] = {
    "text": lambda one: one.raw,
    "text with words": lambda one: f"OCPP message {one.raw}",
    "list": lambda one: one.raw if ",}" in one.raw else json.loads(one.raw),  # one of them is malformed
    "object": lambda one: {"raw": one.raw, "length": len(one.raw)},
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("words", WORDS, ids="/".join)
def test_the_key_of_a_frame_states_its_direction(tmp_path: Path, words: tuple[str, str], value: str) -> None:
    """The user would be told that it was guessed; and a remark of the logger about another frame would count more."""
    frames = conversation(NAMES, Version.V16)
    entries = [
        {"ts": utc(one), "cp": one.name, "msg": "done, sent to queue", way(one, *words): VALUES[value](one)}
        for one in frames
    ]
    (tmp_path / "export.log").write_text("\n".join(map(json.dumps, entries)))
    found = read(tmp_path / "export.log")
    assert [record.direction for record in found.records] == [
        Direction.TO_CSMS if one.up else Direction.TO_CHARGE_POINT for one in frames
    ]
    assert not any("direction" in record.detail.get("guessed", ()) for record in found.records)


def test_the_keys_of_a_call_and_its_answer_state_their_directions(tmp_path: Path) -> None:
    """Both actions may come from either side: without the keys, both calls would be taken for those of one side."""
    up, down = ('[2,"%s","DataTransfer",{"vendorId":"x"}]', '[3,"%s",{"status":"Accepted"}]'), ("rx", "tx")
    entries = [{"cp": "CP-77", key: up[0] % number, other: up[1] % number}
               for number, (key, other) in enumerate([down, down[::-1]])]  # fmt: skip
    entries.append({"cp": "CP-77", "rx": '[2,"9","Heartbeat",{}]'})
    (tmp_path / "export.log").write_text("\n".join(map(json.dumps, entries)))
    to_csms, to_charge_point = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
    found = [record.direction for record in read(tmp_path / "export.log").records]
    assert found == [to_csms, to_charge_point, to_charge_point, to_csms, to_csms]


def test_a_field_that_states_both_sides_counts_more_than_the_key(tmp_path: Path) -> None:
    """`received` is what the writer did, which the file as a whole has to show."""
    entries = [{"way": "cp-to-csms", "received": '[2,"1","DataTransfer",{"vendorId":"x"}]'}]
    (tmp_path / "export.log").write_text("\n".join(map(json.dumps, entries)))
    (record,) = read(tmp_path / "export.log").records
    assert record.direction is Direction.TO_CSMS
    assert "direction" not in record.detail.get("guessed", ())


ENDS = {"kinds": ("Charge Point", "Central System"), "short": ("CP", "CSMS")}


@pytest.mark.parametrize("names", [("Sender", "Receiver"), ("From", "To")])
@pytest.mark.parametrize("kind", ENDS)
def test_ends_that_only_say_their_kind_leave_the_name_to_its_own_column(
    tmp_path: Path, kind: str, names: tuple[str, str]
) -> None:
    """All charge points of the table would be one without a name."""
    frames, (station, system) = conversation(NAMES, Version.V16), ENDS[kind]
    rows = [f"Timestamp,Station,{names[0]},{names[1]},Message"]
    for one in frames:
        ends = f"{station},{system}" if one.up else f"{system},{station}"
        quoted = one.raw.replace('"', '""')
        rows.append(f'{utc(one)},{one.name},{ends},"{quoted}"')
    (tmp_path / "export.csv").write_text("\n".join(rows))
    check(read(tmp_path / "export.csv"), frames, timedelta(milliseconds=1))
