"""What a chart shows of the gathered series: a quantity of some charge points, a connector or EVSE, a transaction."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from ocpptui.diagnosis.limit_account import place_name
from ocpptui.reporting.limit_steps import LimitSteps
from ocpptui.reporting.measured_series import GatheredSeries, MeasuredSeries, SeriesKey

MOST_SHOWN = 26
"""Series in one chart, one for each letter."""
_NAMES = {
    ("Power", "W"): "Power",
    ("Current", "A"): "Current",
    ("Voltage", "V"): "Voltage",
    ("Energy", "Wh"): "Energy",
    ("SoC", "Percent"): "State of charge",
    ("Temperature", "Celsius"): "Temperature",
}
"""The quantities of which several measurands are in one chart, by the first word of these and the unit."""
_ORDER = tuple(_NAMES.values())
POWER, CURRENT = _ORDER[:2]


def quantity_of(key: SeriesKey) -> str:
    """The chart that a series belongs to: `Power` for all powers in W, or the measurand itself."""
    if key.measurand.endswith(".Interval"):
        return key.measurand
    name = _NAMES.get((key.measurand.partition(".")[0], key.unit))
    return name or f"{key.measurand} {key.unit}".strip()


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """What is shown; None of a charge point, place or transaction is all."""

    quantity: str = ""
    """Empty for the first that there is."""
    charge_point: str | None = None
    place: int | None = None
    transaction: int | None = None
    """A number of `GatheredSeries.transactions`."""


class LabelledSeries(NamedTuple):
    """A series with its sign in the chart."""

    letter: str
    series: MeasuredSeries
    label: str
    """What tells it from the others."""


class LabelledLimit(NamedTuple):
    """The limit of a place with its sign: the letter of the first series of the place in lower case."""

    letter: str
    times: array[int]
    values: array[float]
    until: int
    """How far it is known."""
    label: str
    charge_point: str
    generation: int
    place: int


class ChartContent(NamedTuple):
    """What one chart shows."""

    quantity: str
    unit: str
    title: str
    """The quantity, and what all series share."""
    series: list[LabelledSeries]
    limits: list[LabelledLimit]
    left_out: int
    """How many more series there are than letters."""

    @property
    def span(self) -> tuple[int, int] | None:
        """The times of the first and the last reading; None without readings."""
        times = [one.series.times for one in self.series]
        return (min(one[0] for one in times), max(one[-1] for one in times)) if times else None


def quantities(gathered: GatheredSeries, choice: ChartChoice) -> list[str]:
    """The quantities that there are at the chosen charge point and place, the usual ones first."""
    found = {quantity_of(key) for key in gathered.series if _is_chosen(key, choice)}
    return sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))


def measured_charge_points(gathered: GatheredSeries) -> list[str]:
    """Those that measured anything."""
    return sorted({key.charge_point for key in gathered.series})


def measured_places(gathered: GatheredSeries, choice: ChartChoice) -> list[int]:
    """The connectors or EVSEs with readings at the chosen charge point."""
    return sorted({key.place for key in gathered.series if choice.charge_point in (None, key.charge_point)})


def chart_content(gathered: GatheredSeries, choice: ChartChoice) -> ChartContent:
    """The series of a choice with their letters and labels, and the limits beside them."""
    there = quantities(gathered, choice)
    quantity = choice.quantity if choice.quantity in there or not there else there[0]
    chosen = [
        one
        for key, one in sorted(gathered.series.items(), key=lambda item: _sorted_by(item[0]))
        if quantity_of(key) == quantity and _is_chosen(key, choice)
    ]
    if choice.transaction is not None:
        chosen = [part for one in chosen if len(part := one.only(choice.transaction))]
    shown = chosen[:MOST_SHOWN]
    keys = [one.key for one in shown]
    several = [len({key[part] for key in keys}) > 1 for part in range(len(SeriesKey._fields))]
    series = [LabelledSeries(chr(ord("A") + n), one, _label(one.key, several)) for n, one in enumerate(shown)]
    limits = list(_limits(gathered, quantity, series, several))
    unit = keys[0].unit if keys else ""
    return ChartContent(
        quantity, unit, _title(gathered, quantity, keys, several, choice), series, limits, len(chosen) - len(shown)
    )


def record_at(content: ChartContent, time: int) -> int | None:
    """The record with the latest reading that is not later than a time; None if there is none."""
    before = ((one.series, bisect_right(one.series.times, time) - 1) for one in content.series)
    found = [(series.times[place], series.records[place]) for series, place in before if place >= 0]
    return max(found)[1] if found else None


def next_choice(gathered: GatheredSeries, choice: ChartChoice, by: int) -> ChartChoice:
    """The same with the next quantity."""
    there = quantities(gathered, choice)
    at = there.index(choice.quantity) if choice.quantity in there else 0
    return replace(choice, quantity=there[(at + by) % len(there)]) if there else choice


def _is_chosen(key: SeriesKey, choice: ChartChoice) -> bool:
    return choice.charge_point in (None, key.charge_point) and choice.place in (None, key.place)


def _sorted_by(key: SeriesKey) -> tuple[object, ...]:
    """By charge point and place; of one place, what flows before what is offered, the total before the phases."""
    return key.charge_point, key.place, "Offered" in key.measurand, key.measurand, key.phase, key.location


def _label(key: SeriesKey, several: list[bool]) -> str:
    differs = dict(zip(SeriesKey._fields, several, strict=True))
    parts = [
        key.charge_point if differs["charge_point"] else "",
        place_name(key.generation, key.place) if differs["place"] else "",
        key.measurand if differs["measurand"] else "",
        (key.phase or "total") if differs["phase"] else key.phase,
        key.location if key.location != "Outlet" or differs["location"] else "",
    ]
    if not any(parts[:-1]):
        parts[0] = key.measurand
    return " ".join(part for part in parts if part)


def _title(
    gathered: GatheredSeries, quantity: str, keys: list[SeriesKey], several: list[bool], choice: ChartChoice
) -> str:
    parts = [quantity]
    if several[0]:
        parts.append(f"{len({key.charge_point for key in keys})} charge points")
    if keys and not several[SeriesKey._fields.index("charge_point")]:
        parts.append(keys[0].charge_point)
        if not several[SeriesKey._fields.index("place")]:
            parts.append(place_name(keys[0].generation, keys[0].place))
    if choice.transaction is not None:
        parts.append(f"transaction {gathered.transactions[choice.transaction].name}")
    return " · ".join(part for part in parts if part)


def _limits(
    gathered: GatheredSeries, quantity: str, series: list[LabelledSeries], several: list[bool]
) -> Iterator[LabelledLimit]:
    if quantity not in (POWER, CURRENT):
        return
    seen = set()
    differs = dict(zip(SeriesKey._fields, several, strict=True))
    for one in series:
        key = one.series.key
        place = key.charge_point, key.place
        steps = gathered.limits.get(place)
        if steps is None or place in seen or not steps.times:
            continue
        seen.add(place)
        where = [
            key.charge_point if differs["charge_point"] else "",
            place_name(key.generation, key.place) if differs["place"] else "",
        ]
        label = " ".join(part for part in (*where, "limit", "of each phase" * (quantity == CURRENT)) if part)
        yield LabelledLimit(one.letter.lower(), steps.times, _values(steps, quantity), steps.until, label, *key[:3])


def _values(steps: LimitSteps, quantity: str) -> array[float]:
    return steps.watts if quantity == POWER else steps.amperes
