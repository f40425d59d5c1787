"""How limits, profiles and moments are written in sentences about charging profiles."""

from __future__ import annotations

from ocpptui.ocpp.charging_profile import EXTERNAL, ChargingProfile
from ocpptui.ocpp.composite_schedule import LimitAtMoment, PrevailingProfile
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.date_times import date_time
from ocpptui.stations.present_draw import PHASE_VOLTS


def number_text(value: float) -> str:
    """A number of amperes or watts: `16`, `9.8`, `11,040`; only small ones have two decimals, `0.02`."""
    if 0 < abs(value) < 1:
        return f"{value:.2g}"
    rounded = round(value, 1)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}"


def limit_text(limit: LimitAtMoment) -> str:
    """A limit in both units, its own first: `16 A on 3 phases (11,040 W)`; `no limit`."""
    if limit.amperes is None or limit.watts is None:
        return "no limit"
    is_direct = limit.supply.voltage > PHASE_VOLTS[1]
    phases = "" if is_direct else f" on {counted(limit.phases, 'phase')}"
    amperes = f"{number_text(limit.amperes)} A{phases}"
    watts = f"{number_text(limit.watts)} W"
    return f"{watts} ({amperes})" if limit.deciding and limit.deciding.unit == "W" else f"{amperes} ({watts})"


def profile_limit_text(one: PrevailingProfile) -> str:
    """What a profile allows, in its own unit: `16 A`, `11,040 W on 3 phases`."""
    if one.period.limit is None:
        return "any rate"
    phases = "" if one.period.phases is None else f" on {counted(one.period.phases, 'phase')}"
    return f"{number_text(one.period.limit)} {one.unit}{phases}"


def profile_name(profile: ChargingProfile) -> str:
    """A profile in a sentence: `profile 5 (TxProfile, stack level 0)`."""
    if profile.purpose == EXTERNAL and profile.id is None:
        return "the limit from outside (NotifyChargingLimit)"
    number = "a profile without an id" if profile.id is None else f"profile {profile.id}"
    return f"{number} ({profile.purpose or 'without a purpose'}, stack level {profile.level})"


def profile_subject(profile: ChargingProfile) -> str:
    """The same at the beginning of a sentence."""
    name = profile_name(profile)
    return name[0].upper() + name[1:]


def at_text(time: int) -> str:
    """A moment: `2026-11-22 10:02:03Z`."""
    return f"{date_time(time)[:19].replace('T', ' ')}Z"
