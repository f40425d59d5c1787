"""What each car of a charge point may take: the limits of its profiles, and its share of what the station may draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ocpptui.ocpp.composite_schedule import LimitAtMoment, Supply, limit_at
from ocpptui.ocpp.profile_moment import FOREVER, ChargingSituation
from ocpptui.ocpp.profile_store import ProfileStore
from ocpptui.simulator.car import LEAST_CURRENT
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.effects import Effect
from ocpptui.simulator.energy_sharing import shares
from ocpptui.simulator.metering import MAX_CURRENT, PHASES, VOLTAGE

SUPPLY = Supply(VOLTAGE, PHASES, MAX_CURRENT)
"""What each connector is built for."""


class StationPower:
    """Offers current to the cars, again after each event and whenever a limit changes."""

    def __init__(self, connectors: Mapping[int, Connector], profiles: ProfileStore) -> None:
        self.due: int | None = None
        """When `supply` has to look again at what each car may take."""
        self._prioritised: set[int] = set()
        self._connectors = connectors
        self._profiles = profiles

    def prioritise(self, connector: int, is_activated: bool) -> None:
        """Priority charging is activated for the transaction at a connector, or no longer (2.1 K21)."""
        (self._prioritised.add if is_activated else self._prioritised.discard)(connector)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self.due = None if self.due is None else self.due + by

    def supply(self, now: int) -> list[Effect]:
        """Give each car from `now` on what the profiles allow, which the station shares out; what follows from that."""
        limits = {
            number: limit_at(self._profiles, number, now, situations=self.situations(), supply=SUPPLY)
            for number, connector in self._connectors.items()
            if connector.charge is not None and connector.charge.is_charging
        }
        wanted = {
            number: MAX_CURRENT if limit.amperes is None else limit.amperes
            for number, limit in sorted(limits.items(), key=lambda item: self._started(item[0]))
            if self._wants_energy(number)
        }
        whole = limit_at(self._profiles, 0, now, supply=Supply(VOLTAGE, PHASES))
        granted = shares(whole.amperes, wanted, LEAST_CURRENT)
        effects: list[Effect] = []
        for number in limits:
            charge = self._connectors[number].charge
            if charge is not None:
                own = limits[number].amperes
                effects += charge.supply(now, granted.get(number, MAX_CURRENT if own is None else own))
        self.due = self._next_supply(now, [*limits.values(), whole] if limits else [])
        return effects

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
