"""A charging profile of any version as values, read from a payload that may be anything.

Sources: OCPP 1.6 sections 3.13 and 7.8 to 7.14; OCPP 2.0.1 and 2.1 Part 2 section K and the types ChargingProfileType,
ChargingScheduleType and ChargingSchedulePeriodType.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ocpptui.ocpp.date_times import DAY, time_of
from ocpptui.ocpp.payload import Payload, integer_at, number_at, object_at, objects_at, only, shown_text, text_at

MAX_SCHEDULES = 3
"""A profile of 2.x may have three schedules, from which a car with ISO 15118 chooses."""
LARGEST = 1e12
"""No rate in A or W is larger; a larger number counts as this one, so that products of it are numbers too."""
LEAST_CURRENT = 6.0
"""Amperes per phase: with less, no car charges in mode 3 (IEC 61851-1, annex A)."""
MAX_PERIODS = 1024
"""The most periods of a schedule (2.x, maxItems of chargingSchedulePeriod)."""

TX_PROFILE, TX_DEFAULT = "TxProfile", "TxDefaultProfile"
PRIORITY, LOCAL_GENERATION = "PriorityCharging", "LocalGeneration"
EXTERNAL = "ChargingStationExternalConstraints"
STATION_MAXIMA = ("ChargePointMaxProfile", "ChargingStationMaxProfile")
"""The same purpose in 1.6 and in 2.x."""
STATION_PURPOSES = (*STATION_MAXIMA, EXTERNAL, LOCAL_GENERATION)
"""The purposes that say what all connectors together may draw."""

_CYCLES = {"Daily": DAY, "Weekly": 7 * DAY}
_CARRIED = (
    "operationMode",
    "setpoint",
    "setpoint_L2",
    "setpoint_L3",
    "setpointReactive",
    "setpointReactive_L2",
    "setpointReactive_L3",
    "limit_L2",
    "limit_L3",
    "dischargeLimit",
    "dischargeLimit_L2",
    "dischargeLimit_L3",
    "evseSleep",
    "preconditioningRequest",
    "v2xBaseline",
    "v2xFreqWattCurve",
    "v2xSignalWattCurve",
)
_NOT_COMPUTED = (
    "limitAtSoC",
    "randomizedDelay",
    "useLocalTime",
    "powerTolerance",
    "maxOfflineDuration",
    "invalidAfterOfflineDuration",
)


@dataclass(frozen=True, slots=True)
class SchedulePeriod:
    """One step of a charging schedule."""

    start: int
    """Seconds after the beginning of the schedule."""
    limit: float | None
    """In the unit of the schedule: amperes per phase, or watts of all phases. Optional in 2.1."""
    phases: int | None = None
    """`numberPhases`; None means 3 on AC if a number is needed."""
    phase_to_use: int | None = None
    carried: Payload = field(default_factory=dict)
    """What 2.1 says besides the limit, `setpoint` or `operationMode` for example, by its name in OCPP."""


@dataclass(frozen=True, slots=True)
class ChargingSchedule:
    """The steps of a profile, and when they begin and end."""

    unit: str
    """`A` or `W`."""
    periods: tuple[SchedulePeriod, ...]
    """In the order of their starts."""
    start: int | None = None
    """`startSchedule` in microseconds since 1970-01-01 UTC; None for a start that depends on the situation."""
    duration: int | None = None
    """Seconds; None if the last period has no end."""
    minimum: float | None = None
    """`minChargingRate` in the unit of the schedule."""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """One charging profile as it was set. Times are in microseconds since 1970-01-01 UTC."""

    place: int
    """Connector (1.x) or EVSE (2.x); 0 for the whole charge point."""
    id: int | None
    purpose: str
    level: int
    """`stackLevel`: the higher one wins."""
    kind: str
    """Absolute, Recurring or Relative; in 2.1 also Dynamic."""
    schedules: tuple[ChargingSchedule, ...]
    installed: int
    """When the charge point got it."""
    recurrency: str = ""
    """Daily, Weekly, or empty."""
    valid_from: int | None = None
    valid_to: int | None = None
    transaction: str = ""
    """The id of the only transaction that it is for; empty for any."""
    generation: int = 1
    """1 or 2, by the names of the fields."""
    record: int | None = None
    """The index of the record that set it, if it comes from records."""
    content: Payload = field(default_factory=dict, repr=False)
    """The profile in the notation of OCPP."""
    chosen: int | None = None
    """The id of the schedule that the car chose, if that is known."""

    @property
    def schedule(self) -> ChargingSchedule:
        """The schedule that counts: the one that the car chose (2.x K15 to K18), or the first."""
        first = self.schedules[0] if self.schedules else _NO_SCHEDULE
        if self.chosen is None:
            return first
        return next((one for one in self.schedules if one.id == self.chosen), first)

    @property
    def cycle(self) -> int:
        """Microseconds from one recurrence to the next; 0 if it does not recur."""
        return _CYCLES.get(self.recurrency, 0) if self.kind == "Recurring" else 0

    @property
    def is_for_station(self) -> bool:
        """True if it limits what all connectors draw together."""
        return self.purpose in STATION_PURPOSES

    @property
    def not_computed(self) -> tuple[str, ...]:
        """The fields in it that change the limit in ways that only the charge point knows."""
        schedules = objects_at(self.content, "chargingSchedule")
        return tuple(name for name in _NOT_COMPUTED if any(one.get(name) for one in (self.content, *schedules)))


_NO_SCHEDULE = ChargingSchedule("A", ())


def charging_profile(content: Any, place: int, installed: int, *, record: int | None = None) -> ChargingProfile:
    """The profile in `csChargingProfiles` or `chargingProfile`; what is missing or of the wrong type is absent."""
    content = content if isinstance(content, dict) else {}
    several = objects_at(content, "chargingSchedule")
    one = object_at(content, "chargingSchedule")
    is_1x = "chargingProfileId" in content or bool(one)
    return ChargingProfile(
        place,
        integer_at(content, "chargingProfileId" if is_1x else "id"),
        text_at(content, "chargingProfilePurpose") or "",
        integer_at(content, "stackLevel") or 0,
        text_at(content, "chargingProfileKind") or "",
        tuple(charging_schedule(each) for each in ([one] if one else several)[:MAX_SCHEDULES]),
        installed,
        text_at(content, "recurrencyKind") or "",
        time_of(text_at(content, "validFrom") or ""),
        time_of(text_at(content, "validTo") or ""),
        shown_text(content, "transactionId"),
        1 if is_1x else 2,
        record,
        content,
    )


def charging_schedule(content: Any) -> ChargingSchedule:
    """The schedule in a ChargingSchedule of any version."""
    periods = [_period(each) for each in objects_at(content, "chargingSchedulePeriod")[:MAX_PERIODS]]
    return ChargingSchedule(
        "W" if text_at(content, "chargingRateUnit") == "W" else "A",
        tuple(sorted(periods, key=lambda period: period.start)),
        time_of(text_at(content, "startSchedule") or ""),
        integer_at(content, "duration"),
        _rate(content, "minChargingRate"),
        integer_at(content, "id"),
    )


def _period(content: Payload) -> SchedulePeriod:
    phases = integer_at(content, "numberPhases")
    return SchedulePeriod(
        integer_at(content, "startPeriod") or 0,
        _rate(content, "limit"),
        phases if phases in (1, 2, 3) else None,
        integer_at(content, "phaseToUse"),
        only(content, *_CARRIED),
    )


def _rate(content: Any, key: str) -> float | None:
    rate = number_at(content, key)
    return None if rate is None else float(max(-LARGEST, min(LARGEST, rate)))
