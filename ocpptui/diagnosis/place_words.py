"""What to call a connector or an EVSE in a sentence, and why there is none with a number."""

from __future__ import annotations

from ocpptui.diagnosis.known import KnownChargePoint
from ocpptui.diagnosis.rule import Phrase


def place_at(evse: int, connector: int) -> Phrase:
    """What to call a connector at the beginning of a sentence; EVSE 0 is that of 1.x."""
    if evse:
        return Phrase(f"Connector {connector} of EVSE {evse}")
    return Phrase(f"Connector {connector}" if connector else "The charge point")


def lacks_connector(known: KnownChargePoint, connector: int | None) -> Phrase | None:
    """Why a charge point of 1.x cannot have this connector, in words; None if it can."""
    count = known.whole_setting("NumberOfConnectors")
    if count is None or connector is None or connector <= count:
        return None
    return Phrase(f"NumberOfConnectors is {count}")
