"""Placeholders in JSON and in fields: the payload that goes out has their values, in the type of the schema."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.call_payload import WrongPayload
from ocpptui.compose.draft import Draft
from ocpptui.compose.filled_payload import (
    filled_call,
    filled_payload,
    has_placeholders,
    literal_payload,
    make_literal,
    payload_questions,
    placeholders_of,
    questions_of,
    value_to_check,
)
from ocpptui.compose.placeholders import PlaceholderValues
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version

V16 = Version.V16
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('${}:nowuid\\"é', max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab$", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def values(**answers: str) -> PlaceholderValues:
    return PlaceholderValues(1_700_000_000_000_000, lambda: "u-u", transaction="7", answers=answers)


def start_transaction() -> Field | None:
    return field_tree(V16, "StartTransaction", Part.REQUEST)


def test_a_value_takes_the_type_of_its_field() -> None:
    """`"connectorId": "${counter}"` as text would be refused by every charge point."""
    text = '{"connectorId": "${counter}", "idTag": "${counter}", "meterStart": 1.0, "extra": "${counter}"}'
    text_in = filled_payload(start_transaction(), text, values())
    assert text_in == '{"connectorId":1,"idTag":"2","meterStart":1.0,"extra":"3"}'


def test_a_payload_without_placeholders_is_unchanged_to_the_last_space() -> None:
    for text in ('{ "a" : 1.50 }', "[1,", "${now}", '{"$": "{"}'):
        assert filled_payload(None, text, values()) == text
        assert not has_placeholders(text)


def test_fields_of_the_command_line_are_filled_in_before_their_type_is_checked() -> None:
    fields = ["connectorId=${transaction}", "idTag=${prompt:Card}", "meterStart:=5", "timestamp=${now}"]
    payload = json.loads(filled_call(V16, "StartTransaction", "{}", fields, values(Card="A")))
    assert payload == {"connectorId": 7, "idTag": "A", "meterStart": 5, "timestamp": "2023-11-14T22:13:20.000Z"}


def test_json_of_the_command_line_cannot_be_broken_by_a_value() -> None:
    fields = ["vendorId=x", 'data:={"said": "${prompt:Say}"}']
    payload = json.loads(filled_call(Version.V201, "DataTransfer", "{}", fields, values(Say='"}, ${uuid}')))
    assert payload["data"] == {"said": '"}, ${uuid}'}


def test_a_mistake_is_a_sentence_and_no_payload() -> None:
    with pytest.raises(WrongPayload, match="not a placeholder"):
        filled_call(V16, "Authorize", '{"idTag": "${card}"}', [], values())
    with pytest.raises(WrongPayload, match="only the screen asks"):
        filled_call(V16, "Authorize", "{}", ["idTag=${prompt:Card}"], values())


def test_the_questions_are_asked_once_each() -> None:
    text = '{"a": "${prompt:One}", "b": ["${prompt:Two}${prompt:One}"]}'
    assert payload_questions(text) == ["One", "Two"]
    assert questions_of(text, ["c=${prompt:Three}", 'd:="${prompt:Two}"', "no assignment"]) == ["One", "Two", "Three"]


def test_the_value_to_check_has_no_escapes_and_names_what_is_not_known() -> None:
    found = value_to_check(start_transaction(), '{"idTag": "$${x}", "connectorId": "${counter}"}')
    assert found == ({"idTag": "${x}", "connectorId": "${counter}"}, frozenset({"$.connectorId"}))
    assert value_to_check(start_transaction(), '{"idTag": "x"}') is None


@given(JSON_VALUES)
def test_what_a_peer_has_sent_goes_out_again_as_it_came(payload: object) -> None:
    """A frame that is edited and sent again, or an answer that repeats a call, has what was in it."""
    text = json.dumps(payload)
    assert json.loads(filled_payload(None, literal_payload(text), values())) == payload


def test_known_values_are_literal_and_what_is_typed_is_not() -> None:
    draft = Draft(None, {"typed": "${now}", "known": "${env:HOME}"})
    before = {path: text for path, text in placeholders_of(draft).items() if path == "$.typed"}
    make_literal(draft, before)
    assert draft.value() == {"typed": "${now}", "known": "$${env:HOME}"}
