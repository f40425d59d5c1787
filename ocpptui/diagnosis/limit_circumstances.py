"""What makes a limit uncertain, or differs from what the charge point says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from ocpptui.diagnosis.limit_case import LimitCase, LimitReason, allowed_units, composite_slack
from ocpptui.diagnosis.limit_words import number_text, profile_name, profile_subject
from ocpptui.diagnosis.profile_accounts import concerns, former_text
from ocpptui.ocpp.charging_profile import ChargingProfile, charging_schedule
from ocpptui.ocpp.composite_schedule import PrevailingProfile
from ocpptui.ocpp.date_times import SECOND
from ocpptui.stations.profile_events import FormerProfile, ProfileEnd


def circumstances(case: LimitCase) -> Iterator[LimitReason]:
    """What else is worth knowing of the limit, the most important first."""
    if (differs := _composite_differs(case)) is not None:
        yield differs
    yield from _replaced(case)
    for one in case.limit.prevailing:
        yield from _about_profile(one, case)
    yield from _unknown(case)


def _replaced(case: LimitCase) -> Iterator[LimitReason]:
    """The last profile that went because another one has its id, or its purpose and stack level."""
    history = case.history
    replaced = [one for one in history.former if one.why is ProfileEnd.REPLACED and concerns(one.profile, case.place)]
    if replaced and replaced[-1].by in history.installed.profiles and _was_meant_to_stay(replaced[-1]):
        text = f"{profile_subject(replaced[-1].profile)} has no effect any more. {former_text(replaced[-1])}"
        yield LimitReason("replaced", text, replaced[-1].record)


def _about_profile(one: PrevailingProfile, case: LimitCase) -> Iterator[LimitReason]:
    profile, allowed = one.profile, allowed_units(case.known)
    name = profile_subject(profile)
    if allowed and one.unit not in allowed:
        text = f"{name} is in {one.unit}, but the charge point takes limits only in {allowed[0]}."
        yield LimitReason("unit-not-allowed", text, profile.record)
    if profile.not_computed:
        text = f"{name} also has {', '.join(profile.not_computed)}, which is not taken into account."
        yield LimitReason("not-computed", text, profile.record)
    if len(profile.schedules) > 1:
        which = "the first is shown" if profile.chosen is None else f"it chose that with the id {profile.chosen}"
        text = f"{name} has {len(profile.schedules)} schedules for the car to choose from; {which}."
        yield LimitReason("several-schedules", text, profile.record)
    minimum = profile.schedule.minimum
    if minimum is not None and one.period.limit is not None and one.period.limit < minimum:
        text = f"{name} is below its own minChargingRate of {number_text(minimum)} {one.unit}."
        yield LimitReason("below-charging-rate", text, profile.record)


def _unknown(case: LimitCase) -> Iterator[LimitReason]:
    """What the records cannot show."""
    history, prevailing = case.history, case.limit.prevailing
    lost = [one.profile for one in prevailing if history.may_have_lost(one.profile)]
    if lost:
        text = (
            f"The charge point has sent BootNotification since {profile_name(lost[0])} was set. Whether it keeps"
            " profiles over a restart is not known."
        )
        yield LimitReason("restarted", text, history.restarted)
    running = history.running.get(case.place)
    relative = [one.profile for one in prevailing if _is_relative(one.profile)]
    if relative and running is not None and running.started is None:
        text = (
            f"The transaction began before the records, so nobody knows which period of {profile_name(relative[0])}"
            " holds now; it is shown as if it began now."
        )
        yield LimitReason("start-unknown", text, running.record)
    if running is None and history.unplaced:
        text = f"Transaction {next(reversed(history.unplaced))} runs, but no record says at which EVSE."
        yield LimitReason("place-unknown", text)
    if not history.is_complete:
        text = (
            "Profiles that were set before the first record are not known. An answer to GetCompositeSchedule, or in 2.x"
            " to GetChargingProfiles, would show whether there are any."
        )
        yield LimitReason("records-begin-later", text)


def _was_meant_to_stay(former: FormerProfile) -> bool:
    """Whether a profile was replaced by one that is not an update of it."""
    old, new = former.profile, former.by
    return new is not None and (old.id, old.purpose, old.place) != (new.id, new.purpose, new.place)


def _is_relative(profile: ChargingProfile) -> bool:
    return not profile.is_for_station and (profile.kind == "Relative" or profile.schedule.start is None)


def _composite_differs(case: LimitCase) -> LimitReason | None:
    """Whether the charge point's own composite schedule has another limit for this moment."""
    reported = case.history.composites.get(case.place)
    if reported is None:
        return None
    schedule = charging_schedule(reported.payload)
    elapsed, unit = (case.time - reported.start) // SECOND, schedule.unit
    passed = [period for period in schedule.periods if period.start <= elapsed]
    said = passed[-1].limit if passed else None
    ours = case.limit.in_unit(unit)
    if said is None or (schedule.duration is not None and elapsed >= schedule.duration):
        return None
    if ours is not None and abs(said - ours) <= composite_slack(ours):
        return None
    known = "would be unlimited" if ours is None else f"would be {number_text(ours)} {unit}"
    text = (
        f"The charge point itself answered to GetCompositeSchedule that the limit is {number_text(said)} {unit}; by the"
        f" known profiles it {known}. It has other limits, or does not apply these profiles."
    )
    return LimitReason("composite-differs", text, reported.record)
