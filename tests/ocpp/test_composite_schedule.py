"""The composite schedule. If these fail, the limit that is simulated, explained and shown is not the one of OCPP."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.charging_profile import ChargingProfile, charging_profile
from ocpptui.ocpp.composite_schedule import MAX_STEPS, LimitAtMoment, Supply, composite_schedule, limit_at
from ocpptui.ocpp.date_times import DAY, SECOND, date_time, time_of
from ocpptui.ocpp.profile_moment import ChargingSituation, ProfileState
from tests.ocpp.profile_contents import HOUR, NOW, content, profile

SUPPLY = Supply(230.0, 3, 16.0)
RUNNING = ChargingSituation("7", NOW)


def limit(
    profiles: list[ChargingProfile], time: int = NOW, situation: ChargingSituation | None = None, place: int = 1
) -> float | None:
    where = {} if situation is None else {place: situation}
    return limit_at(profiles, place, time, situations=where, supply=SUPPLY).amperes


def steps(profiles: list[ChargingProfile], duration: int, start: int = NOW, **more: Any) -> list[tuple[int, Any]]:
    more.setdefault("supply", SUPPLY)
    found = composite_schedule(profiles, 1, start, duration, **more)
    assert found.duration == duration
    return [(period.start, period.limit) for period in found.periods]


def state_of(number: int, at: LimitAtMoment) -> ProfileState:
    return next(role.state for role in at.roles if role.profile.id == number)


def test_without_a_profile_the_supply_is_the_limit() -> None:
    assert limit([]) == 16.0
    assert limit_at([], 1, NOW).amperes is None


def test_the_highest_stack_level_that_sets_a_limit_wins() -> None:
    profiles = [profile(1, (0, 6.0)), profile(2, (0, 9.0), level=3, duration=60)]
    assert limit(profiles, NOW + 10 * SECOND) == 9.0
    assert limit(profiles, NOW + 60 * SECOND) == 6.0


def test_the_profile_of_the_transaction_overrules_the_default() -> None:
    profiles = [profile(1, (0, 6.0), level=9), profile(2, (0, 12.0), purpose="TxProfile")]
    assert limit(profiles) == 6.0
    assert limit(profiles, situation=RUNNING) == 12.0
    at = limit_at(profiles, 1, NOW, situations={1: RUNNING})
    assert (state_of(1, at), state_of(2, at)) == (ProfileState.OVERRULED, ProfileState.IN_FORCE)


def test_a_tx_profile_counts_for_its_own_transaction_only() -> None:
    profiles = [profile(1, (0, 6.0), purpose="TxProfile", transactionId=7)]
    assert limit(profiles, situation=ChargingSituation("7", NOW)) == 6.0
    assert limit(profiles, situation=ChargingSituation("8", NOW)) == 16.0
    assert limit(profiles, situation=ChargingSituation("", NOW)) == 6.0  # the id is not known yet
    of_2x = [profile(1, (0, 6.0), purpose="TxProfile", transactionId="aB-1", generation=2)]
    assert limit(of_2x, situation=ChargingSituation("Ab-1", NOW)) == 6.0


@pytest.mark.parametrize("purpose", ["ChargePointMaxProfile", "ChargingStationMaxProfile"])
def test_the_maximum_of_the_charge_point_holds_for_all_connectors(purpose: str) -> None:
    maximum = profile(1, (0, 5.0), purpose=purpose, connector=0)
    profiles = [maximum, profile(2, (0, 12.0), purpose="TxProfile")]
    assert limit(profiles, situation=RUNNING) == 5.0
    assert limit(profiles, place=2) == 5.0


def test_a_limit_from_outside_holds_beside_the_maximum() -> None:
    outside = profile(-1, (0, 9.0), purpose="ChargingStationExternalConstraints", connector=0, generation=2)
    for_evse = profile(-2, (0, 7.0), purpose="ChargingStationExternalConstraints", connector=1, generation=2)
    assert limit([outside]) == 9.0
    assert limit([outside, for_evse]) == 7.0
    assert limit([outside, for_evse], place=2) == 9.0


def test_the_default_of_a_connector_comes_before_that_of_the_charge_point_at_the_same_level() -> None:
    profiles = [profile(1, (0, 7.0), connector=0), profile(2, (0, 8.0), connector=1)]
    assert (limit(profiles), limit(profiles, place=2)) == (8.0, 7.0)


def test_priority_charging_takes_the_place_of_both_when_it_is_activated() -> None:
    profiles = [
        profile(1, (0, 6.0), generation=2),
        profile(2, (0, 7.0), purpose="TxProfile", generation=2),
        profile(3, (0, 14.0), purpose="PriorityCharging", generation=2),
    ]
    assert limit(profiles, situation=RUNNING) == 7.0
    at = limit_at(profiles, 1, NOW, situations={1: ChargingSituation("7", NOW, True)})
    assert at.amperes == 14.0
    assert [state_of(number, at) for number in (1, 2, 3)] == ["overruled", "overruled", "in-force"]


def test_local_generation_raises_what_the_station_may_draw_and_nothing_else() -> None:
    sun = profile(1, (0, 4.0), purpose="LocalGeneration", connector=0, generation=2)
    maximum = profile(2, (0, 6.0), purpose="ChargingStationMaxProfile", connector=0, generation=2)
    assert limit([sun, maximum]) == 10.0
    assert limit([sun]) == 16.0
    assert limit([sun, maximum, profile(3, (0, 8.0), generation=2)]) == 8.0


def test_each_kind_starts_at_its_own_moment() -> None:
    periods = ((0, 4.0), (600, 8.0))
    absolute = [profile(1, *periods, start=NOW + HOUR)]
    assert (limit(absolute), limit(absolute, NOW + HOUR)) == (16.0, 4.0)
    relative = [profile(1, *periods, kind="Relative", start=None)]
    for seconds, expected in ((300, 4.0), (601, 8.0)):
        began = ChargingSituation("7", NOW + HOUR - seconds * SECOND)
        assert limit(relative, NOW + HOUR, began) == expected
    daily = [profile(1, *periods, kind="Recurring", recurrencyKind="Daily", start=NOW - 3 * DAY)]
    assert limit(daily, NOW + 599 * SECOND) == 4.0
    assert limit(daily, NOW + DAY + 600 * SECOND) == 8.0
    weekly = [profile(1, *periods, kind="Recurring", recurrencyKind="Weekly", start=NOW - 7 * DAY, duration=3600)]
    assert (limit(weekly), limit(weekly, NOW + DAY), limit(weekly, NOW + 7 * DAY)) == (4.0, 16.0, 4.0)
    dynamic = [profile(1, (0, 5.0), kind="Dynamic", start=None, generation=2)]
    assert limit(dynamic, NOW + 100 * DAY) == 5.0


def test_a_schedule_without_a_start_begins_with_the_charge_or_for_a_charge_point_when_it_is_set() -> None:
    """1.6 section 7.13: if startSchedule is absent, the schedule is relative to the start of charging."""
    periods = ((0, 4.0), (600, 8.0))
    absolute = [profile(1, *periods, start=None, installed=NOW - DAY)]
    assert limit(absolute, NOW + 601 * SECOND, RUNNING) == 8.0
    assert limit(absolute, NOW + 601 * SECOND) == 4.0
    maximum = [profile(1, *periods, start=None, purpose="ChargePointMaxProfile", connector=0)]
    assert limit(maximum, NOW + 601 * SECOND) == 8.0


def test_valid_from_and_valid_to_are_respected() -> None:
    limited: dict[str, Any] = {"validFrom": date_time(NOW), "validTo": date_time(NOW + HOUR)}
    profiles = [profile(1, (0, 6.0), start=NOW - HOUR, **limited)]
    assert [limit(profiles, NOW + offset) for offset in (-1, 0, HOUR - 1, HOUR)] == [16.0, 6.0, 6.0, 16.0]


def test_every_reason_why_a_profile_sets_no_limit_has_its_name() -> None:
    cases = {
        "not-yet-valid": profile(1, (0, 6.0), validFrom=date_time(NOW + 1_000_000)),
        "expired": profile(2, (0, 6.0), validTo=date_time(NOW)),
        "schedule-not-started": profile(3, (0, 6.0), start=NOW + SECOND),
        "schedule-finished": profile(4, (0, 6.0), start=NOW - SECOND, duration=1),
        "between-recurrences": profile(
            5, (0, 6.0), start=NOW - HOUR, duration=60, kind="Recurring", recurrencyKind="Daily"
        ),
        "no-period": profile(6, (10, 6.0)),
        "other-transaction": profile(7, (0, 6.0), purpose="TxProfile", transactionId=8),
        "priority-not-activated": profile(8, (0, 6.0), purpose="PriorityCharging", generation=2),
        "lower-stack-level": profile(9, (0, 6.0)),
        "in-force": profile(10, (0, 6.0), level=5),
    }
    at = limit_at(list(cases.values()), 1, NOW, situations={1: RUNNING})
    assert [role.state.value for role in at.roles] == list(cases)
    idle = limit_at([profile(1, (0, 6.0), purpose="TxProfile")], 1, NOW)
    assert [role.state.value for role in idle.roles] == ["no-transaction"]


def test_watts_are_shared_by_the_phases_and_amperes_hold_on_each() -> None:
    assert limit([profile(1, (0, 6900.0), unit="W")]) == 10.0
    single = {"startPeriod": 0, "limit": 2300.0, "numberPhases": 1}
    at = limit_at([profile(1, single, unit="W")], 1, NOW, supply=SUPPLY)
    assert (at.amperes, at.phases, at.watts) == (10.0, 1, 2300.0)
    one_phase = Supply(230.0, 1, 32.0)
    assert limit_at([profile(1, (0, 4600.0), unit="W")], 1, NOW, supply=one_phase).amperes == 20.0


def test_the_whole_charge_point_may_draw_what_its_connectors_may_together() -> None:
    profiles = [profile(1, (0, 6.0), connector=1), profile(2, (0, 40.0), purpose="ChargePointMaxProfile", connector=0)]
    idle = {number: ChargingSituation() for number in (1, 2)}
    assert limit_at(profiles, 0, NOW, situations=idle, supply=SUPPLY).amperes == 22.0
    tight = [profile(2, (0, 20.0), purpose="ChargePointMaxProfile", connector=0), profiles[0]]
    assert limit_at(tight, 0, NOW, situations=idle, supply=SUPPLY).amperes == 20.0
    assert limit_at(tight, 0, NOW).amperes == 20.0
    whole = limit_at(tight, 0, NOW, situations=idle, supply=SUPPLY)
    assert {one.profile.id for one in whole.prevailing} == {role.profile.id for role in whole.roles} == {1, 2}


def test_a_setpoint_without_a_limit_prevails_without_limiting() -> None:
    period = {"startPeriod": 0, "operationMode": "CentralSetpoint", "setpoint": -3000.0, "dischargeLimit": -4000.0}
    at = limit_at([profile(1, period, unit="W", generation=2)], 1, NOW, supply=SUPPLY)
    assert at.amperes == 16.0
    assert at.prevailing[0].period.carried == {
        "operationMode": "CentralSetpoint",
        "setpoint": -3000.0,
        "dischargeLimit": -4000.0,
    }


def test_the_first_of_three_schedules_counts() -> None:
    body = content(1, (0, 6.0), generation=2)
    body["chargingSchedule"] += [content(1, (0, 9.0), generation=2)["chargingSchedule"][0]] * 5
    found = charging_profile(body, 1, NOW)
    assert len(found.schedules) == 3
    assert limit([found]) == 6.0


def test_the_schedule_changes_with_any_profile() -> None:
    profiles = [
        profile(1, (0, 10.0), (120, 6.0)),
        profile(2, (60, 8.0), purpose="ChargePointMaxProfile", connector=0, duration=300),
    ]
    assert steps(profiles, 600) == [(0, 10.0), (60, 8.0), (120, 6.0)]
    assert steps(profiles, 100, unit="W") == [(0, 6900.0), (60, 5520.0)]


def test_a_finished_schedule_sets_no_limit_and_ends_a_step() -> None:
    profiles = [profile(1, (0, 6.0), duration=100, validTo=date_time(NOW + 50 * SECOND))]
    assert limit(profiles, NOW + 50 * SECOND) == 16.0
    assert steps(profiles, 200) == [(0, 6.0), (50, 16.0)]


def test_a_daily_profile_repeats() -> None:
    midnight = NOW // DAY * DAY
    daily = profile(1, (0, 6.0), (3600, 9.0), kind="Recurring", recurrencyKind="Daily", start=midnight - DAY)
    assert steps([daily], 2 * 3600, midnight + DAY - HOUR) == [(0, 9.0), (3600, 6.0)]


def test_a_profile_that_changes_without_end_gives_a_shorter_schedule() -> None:
    """A peer that sends one must not keep the program busy for minutes."""
    busy = profile(1, *((second, 6.0 + second % 2) for second in range(1000)), kind="Recurring", recurrencyKind="Daily")
    found = composite_schedule([busy], 1, NOW, 2**31)
    assert len(found.periods) <= MAX_STEPS
    assert 0 < found.duration < 2**31


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([
        "chargingProfileId", "id", "stackLevel", "chargingProfilePurpose", "chargingProfileKind", "recurrencyKind",
        "validFrom", "validTo", "transactionId", "chargingSchedule", "chargingRateUnit", "chargingSchedulePeriod",
        "startPeriod", "limit", "numberPhases", "duration", "startSchedule",
    ]), inner, max_size=6)
), max_leaves=20))  # fmt: skip
def test_any_json_gives_a_profile_and_a_schedule(anything: Any) -> None:
    """A capture may hold anything; the pane must not crash on it."""
    found = charging_profile(anything, 1, NOW)
    assert composite_schedule([found], 1, NOW, 100, situations={1: RUNNING}).periods


# -- the plain reference ------------------------------------------------------------------------------------------


def _limit_of_one(body: dict[str, Any], second: int, began: int) -> tuple[float | None, int | None] | None:
    """What a profile says in the second `second` of the epoch: its limit and its phases, or nothing."""
    if "validFrom" in body and second < _second(body["validFrom"]):
        return None
    if "validTo" in body and second >= _second(body["validTo"]):
        return None
    schedule = body["chargingSchedule"]
    start = _second(schedule["startSchedule"]) if "startSchedule" in schedule else began
    elapsed = second - start
    if elapsed < 0:
        return None
    if body["chargingProfileKind"] == "Recurring":
        elapsed %= 86_400 if body["recurrencyKind"] == "Daily" else 7 * 86_400
    if elapsed >= schedule.get("duration", float("inf")):
        return None
    passed = [period for period in schedule["chargingSchedulePeriod"] if period["startPeriod"] <= elapsed]
    return (passed[-1]["limit"], passed[-1].get("numberPhases")) if passed else None


def _second(text: str) -> int:
    time = time_of(text)
    assert time is not None
    return time // SECOND


_STATION = ("ChargePointMaxProfile", "ChargingStationExternalConstraints", "LocalGeneration")


def _reference(
    installed: list[tuple[int, dict[str, Any]]], place: int, second: int, began: int, situation: str, unit: str
) -> float:
    """The limit of a second, by going through everything that is installed.

    `situation` is `idle`, `charging` or `priority`.
    """
    said: dict[tuple[str, int], tuple[int, int, int, tuple[Any, Any], str]] = {}
    for number, (where, body) in enumerate(installed):
        purpose = body["chargingProfilePurpose"]
        if where not in (0, place) or (purpose == "TxProfile" and situation == "idle"):
            continue
        if purpose == "PriorityCharging" and situation != "priority":
            continue
        found = _limit_of_one(body, second, began)
        if found is not None:
            rank = (body["stackLevel"], int(where > 0), number, found, body["chargingSchedule"]["chargingRateUnit"])
            stack = (purpose, where if purpose in _STATION else -1)
            said[stack] = max(said.get(stack, rank), rank, key=lambda one: one[:3])
    own = [stack for stack in (("PriorityCharging", -1), ("TxProfile", -1), ("TxDefaultProfile", -1)) if stack in said]
    for overruled in own[1:]:
        del said[overruled]
    phases = min([3, *(found[1] for *_, found, _ in said.values() if found[1] is not None)])
    amperes = {
        stack: found[0] if kind == "A" else found[0] / (230.0 * phases) for stack, (*_, found, kind) in said.items()
    }
    sun = sum(value for (purpose, _), value in amperes.items() if purpose == "LocalGeneration")
    limits = [
        value + (sun if purpose in _STATION else 0.0)
        for (purpose, _), value in amperes.items()
        if purpose != "LocalGeneration"
    ]
    lowest: float = min([*limits, 16.0])
    return round(lowest if unit == "A" else lowest * 230.0 * phases, 1)


SPAN = 240
"""Seconds of a compared schedule; all times are near its beginning, so that most profiles change within it."""


@st.composite
def _installed(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    near = st.integers(-300, 300).map(lambda seconds: NOW + seconds * SECOND)
    purpose = draw(st.sampled_from(["TxProfile", "TxDefaultProfile", "PriorityCharging", *_STATION]))
    kind = draw(st.sampled_from(["Absolute", "Recurring", "Relative"]))
    starts = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=5)))
    unit = draw(st.sampled_from("AW"))
    # 690 W are whole or half amperes on any number of phases, so that both sides compute the same floats.
    limits = st.integers(0, 32).map(lambda amperes: amperes * (690.0 if unit == "W" else 1.0))
    periods = [
        {"startPeriod": start, "limit": draw(limits), **draw(st.fixed_dictionaries({}, optional=_PHASES))}
        for start in starts
    ]
    more: dict[str, Any] = {"recurrencyKind": draw(st.sampled_from(["Daily", "Weekly"]))} if kind == "Recurring" else {}
    for key in ("validFrom", "validTo"):
        if draw(st.booleans()):
            more[key] = date_time(draw(near))
    shift = draw(st.sampled_from([0, -DAY, -7 * DAY])) if kind == "Recurring" else 0
    # Without a start of its own, the schedule of a station begins when it was set, which the reference does not know.
    has_start = kind != "Relative" and (purpose in _STATION or draw(st.booleans()))
    if purpose in _STATION and kind == "Relative":
        kind, has_start = "Absolute", True
    body = content(
        draw(st.integers(1, 9)),
        *periods,
        purpose=purpose,
        kind=kind,
        level=draw(st.integers(0, 2)),
        start=draw(near) + shift if has_start else None,
        unit=unit,
        duration=draw(st.none() | st.integers(0, 500)),
        **more,
    )
    return (0 if purpose == "ChargePointMaxProfile" else draw(st.integers(0, 2))), body


_PHASES = {"numberPhases": st.integers(1, 3)}


@settings(max_examples=250, deadline=None)
@given(
    st.lists(_installed(), max_size=6),
    st.none() | st.integers(0, 300),
    st.booleans(),
    st.sampled_from("AW"),
    st.sampled_from([0, 1, 400_000, 999_999]),
)
def test_it_equals_a_plain_reference_second_by_second(
    installed: list[tuple[int, dict[str, Any]]], charging_for: int | None, priority: bool, unit: str, off: int
) -> None:
    """Every second of the schedule has the limit that follows from going through all profiles one by one.

    `off` moves the beginning away from whole seconds, on which all times in the profiles are.
    """
    start = NOW - off
    profiles = [charging_profile(body, where, NOW + place) for place, (where, body) in enumerate(installed)]
    began = NOW - (charging_for or 0) * SECOND
    situation = ChargingSituation() if charging_for is None else ChargingSituation("7", began, priority)
    named = "idle" if charging_for is None else "priority" if priority else "charging"
    found = composite_schedule(
        profiles, 1, start, SPAN, unit=unit, situations={1: situation}, supply=Supply(230.0, 3, 16.0)
    )
    shown, place = [], 0
    for second in range(SPAN):
        while place + 1 < len(found.periods) and found.periods[place + 1].start <= second:
            place += 1
        shown.append(found.periods[place].limit)
    # Without a transaction, what depends on one begins with the schedule.
    reference_start = (start if charging_for is None else began) // SECOND
    expected = [
        _reference(installed, 1, (start + second * SECOND) // SECOND, reference_start, named, unit)
        for second in range(SPAN)
    ]
    assert shown == expected
    assert found.duration == SPAN
