"""The code that a driver types in is a secret, and no recording has it (OCPP 2.0.1 Part 2 C04.FR.04)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record, message_record

Token = dict[str, Any]
PLACES: dict[str, Callable[[Token], list[Any]]] = {
    "Authorize": lambda token: [2, "1", "Authorize", {"idToken": token}],
    "TransactionEvent": lambda token: [2, "1", "TransactionEvent", {"eventType": "Started", "idToken": token}],
    "RequestStartTransaction": lambda token: [
        2,
        "1",
        "RequestStartTransaction",
        {"idToken": token, "remoteStartId": 1},
    ],
    "group of a reservation": lambda token: [2, "1", "ReserveNow", {"id": 1, "groupIdToken": token}],
    "local list": lambda token: [2, "1", "SendLocalList", {"localAuthorizationList": [{"idToken": token}] * 2}],
    "answer": lambda token: [3, "1", {"idTokenInfo": {"status": "Accepted", "groupIdToken": token}}],
    "text of a vendor": lambda token: [2, "1", "DataTransfer", {"vendorId": "A", "data": json.dumps({"t": token})}],
}
_CODES = st.text("0123456789#*ABCD", min_size=4, max_size=12).filter(lambda code: code.strip("*"))
_VERSIONS = st.sampled_from([Version.V201, Version.V21])


def _masked(raw: str, version: Version = Version.V201) -> Record:
    record = message_record(raw, time=0, connection=1, direction=Direction.TO_CSMS, charge_point="X", version=version)
    return Masking().masked(record)


@given(st.sampled_from(sorted(PLACES)), _CODES, _VERSIONS, st.booleans(), st.booleans())
def test_a_key_code_is_masked_wherever_it_is(
    place: str, code: str, version: Version, type_first: bool, more: bool
) -> None:
    """Who gets the recording could charge at the expense of the driver."""
    token: Token = {"idToken": f"q{code}q", "type": "KeyCode"}
    if type_first:
        token = dict(reversed(token.items()))
    if more:
        token = {"additionalInfo": [{"additionalIdToken": "other", "type": "x"}], **token}
    masked = _masked(json.dumps(PLACES[place](token)), version)
    assert f"q{code}q".encode() not in to_line(masked)
    assert masked.masked and "other" * more in str(masked.raw)
    assert not isinstance(parse(str(masked.raw)), Malformed)
    assert _masked(str(masked.raw), version).raw == masked.raw


@given(st.sampled_from(sorted(PLACES)), st.sampled_from(["ISO14443", "Central", "eMAID", "Local"]))
def test_other_tokens_stay(place: str, kind: str) -> None:
    """Nobody could see which card was refused."""
    raw = json.dumps(PLACES[place]({"idToken": "04A1B2C3", "type": kind}))
    assert _masked(raw).raw == raw


@pytest.mark.parametrize("written", ['"KeyCode"', '"\\u004beyCode"', '"KeyCode"}}', '"KeyCode"}},'])
def test_it_is_masked_in_a_message_that_cannot_be_read(written: str) -> None:
    """One that was cut, or whose type has an escape."""
    masked = _masked(f'[2,"1","Authorize",{{"idToken":{{"idToken":"q1234q","type":{written}')
    assert "q1234q" not in str(masked.raw)


def test_a_code_that_is_too_long_stays_too_long() -> None:
    """The violation of the schema would be gone from the recording."""
    raw = json.dumps(PLACES["Authorize"]({"idToken": "7" * 40, "type": "KeyCode"}))
    assert json.loads(str(_masked(raw).raw))[3]["idToken"]["idToken"] == "*" * 40
