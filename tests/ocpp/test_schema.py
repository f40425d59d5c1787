from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import (
    Field,
    Part,
    SchemaCorrection,
    field_tree,
    schema,
    schema_corrections,
    schema_file,
    schema_tree,
)
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Transport, Version

TYPES = {"object", "array", "string", "integer", "number", "boolean", "any"}


def tree(version: Version, action: str, part: Part = Part.REQUEST) -> Field:
    found = field_tree(version, action, part)
    assert found is not None
    return found


def at(field: Field, *names: str) -> Field:
    """The field that a list of names leads to; `[]` steps into the items of an array."""
    for name in names:
        inner = field.item if name == "[]" else field.child(name)
        assert inner is not None, name
        field = inner
    return field


def walk(field: Field) -> Iterator[Field]:
    yield field
    for inner in field.fields:
        yield from walk(inner)
    if field.item is not None:
        yield from walk(field.item)


ALL = [
    (version, action.name, part)
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version)
    for part in Part
    if not (action.is_send and part is Part.RESPONSE)
]


def test_every_field_of_every_payload_is_known() -> None:
    """A form or an explanation is made of any of the 387 payloads, without a gap."""
    assert len(ALL) == 78 + 128 + 181
    for version, action, part in ALL:
        root = tree(version, action, part)
        assert (root.name, root.type, root.required) == ("", "object", True)
        for field in walk(root):
            assert field.type in TYPES
            assert (field.item is not None) == (field.type == "array")
            assert all(inner.name for inner in field.fields)
            assert not field.fields or field.type == "object"
            assert (field.type != "any") or (action == "DataTransfer" and field.name == "data")


def test_limits_are_those_of_the_schema() -> None:
    vendor = at(tree(Version.V16, "BootNotification"), "chargePointVendor")
    assert (vendor.type, vendor.required, vendor.max_length) == ("string", True, 20)
    limit = at(
        tree(Version.V16, "SetChargingProfile"),
        "csChargingProfiles",
        "chargingSchedule",
        "chargingSchedulePeriod",
        "[]",
        "limit",
    )
    assert (limit.type, limit.multiple_of, limit.required) == ("number", 0.1, True)
    soc = at(tree(Version.V201, "NotifyEVChargingNeeds"), "chargingNeeds", "dcChargingParameters", "stateOfCharge")
    assert (soc.type, soc.minimum, soc.maximum) == ("integer", 0, 100)
    data = at(tree(Version.V21, "NotifyPeriodicEventStream"), "data")
    assert (data.type, data.min_items, data.required) == ("array", 1, True)
    assert at(tree(Version.V16, "GetDiagnostics"), "location").format == "uri"
    assert at(tree(Version.V16, "StartTransaction"), "timestamp").format == "date-time"
    assert "Available" in at(tree(Version.V16, "StatusNotification"), "status").enum
    assert at(tree(Version.V201, "GetVariables"), "getVariableData", "[]", "attributeType").default == "Actual"


def test_custom_data_is_open_and_nothing_else_is() -> None:
    """A form lets vendor's fields be added where they are allowed, and only there."""
    for version, action, part in ALL:
        for field in walk(tree(version, action, part)):
            assert field.open == (field.name == "customData"), (version, action, field.name)


def test_required_fields_come_first_and_custom_data_last() -> None:
    for version, action, part in ALL:
        for field in walk(tree(version, action, part)):
            needs = [inner.required for inner in field.fields]
            assert needs == sorted(needs, reverse=True)
            if field.child("customData") is not None:
                assert field.fields[-1].name == "customData"


def test_descriptions_are_sentences_without_the_marks_of_their_source() -> None:
    descriptions = {field.description for version, action, part in ALL for field in walk(tree(version, action, part))}
    assert len(descriptions) > 500
    for text in descriptions:
        assert not any(mark in text for mark in ("urn:x-", "\r", "\n", "&lt;", "*(2.1)*", "  ")), text
    evse = at(tree(Version.V201, "StatusNotification"), "evseId")
    assert evse.description == "The id of the EVSE to which the connector belongs for which the the status is reported."


def test_a_payload_without_a_schema_has_no_tree() -> None:
    assert schema(Version.V21, "NotifyPeriodicEventStream", Part.RESPONSE) is None
    assert field_tree(Version.V21, "NotifyPeriodicEventStream", Part.RESPONSE) is None
    assert schema(Version.V16, "SetVariables", Part.REQUEST) is None
    assert field_tree(Version.V16, "../../x", Part.REQUEST) is None


def test_trees_are_made_once() -> None:
    """Opening the form of a big action a second time costs nothing."""
    assert field_tree(Version.V21, "SetChargingProfile", Part.REQUEST) is field_tree(
        Version.V21, "SetChargingProfile", Part.REQUEST
    )


def test_a_schema_that_contains_itself_ends() -> None:
    """A later version of the schemas with a recursive type does not hang the program."""
    person = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "friends": {"type": "array", "items": {"$ref": "#/definitions/Person"}},
            "boss": {"$ref": "#/definitions/Person"},
        },
    }
    root = schema_tree(
        {"type": "object", "properties": {"first": {"$ref": "#/definitions/Person"}}, "definitions": {"Person": person}}
    )
    first = at(root, "first")
    assert at(first, "name").type == "string"
    assert at(first, "friends", "[]").type == "any"
    assert at(first, "boss").type == "any"
    assert len(list(walk(root))) == 6


def test_the_same_type_twice_side_by_side_is_not_a_recursion() -> None:
    token = {"type": "object", "properties": {"id": {"type": "string"}}}
    reference = {"$ref": "#/definitions/Token"}
    root = schema_tree(
        {"type": "object", "properties": {"a": reference, "b": reference}, "definitions": {"Token": token}}
    )
    assert at(root, "a", "id").type == at(root, "b", "id").type == "string"


@pytest.mark.parametrize("name", ["ocpp.messages", "ocpp.v16", "ocpp.charge_point"])
def test_reading_schemas_imports_none_of_the_package(name: str) -> None:
    """Start-up does not pay the half second that the package's own modules cost."""
    code = f"""
import sys
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version
field_tree(Version.V16, "Heartbeat", Part.REQUEST)
sys.exit({name!r} in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("correction", schema_corrections(), ids=lambda one: f"{one.version} {one.action}")
def test_a_corrected_schema_differs_from_the_shipped_one_in_that_value_alone(correction: SchemaCorrection) -> None:
    """A correction that the package has taken over, or that points nowhere, would stay in the file for ever."""
    found = schema_file(correction.version, correction.action, correction.part)
    assert found is not None
    package, name = found
    shipped = json.loads(files(package).joinpath(name).read_text("utf-8-sig"))
    corrected = schema(correction.version, correction.action, correction.part)
    assert corrected != shipped
    correction.apply(shipped)
    assert corrected == shipped
    assert correction.source


@pytest.mark.parametrize(("length", "valid"), [(5600, True), (5601, False)])
def test_the_certificate_response_of_2_0_1_has_5600_characters(length: int, valid: bool) -> None:
    """The shipped schema would accept what a charging station cannot store."""
    answer = {"status": "Accepted", "exiResponse": "A" * length}
    assert is_valid(Version.V201, "Get15118EVCertificate", Part.RESPONSE, answer) is valid
