from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.text import quote
from ocpptui.ocpp.json_defects import MAX_DUPLICATES
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message, MessageKind
from tests.jsontext.json_texts import OBJECTS, SPACES, VALUES
from tests.ocpp.parsed_frames import frame_of, malformed_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


# Frames as they should be


def test_a_call() -> None:
    frame = frame_of('[2,"a81f","Authorize",{"idTag":"ABC"}]')
    assert (frame.kind, frame.id, frame.action, frame.payload) == (
        MessageKind.CALL,
        "a81f",
        "Authorize",
        {"idTag": "ABC"},
    )
    assert frame.defects == ()


def test_a_result() -> None:
    frame = frame_of('[3,"a81f",{"currentTime":"2026-01-31T12:00:00Z"}]')
    assert (frame.kind, frame.id, frame.action) == (MessageKind.CALLRESULT, "a81f", None)
    assert frame.payload == {"currentTime": "2026-01-31T12:00:00Z"}


COMMA = 21 if sys.version_info >= (3, 13) else 22
"""Where Python's parser sees what is wrong with a comma too many: at it, or behind it."""


@pytest.mark.parametrize(("number", "kind"), [(4, MessageKind.CALLERROR), (5, MessageKind.CALLRESULTERROR)])
def test_an_error_of_either_kind(number: int, kind: MessageKind) -> None:
    frame = frame_of(f'[{number},"a81f","NotImplemented","no such action",{{"why":1}}]')
    assert frame.kind is kind
    assert frame.kind.is_error
    assert frame.kind.is_answer
    assert (frame.error_code, frame.error_description, frame.payload) == (
        "NotImplemented",
        "no such action",
        {"why": 1},
    )
    assert frame.defects == ()


def test_a_send() -> None:
    frame = frame_of('[6,"s1","NotifyPeriodicEventStream",{}]')
    assert (frame.kind, frame.action) == (MessageKind.SEND, "NotifyPeriodicEventStream")
    assert not frame.kind.is_answer


def test_a_pretty_printed_frame_is_as_good_as_any() -> None:
    raw = ' [\n  2,\n  "a81f",\n  "Authorize",\n  {\n    "idTag" : "ABC"\n  }\n]\n'
    frame = frame_of(raw)
    assert frame.raw == raw
    assert frame.payload_text == '{\n    "idTag" : "ABC"\n  }'
    assert frame.defects == ()


def test_bytes_are_read_as_utf8() -> None:
    assert frame_of('[2,"ü","Heartbeat",{}]'.encode()).id == "ü"


# What is tolerated, and named with its place


@pytest.mark.parametrize(
    ("raw", "defect", "position"),
    [
        ('[2,12,"Heartbeat",{}]', "integer-id", 3),
        ('[2,"' + "x" * 37 + '","Heartbeat",{}]', "long-id", 3),
        ('[2,"","Heartbeat",{}]', "empty-id", 3),
        ('[2,"a","Heartbeat"]', "missing-parts", 18),
        ('[3,"a"]', "missing-parts", 6),
        ('[2,"a","Heartbeat",{},1]', "extra-elements", 22),
        ('[2,"a","Heartbeat",null]', "null-payload", 19),
        ('[2,"a","Heartbeat",[]]', "payload-not-object", 19),
        ('[3, "a", "ok"]', "payload-not-object", 9),
        ('[4,"a","GenericError","",[]]', "details-not-object", 25),
        ('[4,"a","GenericError",""]', "missing-parts", 24),
        ('[4,"a"]', "missing-parts", 6),
        ('[4,"a",7,"",{}]', "bad-error-code", 7),
        ('[4,"a","GenericError",null,{}]', "bad-description", 22),
        ('\ufeff[2,"a","Heartbeat",{}]', "byte-order-mark", 0),
    ],
)
def test_what_is_tolerated_is_named_with_its_position(raw: str, defect: str, position: int) -> None:
    """The user sees the frame as the peer meant it, and what is wrong with it."""
    frame = frame_of(raw)
    assert frame.raw == raw
    assert [(found.name, found.position) for found in frame.defects] == [(defect, position)]
    assert frame.defects[0].text


def test_an_id_of_36_characters_is_right() -> None:
    assert frame_of(f'[2,"{"x" * 36}","Heartbeat",{{}}]').defects == ()


def test_an_integer_id_is_answered_as_it_came() -> None:
    """A station that counts its ids gets an answer that it recognises."""
    frame = frame_of('[2,12,"Heartbeat",{}]')
    assert (frame.id, frame.has_numeric_id, frame.id_text) == ("12", True, "12")
    assert JSON.result(frame, "{}") == "[3,12,{}]"


def test_every_missing_part_of_an_error_is_named() -> None:
    assert (
        frame_of('[4,"a"]').defects[0].text
        == "the error code and the error description and the error details are missing"
    )
    assert frame_of('[4,"a","X"]').error_code == "X"


# What is no frame


@pytest.mark.parametrize(
    ("raw", "defect", "position", "message_id"),
    [
        ("", "empty", 0, None),
        (" \n\t", "empty", 0, None),
        ("nope", "not-json", 0, None),
        ("\x00", "not-json", 0, None),
        ('[2,"a","Heart\x00beat",{}]', "control-character", 13, "a"),
        ('[2,"a","Heartbeat",{', "truncated", 20, "a"),
        ('[2,"a","Heart', "truncated", 7, "a"),
        ('[2,"a","Boot...: "5.5.10","imsi": ""}]', "truncated", 18, "a"),
        ('[3,"a",{"cur…0,"status":"Accepted"}]', "truncated", 16, "a"),
        ('[2,"a","DataTransfer",{"vendorId":"...","data":x}]', "not-json", 47, "a"),
        ('[2,"a","Heartbeat",{}][2', "extra-data", 22, "a"),
        ('[2,"a","Heartbeat",{},]', "not-json", COMMA, "a"),
        ('[2,"a",Heartbeat,{}]', "not-json", 7, "a"),
        ('{"a":1}', "not-an-array", 0, None),
        ('"[2]"', "not-an-array", 0, None),
        ("12", "not-an-array", 0, None),
        ("null", "not-an-array", 0, None),
        ("[]", "missing-parts", 1, None),
        ("[2]", "missing-parts", 2, None),
        ('[2,"a"]', "missing-parts", 6, "a"),
        ('[1,"a","Heartbeat",{}]', "message-type", 1, "a"),
        ('[7,"a",{}]', "message-type", 1, "a"),
        ('["2","a","Heartbeat",{}]', "message-type", 1, "a"),
        ('[2.0,"a","Heartbeat",{}]', "message-type", 1, "a"),
        ('[true,"a","Heartbeat",{}]', "message-type", 1, "a"),
        ('[[2],"a","Heartbeat",{}]', "message-type", 1, "a"),
        ('[ -1, 5, "Heartbeat"]', "message-type", 2, "5"),
        ('[2,null,"Heartbeat",{}]', "bad-id", 3, None),
        ('[2,{},"Heartbeat",{}]', "bad-id", 3, None),
        ('[2,1.5,"Heartbeat",{}]', "bad-id", 3, None),
        ('[2,"a",{},{}]', "bad-action", 7, "a"),
        ('[6,"a",null,{}]', "bad-action", 7, "a"),
    ],
)
def test_a_malformed_frame_is_kept_whole_with_its_defect(
    raw: str, defect: str, position: int, message_id: str | None
) -> None:
    """Nothing that arrives is lost, and the user reads where it goes wrong."""
    found = malformed_of(raw)
    assert (found.raw, found.defect.name, found.defect.position, found.id) == (raw, defect, position, message_id)
    assert found.defect.text


def test_invalid_utf8_is_kept_as_bytes() -> None:
    raw = b'[2,"a","Heartbeat",{"x":"\xff\xfe"}]'
    found = malformed_of(raw)
    assert found.raw == raw
    assert (found.defect.name, found.defect.position) == ("not-utf8", 25)


def test_positions_count_the_byte_order_mark() -> None:
    assert malformed_of('\ufeff[2,"a",x]').defect.position == 8


# Hostile input


HUGE = 20_000_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda: '[2,"a","X",{"v":"' + "x" * HUGE + '"}]', id="one long string"),
        pytest.param(
            lambda: '[2,"a","X",{"v":"' + "x" * HUGE + '",' + '"k":1,' * 50_000 + '"k":1}]', id="one key many times"
        ),
        pytest.param(lambda: '[2,"a","X",{"v":"' + '\\" ' * (HUGE // 3) + '"}]', id="escaped quotes"),
    ],
)
@pytest.mark.timeout(60)
def test_a_frame_of_20_megabytes_is_read(text: Callable[[], str]) -> None:
    """The tool neither hangs nor loses it."""
    raw = text()
    frame = frame_of(raw)
    assert frame.raw == raw
    assert len(frame.payload_text) > HUGE - 100
    assert len(frame.defects) <= MAX_DUPLICATES


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda: '[2,"a","X",{"v":[' + "1," * (HUGE // 2) + "1]}]", id="ten million numbers"),
        pytest.param(lambda: '[2,"a","X",{' + '"k":1,' * (HUGE // 6) + '"k":1}]', id="one key three million times"),
        pytest.param(
            lambda: '[2,"a","X",{' + ",".join(f'"{n}":1,"{n}":2' for n in range(HUGE // 20)) + "}]",
            id="many repeated keys",
        ),
        pytest.param(lambda: "[" * HUGE, id="opening brackets"),
        pytest.param(lambda: '[2,"a","X",' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "]", id="deep objects"),
        pytest.param(lambda: "[" * 600 + "]" * 600, id="a type that is deep"),
        pytest.param(lambda: '[2,"a","X",{"v":"' + "x" * HUGE, id="cut off"),
        pytest.param(lambda: "x" * HUGE, id="no JSON"),
        pytest.param(lambda: '[2,"a","X",{"v":1' + "0" * 10_000 + "}]", id="a number of ten thousand digits"),
        pytest.param(lambda: "[2,1" + "0" * 10_000 + ',"X",{}]', id="an id of ten thousand digits"),
        pytest.param(lambda: '[2,"a","X",{"v":1' + "0" * 10_000 + ",}]", id="a wrong frame with such a number"),
        pytest.param(lambda: "[" + "[" * 700 + "NaN" + "]" * 700 + "]", id="deep and lenient"),
    ],
)
@pytest.mark.timeout(60)
def test_a_hostile_text_is_kept_and_never_raises(text: Callable[[], str]) -> None:
    raw = text()
    found = parse(raw)
    assert found.raw == raw
    if isinstance(found, Message):
        assert found.id == "a"


def test_ids_and_actions_have_a_limit() -> None:
    """An answer repeats the id of its call: nobody wants to send a megabyte of it."""
    assert malformed_of(f'[2,"{"a" * 10_001}","X",{{}}]').defect.name == "bad-id"
    found = malformed_of(f'[2,"a","{"X" * 10_001}",{{}}]')
    assert (found.defect.name, found.id) == ("bad-action", "a")


@given(st.one_of(st.text(), st.binary(), VALUES, st.builds(lambda t: f"[2,{t}", st.text()), OBJECTS))
def test_parsing_never_raises(raw: str | bytes) -> None:
    found = parse(raw)
    if isinstance(found, Message):
        assert found.raw == (raw.decode() if isinstance(raw, bytes) else raw)
    else:
        assert found.raw in (raw, raw.decode(errors="replace") if isinstance(raw, bytes) else raw)
        assert found.defect.text


@given(
    st.builds(JSON.call, TEXT, TEXT, OBJECTS),
    st.lists(
        st.tuples(
            st.integers(0, 200), st.sampled_from(["", "\x00", '"', "[", "]", "{", "}", ",", "\ud800", "9", "NaN"])
        )
    ),
)
def test_a_damaged_frame_never_raises(raw: str, damage: list[tuple[int, str]]) -> None:
    for position, text in damage:
        raw = raw[:position] + text + raw[position + 1 :]
    found = parse(raw)
    assert found.raw == raw
    if isinstance(found, Message):
        assert isinstance(found.payload_text, str)


# What is built


@given(TEXT, TEXT, OBJECTS)
def test_a_call_comes_back_as_it_was_written(message_id: str, action: str, payload: str) -> None:
    """Key order, number text and Unicode of what the user typed reach the wire unchanged."""
    for build, message_type in ((JSON.call, MessageKind.CALL), (JSON.send, MessageKind.SEND)):
        frame = frame_of(build(message_id, action, payload))
        assert (frame.kind, frame.id, frame.action) == (message_type, message_id, action)
        assert frame.payload_text == payload
        assert frame.payload == json.loads(payload)
        assert frame.id_text == quote(message_id)


@given(TEXT, OBJECTS)
def test_a_result_comes_back_as_it_was_written(message_id: str, payload: str) -> None:
    frame = frame_of(JSON.result(message_id, payload))
    assert (frame.kind, frame.id, frame.payload_text) == (MessageKind.CALLRESULT, message_id, payload)


@given(TEXT, TEXT, TEXT, OBJECTS)
def test_an_error_comes_back_as_it_was_written(message_id: str, code: str, description: str, details: str) -> None:
    for build in (JSON.error, JSON.result_error):
        frame = frame_of(build(message_id, code, description, details))
        assert (frame.id, frame.error_code, frame.error_description) == (message_id, code, description)
        assert frame.payload_text == details


@given(SPACES, TEXT, OBJECTS)
def test_the_payload_text_is_cut_out_verbatim(space: str, message_id: str, payload: str) -> None:
    raw = f'{space}[{space}2{space},{quote(message_id)}{space},"X",{space}{payload}{space}]{space}'
    assert frame_of(raw).payload_text == payload


def test_the_payload_is_cut_out_of_a_frame_of_another_length_too() -> None:
    assert frame_of('[2,"a","X",{"b":1},2]').payload_text == '{"b":1}'
    assert frame_of('\ufeff[3,7,{"b":[1]} ]\n').payload_text == '{"b":[1]}'
    assert frame_of('[4,"a",5,{"c":1},{"b":"]"}]').payload_text == '{"b":"]"}'


def test_the_text_of_a_missing_payload_is_an_empty_object() -> None:
    """Editing such a frame starts with something that can be sent."""
    assert frame_of('[2,"a","Heartbeat"]').payload_text == "{}"
    assert frame_of('[4,"a","GenericError"]').payload_text == "{}"


def test_umlauts_are_not_escaped_and_lone_surrogates_are() -> None:
    assert quote("Zähler") == '"Zähler"'
    assert quote("\ud800") == '"\\ud800"'
