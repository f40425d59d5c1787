"""Each relevant message updates the state, and no message, however odd, does harm."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Transport, Version
from ocpptui.stations.updates import RELEVANT
from tests.stations.station_talk import StationTalk

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([2**70, -1, "Accepted"])
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
EXAMPLES: list[tuple[Version, str, Any, Any]] = [
    (
        version,
        action.name,
        complete_example(request) if (request := field_tree(version, action.name, Part.REQUEST)) is not None else {},
        complete_example(response) if (response := field_tree(version, action.name, Part.RESPONSE)) is not None else {},
    )
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version)
    if action.name in RELEVANT
]


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """The same value with random changes."""
    if draw(st.integers(0, 7)) == 0:
        return draw(ANY_JSON)
    if isinstance(value, dict):
        return {key: draw(spoilt(item)) for key, item in value.items()}
    if isinstance(value, list):
        return [draw(spoilt(item)) for item in value]
    return value


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_updates_never_raise(data: st.DataObject) -> None:
    version, action, request, response = data.draw(st.sampled_from(EXAMPLES))
    talk = StationTalk(data.draw(st.sampled_from([version, None])))
    for _ in range(2):
        talk.call(action, data.draw(spoilt(request) | ANY_JSON), data.draw(spoilt(response) | ANY_JSON))
    known = talk.known
    for name in ("idTag", "transactionId", "connectorId", "evseId", "reservationId", "key", "requestId", ""):
        assert all(isinstance(value, str) for value in known.suggestions(name))
    assert known.running == [one for one in reversed(known.transactions.values()) if one.stopped is None]


# Their updates need an earlier message, or other values than those of the example.
QUIET = {"CancelReservation", "ReservationStatusUpdate", "NotifyEvent", "TriggerMessage", "DeleteCertificate"}


@pytest.mark.parametrize(
    ("version", "action", "call", "result"),
    [example for example in EXAMPLES if not QUIET & {example[1], f"{example[0]} {example[1]}"}],
)
def test_a_valid_message_of_each_relevant_action_updates_the_state(
    version: Version, action: str, call: Any, result: Any
) -> None:
    talk = StationTalk(version)
    talk.call(action, call, result)
    known = talk.known
    told = (known.vendor, known.connectors, known.transactions, known.configuration, known.meters, known.remembered)
    assert any(told) or known.certificates or len(known.id_tokens) or len(known.reservations)
