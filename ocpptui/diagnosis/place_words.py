"""What to call a connector or an EVSE in a sentence."""

from __future__ import annotations


def place_at(evse: int, connector: int) -> str:
    """What to call a connector at the beginning of a sentence; EVSE 0 is that of 1.x."""
    if evse:
        return f"Connector {connector} of EVSE {evse}"
    return f"Connector {connector}" if connector else "The charge point"
