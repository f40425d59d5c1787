from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.secrets import mask
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Transport, Version
from tests.jsontext.json_texts import OBJECTS, SPACES, VALUES

V16, V201, V21 = Version.offered(Transport.JSON)
SECRET = "0001020304050607FFFF"


def masked(raw: str, version: Version | None = None, of_action: str | None = None) -> tuple[str, tuple[str, ...]]:
    return mask(raw, parse(raw), version, of_action)


def call(action: str, payload: Any) -> str:
    return JSON.call("a", action, json.dumps(payload))


def result(payload: Any) -> str:
    return JSON.result("a", json.dumps(payload))


def variable(name: str, **more: Any) -> dict[str, Any]:
    return {"component": {"name": "SecurityCtrlr"}, "variable": {"name": name}} | more


PROFILE = {
    "configurationSlot": 1,
    "connectionData": {
        "ocppCsmsUrl": "wss://example.com",
        "basicAuthPassword": SECRET,
        "apn": {"apn": "internet", "apnUserName": "user", "apnPassword": SECRET, "simPin": 4711},
        "vpn": {"server": "vpn", "user": "u", "password": SECRET, "key": SECRET},
    },
}


@pytest.mark.parametrize(
    ("version", "raw", "of_action", "paths"),
    [
        (V16, call("ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}), None, ["$.value"]),
        (V16, call("ChangeConfiguration", {"value": SECRET, "key": "authorizationkey"}), None, ["$.value"]),
        (
            V16,
            result({"configurationKey": [{"key": "A", "value": "1"}, {"key": "AuthorizationKey", "value": SECRET}]}),
            "GetConfiguration",
            ["$.configurationKey[1].value"],
        ),
        (
            V201,
            call("SetVariables", {"setVariableData": [variable("BasicAuthPassword", attributeValue=SECRET)]}),
            None,
            ["$.setVariableData[0].attributeValue"],
        ),
        (
            V201,
            result({"getVariableResult": [variable("BasicAuthPassword", attributeValue=SECRET)]}),
            "GetVariables",
            ["$.getVariableResult[0].attributeValue"],
        ),
        (
            V201,
            call(
                "NotifyReport", {"reportData": [variable("BasicAuthPassword", variableAttribute=[{"value": SECRET}])]}
            ),
            None,
            ["$.reportData[0].variableAttribute[0].value"],
        ),
        (
            V21,
            call("NotifyEvent", {"eventData": [variable("VpnPassword", actualValue=SECRET)]}),
            None,
            ["$.eventData[0].actualValue"],
        ),
        (
            V21,
            call("SetNetworkProfile", PROFILE),
            None,
            [
                "$.connectionData.basicAuthPassword",
                "$.connectionData.apn.apnPassword",
                "$.connectionData.apn.simPin",
                "$.connectionData.vpn.password",
                "$.connectionData.vpn.key",
            ],
        ),
    ],
)
def test_secrets_are_masked_in_their_place(version: Version, raw: str, of_action: str | None, paths: list[str]) -> None:
    """A recording can be mailed around."""
    text, found = masked(raw, version, of_action)
    assert list(found) == paths
    assert text == raw.replace(f'"{SECRET}"', '"***"').replace("4711", "0")
    assert SECRET not in text
    assert masked(raw, None, None) == (text, found)
    assert masked(text, version, of_action)[0] == text


@pytest.mark.parametrize(
    "raw",
    [
        call("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"}),
        call("SetVariables", {"setVariableData": [variable("HeartbeatInterval", attributeValue="300")]}),
        call("Heartbeat", {}),
        call("DataTransfer", {"vendorId": "AuthorizationKey", "value": "x"}),
        result({"status": "Accepted"}),
        result({"configurationKey": [{"key": "HeartbeatInterval", "value": "300", "readonly": False}]}),
        JSON.error("a", "GenericError", "AuthorizationKey", '{"value":"x"}'),
    ],
)
def test_what_is_no_secret_is_left_alone(raw: str) -> None:
    """Byte for byte is the rule, and this is its one exception."""
    for version in (None, *Version):
        assert masked(raw, version) == (raw, ())


def test_an_answer_to_another_action_is_left_alone() -> None:
    raw = result({"configurationKey": [{"key": "AuthorizationKey", "value": "x"}]})
    assert masked(raw, V16, "DataTransfer") == (raw, ())


@given(st.permutations(["key", "value", "other"]), st.lists(SPACES, min_size=10, max_size=10), VALUES, st.booleans())
def test_every_other_byte_stays_however_it_is_written(
    order: list[str], spaces: list[str], other: str, escaped: bool
) -> None:
    name = '"Authorization\\u004bey"' if escaped else '"AuthorizationKey"'

    def text(secret: str) -> str:
        values = {"key": name, "value": secret, "other": other}
        pairs = f"{spaces[0]},{spaces[1]}".join(f'"{key}"{spaces[2]}:{spaces[3]}{values[key]}' for key in order)
        action = f'{spaces[6]}"ChangeConfiguration"'
        return f'{spaces[4]}[2{spaces[5]},"a",{action},{spaces[7]}{{{pairs}{spaces[8]}}}{spaces[9]}]'

    assert masked(text(f'"{SECRET}"'), V16) == (text('"***"'), ("$.value",))


def test_a_secret_does_not_hide_behind_a_repeated_key() -> None:
    raw = '[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","key":"X","value":"s1","value":"s2"}]'
    text, paths = masked(raw, V16)
    assert text == '[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","key":"X","value":"***","value":"***"}]'
    assert paths == ("$.value",)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"key": "AuthorizationKey", "value": 12345}, {"key": "AuthorizationKey", "value": 0}),
        ({"key": "AuthorizationKey", "value": [SECRET]}, {"key": "AuthorizationKey", "value": "***"}),
        ({"key": "AuthorizationKey", "value": {"x": SECRET}}, {"key": "AuthorizationKey", "value": "***"}),
        ({"key": "AuthorizationKey", "value": None}, {"key": "AuthorizationKey", "value": None}),
        ({"key": ["AuthorizationKey"], "value": SECRET}, {"key": ["AuthorizationKey"], "value": "***"}),
        ({"key": "AuthorizationKey"}, {"key": "AuthorizationKey"}),
        ([], []),
        (None, None),
        ("AuthorizationKey", "AuthorizationKey"),
    ],
)
def test_a_wrong_structure_is_masked_as_far_as_it_goes(payload: Any, expected: Any) -> None:
    assert masked(call("ChangeConfiguration", payload), V16)[0] == call("ChangeConfiguration", expected)


def test_a_lone_object_where_a_list_should_be_is_masked() -> None:
    raw = call("SetVariables", {"setVariableData": variable("BasicAuthPassword", attributeValue=SECRET)})
    text, paths = masked(raw, V201)
    assert SECRET not in text
    assert paths == ("$.setVariableData.attributeValue",)


@pytest.mark.parametrize(
    "raw",
    [
        '[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value":"' + SECRET + '"}',
        '[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value" : "' + SECRET,
        '[2,"a","ChangeConfiguration",{"value":"' + SECRET + '","key":"AuthorizationKey",}]',
        '{"key":"AuthorizationKey","value":"' + SECRET + '"}',
        '[2,"a","SetNetworkProfile",{"connectionData":{"basicAuthPassword":"' + SECRET + '"}',
        '[2,"a","SetNetworkProfile",{"connectionData":{"vpn":{"key":"' + SECRET + '","password":"' + SECRET,
    ],
)
def test_a_message_that_is_no_frame_does_not_leak_either(raw: str) -> None:
    text, paths = masked(raw, V16)
    assert SECRET not in text
    assert paths == ("$",)
    assert "***" in text


def test_a_message_that_is_no_frame_and_no_secret_is_left_alone() -> None:
    raw = '[2,"ü\\u00fc","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}'
    assert masked(raw, V16) == (raw, ())


@pytest.mark.parametrize(("version", "action"), [(V201, "SetNetworkProfile"), (V21, "SetNetworkProfile")])
def test_a_masked_message_is_as_valid_as_before(version: Version, action: str) -> None:
    """An opened recording does not blame the peer for what the mask has done."""
    tree = field_tree(version, action, Part.REQUEST)
    assert tree is not None
    text, paths = masked(call(action, complete_example(tree)), version)
    frame = parse(text)
    assert isinstance(frame, Message)
    assert len(paths) >= 4
    assert is_valid(version, action, Part.REQUEST, frame.payload)


@given(
    st.sampled_from(["ChangeConfiguration", "SetVariables", "SetNetworkProfile", "NotifyReport", "Heartbeat"]),
    OBJECTS,
    st.lists(
        st.tuples(st.integers(0, 120), st.sampled_from(["", '"', "{", "]", "\\", ",", "basicAuthPassword"])), max_size=4
    ),
)
def test_masking_never_raises(action: str, payload: str, damage: list[tuple[int, str]]) -> None:
    raw = JSON.call("a", action, payload)
    for position, text in damage:
        raw = raw[:position] + text + raw[position + 1 :]
    text, paths = masked(raw, V16)
    assert (text == raw) or paths


@pytest.mark.timeout(30)
def test_a_big_message_is_masked_in_bounded_time() -> None:
    keys = [{"key": f"Key{n}", "value": "x" * 20, "readonly": False} for n in range(100_000)]
    raw = result({"configurationKey": [*keys, {"key": "AuthorizationKey", "value": SECRET}]})
    text, paths = masked(raw, V16, "GetConfiguration")
    assert paths == ("$.configurationKey[100000].value",)
    assert SECRET not in text
    assert len(text) == len(raw) - len(SECRET) + 3
