"""Charging profiles in the notation of OCPP, for tests."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.charging_profile import ChargingProfile, charging_profile
from ocpptui.ocpp.date_times import SECOND, date_time

NOW = 1_795_341_723_000_000
HOUR = 3600 * SECOND


def content(
    number: int,
    *periods: tuple[int, float] | dict[str, Any],
    purpose: str = "TxDefaultProfile",
    kind: str = "Absolute",
    level: int = 0,
    start: int | None = NOW,
    unit: str = "A",
    duration: int | None = None,
    generation: int = 1,
    **more: Any,
) -> dict[str, Any]:
    """A profile whose periods are (startPeriod, limit), or objects."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [
            period if isinstance(period, dict) else {"startPeriod": period[0], "limit": period[1]} for period in periods
        ],
    }
    if start is not None:
        schedule["startSchedule"] = date_time(start)
    if duration is not None:
        schedule["duration"] = duration
    return {
        "chargingProfileId" if generation == 1 else "id": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": schedule if generation == 1 else [{"id": 1, **schedule}],
        **more,
    }


def profile(
    number: int,
    *periods: tuple[int, float] | dict[str, Any],
    connector: int = 1,
    installed: int = NOW,
    **more: Any,
) -> ChargingProfile:
    """The same as read by the program, at a connector or EVSE."""
    return charging_profile(content(number, *periods, **more), connector, installed)
