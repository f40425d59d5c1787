"""The account of a limit in lines of text, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocpptui.describe.safe_text import single_line
from ocpptui.diagnosis.limit_account import LimitAccount, place_name
from ocpptui.diagnosis.limit_words import at_text, limit_text, number_text, profile_name
from ocpptui.ocpp.charging_profile import ChargingProfile
from ocpptui.ocpp.composite_schedule import CompositePeriod
from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.durations import span_text
from ocpptui.stations.present_draw import PresentDraw

STEPS_SHOWN = 24
"""Steps of the composite schedule that the text shows; JSON has all."""


def limit_lines(account: LimitAccount) -> Iterator[str]:
    """The account in plain lines, without a title; lines of values begin with two spaces."""
    for reason in account.reasons:
        yield f"- {single_line(reason.text)}"
    yield ""
    unlimited = account.limit.amperes is None
    yield f"Limit        {'none by these profiles' if unlimited else limit_text(account.limit)}{_by(account)}"
    yield f"Drawn        {_drawn(account.draw)}"
    offered = _offered(account.draw)
    if offered:
        yield f"Offered      {offered}"
    yield f"Transaction  {_transaction(account)}"
    yield ""
    yield "Profiles" if account.profiles else "Profiles     the records show none"
    for one in account.profiles:
        yield f"  {'*' if one.counts else '-'} {single_line(_profile_line(one.profile, account.generation))}"
        yield f"      {single_line(one.text)}"
    yield ""
    yield f"Composite schedule for the next {span_text(account.schedule.duration * SECOND)}, by these profiles"
    for period in account.schedule.periods[:STEPS_SHOWN]:
        yield f"  {at_text(account.time + period.start * SECOND)[11:]}  {_step(period)}"
    left_out = len(account.schedule.periods) - STEPS_SHOWN
    if left_out > 0:
        yield f"  and {left_out} more steps"


def limit_title(account: LimitAccount) -> str:
    """What the account is about: `CP001, connector 1, at record 12, 2026-11-22 10:02:03Z`."""
    who = f"{single_line(account.charge_point)}, " if account.charge_point else ""
    return f"{who}{account.place_name}, at record {account.record + 1}, {at_text(account.time)}"


def limit_json(account: LimitAccount) -> dict[str, Any]:
    """The account as JSON; records are numbered from 1, times are RFC 3339, currents are per phase."""
    running, draw = account.transaction, account.draw
    return {
        "chargePoint": account.charge_point,
        "connector" if account.generation == 1 else "evse": account.place,
        "record": account.record + 1,
        "time": date_time(account.time),
        "reasons": [
            {"code": one.code, "text": one.text, **({} if one.record is None else {"record": one.record + 1})}
            for one in account.reasons
        ],
        "limit": {
            "amperes": account.limit.in_unit("A"),
            "watts": account.limit.in_unit("W"),
            "phases": account.limit.phases,
            "profile": None if account.limit.deciding is None else account.limit.deciding.profile.id,
        },
        "drawn": {
            "amperes": draw.amperes,
            "watts": draw.watts,
            "time": None if draw.time is None else date_time(draw.time),
        },
        "offered": {"amperes": draw.offered_amperes, "watts": draw.offered_watts},
        "transaction": None
        if running is None
        else {"id": running.id, "started": None if running.started is None else date_time(running.started)},
        "status": account.status,
        "profiles": [
            {
                "state": one.state,
                "text": one.text,
                "place": one.profile.place,
                **({} if one.profile.record is None else {"record": one.profile.record + 1}),
                "chargingProfile": one.profile.content,
            }
            for one in account.profiles
        ],
        "compositeSchedule": {
            "scheduleStart": date_time(account.schedule.start),
            "duration": account.schedule.duration,
            "chargingRateUnit": account.schedule.unit,
            "chargingSchedulePeriod": [
                {"startPeriod": period.start, "limit": period.limit, "numberPhases": period.at.phases}
                for period in account.schedule.periods
            ],
        },
    }


def _by(account: LimitAccount) -> str:
    deciding = account.limit.deciding
    return "" if deciding is None else f", set by {single_line(profile_name(deciding.profile))}"


def _drawn(draw: PresentDraw) -> str:
    if draw.time is None:
        return "not measured"
    parts = [f"{phase} {number_text(value)} A".lstrip() for phase, value in sorted(draw.amperes.items())]
    if draw.watts is not None:
        parts.append(f"{number_text(draw.watts)} W")
    return f"{', '.join(parts)} at {at_text(draw.time)}"


def _offered(draw: PresentDraw) -> str:
    parts = [
        f"{number_text(value)} {unit}"
        for value, unit in ((draw.offered_amperes, "A"), (draw.offered_watts, "W"))
        if value is not None
    ]
    return ", ".join(parts)


def _transaction(account: LimitAccount) -> str:
    running, status = account.transaction, f", {single_line(account.status)}" if account.status else ""
    if running is None:
        return f"the records show none running{status}"
    number = single_line(running.id) or "without an id so far"
    since = "before the records" if running.started is None else at_text(running.started)
    return f"{number}, since {since}{status}"


def _profile_line(profile: ChargingProfile, generation: int) -> str:
    """A profile in short: id, purpose, place, level, kind, validity, transaction, and its periods."""
    kind = f"{profile.recurrency} " if profile.cycle else ""
    parts = [profile_name(profile), place_name(generation, max(profile.place, 0)), f"{kind}{profile.kind}".strip()]
    if profile.valid_from is not None:
        parts.append(f"from {at_text(profile.valid_from)}")
    if profile.valid_to is not None:
        parts.append(f"to {at_text(profile.valid_to)}")
    if profile.transaction:
        parts.append(f"transaction {profile.transaction}")
    if profile.record is not None:
        parts.append(f"record {profile.record + 1}")
    steps = [
        f"{'' if not period.start else f'after {span_text(period.start * SECOND)} '}"
        f"{'-' if period.limit is None else number_text(period.limit)} {profile.schedule.unit}"
        for period in profile.schedule.periods[:3]
    ]
    more = len(profile.schedule.periods) - 3
    return f"{', '.join(part for part in parts if part)}: {', '.join(steps)}{f', {more} more' if more > 0 else ''}"


def _step(period: CompositePeriod) -> str:
    deciding = period.at.deciding
    by = "" if deciding is None else f"  {single_line(profile_name(deciding.profile))}"
    return f"{limit_text(period.at)}{by}"
