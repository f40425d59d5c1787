"""The car at a connector: its battery, and how much current it takes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ocpptui.ocpp.charging_profile import LEAST_CURRENT

Curve = tuple[tuple[float, float], ...]
"""Points of a charging curve, by rising state of charge: per cent, and the share of full power that the car takes."""

USUAL_CURVE: Curve = ((0.0, 1.0), (80.0, 1.0), (98.0, 0.1), (100.0, 0.1))
"""Full power up to 80 per cent, then less and less."""


@dataclass(slots=True)
class Car:
    """One car. It stays the same from plugging in to unplugging."""

    battery: float = 58_000.0
    """Capacity in watt-hours."""
    soc: float = 35.0
    """State of charge in per cent."""
    most_current: float = 16.0
    """Amperes per phase that its charger takes of alternating current."""
    least_current: float = LEAST_CURRENT
    """Amperes per phase of alternating current below which it pauses."""
    is_ready: bool = True
    """Whether it wants energy as far as its driver has a say: a car may wait for a cheaper hour."""
    phases: int = 3
    """Phases that its charger uses."""
    most_power: float = 120_000.0
    """Watts that its battery takes of direct current."""
    nominal_voltage: float = 400.0
    """Volts of its battery at 60 per cent."""
    curve: Curve = USUAL_CURVE
    contract: str = ""
    """The chain of its contract certificate in PEM, with which it pays by itself; empty: its driver has a card."""

    @property
    def is_full(self) -> bool:
        return self.soc > 99.999

    @property
    def wants_energy(self) -> bool:
        return self.is_ready and not self.is_full

    @property
    def voltage(self) -> float:
        """Volts of its battery, which rise with the state of charge."""
        return self.nominal_voltage * (0.88 + 0.2 * self.soc / 100)

    def wish(self, *, is_dc: bool) -> float:
        """The most amperes that it would take now: on each phase, or of direct current."""
        if not self.wants_energy:
            return 0.0
        most = self.most_power / self.voltage if is_dc else self.most_current
        return most * share_at(self.curve, self.soc)

    def current(self, offered: float, *, is_dc: bool = False) -> float:
        """Amperes (per phase) that it takes of an offer: none if the offer is too small."""
        if offered < (0.0 if is_dc else self.least_current):
            return 0.0
        return min(offered, self.wish(is_dc=is_dc))

    def store(self, energy: float) -> float:
        """Take up to so many watt-hours; return how many fitted in."""
        taken = min(energy, (100.0 - self.soc) / 100 * self.battery)
        self.soc = min(100.0, self.soc + 100 * taken / self.battery)
        return taken


def share_at(curve: Curve, soc: float) -> float:
    """The share between the two points around a state of charge; before the first and after the last, theirs."""
    if not curve or soc <= curve[0][0]:
        return curve[0][1] if curve else 1.0
    for (low, share), (high, other) in pairwise(curve):
        if soc < high:
            return share + (other - share) * (soc - low) / (high - low)
    return curve[-1][1]


class Fleet:
    """The cars that come to a charge point: in turn, or drawn with a seed, so that a session can be repeated."""

    def __init__(self, models: Sequence[Car] = (), *, seed: int | None = None) -> None:
        """`models` are copied for each visit; with a `seed`, each car is drawn."""
        self._models = tuple(models) or (Car(),)
        self._random = None if seed is None else random.Random(seed)
        self._next = 0

    def arrive(self) -> Car:
        """The next car."""
        if self._random is not None:
            return replace(self._random.choice(self._models))
        model = self._models[self._next % len(self._models)]
        self._next += 1
        return replace(model)
