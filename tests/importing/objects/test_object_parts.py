"""The parts of a frame among the fields of an object. If this fails, exports lose frames, or show what was no OCPP."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.objects.json_shapes import decoded_json
from ocpptui.importing.objects.object_parts import are_of_ocpp, gathered_parts, have_message_id, parts_of_object


def test_a_call_has_its_action_and_its_payload_as_an_object_or_a_text() -> None:
    for payload in ({"type": "Soft"}, '{"type": "Soft"}'):
        parts = parts_of_object({"action": "Reset", "payload": payload, "time": "2026-03-14T08:00:00Z"})
        assert parts == {FieldMeaning.ACTION: "Reset", FieldMeaning.PAYLOAD: {"type": "Soft"}}


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "Reset"},
        {"action": "Reset", "payload": "Soft"},
        {"action": "login", "payload": {"user": "a"}},
        {"messageId": "a1", "payload": {"status": "Accepted"}},
        {"level": "info", "event": "Reset", "data": {"count": 3}},
        {"level": "info", "name": "Heartbeat", "payload": {"rss": 1}},
        {"level": "info", "type": "request", "stage": "Authorize", "details": {"ms": 3}},
        {},
    ],
)
def test_other_fields_are_no_frame(fields: dict[str, Any]) -> None:
    assert parts_of_object(fields) is None


@pytest.mark.parametrize("name", ["name", "what", "vorgang", "n"])
def test_an_action_is_known_by_itself(name: str) -> None:
    """A log whose author calls the action otherwise would show no frame at all."""
    parts = parts_of_object({name: "Reset", "data": {"type": "Soft"}, "mid": "a1", "type": "req"})
    assert parts is not None
    assert parts[FieldMeaning.ACTION] == "Reset"
    other = parts_of_object({name: "Reset", "also": "Heartbeat", "payload": {}, "mid": "a1", "type": "req"})
    assert other is not None
    assert FieldMeaning.ACTION not in other


def test_the_number_of_a_row_is_no_message_id() -> None:
    """Each call would have the id of its row, and no answer would belong to it."""
    parts = parts_of_object({"id": 7, "action": "Heartbeat", "payload": {}})
    assert parts is not None
    assert FieldMeaning.MESSAGE_ID not in parts
    assert not have_message_id(["id"])
    assert have_message_id(["uniqueId"])


@pytest.mark.parametrize(
    ("fields", "is_of_ocpp"),
    [
        ({"type": "request", "uniqueId": "a1", "payload": {}}, True),
        ({"type": "request", "requestId": "a1", "payload": {}}, False),
        ({"type": "conf", "mid": "a1", "payload": {}}, True),
        ({"messageType": "CALL", "requestId": "a1", "payload": {}}, True),
        ({"type": "request", "requestId": "a1", "action": "Reset", "payload": {}}, True),
        ({"type": "request", "uniqueId": "a1", "action": "login", "payload": {}}, False),
        ({"type": "request", "id": "a1", "logger": "MeterValues", "payload": {"count": 3}}, False),
        ({"type": "request", "id": "a1", "service": "Heartbeat", "payload": {"ms": 3}}, False),
    ],
)
def test_the_messages_of_other_protocols_are_told_apart(fields: dict[str, Any], is_of_ocpp: bool) -> None:
    parts = parts_of_object(fields)
    assert parts is not None
    assert are_of_ocpp(fields, parts) is is_of_ocpp


def test_the_id_may_be_in_an_object_beside_the_payload() -> None:
    fields = {"header": {"uniqueId": "a1", "action": "Heartbeat"}, "payload": {"a": 1}}
    assert gathered_parts(fields) == {"uniqueId": "a1", "action": "Heartbeat", "payload": {"a": 1}}
    assert gathered_parts({"header": {"host": "a"}, "payload": {"a": 1}}) is None
    assert gathered_parts({"header": {"uniqueId": "a1", "action": "login"}, "payload": {"a": 1}}) is None


@pytest.mark.parametrize("text", ["", "{", "[1", "[" * 100_000, "1" * 10_000])
def test_what_is_not_json_has_no_value(text: str) -> None:
    assert decoded_json(text) is None
