"""Frames as programs print their own values, and JSON with a mistake in it, which is not such a notation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocpptui.importing.texts.printed_notation import json_of_message, json_of_printed
from tests.importing.frames import FRAMES, compact
from tests.importing.reading import read


@given(frame=FRAMES)
def test_what_python_prints_is_translated(frame: list[Any]) -> None:
    """A print() in a backend would be a row of malformed frames."""
    text = repr(frame)
    assume('"' not in text or "'" in text.replace("\\'", ""))
    translated = json_of_printed(text)
    assert translated is not None and json.loads(translated) == frame


@given(frame=FRAMES)
def test_a_message_that_the_library_ocpp_prints_is_translated(frame: list[Any]) -> None:
    """The errors of a backend in Python would be malformed frames."""
    kind, message_id, *rest = frame
    assume(kind in (2, 3, 4) and type(rest[-1]) is dict and rest[-1] and re.fullmatch(r"[^,\n]+", message_id))
    if kind == 4:
        assume("," not in rest[1] and "\n" not in rest[1])
        said = f"error_code={rest[0]}, error_description={rest[1]}, error_details={rest[2]}"
    else:
        said = f"action={rest[0] if kind == 2 else 'Reset'}, payload={rest[-1]}"
    name = {2: "Call", 3: "CallResult", 4: "CallError"}[kind]
    translated = json_of_message(f"<{name} - unique_id={message_id}, {said}>")
    assert translated is not None and json.loads(translated) == frame


@pytest.mark.parametrize(
    "text",
    [
        "[ 2, 'a', 'Reset', { type: 'Hard', delay: -5 } ]",
        "[ 3, 'a', { info: \"it's\", vendor: undefined, list: [Array] } ]",
        "[3, 'a', {'idTagInfo': {'status': 'Accepted', 'parentIdTag': None}}]",
        "[4, 'a', 'GenericError', '', {}]",
    ],
)
def test_a_frame_wholly_in_a_printed_notation_is_translated(text: str) -> None:
    assert json_of_printed(text) is not None


WRONG = (
    '[2,"a","BootNotification",{"chargePointVendor":"V",}]',
    '[2,"a","Heartbeat",{}, ]',
    "[2,'a',\"Heartbeat\",{}]",
    '[2,"a","Reset",{type:"Hard"}]',
    '[2,"a","Reset",{\'type\':"Hard"}]',
    "[2,'a','StartTransaction',{'meterStart':+5}]",
    "[2,'a','StartTransaction',{'meterStart':05}]",
    "[2,'a','StartTransaction',{'meterStart':0x10}]",
    "[2,'a','StartTransaction',{'meterStart':1.}]",
    "[2,'a','StartTransaction',{'meterStart':.5}]",
    "[2,'a','DataTransfer',{'data':None,'other':null}]",
    "[2,'a','DataTransfer',{'data':b'bytes'}]",
    "[2,'a','DataTransfer',{'data':('x','y')}]",
    "[2,'a','DataTransfer',{'data':'x',}]",
    "[2,'a','DataTransfer',{'data':NoError}]",
    '[2,"a","DataTransfer",{"data":None}]',
    '[2,"a","DataTransfer",{"data":"it\\\'s"}]',
    "[7,'a','Heartbeat',{}]",
    "[2,'a','Heartbeat',{}",
    "",
)


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_never_mended(text: str) -> None:
    """The mistake that a user looks for would be gone from the debugger."""
    assert json_of_printed(text) is None


MISTAKES = (",}", ",]", "+1", "0x1F", "01", "1.", ".5", "None", "True", "undefined", "'x'", "NoError", "{a:1}", "“x”")


@given(frame=FRAMES, mistake=st.sampled_from(MISTAKES), place=st.integers(0, 200))
def test_json_with_a_mistake_anywhere_is_not_a_printed_notation(frame: list[Any], mistake: str, place: int) -> None:
    text = compact(frame)
    place = 1 + place % (len(text) - 1)
    wrong = text[:place] + mistake + text[place:]
    assert '"' not in wrong or json_of_printed(wrong) is None


@given(st.text("[]{},:'\"`ab 1-.None\\\n", max_size=60))
def test_any_text_is_read_without_raising(text: str) -> None:
    translated = json_of_printed(text)
    assert translated is None or type(json.loads(translated)) is list


@given(frame=FRAMES)
def test_a_message_with_its_payload_as_json_is_as_it_was(frame: list[Any]) -> None:
    """It would be a malformed frame, and its answer of no call."""
    payload = compact(frame[-1])
    kind = {2: "", 3: "Result", 4: "Error"}.get(frame[0])
    assume(kind is not None and frame[-1] and all(type(part) is str and part.isalnum() for part in frame[1:-1]))
    assume(all(part.isascii() for part in frame[1:-1]))
    named = {
        "": f"action={frame[2]}, payload=",
        "Result": "action=Reset, payload=",
        "Error": f"error_code={frame[2]}, error_description={frame[3] if frame[0] == 4 else ''}, error_details=",
    }[kind or ""]
    translated = json_of_message(f"<Call{kind} - unique_id={frame[1]}, {named}{payload}>")
    assert translated is not None and json.loads(translated) == frame
    assert translated.endswith(f",{payload}]")


@pytest.mark.parametrize("payload", ['{"a":1,}', "{a: 1,}", '{"a" 1}'])
def test_a_message_with_a_payload_that_is_neither_is_left_as_it_is(payload: str) -> None:
    """A defect of what was on the wire would be mended."""
    assert json_of_message(f"<Call - unique_id=1, action=Reset, payload={payload}>") is None


def as_map(value: object, opening: str, arrow: str) -> str:
    """A value as Ruby or Elixir prints it."""
    if isinstance(value, dict):
        pairs = (f"{as_map(key, opening, arrow)}{arrow}{as_map(inner, opening, arrow)}" for key, inner in value.items())
        return f"{opening}{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(as_map(inner, opening, arrow) for inner in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("#", "\\#").replace("\\u001b", "\\e")
    return "nil" if value is None else json.dumps(value)


AT_NINE = "2026-03-01T09:00:00Z"
RUBY, ELIXIR = ("{", "=>"), ("%{", " => ")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def with_symbols(value: object, opening: str) -> str:
    """A value as Ruby prints it with symbols for keys, and Elixir with atoms."""
    if isinstance(value, dict):
        arrow = " => " if opening == "%{" else "=>"
        pairs = list[str]()
        for key, inner in value.items():
            written = as_map(key, opening, arrow)
            if opening == "{":
                pairs.append(f":{key if NAME.fullmatch(key) else written}=>{with_symbols(inner, opening)}")
            elif NAME.fullmatch(key):
                pairs.append(f"{key}: {with_symbols(inner, opening)}")
            else:
                pairs.append(f"{written} => {with_symbols(inner, opening)}")
        return f"{opening}{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(with_symbols(inner, opening) for inner in value)}]"
    return as_map(value, opening, "=>")


@pytest.mark.parametrize("opening", ["{", "%{"])
@given(frame=FRAMES)
def test_keys_may_be_symbols_of_ruby_or_atoms_of_elixir(opening: str, frame: list[Any]) -> None:
    """Each call in the log of a backend that parses JSON into symbols would be a malformed frame."""
    text = with_symbols(frame, opening)
    assume("=>" in text or "%{" in text)
    translated = json_of_printed(text)
    assert translated is not None and json.loads(translated) == frame


@pytest.mark.parametrize("notation", [RUBY, ("{", " => "), ELIXIR])
@given(frame=FRAMES)
def test_hashes_of_ruby_and_maps_of_elixir_are_translated(notation: tuple[str, str], frame: list[Any]) -> None:
    """Each call in the log of a backend in Ruby or Elixir would be a malformed frame."""
    text = as_map(frame, *notation)
    assume("=>" in text or "%{" in text)
    translated = json_of_printed(text)
    assert translated is not None and json.loads(translated) == frame


@pytest.mark.parametrize(
    "text",
    [
        '[2, "a", "Reset", {"type"=>"Hard",}]',
        '[2, "a", "Reset", {"type"=>"Hard", "delay":5}]',
        '[2, "a", "Reset", {"type"=>null}]',
        '[2, "a", "Reset", {type: "Hard"}]',
        '[2, "a", "Reset", {type: "Hard", :delay=>5}]',
        '[2, "a", "Reset", {:type:"Hard", "delay"=>5}]',
        '[2, "a", "Reset", {: type=>"Hard"}]',
        '[2, "a", "Reset", %{type:"Hard"}]',
        '[2, "a", "Reset", %{"type": "Hard"}]',
        '[2, "a", "Reset", {"type"=>None}]',
        "[2, 'a', 'Reset', {'type'=>'Hard'}]",
        '[2, "a", "Reset", {"type"=>05}]',
        '[2, "a", "Reset", {"type"=>nil} => 1]',
        '[2, "a", "Reset", %{"type" => "Hard", "more" => {"a" => 1}}]',
        '[2, "a", "Reset", {"type"=>"Hard"}',
        '[2, "a", "Reset", {"type"=>Hard}]',
        '[9, "a", "Reset", {"type"=>"Hard"}]',
    ],
)
def test_a_mistake_in_a_hash_is_never_mended(text: str) -> None:
    assert json_of_printed(text) is None


@pytest.mark.parametrize("notation", [RUBY, ELIXIR])
def test_a_log_of_hashes_is_read_with_its_payloads(tmp_path: Path, notation: tuple[str, str]) -> None:
    """No call would have its answer, and the times in the calls would not show the zone of the log."""
    boot = as_map([2, "1", "StatusNotification", {"connectorId": 1, "info": None, "timestamp": AT_NINE}], *notation)
    path = tmp_path / "customer.log"
    path.write_text(f'2026-03-01 20:00:00 CP-77 received {boot}\n2026-03-01 20:00:00 CP-77 sent [3,"1",{{}}]\n')
    found = read(path)
    assert found.raws[0] == f'[2,"1","StatusNotification",{{"connectorId":1,"info":null,"timestamp":"{AT_NINE}"}}]'
    assert found.records[0].detail["notation"] == "printed"
    assert found.timeline.other_half(0) == 1
    assert any("UTC+11:00" in sentence for sentence in found.importer.evidence)
