"""A connector of the simulated charge point, and what happens at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocpptui.simulator.charging import Charge
from ocpptui.simulator.metering import EnergyMeter


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector reserved for a token."""

    id: int
    token: str
    """In lower case."""
    expiry: int
    group: str = ""
    """The parentIdTag or groupIdToken whose other tokens may use it, too; in lower case."""


@dataclass(slots=True)
class Connector:
    """A connector of 1.6, or an EVSE with its one connector in 2.x."""

    number: int
    meter: EnergyMeter
    is_operative: bool = True
    planned: bool | None = None
    """Whether it becomes operative or not after the running transaction; None for no change."""
    reservation: Reservation | None = None
    charge: Charge | None = None
    faults: list[str] = field(default_factory=list)
    """The names of its faults, the oldest first."""
    reported: str = ""
    """The last reported status and fault, in the terms of the version."""
