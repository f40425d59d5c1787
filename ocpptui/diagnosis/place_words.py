"""What to call a connector or an EVSE in a sentence."""

from __future__ import annotations

from ocpptui.diagnosis.rule import Phrase


def place_at(evse: int, connector: int) -> Phrase:
    """What to call a connector at the beginning of a sentence; EVSE 0 is that of 1.x."""
    if evse:
        return Phrase(f"Connector {connector} of EVSE {evse}")
    return Phrase(f"Connector {connector}" if connector else "The charge point")
