"""The states that rules compare are words of OCPP: with a wrong letter, a rule would stay silent for ever."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.connector_states import OUT_OF_USE, PLUGGED_IN, WITHOUT_TRANSACTION
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version


def _words(version: Version, action: str, *names: str) -> set[str]:
    """The words that a field of a call may have."""
    field = field_tree(version, action, Part.REQUEST)
    for name in names:
        assert field is not None
        field = field.child(name)
    assert field is not None
    return set(field.enum)


@pytest.mark.parametrize("states", (OUT_OF_USE, WITHOUT_TRANSACTION))
def test_the_statuses_are_those_of_both_generations(states: frozenset[str]) -> None:
    assert states < _words(Version.V16, "StatusNotification", "status")
    assert states < _words(Version.V201, "StatusNotification", "connectorStatus")


def test_every_charging_state_but_idle_has_a_vehicle() -> None:
    words = _words(Version.V201, "TransactionEvent", "transactionInfo", "chargingState")
    assert words - PLUGGED_IN == {"Idle"}
