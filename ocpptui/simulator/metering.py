"""The energy meter of a simulated connector: what flows into the car, on one or three phases or as direct current.

The noise of the voltage depends on the seed and the moment alone: the same session gives the same values.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ocpptui.ocpp.composite_schedule import Supply
from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.measurands import ENERGY
from ocpptui.ocpp.version import Version
from ocpptui.simulator.car import Car
from ocpptui.simulator.equipment import DC_VOLTAGE, PHASES, VOLTAGE, Outlet
from ocpptui.simulator.meter_signing import MeterSigner

_RAMP = 5.0  # seconds from no current to full current


class Offer(NamedTuple):
    """What a car may take."""

    amperes: float
    """On each phase, or of direct current."""
    phases: int = PHASES
    """The most phases that it may use; without a meaning for direct current."""
    first: int = 1
    """The phase to use if it is only one: 1 to 3."""


@dataclass(frozen=True, slots=True)
class MeterSample:
    """A reading of the meter at one moment."""

    time: int
    energy: int
    """Watt-hours on the register, which never goes back."""
    power: float
    """Watts."""
    currents: tuple[float, ...]
    """Amperes on L1, L2, L3, as far as they are there; of direct current one value."""
    offered: float
    """Amperes per phase that the car may take."""
    offered_power: float
    """The same in watts, of all phases together."""
    voltages: tuple[float, ...]
    """Volts of each of the `currents`."""
    soc: float
    """Per cent."""
    is_dc: bool = False

    @property
    def current(self) -> float:
        """Amperes on the phase with the most."""
        return max(self.currents, default=0.0)


class EnergyMeter:
    """Integrates the power. `speed` lets the car charge faster than real time, for the demo."""

    def __init__(
        self,
        connector: int,
        speed: float = 1.0,
        *,
        outlet: Outlet | None = None,
        arrive: Callable[[], Car] = Car,
        seed: int = 0,
        noise: float = 0.0,
    ) -> None:
        """`arrive` gives the next car; `noise` is how many volts a phase deviates at most, at random by `seed`."""
        self.connector = connector
        self.outlet = outlet or Outlet()
        self.car: Car | None = None
        """The car that is plugged in."""
        self.evse_connector = 1
        """The connector of the EVSE (2.x) that it is plugged into, or the last one was; from 1."""
        self.signer = MeterSigner()
        self.offer_now = Offer(self.outlet.amperes)
        self._arrive = arrive
        self._seed = seed
        self._noise = noise
        self._speed = speed
        self._energy = 1000.0 * connector if self.outlet.register is None else self.outlet.register  # Wh
        self._soc = Car().soc  # of the last car
        self._since: int | None = None  # when the current began to flow
        self._time = 0

    def plug_in(self, car: Car | None = None) -> None:
        """Plug in a car, by default the next one."""
        self.car = car or self._arrive()
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

    def offer(self, now: int, amperes: float, phases: int = PHASES, first: int = 1) -> None:
        """From `now` on the car may take so many amperes per phase, on so many phases.

        To use another number of phases, the contactor opens and closes, so that the current rises anew.
        """
        self._advance(now)
        before = self.live_phases
        self.offer_now = Offer(min(max(amperes, 0.0), self.outlet.amperes), phases, first)
        if self._since is not None and self.live_phases != before:
            self._since = now

    # -- what it is connected to --------------------------------------------------------------------------------

    @property
    def offered(self) -> float:
        """Amperes per phase that the car may take."""
        return self.offer_now.amperes

    @property
    def is_held_back(self) -> bool:
        """Whether the offer is too small for the car to charge."""
        least = 0.0 if self.outlet.is_dc or self.car is None else self.car.least_current
        return self.offered <= 0.0 or self.offered < least

    @property
    def wish(self) -> float:
        """The most amperes (per phase) that the car would take."""
        return 0.0 if self.car is None else self.car.wish(is_dc=self.outlet.is_dc)

    @property
    def live_phases(self) -> tuple[int, ...]:
        """The phases of the connector that the car uses, or would use; none for direct current."""
        if self.outlet.is_dc:
            return ()
        most = self.outlet.phases if self.car is None else min(self.outlet.phases, self.car.phases)
        used = min(most, self.offer_now.phases)
        return (min(self.offer_now.first, self.outlet.phases),) if used == 1 else tuple(range(1, used + 1))

    @property
    def supply(self) -> Supply:
        """What limits in amperes and watts mean here now: for the car that is there, and the voltage of its battery."""
        if self.outlet.is_dc:
            volts = DC_VOLTAGE if self.car is None else self.car.voltage
            return Supply(volts, 1, min(self.outlet.amperes, self.outlet.most_watts / volts))
        phases = self.outlet.phases if self.car is None else min(self.outlet.phases, self.car.phases)
        return Supply(VOLTAGE, phases, min(self.outlet.amperes, self.outlet.most_watts / VOLTAGE / phases))

    @property
    def is_on(self) -> bool:
        """Whether the contactor is closed."""
        return self._since is not None

    @property
    def is_full(self) -> bool:
        return self.car is not None and self.car.is_full

    @property
    def step(self) -> int:
        """Microseconds in which the state of the car hardly changes: a minute of its charge, less for a fast one."""
        return max(1, int((10 if self.outlet.is_dc else 60) * SECOND / self._speed))

    # -- readings -----------------------------------------------------------------------------------------------

    def read(self, now: int) -> MeterSample:
        """The reading at `now`."""
        self._advance(now)
        current = self._current(now)
        volts: tuple[float, ...]
        currents: tuple[float, ...]
        if self.outlet.is_dc:
            volts = (0.0 if self.car is None else self.car.voltage,)
            currents = (current,)
        else:
            live = self.live_phases
            volts = tuple(self._volts(now, phase, current) for phase in range(1, self.outlet.phases + 1))
            currents = tuple(current if phase in live else 0.0 for phase in range(1, self.outlet.phases + 1))
        power = sum(amperes * each for amperes, each in zip(currents, volts, strict=True))
        offered_power = self.offered * self.supply.voltage * max(len(self.live_phases), 1)
        return MeterSample(
            now,
            int(self._energy),
            power,
            currents,
            self.offered,
            offered_power,
            volts,
            round(self._soc, 1),
            self.outlet.is_dc,
        )

    def _volts(self, now: int, phase: int, current: float) -> float:
        """Of a phase of the mains: it drifts, and gives way to the current."""
        volts = VOLTAGE + 1.5 * math.sin(now / SECOND / 17 + self.connector) - current / 16
        if not self._noise:
            return volts
        drawn = random.Random(f"{self._seed} {self.connector} {phase} {now // SECOND}")
        return volts + drawn.uniform(-self._noise, self._noise)

    def _advance(self, now: int) -> None:
        """Integrate until `now` what the car takes of the current offer."""
        car = self.car
        while self._since is not None and car is not None and self._time < now and self._taken(car):
            # The car takes less as it fills up, so integrate one step of its charge at a time.
            until = min(now, self._time + self.step)
            seconds = _ramped(until - self._since) - _ramped(self._time - self._since)
            volts = car.voltage if self.outlet.is_dc else VOLTAGE * len(self.live_phases)
            energy = self._taken(car) * volts * seconds / 3600 * self._speed
            self._energy += car.store(energy)
            self._time = until
        self._time = max(now, self._time)
        self._soc = self._soc if car is None else car.soc

    def _taken(self, car: Car) -> float:
        """Amperes (per phase), once the current has risen."""
        return car.current(self.offered, is_dc=self.outlet.is_dc)

    def _current(self, now: int) -> float:
        if self._since is None or self.car is None:
            return 0.0
        return self._taken(self.car) * min(1.0, (now - self._since) / SECOND / _RAMP)


def _ramped(elapsed: int) -> float:
    """The seconds of full current that equal the first `elapsed` microseconds."""
    seconds = elapsed / SECOND
    return seconds**2 / 2 / _RAMP if seconds < _RAMP else seconds - _RAMP / 2


def main_meter(now: int, meters: list[EnergyMeter]) -> MeterSample:
    """The reading at `now` of the meter before all connectors, on the three phases of the mains."""
    readings = [meter.read(now) for meter in meters]
    currents = [0.0] * PHASES
    for meter, reading in zip(meters, readings, strict=True):
        if reading.is_dc:
            currents = [amperes + reading.power / VOLTAGE / PHASES for amperes in currents]
            continue
        for letter, amperes in zip(meter.outlet.rotation, reading.currents, strict=False):
            currents["RST".index(letter)] += amperes
    volts = next((reading.voltages for reading in readings if len(reading.voltages) == PHASES), (VOLTAGE,) * PHASES)
    return MeterSample(
        now,
        sum(reading.energy for reading in readings),
        sum(reading.power for reading in readings),
        tuple(currents),
        sum(reading.offered for reading in readings),
        sum(reading.offered_power for reading in readings),
        volts,
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
        samples = [_sample(version, reading.energy, ENERGY, "Wh", "", context)]
    return {"timestamp": date_time(reading.time), "sampledValue": samples}


def _values(reading: MeterSample, measurand: str) -> list[tuple[float, str, str]]:
    """Value, unit and phase of each sample of a measurand."""
    phases = [""] if reading.is_dc else [f"L{number}" for number, _ in enumerate(reading.currents, 1)]
    match measurand:
        case "Energy.Active.Import.Register":
            return [(reading.energy, "Wh", "")]
        case "Power.Active.Import":
            return [(round(reading.power, 1), "W", "")]
        case "Power.Offered":
            return [(round(reading.offered_power, 1), "W", "")]
        case "Current.Import":
            return [(round(amperes, 2), "A", phase) for amperes, phase in zip(reading.currents, phases, strict=True)]
        case "Current.Offered":
            return [(round(reading.offered, 1), "A", "")]
        case "Voltage":
            return [
                (round(volts, 1), "V", phase and f"{phase}-N")
                for volts, phase in zip(reading.voltages, phases, strict=True)
            ]
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
