"""The form's model: the form and the JSON to send are the same message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.compose.draft import CUSTOM_DATA, Draft, DraftNode, NodeKind
from ocpptui.compose.field_input import edit_text
from ocpptui.jsontext.tree import JsonDefect
from ocpptui.jsontext.tree import tree_of as tree_in
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.validation import is_valid, violations
from ocpptui.ocpp.version import Transport, Version

NOW = 1_700_000_000_000_000
EVERY_MESSAGE = [
    (version, action.name, part)
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version)
    for part in Part
    if not (action.is_send and part is Part.RESPONSE)
]


def tree_of(version: Version, action: str, part: Part = Part.REQUEST) -> Field:
    field = field_tree(version, action, part)
    assert field is not None
    return field


def draft_of(text: str, field: Field | None) -> Draft:
    draft = Draft.from_json(field, text)
    assert isinstance(draft, Draft)
    return draft


def node(draft: Draft, path: str) -> DraftNode:
    found = next((row.node for row in draft.all_rows() if row.path == path), None)
    assert found is not None, path
    return found


def unfold_everything(draft: Draft) -> None:
    for row in draft.all_rows():
        if row.node.kind.is_branch:
            draft.fold(row.node, False)


def test_every_message_of_every_version_opens_as_a_form() -> None:
    """The user could not compose a message that does not open."""
    assert len(EVERY_MESSAGE) == 2 * (39 + 64 + 91) - 1
    for version, action, part in EVERY_MESSAGE:
        field = tree_of(version, action, part)
        draft = Draft.started(field, NOW)
        assert is_valid(version, action, part, draft.value()), (version, action, part)
        rows = draft.rows()
        assert [row.label for row in rows if row.depth == 0] == [child.name for child in field.fields]


def test_every_complete_message_survives_the_form_unchanged() -> None:
    for version, action, part in EVERY_MESSAGE:
        field = tree_of(version, action, part)
        whole = complete_example(field)
        draft = Draft(field, whole)
        assert draft.value() == whole, (version, action, part)
        text = draft.to_json(pretty=True)
        assert json.loads(text) == whole
        assert list(json.loads(text)) == list(whole)
        again = draft_of(text, field)
        assert again.to_json(pretty=True) == text
        assert not any(row.node.extra for row in again.all_rows()), (version, action, part)


def test_every_absent_field_can_be_made_present() -> None:
    """Making an absent field present would give an invalid message."""
    for version, action, part in EVERY_MESSAGE:
        draft = Draft.started(tree_of(version, action, part), NOW)
        for row in draft.rows():
            draft.make_present(row.node, NOW)
        assert is_valid(version, action, part, draft.value()), (version, action, part)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


@st.composite
def damaged_messages(draw: st.DrawFn) -> tuple[Field, Any]:
    """Complete messages in which some values are replaced by any value, and some keys are added."""
    field = tree_of(*draw(st.sampled_from(EVERY_MESSAGE)))
    whole = complete_example(field)

    def damage(value: Any) -> Any:
        if draw(st.integers(0, 5)) == 0:
            return draw(json_values)
        if isinstance(value, dict):
            damaged = {key: damage(item) for key, item in value.items()}
            return damaged if draw(st.booleans()) else {draw(st.text(max_size=3)): draw(json_values), **damaged}
        return [damage(item) for item in value] if isinstance(value, list) else value

    return field, damage(whole)


@settings(deadline=None, max_examples=200)
@given(damaged_messages())
def test_any_json_opens_as_a_form_and_survives_it_unchanged(case: tuple[Field, Any]) -> None:
    field, value = case
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    draft = draft_of(text, field)
    assert json.loads(draft.to_json()) == value
    assert draft_of(draft.to_json(), field).to_json() == draft.to_json()
    unfold_everything(draft)
    assert json.loads(draft.to_json()) == value


@settings(deadline=None, max_examples=100)
@given(damaged_messages(), st.data())
def test_no_order_of_edits_breaks_the_form(case: tuple[Field, Any], data: st.DataObject) -> None:
    draft = Draft(case[0], case[1])
    for _ in range(8):
        rows = list(draft.all_rows())
        chosen = data.draw(st.sampled_from(rows)).node
        match data.draw(st.integers(0, 5)):
            case 0:
                draft.set_text(chosen, data.draw(st.text(max_size=5)), NOW)
                assert chosen.edit_text == edit_text_after(chosen)
            case 1:
                draft.make_present(chosen, NOW)
                assert in_payload(chosen)
            case 2:
                draft.remove(chosen)
                assert chosen.parent is None or not in_payload(chosen)
            case 3:
                draft.add_item(chosen, NOW)
            case 4:
                draft.fold(chosen, data.draw(st.booleans()))
            case 5 if chosen.kind is NodeKind.OBJECT:
                draft.add_extra(chosen, "x")
        text = draft.to_json()
        assert json.loads(text) == draft.value()
        assert all(row.node.parent is None or row.node in row.node.parent.children for row in draft.all_rows())


def edit_text_after(changed: DraftNode) -> str:
    return edit_text(changed.field, changed.tree)


def in_payload(of: DraftNode | None) -> bool:
    while of is not None:
        if not of.present or (of.parent is not None and of not in of.parent.children):
            return False
        of = of.parent
    return True


# -- presence ---------------------------------------------------------------------------------------------------


def test_absent_is_not_empty() -> None:
    draft = Draft.started(tree_of(Version.V16, "BootNotification"), NOW)
    serial = node(draft, "$.chargePointSerialNumber")
    assert "chargePointSerialNumber" not in draft.value()
    draft.set_text(serial, "")
    assert draft.value()["chargePointSerialNumber"] == ""
    draft.remove(serial)
    assert "chargePointSerialNumber" not in draft.value()


def test_a_field_switched_off_and_on_keeps_its_value() -> None:
    draft = Draft(tree_of(Version.V16, "Authorize"), {"idTag": "ABC"})
    tag = node(draft, "$.idTag")
    draft.remove(tag)
    assert draft.to_json() == "{}"
    draft.make_present(tag, NOW)
    assert draft.value() == {"idTag": "ABC"}
    draft.remove(tag)
    draft.remove(tag)
    draft.make_present(tag, NOW)
    assert draft.value()["idTag"] != "ABC"


def test_switching_an_object_on_brings_its_required_fields() -> None:
    draft = Draft.started(tree_of(Version.V16, "RemoteStartTransaction"), NOW)
    profile = node(draft, "$.chargingProfile")
    draft.make_present(profile, NOW)
    assert is_valid(Version.V16, "RemoteStartTransaction", Part.REQUEST, draft.value())
    assert not profile.folded


def test_typing_into_an_absent_object_makes_its_ancestors_present() -> None:
    draft = Draft.started(tree_of(Version.V16, "RemoteStartTransaction"), NOW)
    profile = node(draft, "$.chargingProfile")
    draft.fold(profile, False)
    kind = node(draft, "$.chargingProfile.chargingProfileKind")
    draft.set_text(kind, "Recurring", NOW)
    value = draft.value()["chargingProfile"]
    assert value["chargingProfileKind"] == "Recurring"
    assert "chargingSchedule" in value
    assert is_valid(Version.V16, "RemoteStartTransaction", Part.REQUEST, draft.value())


def test_list_items_are_added_and_removed() -> None:
    draft = Draft.started(tree_of(Version.V16, "MeterValues"), NOW)
    values = node(draft, "$.meterValue")
    assert draft.add_item(values, NOW) is not None
    assert len(draft.value()["meterValue"]) == 2
    assert is_valid(Version.V16, "MeterValues", Part.REQUEST, draft.value())
    draft.remove(node(draft, "$.meterValue[0]"))
    draft.remove(node(draft, "$.meterValue[0]"))
    assert draft.value()["meterValue"] == []
    draft.remove(values)
    assert "meterValue" not in draft.value()
    assert draft.add_item(node(draft, "$.connectorId"), NOW) is None


# -- what was typed ---------------------------------------------------------------------------------------------


def test_the_text_of_a_number_is_kept() -> None:
    text = '{"connectorId":1,"csChargingProfiles":{"chargingSchedule":{"minChargingRate":21.40}}}'
    draft = draft_of(text, tree_of(Version.V16, "SetChargingProfile"))
    assert draft.to_json() == text
    rate = node(draft, "$.csChargingProfiles.chargingSchedule.minChargingRate")
    draft.set_text(rate, "8.10")
    assert '"minChargingRate":8.10' in draft.to_json()


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("1", "1"), ("-0", "-0"), ("1.50", "1.50"), ("", '""'), ("one", '"one"'), ('"1"', '"1"'), (" 7 ", "7")],
)
def test_typed_text_in_a_number_field(typed: str, sent: str) -> None:
    draft = Draft(tree_of(Version.V16, "ReserveNow"))
    draft.set_text(node(draft, "$.connectorId"), typed)
    assert draft.to_json() == f'{{"connectorId":{sent}}}'


@pytest.mark.parametrize("typed", ["1", "true", "null", '"quoted"', "", "{}"])
def test_a_string_is_exactly_what_is_typed(typed: str) -> None:
    draft = Draft(tree_of(Version.V16, "Authorize"))
    tag = node(draft, "$.idTag")
    draft.set_text(tag, typed)
    assert draft.value() == {"idTag": typed}
    assert tag.edit_text == typed


def test_a_free_field_takes_scalars_of_every_type() -> None:
    draft = Draft(tree_of(Version.V201, "DataTransfer"))
    data = node(draft, "$.data")
    for typed, value in (("1", 1), ("true", True), ("null", None), ("a", "a"), ('"1"', "1"), ("{", "{")):
        draft.set_text(data, typed)
        assert draft.value() == {"data": value}
        draft.set_text(data, data.edit_text)
        assert draft.value() == {"data": value}


# -- what the schema does not know ------------------------------------------------------------------------------


def test_order_unknown_keys_and_wrong_types_are_kept_and_shown() -> None:
    text = '{"vendorX":{"a":[1]},"idTag":5,"connectorId":{"no":"object"},"chargingProfile":"text"}'
    draft = draft_of(text, tree_of(Version.V16, "RemoteStartTransaction"))
    assert draft.to_json() == text
    shown = {row.path: row.node for row in draft.rows()}
    assert shown["$.vendorX"].extra
    assert shown["$.vendorX.a[0]"].text == "1"
    assert not shown["$.idTag"].extra
    assert shown["$.idTag"].kind is NodeKind.NUMBER
    assert shown["$.connectorId.no"].extra
    draft.set_text(shown["$.idTag"], "ABC")
    assert draft.value()["idTag"] == "ABC"
    draft.remove(shown["$.vendorX"])
    assert "vendorX" not in draft.to_json()


def test_a_repeated_key_is_sent_twice_and_shown_twice() -> None:
    text = '{"idTag":"A","idTag":"B"}'
    draft = draft_of(text, tree_of(Version.V16, "Authorize"))
    assert draft.to_json() == text
    assert [(row.label, row.node.extra) for row in draft.rows()] == [("idTag", False), ("idTag", True)]
    assert draft.value() == {"idTag": "B"}


@pytest.mark.parametrize("text", ["5", '"x"', "null", "[1,2]", "[]"])
def test_a_payload_that_is_not_an_object_is_shown_too(text: str) -> None:
    draft = draft_of(text, tree_of(Version.V16, "Authorize"))
    assert draft.to_json() == text
    assert len(draft.rows()) == {"[1,2]": 2, "[]": 0}.get(text, 1)


def test_text_that_is_not_json_has_no_form() -> None:
    assert isinstance(Draft.from_json(None, '{"a":'), JsonDefect)


def test_a_field_made_present_takes_its_place_in_the_schema() -> None:
    draft = draft_of('{"idTag":"A","zzz":1}', tree_of(Version.V16, "RemoteStartTransaction"))
    draft.set_text(node(draft, "$.connectorId"), "1")
    assert draft.to_json() == '{"idTag":"A","connectorId":1,"zzz":1}'


# -- violations -------------------------------------------------------------------------------------------------


def placed(draft: Draft, version: Version, action: str) -> dict[str, list[str]]:
    found = draft.place(violations(version, action, Part.REQUEST, draft.value()))
    paths = {row.node: row.path for row in draft.all_rows()}
    return {paths[of]: [violation.rule for violation in broken] for of, broken in found.items()}


def test_violations_belong_to_their_fields() -> None:
    draft = draft_of(
        '{"connectorId":"x","meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1",'
        '"unit":"parsec"}]}],"odd.key":1}',
        tree_of(Version.V16, "MeterValues"),
    )
    assert placed(draft, Version.V16, "MeterValues") == {
        "$.connectorId": ["type"],
        "$.meterValue[0].sampledValue[0].unit": ["enum"],
        "$['odd.key']": ["additionalProperties"],
    }


def test_a_missing_field_is_marked_at_its_place() -> None:
    draft = Draft(tree_of(Version.V16, "MeterValues"))
    assert placed(draft, Version.V16, "MeterValues") == {"$.connectorId": ["required"], "$.meterValue": ["required"]}


def test_a_violation_of_the_payload_itself_belongs_to_the_root() -> None:
    draft = draft_of("[1]", tree_of(Version.V16, "MeterValues"))
    assert placed(draft, Version.V16, "MeterValues") == {"$": ["type"]}


@settings(deadline=None, max_examples=100)
@given(damaged_messages(), st.sampled_from(EVERY_MESSAGE))
def test_every_violation_belongs_to_a_node(case: tuple[Field, Any], message: tuple[Version, str, Part]) -> None:
    draft = Draft(case[0], case[1])
    found = violations(*message, draft.value())
    assert sum(map(len, draft.place(found).values())) == len(found)


# -- folding ----------------------------------------------------------------------------------------------------


def test_absent_groups_are_folded_and_open_on_demand() -> None:
    """The largest message of 2.1 would have some 200 lines otherwise."""
    draft = Draft.started(tree_of(Version.V21, "SetChargingProfile"), NOW)
    profile = node(draft, "$.chargingProfile")
    folded = len(draft.rows())
    assert folded < 60
    unfold_everything(draft)
    assert len(draft.rows()) > folded
    draft.fold(profile, True)
    assert len(draft.rows()) < folded


def test_folds_survive_a_change_of_the_text() -> None:
    field = tree_of(Version.V16, "SetChargingProfile")
    draft = Draft.started(field, NOW)
    draft.fold(node(draft, "$.csChargingProfiles.chargingSchedule"), True)
    again = draft_of(draft.to_json(), field)
    assert node(again, "$.csChargingProfiles.chargingSchedule").folded is False
    again.keep_folds_of(draft)
    assert node(again, "$.csChargingProfiles.chargingSchedule").folded
    assert [row.path for row in again.rows()] == [row.path for row in draft.rows()]


def test_a_group_added_in_the_text_is_open() -> None:
    field = tree_of(Version.V16, "RemoteStartTransaction")
    before = Draft.started(field, NOW)
    again = draft_of('{"idTag":"A","chargingProfile":{"stackLevel":1}}', field)
    again.keep_folds_of(before)
    assert not node(again, "$.chargingProfile").folded


# -- customData -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_custom_data_that_is_absent_takes_one_line_in_any_form(version: Version) -> None:
    """It is in every object of 2.x: a third of the lines of a form were of no use."""
    for action in catalog.actions(version):
        field = field_tree(version, action.name, Part.REQUEST)
        draft = Draft.started(field, NOW)
        unfold_everything(draft)
        lines = [row for row in draft.rows() if row.node.name == CUSTOM_DATA]
        assert len(lines) == (1 if field is not None else 0)
        draft.shows_custom_data = True
        every = [row for row in draft.rows() if row.node.name == CUSTOM_DATA]
        assert len(every) == (lines[0].node.hides or 1 if lines else 0)
        assert not any(row.node.hides for row in every)


def test_custom_data_in_the_message_is_always_shown() -> None:
    field = tree_of(Version.V201, "SetVariables")
    draft = Draft.started(field, NOW)
    draft.add_item(node(draft, "$.setVariableData"), NOW)
    draft.set_tree(node(draft, "$.setVariableData[0].customData"), tree_in({"vendorId": "v"}), NOW)
    labels = [row.path for row in draft.rows() if row.node.name == CUSTOM_DATA]
    assert labels == ["$.setVariableData[0].customData", "$.customData"]
    assert draft.rows()[-1].node.hides
    draft.set_tree(node(draft, "$.customData"), tree_in({"vendorId": "v"}), NOW)
    assert [row.label for row in draft.rows()][-1] == "more customData"
