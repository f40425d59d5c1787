"""The car at a connector: its battery, and how much current it takes."""

from __future__ import annotations

from dataclasses import dataclass

FULL_POWER_UNTIL = 80.0
"""Per cent of charge above which a car takes less and less."""
LEAST_SHARE = 0.1
"""What an almost full battery still takes, as a share of full current."""
LEAST_CURRENT = 6.0
"""Amperes per phase: with less, no car charges in mode 3 (IEC 61851-1, annex A)."""


@dataclass(slots=True)
class Car:
    """One car. It stays the same from plugging in to unplugging."""

    battery: float = 58_000.0
    """Capacity in watt-hours."""
    soc: float = 35.0
    """State of charge in per cent."""
    most_current: float = 16.0
    """Amperes per phase that its charger takes."""
    least_current: float = LEAST_CURRENT
    """Amperes per phase below which it pauses."""
    is_ready: bool = True
    """Whether it wants energy as far as its driver has a say: a car may wait for a cheaper hour."""

    @property
    def is_full(self) -> bool:
        return self.soc > 99.999

    @property
    def wants_energy(self) -> bool:
        return self.is_ready and not self.is_full

    def current(self, offered: float) -> float:
        """Amperes per phase that it takes of an offer: less as the battery fills up, none if the offer is too small."""
        if not self.wants_energy or offered < self.least_current:
            return 0.0
        taper = min(1.0, max(LEAST_SHARE, (100.0 - self.soc) / (100.0 - FULL_POWER_UNTIL)))
        return min(offered, self.most_current) * taper

    def store(self, energy: float) -> float:
        """Take up to so many watt-hours; return how many fitted in."""
        taken = min(energy, (100.0 - self.soc) / 100 * self.battery)
        self.soc = min(100.0, self.soc + 100 * taken / self.battery)
        return taken
