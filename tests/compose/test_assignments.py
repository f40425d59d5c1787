"""Fields on the command line: what is typed is sent, and a slip is reported before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.assignments import Assignment, AssignmentProblem, assign, read_assignment
from ocpptui.compose.draft import Draft
from ocpptui.jsontext.text import string_text
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Transport, Version


def apply_assignments(
    version: Version,
    action: str,
    part: Part,
    assignments: Iterable[str],
    base: Mapping[str, Any] | None = None,
) -> dict[str, Any] | AssignmentProblem:
    """The payload `base` with fields set by `assignments`, typed by the schema of the action.

    An action without a schema has no known fields: only `:=` can set them.
    """
    draft = Draft(field_tree(version, action, part), dict(base or {}))
    problem = assign(draft, assignments)
    if problem is not None:
        return problem
    payload: dict[str, Any] = draft.value()
    return payload


def payload(action: str, *assignments: str, version: Version = Version.V16, base: dict[str, Any] | None = None) -> Any:
    found = apply_assignments(version, action, Part.REQUEST, assignments, base)
    assert not isinstance(found, AssignmentProblem), str(found)
    return found


def problem(action: str, *assignments: str, version: Version = Version.V16) -> str:
    found = apply_assignments(version, action, Part.REQUEST, assignments)
    assert isinstance(found, AssignmentProblem), found
    return str(found)


def test_the_schema_decides_whether_1_is_a_number() -> None:
    sent = payload("RemoteStartTransaction", "connectorId=1", "idTag=1")
    assert sent == {"connectorId": 1, "idTag": "1"}
    assert type(sent["connectorId"]) is int


def test_nested_fields_and_list_items() -> None:
    sent = payload(
        "MeterValues",
        "connectorId=1",
        "meterValue[0].timestamp=2026-01-01T00:00:00Z",
        "meterValue[0].sampledValue[0].value=230.1",
        "meterValue[0].sampledValue[].value=16",
        "meterValue[0].sampledValue[1].unit=A",
    )
    assert sent["meterValue"] == [
        {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "230.1"}, {"value": "16", "unit": "A"}]}
    ]


def test_the_text_of_a_number_reaches_the_wire() -> None:
    draft = Draft(field_tree(Version.V16, "SetChargingProfile", Part.REQUEST))
    periods = "csChargingProfiles.chargingSchedule.chargingSchedulePeriod"
    assert assign(draft, [f"{periods}[0].limit=21.40"]) is None
    assert '"limit":21.40' in draft.to_json()


def test_values_may_contain_equals_signs_and_be_empty() -> None:
    assert payload("ChangeConfiguration", "key=URL", "value=https://x/?a=b:=c") == {
        "key": "URL",
        "value": "https://x/?a=b:=c",
    }
    assert payload("ChangeConfiguration", "value=") == {"value": ""}


def test_raw_json_is_allowed_anywhere() -> None:
    assert payload("Reset", 'type:={"odd": [1, null]}', "new:=true") == {"type": {"odd": [1, None]}, "new": True}
    assert payload("Reset", 'new.deep[0]."a.b":=1') == {"new": {"deep": [{"a.b": 1}]}}


def test_an_open_object_takes_any_key() -> None:
    sent = payload("Reset", "type=Immediate", "customData.vendorId=x", "customData.level=3", version=Version.V201)
    assert sent == {"type": "Immediate", "customData": {"vendorId": "x", "level": 3}}


def test_the_base_is_changed_not_replaced() -> None:
    base = {"z": 1, "idTag": "A", "connectorId": 1}
    sent = payload("RemoteStartTransaction", "idTag=B", base=base)
    assert sent == {"z": 1, "idTag": "B", "connectorId": 1}
    assert list(sent) == list(base)
    assert base["idTag"] == "A"


def test_the_later_assignment_wins() -> None:
    assert payload("Reset", "type=Hard", "type=Soft") == {"type": "Soft"}


def test_an_action_without_a_schema_takes_raw_json_and_words() -> None:
    assert payload("VendorThing", "a.b[]=1", "c:=[2]") == {"a": {"b": [1]}, "c": [2]}


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("connectorId", "no equals sign"),
        ("=1", "not path=value"),
        ("a..b=1", "not path=value"),
        ("[0]x=1", "not path=value"),
        ("connectorId=one", 'connectorId must be an integer, not "one"'),
        ("connectorId=1.5", "connectorId must be an integer"),
        ("conectorId=1", "did you mean connectorId?"),
        ("zzz=1", "it has connectorId, csChargingProfiles"),
        ("csChargingProfiles=1", "csChargingProfiles.chargingProfileId=…"),
        ("csChargingProfiles[0]=1", "csChargingProfiles is an object, not a list"),
        ("connectorId.x=1", "not an object"),
        ("connectorId:={", "not JSON"),
        ("csChargingProfiles.chargingSchedule.chargingSchedulePeriod[1].limit=1", "has 0 items"),
        ("csChargingProfiles.chargingSchedule.chargingSchedulePeriod.limit=1", "chargingSchedulePeriod[0]"),
    ],
)
def test_a_slip_is_explained(assignment: str, words: str) -> None:
    told = problem("SetChargingProfile", assignment)
    assert told.startswith(f"{assignment}: ")
    assert words in told


def test_a_boolean_is_true_or_false() -> None:
    assert payload("GetReport", "requestId=1", version=Version.V201) == {"requestId": 1}
    told = problem("GetChargingProfiles", "chargingProfile.chargingProfileId[0]=x", version=Version.V201)
    assert "must be an integer" in told
    assert "true or false" in problem("CustomerInformation", "report=yes", version=Version.V201)


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        pairs = [(f"{path}.{key}" if path else key, item) for key, item in value.items()]
        return [leaf for below, item in pairs for leaf in leaves(item, below)]
    if isinstance(value, list) and value:
        return [leaf for place, item in enumerate(value) for leaf in leaves(item, f"{path}[{place}]")]
    return [(path, value)]


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_every_message_can_be_written_on_the_command_line(version: Version) -> None:
    """A field that could not be set could not be sent by `ocpptui send`."""
    for action in catalog.actions(version):
        field = field_tree(version, action.name, Part.REQUEST)
        assert field is not None
        whole = complete_example(field)
        words = [
            f"{path}={str(item).lower() if isinstance(item, bool) else item}"
            if isinstance(item, str | int | float)
            else f"{path}:=null"
            for path, item in (leaves(whole) if whole else [])
            if item not in ({}, [])
        ]
        built = apply_assignments(version, action.name, Part.REQUEST, words)
        assert not isinstance(built, AssignmentProblem), f"{action.name}: {built}"
        assert without_empty(built) == without_empty(whole), action.name


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items() if item not in ({}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.text())
def test_any_key_can_be_named_in_quotes(keys: list[str], value: str) -> None:
    text = ".".join(string_text(key) for key in keys) + f"={value}"
    assert read_assignment(text) == Assignment(tuple(keys), value, False)


@given(st.text())
def test_reading_never_raises(text: str) -> None:
    read_assignment(text)
    apply_assignments(Version.V16, "SetChargingProfile", Part.REQUEST, [text])
