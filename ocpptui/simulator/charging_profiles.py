"""The charging profiles of a simulated charge point, and the limit that results from them.

Source: OCPP 1.6 sections 3.13 and 5.16, OCPP 2.0.1/2.1 Part 2 block K (K01 to K09, stacking of profiles).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ocpptui.ocpp.date_times import DAY, SECOND, time_of
from ocpptui.ocpp.payload import integer_at, number_at, object_at, objects_at, text_at
from ocpptui.simulator.metering import MAX_CURRENT, PHASES, VOLTAGE

WATTS_PER_AMPERE = VOLTAGE * PHASES

_MAXIMUM = ("ChargePointMaxProfile", "ChargingStationMaxProfile", "ChargingStationExternalConstraints")
_TRANSACTION = "TxProfile"
_DEFAULT = "TxDefaultProfile"
_PERIODS = {"Daily": DAY, "Weekly": 7 * DAY}


@dataclass(frozen=True, slots=True)
class Profile:
    """One charging profile as set."""

    connector: int
    """Connector (1.6) or EVSE (2.x); 0 for the whole charge point."""
    content: dict[str, Any]
    """The ChargingProfile of the request."""
    installed: int

    @property
    def id(self) -> int:
        return integer_at(self.content, "chargingProfileId") or integer_at(self.content, "id") or 0

    @property
    def purpose(self) -> str:
        return text_at(self.content, "chargingProfilePurpose") or ""

    @property
    def level(self) -> int:
        return integer_at(self.content, "stackLevel") or 0

    def limit(self, now: int, charge_started: int | None) -> float | None:
        """Amperes per phase that the profile allows at `now`; None while it sets no limit."""
        start, end = (time_of(text_at(self.content, key) or "") for key in ("validFrom", "validTo"))
        if (start is not None and now < start) or (end is not None and now >= end):
            return None
        schedule = self._schedule()
        began = self._beginning(schedule, now, charge_started)
        elapsed = (now - began) // SECOND
        duration = integer_at(schedule, "duration")
        if elapsed < 0 or (duration is not None and elapsed >= duration):
            return None
        found: float | None = None
        for period in objects_at(schedule, "chargingSchedulePeriod"):
            if (integer_at(period, "startPeriod") or 0) <= elapsed:
                found = number_at(period, "limit")
        if found is not None and text_at(schedule, "chargingRateUnit") == "W":
            found /= WATTS_PER_AMPERE
        return found

    def changes(self, charge_started: int | None, now: int) -> Iterator[int]:
        """The times from `now` on at which its limit may change."""
        schedule = self._schedule()
        began = self._beginning(schedule, now, charge_started)
        seconds = [integer_at(period, "startPeriod") or 0 for period in objects_at(schedule, "chargingSchedulePeriod")]
        seconds += [value for value in (integer_at(schedule, "duration"),) if value is not None]
        cycle = self._cycle()
        for second in seconds:
            yield began + second * SECOND
            if cycle:
                yield began + cycle + second * SECOND
        for key in ("validFrom", "validTo"):
            if (found := time_of(text_at(self.content, key) or "")) is not None:
                yield found

    def _schedule(self) -> dict[str, Any]:
        """Its schedule: the first of the up to three that 2.x allows (for ISO 15118)."""
        several = objects_at(self.content, "chargingSchedule")
        return several[0] if several else object_at(self.content, "chargingSchedule")

    def _cycle(self) -> int:
        return _PERIODS.get(text_at(self.content, "recurrencyKind") or "", 0)

    def _beginning(self, schedule: dict[str, Any], now: int, charge_started: int | None) -> int:
        if text_at(self.content, "chargingProfileKind") == "Relative":
            return charge_started if charge_started is not None else now
        began = time_of(text_at(schedule, "startSchedule") or "")
        if began is None:
            return self.installed
        cycle = self._cycle()
        return now - (now - began) % cycle if cycle and now >= began else began


@dataclass(slots=True)
class Profiles:
    """All profiles; a new one replaces the older one of the same connector, purpose and stack level."""

    stored: list[Profile] = field(default_factory=list)

    def add(self, profile: Profile) -> None:
        self.stored = [other for other in self.stored if not _replaces(profile, other)]
        self.stored.append(profile)

    def remove(self, matches: Callable[[Profile], bool]) -> list[Profile]:
        """Remove the matching profiles and return them."""
        removed = [profile for profile in self.stored if matches(profile)]
        self.stored = [profile for profile in self.stored if profile not in removed]
        return removed

    def end_transaction(self, connector: int) -> None:
        """Remove the profiles of a transaction that has ended."""
        self.remove(lambda profile: profile.connector == connector and profile.purpose == _TRANSACTION)

    def limit(self, connector: int, now: int, charge_started: int | None = None) -> float:
        """Amperes per phase that a connector may deliver at `now`."""
        own = self._strongest(connector, _TRANSACTION, now, charge_started) if charge_started is not None else None
        if own is None:
            own = self._strongest(connector, _DEFAULT, now, charge_started)
        limits = [self._strongest(0, purpose, now, charge_started) for purpose in _MAXIMUM]
        return min(limit for limit in (own, *limits, MAX_CURRENT) if limit is not None)

    def _strongest(self, connector: int, purpose: str, now: int, charge_started: int | None) -> float | None:
        """The limit of the highest stack level that sets one."""
        candidates = [p for p in self.stored if p.purpose == purpose and p.connector in (0, connector)]
        for profile in sorted(candidates, key=lambda p: (p.level, p.connector), reverse=True):
            if (limit := profile.limit(now, charge_started)) is not None:
                return limit
        return None

    def composite(
        self, connector: int, duration: int, unit: str, now: int, charge_started: int | None = None
    ) -> dict[str, Any]:
        """The resulting schedule for the next `duration` seconds, in `unit` A or W (GetCompositeSchedule)."""
        end = now + duration * SECOND
        changes = {now} | {
            change for profile in self.stored for change in profile.changes(charge_started, now) if now < change < end
        }
        periods: list[dict[str, Any]] = []
        for change in sorted(changes):
            limit = self.limit(connector, change, charge_started)
            # 1.6 allows one decimal (multipleOf 0.1), which is more than precise enough in watts.
            shown = round(limit * (WATTS_PER_AMPERE if unit == "W" else 1), 1)
            if not periods or periods[-1]["limit"] != shown:
                periods.append({"startPeriod": (change - now) // SECOND, "limit": shown})
        return {"duration": duration, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}


def _replaces(new: Profile, old: Profile) -> bool:
    if new.id == old.id:
        return True
    same_place = new.connector == old.connector and new.level == old.level
    return same_place and new.purpose == old.purpose and new.purpose != _TRANSACTION
