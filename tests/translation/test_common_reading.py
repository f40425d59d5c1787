"""What knows 2.0.1 reads and writes 2.0 through it: state, figures and commands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocpptui.compose.continued_transaction import continued
from ocpptui.describe.payload_summary import of_call
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.remote_control.asker import RemoteCall
from ocpptui.remote_control.circumstances import Circumstances
from ocpptui.remote_control.command_calls import planned_call
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.tracker import StationTracker
from ocpptui.translation.common_reading import commonly_read, commonly_written
from tests.kit.talk import Talk

V20 = Version.V20
EVENT: dict[str, Any] = {
    "eventType": "Started", "timestamp": "2026-01-01T00:00:00Z", "triggerReason": "Authorized", "seqNo": 0,
    "transactionData": {"id": "T1", "chargingState": "Charging"}, "evse": {"id": 1, "connectorId": 1},
}  # fmt: skip


def test_only_the_withdrawn_version_is_read_and_written_so() -> None:
    newer = commonly_read(V20, "TransactionEvent", Part.REQUEST, EVENT)
    assert newer["transactionInfo"] == {"transactionId": "T1", "chargingState": "Charging"}
    assert commonly_written(V20, "TransactionEvent", newer) == ("TransactionEvent", EVENT)
    assert commonly_written(V20, "Reset", {"type": "Immediate", "evseId": 1}) is None
    for version in (None, *Version):
        if version is not V20:
            assert commonly_read(version, "TransactionEvent", Part.REQUEST, EVENT) is EVENT
    assert commonly_read(V20, "TransactionEvent", Part.REQUEST, [3]) == [3]
    assert commonly_read(V20, "NoSuchAction", Part.REQUEST, {"a": 1}) == {"a": 1}


def test_a_charge_of_2_0_is_in_the_state_of_its_charge_point() -> None:
    """The panel would show no transaction, and nobody could stop it."""
    talk = Talk()
    call = talk.call("TransactionEvent", json.dumps(EVENT), version=V20)
    talk.answer(call, version=V20)
    tracker = StationTracker()
    assert tracker.advance(talk.timeline, 60)
    (state,) = tracker.values()
    assert [(one.id, one.evse, one.state) for one in state.running] == [("T1", 1, "Charging")]
    following = continued(V20, "TransactionEvent", state, 0, "new")
    assert following["transactionData"]["id"] == "T1"
    assert "tx T1" in of_call("TransactionEvent", EVENT)


@pytest.mark.parametrize(
    ("command", "answers", "payload"),
    [
        ("availability", {"connector": "0", "kind": "Inoperative"}, {"operationalStatus": "Inoperative", "evseId": 0}),
        ("reset", {"kind": "Immediate", "connector": "0"}, {"type": "Immediate"}),
    ],
)
def test_a_command_is_a_call_of_2_0(command: str, answers: dict[str, str], payload: dict[str, Any]) -> None:
    """The charge point would refuse what it does not know."""
    case = Circumstances(V20, ChargePointState("CP1"), 0, given=answers)
    call = planned_call(command, case)
    assert isinstance(call, RemoteCall), call
    assert call.payload == payload
    assert violations(V20, call.action, Part.REQUEST, call.payload) == ()
