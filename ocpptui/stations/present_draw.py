"""What a connector or EVSE draws and is offered, from the latest meter values of a charge point."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocpptui.ocpp.date_times import SECOND
from ocpptui.stations.meter_values import MeterKey
from ocpptui.stations.state import ChargePointState

FLOWS = 1.0
"""Amperes from which a phase counts as used; less is what meters show at rest."""
PHASE_VOLTS = (80.0, 300.0)
"""What may be a voltage between a phase and neutral."""
TOGETHER = 15 * 60 * SECOND
"""How much older than the latest reading others may be that are taken with it; an older car used other phases."""
ALIKE = 0.15
"""By how much of the power the product of voltage and current may differ from it."""
_PHASES = ("L1", "L2", "L3")
_THOUSANDS = {"kW": 1000.0, "W": 1.0, "A": 1.0, "V": 1.0, "Percent": 1.0, "": 1.0}


@dataclass(frozen=True, slots=True)
class PresentDraw:
    """The latest readings of a connector or EVSE; None for what was not measured."""

    amperes: dict[str, float] = field(default_factory=dict)
    """Current.Import by phase (`L1`), or by `` if the phases are not told apart."""
    watts: float | None = None
    """Power.Active.Import of all phases."""
    offered_amperes: float | None = None
    offered_watts: float | None = None
    voltage: float | None = None
    """Between a phase and neutral, or of the direct current."""
    soc: float | None = None
    """Per cent."""
    time: int | None = None
    """When the latest current or power came, in microseconds since 1970-01-01 UTC."""
    offered_time: int | None = None
    """The same of what was offered."""
    is_direct: bool = False
    """It is direct current, as far as voltage, current and power together show it."""

    @property
    def highest(self) -> float | None:
        """Amperes on the phase with the most; from the power if the current was not measured."""
        if self.amperes:
            return max(self.amperes.values())
        return None if self.watts is None else self.watts / ((self.voltage or 230.0) * (self.phases or 3))

    @property
    def power(self) -> float | None:
        """Watts of all phases; from the currents if the power was not measured."""
        if self.watts is not None or not self.amperes:
            return self.watts
        total = self.amperes[""] * (1 if self.is_direct else 3) if "" in self.amperes else sum(self.amperes.values())
        return total * (self.voltage or 230.0)

    @property
    def phases(self) -> int | None:
        """How many phases carry current, 1 for direct current; None if that was not measured or none does."""
        if self.is_direct:
            return 1
        if "" in self.amperes:
            return None
        return sum(value >= FLOWS for value in self.amperes.values()) or None


def present_draw(known: ChargePointState, place: int) -> PresentDraw:
    """What the connector (1.x) or EVSE (2.x) draws by the latest readings at its outlet."""
    amperes: dict[str, float] = {}
    found: dict[str, float] = {}
    times: dict[str, int] = {}
    volts: list[float] = []
    direct_volts: float | None = None
    here = {key: series for key, series in known.meters.items() if _is_at(key, place) and key.location == "Outlet"}
    latest = max((series.time for series in here.values()), default=0)
    for key, series in here.items():
        if series.unit not in _THOUSANDS or series.time < latest - TOGETHER:
            continue
        value, phase = series.last * _THOUSANDS[series.unit], key.phase.removesuffix("-N")
        if key.measurand == "Current.Import" and phase in ("", *_PHASES):
            amperes[phase] = value
            times[key.measurand] = max(times.get(key.measurand, 0), series.time)
        elif key.measurand == "Voltage" and phase in ("", *_PHASES) and PHASE_VOLTS[0] < value < PHASE_VOLTS[1]:
            volts.append(value)
        elif key.measurand == "Voltage" and not phase:
            direct_volts = value
        elif key.measurand == "Power.Active.Import" and phase in _PHASES:
            found["parts"] = found.get("parts", 0.0) + value
            times[key.measurand] = series.time
        elif not phase:
            found[key.measurand] = value
            times[key.measurand] = series.time
    if len(amperes) > 1:
        amperes.pop("", None)  # their sum, or one of them again
    power = found.get("Power.Active.Import", found.get("parts"))
    product = (direct_volts or 0.0) * amperes.get("", 0.0)
    is_direct = power is not None and product > 0 and abs(product - power) <= ALIKE * power
    drawn = [times[name] for name in ("Current.Import", "Power.Active.Import") if name in times]
    offered = [times[name] for name in ("Current.Offered", "Power.Offered") if name in times]
    soc = next((one.last for key, one in known.meters.items() if key.measurand == "SoC" and _is_at(key, place)), None)
    return PresentDraw(
        amperes,
        power,
        found.get("Current.Offered"),
        found.get("Power.Offered"),
        direct_volts if is_direct else sum(volts) / len(volts) if volts else None,
        soc,
        max(drawn, default=None),
        max(offered, default=None),
        is_direct,
    )


def _is_at(key: MeterKey, place: int) -> bool:
    return place == (key.evse or key.connector)
