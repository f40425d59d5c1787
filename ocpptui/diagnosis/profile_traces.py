"""The charging profiles in the example traces of rules."""

from __future__ import annotations

import json
from typing import Any

TRANSACTION_16 = """
10:00:00 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:00Z"}
10:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
10:30:00 > StopTransaction {"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:30:00Z"}
10:30:01 < ok
"""
"""A transaction of 1.6, from its start to its end."""


def profile_call(*limits: tuple[int, float], place: int = 1, generation: int = 1, **more: Any) -> str:
    """A SetChargingProfile with these starts and limits."""
    names = ("connectorId", "csChargingProfiles") if generation == 1 else ("evseId", "chargingProfile")
    content = profile_content(*limits, generation=generation, **more)
    return f"SetChargingProfile {json.dumps({names[0]: place, names[1]: content})}"


def profile_content(*limits: tuple[int, float], generation: int = 1, **more: Any) -> dict[str, Any]:
    """A charging profile. `schedule` has fields that its schedule has instead; None leaves a field out."""
    schedule = {
        "id": 1 if generation == 2 else None,
        "startSchedule": "2026-01-01T00:00:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in limits or ((0, 16),)],
        **more.pop("schedule", {}),
    }
    content = {
        "chargingProfileId" if generation == 1 else "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        **more,
    }
    schedule = {name: value for name, value in schedule.items() if value is not None}
    return {**content, "chargingSchedule": schedule if generation == 1 else [schedule]}


def sent(*limits: tuple[int, float], **more: Any) -> str:
    """A trace in which the central system sends a profile."""
    version = "2.0.1\n" if more.get("generation") == 2 else ""
    return f"{version}10:00:00 < {profile_call(*limits, **more)}"


def wrong(*limits: tuple[int, float], **more: Any) -> str:
    """The same, which breaks the rule."""
    return sent(*limits, **more).replace("10:00:00 <", "* 10:00:00 <")


def reads_setting(key: str, value: str) -> str:
    """The beginning of a trace in which a setting of 1.6 is read."""
    setting = {"key": key, "readonly": True, "value": value}
    return (
        f'09:59:00 < GetConfiguration {{"key":["{key}"]}}\n'
        f"09:59:00 > ok {json.dumps({'configurationKey': [setting]})}\n"
    )
