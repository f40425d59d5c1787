"""Why a connector or EVSE has the limit that it has, and why a profile seems to have no effect.

Sources: OCPP 1.6 section 3.13, OCPP 2.0.1 and 2.1 Part 2 section K; IEC 61851-1 for the least current of a car.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.diagnosis.limit_words import limit_text, number_text, profile_limit_text, profile_name
from ocpptui.diagnosis.profile_accounts import concerns, former_text, refused_text, role_text
from ocpptui.ocpp.charging_profile import EXTERNAL, STATION_MAXIMA, TX_PROFILE, ChargingProfile
from ocpptui.ocpp.composite_schedule import LimitAtMoment, PrevailingProfile, ProfileRole
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import integer_at, number_at, objects_at
from ocpptui.ocpp.profile_moment import ProfileState
from ocpptui.stations.present_draw import PresentDraw
from ocpptui.stations.profile_history import FormerProfile, ProfileEnd, ProfileHistory, RefusedProfile
from ocpptui.stations.state import ChargePointState

LEAST_AMPERES = 6.0
"""The least current per phase that a charge point can offer by the control pilot (IEC 61851-1 annex A)."""
SETTLED = 10 * SECOND
"""How long after a change of the limit a reading may still show what was before; a car has 5 s to follow."""
SLACK_AMPERES = 1.0
"""How far a reading may be above a limit: meters, and the control pilot itself, are not exact."""
FEWEST_WATTS, MOST_AMPERES = 100.0, 500.0
"""A limit in W below the one, or in A above the other, was probably meant in the other unit."""


@dataclass(frozen=True, slots=True)
class LimitReason:
    """One reason why a limit is what it is, or why a profile has no effect."""

    code: str
    """A stable name in kebab case, `rejected` for example."""
    text: str
    """One sentence, or a few."""
    record: int | None = None
    """The index of the record that it is about."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What the reasons are found from."""

    history: ProfileHistory
    known: ChargePointState
    place: int
    where: str
    limit: LimitAtMoment
    draw: PresentDraw
    status: str
    time: int
    record: int


def reasons_for(
    history: ProfileHistory,
    known: ChargePointState,
    place: int,
    where: str,
    limit: LimitAtMoment,
    draw: PresentDraw,
    status: str,
    time: int,
    record: int,
) -> tuple[LimitReason, ...]:
    """Why the limit of a place is what it is, the most important first; at least one.

    The first is about the profile that was set last, since that is the one that seems to have no effect.
    """
    case = _Case(history, known, place, where, limit, draw, status, time, record)
    first, deciding = _about_latest(case), limit.deciding
    found = [first]
    if deciding is not None and first.code not in _ABOUT_DRAW:
        found.append(_about_draw(deciding, f"{_subject(deciding.profile)} sets the limit of {limit_text(limit)}", case))
    return (*found, *_circumstances(case))


_ABOUT_DRAW = frozenset(
    {
        "zero-limit",
        "below-minimum-current",
        "no-charge",
        "not-measured",
        "not-followed",
        "offered-less",
        "fewer-phases",
        "car-draws-less",
        "followed",
    }
)


def _about_latest(case: _Case) -> LimitReason:
    """What became of the profile that was set last."""
    history = case.history
    # What a station notifies itself is not what the central system wonders about.
    found: list[tuple[int, object]] = [
        (role.profile.record or 0, role) for role in case.limit.roles if role.profile.id is not None
    ]
    found += [(index, index) for index, profile in history.unanswered.items() if concerns(profile, case.place)]
    found += [(one.profile.record or 0, one) for one in history.turned_down if concerns(one.profile, case.place)]
    found += [(one.profile.record or 0, one) for one in history.former if concerns(one.profile, case.place)]
    latest = max(found, key=lambda each: each[0], default=(0, None))[1]
    if latest is None and case.limit.prevailing:
        one = case.limit.prevailing[0]
        return _about_draw(one, f"{_subject(one.profile)} sets the limit of {limit_text(case.limit)}", case)
    if latest is None:
        return LimitReason("no-profile", f"The records show no charging profile for {case.where}.")
    if isinstance(latest, int):
        profile = history.unanswered[latest]
        text = f"{_subject(profile)} has no answer so far, so nothing says that the charge point uses it."
        return LimitReason("no-answer", text, latest)
    if isinstance(latest, RefusedProfile):
        text = f"{_subject(latest.profile)} has no effect. {refused_text(latest)}{_why_refused(latest, case)}"
        return LimitReason("rejected", text, latest.record)
    if isinstance(latest, FormerProfile):
        text = f"{_subject(latest.profile)} has no effect any more. {former_text(latest)}"
        return LimitReason(latest.why.value, text, latest.record)
    assert isinstance(latest, ProfileRole)
    if latest.state is not ProfileState.IN_FORCE:
        text = f"{_subject(latest.profile)} has no effect now. {role_text(latest, case.limit, history, case.time)}"
        return LimitReason(latest.state.value, text, latest.profile.record)
    one = next(each for each in case.limit.prevailing if each.profile is latest.profile)
    return _about_prevailing(one, case)


def _subject(profile: ChargingProfile) -> str:
    name = profile_name(profile)
    return name[0].upper() + name[1:]


def _why_refused(refused: RefusedProfile, case: _Case) -> str:
    """What in the profile may be the cause, as far as the records show it."""
    profile, allowed = refused.profile, _allowed_units(case.known)
    if allowed and profile.schedule.unit not in allowed:
        return f" It is in {profile.schedule.unit}, and the charge point takes limits only in {' or '.join(allowed)}."
    highest = _setting(case.known, "ChargeProfileMaxStackLevel", "ProfileStackLevel")
    if highest is not None and profile.level > highest:
        return f" Its stack level {profile.level} is above the highest that the charge point takes, {highest}."
    most = _setting(case.known, "ChargingScheduleMaxPeriods", "PeriodsPerSchedule")
    if most is not None and len(profile.schedule.periods) > most:
        return f" It has {len(profile.schedule.periods)} periods, and the charge point takes {most}."
    if profile.purpose in STATION_MAXIMA and profile.place > 0:
        return f" A {profile.purpose} is for the whole charge point, so it belongs to connector or EVSE 0."
    if profile.purpose == EXTERNAL:
        return " Only systems other than the central system set this purpose."
    if profile.purpose == TX_PROFILE:
        running = case.history.running.get(profile.place)
        if running is None or running.record > refused.record:
            return " A TxProfile needs a running transaction, and none was known at that time."
        if profile.transaction and running.id and profile.transaction.lower() != running.id.lower():
            return f" It names transaction {profile.transaction}, but {running.id} runs."
    first = profile.schedule.periods[0].start if profile.schedule.periods else 0
    if first:
        return f" Its first period begins at {first:,} s, where OCPP asks for 0."
    return ""


def _about_prevailing(one: PrevailingProfile, case: _Case) -> LimitReason:
    """What the latest profile changes, as it does count for its purpose."""
    profile, limit = one.profile, case.limit
    name, said = _subject(profile), profile_limit_text(one)
    if (unit := _meant_unit(one)) is not None:
        text = f"{name} allows {said}, which looks like a number of {unit}: its chargingRateUnit is {one.unit}."
        return LimitReason("other-unit", text, profile.record)
    deciding = limit.deciding
    if one.period.limit is None:
        text = f"{name} counts, but sets no limit now{_mode(one)}."
        return LimitReason("no-limit", text, profile.record)
    if deciding is not None and deciding is not one:
        code = {EXTERNAL: "external-limit"}.get(deciding.profile.purpose, "station-maximum")
        code = code if deciding.profile.is_for_station else "lower-limit"
        text = (
            f"{name} allows {said}, but {profile_name(deciding.profile)} allows only {profile_limit_text(deciding)},"
            " and the lowest limit counts."
        )
        return LimitReason(code, text, deciding.profile.record)
    return _about_draw(one, f"{name} sets the limit of {limit_text(limit)}", case)


def _mode(one: PrevailingProfile) -> str:
    said = [f"{key} {one.period.carried[key]}" for key in ("operationMode", "setpoint") if key in one.period.carried]
    return f" ({', '.join(said)})" if said else ""


def _about_draw(one: PrevailingProfile, begin: str, case: _Case) -> LimitReason:
    """How what is drawn and offered compares with the limit of the profile that decides."""
    profile, amperes, draw = one.profile, case.limit.amperes or 0.0, case.draw
    drawn = draw.highest
    is_new = draw.time is not None and draw.time >= one.since + SETTLED
    if amperes <= 0:
        flows = is_new and drawn is not None and drawn > SLACK_AMPERES
        if not flows:
            return LimitReason("zero-limit", f"{begin}, so the car may not charge now.", profile.record)
    elif amperes < LEAST_AMPERES and case.limit.supply.voltage < 300 and not (is_new and (drawn or 0) > SLACK_AMPERES):
        text = (
            f"{begin}. That is {number_text(amperes)} A per phase, and below {LEAST_AMPERES:.0f} A a car pauses:"
            " a charge point cannot offer less (IEC 61851-1)."
        )
        return LimitReason("below-minimum-current", text, profile.record)
    if case.history.running.get(case.place) is None:
        text = f"{begin}, but no transaction is known to run at {case.where}, so there is nothing to limit."
        return LimitReason("no-charge", text, profile.record)
    if drawn is None or not is_new:
        since = "" if drawn is None else " since then"
        text = f"{begin}. No meter value shows{since} what the car draws."
        return LimitReason("not-measured", text, profile.record)
    said = f"{number_text(drawn)} A"
    if drawn > amperes + SLACK_AMPERES:
        text = f"{begin}, but the car draws {said}: the charge point does not follow it."
        return LimitReason("not-followed", text, profile.record)
    offered = _offered(one, case)
    if offered is not None and offered < amperes - SLACK_AMPERES:
        text = (
            f"{begin}, but the charge point offers only {number_text(offered)} A. Something that OCPP does not show is"
            " lower: a setting of its own, load balancing, the cable or the temperature."
        )
        return LimitReason("offered-less", text, profile.record)
    phases = _fewer_phases(one, case)
    if phases:
        return LimitReason("fewer-phases", f"{begin}. {phases}", profile.record)
    if drawn < amperes - SLACK_AMPERES:
        paused = " It has paused by itself (SuspendedEV)." if case.status == "SuspendedEV" else ""
        full = f" Its battery is at {draw.soc:.0f} %." if draw.soc is not None and draw.soc >= 80 else ""
        text = f"{begin}, but the car draws only {said}. It decides itself to take less.{paused}{full}"
        return LimitReason("car-draws-less", text, profile.record)
    return LimitReason("followed", f"{begin}, and the car draws {said}.", profile.record)


def _offered(one: PrevailingProfile, case: _Case) -> float | None:
    draw, supply = case.draw, case.limit.supply
    if draw.offered_time is None or draw.offered_time < one.since + SETTLED:
        return None
    if draw.offered_amperes is not None:
        return draw.offered_amperes
    return None if draw.offered_watts is None else draw.offered_watts / (supply.voltage * case.limit.phases)


def _fewer_phases(one: PrevailingProfile, case: _Case) -> str:
    """A limit in W that the charge point divides by three phases, while the car uses fewer."""
    used, limit, power = case.draw.phases, one.period.limit, case.draw.power
    if one.unit != "W" or used in (None, 3) or one.period.phases is not None or power is None or not limit:
        return ""
    share = limit * (used or 3) / 3
    if abs(power - share) > 0.15 * share:
        return ""
    return (
        f"The car uses {used} of 3 phases and draws {number_text(power)} W: the charge point divides the limit by 3"
        " phases, as OCPP has it where numberPhases is missing."
    )


def _meant_unit(one: PrevailingProfile) -> str | None:
    """The unit that a limit was probably meant in, if it makes no sense in its own."""
    limit = one.period.limit
    if limit is None or limit <= 0:
        return None
    if one.unit == "W":
        return "amperes" if limit < FEWEST_WATTS else None
    return "watts" if limit > MOST_AMPERES else None


# -- what else is worth knowing ---------------------------------------------------------------------------------------


def _circumstances(case: _Case) -> list[LimitReason]:
    """What makes the limit uncertain, or differs from what the charge point says of itself."""
    history, prevailing, found = case.history, case.limit.prevailing, list[LimitReason]()
    if (differs := _composite_differs(case)) is not None:
        found.append(differs)
    allowed = _allowed_units(case.known)
    for one in prevailing:
        if allowed and one.unit not in allowed:
            text = f"{_subject(one.profile)} is in {one.unit}, but the charge point takes limits only in {allowed[0]}."
            found.append(LimitReason("unit-not-allowed", text, one.profile.record))
    replaced = [one for one in history.former if one.why is ProfileEnd.REPLACED and concerns(one.profile, case.place)]
    if replaced and replaced[-1].by in history.installed.profiles and _was_meant_to_stay(replaced[-1]):
        text = f"{_subject(replaced[-1].profile)} has no effect any more. {former_text(replaced[-1])}"
        found.append(LimitReason("replaced", text, replaced[-1].record))
    lost = [one.profile for one in prevailing if history.may_have_lost(one.profile)]
    if lost:
        text = (
            f"The charge point has sent BootNotification since {profile_name(lost[0])} was set. Whether it keeps"
            " profiles over a restart is not known."
        )
        found.append(LimitReason("restarted", text, history.restarted))
    running = history.running.get(case.place)
    relative = [one.profile for one in prevailing if _is_relative(one.profile)]
    if relative and running is not None and running.started is None:
        text = (
            f"The transaction began before the records, so nobody knows which period of {profile_name(relative[0])}"
            " holds now; it is shown as if it began now."
        )
        found.append(LimitReason("start-unknown", text, running.record))
    for one in prevailing:
        if one.profile.not_computed:
            names = ", ".join(one.profile.not_computed)
            text = f"{_subject(one.profile)} also has {names}, which is not taken into account."
            found.append(LimitReason("not-computed", text, one.profile.record))
        if len(one.profile.schedules) > 1:
            count = len(one.profile.schedules)
            text = f"{_subject(one.profile)} has {count} schedules for the car to choose from; the first is shown."
            found.append(LimitReason("several-schedules", text, one.profile.record))
        minimum = one.profile.schedule.minimum
        if minimum is not None and one.period.limit is not None and one.period.limit < minimum:
            text = f"{_subject(one.profile)} is below its own minChargingRate of {number_text(minimum)} {one.unit}."
            found.append(LimitReason("below-charging-rate", text, one.profile.record))
    if not history.is_complete:
        text = (
            "Profiles that were set before the records began are not among these. The answer to GetCompositeSchedule,"
            " or in 2.x to GetChargingProfiles, would show whether there are any."
        )
        found.append(LimitReason("records-begin-later", text))
    return found


def _was_meant_to_stay(former: FormerProfile) -> bool:
    """Whether a profile was replaced by one that is not an update of it."""
    old, new = former.profile, former.by
    return new is not None and (old.id, old.purpose, old.place) != (new.id, new.purpose, new.place)


def _is_relative(profile: ChargingProfile) -> bool:
    return not profile.is_for_station and (profile.kind == "Relative" or profile.schedule.start is None)


def _composite_differs(case: _Case) -> LimitReason | None:
    """Whether the charge point's own composite schedule has another limit for this moment."""
    reported = case.history.composites.get(case.place)
    if reported is None or any((one.profile.record or 0) > reported.record for one in case.limit.prevailing):
        return None
    elapsed, duration = (case.time - reported.start) // SECOND, integer_at(reported.payload, "duration")
    passed = [
        period
        for period in objects_at(reported.payload, "chargingSchedulePeriod")
        if (integer_at(period, "startPeriod") or 0) <= elapsed
    ]
    said = number_at(passed[-1], "limit") if passed else None
    unit = "W" if reported.payload.get("chargingRateUnit") == "W" else "A"
    ours = case.limit.in_unit(unit)
    if said is None or (duration is not None and elapsed >= duration):
        return None
    if ours is not None and abs(said - ours) <= max(0.2, 0.02 * abs(ours)):
        return None
    known = "would be unlimited" if ours is None else f"would be {number_text(ours)} {unit}"
    text = (
        f"The charge point itself answered to GetCompositeSchedule that the limit is {number_text(said)} {unit}; by the"
        f" known profiles it {known}. It has other limits, or does not apply these profiles."
    )
    return LimitReason("composite-differs", text, reported.record)


def _allowed_units(known: ChargePointState) -> list[str]:
    """The units in which the charge point takes limits, if it said so (1.6 section 9.4.2; 2.x RateUnit)."""
    said = known.configuration.get("ChargingScheduleAllowedChargingRateUnit")
    said = known.configuration.get("SmartChargingCtrlr.RateUnit", "") if said is None else said
    names = {"Current": "A", "A": "A", "Power": "W", "W": "W"}
    return sorted({names[name.strip()] for name in said.split(",") if name.strip() in names})


def _setting(known: ChargePointState, key_1x: str, variable: str) -> int | None:
    said = known.configuration.get(key_1x) or known.configuration.get(f"SmartChargingCtrlr.{variable}") or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
