"""Why one charging profile counts at a moment or not, in a sentence.

Sources: OCPP 1.6 section 3.13, OCPP 2.0.1 and 2.1 Part 2 section K.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.diagnosis.limit_words import at_text, profile_limit_text, profile_name, profile_subject
from ocpptui.ocpp.charging_profile import ChargingProfile
from ocpptui.ocpp.composite_schedule import LimitAtMoment, ProfileRole
from ocpptui.ocpp.date_times import HOUR, SECOND
from ocpptui.ocpp.durations import span_text, stated_text
from ocpptui.ocpp.profile_moment import ProfileState
from ocpptui.stations.profile_events import FormerProfile, ProfileEnd, RefusedProfile
from ocpptui.stations.profile_history import NOWHERE, ProfileHistory

MOST_HOURS_EAST = 14
"""The time zone that is furthest from UTC."""
CLOSE = 120 * SECOND
"""How far the whole hours between a request and its start may be off."""
FORMER_SHOWN = 10
"""How many profiles that are gone, or were never taken, are accounted for."""


@dataclass(frozen=True, slots=True)
class ProfileAccount:
    """One profile, and why it counts or not."""

    profile: ChargingProfile
    state: str
    """A ProfileState or ProfileEnd, `refused`, or `unanswered`."""
    text: str

    @property
    def counts(self) -> bool:
        """Whether it decides for its purpose."""
        return self.state == ProfileState.IN_FORCE


def profile_accounts(
    history: ProfileHistory, place: int, limit: LimitAtMoment, time: int
) -> tuple[ProfileAccount, ...]:
    """Every profile that concerns a place: those in force, those that do not count now, and those that are gone."""
    here = [
        ProfileAccount(role.profile, role.state.value, role_text(role, limit, history, time)) for role in limit.roles
    ]
    pending = [
        ProfileAccount(profile, "unanswered", _unanswered_text(profile))
        for profile in history.unanswered.values()
        if concerns(profile, place)
    ]
    gone: list[tuple[int, ProfileAccount]] = [
        (one.record, ProfileAccount(one.profile, one.why.value, former_text(one)))
        for one in history.former
        if concerns(one.profile, place)
    ]
    gone += [
        (one.record, ProfileAccount(one.profile, "refused", refused_text(one)))
        for one in history.turned_down
        if concerns(one.profile, place)
    ]
    latest = [account for _, account in sorted(gone, key=lambda each: each[0], reverse=True)[:FORMER_SHOWN]]
    return (*sorted(here, key=lambda account: not account.counts), *pending, *latest)


def concerns(profile: ChargingProfile, place: int) -> bool:
    """Whether a profile may say something about a place; any may about the whole charge point."""
    return place == 0 or profile.place in (0, NOWHERE, place)


def role_text(role: ProfileRole, limit: LimitAtMoment, history: ProfileHistory, time: int) -> str:
    """Why a profile of the charge point sets a limit at `time`, or why not."""
    profile, state, by = role
    schedule = profile.schedule
    match state:
        case ProfileState.IN_FORCE:
            return _in_force_text(profile, limit)
        case ProfileState.LOWER_LEVEL:
            return _lower_level_text(profile, by or profile)
        case ProfileState.OVERRULED:
            return f"{profile_subject(by or profile)} takes the place of every {profile.purpose} while it counts."
        case ProfileState.NOT_YET_VALID:
            after = span_text((profile.valid_from or 0) - time)
            return f"It becomes valid only at {at_text(profile.valid_from or 0)} (validFrom), {after} later."
        case ProfileState.EXPIRED:
            ago = span_text(time - (profile.valid_to or 0))
            return f"It expired at {at_text(profile.valid_to or 0)} (validTo), {ago} before."
        case ProfileState.NOT_STARTED:
            start = schedule.start
            if start is None:
                return "Its schedule has not begun."
            said = f"Its schedule begins only at {at_text(start)} (startSchedule), {span_text(start - time)} later."
            return f"{said}{_local_time_text(profile, start)}"
        case ProfileState.FINISHED:
            return f"Its schedule has ended: it lasts {stated_text(schedule.duration or 0)} (duration)."
        case ProfileState.BETWEEN:
            return (
                f"It recurs ({profile.recurrency}), but each time it lasts only {stated_text(schedule.duration or 0)}"
                " (duration), and this moment is between two of them."
            )
        case ProfileState.NO_PERIOD:
            if not schedule.periods:
                return "Its schedule has no periods."
            after = stated_text(schedule.periods[0].start)
            return f"Its first period begins only {after} after its schedule (startPeriod)."
        case ProfileState.NO_TRANSACTION:
            return _no_transaction_text(profile, history)
        case ProfileState.OTHER_TRANSACTION:
            running = history.running.get(profile.place)
            now = f"{running.id} runs" if running is not None and running.id else "another one runs"
            return f"It is for transaction {profile.transaction}, but {now}."
        case ProfileState.NO_PRIORITY:
            return "Priority charging is not activated for the transaction."


def _in_force_text(profile: ChargingProfile, limit: LimitAtMoment) -> str:
    one = next(one for one in limit.prevailing if one.profile is profile)
    said = f"It allows {profile_limit_text(one)} now"
    if one is limit.deciding:
        return f"{said}, which is the limit."
    if one.period.limit is None:
        mode = one.period.carried.get("operationMode")
        return f"It sets no limit now{f', but operationMode {mode}' if isinstance(mode, str) else ''}."
    if limit.deciding is None:
        return f"{said}."
    return f"{said}, but {profile_name(limit.deciding.profile)} allows less."


def _lower_level_text(profile: ChargingProfile, by: ChargingProfile) -> str:
    if by.level > profile.level:
        return f"{profile_subject(by)} is above it, and only the highest stack level counts."
    if by.place > profile.place:
        return f"{profile_subject(by)} has the same stack level and is for the connector itself."
    return f"{profile_subject(by)} has the same stack level and was set later."


def _local_time_text(profile: ChargingProfile, start: int) -> str:
    """The frequent mistake: a start at once, in local time, written as UTC."""
    hours, rest = divmod(start - profile.installed + CLOSE, HOUR)
    if not 1 <= hours <= MOST_HOURS_EAST or rest > 2 * CLOSE:
        return ""
    return f" That is {hours} h after the request, so it may be local time that was written as UTC."


def _no_transaction_text(profile: ChargingProfile, history: ProfileHistory) -> str:
    ended = history.ended.get(profile.place)
    if ended is not None and profile.transaction and profile.transaction.lower() == ended.id.lower():
        return f"It is for transaction {ended.id}, which ended at {at_text(ended.ended or 0)}."
    return "A TxProfile counts only while its transaction runs, and the records show no running transaction."


def former_text(former: FormerProfile) -> str:
    """Why a profile is gone."""
    at = at_text(former.time)
    match former.why:
        case ProfileEnd.REPLACED if former.by is not None:
            same_id = former.by.id == former.profile.id
            why = "the same id" if same_id else f"the same purpose and stack level {former.profile.level}"
            return f"{profile_subject(former.by)} replaced it at {at}: it has {why}."
        case ProfileEnd.CLEARED:
            return f"ClearChargingProfile removed it at {at}."
        case ProfileEnd.TRANSACTION_ENDED:
            of = f" {former.profile.transaction}" if former.profile.transaction else ""
            return f"It ended with its transaction{of} at {at}."
    return f"The charge point said at {at} that it does not have it."


def refused_text(refused: RefusedProfile) -> str:
    """What the charge point said to a profile that it did not take."""
    more = f" ({refused.details})" if refused.details else ""
    return f"The charge point answered {refused.status or 'without a status'}{more} at {at_text(refused.time)}."


def _unanswered_text(profile: ChargingProfile) -> str:
    return f"The request of {at_text(profile.installed)} has no answer so far."
