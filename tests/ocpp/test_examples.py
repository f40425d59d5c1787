from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft6Validator

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Field, Part, field_tree, schema
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Transport, Version

ALL = [
    pytest.param(version, action.name, part, id=f"{version}-{action.name}-{part}")
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version)
    for part in Part
    if not (action.is_send and part is Part.RESPONSE)
]


def reference_errors(version: Version, action: str, part: Part, payload: Any) -> list[str]:
    """What a validator that is not ours says, by the draft that the schema names."""
    rules = schema(version, action, part)
    assert rules is not None
    draft = Draft4Validator if "draft-04" in rules["$schema"] else Draft6Validator
    return [error.message for error in draft(rules).iter_errors(payload)]


@pytest.mark.parametrize(("version", "action", "part"), ALL)
def test_examples_of_every_payload_are_valid(version: Version, action: str, part: Part) -> None:
    """What a form starts with, and what `actions --example` prints, can be sent as it is."""
    tree = field_tree(version, action, part)
    assert tree is not None
    for make in (smallest, complete_example):
        payload = make(tree)
        assert violations(version, action, part, payload) == ()
        assert reference_errors(version, action, part, payload) == []


@pytest.mark.parametrize(("version", "action", "part"), ALL)
def test_smallest_has_nothing_that_may_be_left_out(version: Version, action: str, part: Part) -> None:
    tree = field_tree(version, action, part)
    assert tree is not None
    payload = smallest(tree)
    for key in payload:
        less = {name: value for name, value in payload.items() if name != key}
        assert [v.path for v in violations(version, action, part, less)] == [f"$.{key}"]


def missing(field: Field, value: Any, is_root: bool = True) -> list[str]:
    """The names of fields that an example leaves out."""
    if field.type == "array":
        assert field.item is not None
        return [name for item in value for name in missing(field.item, item, False)] if value else [field.name]
    if field.type != "object":
        return []
    wanted = [inner for inner in field.fields if is_root or inner.name != "customData"]
    absent = [inner.name for inner in wanted if inner.name not in value]
    return absent + [
        name for inner in wanted if inner.name in value for name in missing(inner, value[inner.name], False)
    ]


@pytest.mark.parametrize(("version", "action", "part"), ALL)
def test_complete_has_every_field(version: Version, action: str, part: Part) -> None:
    tree = field_tree(version, action, part)
    assert tree is not None
    assert missing(tree, complete_example(tree)) == []


def test_values_are_sensible() -> None:
    """The user recognises what goes where."""
    tree = field_tree(Version.V16, "StartTransaction", Part.REQUEST)
    assert tree is not None
    assert smallest(tree) == {
        "connectorId": 1,
        "idTag": "04A2B3C4D5E6F7",
        "meterStart": 1000,
        "timestamp": "2026-01-31T12:00:00Z",
    }
    tree = field_tree(Version.V201, "SetVariables", Part.REQUEST)
    assert tree is not None
    (item,) = smallest(tree)["setVariableData"]
    assert item["component"] == {"name": "OCPPCommCtrlr"}
    assert item["variable"] == {"name": "HeartbeatInterval"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("x", "string", enum=("B", "C")), "B"),
        (Field("status", "string", enum=("Rejected", "Accepted")), "Accepted"),
        (Field("x", "string", min_length=5), "xxxxx"),
        (Field("longer", "string", max_length=3), "lon"),
        (Field("x", "integer", minimum=7), 7),
        (Field("x", "number", maximum=0.5), 0.5),
        (Field("x", "boolean"), True),
        (Field("at", "string", format="date-time"), "2026-01-31T12:00:00Z"),
        (Field("file", "string", format="uri"), "https://example.com/file"),
        (Field("x", "array", item=Field("", "integer", True)), [1]),
        (Field("x", "object", fields=(Field("a", "integer", True), Field("b", "integer"))), {"a": 1}),
        (Field("attributeType", "string", enum=("Target", "Actual"), default="Target"), "Target"),
        (Field("unit", "string", default="Wh", max_length=20), "Wh"),
    ],
)
def test_a_single_field_starts_with_a_legal_value(field: Field, value: object) -> None:
    assert smallest(field) == value
