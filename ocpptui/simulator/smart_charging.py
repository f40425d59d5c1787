"""How the simulated charge point handles charging profiles.

Source: OCPP 1.6 sections 5.5, 5.7, 5.16; OCPP 2.x use cases K01 to K10.
"""

from __future__ import annotations

from itertools import pairwise

from ocpptui.ocpp.charging_profile import (
    EXTERNAL,
    PRIORITY,
    STATION_MAXIMA,
    TX_PROFILE,
    ChargingProfile,
    charging_profile,
)
from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, text_at, texts_at
from ocpptui.ocpp.profile_store import cleared_by, replaces, reported_by
from ocpptui.simulator import dynamic_profiles
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.charging import Charge
from ocpptui.simulator.default_answers import composite_answer
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect, SendCall

_ONLY_CHARGING = {"operationMode": "ChargingOnly"}
"""What 2.1 may add to a period without changing its meaning."""

SOURCE = "CSO"
"""The chargingLimitSource of profiles set by the central system (2.x K09)."""


def set_profile(device: Device, request: Payload, now: int) -> Reply:
    """SetChargingProfile: a TxProfile needs its transaction; a maximum profile applies to the whole charge point."""
    is_1x = device.version.generation == 1
    number = integer_at(request, "connectorId" if is_1x else "evseId") or 0
    content = object_at(request, "csChargingProfiles" if is_1x else "chargingProfile")
    profile = charging_profile(content, number, now)
    if number and number not in device.connectors:
        return status_reply("Rejected")
    if profile.purpose == EXTERNAL or (profile.purpose in STATION_MAXIMA and number):
        return status_reply("Rejected")
    if profile.purpose == TX_PROFILE and not _is_of_running(device, profile):
        return status_reply("Rejected")
    if not can_follow(device, profile):
        return status_reply("Rejected")
    device.profiles.add(profile)
    return status_reply("Accepted")


def can_follow(device: Device, profile: ChargingProfile) -> bool:
    """Whether the charge point can keep the profile, and does what it says."""
    return (
        _is_within_limits(device, profile)
        and _can_use_phases(device, profile)
        and _is_computed(profile)
        and not _is_in_conflict(device, profile)
    )


def _is_computed(profile: ChargingProfile) -> bool:
    """Whether the limit of each moment is known: what 2.1 adds beside limits does nothing here.

    A maximum for a transaction has no beginning (2.x K01.FR.38).
    """
    periods = [period for schedule in profile.schedules for period in schedule.periods]
    extra = {name for period in periods for name in period.carried if period.carried != _ONLY_CHARGING}
    has_all_limits = all(period.limit is not None for period in periods)
    is_relative_maximum = profile.kind == "Relative" and profile.purpose in STATION_MAXIMA and profile.generation > 1
    is_plain = not extra and not profile.not_computed and has_all_limits
    is_dynamic = profile.kind == dynamic_profiles.KIND
    return is_plain and not is_relative_maximum and (not is_dynamic or dynamic_profiles.is_well_formed(profile))


def _is_in_conflict(device: Device, profile: ChargingProfile) -> bool:
    """Whether another one of its purpose and level may be valid at the same time (2.x K01.FR.06, K01.FR.39)."""
    return profile.generation > 1 and any(
        replaces(profile, other) and other.id != profile.id for other in device.profiles
    )


def _is_within_limits(device: Device, profile: ChargingProfile) -> bool:
    """Whether the charge point can keep and follow the profile (1.6 section 9.4, 2.x K01.FR.26, K01.FR.31)."""
    configuration = device.configuration
    if profile.level > configuration.integer("ChargeProfileMaxStackLevel"):
        return False
    most_periods = configuration.integer("ChargingScheduleMaxPeriods")
    for schedule in profile.schedules:
        if len(schedule.periods) > most_periods or not schedule.periods or schedule.periods[0].start != 0:
            return False
    if not _are_in_order(profile):
        return False
    kept = sum(not replaces(profile, other) for other in device.profiles)
    return kept < configuration.integer("MaxChargingProfilesInstalled")


def _are_in_order(profile: ChargingProfile) -> bool:
    """Whether the periods of each schedule begin one after the other, as they are written (2.x K01.FR.35)."""
    content = profile.content
    for schedule in objects_at(content, "chargingSchedule") or [object_at(content, "chargingSchedule")]:
        starts = [integer_at(period, "startPeriod") or 0 for period in objects_at(schedule, "chargingSchedulePeriod")]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            return False
    return True


def _can_use_phases(device: Device, profile: ChargingProfile) -> bool:
    """Whether every connector that the profile is for can do what it says of phases (2.x K01.FR.19, K01.FR.20).

    With direct current there are none, and without a switch a car uses all phases that are there.
    """
    periods = [period for schedule in profile.schedules for period in schedule.periods]
    fewest = min((period.phases for period in periods if period.phases is not None), default=None)
    chosen = [period for period in periods if period.phase_to_use is not None]
    if any(period.phases != 1 or period.phase_to_use not in (1, 2, 3) for period in chosen):
        return False
    for number, connector in device.connectors.items():
        outlet = connector.meter.outlet
        if profile.place not in (0, number) or outlet.switches_phases:
            continue
        if chosen or (fewest is not None and (outlet.is_dc or fewest < outlet.phases)):
            return False
    return True


def _is_of_running(device: Device, profile: ChargingProfile) -> bool:
    connector = device.connectors.get(profile.place)
    charge = connector.charge if connector is not None else None
    if charge is None or not charge.is_running:
        return False
    return profile.transaction.lower() in ("", charge.transaction.lower())


def clear_profiles(device: Device, request: Payload, now: int) -> Reply:
    """ClearChargingProfile: clears the profile with the id, or all that match the criteria."""
    removed = device.profiles.remove(cleared_by(request))
    return status_reply("Accepted" if removed else "Unknown")


def get_profiles(device: Device, request: Payload, now: int) -> Reply:
    """GetChargingProfiles (K09): answers, then sends a report for each EVSE."""
    criteria = object_at(request, "chargingProfile")
    matches, place = reported_by(request), integer_at(request, "evseId")
    sources = texts_at(criteria, "chargingLimitSource")
    found: dict[int, list[Payload]] = {}
    for profile in device.profiles:
        if matches(profile) and place in (None, profile.place) and (not sources or SOURCE in sources):
            found.setdefault(profile.place, []).append(profile.content)
    request_id, last = integer_at(request, "requestId") or 0, len(found) - 1
    calls = [
        SendCall(
            "ReportChargingProfiles",
            {
                "requestId": request_id,
                "chargingLimitSource": SOURCE,
                "evseId": evse,
                "chargingProfile": profiles,
                "tbc": index < last,
            },
        )
        for index, (evse, profiles) in enumerate(found.items())
    ]
    return status_reply("Accepted" if calls else "NoProfiles", *messages.valid(device.version, calls))


def composite(device: Device, request: Payload, now: int) -> Reply:
    """GetCompositeSchedule: the schedule that results from all profiles."""
    number = integer_at(request, "connectorId" if device.version.generation == 1 else "evseId") or 0
    if number and number not in device.connectors:
        return status_reply("Rejected")
    unit, duration = text_at(request, "chargingRateUnit") or "A", integer_at(request, "duration") or 0
    schedule = device.composite(number, now, duration, unit)
    periods = [
        {"startPeriod": period.start, "limit": period.limit} for period in schedule.periods if period.limit is not None
    ]
    content = {"duration": schedule.duration, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    return Reply(composite_answer(device.version, number, content, now))


def update_dynamic(device: Device, request: Payload, now: int) -> Reply:
    """UpdateDynamicSchedule (2.1 K28): another limit in a dynamic profile, from now on."""
    values = object_at(request, "scheduleUpdate")
    is_done = device.dynamic.update(integer_at(request, "chargingProfileId"), values, now)
    return status_reply("Accepted" if is_done else "Rejected")


def use_priority(device: Device, request: Payload, now: int) -> Reply:
    """UsePriorityCharging (2.1 K21, K22): while it is activated, a PriorityCharging profile decides."""
    charge = device.charge_of(text_at(request, "transactionId") or "")
    if charge is None:
        return status_reply("Rejected")  # K21.FR.02
    told = prioritise(device, charge, is_activated=request.get("activate") is True)
    return status_reply("NoProfile") if told is None else status_reply("Accepted", *told)


def prioritise(device: Device, charge: Charge, *, is_activated: bool) -> list[Effect] | None:
    """Activate priority charging for a transaction, or end it; None if there is no profile for it."""
    place = charge.plan.connector
    if not any(profile.purpose == PRIORITY and profile.place in (0, place) for profile in device.profiles):
        return None
    device.power.prioritise(place, is_activated)
    told = SendCall("NotifyPriorityCharging", {"transactionId": charge.transaction, "activated": is_activated})
    return [told] if device.is_online else []
