"""The charging profiles of one charge point, as far as its messages say, in the order in which they came.

Sources: OCPP 1.6 sections 3.13, 5.5, 5.11, 5.16; OCPP 2.0.1 and 2.1 Part 2 K01 to K14, K21, K22, K28.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ocpptui.ocpp.charging_profile import (
    EXTERNAL,
    PRIORITY,
    STATION_MAXIMA,
    TX_DEFAULT,
    TX_PROFILE,
    ChargingProfile,
    charging_profile,
    charging_schedule,
)
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, shown_text, text_at, value_at
from ocpptui.ocpp.profile_moment import ChargingSituation
from ocpptui.ocpp.profile_store import ProfileStore, cleared_by
from ocpptui.runtime.bounded import put
from ocpptui.stations.profile_events import (
    FormerProfile,
    PlacedTransaction,
    ProfileEnd,
    RefusedProfile,
    ReportedComposite,
)

NOWHERE = -1
"""The place of a profile in a request that leaves it to the charge point."""
KEPT = 200
"""How many former, refused, unanswered and pending profiles, transactions and limits are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Requested:
    """A profile in a request to start a transaction, until one starts."""

    profile: ChargingProfile
    token: str
    remote_start: int | None


@dataclass(slots=True)
class ProfileHistory:
    """Apply every message with `called`, `answered` and `refused`; all collections are bounded.

    A place is a connector of 1.x or an EVSE of 2.x; 0 is the whole charge point.
    """

    installed: ProfileStore = field(default_factory=ProfileStore)
    former: deque[FormerProfile] = field(default_factory=lambda: deque(maxlen=KEPT))
    turned_down: deque[RefusedProfile] = field(default_factory=lambda: deque(maxlen=KEPT))
    unanswered: dict[int, ChargingProfile] = field(default_factory=dict)
    """Profiles whose request has no answer so far, by the index of the request."""
    running: dict[int, PlacedTransaction] = field(default_factory=dict)
    """The running transaction of each place."""
    ended: dict[int, PlacedTransaction] = field(default_factory=dict)
    """The last transaction of each place that has ended."""
    outside: dict[tuple[str, int], ChargingProfile] = field(default_factory=dict)
    """The limits that the station notified (2.x), by source and EVSE."""
    priority: set[str] = field(default_factory=set)
    """The transactions with activated priority charging (2.1), in lower case."""
    unplaced: dict[str, None] = field(default_factory=dict)
    """Running transactions of which no message has said the EVSE (2.x names it only once)."""
    composites: dict[int, ReportedComposite] = field(default_factory=dict)
    """The last answer to GetCompositeSchedule for each place, until something changes that it depends on."""
    restarted: int | None = None
    """The index of the last BootNotification."""
    is_complete: bool = False
    """The records say of every profile that the charge point has: all were cleared, or all were reported."""
    _requested: deque[_Requested] = field(default_factory=lambda: deque(maxlen=KEPT))
    _reports: dict[int, tuple[bool, set[int | None]]] = field(default_factory=dict)

    # -- what is known ------------------------------------------------------------------------------------------

    def profiles(self) -> list[ChargingProfile]:
        """Every profile that is at the charge point, as far as is known, with the limits that it notified."""
        return [*self.installed, *self.outside.values()]

    def situations(self) -> dict[int, ChargingSituation]:
        """What happens at each place with a running transaction."""
        return {
            place: ChargingSituation(one.id, one.started, one.id.lower() in self.priority)
            for place, one in self.running.items()
        }

    def may_have_lost(self, profile: ChargingProfile) -> bool:
        """Whether the charge point has restarted since, and the standard does not say that it keeps the profile.

        1.6 says nothing of it; in 2.x the profiles of a station and the defaults persist (2.0.1 K01.FR.27).
        """
        if self.restarted is None or profile.record is None or profile.record > self.restarted:
            return False
        return profile.generation == 1 or profile.purpose not in (*STATION_MAXIMA, TX_DEFAULT, PRIORITY)

    def places(self) -> list[int]:
        """The connectors or EVSEs that profiles and transactions name, in order, without 0."""
        named = {profile.place for profile in (*self.installed, *self.unanswered.values(), *self.outside.values())}
        named |= {one.profile.place for one in self.former} | {one.profile.place for one in self.turned_down}
        return sorted(place for place in named | {*self.running, *self.ended, *self.composites} if place > 0)

    # -- what happens -------------------------------------------------------------------------------------------

    def called(self, action: str, payload: Any, time: int, record: int) -> None:
        """A CALL or SEND of either side, with any payload; `record` is its index, `time` in µs since 1970 UTC."""
        if (on_call := _ON_CALL.get(action)) is not None:
            on_call(self, payload, time, record)

    def answered(self, action: str, call: int, request: Any, answer: Any, time: int, record: int) -> None:
        """The CALLRESULT to the call with the index `call`."""
        profile = self.unanswered.pop(call, None)
        if action in _WITH_PROFILE:
            if profile is not None:
                self._decided(action, profile, request, answer, time, record)
        elif (on_result := _ON_RESULT.get(action)) is not None:
            on_result(self, request, answer, time, record)

    def refused(self, call: int, code: str, description: str, time: int, record: int) -> None:
        """The CALLERROR to the call with the index `call`."""
        if (profile := self.unanswered.pop(call, None)) is not None:
            self.turned_down.append(RefusedProfile(profile, code, description, time, record))

    # -- profiles -----------------------------------------------------------------------------------------------

    def _asked(self, payload: Any, time: int, record: int) -> None:
        place = integer_at(payload, "connectorId")
        place = integer_at(payload, "evseId") if place is None else place
        content = object_at(payload, "csChargingProfiles") or object_at(payload, "chargingProfile")
        if content:
            where = NOWHERE if place is None else place
            put(self.unanswered, record, charging_profile(content, where, time, record=record), KEPT)

    def _decided(
        self, action: str, profile: ChargingProfile, request: Any, answer: Any, time: int, record: int
    ) -> None:
        status = shown_text(answer, "status")
        if status != "Accepted":
            parts = (shown_text(answer, "statusInfo", key) for key in ("reasonCode", "additionalInfo"))
            refused = RefusedProfile(profile, status, ": ".join(part for part in parts if part), time, record)
            self.turned_down.append(refused)
            return
        profile = replace(profile, installed=time)
        if action == "SetChargingProfile":
            self._install(profile, time, record)
        else:
            token = shown_text(request, "idTag") or shown_text(request, "idToken", "idToken")
            self._requested.append(_Requested(profile, token.lower(), integer_at(request, "remoteStartId")))
            for running in self.running.values():  # it may have started before this answer
                if running.record > (profile.record or 0):
                    self._begin_requested(running, token, integer_at(request, "remoteStartId"), time, record)

    def _install(self, profile: ChargingProfile, time: int, record: int) -> None:
        running = self.running.get(profile.place)
        if profile.purpose == TX_PROFILE and not profile.transaction and running is not None:
            profile = replace(profile, transaction=running.id)
        self._outdate(profile.place)
        for old in self.installed.add(profile):
            self.former.append(FormerProfile(old, ProfileEnd.REPLACED, time, record, profile))

    def _lose(self, lost: Iterable[ChargingProfile], why: ProfileEnd, time: int, record: int) -> None:
        for profile in lost:
            self.former.append(FormerProfile(profile, why, time, record))
            self._outdate(profile.place)

    def _outdate(self, place: int) -> None:
        """Forget the composite schedules that a change at a place concerns; 0 and NOWHERE concern every place."""
        for each in [one for one in self.composites if one == 0 or place in (0, NOWHERE, one)]:
            del self.composites[each]

    def _cleared(self, request: Any, answer: Any, time: int, record: int) -> None:
        status = shown_text(answer, "status")
        if status in ("Accepted", "Unknown"):  # the latter says that none of its profiles match
            why = ProfileEnd.CLEARED if status == "Accepted" else ProfileEnd.NOT_THERE
            self._lose(self.installed.remove(cleared_by(request)), why, time, record)
            self.is_complete |= not request

    def _report_asked(self, payload: Any, time: int, record: int) -> None:
        number = integer_at(payload, "requestId")
        if number is not None:
            is_all = not object_at(payload, "chargingProfile") and value_at(payload, "evseId") is None
            put(self._reports, number, (is_all, set()), KEPT)

    def _reported(self, payload: Any, time: int, record: int) -> None:
        place = integer_at(payload, "evseId") or 0
        is_all, seen = self._reports.get(integer_at(payload, "requestId") or 0, (False, set()))
        for content in objects_at(payload, "chargingProfile"):
            profile = charging_profile(content, place, time, record=record)
            seen.add(profile.id)
            known = next((one for one in self.installed if one.id == profile.id), None)
            if known is None or known.content != content or known.place != place:
                self._install(profile, time, record)
            else:  # it has survived a restart
                self.installed.change(known, replace(known, record=record))
        if is_all and not value_at(payload, "tbc"):
            gone = self.installed.remove(lambda one: one.id not in seen)
            self._lose(gone, ProfileEnd.NOT_THERE, time, record)
            self.is_complete = True

    def _dynamic(self, request: Any, answer: Any, time: int, record: int) -> None:
        """UpdateDynamicSchedule: new values for the one period of a dynamic profile (2.1 K28)."""
        update, number = object_at(request, "scheduleUpdate"), integer_at(request, "chargingProfileId")
        if shown_text(answer, "status") == "Accepted" and update:
            self._update(number, update, time, record)

    def _dynamic_pulled(self, request: Any, answer: Any, time: int, record: int) -> None:
        """PullDynamicScheduleUpdate: the same, asked for by the station."""
        if shown_text(answer, "status") == "Accepted":
            update = object_at(answer, "scheduleUpdate")
            self._update(integer_at(request, "chargingProfileId"), update, time, record)

    def _update(self, number: int | None, update: Payload, time: int, record: int) -> None:
        for profile in list(self.installed):
            if profile.id == number and profile.kind == "Dynamic":
                schedules = [
                    {**one, "chargingSchedulePeriod": [{**period, **update} for period in _periods(one)]}
                    for one in objects_at(profile.content, "chargingSchedule")
                ]
                content = {**profile.content, "chargingSchedule": schedules}
                self.installed.add(charging_profile(content, profile.place, time, record=record))
                self._outdate(profile.place)

    def _chosen(self, payload: Any, time: int, record: int) -> None:
        """NotifyEVChargingSchedule: which of the schedules of its profile the car follows (2.1 K17, K18)."""
        place, chosen = integer_at(payload, "evseId"), integer_at(payload, "selectedChargingScheduleId")
        for profile in list(self.installed):
            if profile.place == place and any(one.id == chosen for one in profile.schedules):
                self.installed.change(profile, replace(profile, chosen=chosen))
                self._outdate(profile.place)

    # -- limits from outside, priority, the composite schedule --------------------------------------------------

    def _notified(self, payload: Any, time: int, record: int) -> None:
        source = shown_text(payload, "chargingLimit", "chargingLimitSource")
        place = integer_at(payload, "evseId") or 0
        schedules = tuple(charging_schedule(each) for each in objects_at(payload, "chargingSchedule"))
        limit = ChargingProfile(place, None, EXTERNAL, 0, "Absolute", schedules, time, generation=2, record=record)
        put(self.outside, (source, place), limit, KEPT)
        self._outdate(place)

    def _outside_cleared(self, payload: Any, time: int, record: int) -> None:
        source, place = shown_text(payload, "chargingLimitSource"), integer_at(payload, "evseId")
        for key in [key for key in self.outside if key[0] == source and place in (None, key[1])]:
            del self.outside[key]
            self._outdate(key[1])

    def _priority_used(self, request: Any, answer: Any, time: int, record: int) -> None:
        if shown_text(answer, "status") == "Accepted":
            self._prioritize(shown_text(request, "transactionId"), value_at(request, "activate") is True)

    def _priority_notified(self, payload: Any, time: int, record: int) -> None:
        self._prioritize(shown_text(payload, "transactionId"), value_at(payload, "activated") is True)

    def _prioritize(self, transaction: str, is_active: bool) -> None:
        self._outdate(0)
        self.priority.discard(transaction.lower())
        if is_active and len(self.priority) < KEPT:
            self.priority.add(transaction.lower())

    def _composite(self, request: Any, answer: Any, time: int, record: int) -> None:
        place = integer_at(request, "connectorId")
        place = integer_at(request, "evseId") if place is None else place
        schedule = object_at(answer, "chargingSchedule") or object_at(answer, "schedule")
        start = time_of(text_at(answer, "scheduleStart") or text_at(schedule, "scheduleStart") or "")
        if shown_text(answer, "status") == "Accepted" and place is not None and schedule:
            reported = ReportedComposite(schedule, time if start is None else start, record)
            put(self.composites, place, reported, KEPT)

    # -- transactions -------------------------------------------------------------------------------------------

    def _booted(self, payload: Any, time: int, record: int) -> None:
        self.restarted = record

    def _starting(self, payload: Any, time: int, record: int) -> None:
        place = integer_at(payload, "connectorId")
        if place is None:
            return
        started = PlacedTransaction("", place, _said_time(payload, time), record)
        before = self.running.get(place)
        if before is None or (before.id, before.started) != ("", started.started):  # else it was sent again
            self._begin(started, shown_text(payload, "idTag"), None, time, record)

    def _started(self, request: Any, answer: Any, time: int, record: int) -> None:
        place, number = integer_at(request, "connectorId"), shown_text(answer, "transactionId")
        running = self.running.get(NOWHERE if place is None else place)
        if running is not None and not running.id and number:
            self._name(running, number)

    def _name(self, running: PlacedTransaction, number: str) -> None:
        """Give a running transaction the id that is known from now on, and its profiles too."""
        self.running[running.place] = replace(running, id=number)
        for profile in list(self.installed):
            if profile.purpose == TX_PROFILE and not profile.transaction and profile.place == running.place:
                self.installed.change(profile, replace(profile, transaction=number))

    def _stopped(self, payload: Any, time: int, record: int) -> None:
        number = shown_text(payload, "transactionId")
        place = next((place for place, one in self.running.items() if one.id == number), None)
        if place is not None:
            self._end(place, time, record)
        elif number:
            self._lose(self.installed.end_transaction(NOWHERE, number), ProfileEnd.TRANSACTION_ENDED, time, record)

    def _metered(self, payload: Any, time: int, record: int) -> None:
        """1.6: meter values of a transaction whose start was not recorded."""
        place, number = integer_at(payload, "connectorId"), shown_text(payload, "transactionId")
        ended = None if place is None else self.ended.get(place)
        if place is None or not number or (ended is not None and ended.id == number):
            return
        running = self.running.get(place)
        if running is None:
            put(self.running, place, PlacedTransaction(number, place, None, record), KEPT)
        elif not running.id:
            self._name(running, number)

    def _status(self, payload: Any, time: int, record: int) -> None:
        """1.6: a connector that is available has no transaction, even if its end was not recorded."""
        place = integer_at(payload, "connectorId")
        if place is not None and place in self.running and shown_text(payload, "status") == "Available":
            self._end(place, time, record)

    def _transaction_event(self, payload: Any, time: int, record: int) -> None:
        number, kind = shown_text(payload, "transactionInfo", "transactionId"), shown_text(payload, "eventType")
        place = integer_at(payload, "evse", "id")
        if place is None:
            place = next((place for place, one in self.running.items() if one.id.lower() == number.lower()), None)
        if not number:
            return
        self.unplaced.pop(number, None)
        if place is None:
            if kind != "Ended":
                put(self.unplaced, number, None, KEPT)
            return
        running = self.running.get(place)
        if running is None or running.id.lower() != number.lower():
            started = _said_time(payload, time) if kind == "Started" else None
            token = shown_text(payload, "idToken", "idToken")
            remote = integer_at(payload, "transactionInfo", "remoteStartId")
            self._begin(PlacedTransaction(number, place, started, record), token, remote, time, record)
        if kind == "Ended":
            self._end(place, time, record)

    def _begin(self, started: PlacedTransaction, token: str, remote: int | None, time: int, record: int) -> None:
        if started.place in self.running:
            self._end(started.place, time, record)
        put(self.running, started.place, started, KEPT)
        self._outdate(started.place)
        self._begin_requested(started, token, remote, time, record)

    def _begin_requested(
        self, started: PlacedTransaction, token: str, remote: int | None, time: int, record: int
    ) -> None:
        """Install the profile that came with the request to start this transaction."""
        for asked in list(self._requested):
            by_id = asked.remote_start is not None and remote is not None
            is_its = asked.remote_start == remote if by_id else asked.token in ("", token.lower())
            if is_its and asked.profile.place in (NOWHERE, started.place):
                self._requested.remove(asked)
                profile = replace(asked.profile, place=started.place)
                if profile.purpose == TX_PROFILE:
                    profile = replace(profile, transaction=started.id)
                self._install(profile, time, record)
                return

    def _end(self, place: int, time: int, record: int) -> None:
        ended = replace(self.running.pop(place), ended=time)
        put(self.ended, place, ended, KEPT)
        self._outdate(place)
        self.priority.discard(ended.id.lower())
        self._lose(self.installed.end_transaction(place, ended.id), ProfileEnd.TRANSACTION_ENDED, time, record)


def _said_time(payload: Any, time: int) -> int:
    """When a transaction started by the payload, which may be hours before an offline charge point says so."""
    said = time_of(text_at(payload, "timestamp") or "")
    return time if said is None else min(said, time)


def _periods(schedule: Payload) -> list[Payload]:
    return objects_at(schedule, "chargingSchedulePeriod") or [{"startPeriod": 0}]


_OnCall = Callable[[ProfileHistory, Any, int, int], None]
_OnResult = Callable[[ProfileHistory, Any, Any, int, int], None]

_WITH_PROFILE = frozenset({"SetChargingProfile", "RemoteStartTransaction", "RequestStartTransaction"})

_ON_CALL: dict[str, _OnCall] = {
    **dict.fromkeys(_WITH_PROFILE, ProfileHistory._asked),
    "BootNotification": ProfileHistory._booted,
    "ClearedChargingLimit": ProfileHistory._outside_cleared,
    "GetChargingProfiles": ProfileHistory._report_asked,
    "MeterValues": ProfileHistory._metered,
    "NotifyChargingLimit": ProfileHistory._notified,
    "NotifyEVChargingSchedule": ProfileHistory._chosen,
    "NotifyPriorityCharging": ProfileHistory._priority_notified,
    "ReportChargingProfiles": ProfileHistory._reported,
    "StartTransaction": ProfileHistory._starting,
    "StatusNotification": ProfileHistory._status,
    "StopTransaction": ProfileHistory._stopped,
    "TransactionEvent": ProfileHistory._transaction_event,
}

_ON_RESULT: dict[str, _OnResult] = {
    "ClearChargingProfile": ProfileHistory._cleared,
    "GetCompositeSchedule": ProfileHistory._composite,
    "PullDynamicScheduleUpdate": ProfileHistory._dynamic_pulled,
    "StartTransaction": ProfileHistory._started,
    "UpdateDynamicSchedule": ProfileHistory._dynamic,
    "UsePriorityCharging": ProfileHistory._priority_used,
}

PROFILE_RESULTS = _WITH_PROFILE | frozenset(_ON_RESULT)
"""The actions of which the results matter."""
PROFILE_ACTIONS = frozenset(_ON_CALL) | frozenset(_ON_RESULT)
"""The actions that say something of charging profiles, or of the transactions that they depend on."""
