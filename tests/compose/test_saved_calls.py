"""A saved call reads back as it was, and a file by hand is understood or refused with a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.saved_calls import SavedCall, WrongCallFile, saved_call, saved_call_text
from ocpptui.ocpp.version import Version

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, st.text("'\"\\\n\r\t{}x", max_size=20))
def test_a_call_reads_back_as_it_was(action: str, payload: str) -> None:
    call = SavedCall(action.strip() or "Reset", payload or "{}", Version.V201)
    text = saved_call_text(call)
    assert saved_call(text) == call
    assert text.isprintable() or all(letter == "\n" or letter.isprintable() for letter in text if letter < "\x80")


def test_json_of_several_lines_stays_readable() -> None:
    payload = '{\n  "idTag": "${prompt:Card}"\n}'
    assert payload in saved_call_text(SavedCall("Authorize", payload))


def test_a_table_is_a_payload_too() -> None:
    call = saved_call('action = "Reset"\n[payload]\ntype = "Soft"\nlist = [1, 2.5, true, {a = "b"}]\n')
    assert json.loads(call.payload) == {"type": "Soft", "list": [1, 2.5, True, {"a": "b"}]}
    assert saved_call('action = "Heartbeat"').payload == "{}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("action = ", "not valid TOML"),
        ('payload = "{}"', "no action"),
        ("action = 5", "no action"),
        ('action = "Reset"\nversion = "3"', "not an OCPP version"),
        ('action = "Reset"\npayload = 5', "JSON text in quotes, or a table"),
        ('action = "Reset"\n[payload]\nat = 2024-01-01', "date"),
        ('action = "Reset"\n[payload]\nat = inf', "number that JSON"),
        ('action = "Reset"\npayloads = "{}"', "did you mean payload?"),
    ],
)
def test_a_wrong_file_is_a_sentence(text: str, says: str) -> None:
    with pytest.raises(WrongCallFile) as wrong:
        saved_call(text)
    assert says in str(wrong.value)
