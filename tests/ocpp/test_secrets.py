from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.secrets import SecretFreeTest, mask, mask_own_text, mask_text, may_need_masking, secret_paths
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Transport, Version
from tests.jsontext.json_texts import OBJECTS, SPACES
from tests.ocpp.secretive_messages import damaged_messages, secret_calls, secret_results, secrets_in, variable

V16, V201, V21 = Version.offered(Transport.JSON)
SECRET = "0001020304050607FFFF"
FREE = SecretFreeTest()
"""One for all tests, so that it has seen many messages of each shape."""


def masked(raw: str, version: Version | None = None) -> tuple[str, tuple[str, ...]]:
    """What is masked, and that the quick test by which another process leaves messages alone sees it coming."""
    frame = parse(raw)
    found = mask(raw, frame, version)
    if isinstance(frame, Message):
        assert may_need_masking(frame) or found == (raw, ())
        assert not FREE.is_free(frame) or found == (raw, ())
    return found


def call(action: str, payload: Any) -> str:
    return JSON.call("a", action, json.dumps(payload))


def result(payload: Any) -> str:
    return JSON.result("a", json.dumps(payload))


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
    ("version", "raw", "paths"),
    [
        (V16, call("ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}), ["$.value"]),
        (V16, call("ChangeConfiguration", {"value": SECRET, "key": "authorizationkey"}), ["$.value"]),
        (
            V16,
            result({"configurationKey": [{"key": "A", "value": "1"}, {"key": "AuthorizationKey", "value": SECRET}]}),
            ["$.configurationKey[1].value"],
        ),
        (
            V201,
            call("SetVariables", {"setVariableData": [variable("BasicAuthPassword", attributeValue=SECRET)]}),
            ["$.setVariableData[0].attributeValue"],
        ),
        (
            V201,
            result({"getVariableResult": [variable("BasicAuthPassword", attributeValue=SECRET)]}),
            ["$.getVariableResult[0].attributeValue"],
        ),
        (
            V201,
            call(
                "NotifyReport", {"reportData": [variable("BasicAuthPassword", variableAttribute=[{"value": SECRET}])]}
            ),
            ["$.reportData[0].variableAttribute[0].value"],
        ),
        (
            V21,
            call("NotifyEvent", {"eventData": [variable("VpnPassword", actualValue=SECRET)]}),
            ["$.eventData[0].actualValue"],
        ),
        (
            V21,
            call("SetNetworkProfile", PROFILE),
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
def test_secrets_are_masked_in_their_place(version: Version, raw: str, paths: list[str]) -> None:
    """A recording can be mailed around."""
    text, found = masked(raw, version)
    assert list(found) == paths
    assert text == raw.replace(f'"{SECRET}"', '"***"').replace("4711", "0")
    assert SECRET not in text
    assert masked(raw, None) == (text, found)
    assert masked(text, version)[0] == text


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
def test_a_value_that_is_not_a_secret_stays(raw: str) -> None:
    """Byte for byte is the rule, and this is its one exception."""
    for version in (None, *Version):
        assert masked(raw, version) == (raw, ())


@given(
    st.permutations(["key", "value", "readonly"]),
    st.lists(SPACES, min_size=10, max_size=10),
    st.sampled_from(["true", "1.50", '"on"', "[]", "{}", "null"]),
    st.booleans(),
)
def test_every_other_byte_stays_however_it_is_written(
    order: list[str], spaces: list[str], other: str, escaped: bool
) -> None:
    name = '"Authorization\\u004bey"' if escaped else '"AuthorizationKey"'

    def text(secret: str) -> str:
        values = {"key": name, "value": secret, "readonly": other}
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
        ({"key": "AuthorizationKey", "value": 1.5}, {"key": "AuthorizationKey", "value": 0.5}),
        ({"key": "AuthorizationKey", "value": ""}, {"key": "AuthorizationKey", "value": ""}),
        ({"key": "AuthorizationKey", "value": []}, {"key": "AuthorizationKey", "value": []}),
        ({"key": "AuthorizationKey", "value": None}, {"key": "AuthorizationKey", "value": None}),
        ({"key": ["AuthorizationKey"], "value": SECRET}, {"key": ["AuthorizationKey"], "value": "***"}),
        ({"key": "AuthorizationKey"}, {"key": "AuthorizationKey"}),
        ({"key": ["AuthorizationKey", "X"]}, {"key": ["AuthorizationKey", "X"]}),
        ({"Key": "AuthorizationKey", "Value": SECRET}, {"Key": "AuthorizationKey", "Value": "***"}),
        (
            {"key": "AuthorizationKey", "valeu": SECRET, "value": ""},
            {"key": "AuthorizationKey", "valeu": "***", "value": ""},
        ),
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
def test_a_malformed_message_does_not_leak_either(raw: str) -> None:
    text, paths = masked(raw, V16)
    assert SECRET not in text
    assert paths == ("$",)
    assert "***" in text


def test_a_malformed_message_without_a_secret_stays() -> None:
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
    """A message of megabytes must not hold up everybody else; the values of other settings in it are masked too."""
    keys = [{"key": f"Key{n}", "value": "x" * 20, "readonly": False} for n in range(30_000)]
    for secret in (f'"{SECRET}"', "31415926"):
        raw = result({"configurationKey": [*keys, {"key": "AuthorizationKey", "value": json.loads(secret)}]})
        text, paths = masked(raw, V16)
        assert paths == ("$",)
        assert secret not in text
        assert isinstance(parse(text), Message)
        assert text.count('"key": "Key') == 30_000


@pytest.mark.parametrize("piece", ["passw", "vp", "authoriz ", '"value":', "\\\\u0061", "[[]", "AuthorizationKey"])
@pytest.mark.timeout(30)
def test_no_text_holds_up_everybody_else(piece: str) -> None:
    """A peer must not be able to stop the program with what it repeats."""
    for raw in (call("DataTransfer", {"vendorId": "v", "data": piece * (5_000_000 // len(piece))}), piece * 1_000_000):
        masked(raw, V16)


@given(damaged_messages(), st.sampled_from([None, V16, V201, V21]))
@settings(max_examples=250)
def test_no_secret_stays_in_a_damaged_message(raw: str | bytes, version: Version | None) -> None:
    """What breaks a message on its way does not put its password into a file; nor does it make another kind of it."""
    frame = parse(raw)
    text, _ = mask(frame.raw, frame, version)
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    assert not secrets_in(shown)
    after = parse(text)
    assert isinstance(after, Message) == isinstance(frame, Message)
    if isinstance(after, Message) and isinstance(frame, Message):
        assert (after.kind, after.id, after.action) == (frame.kind, frame.id, frame.action)


def test_a_broken_message_stays_legible() -> None:
    """The user can see what is wrong with it: only what may be the secret is hidden."""
    raw = '[2,"a1","ChangeConfiguration",{"key":"AuthorizationKey","value":"hunter2",}]'
    assert masked(raw) == (raw.replace("hunter2", "***"), ("$",))
    raw = "[2,'a1','ChangeConfiguration',{'key':'AuthorizationKey','value':'hunter2'}]"
    assert masked(raw) == (raw.replace("hunter2", "***"), ("$",))
    raw = '[9,"a1","ChangeConfiguration",{"key":"AuthorizationKey","value":4711}]'
    assert masked(raw) == (raw.replace("4711", "0"), ("$",))


@pytest.mark.parametrize(
    "raw",
    [
        '[2,"a1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300",}]',
        '[2,"a1","SetVariables",{"setVariableData":[{"attributeValue":"300","variable":{"name":"HeartbeatInterval"}},',
        '[2,"a1","NotifyReport",{"reportData":[{"variable":{"name":"V"},"variableAttribute":[{"value":"1"},{"value":"2"}',
        '[3,"a1",{"configurationKey":[{"key":"AuthorizeRemoteTxRequests","readonly":false,"value":"true"},{"key":"X"',
        '[2,"a1","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"',
    ],
)
def test_a_broken_message_without_a_secret_is_left_alone(raw: str) -> None:
    """A log of truncated lines can be read."""
    assert masked(raw, V16) == (raw, ())


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ('{"key":"AuthorizationKey","value":"hunter2"}', '{"key":"AuthorizationKey","value":"***"}'),
        ('{"key":"AuthorizationKey","value":"hunter2"', '{"key":"AuthorizationKey","value":"***"'),
        ("AuthorizationKey=hunter2; retry", "AuthorizationKey=***; retry"),
        ("The AuthorizationKey is Hunter2", "The AuthorizationKey is ***"),
        ("The AuthorizationKey cannot be read.", "The AuthorizationKey cannot be read."),
        ('{"note":"AuthorizationKey is set","value":"7"}', '{"note":"AuthorizationKey is set","value":"7"}'),
        ('{"key":"WiFiPassword","value":"hunter2"}', '{"key":"WiFiPassword","value":"***"}'),
        ('{"user":"u","password":"hunter2"}', '{"user":"u","password":"***"}'),
    ],
)
def test_a_secret_in_a_text_within_a_message_is_masked(data: str, shown: str) -> None:
    """Vendors put whole messages into the data of a DataTransfer, and errors repeat what they refuse."""
    raw = call("DataTransfer", {"vendorId": "v", "data": data})
    text, paths = masked(raw, V16)
    assert json.loads(text)[3]["data"] == shown
    assert paths == (("$.data",) if shown != data else ())
    raw = JSON.error("a", "GenericError", data)
    assert json.loads(masked(raw, V16)[0])[3] == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ftp://user:hunter2@host/x", "ftp://user:***@host/x"),
        ("ftp://user:hun@ter2@host/x", "ftp://user:***@host/x"),
        ("ftp://user@host:21/x@y:z@w", "ftp://user@host:21/x@y:z@w"),
        ("wss://host:9000/ocpp", "wss://host:9000/ocpp"),
        ("https://host/x?token=hunter2&y=1", "https://host/x?token=***&y=1"),
    ],
)
def test_a_password_in_a_url_is_masked(url: str, shown: str) -> None:
    """GetDiagnostics sends the password of the file server to a charge point."""
    raw = call("GetDiagnostics", {"location": url, "retries": 1})
    assert masked(raw, V16) == (raw.replace(url, shown), ("$.location",) if shown != url else ())
    escaped = raw.replace("/", "\\/")
    assert json.loads(masked(escaped, V16)[0])[3]["location"] == shown


def test_a_url_that_is_cut_off_in_its_password_is_masked() -> None:
    assert masked('[2,"a","GetDiagnostics",{"location":"ftp://user:hunter2')[0].endswith('"ftp://user:***')
    raw = '[2,"a","GetDiagnostics",{"location":"ftp://host:2121'
    assert masked(raw) == (raw, ())


@pytest.mark.parametrize(("version", "name"), [(V16, "AuthorizationKey"), (V201, "VpnKey"), (V21, "BasicAuthPassword")])
@given(
    secret=st.one_of(
        st.text(max_size=30),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.lists(st.text(max_size=3)),
    )
)
def test_a_masked_message_is_as_wrong_as_it_was(version: Version, name: str, secret: Any) -> None:
    """A recording that is opened again says of each message what was said of it live."""
    calls = [one for one in secret_calls("x", name) if find_action(version, one[0])]
    for action, payload in calls:
        payload = json.loads(json.dumps(payload).replace('"x"', json.dumps(secret)))
        raw = call(action, payload)
        frame = parse(masked(raw, version)[0])
        assert isinstance(frame, Message)
        assert is_valid(version, action, Part.REQUEST, frame.payload) == is_valid(
            version, action, Part.REQUEST, payload
        )


@pytest.mark.parametrize(
    ("version", "action", "longest"), [(V16, "ChangeConfiguration", 500), (V21, "SetNetworkProfile", 64)]
)
def test_a_secret_that_is_too_long_stays_too_long(version: Version, action: str, longest: int) -> None:
    payload = next(payload for name, payload in secret_calls("x" * (longest + 1), "VpnKey") if name == action)
    frame = parse(masked(call(action, payload), version)[0])
    assert isinstance(frame, Message)
    assert is_valid(version, action, Part.REQUEST, frame.payload) is False
    assert "xx" not in frame.raw


def test_the_secrets_of_a_payload_are_reported_by_their_paths() -> None:
    payload = dict(secret_calls("x", "VpnKey"))["SetVariables"]
    assert secret_paths("SetVariables", payload) == {"$.setVariableData[0].attributeValue"}
    assert secret_paths("GetConfiguration", secret_results("x", "")[0]) == {"$.configurationKey[1].value"}
    assert secret_paths("Heartbeat", {"key": "AuthorizationKey", "value": "x"}) == {"$.value"}
    assert secret_paths("Heartbeat", {"key": "HeartbeatInterval", "value": "x"}) == frozenset()
    assert secret_paths("DataTransfer", {"data": "x" * 400_000}) == {"$"}


HOLDERS = st.sampled_from(
    [
        lambda secret: json.dumps({"key": "AuthorizationKey", "value": secret}),
        lambda secret: json.dumps({"VALUE": secret, "KEY": "WiFiPassword"}),
        lambda secret: json.dumps({"variable": {"name": "BasicAuthPassword"}, "attributeValue": secret}),
        lambda secret: json.dumps({"variable": "VpnKey", "attributeValue": secret}),
        lambda secret: json.dumps({"apiKey": secret, "n": 1}),
        lambda secret: json.dumps({"AuthorizationKey": secret}),
        lambda secret: json.dumps({"location": f"ftp://u:{secret}@h/?token={secret}"}),
        lambda secret: json.dumps({"head": f"GET /?sig={secret} HTTP/1.1\r\nX-Api-Key: {secret}\r\nHost: h"}),
        lambda secret: json.dumps({"text": f"password={secret}; retry"}),
    ]
)
WRAPPERS = st.lists(
    st.sampled_from(
        [
            json.dumps,
            lambda text: json.dumps({"data": text}),
            lambda text: f'[2,"a","DataTransfer",{{"vendorId":"v","data":{json.dumps(text)}}}]',
            lambda text: f'[4,"a","GenericError",{json.dumps(text)},{{}}]',
            lambda text: f'[4,"a","GenericError","",{{"call":{json.dumps(text)}}}]',
            lambda text: f'[2,"a","Heartbeat",{{"customData":{{"x":{json.dumps(text)}}}}}]',
        ]
    ),
    max_size=4,
)
DAMAGES = st.sampled_from(
    [
        str,
        lambda text: text.replace('"', "'"),
        lambda text: text.replace('"', "`"),
        lambda text: text.replace("/", "\\/"),
        lambda text: text + "x",
        lambda text: "log: " + text,
        lambda text: text[1:],
    ]
)


@given(HOLDERS, WRAPPERS, DAMAGES, st.integers(0, 400), st.sampled_from([None, V16, V201, V21]))
@settings(max_examples=250)
def test_no_secret_stays_however_it_is_wrapped_and_cut(
    holder: Callable[[str], str],
    wrappers: list[Callable[[str], str]],
    damage: Callable[[str], str],
    cut: int,
    version: Version | None,
) -> None:
    """A message is quoted in a message that is quoted in a log, which ends in the middle of it."""
    text = holder("S3CRETq9Zk")
    text = text if text.startswith("[") else f'[2,"x","DataTransfer",{text}]'
    for wrap in wrappers:
        text = wrap(text)
    text = damage(text)
    text = text[: len(text) - cut] if cut < 200 else text
    frame = parse(text)
    assert not leaks(mask(text, frame, version)[0])


@given(HOLDERS, WRAPPERS, DAMAGES)
@settings(max_examples=300)
def test_no_secret_stays_in_a_text_that_is_not_a_message(
    holder: Callable[[str], str], wrappers: list[Callable[[str], str]], damage: Callable[[str], str]
) -> None:
    """An error, a note, a crash report or a copy may quote a message."""
    text = holder("S3CRETq9Zk")
    for wrap in wrappers:
        text = wrap(text)
    for quoting in (text, damage(text), f"cannot read {text}", f"cannot read {text!r}: wrong"):
        assert not leaks(mask_text(quoting)), quoting
        assert not leaks(mask_own_text(quoting)), quoting
        assert mask_own_text(mask_own_text(quoting)) == mask_own_text(quoting)


def leaks(text: str) -> bool:
    """Whether a text has any five characters of the secret."""
    return any("S3CRETq9Zk"[start : start + 5] in text for start in range(6))


@pytest.mark.parametrize(
    "text",
    [
        "listening on ws://127.0.0.1:9000/",
        "recording: /home/u/key/token/session.jsonl",
        "CP1: the password is wrong (8 characters); the central system answered 401 Unauthorized.",
        "$.connectionData.basicAuthPassword: expected no such field, got a secret",
        "warning: every user of this machine can see a password on the command line",
        "12 records, 6 calls, 6 answers, 0 unanswered calls",
        "https://example.com/docs?page=2#install",
        "idTag=04AB12CD, idToken: 04AB12CD, publicKey=MIIB",
    ],
)
def test_what_has_no_secret_is_said_as_it_is(text: str) -> None:
    """An error would say nothing if every word beside `password` were hidden."""
    assert mask_own_text(text) == text


@pytest.mark.parametrize("message_id", ["17", "0f8e-77ab", "token", "a=b", '\\"', ""])
def test_the_id_of_a_message_hides_no_secret_from_the_test_of_its_shape(message_id: str) -> None:
    """A log of a million messages is tested by their shapes; one whose shape is new must not pass as a known one."""
    test = SecretFreeTest()
    for value, is_free in (("12", True), ("34", True), ("ftp://me:pw@host/", False)):
        raw = f'[2,"{message_id}","Authorize",{{"idTag":"{value}"}}]'
        frame = parse(raw)
        assert isinstance(frame, Message)
        assert not test.is_free(frame) or not may_need_masking(frame) or message_id in ("token", "a=b")
        assert is_free or not test.is_free(frame)


WORDS = st.lists(
    st.sampled_from(
        [
            "key",
            "Passw",
            "passw",
            "pa",
            "s",
            "sword",
            "vpn",
            "Key",
            "psk",
            "b",
            "ase",
            "0",
            "7",
            "64",
            "65",
            "\\u00",
            "61",
        ]
        + ["=", "?", "@", "%40", "%41", "connectionData", "KeyC", "eyJ", " ", "é", "status", "idTagInfo", "currentTime"]
    ),
    max_size=5,
).map("".join)
RESULTS = st.dictionaries(WORDS, st.one_of(WORDS, st.integers(0, 99), st.dictionaries(WORDS, WORDS, max_size=2)))


@given(
    st.lists(RESULTS, min_size=1, max_size=4),
    st.text("0123456789", min_size=1),
    st.sampled_from(["Heartbeat", "DataTransfer"]),
)
@example([{"tok\\u1111n": "x"}], "0065", "Heartbeat")
@example([{"status": "tok\\u1111n", "message": "x"}], "0065", "DataTransfer")
def test_answers_that_differ_in_digits_are_tested_once(results: list[Any], digits: str, action: str) -> None:
    """An answer with a secret must not pass because one without a secret has its shape."""
    test = SecretFreeTest()
    for place, payload in enumerate([*results, *results]):
        text = json.dumps(payload, ensure_ascii=False)
        if place >= len(results):
            others = itertools.cycle(digits)
            text = "".join(next(others) if one.isdigit() else one for one in text)
        for raw in (f'[2,"{place}","{action}",{text}]', f'[3,"{place}",{text}]'):
            frame = parse(raw)
            if isinstance(frame, Message):
                assert test.is_free(frame) is (frame.payload == {} or not may_need_masking(frame))


@pytest.mark.parametrize("name", ["pw", "token", "pwd", "pin"])
@pytest.mark.parametrize("before", ["\\n", "+", "/", "\n"])
def test_the_padding_of_base64_is_not_a_secret(name: str, before: str) -> None:
    """A certificate that ends so would be damaged, and `=` would be masked wherever it is found again."""
    text = f"MIIB{before}{name}==\\n-----END CERTIFICATE-----"
    assert mask_text(text) == text
    assert "hunter2" not in mask_text(f"{name}==hunter2")
