"""Dynamic charging profiles: one limit, which the central system changes, or the charging station asks for (OCPP 2.1).

Source: OCPP 2.1 Part 2 use case K28; ChargingProfileType dynUpdateInterval and dynUpdateTime.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ocpptui.ocpp.charging_profile import ChargingProfile, charging_profile
from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, text_at
from ocpptui.ocpp.profile_store import ProfileStore
from ocpptui.simulator.effects import Effect, SendCall

PULL = "PullDynamicScheduleUpdate"
KIND = "Dynamic"


class DynamicProfiles:
    """The dynamic profiles among those of a store, and when each is asked for. Times are microseconds since 1970."""

    def __init__(self, profiles: ProfileStore) -> None:
        self._profiles = profiles
        self._since: dict[int, int] = {}  # by profile id: when it was installed, updated or asked for last

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._since = {number: time + by for number, time in self._since.items()}

    def due(self) -> int | None:
        """When `pull` next has something to do."""
        return min((time for _, time in self._times()), default=None)

    def pull(self, now: int) -> list[Effect]:
        """Ask for the profiles whose interval has passed, a second time only after another interval."""
        dynamic = [one for one in self._profiles if one.kind == KIND and one.id is not None]
        self._since = {one.id: self._since.get(one.id, now) for one in dynamic if one.id is not None}
        due = [number for number, time in self._times() if time <= now]
        for number in due:
            self._since[number] = now
        return [SendCall(PULL, {"chargingProfileId": number}) for number in due]

    def answered(self, sent: dict[str, Any], answer: Message | None, now: int) -> None:
        """The answer to a PullDynamicScheduleUpdate; None if none came."""
        payload = answer.payload if answer is not None and answer.kind is MessageKind.CALLRESULT else None
        if text_at(payload, "status") == "Accepted":
            self.update(integer_at(sent, "chargingProfileId"), object_at(payload, "scheduleUpdate"), now)

    def update(self, number: int | None, values: Payload, now: int) -> bool:
        """Use other values in a dynamic profile from now on; False if there is none, or it cannot be followed then."""
        profile = next((one for one in self._profiles if one.id == number and one.kind == KIND), None)
        if profile is None or number is None or not values or set(values) - {"limit", "customData"}:
            return False  # this station knows neither setpoints nor discharging
        schedules = [
            {
                **schedule,
                "chargingSchedulePeriod": [{**one, **values} for one in objects_at(schedule, "chargingSchedulePeriod")],
            }
            for schedule in objects_at(profile.content, "chargingSchedule")
        ]
        content = {**profile.content, "chargingSchedule": schedules, "dynUpdateTime": date_time(now)}
        self._profiles.change(profile, charging_profile(content, profile.place, now))
        self._since[number] = now
        return True

    def _times(self) -> Iterable[tuple[int, int]]:
        """Of each profile that is to be asked for, its id and when."""
        for profile in self._profiles:
            interval = integer_at(profile.content, "dynUpdateInterval") or 0
            if profile.id in self._since and profile.kind == KIND and interval > 0 and profile.id is not None:
                yield profile.id, self._since[profile.id] + interval * SECOND


def is_well_formed(profile: ChargingProfile) -> bool:
    """Whether a dynamic profile has one schedule of one period, from its beginning (2.1 K28.FR.01 to K28.FR.03)."""
    starts = [[period.start for period in schedule.periods] for schedule in profile.schedules]
    return starts == [[0]]
