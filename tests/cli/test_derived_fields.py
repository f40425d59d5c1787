"""The words of the headless output. When they fail, a script acts on what is not so."""

from __future__ import annotations

import base64
import json
from typing import Any

from ocpptui.cli.derived_fields import derived_fields
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline
from tests.kit.signed_values import issued
from tests.unwrapping.test_ocmf import ocmf, pem

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def timeline_of(*records: Record) -> Timeline:
    timeline = Timeline()
    Diagnosis(timeline)
    for record in records:
        timeline.append(record)
    return timeline


def message(raw: str, direction: Direction, time: int = 0, version: Version | None = Version.V16) -> Record:
    return message_record(raw, time=time, connection=3, direction=direction, version=version, origin=Origin.BEHAVIOUR)


def fields_of(raw: str, direction: Direction = UP, version: Version = Version.V16) -> dict[str, Any]:
    return derived_fields(timeline_of(message(raw, direction, version=version)), 0)


def test_an_exchange_is_told_in_full() -> None:
    timeline = timeline_of(
        Record(0, 3, RecordKind.CONNECTION, detail={"event": ConnectionEvent.OPENED.value}),
        message('[2,"1","Heartbeat",{}]', UP, 1_000),
        message('[3,"1",{"currentTime":"1970-01-01T00:00:00Z"}]', DOWN, 5_250),
    )
    common: dict[str, Any] = {"connection": 3, "violations": [], "defects": [], "findings": []}
    assert derived_fields(timeline, 0) == {"index": 0, "origin": "wire", "valid": None, **common}
    call = {"index": 1, "origin": "behaviour", "action": "Heartbeat", "valid": True}
    assert derived_fields(timeline, 1) == {**call, **common}
    assert derived_fields(timeline, 2) == {
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
    entries = fields_of('[2,"1","Reset",{"type":"Warm"}]', DOWN)
    assert entries["valid"] is False
    assert entries["errorCode"] == "PropertyConstraintViolation"
    (violation,) = entries["violations"]
    assert (violation["path"], violation["rule"], violation["got"]) == ("$.type", "enum", '"Warm"')
    assert violation["advisory"] is False
    assert "Hard" in violation["expected"]
    (finding,) = entries["findings"]
    assert (finding["rule"], finding["severity"], finding["related"]) == ("schema.call", "error", [])
    assert finding["text"].startswith("$.type: expected one of ")


def test_what_is_only_advisory_is_told_as_such_and_leaves_the_message_valid() -> None:
    timeline = timeline_of(
        message('[2,"1","Heartbeat",{}]', UP), message('[3,"1",{"currentTime":"1970-01-01T00:00:00"}]', DOWN)
    )
    entries = derived_fields(timeline, 1)
    assert entries["valid"] is True
    assert "errorCode" not in entries
    (violation,) = entries["violations"]
    assert (violation["advisory"], "offset" in violation["hint"]) == (True, True)
    assert ("text.date-time-offset", "info") in [(one["rule"], one["severity"]) for one in entries["findings"]]


def test_the_defects_of_the_frame_are_told() -> None:
    entries = fields_of('[2,12345,"Heartbeat",{}]')
    (defect,) = entries["defects"]
    assert (defect["name"], defect["position"]) == ("integer-id", 3)
    assert (entries["valid"], entries["errorCode"]) == (False, "FormationViolation")
    assert [one["rule"] for one in entries["findings"]] == ["rpc.id-not-string"]
    names = [one["name"] for one in fields_of('[4,"x","FooBar","",{}]', DOWN)["defects"]]
    assert names == ["unknown-error-code"]
    assert fields_of('[2,"a","Heartbeat",{', version=Version.V201)["errorCode"] == "RpcFrameworkError"


def test_answers_say_how_they_found_their_call() -> None:
    answer = message('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 1)
    timeline = timeline_of(message('[2,"1","Heartbeat",{}]', UP), answer, answer, message('[3,"2",{}]', DOWN, 2))
    assert [derived_fields(timeline, index).get("answering") for index in range(4)] == [
        None, "first", "second", "orphan"
    ]  # fmt: skip
    assert [one["rule"] for one in derived_fields(timeline, 2)["findings"]] == ["rpc.second-answer"]


def test_an_orphan_answers_nothing() -> None:
    entries = fields_of('[3,"1",{"x":1}]')
    assert not {"answers", "latencyMs", "action", "errorCode"} & set(entries)
    assert entries["valid"] is None


def test_an_unknown_action_is_neither_right_nor_wrong_but_has_a_code() -> None:
    entries = fields_of('[2,"1","MakeCoffee",{}]')
    assert (entries["valid"], entries["errorCode"]) == (None, "NotImplemented")


def test_an_action_of_the_other_side_and_a_wrong_type_are_wrong() -> None:
    entries = fields_of('[2,"a","RemoteStartTransaction",{"idTag":"A"}]')
    assert (entries["valid"], entries["errorCode"]) == (False, "NotSupported")
    send = fields_of('[6,"a","Heartbeat",{}]', version=Version.V21)
    assert send["valid"] is False
    assert "errorCode" not in send
    assert [one["rule"] for one in send["findings"]] == ["rpc.send-as-call"]


def test_what_is_wrapped_in_the_values_is_told() -> None:
    """A script would have to read certificates and the messages of vendors itself."""
    raw = json.dumps([2, "1", "DataTransfer", {"vendorId": "v", "data": issued("CP1").pem}])
    (found,) = fields_of(raw)["unwrapped"]
    assert (found["path"], found["what"]) == ("$.data", "certificate")
    assert "subject: CN=CP1" in found["lines"]
    assert all("  " not in line for line in found["lines"])
    broken = fields_of('[2,"1","DataTransfer",{"vendorId":"v","data":"{\\"a\\":"}]')["unwrapped"]
    assert broken[0]["problems"] and "lines" not in broken[0]
    assert "unwrapped" not in fields_of('[2,"1","Heartbeat",{}]')


def test_a_secret_within_a_value_is_not_told() -> None:
    """The password in base64 would be in every log of the script."""
    inner = base64.b64encode(b'{"AuthorizationKey":"S0008CRETq9","vendor":"ACME GmbH"}').decode()
    raw = json.dumps([2, "1", "DataTransfer", {"vendorId": "v", "data": inner}])
    told = json.dumps(fields_of(raw)["unwrapped"])
    assert "JSON" in told and "S0008CRETq9" not in told


def test_a_signature_is_verified_with_a_configured_key() -> None:
    """The lines would say that a signature is not verified that the inspector verifies."""
    key = pem()
    raw = json.dumps([2, "1", "DataTransfer", {"vendorId": "v", "data": ocmf()}])
    timeline = timeline_of(message(raw, UP))
    without, with_key = (json.dumps(derived_fields(timeline, 0, keys)["unwrapped"]) for keys in ((), (key,)))
    assert "not verified, because" in without and "Signature valid" in with_key
