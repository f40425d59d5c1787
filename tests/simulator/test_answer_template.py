"""Answers with placeholders. If these fail, an answer that a user wrote does not fit the call that it answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.simulator.answer_template import filled, wrong_placeholders

CALL = parse('[2,"id-1","MeterValues",{"connectorId":2,"meterValue":[{"timestamp":"T","sampledValue":[]}]}]')
NOW = 1_700_000_000_000_000


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("${call.connectorId}", 2),
        ("connector ${call.connectorId}", "connector 2"),
        ("${call.meterValue[0].timestamp}", "T"),
        ("${call.meterValue[0]}", {"timestamp": "T", "sampledValue": []}),
        ("${call.meterValue[9].timestamp}", None),
        ("${call.connectorId.x}", None),
        ("${count}", 7),
        ("${id}/${count}", "id-1/7"),
        ("${now}", "2023-11-14T22:13:20.000Z"),
        ("$ {now} ${", "$ {now} ${"),
        ({"a": ["${id}", 1, True]}, {"a": ["id-1", 1, True]}),
    ],
)
def test_a_placeholder_gets_its_value(template: Any, expected: Any) -> None:
    assert isinstance(CALL, Message)
    assert filled(template, CALL, 7, NOW) == expected


@pytest.mark.parametrize("name", ["", "noww", "call", "call.", "call.a.", "call.a[", "idTag"])
def test_a_placeholder_without_a_meaning_is_found(name: str) -> None:
    assert list(wrong_placeholders({"a": ["${" + name + "}"]})) == [name]


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_template_that_is_not_wrong_can_be_filled(template: Any) -> None:
    assert isinstance(CALL, Message)
    if not list(wrong_placeholders(template)):
        filled(template, CALL, 1, NOW)
