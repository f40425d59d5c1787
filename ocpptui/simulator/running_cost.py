"""What a transaction costs by its tariff, calculated by the charging station itself (OCPP 2.1).

Source: OCPP 2.1 Part 2 use cases I07, I11, I12; TariffType, CostDetailsType.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ocpptui.ocpp.date_times import SECOND, date_time, time_of
from ocpptui.ocpp.payload import Payload, number_at, object_at, objects_at, text_at
from ocpptui.simulator.tariff_conditions import ChargePlace, ChargeStretch, ChargeUsage, breaks, holds, is_understood

_PARTS = {"energy": "priceKwh", "chargingTime": "priceMinute", "idleTime": "priceMinute", "fixedFee": "priceFixed"}
"""The parts of a tariff that are calculated, with the name of the price in each."""
_FEE = "fixedFee"
_NOT_CALCULATED = ("reservationTime", "reservationFixed")
_COST_NAMES = {"fixedFee": "fixed"}
"""The names of the parts in TotalCostType, where they differ."""
_DECIMALS = 4
_USUAL = ChargePlace()


def tariff_problem(tariff: Payload, now: int) -> str:
    """The status that refuses a tariff which cannot be calculated; empty if it can."""
    prices = [price for part in _PARTS for price in _listed(tariff, part)]
    if not all(is_understood(object_at(price, "conditions")) for price in prices):
        return "ConditionNotSupported"
    valid_from = time_of(text_at(tariff, "validFrom") or "")
    is_later = valid_from is not None and valid_from > now
    return "Rejected" if is_later or any(part in tariff for part in _NOT_CALCULATED) else ""


Prices = dict[str, int | None]
"""By part of a tariff, the place of the price that holds in its list; None if none does."""


@dataclass(slots=True)
class _Period:
    """A time with the same prices of one tariff."""

    tariff: Payload
    prices: Prices
    start: int
    used: ChargeUsage = ChargeUsage()


class RunningCost:
    """The cost of one transaction. It follows changes of the tariff, and of the prices that hold meanwhile."""

    def __init__(self) -> None:
        self._periods: list[_Period] = []
        self._used = ChargeUsage()  # until `_time`
        self._time = 0

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._time += by
        for period in self._periods:
            period.start += by

    def details(
        self, tariff: Payload, usage: ChargeUsage, now: int, *, is_final: bool, place: ChargePlace = _USUAL
    ) -> Payload:
        """CostDetailsType at `now`; only the final ones have the periods (I12.FR.02). Empty without a tariff."""
        if not tariff:
            return {}
        if not self._periods:
            self._time = now - round((usage.charging + usage.idle) * SECOND)
        before = self._periods[-1].tariff if self._periods else tariff
        stretch = ChargeStretch(self._time, now, self._used, usage.since(self._used), place)
        self._go_on(before, stretch)
        if before is not tariff:
            self._go_on(tariff, ChargeStretch(now, now, usage, ChargeUsage(), place))
        self._used, self._time = usage, now
        details: Payload = {
            "totalCost": self._total(),
            "totalUsage": {
                "energy": usage.energy / 1000,
                "chargingTime": round(usage.charging),
                "idleTime": round(usage.idle),
            },
        }
        if is_final:
            details["chargingPeriods"] = [_shown(period) for period in self._periods]
        return details

    def _go_on(self, tariff: Payload, stretch: ChargeStretch) -> None:
        """Add what was used in a stretch to the last period, or to new ones where other prices hold."""
        for part in _parts_with_one_price(tariff, stretch):
            prices = _prices(tariff, part, is_first=not self._periods)
            last = self._periods[-1] if self._periods else None
            if last is None or last.tariff is not tariff or _without_fee(last.prices) != _without_fee(prices):
                last = _Period(tariff, prices, part.start)
                self._periods.append(last)
            last.used = last.used.plus(part.used)

    def _total(self) -> Payload:
        parts: dict[str, tuple[float, float]] = {}
        for period in self._periods:
            for part, (without, including) in _costs(period).items():
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


def _parts_with_one_price(tariff: Payload, stretch: ChargeStretch) -> list[ChargeStretch]:
    """The stretch, cut where a condition may begin to hold or cease to."""
    conditions = [object_at(price, "conditions") for part in _PARTS for price in _listed(tariff, part)]
    shares = {share for one in conditions for share in breaks(one, stretch) if 0.0 < share < 1.0}
    return [stretch.part(begin, end) for begin, end in pairwise([0.0, *sorted(shares), 1.0])]


def _listed(tariff: Payload, part: str) -> list[Payload]:
    return objects_at(object_at(tariff, part), "prices")


def _prices(tariff: Payload, stretch: ChargeStretch, *, is_first: bool) -> Prices:
    """Of each part, the first price whose conditions hold; the fixed fee is due once, at the beginning."""
    found: Prices = {}
    for part in _PARTS:
        of_part = enumerate(_listed(tariff, part))
        holding = (number for number, price in of_part if holds(object_at(price, "conditions"), stretch))
        found[part] = None if part == _FEE and not is_first else next(holding, None)
    return found


def _without_fee(prices: Prices) -> Prices:
    return {part: number for part, number in prices.items() if part != _FEE}


def _costs(period: _Period) -> dict[str, tuple[float, float]]:
    """Each part of the tariff without and with tax."""
    amounts = {
        "energy": period.used.energy / 1000,
        "chargingTime": period.used.charging / 60,
        "idleTime": period.used.idle / 60,
        _FEE: 1.0,
    }
    found = {}
    for part, name in _PARTS.items():
        prices, number = _listed(period.tariff, part), period.prices[part]
        if prices:
            price = 0.0 if number is None else float(number_at(prices[number], name) or 0.0)
            without = amounts[part] * price
            found[part] = (without, _taxed(without, objects_at(object_at(period.tariff, part), "taxRates")))
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
        "Energy": round(period.used.energy / 1000, 6),
        "ChargingTime": round(float(period.used.charging), 3),
        "IdleTIme": round(float(period.used.idle), 3),  # the standard writes it so
    }
    return {
        "startPeriod": date_time(period.start),
        "tariffId": text_at(period.tariff, "tariffId") or "",
        "dimensions": [{"type": name, "volume": volume} for name, volume in volumes.items()],
    }
