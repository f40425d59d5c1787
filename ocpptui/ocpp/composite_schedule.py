"""The limit that results from all charging profiles, at a moment and over a span of time.

Each purpose has one prevailing profile: of those that set a limit at the moment, the one with the highest stack level
(OCPP 1.6 section 3.13.2; 2.x K01). The purposes are combined as follows (1.6 section 3.13.3; 2.0.1 K08; 2.1 K01, K21):

- A TxProfile takes the place of the TxDefaultProfile, and an activated PriorityCharging that of both.
- The lowest limit counts. What a charge point, its energy management (ChargingStationExternalConstraints) and a
  transaction allow are all upper bounds.
- LocalGeneration raises what the station as a whole may draw.

The standard does not say how limits in A and in W compare. Here the charge uses the fewest phases that a prevailing
profile or the supply allows; a limit in A holds on each of them, and one in W is shared by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ocpptui.ocpp.charging_profile import (
    LOCAL_GENERATION,
    PRIORITY,
    STATION_PURPOSES,
    TX_DEFAULT,
    TX_PROFILE,
    ChargingProfile,
    SchedulePeriod,
)
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.profile_moment import (
    FOREVER,
    NOTHING_CHARGES,
    ChargingSituation,
    ProfileMoment,
    ProfileState,
    profile_at,
)

MAX_STEPS = 4096
"""How many changes of any profile a composite schedule follows; beyond that, it covers a shorter time."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What a connector is built for."""

    voltage: float = 230.0
    """Volts between a phase and neutral."""
    phases: int = 3
    amperes: float | None = None
    """The most that it delivers on each phase; None if that is unknown."""


@dataclass(frozen=True, slots=True)
class PrevailingProfile:
    """The profile that decides for its purpose, and what it allows."""

    profile: ChargingProfile
    period: SchedulePeriod
    since: int
    """When it began to allow this, in microseconds since 1970-01-01 UTC."""

    @property
    def unit(self) -> str:
        return self.profile.schedule.unit


class ProfileRole(NamedTuple):
    """Why a profile counts at a moment or not."""

    profile: ChargingProfile
    state: ProfileState
    by: ChargingProfile | None = None
    """The profile that counts instead, for LOWER_LEVEL and OVERRULED."""


@dataclass(frozen=True, slots=True)
class LimitAtMoment:
    """What a connector or EVSE may draw at a moment, and which profiles say so."""

    amperes: float | None
    """Per phase; None if nothing limits it."""
    phases: int
    """How many phases the charge may use."""
    supply: Supply
    deciding: PrevailingProfile | None
    """The profile whose limit is the lowest; None if the supply is lower than all, or nothing limits it."""
    prevailing: tuple[PrevailingProfile, ...]
    """One for each purpose that has a say; for the whole charge point, those of all connectors."""
    roles: tuple[ProfileRole, ...]
    """Every profile that concerns the place, and why it counts or not."""
    until: int
    """When it may change, in microseconds since 1970-01-01 UTC; FOREVER for never."""

    @property
    def watts(self) -> float | None:
        return None if self.amperes is None else self.amperes * self.supply.voltage * self.phases

    def in_unit(self, unit: str) -> float | None:
        """In `A` per phase or in `W`, with one decimal, which is the most that OCPP allows in a limit."""
        value = self.watts if unit == "W" else self.amperes
        return None if value is None else round(value, 1)


@dataclass(frozen=True, slots=True)
class CompositePeriod:
    """One step of a composite schedule."""

    start: int
    """Seconds after the beginning of the schedule."""
    limit: float | None
    """In the unit of the schedule; None if nothing limits it."""
    at: LimitAtMoment
    """The limit at the beginning of the step, with the profiles behind it."""


@dataclass(frozen=True, slots=True)
class CompositeSchedule:
    """The limit of a connector or EVSE over a span of time."""

    start: int
    """Microseconds since 1970-01-01 UTC."""
    duration: int
    """Seconds; less than asked for if the profiles change more than MAX_STEPS times."""
    unit: str
    """`A` or `W`."""
    periods: tuple[CompositePeriod, ...]


def composite_schedule(
    profiles: Iterable[ChargingProfile],
    place: int,
    start: int,
    duration: int,
    *,
    unit: str = "A",
    situations: Mapping[int, ChargingSituation] | None = None,
    supply: Supply | None = None,
    supplies: Mapping[int, Supply] | None = None,
) -> CompositeSchedule:
    """The limit of a connector (1.x), an EVSE (2.x), or with 0 the whole charge point, for `duration` seconds.

    `situations` says what happens at each connector or EVSE, `supplies` what it is built for. Each step has the limit
    of its first second; steps with equal limits are one. Source: OCPP 1.6 section 5.7 GetCompositeSchedule, OCPP 2.x
    K08.
    """
    known, where = list(profiles), situations or {}
    periods: list[CompositePeriod] = []
    second, steps = 0, 0
    while second < max(duration, 1) and steps < MAX_STEPS:
        steps += 1
        time = start + second * SECOND
        at = limit_at(known, place, time, situations=where, supply=supply, supplies=supplies, origin=start)
        limit = at.in_unit(unit)
        if not periods or (periods[-1].limit, periods[-1].at.phases) != (limit, at.phases):
            periods.append(CompositePeriod(second, limit, at))
        second = max(second + 1, -((start - at.until) // SECOND))  # the first whole second after the change
    return CompositeSchedule(start, max(0, min(second, duration)), unit, tuple(periods))


def limit_at(
    profiles: Iterable[ChargingProfile],
    place: int,
    time: int,
    *,
    situations: Mapping[int, ChargingSituation] | None = None,
    supply: Supply | None = None,
    supplies: Mapping[int, Supply] | None = None,
    origin: int | None = None,
) -> LimitAtMoment:
    """What a connector, an EVSE, or with 0 the whole charge point may draw at `time`.

    Times are in microseconds since 1970-01-01 UTC. `origin`, by default `time`, is when a schedule begins that depends
    on a transaction where none runs. The whole charge point may draw what all connectors in `situations` may together;
    `supplies` says what each of them is built for, where that is not `supply`.
    """
    where, built = situations or {}, supply or Supply()
    since = time if origin is None else origin
    known = [profile for profile in profiles if place in (0, profile.place) or profile.place == 0]
    if place:
        return _at_connector(known, place, time, where.get(place, NOTHING_CHARGES), built, since)
    station = [profile for profile in known if profile.place == 0 and profile.is_for_station]
    whole = _at_connector(station, 0, time, NOTHING_CHARGES, built, since)
    if not where:
        return whole
    parts = [
        _at_connector(
            [p for p in known if p.place in (0, each)], each, time, situation, (supplies or {}).get(each, built), since
        )
        for each, situation in where.items()
    ]
    roles: dict[int, ProfileRole] = {}
    for role in (role for part in (whole, *parts) for role in part.roles):
        if role.state is ProfileState.IN_FORCE or id(role.profile) not in roles:
            roles[id(role.profile)] = role
    prevailing = {id(one.profile): one for part in (whole, *parts) for one in part.prevailing}
    until = min(part.until for part in (*parts, whole))
    summed = None if any(part.amperes is None for part in parts) else sum(part.amperes or 0.0 for part in parts)
    # The supply is that of one connector, so it does not bound the sum of several.
    bound = _lowest(whole.prevailing, whole.phases, Supply(built.voltage, built.phases))
    if summed is None or (bound[0] is not None and bound[0] <= summed):
        summed, deciding = bound
    else:
        deciding = None
    return LimitAtMoment(
        summed, whole.phases, built, deciding, tuple(prevailing.values()), tuple(roles.values()), until
    )


def _at_connector(
    profiles: list[ChargingProfile],
    place: int,
    time: int,
    situation: ChargingSituation,
    supply: Supply,
    origin: int,
) -> LimitAtMoment:
    moments = [(profile, profile_at(profile, time, situation, origin)) for profile in profiles]
    leading = _leading(moments)
    own = next((leading[purpose] for purpose in _OWN if purpose in leading), None)
    prevailing = tuple(one for key, one in leading.items() if key not in _OWN or one is own)
    roles = tuple(_role(profile, moment, leading, own) for profile, moment in moments)
    phases = min([supply.phases, *(one.period.phases for one in prevailing if one.period.phases)])
    amperes, deciding = _lowest(prevailing, phases, supply)
    until = min((moment.until for _, moment in moments), default=FOREVER)
    return LimitAtMoment(amperes, phases, supply, deciding, prevailing, roles, until)


def _leading(moments: list[tuple[ChargingProfile, ProfileMoment]]) -> dict[str, PrevailingProfile]:
    """The profile with the highest stack level of each purpose; at the same level, that of the connector itself.

    Limits from outside hold for the charge point and for an EVSE side by side, as do maxima. Those that a station only
    notifies are not stacked and have no id (2.x K12), so each holds.
    """
    leading: dict[str, PrevailingProfile] = {}
    for profile, moment in moments:
        if moment.state is not ProfileState.IN_FORCE or moment.period is None:
            continue
        key = _stack(profile)
        before = leading.get(key)
        rank = (profile.level, profile.place > 0, profile.installed)
        if before is None or rank >= (before.profile.level, before.profile.place > 0, before.profile.installed):
            leading[key] = PrevailingProfile(profile, moment.period, moment.since)
    return leading


def _stack(profile: ChargingProfile) -> str:
    """The name of the stack that a profile is in."""
    if profile.purpose not in STATION_PURPOSES:
        return profile.purpose
    return f"{profile.purpose} {profile.place if profile.id is not None else id(profile)}"


_OWN = (PRIORITY, TX_PROFILE, TX_DEFAULT)
"""The purposes of one charge; the first that sets a limit takes the place of the others."""


def _role(
    profile: ChargingProfile,
    moment: ProfileMoment,
    leading: Mapping[str, PrevailingProfile],
    own: PrevailingProfile | None,
) -> ProfileRole:
    if moment.state is not ProfileState.IN_FORCE:
        return ProfileRole(profile, moment.state)
    leader = leading[_stack(profile)].profile
    if leader is not profile:
        return ProfileRole(profile, ProfileState.LOWER_LEVEL, leader)
    if own is not None and profile.purpose in _OWN and own.profile is not profile:
        return ProfileRole(profile, ProfileState.OVERRULED, own.profile)
    return ProfileRole(profile, ProfileState.IN_FORCE)


def _lowest(
    prevailing: Iterable[PrevailingProfile], phases: int, supply: Supply
) -> tuple[float | None, PrevailingProfile | None]:
    """The lowest limit in amperes per phase, and the profile that sets it; None for the supply or no limit."""
    limits: list[tuple[float, PrevailingProfile]] = []
    added = 0.0
    for one in prevailing:
        limit = amperes_of(one, phases, supply.voltage)
        if limit is not None and one.profile.purpose == LOCAL_GENERATION:
            added += limit
        elif limit is not None:
            limits.append((limit, one))
    raised = [(limit + (added if one.profile.is_for_station else 0.0), one) for limit, one in limits]
    amperes, deciding = min(raised, key=lambda each: each[0], default=(None, None))
    if supply.amperes is not None and (amperes is None or supply.amperes < amperes):
        return supply.amperes, None
    return amperes, deciding


def amperes_of(one: PrevailingProfile, phases: int, voltage: float) -> float | None:
    """What a profile allows, in amperes on each of so many phases; None if it sets no limit (2.1)."""
    limit = one.period.limit
    if limit is None or one.unit == "A":
        return limit
    return limit / (voltage * phases)
