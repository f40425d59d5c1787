from __future__ import annotations

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.derived import derived
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline


def timeline_of(*records: Record) -> Timeline:
    timeline = Timeline()
    for record in records:
        timeline.append(record)
    return timeline


def message(raw: str, direction: Direction, time: int, version: Version | None = Version.V16) -> Record:
    return message_record(raw, time=time, connection=3, direction=direction, version=version, origin=Origin.BEHAVIOUR)


UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def test_an_exchange_is_told_in_full() -> None:
    timeline = timeline_of(
        Record(0, 3, RecordKind.CONNECTION, detail={"event": ConnectionEvent.OPENED.value}),
        message('[2,"1","Heartbeat",{}]', UP, 1_000),
        message('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 5_250),
    )
    common = {"connection": 3, "violations": []}
    assert derived(timeline, 0) == {"index": 0, "origin": "wire", "valid": None, **common}
    assert derived(timeline, 1) == {"index": 1, "origin": "behaviour", "action": "Heartbeat", "valid": True, **common}
    assert derived(timeline, 2) == {
        "index": 2,
        "origin": "behaviour",
        "action": "Heartbeat",
        "answers": 1,
        "answering": "first",
        "latencyMs": 4.25,
        "valid": True,
        **common,
    }


def test_what_is_wrong_is_told_with_its_place_and_the_code_of_the_version() -> None:
    entries = derived(timeline_of(message('[2,"1","Reset",{"type":"Warm"}]', DOWN, 0)), 0)
    assert entries["valid"] is False
    assert entries["errorCode"] == "PropertyConstraintViolation"
    (violation,) = entries["violations"]
    assert (violation["path"], violation["rule"], violation["got"]) == ("$.type", "enum", '"Warm"')
    assert "Hard" in violation["expected"]


def test_a_second_and_a_late_answer_are_told() -> None:
    timeline = timeline_of(
        message('[2,"1","Heartbeat",{}]', UP, 0),
        message('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 30_000_001),
        message('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 30_000_002),
    )
    late, second = derived(timeline, 1), derived(timeline, 2)
    assert (late["answering"], late["answers"]) == ("late", 0)
    assert (second["answering"], second["action"]) == ("second", "Heartbeat")
    assert not {"answers", "latencyMs"} & set(second), "it belongs to no call"


def test_an_orphan_answers_nothing() -> None:
    entries = derived(timeline_of(message('[3,"1",{"x":1}]', UP, 0)), 0)
    assert entries["answering"] == "orphan"
    assert not {"answers", "latencyMs", "action", "errorCode"} & set(entries)
    assert entries["valid"] is None


def test_an_unknown_action_is_neither_right_nor_wrong() -> None:
    entries = derived(timeline_of(message('[2,"1","MakeCoffee",{}]', UP, 0)), 0)
    assert (entries["valid"], entries["errorCode"]) == (None, "NotImplemented")
