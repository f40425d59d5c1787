"""The central system. If these fail, a charge point on the bench is not served, or not as its maker expects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour, TransactionNumbers
from ocpptui.simulator.effects import SendAnswer, SendError, SendResultError

NOW = 1_795_341_723_120_000
TIME = "2026-11-22T10:02:03Z"
MakeCall = Callable[..., Message]


def answer(behaviour: CentralSystemBehaviour, frame: Message) -> dict[str, Any]:
    (effect,) = behaviour.received(frame, frame.action or "", NOW)
    assert isinstance(effect, SendAnswer)
    assert effect.call is frame
    return effect.payload


def boot(version: Version) -> dict[str, Any]:
    if version is Version.V16:
        return {"chargePointVendor": "v", "chargePointModel": "m"}
    return {"reason": "PowerUp", "chargingStation": {"model": "m", "vendorName": "v"}}


def start(**changes: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "ABC", "meterStart": 0, "timestamp": TIME, **changes}


def test_every_call_of_a_charge_point_gets_one_valid_answer(version: Version) -> None:
    behaviour = CentralSystemBehaviour(version)
    assert behaviour.opened(NOW) == []
    for action in catalog.actions(version, Role.CHARGE_POINT):
        tree = field_tree(version, action.name, Part.REQUEST)
        assert tree is not None
        for payload in (smallest(tree), complete_example(tree)):
            text = (JSON.send if action.is_send else JSON.call)("m1", action.name, json.dumps(payload))
            frame = parse(text)
            assert isinstance(frame, Message)
            effects = behaviour.received(frame, action.name, NOW)
            if action.is_send:
                assert effects == []
                continue
            (effect,) = effects
            assert isinstance(effect, SendAnswer)
            assert violations(version, action.name, Part.RESPONSE, effect.payload) == ()
    assert behaviour.wakeup() is None


@pytest.mark.parametrize("status", ["Accepted", "Pending", "Rejected"])
def test_the_registration_is_answered_as_configured(version: Version, status: str, call: MakeCall) -> None:
    behaviour = CentralSystemBehaviour(version, CentralSystemSettings(registration=status, interval=77))
    payload = answer(behaviour, call("BootNotification", boot(version)))
    assert (payload["status"], payload["interval"]) == (status, 77)
    assert payload["currentTime"] == "2026-11-22T10:02:03.120Z"


def test_status_before_the_registration_is_answered_unless_it_is_required(version: Version, call: MakeCall) -> None:
    early = call("Heartbeat")
    assert "currentTime" in answer(CentralSystemBehaviour(version), early)
    strict = CentralSystemBehaviour(version, CentralSystemSettings(require_boot=True))
    (refused,) = strict.received(early, "Heartbeat", NOW)
    assert isinstance(refused, SendError)
    assert refused.code == "SecurityError"
    answer(strict, call("BootNotification", boot(version)))
    assert "currentTime" in answer(strict, early)


def test_required_registration_must_be_accepted(call: MakeCall) -> None:
    settings = CentralSystemSettings(require_boot=True, registration="Pending")
    behaviour = CentralSystemBehaviour(Version.V201, settings)
    answer(behaviour, call("BootNotification", boot(Version.V201)))
    (refused,) = behaviour.received(call("Heartbeat"), "Heartbeat", NOW)
    assert isinstance(refused, SendError)


def test_a_repeated_start_gets_the_same_number_and_a_different_one_a_new_number(call: MakeCall) -> None:
    """A station that missed the answer sends the same StartTransaction again."""
    behaviour = CentralSystemBehaviour(Version.V16)
    first = answer(behaviour, call("StartTransaction", start()))
    again = answer(behaviour, call("StartTransaction", start(), "m2"))
    other = answer(behaviour, call("StartTransaction", start(connectorId=2)))
    assert first["transactionId"] == again["transactionId"] > 0
    assert other["transactionId"] != first["transactionId"]


def test_numbers_are_unique_among_all_charge_points_of_a_session(call: MakeCall) -> None:
    numbers = TransactionNumbers()
    given = [
        answer(
            CentralSystemBehaviour(Version.V16, numbers=numbers, charge_point=name),
            call("StartTransaction", start()),
        )["transactionId"]
        for name in ("CP001", "CP002", "CP001")
    ]
    assert given == [1, 2, 1]


def test_only_a_limited_number_of_transactions_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load test that runs for days would fill the memory."""
    monkeypatch.setattr("ocpptui.simulator.central_system_behaviour.MAX_REMEMBERED", 3)
    numbers = TransactionNumbers()
    given = [numbers.of("CP", start(meterStart=meter)) for meter in (1, 2, 3, 4, 4, 1)]
    assert given == [1, 2, 3, 4, 4, 5]


def test_tokens_have_their_configured_status_in_any_case(call: MakeCall) -> None:
    settings = CentralSystemSettings(tokens={"Bad1": "Blocked"})
    old = CentralSystemBehaviour(Version.V16, settings)
    assert answer(old, call("Authorize", {"idTag": "BAD1"})) == {"idTagInfo": {"status": "Blocked"}}
    assert answer(old, call("Authorize", {"idTag": "good"})) == {"idTagInfo": {"status": "Accepted"}}
    assert answer(old, call("StartTransaction", start(idTag="bad1")))["idTagInfo"] == {"status": "Blocked"}
    new = CentralSystemBehaviour(Version.V201, settings)
    token = {"idToken": {"idToken": "bad1", "type": "ISO14443"}}
    assert answer(new, call("Authorize", token)) == {"idTokenInfo": {"status": "Blocked"}}


def test_a_nonsensical_transaction_of_1_6_is_answered_anyway(call: MakeCall) -> None:
    """Without an answer the station would repeat it (sections 4.7, 4.8, 4.10)."""
    behaviour = CentralSystemBehaviour(Version.V16)
    assert answer(behaviour, call("StartTransaction", {"connectorId": -7, "timestamp": "never"}))["transactionId"] > 0
    unknown = {"transactionId": -1, "meterStop": 0, "timestamp": TIME}
    assert answer(behaviour, call("StopTransaction", unknown)) == {}
    assert answer(behaviour, call("MeterValues", {"connectorId": "one"})) == {}


def test_invalid_calls_are_refused_and_nothing_else_is_sent(call: MakeCall) -> None:
    behaviour = CentralSystemBehaviour(Version.V16)
    for frame, code in [
        (call("Bogus"), "NotImplemented"),
        (call("ClearCache"), "NotSupported"),
        (call("Authorize", {"idTag": None}), "TypeConstraintViolation"),
    ]:
        (effect,) = behaviour.received(frame, frame.action or "", NOW)
        assert isinstance(effect, SendError)
        assert effect.code == code


def test_an_invalid_result_is_refused_in_2_1_only(version: Version) -> None:
    wrong = parse('[3,"m1",{"status":"Perhaps"}]')
    assert isinstance(wrong, Message)
    behaviour = CentralSystemBehaviour(version)
    effects = behaviour.answered("ClearCache", {}, wrong, NOW)
    assert [type(effect) for effect in effects] == ([SendResultError] if version is Version.V21 else [])
    assert behaviour.answered("ClearCache", {}, None, NOW) == []
