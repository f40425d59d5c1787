"""Why a connector or EVSE has the limit that it has, and why a profile seems to have no effect.

Sources: OCPP 1.6 section 3.13, OCPP 2.0.1 and 2.1 Part 2 section K; IEC 61851-1 for the least current of a car.
"""

from __future__ import annotations

from ocpptui.diagnosis.limit_case import (
    SETTLED,
    SLACK_AMPERES,
    LimitCase,
    LimitReason,
    allowed_units,
    draw_and_limit,
    setting_of,
)
from ocpptui.diagnosis.limit_circumstances import circumstances
from ocpptui.diagnosis.limit_words import limit_text, number_text, profile_limit_text, profile_name, profile_subject
from ocpptui.diagnosis.profile_accounts import concerns, former_text, refused_text, role_text
from ocpptui.ocpp.charging_profile import EXTERNAL, STATION_MAXIMA, TX_PROFILE
from ocpptui.ocpp.composite_schedule import LimitAtMoment, PrevailingProfile, ProfileRole
from ocpptui.ocpp.durations import span_text, stated_text
from ocpptui.ocpp.profile_moment import ProfileState
from ocpptui.stations.profile_events import FormerProfile, RefusedProfile

LEAST_AMPERES = 6.0
"""The least current per phase that a charge point can offer by the control pilot (IEC 61851-1 annex A)."""
OTHERS_SHOWN = 3
"""How many further profiles without effect are among the reasons; the account of the profiles has all."""
FEWEST_WATTS, MOST_AMPERES = 100.0, 500.0
"""A limit in W below the one, or in A above the other, was probably meant in the other unit."""


def reasons_for(case: LimitCase) -> tuple[LimitReason, ...]:
    """Why the limit of a place is what it is, the most important first; at least one.

    The first is about the profile that was set last, since that is the one that seems to have no effect.
    """
    first, deciding = _about_latest(case), case.limit.deciding
    found = [first]
    if deciding is not None and first.code not in _ABOUT_DRAW:
        found.append(_about_draw(deciding, _sets_limit(deciding, case.limit), case))
    return (*found, *_others_without_effect(case, first), *circumstances(case))


def _others_without_effect(case: LimitCase, first: LimitReason) -> list[LimitReason]:
    """Other profiles of the charge point that have no effect now, although somebody may count on them."""
    found = [
        LimitReason(role.state.value, _without_effect(role, case), role.profile.record)
        for role in sorted(case.limit.roles, key=lambda role: role.profile.record or 0, reverse=True)
        if role.state not in (ProfileState.IN_FORCE, ProfileState.OVERRULED, ProfileState.NO_PRIORITY)
    ]
    return [reason for reason in found if reason != first][:OTHERS_SHOWN]


def _without_effect(role: ProfileRole, case: LimitCase) -> str:
    why = role_text(role, case.limit, case.history, case.time)
    return f"{profile_subject(role.profile)} has no effect now. {why}"


def _sets_limit(one: PrevailingProfile, limit: LimitAtMoment) -> str:
    return f"{profile_subject(one.profile)} sets the limit of {limit_text(limit)}"


_ABOUT_DRAW = frozenset(
    {
        "zero-limit",
        "below-minimum-current",
        "no-charge",
        "not-measured",
        "not-followed",
        "phases-not-followed",
        "offered-less",
        "fewer-phases",
        "car-draws-less",
        "followed",
    }
)


def _about_latest(case: LimitCase) -> LimitReason:
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
        return _about_draw(one, _sets_limit(one, case.limit), case)
    if latest is None:
        return LimitReason("no-profile", f"The records show no charging profile for {case.where}.")
    if isinstance(latest, int):
        profile = history.unanswered[latest]
        text = f"{profile_subject(profile)} has no answer so far, so nothing says that the charge point uses it."
        return LimitReason("no-answer", text, latest)
    if isinstance(latest, RefusedProfile):
        text = f"{profile_subject(latest.profile)} has no effect. {refused_text(latest)}{_why_refused(latest, case)}"
        return LimitReason("rejected", text, latest.record)
    if isinstance(latest, FormerProfile):
        text = f"{profile_subject(latest.profile)} has no effect any more. {former_text(latest)}"
        return LimitReason(latest.why.value, text, latest.record)
    assert isinstance(latest, ProfileRole)
    if latest.state is not ProfileState.IN_FORCE:
        return LimitReason(latest.state.value, _without_effect(latest, case), latest.profile.record)
    one = next(each for each in case.limit.prevailing if each.profile is latest.profile)
    return _about_prevailing(one, case)


def _why_refused(refused: RefusedProfile, case: LimitCase) -> str:
    """What in the profile may be the cause, as far as the records show it."""
    profile, allowed = refused.profile, allowed_units(case.known)
    if allowed and profile.schedule.unit not in allowed:
        return f" It is in {profile.schedule.unit}, and the charge point takes limits only in {' or '.join(allowed)}."
    highest = setting_of(case.known, "ChargeProfileMaxStackLevel", "ProfileStackLevel")
    if highest is not None and profile.level > highest:
        return f" Its stack level {profile.level} is above the highest that the charge point takes, {highest}."
    most = setting_of(case.known, "ChargingScheduleMaxPeriods", "PeriodsPerSchedule")
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
        return f" Its first period begins at {stated_text(first)}, where OCPP asks for 0."
    return ""


def _about_prevailing(one: PrevailingProfile, case: LimitCase) -> LimitReason:
    """What the latest profile changes, as it does count for its purpose."""
    profile, limit = one.profile, case.limit
    name, said = profile_subject(profile), profile_limit_text(one)
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
    return _about_draw(one, _sets_limit(one, limit), case)


def _mode(one: PrevailingProfile) -> str:
    said = [f"{key} {one.period.carried[key]}" for key in ("operationMode", "setpoint") if key in one.period.carried]
    return f" ({', '.join(said)})" if said else ""


def _about_draw(one: PrevailingProfile, begin: str, case: LimitCase) -> LimitReason:
    """How what is drawn and offered compares with the limit of the profile that decides."""
    profile, amperes, draw = one.profile, case.limit.amperes or 0.0, case.draw
    after = -1 if draw.time is None else draw.time - one.since
    flows = after >= SETTLED and (draw.highest or 0.0) > SLACK_AMPERES
    if amperes <= 0 and not flows:
        return LimitReason("zero-limit", f"{begin}, so the car may not charge now.", profile.record)
    if 0 < amperes < LEAST_AMPERES and not flows and not draw.is_direct:
        text = (
            f"{begin}. That is {number_text(amperes)} A per phase, and below {LEAST_AMPERES:.0f} A a car pauses:"
            " a charge point cannot offer less (IEC 61851-1)."
        )
        return LimitReason("below-minimum-current", text, profile.record)
    if case.history.running.get(case.place) is None:
        text = f"{begin}, but the records show no running transaction at {case.where}, so there is nothing to limit."
        return LimitReason("no-charge", text, profile.record)
    if draw.highest is None or after < 0:
        since = "" if draw.highest is None else " since then"
        text = f"{begin}. No meter value{since} shows what the car draws."
        return LimitReason("not-measured", text, profile.record)
    return _compared(one, begin, after, case)


def _compared(one: PrevailingProfile, begin: str, after: int, case: LimitCase) -> LimitReason:
    """The same where the readings are newer than the limit, by `after` microseconds.

    In W if the limit is, and if the power was measured.
    """
    profile, limit, draw = one.profile, case.limit, case.draw
    compared = draw_and_limit(limit, one, draw)
    unit, drawn, allowed, slack = compared
    said = f"{number_text(drawn)} {unit}"
    if after < SETTLED and abs(drawn - allowed) > slack:
        text = f"{begin}. The latest reading, {said}, came {span_text(after)} after the change, too soon to judge it."
        return LimitReason("not-measured", text, profile.record)
    if compared.is_above:
        text = f"{begin}, but the car draws {said}: the charge point does not follow it."
        return LimitReason("not-followed", text, profile.record)
    if one.period.phases is not None and (draw.phases or 0) > one.period.phases:
        text = f"{begin}, but the car draws current on {draw.phases} phases: the charge point does not switch phases."
        return LimitReason("phases-not-followed", text, profile.record)
    offered = _offered(one, case)
    if offered is not None and offered < (limit.amperes or 0.0) - SLACK_AMPERES:
        text = (
            f"{begin}, but the charge point offers only {number_text(offered)} A. Something that OCPP does not show is"
            " lower: a setting of its own, load balancing, the cable or the temperature."
        )
        return LimitReason("offered-less", text, profile.record)
    phases = _fewer_phases(one, case)
    if phases:
        return LimitReason("fewer-phases", f"{begin}. {phases}", profile.record)
    if drawn < allowed - slack:
        paused = " It has paused by itself (SuspendedEV)." if case.status == "SuspendedEV" else ""
        full = f" Its battery is at {draw.soc:.0f} %." if draw.soc is not None and draw.soc >= 80 else ""
        cause = "takes less than it may" if offered is not None else "or something that OCPP does not show takes less"
        who = f"the charge point offers {number_text(offered)} A, so the car itself" if offered else "the car itself,"
        text = f"{begin}, but the car draws only {said}: {who} {cause}.{paused}{full}"
        return LimitReason("car-draws-less", text, profile.record)
    return LimitReason("followed", f"{begin}, and the car draws {said}.", profile.record)


def _offered(one: PrevailingProfile, case: LimitCase) -> float | None:
    draw, supply = case.draw, case.limit.supply
    if draw.offered_time is None or draw.offered_time < one.since + SETTLED:
        return None
    if draw.offered_amperes is not None:
        return draw.offered_amperes
    return None if draw.offered_watts is None else draw.offered_watts / (supply.voltage * case.limit.phases)


def _fewer_phases(one: PrevailingProfile, case: LimitCase) -> str:
    """A limit in W that the charge point divides by three phases, while the car uses fewer."""
    used, limit, power = case.draw.phases, one.period.limit, case.draw.power
    if (
        one.unit != "W"
        or used in (None, 3)
        or case.draw.is_direct
        or one.period.phases is not None
        or power is None
        or not limit
    ):
        return ""
    share = limit * (used or 3) / 3
    if abs(power - share) > 0.15 * share:
        return ""
    return (
        f"The car uses {used} of 3 phases and draws {number_text(power)} W: the charge point divides the limit by 3,"
        " since OCPP assumes 3 phases where numberPhases is missing."
    )


def _meant_unit(one: PrevailingProfile) -> str | None:
    """The unit that a limit was probably meant in, if it makes no sense in its own."""
    limit = one.period.limit
    if limit is None or limit <= 0:
        return None
    if one.unit == "W":
        return "amperes" if limit < FEWEST_WATTS else None
    return "watts" if limit > MOST_AMPERES else None
