"""What each car of a charge point may take: the limits of its profiles, and its share of what the station may draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ocpptui.ocpp.charging_profile import LEAST_CURRENT, ChargingProfile
from ocpptui.ocpp.composite_schedule import LimitAtMoment, Supply, limit_at
from ocpptui.ocpp.profile_moment import FOREVER, ChargingSituation
from ocpptui.ocpp.profile_store import ProfileStore
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.effects import Effect
from ocpptui.simulator.energy_sharing import shares
from ocpptui.simulator.equipment import DC_VOLTAGE, PHASES, VOLTAGE, Equipment, limit_from_outside
from ocpptui.simulator.metering import Offer


class StationPower:
    """Offers current to the cars, again after each event and whenever a limit changes."""

    def __init__(self, connectors: Mapping[int, Connector], profiles: ProfileStore, equipment: Equipment) -> None:
        self.due: int | None = None
        """When `supply` has to look again at what each car may take."""
        self._prioritised: set[int] = set()
        self._share: float | None = None
        self._of_grid: list[ChargingProfile] = []
        self._connectors = connectors
        self._profiles = profiles
        self._is_dc = equipment.is_dc
        self._shares_power = equipment.shares_power
        self._constraints = equipment.constraints()

    def prioritise(self, connector: int, is_activated: bool) -> None:
        """Priority charging is activated for the transaction at a connector, or no longer (2.1 K21)."""
        (self._prioritised.add if is_activated else self._prioritised.discard)(connector)

    def is_prioritised(self, connector: int) -> bool:
        """Whether priority charging is activated at a connector."""
        return connector in self._prioritised

    def follow_grid(self, share: float | None, now: int) -> None:
        """Each connector may take no more than a share of its most power, 0 to 1; None for no such limit (2.1 R04)."""
        if share == self._share:
            return
        self._share = share
        self._of_grid = [
            limit_from_outside("W", share * connector.meter.outlet.most_watts, number, now)
            for number, connector in self._connectors.items()
            if share is not None
        ]

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self.due = None if self.due is None else self.due + by

    def limits(self) -> list[ChargingProfile]:
        """The charging profiles, and the limits of the installation, which are like profiles."""
        return [*self._profiles, *self._constraints, *self._of_grid]

    def supply_of(self, number: int) -> Supply:
        """What a connector is built for; 0 for the whole charge point."""
        if number:
            return self._connectors[number].meter.supply
        return Supply(DC_VOLTAGE, 1) if self._is_dc else Supply(VOLTAGE, PHASES)

    def supplies(self) -> dict[int, Supply]:
        """What each connector is built for."""
        return {number: self.supply_of(number) for number in self._connectors}

    def supply(self, now: int) -> list[Effect]:
        """Give each car from `now` on what the profiles allow, which the station shares out; what follows from that."""
        profiles = self.limits()
        situations = self.situations()
        limits = {
            number: limit_at(profiles, number, now, situations=situations, supply=self.supply_of(number))
            for number, connector in self._connectors.items()
            if connector.charge is not None and connector.charge.is_charging
        }
        whole = limit_at(profiles, 0, now, supply=self.supply_of(0))
        granted = self._granted(limits, whole)
        effects: list[Effect] = []
        for number, limit in limits.items():
            charge = self._connectors[number].charge
            if charge is not None:
                phases = limit.phases
                first = next((one.period.phase_to_use for one in limit.prevailing if one.period.phases == phases), None)
                effects += charge.supply(now, Offer(granted[number], phases, first or 1))
        self.due = self._next_supply(now, [*limits.values(), whole] if limits else [])
        return effects

    def _granted(self, limits: Mapping[int, LimitAtMoment], whole: LimitAtMoment) -> dict[int, float]:
        """Amperes (per phase) for each connector: all that its limit allows, or a share of what the station may draw.

        Where there is direct current, cars share the power, since their batteries have different voltages.
        """
        scale = {number: self._watts_per_ampere(number, limit) for number, limit in limits.items()}
        total = whole.watts if self._shares_power else whole.amperes
        own = {number: _amperes(limit) * scale[number] for number, limit in limits.items()}
        waiting = sorted((number for number in limits if self._wants_energy(number)), key=self._started)
        if total is not None and sum(own[number] for number in waiting) > total:
            wishes = {number: self._connectors[number].meter.wish * scale[number] for number in waiting}
            wanted = {number: min(own[number], wish) for number, wish in wishes.items()}
            least = {number: 0.0 if self._is_dc_at(number) else LEAST_CURRENT * scale[number] for number in waiting}
            own |= shares(total, wanted, least)
        return {number: own[number] / scale[number] for number in limits}

    def _is_dc_at(self, number: int) -> bool:
        return self._connectors[number].meter.outlet.is_dc

    def _watts_per_ampere(self, number: int, limit: LimitAtMoment) -> float:
        """What an ampere at a connector takes from what is shared; 1 where amperes are shared."""
        if not self._shares_power:
            return 1.0
        supply = self.supply_of(number)
        return supply.voltage * min(supply.phases, limit.phases or supply.phases)

    def _started(self, number: int) -> int:
        charge = self._connectors[number].charge
        return 0 if charge is None else charge.started

    def _wants_energy(self, number: int) -> bool:
        charge = self._connectors[number].charge
        return charge is not None and charge.wants_energy

    def _next_supply(self, now: int, limits: Iterable[LimitAtMoment]) -> int | None:
        """When the offers have to be looked at again: a limit changes, or a car may have become full."""
        meters = [c.meter for c in self._connectors.values() if c.charge is not None and c.charge.wants_energy]
        times = [now + meter.step for meter in meters if meter.is_on]
        times += [limit.until for limit in limits if limit.until < FOREVER]
        return min((max(time, now + 1) for time in times), default=None)

    def situations(self) -> dict[int, ChargingSituation]:
        """What happens at each connector, for the composite schedule."""
        found = {}
        for number, connector in self._connectors.items():
            charge = connector.charge
            is_running = charge is not None and charge.is_running
            if not is_running:
                self._prioritised.discard(number)
            found[number] = (
                ChargingSituation(charge.transaction, charge.started, number in self._prioritised)
                if charge is not None and is_running
                else ChargingSituation()
            )
        return found


def _amperes(limit: LimitAtMoment) -> float:
    return 0.0 if limit.amperes is None else limit.amperes
