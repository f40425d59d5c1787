"""Recordings for the tests of replay."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.timeline.record import ConnectionEvent
from tests.replay.tape import Tape


@pytest.fixture
def tape(tmp_path: Path) -> Tape:
    return Tape(tmp_path / "recorded.jsonl")


@pytest.fixture
def charge(tape: Tape) -> Tape:
    """A charge in OCPP 1.6 that includes a call of the central system and a Heartbeat."""
    tape.event(ConnectionEvent.OPENED)
    tape.up('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
    tape.down('[3,"1",{"status":"Accepted","currentTime":"2026-09-21T00:00:00Z","interval":300}]')
    tape.up(
        '[2,"2","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-09-21T00:00:00Z"}]'
    )
    tape.down('[3,"2",{"transactionId":1001,"idTagInfo":{"status":"Accepted"}}]')
    tape.down('[2,"s1","ChangeAvailability",{"connectorId":1,"type":"Inoperative"}]')
    tape.up('[3,"s1",{"status":"Scheduled"}]')
    tape.up('[2,"3","Heartbeat",{}]')
    tape.down('[3,"3",{"currentTime":"2026-09-21T00:00:09Z"}]')
    tape.down('[2,"s2","RemoteStopTransaction",{"transactionId":1001}]')
    tape.up('[3,"s2",{"status":"Accepted"}]')
    tape.up('[2,"4","StopTransaction",{"transactionId": 1001,"meterStop":2140,"timestamp":"2026-09-21T00:10:00Z"}]')
    tape.down('[3,"4",{"idTagInfo":{"status":"Accepted"}}]')
    return tape
