"""What one charging profile says at one moment, and until when.

Sources: OCPP 1.6 sections 3.13 and 7.8 to 7.14; OCPP 2.0.1 and 2.1 Part 2 section K, K01.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from ocpptui.ocpp.charging_profile import PRIORITY, TX_PROFILE, ChargingProfile, SchedulePeriod
from ocpptui.ocpp.date_times import SECOND

FOREVER = 1 << 62
"""The end of what has no end."""


@dataclass(frozen=True, slots=True)
class ChargingSituation:
    """What happens at a connector or EVSE, as far as charging profiles depend on it."""

    transaction: str | None = None
    """The id of the running transaction, empty if it is not known yet; None if there is no transaction."""
    started: int | None = None
    """When it started, in microseconds since 1970-01-01 UTC; None if nobody knows."""
    priority: bool = False
    """Priority charging is activated (2.1 K21)."""


NOTHING_CHARGES = ChargingSituation()


class ProfileState(StrEnum):
    """Why a profile sets a limit at a moment, or why not."""

    IN_FORCE = "in-force"
    """It decides for its purpose."""
    LOWER_LEVEL = "lower-stack-level"
    """Another profile of its purpose has a higher stack level."""
    OVERRULED = "overruled"
    """A TxProfile or PriorityCharging takes the place of its purpose."""
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    NOT_STARTED = "schedule-not-started"
    FINISHED = "schedule-finished"
    BETWEEN = "between-recurrences"
    NO_PERIOD = "no-period"
    """Its schedule has no period for this moment."""
    NO_TRANSACTION = "no-transaction"
    OTHER_TRANSACTION = "other-transaction"
    NO_PRIORITY = "priority-not-activated"


@dataclass(frozen=True, slots=True)
class ProfileMoment:
    """What a profile says at a moment, before others are asked."""

    state: ProfileState
    """IN_FORCE if it sets a limit."""
    until: int
    """The time from which on it may say something else; FOREVER if there is none."""
    period: SchedulePeriod | None = None
    since: int = 0
    """When the period began, in microseconds since 1970-01-01 UTC."""


def profile_at(profile: ChargingProfile, time: int, situation: ChargingSituation, origin: int) -> ProfileMoment:
    """What a profile says at `time`; all times in microseconds since 1970-01-01 UTC.

    A schedule without a start of its own begins with the transaction, or at `origin` where none runs: this is what
    would hold for one that starts then. That of a whole charge point begins when it was installed.
    """
    if profile.purpose == TX_PROFILE and situation.transaction is None:
        return ProfileMoment(ProfileState.NO_TRANSACTION, FOREVER)
    if profile.purpose == TX_PROFILE and not _is_of(profile, situation):
        return ProfileMoment(ProfileState.OTHER_TRANSACTION, FOREVER)
    if profile.purpose == PRIORITY and not situation.priority:
        return ProfileMoment(ProfileState.NO_PRIORITY, FOREVER)
    if profile.valid_to is not None and time >= profile.valid_to:
        return ProfileMoment(ProfileState.EXPIRED, FOREVER)
    if profile.valid_from is not None and time < profile.valid_from:
        return ProfileMoment(ProfileState.NOT_YET_VALID, profile.valid_from)
    found = _in_schedule(profile, time, situation, origin)
    end = FOREVER if profile.valid_to is None else profile.valid_to
    since = max(found.since, profile.installed, profile.valid_from or 0)
    return ProfileMoment(found.state, min(found.until, end), found.period, since)


def _is_of(profile: ChargingProfile, situation: ChargingSituation) -> bool:
    """Whether a TxProfile is for the running transaction; ids are compared without case (2.x identifierString)."""
    named, running = profile.transaction.lower(), (situation.transaction or "").lower()
    return not named or not running or named == running


def _in_schedule(profile: ChargingProfile, time: int, situation: ChargingSituation, origin: int) -> ProfileMoment:
    schedule, cycle = profile.schedule, profile.cycle
    began = _beginning(profile, situation, origin)
    if time < began:
        return ProfileMoment(ProfileState.NOT_STARTED, began)
    if cycle:
        began = time - (time - began) % cycle
    next_cycle = began + cycle if cycle else FOREVER
    end = next_cycle
    if schedule.duration is not None:
        end = min(end, began + schedule.duration * SECOND)
    if time >= end:
        return ProfileMoment(ProfileState.BETWEEN if cycle else ProfileState.FINISHED, next_cycle)
    place = bisect_right(schedule.periods, (time - began) // SECOND, key=attrgetter("start"))
    if place < len(schedule.periods):
        end = min(end, began + schedule.periods[place].start * SECOND)
    if not place:
        return ProfileMoment(ProfileState.NO_PERIOD, end)
    period = schedule.periods[place - 1]
    return ProfileMoment(ProfileState.IN_FORCE, end, period, began + period.start * SECOND)


def _beginning(profile: ChargingProfile, situation: ChargingSituation, origin: int) -> int:
    if profile.kind == "Dynamic":
        return profile.installed
    if profile.schedule.start is not None and profile.kind != "Relative":
        return profile.schedule.start
    if profile.is_for_station:
        return profile.installed
    return origin if situation.transaction is None or situation.started is None else situation.started
