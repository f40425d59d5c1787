"""How the simulated charge point handles charging profiles.

Source: OCPP 1.6 sections 5.5, 5.7, 5.16; OCPP 2.x use cases K01 to K10.
"""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.ocpp.payload import Payload, integer_at, integers_at, object_at, text_at, texts_at
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.charging_profiles import Profile
from ocpptui.simulator.default_answers import composite_schedule
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import SendCall

SOURCE = "CSO"
"""The chargingLimitSource of profiles set by the central system (2.x K09)."""

_WHOLE_STATION = ("ChargePointMaxProfile", "ChargingStationMaxProfile")
_NOT_FROM_OUTSIDE = "ChargingStationExternalConstraints"


def set_profile(device: Device, request: Payload, now: int) -> Reply:
    """SetChargingProfile: a TxProfile needs its transaction; a maximum profile applies to the whole charge point."""
    is_1x = device.version.generation == 1
    number = integer_at(request, "connectorId" if is_1x else "evseId") or 0
    profile = Profile(number, object_at(request, "csChargingProfiles" if is_1x else "chargingProfile"), now)
    if number and number not in device.connectors:
        return status_reply("Rejected")
    if profile.purpose == _NOT_FROM_OUTSIDE or (profile.purpose in _WHOLE_STATION and number):
        return status_reply("Rejected")
    if profile.purpose == "TxProfile" and not _is_of_running(device, profile):
        return status_reply("Rejected")
    device.profiles.add(profile)
    return status_reply("Accepted")


def _is_of_running(device: Device, profile: Profile) -> bool:
    connector = device.connectors.get(profile.connector)
    charge = connector.charge if connector is not None else None
    if charge is None or not charge.is_running:
        return False
    wanted = profile.content.get("transactionId")
    return wanted is None or str(wanted).lower() == charge.transaction.lower()


def clear_profiles(device: Device, request: Payload, now: int) -> Reply:
    """ClearChargingProfile: clears the profile with the id, or all that match the criteria."""
    is_1x = device.version.generation == 1
    number = integer_at(request, "id" if is_1x else "chargingProfileId")
    criteria = request if is_1x else object_at(request, "chargingProfileCriteria")
    removed = device.profiles.remove(_matcher(criteria, [] if number is None else [number]))
    return status_reply("Accepted" if removed else "Unknown")


def _matcher(criteria: Payload, ids: list[int]) -> Callable[[Profile], bool]:
    place = integer_at(criteria, "connectorId")
    place = integer_at(criteria, "evseId") if place is None else place
    purpose, level = text_at(criteria, "chargingProfilePurpose"), integer_at(criteria, "stackLevel")

    def matches(profile: Profile) -> bool:
        if ids:
            return profile.id in ids
        return (
            place in (None, profile.connector)
            and purpose in (None, profile.purpose)
            and level in (None, profile.level)
            and profile.purpose != _NOT_FROM_OUTSIDE
        )

    return matches


def get_profiles(device: Device, request: Payload, now: int) -> Reply:
    """GetChargingProfiles (K09): answers, then sends a report for each EVSE."""
    criteria = object_at(request, "chargingProfile")
    wanted = {**criteria, **({"evseId": request["evseId"]} if "evseId" in request else {})}
    matches = _matcher(wanted, integers_at(criteria, "chargingProfileId"))
    sources = texts_at(criteria, "chargingLimitSource")
    place = integer_at(request, "evseId")
    found: dict[int, list[Payload]] = {}
    for profile in device.profiles.stored:
        if matches(profile) and place in (None, profile.connector) and (not sources or SOURCE in sources):
            found.setdefault(profile.connector, []).append(profile.content)
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
    connector = device.connectors.get(number)
    charge = connector.charge if connector is not None else None
    started = charge.started if charge is not None and charge.is_running else None
    unit, duration = text_at(request, "chargingRateUnit") or "A", integer_at(request, "duration") or 0
    schedule = device.profiles.composite(number, duration, unit, now, started)
    return Reply(composite_schedule(device.version, number, schedule, now))
