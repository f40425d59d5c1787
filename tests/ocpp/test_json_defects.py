"""What is wrong with the JSON of a frame: the user reads it by name, and a text of too many values is not read."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.ocpp.json_defects import MAX_DEPTH, why_not_json
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.plain_payloads import plain_payload
from tests.jsontext.json_texts import SPACES, STRINGS, VALUES
from tests.ocpp.parsed_frames import defect_names, frame_of, malformed_of


@pytest.mark.parametrize("literal", ["1e400", '"\\ud800"'])
def test_lenient_json_is_read_and_named(literal: str) -> None:
    """A charge point that sends it is debugged, not disconnected."""
    frame = frame_of(f'[3,"a",{{"value":{literal}}}]')
    assert defect_names(frame) == ["lenient-json"]
    assert "value" in frame.payload


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("before", ["", "NaN ", '\\"Infinity'])
def test_what_is_not_a_number_of_json_makes_the_frame_malformed(literal: str, before: str) -> None:
    """Other programs refuse such a frame; the user must see it as it is, with the place of the mistake."""
    raw = f'[2,"a","MeterValues",{{"note":"{before}","value":{literal}}}]'
    found = malformed_of(raw)
    assert (found.raw, found.defect.name, found.id, found.may_be_call) == (raw, "not-json", "a", True)
    assert found.defect.position == raw.index(f":{literal}") + 1
    assert literal in found.defect.text
    assert plain_payload(raw) is None


def test_a_repeated_key_is_named() -> None:
    frame = frame_of('[2,"a","Authorize",{"idTag":"A","x":{"k":1,"k":2},"idTag":"B"}]')
    assert sorted(d.text for d in frame.defects) == [
        'the key "idTag" appears more than once in one object',
        'the key "k" appears more than once in one object',
    ]
    assert frame.payload["idTag"] == "B"


@given(st.lists(st.tuples(STRINGS, VALUES), max_size=5), SPACES)
@example([('"a"', '"\\u0022:"'), ('"a"', "1")], "")
@example([('"a"', "1"), ('"a"', "2")], " ")
@example([('"a\\":"', "1"), ('"b"', "2")], "")
@example([('"a"', "1"), ('"\\u0061"', "2")], "")
def test_keys_are_called_repeated_exactly_when_they_are(pairs: list[tuple[str, str]], space: str) -> None:
    """The cheap test before the exact one never hides a repeated key."""
    body = ",".join(f"{key}{space}:{space}{value}" for key, value in pairs)
    keys = [json.loads(key) for key, _ in pairs]
    assert ("duplicate-key" in defect_names(frame_of(f'[3,"a",{{{body}}}]'))) == (len(set(keys)) < len(keys))


def test_nesting_has_a_limit() -> None:
    """Whatever reads a payload later may recurse."""

    def nested(levels: int, core: str) -> str:
        return '[2,"a","X",{"v":' + "[" * (levels - 2) + core + "]" * (levels - 2) + "}]"

    for core in ("1", "1e400"):
        assert isinstance(parse(nested(MAX_DEPTH, core)), Message)
        found = malformed_of(nested(MAX_DEPTH + 1, core))
        assert (found.defect.name, found.id) == ("too-deep", "a")


@pytest.mark.parametrize(
    "values", [",".join(["[]"] * 130_000), ",".join(["1"] * 130_000), '"",' * 130_000 + '""', "[1,{}]," * 50_000 + "1"]
)
def test_values_have_a_limit(values: str) -> None:
    """As objects they would take twenty times the memory of the text."""
    found = malformed_of(f'[2,"a","X",{{"v":[{values}{values}]}}]')
    assert (found.defect.name, found.id, found.may_be_call) == ("too-many-values", "a", True)
    assert plain_payload(found.raw) is None
    assert not malformed_of(f'[3,"a",{{"v":[{values}{values}]}}]').may_be_call


@pytest.mark.parametrize("sign", [",", "[", "{", '\\"', "1,2:[{"])
def test_what_is_in_a_string_is_not_a_value(sign: str) -> None:
    """A log or a certificate in a DataTransfer may be as long as it likes."""
    assert isinstance(parse(f'[2,"a","X",{{"v":"{sign * 300_000}"}}]'), Message)


@given(
    st.sampled_from(("Authorize", "NoSuchAction")),
    STRINGS,
    st.sampled_from(('{"a":1 "b":2}]', "{'a':1}]", '{"a":', '{"a":NaN}]', "{]", "")),
)
def test_the_action_of_a_call_that_cannot_be_read_is_legible(action: str, message_id: str, rest: str) -> None:
    """The answer to it would not show what it answers."""
    assert malformed_of(f'[2, {message_id} , "{action}" , {rest}').action == action
    assert not malformed_of(f'[3,{message_id},"{action}",{rest}').action


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1,', "the text ends inside the JSON after 8 characters"),
        ('{"a": "x', "the text ends inside the JSON after 8 characters"),
        ('{"a": 1 ...', 'a part of the JSON is left out at "..."'),
        ('{"a": 1} x', "more text follows the JSON at position 9"),
        ("{'a': 1}", "not valid JSON: expecting property name enclosed in double quotes at position 1"),
        ('{"a": NaN}', "not valid JSON: NaN at position 6 is not a number of JSON"),
        ('{"a": "\x01"}', "an unescaped control character U+0001 at position 7"),
        ('{"a": "\\ud800"}', "not strict JSON: a lone surrogate or a number out of range"),
        ("[" * 100_000, "more than 254 levels of nesting"),
        ("", "the JSON is empty"),
    ],
)
def test_json_within_a_frame_is_not_called_a_frame(text: str, words: str) -> None:
    """Who reads that "the frame" ends looks for the fault in the message, which is complete."""
    assert why_not_json(text) == words


@given(st.text(alphabet='{}[]",:1a\\ .\u2026\x00'))
def test_whatever_a_decoder_refuses_has_a_reason(text: str) -> None:
    assert "frame" not in why_not_json(text) and "message" not in why_not_json(text)
