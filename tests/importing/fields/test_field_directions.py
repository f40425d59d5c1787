"""Which way a field says that its frame went."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.importing.fields.field_directions import DirectionClue, direction_of, is_backend, of_ends
from ocpptui.importing.found_frame import Flow
from ocpptui.ocpp.version import Direction

UP, DOWN = DirectionClue(Direction.TO_CSMS), DirectionClue(Direction.TO_CHARGE_POINT)
SENT, RECEIVED = DirectionClue(flow=Flow.SENT), DirectionClue(flow=Flow.RECEIVED)


@pytest.mark.parametrize(
    ("name", "value", "clue"),
    [
        ("direction", "CP -> CSMS", UP),
        ("direction", "CSMS to charge point", DOWN),
        ("direction", "charger <- backend", DOWN),
        ("dir", ">>", SENT),
        ("dir", "Incoming (from charger)", UP),
        ("kind", "ocpp.message.received", RECEIVED),
        ("sender", "Wallbox", UP),
        ("recipient", "wallbox", DOWN),
        ("incoming", False, SENT),
        ("fromClient", True, UP),
        ("isOutbound", "yes", SENT),
        ("richtung", "Empfangen", RECEIVED),
        ("direction", "not sent", DirectionClue()),
        ("direction", "sideways", DirectionClue()),
        ("direction", 1, DirectionClue()),
        ("direction", "sent " * 20, DirectionClue()),
    ],
)
def test_a_direction_is_what_the_value_states(name: str, value: Any, clue: DirectionClue) -> None:
    """Frames would go the wrong way, and answers be paired with calls of the other side."""
    assert direction_of(name, value) == clue
    assert bool(clue) == (clue != DirectionClue())


def test_two_ends_state_direction_and_charge_point() -> None:
    assert of_ends("CSMS", "CP-77") == (DOWN, "CP-77")
    assert of_ends("CP-77", "backend") == (UP, "CP-77")
    assert of_ends("CP-77", "CP-78") == (DirectionClue(), "")
    assert is_backend("Central System")
    assert not is_backend("CP-77")
