"""How faults are reported. If these fail, a backend takes a broken reader for a broken connector."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.station_faults import ERROR_CODES, FAULTS, blocking, error_and_info, event
from tests.simulator.conftest import START


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_makes_valid_messages(version: Version, fault: str) -> None:
    error, info = error_and_info([fault])
    status = messages.status_notification(version, 1, "Faulted", START, error=error, info=info)
    assert not violations(version, status.action, Part.REQUEST, status.payload)
    if version.generation > 1:
        for evse in (0, 2):
            alert = {"eventId": 1, **event(fault, True, evse, START)}
            told = {"generatedAt": date_time(START), "seqNo": 0, "eventData": [alert]}
            assert not violations(version, "NotifyEvent", Part.REQUEST, told)


def test_the_error_codes_are_those_of_the_standard() -> None:
    """1.6 section 7.6, without NoError."""
    assert len(ERROR_CODES) == 15
    assert "NoError" not in ERROR_CODES


def test_what_does_not_stop_a_charge_does_not_block() -> None:
    assert not blocking(["ReaderFailure", "WeakSignal"])
    assert blocking(["WeakSignal", "GroundFailure"])
    assert not blocking([])
