"""When a price of a tariff holds, by time of day, weekday, date, energy, duration, power and current (OCPP 2.1).

Source: OCPP 2.1 Part 2, TariffConditionsType and TariffConditionsFixedType. Times of day and dates are local time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ocpptui.ocpp.date_times import DAY, SECOND, micros_of, time_of, utc_datetime
from ocpptui.ocpp.payload import Payload, number_at, text_at, texts_at

_TIMES_OF_DAY = ("startTimeOfDay", "endTimeOfDay")
_DATES = ("validFromDate", "validToDate")
_MOST_DAYS = 400
"""How many days of a stretch are looked at for changes of the time of day."""


@dataclass(frozen=True, slots=True)
class ChargeUsage:
    """What a transaction has used until a moment."""

    energy: float = 0
    """Wh."""
    charging: float = 0
    """Seconds in which energy flowed."""
    idle: float = 0
    """Seconds in which none did."""

    def since(self, before: ChargeUsage) -> ChargeUsage:
        """What was used after `before`."""
        return ChargeUsage(self.energy - before.energy, self.charging - before.charging, self.idle - before.idle)

    def plus(self, other: ChargeUsage, share: float = 1.0) -> ChargeUsage:
        """With a share of what another one used."""
        return ChargeUsage(
            self.energy + share * other.energy,
            self.charging + share * other.charging,
            self.idle + share * other.idle,
        )


class ChargePlace(NamedTuple):
    """Where a transaction takes place, as far as prices depend on it."""

    volts: float = 230.0
    """Watts for each ampere, all phases added up."""
    kind: str = "AC"
    """`AC` or `DC` (EvseKindEnumType)."""
    offset: int = 0
    """Seconds by which local time is ahead of UTC."""


@dataclass(frozen=True, slots=True)
class ChargeStretch:
    """A part of a transaction in which all that it uses flows evenly. Times are microseconds since 1970-01-01 UTC."""

    start: int
    end: int
    before: ChargeUsage
    """What was used until its start."""
    used: ChargeUsage
    """What was used in it."""
    place: ChargePlace

    def part(self, begin: float, end: float) -> ChargeStretch:
        """From one share of it to another, 0 to 1."""
        length = self.end - self.start
        return ChargeStretch(
            self.start + round(begin * length),
            self.start + round(end * length),
            self.before.plus(self.used, begin),
            ChargeUsage().plus(self.used, end - begin),
            self.place,
        )

    @property
    def power(self) -> float:
        """Watts while energy flowed."""
        return round(self.used.energy * 3600 / self.used.charging, 6) if self.used.charging > 0 else 0.0


def is_understood(conditions: Payload) -> bool:
    """Whether each condition is one that can be checked."""
    for name in conditions:
        text = text_at(conditions, name) or ""
        if name in _TIMES_OF_DAY and _minute(conditions, name) is None:
            return False
        if name in _DATES and time_of(f"{text}T00:00:00Z") is None:
            return False
    return True


def offset_of(text: str) -> int:
    """The seconds in an offset such as +01:00 (ClockCtrlr.TimeOffset); 0 if it is not one."""
    found = time_of(f"1970-01-02T00:00:00{text}")
    return 0 if found is None or not text else (DAY - found) // SECOND


def holds(conditions: Payload, stretch: ChargeStretch) -> bool:
    """Whether all conditions of a price hold in the middle of a stretch; a condition of an unknown kind does not."""
    middle = stretch.before.plus(stretch.used, 0.5)
    local = _local((stretch.start + stretch.end) // 2, stretch.place.offset)
    amounts = _amounts(middle) | {"Power": stretch.power, "Current": round(stretch.power / stretch.place.volts, 6)}
    for name in conditions:
        match name:
            case "startTimeOfDay" | "endTimeOfDay":
                is_so = _is_within_day(conditions, local)
            case "dayOfWeek":
                is_so = f"{local:%A}" in texts_at(conditions, name)
            case "validFromDate":
                is_so = local.date().isoformat() >= (text_at(conditions, name) or "")
            case "validToDate":
                is_so = local.date().isoformat() < (text_at(conditions, name) or "")
            case "evseKind":
                is_so = conditions[name] == stretch.place.kind
            case "customData":
                is_so = True
            case _:
                amount, bound = amounts.get(name[3:]), number_at(conditions, name)
                if amount is None or bound is None:
                    return False  # the brand of a payment, for example, of which no token here says anything
                is_so = amount >= bound if name.startswith("min") else amount < bound
        if not is_so:
            return False
    return True


def breaks(conditions: Payload, stretch: ChargeStretch) -> Iterator[float]:
    """At which shares of a stretch, between 0 and 1, conditions may begin to hold or cease to."""
    first, last = _amounts(stretch.before), _amounts(stretch.before.plus(stretch.used))
    for name in conditions:
        bound, amount = number_at(conditions, name), name[3:]
        if bound is not None and amount in first and last[amount] > first[amount]:
            yield (float(bound) - first[amount]) / (last[amount] - first[amount])
    if stretch.end <= stretch.start or not _depends_on_time(conditions):
        return
    offset = stretch.place.offset
    day = _local(stretch.start, offset).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = [_minute(conditions, name) for name in _TIMES_OF_DAY]
    for number in range(_MOST_DAYS):
        for minute in {0, *(minute for minute in minutes if minute is not None)}:
            moment = day + timedelta(days=number, minutes=minute) - timedelta(seconds=offset)
            time = micros_of(moment)
            yield (time - stretch.start) / (stretch.end - stretch.start)
        if time > stretch.end + DAY:
            return


def _amounts(used: ChargeUsage) -> dict[str, float]:
    """What the bounds `min…` and `max…` are about, by the rest of their names."""
    return {
        "Energy": used.energy,
        "Time": used.charging + used.idle,
        "ChargingTime": used.charging,
        "IdleTime": used.idle,
    }


def _depends_on_time(conditions: Payload) -> bool:
    return any(name in conditions for name in (*_TIMES_OF_DAY, *_DATES, "dayOfWeek"))


def _local(time: int, offset: int) -> datetime:
    return utc_datetime(time) + timedelta(seconds=offset)


def _is_within_day(conditions: Payload, local: datetime) -> bool:
    """Whether it is between both times of day; an end before the start is on the next day, and 00:00 ends the day."""
    begin, end = _minute(conditions, "startTimeOfDay") or 0, _minute(conditions, "endTimeOfDay") or 24 * 60
    now = local.hour * 60 + local.minute
    return begin <= now < end if begin < end else now >= begin or now < end


def _minute(conditions: Payload, name: str) -> int | None:
    """The minute of the day in HH:MM; None if it is not one."""
    hours, _, minutes = (text_at(conditions, name) or "").partition(":")
    is_time = hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60
    return int(hours) * 60 + int(minutes) if is_time else None
