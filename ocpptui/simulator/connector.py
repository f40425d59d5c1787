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
class EvseConnector:
    """One of the connectors of an EVSE (2.x), of which one at a time can be in use. A connector of 1.6 has one."""

    number: int
    """From 1."""
    type: str
    """A ConnectorEnumType."""
    is_operative: bool = True
    planned: bool | None = None
    """Whether it becomes operative or not after the running transaction; None for no change."""
    reported: str = ""
    """The last reported status and fault, in the terms of the version."""


@dataclass(slots=True)
class Connector:
    """A connector of 1.6, or an EVSE with its connectors in 2.x."""

    number: int
    meter: EnergyMeter
    evse_connectors: tuple[EvseConnector, ...]
    is_operative: bool = True
    planned: bool | None = None
    """Whether it becomes operative or not after the running transaction; None for no change."""
    reservation: Reservation | None = None
    charge: Charge | None = None
    faults: list[str] = field(default_factory=list)
    """The names of its faults, the oldest first."""

    @property
    def plugged_in(self) -> EvseConnector | None:
        """Where the car is; None without one."""
        return None if self.meter.car is None else self.evse_connectors[self.meter.evse_connector - 1]

    @property
    def usable(self) -> EvseConnector | None:
        """Where a car may charge: where it is, or where the next one can be plugged in; None if nowhere."""
        candidates = self.evse_connectors if self.plugged_in is None else (self.plugged_in,)
        return next((one for one in candidates if one.is_operative), None)

    @property
    def has_transaction(self) -> bool:
        """Whether a transaction runs."""
        return self.charge is not None and self.charge.is_running

    def carry_out_plans(self) -> None:
        """No transaction runs any more: become operative or not, as was planned."""
        if self.planned is not None:
            self.is_operative, self.planned = self.planned, None
        for one in self.evse_connectors:
            if one.planned is not None:
                one.is_operative, one.planned = one.planned, None
