"""The energy meter of a simulated connector: three phases, 230 V, up to 16 A, without randomness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.car import Car

VOLTAGE = 230.0
PHASES = 3
MAX_CURRENT = 16.0
"""Amperes per phase."""

_RAMP = 5.0  # seconds from no current to full current


@dataclass(frozen=True, slots=True)
class MeterSample:
    """A reading of the meter at one moment."""

    time: int
    energy: int
    """Watt-hours on the register, which never goes back."""
    power: float
    """Watts."""
    current: float
    """Amperes on each phase."""
    offered: float
    """Amperes per phase that the car may take."""
    voltage: float
    soc: float
    """Per cent."""


class EnergyMeter:
    """Integrates the power. `speed` lets the car charge faster than real time, for the demo."""

    def __init__(self, connector: int, speed: float = 1.0) -> None:
        self.connector = connector
        self.car: Car | None = None
        """The car that is plugged in."""
        self.offered = MAX_CURRENT
        """Amperes per phase that the car may take."""
        self._speed = speed
        self._energy = 1000.0 * connector  # Wh; a plausible initial reading
        self._soc = Car().soc  # of the last car
        self._since: int | None = None  # when the current began to flow
        self._time = 0

    def plug_in(self, car: Car | None = None) -> None:
        """Plug in a car, by default an ordinary one."""
        self.car = car or Car()
        self._since = None

    def unplug(self, now: int) -> None:
        """The car leaves."""
        self.switch_off(now)
        self.car = None

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._time += by
        self._since = None if self._since is None else self._since + by

    def not_below(self, energy: int) -> None:
        """Let the register show at least so many watt-hours: someone said by hand that it does."""
        self._energy = max(self._energy, float(energy))

    def switch_on(self, now: int) -> None:
        """Close the contactor."""
        if self._since is None:
            self._since = self._time = now

    def switch_off(self, now: int) -> None:
        """Open the contactor."""
        self._advance(now)
        self._since = None

    def offer(self, now: int, amperes: float) -> None:
        """From `now` on the car may take so many amperes per phase."""
        self._advance(now)
        self.offered = min(max(amperes, 0.0), MAX_CURRENT)

    @property
    def is_on(self) -> bool:
        """Whether the contactor is closed."""
        return self._since is not None

    @property
    def is_full(self) -> bool:
        return self.car is not None and self.car.is_full

    @property
    def step(self) -> int:
        """Microseconds in which the state of the car hardly changes: a minute of its charge."""
        return max(1, int(60 * SECOND / self._speed))

    def read(self, now: int) -> MeterSample:
        """The reading at `now`."""
        self._advance(now)
        current = self._current(now)
        voltage = VOLTAGE + 1.5 * math.sin(now / SECOND / 17 + self.connector) - current / 16
        return MeterSample(
            now, int(self._energy), current * voltage * PHASES, current, self.offered, voltage, round(self._soc, 1)
        )

    def _advance(self, now: int) -> None:
        """Integrate until `now` what the car takes of the current offer."""
        car = self.car
        while self._since is not None and car is not None and self._time < now and self._taken(car):
            # The car takes less as it fills up, so integrate one minute of its charge at a time.
            until = min(now, self._time + self.step)
            seconds = _ramped(until - self._since) - _ramped(self._time - self._since)
            energy = self._taken(car) * VOLTAGE * PHASES * seconds / 3600 * self._speed
            self._energy += car.store(energy)
            self._time = until
        self._time = max(now, self._time)
        self._soc = self._soc if car is None else car.soc

    def _taken(self, car: Car) -> float:
        """Amperes per phase, once the current has risen."""
        return car.current(self.offered)

    def _current(self, now: int) -> float:
        if self._since is None or self.car is None:
            return 0.0
        return self._taken(self.car) * min(1.0, (now - self._since) / SECOND / _RAMP)


def _ramped(elapsed: int) -> float:
    """The seconds of full current that equal the first `elapsed` microseconds."""
    seconds = elapsed / SECOND
    return seconds**2 / 2 / _RAMP if seconds < _RAMP else seconds - _RAMP / 2


def total(now: int, readings: list[MeterSample]) -> MeterSample:
    """The reading of the main meter, from the readings of the meters behind it."""
    return MeterSample(
        now,
        sum(reading.energy for reading in readings),
        sum(reading.power for reading in readings),
        sum(reading.current for reading in readings),
        sum(reading.offered for reading in readings),
        max((reading.voltage for reading in readings), default=VOLTAGE),
        max((reading.soc for reading in readings), default=0.0),
    )


def meter_value(version: Version, reading: MeterSample, measurands: list[str], context: str) -> dict[str, Any]:
    """One MeterValue with a sample for each known measurand; `context` is for example `Sample.Periodic`.

    A value is a string in 1.6 and a number in 2.x. It is never empty: without a known measurand it has the register.
    """
    samples = [
        _sample(version, value, measurand, unit, phase, context)
        for measurand in measurands
        for value, unit, phase in _values(reading, measurand)
    ]
    if not samples:
        samples = [_sample(version, reading.energy, "Energy.Active.Import.Register", "Wh", "", context)]
    return {"timestamp": date_time(reading.time), "sampledValue": samples}


def _values(reading: MeterSample, measurand: str) -> list[tuple[float, str, str]]:
    """Value, unit and phase of each sample of a measurand."""
    match measurand:
        case "Energy.Active.Import.Register":
            return [(reading.energy, "Wh", "")]
        case "Power.Active.Import":
            return [(round(reading.power, 1), "W", "")]
        case "Current.Import":
            return [(round(reading.current, 2), "A", f"L{phase}") for phase in range(1, PHASES + 1)]
        case "Current.Offered":
            return [(round(reading.offered, 1), "A", "")]
        case "Voltage":
            return [(round(reading.voltage, 1), "V", f"L{phase}-N") for phase in range(1, PHASES + 1)]
        case "SoC":
            return [(reading.soc, "Percent", "")]
    return []


def _sample(version: Version, value: float, measurand: str, unit: str, phase: str, context: str) -> dict[str, Any]:
    sample: dict[str, Any] = {"value": str(value) if version.generation == 1 else value, "context": context}
    sample["measurand"] = measurand
    if phase:
        sample["phase"] = phase
    if measurand == "SoC":
        sample["location"] = "EV"
    if version.generation == 1:
        sample["unit"] = unit
    else:
        sample["unitOfMeasure"] = {"unit": unit}
    return sample
