"""What a command is for, by the record under the cursor. If these fail, the wrong connector is unlocked."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.remote_control.circumstances import ConnectorPlace
from ocpptui.remote_control.pointed_place import pointed_at
from ocpptui.stations.state import ChargePointState


def known() -> ChargePointState:
    """A running transaction at connector 2, one that has ended at EVSE 1."""
    state = ChargePointState("CP001")
    running, ended = state.transaction("17"), state.transaction("ended")
    running.connector, ended.evse, ended.connector, ended.stopped = 2, 1, 1, 1
    return state


@pytest.mark.parametrize(
    ("payloads", "place", "transaction"),
    [
        ([{"connectorId": 1, "status": "Available"}], ConnectorPlace(0, 1), ""),
        ([{"connectorId": 0, "status": "Available"}], None, ""),
        ([{"evseId": 2, "connectorId": 1}], ConnectorPlace(2, 1), ""),
        ([{"evse": {"id": 3}}], ConnectorPlace(3, 0), ""),
        ([{"transactionId": 17}], ConnectorPlace(0, 2), "17"),
        ([{}, {"connectorId": 1}], ConnectorPlace(0, 1), ""),
        ([{"transactionId": 99, "idTagInfo": {}}, {"connectorId": 1}], ConnectorPlace(0, 1), "99"),
        ([{"transactionInfo": {"transactionId": "ended"}}], ConnectorPlace(1, 1), ""),
        ([{"connectorId": "1"}], None, ""),
        ([{"connectorId": -1}, {"evse": []}, None, "text", [1]], None, ""),
        ([], None, ""),
    ],
)
def test_the_connector_and_the_open_transaction(
    payloads: list[Any], place: ConnectorPlace | None, transaction: str
) -> None:
    assert pointed_at(payloads, known()) == (place, transaction)
