"""What a simulated charge point is built of: its connectors, its supply, the cars that come to it, its quirks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ocpptui.ocpp.charging_profile import EXTERNAL, ChargingProfile, ChargingSchedule, SchedulePeriod
from ocpptui.ocpp.standard_settings import MEASURANDS
from ocpptui.simulator.car import Car

VOLTAGE = 230.0
"""Volts between a phase and neutral."""
PHASES = 3
"""Of the mains."""
DC_VOLTAGE = 400.0
"""Volts by which limits in watts and in amperes compare at a DC connector without a car."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """What one connector (1.6) or EVSE (2.x) is built for."""

    type: str = "cType2"
    """A ConnectorEnumType of 2.x."""
    phases: int = 3
    """0 for direct current."""
    amperes: float = 16.0
    """The most on each phase, or of direct current."""
    watts: float | None = None
    """The most power; None for what the amperes allow."""
    switches_phases: bool = True
    """Whether it can charge a car on one phase only, as a charging profile may want."""
    rotation: str = "RST"
    """Which phases of the mains are its L1, L2, L3 (1.6 ConnectorPhaseRotation)."""
    register: float | None = None
    """Watt-hours on its meter at the beginning; None for a plausible number."""
    more_types: tuple[str, ...] = ()
    """The types of the further connectors of its EVSE, of which one at a time can be in use (2.x)."""

    @property
    def types(self) -> tuple[str, ...]:
        """The type of each connector of its EVSE, from 1."""
        return (self.type, *self.more_types)

    @property
    def is_dc(self) -> bool:
        return self.phases == 0

    @property
    def most_watts(self) -> float:
        """The most power, at the usual voltage."""
        most = self.amperes * (DC_VOLTAGE if self.is_dc else VOLTAGE * self.phases)
        return most if self.watts is None else min(self.watts, most)


@dataclass(frozen=True, slots=True)
class Equipment:
    """A charge point as it was built and installed."""

    outlets: tuple[Outlet, ...] = (Outlet(),)
    """By connector (1.6) or EVSE (2.x), from 1."""
    supply_amperes: float | None = None
    """What the building gives on each phase to all connectors together; None if it is unlimited."""
    supply_watts: float | None = None
    cars: tuple[Car, ...] = (Car(),)
    draws_cars: bool = False
    """Whether the cars come as the seed decides; otherwise they come in turn."""
    frequency: float = 50.0
    """Hertz of the grid at the beginning."""
    der_types: tuple[str, ...] = ()
    """The DER controls that it has (2.1), of those that `der_controls` knows."""
    bays: int = 0
    """For batteries that are swapped (2.1)."""
    seed: int = 0
    voltage_noise: float = 0.0
    """Volts by which each phase deviates at most, at random."""
    measurands: tuple[str, ...] = MEASURANDS
    """What its meters measure."""
    configuration: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Values of configuration keys (1.6) and of variables, `Component.Variable` (2.x), at the beginning."""
    quirks: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """The quirks that it has, with their amounts (`quirks.QUIRKS`)."""

    @property
    def is_dc(self) -> bool:
        """Whether all its outlets are of direct current."""
        return all(outlet.is_dc for outlet in self.outlets)

    @property
    def shares_power(self) -> bool:
        """Whether its outlets share watts, since cars of direct current have different voltages; otherwise amperes."""
        return any(outlet.is_dc for outlet in self.outlets)

    def constraints(self) -> list[ChargingProfile]:
        """The limits of the installation, as the charging profiles that they are like."""
        limits = (("A", self.supply_amperes), ("W", self.supply_watts))
        return [limit_from_outside(unit, limit) for unit, limit in limits if limit is not None]


def limit_from_outside(unit: str, limit: float, place: int = 0, since: int = 0) -> ChargingProfile:
    """A limit in `A` or `W` that nobody has set over OCPP, as the profile that it is like."""
    schedule = ChargingSchedule(unit, (SchedulePeriod(0, limit),), start=0)
    return ChargingProfile(place, None, EXTERNAL, 0, "Absolute", (schedule,), since)
