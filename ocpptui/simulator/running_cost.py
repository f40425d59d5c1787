"""What a transaction costs by its tariff, calculated by the charging station itself (OCPP 2.1).

Source: OCPP 2.1 Part 2 use cases I07, I11, I12; TariffType, CostDetailsType.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocpptui.ocpp.date_times import date_time, time_of
from ocpptui.ocpp.payload import Payload, number_at, object_at, objects_at, text_at

_PARTS = {"energy": "priceKwh", "chargingTime": "priceMinute", "idleTime": "priceMinute", "fixedFee": "priceFixed"}
"""The parts of a tariff that are calculated, with the name of the price in each."""
_NOT_CALCULATED = ("reservationTime", "reservationFixed")
_COST_NAMES = {"fixedFee": "fixed"}
"""The names of the parts in TotalCostType, where they differ."""
_DECIMALS = 4


def tariff_problem(tariff: Payload, now: int) -> str:
    """The status that refuses a tariff which cannot be calculated; empty if it can."""
    prices = [price for part in _PARTS for price in objects_at(object_at(tariff, part), "prices")]
    if any(object_at(price, "conditions") for price in prices):
        return "ConditionNotSupported"
    valid_from = time_of(text_at(tariff, "validFrom") or "")
    is_later = valid_from is not None and valid_from > now
    return "Rejected" if is_later or any(part in tariff for part in _NOT_CALCULATED) else ""


@dataclass(frozen=True, slots=True)
class ChargeUsage:
    """What a transaction has used until a moment."""

    energy: int = 0
    """Wh."""
    charging: int = 0
    """Seconds in which energy flowed."""
    idle: int = 0
    """Seconds in which none did."""

    def since(self, before: ChargeUsage) -> ChargeUsage:
        return ChargeUsage(self.energy - before.energy, self.charging - before.charging, self.idle - before.idle)


@dataclass(slots=True)
class _Period:
    """A time with one tariff."""

    tariff: Payload
    start: int
    used: ChargeUsage = ChargeUsage()


class RunningCost:
    """The cost of one transaction. It follows a change of the tariff: each period has its own prices."""

    def __init__(self) -> None:
        self._periods: list[_Period] = []
        self._before = ChargeUsage()  # when the last period began

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        for period in self._periods:
            period.start += by

    def details(self, tariff: Payload, usage: ChargeUsage, now: int, *, is_final: bool) -> Payload:
        """CostDetailsType at `now`; only the final ones have the periods (I12.FR.02). Empty without a tariff."""
        if not tariff:
            return {}
        if not self._periods or self._periods[-1].tariff is not tariff:
            if self._periods:
                self._periods[-1].used = usage.since(self._before)
                self._before = usage
            self._periods.append(_Period(tariff, now))
        self._periods[-1].used = usage.since(self._before)
        details: Payload = {
            "totalCost": self._total(),
            "totalUsage": {"energy": usage.energy / 1000, "chargingTime": usage.charging, "idleTime": usage.idle},
        }
        if is_final:
            details["chargingPeriods"] = [_shown(period) for period in self._periods]
        return details

    def _total(self) -> Payload:
        parts: dict[str, tuple[float, float]] = {}
        for number, period in enumerate(self._periods):
            for part, (without, including) in _costs(period, is_first=number == 0).items():
                known = parts.get(part, (0.0, 0.0))
                parts[part] = (known[0] + without, known[1] + including)
        without = sum(cost[0] for cost in parts.values())
        including = sum(cost[1] for cost in parts.values())
        tariff = self._periods[-1].tariff
        kind = "NormalCost"
        for name, bound, is_broken in (("minCost", "MinCost", float.__lt__), ("maxCost", "MaxCost", float.__gt__)):
            limit = object_at(tariff, name)
            least = number_at(limit, "exclTax")
            if least is not None and is_broken(float(without), float(least)):
                kind, without = bound, float(least)
                including = float(number_at(limit, "inclTax") or least)
        shown: dict[str, Any] = {_COST_NAMES.get(part, part): _price(*cost) for part, cost in parts.items()}
        currency = text_at(tariff, "currency") or ""
        return {"currency": currency, "typeOfCost": kind, "total": _price(without, including), **shown}


def _costs(period: _Period, *, is_first: bool) -> dict[str, tuple[float, float]]:
    """Each part of the tariff without and with tax; the fixed fee is due once, at the beginning."""
    amounts = {
        "energy": period.used.energy / 1000,
        "chargingTime": period.used.charging / 60,
        "idleTime": period.used.idle / 60,
        "fixedFee": 1.0 if is_first else 0.0,
    }
    found = {}
    for part, name in _PARTS.items():
        content = object_at(period.tariff, part)
        prices = objects_at(content, "prices")
        if prices:
            without = amounts[part] * float(number_at(prices[0], name) or 0.0)
            found[part] = (without, _taxed(without, objects_at(content, "taxRates")))
    return found


def _taxed(amount: float, rates: list[Payload]) -> float:
    """With tax; a tax of a higher stack is on the price with those below it."""
    for stack in sorted({int(number_at(rate, "stack") or 0) for rate in rates}):
        taxes = [number_at(rate, "tax") or 0.0 for rate in rates if int(number_at(rate, "stack") or 0) == stack]
        amount += amount * float(sum(taxes)) / 100
    return amount


def _price(without: float, including: float) -> Payload:
    return {"exclTax": round(without, _DECIMALS), "inclTax": round(including, _DECIMALS)}


def _shown(period: _Period) -> Payload:
    volumes = {
        "Energy": period.used.energy / 1000,
        "ChargingTime": float(period.used.charging),
        "IdleTIme": float(period.used.idle),  # the standard writes it so
    }
    return {
        "startPeriod": date_time(period.start),
        "tariffId": text_at(period.tariff, "tariffId") or "",
        "dimensions": [{"type": name, "volume": volume} for name, volume in volumes.items()],
    }
