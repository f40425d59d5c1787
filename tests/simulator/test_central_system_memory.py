"""What outlives a central system's process. If these fail, a restart gives ids twice and forgets who is registered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_system_memory import CentralSystemMemory
from ocpptui.simulator.kept_state import WrongState
from ocpptui.simulator.registrations import RegistrationPlan

NOW = 1_795_341_723_120_000
START = {"connectorId": 1, "idTag": "ABC", "meterStart": 0, "timestamp": "2026-11-22T10:02:03Z"}


def test_the_next_process_knows_all_of_it() -> None:
    settings = CentralSystemSettings(registration=RegistrationPlan("Pending", 1))
    first = CentralSystemMemory(settings)
    assert first.transactions.number("CP1", START) == 1
    first.transactions.begin("CP1", "1", "ABC", 1)
    first.registrations.booted("CP1")
    first.note_serial("CP1", {"chargePointSerialNumber": "SN-1"})
    first.note_serial("CP2", {"chargingStation": {"serialNumber": "SN-2"}})
    first.note_serial("CP3", {})
    second = CentralSystemMemory(settings)
    second.restore(json.loads(json.dumps(first.kept_state(NOW))), NOW)
    assert second.transactions.number("CP1", START) == 1
    assert second.transactions.number("CP2", START) == 2
    assert second.transactions.uses("abc", besides=("", ""))
    assert second.registrations.status("CP1") == "Pending"
    assert second.names_of("CP1") == {"CP1", "SN-1"}
    assert second.names_of("CP2") == {"CP2", "SN-2"}
    assert second.names_of("CP3") == {"CP3"}
    assert second.kept_state(NOW) != first.kept_state(NOW), "one more transaction"


@pytest.mark.parametrize("state", [None, [], {}, {"format": 1, "ocppVersion": "1.6"}, {"format": "central system 2"}])
def test_another_state_is_refused(state: Any) -> None:
    with pytest.raises(WrongState, match="not the state of a central system"):
        CentralSystemMemory().restore(state, NOW)
