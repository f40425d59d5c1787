"""Stacking of charging profiles. If these fail, the composite schedule is not the one the standard prescribes."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.date_times import DAY, SECOND, date_time
from ocpptui.simulator.charging_profiles import Profile, Profiles

NOW = 1_795_341_723_000_000
HOUR = 3600 * SECOND


def profile(
    number: int,
    *periods: tuple[int, float],
    purpose: str = "TxDefaultProfile",
    kind: str = "Absolute",
    level: int = 0,
    connector: int = 1,
    start: int | None = NOW,
    unit: str = "A",
    duration: int | None = None,
    **more: Any,
) -> Profile:
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": second, "limit": limit} for second, limit in periods],
    }
    if start is not None:
        schedule["startSchedule"] = date_time(start)
    if duration is not None:
        schedule["duration"] = duration
    content = {
        "chargingProfileId": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": schedule,
        **more,
    }
    return Profile(connector, content, NOW)


def stored(*profiles: Profile) -> Profiles:
    found = Profiles()
    for one in profiles:
        found.add(one)
    return found


def test_without_a_profile_the_hardware_is_the_limit() -> None:
    assert stored().limit(1, NOW) == 16.0


def test_the_highest_stack_level_that_sets_a_limit_wins() -> None:
    profiles = stored(profile(1, (0, 6.0)), profile(2, (0, 9.0), level=3, duration=60))
    assert profiles.limit(1, NOW + 10 * SECOND) == 9.0
    assert profiles.limit(1, NOW + 60 * SECOND) == 6.0


def test_the_profile_of_the_transaction_overrides_the_default() -> None:
    profiles = stored(profile(1, (0, 6.0)), profile(2, (0, 12.0), purpose="TxProfile"))
    assert profiles.limit(1, NOW) == 6.0
    assert profiles.limit(1, NOW, charge_started=NOW) == 12.0
    profiles.end_transaction(1)
    assert profiles.limit(1, NOW, charge_started=NOW) == 6.0


def test_the_maximum_of_the_charge_point_applies_to_all_connectors() -> None:
    maximum = profile(1, (0, 5.0), purpose="ChargePointMaxProfile", connector=0)
    profiles = stored(maximum, profile(2, (0, 12.0), purpose="TxProfile"))
    assert profiles.limit(1, NOW, charge_started=NOW) == 5.0
    assert profiles.limit(2, NOW) == 5.0


def test_the_default_of_a_connector_overrides_that_of_the_charge_point() -> None:
    profiles = stored(profile(1, (0, 7.0), connector=0), profile(2, (0, 8.0), connector=1))
    assert (profiles.limit(1, NOW), profiles.limit(2, NOW)) == (8.0, 7.0)


def test_each_profile_kind_starts_at_its_own_moment() -> None:
    steps = ((0, 4.0), (600, 8.0))
    absolute = stored(profile(1, *steps, start=NOW + HOUR))
    assert absolute.limit(1, NOW) == 16.0
    assert absolute.limit(1, NOW + HOUR) == 4.0
    relative = stored(profile(1, *steps, kind="Relative", start=None))
    assert relative.limit(1, NOW + HOUR, charge_started=NOW + HOUR - 300 * SECOND) == 4.0
    assert relative.limit(1, NOW + HOUR, charge_started=NOW + HOUR - 601 * SECOND) == 8.0
    daily = stored(profile(1, *steps, kind="Recurring", recurrencyKind="Daily", start=NOW - 3 * DAY))
    assert daily.limit(1, NOW + 599 * SECOND) == 4.0
    assert daily.limit(1, NOW + DAY + 600 * SECOND) == 8.0


def test_valid_from_and_valid_to_are_respected() -> None:
    limited: dict[str, Any] = {"validFrom": date_time(NOW), "validTo": date_time(NOW + HOUR)}
    profiles = stored(profile(1, (0, 6.0), start=NOW - HOUR, **limited))
    assert [profiles.limit(1, NOW + offset) for offset in (-1, 0, HOUR - 1, HOUR)] == [16.0, 6.0, 6.0, 16.0]


def test_watts_count_for_three_phases() -> None:
    assert stored(profile(1, (0, 6900.0), unit="W")).limit(1, NOW) == 10.0


def test_a_profile_replaces_one_of_the_same_id_or_the_same_connector_purpose_and_level() -> None:
    profiles = stored(profile(1, (0, 6.0)), profile(2, (0, 7.0)), profile(2, (0, 8.0), level=4, connector=2))
    assert [(p.id, p.connector) for p in profiles.stored] == [(2, 2)]


def test_the_composite_schedule_changes_with_any_profile() -> None:
    profiles = stored(
        profile(1, (0, 10.0), (120, 6.0)),
        profile(2, (60, 8.0), purpose="ChargePointMaxProfile", connector=0, duration=300),
    )
    found = profiles.composite(1, 600, "A", NOW)
    periods = [(p["startPeriod"], p["limit"]) for p in found["chargingSchedulePeriod"]]
    assert periods == [(0, 10.0), (60, 8.0), (120, 6.0)]
    watts = profiles.composite(1, 100, "W", NOW)
    assert [(p["startPeriod"], p["limit"]) for p in watts["chargingSchedulePeriod"]] == [(0, 6900.0), (60, 5520.0)]


def test_a_finished_schedule_sets_no_limit_and_ends_a_period_of_the_composite() -> None:
    profiles = stored(profile(1, (0, 6.0), duration=100, validTo=date_time(NOW + 50 * SECOND)))
    assert profiles.limit(1, NOW + 50 * SECOND) == 16.0
    found = profiles.composite(1, 200, "A", NOW)
    assert [(p["startPeriod"], p["limit"]) for p in found["chargingSchedulePeriod"]] == [(0, 6.0), (50, 16.0)]


def test_a_daily_profile_repeats_within_the_composite() -> None:
    midnight = NOW // DAY * DAY
    daily = profile(1, (0, 6.0), (3600, 9.0), kind="Recurring", recurrencyKind="Daily", start=midnight - DAY)
    found = stored(daily).composite(1, 2 * 3600, "A", midnight + DAY - HOUR)
    assert [(p["startPeriod"], p["limit"]) for p in found["chargingSchedulePeriod"]] == [(0, 9.0), (3600, 6.0)]
