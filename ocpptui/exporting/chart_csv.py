"""What a chart shows as CSV (RFC 4180): one row for each reading, and for each step of a limit."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left, bisect_right
from math import isnan

from ocpptui.describe.safe_text import single_line
from ocpptui.describe.spreadsheet_cell import with_apostrophe
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.reporting.chart_content import ChartContent
from ocpptui.reporting.measured_series import GatheredSeries

COLUMNS = (
    "time", "charge_point", "evse", "connector", "transaction", "measurand", "phase", "location", "value", "unit",
    "record",
)  # fmt: skip
LIMIT = "limit"
"""In place of the measurand in the rows of limits, which hold from their time on."""


def chart_csv(content: ChartContent, gathered: GatheredSeries, start: int, end: int) -> str:
    """The readings and limits from `start` to `end`, both included, in µs since 1970 UTC.

    Values are in the base unit. A record has the number that it has in JSON, from 0. A limit that was set before the
    start has a row at the start; an empty value says that there is none from then on.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in content.series:
        series, key = one.series, one.series.key
        where = _where(key.charge_point, key.generation, key.place)
        for place in range(bisect_left(series.times, start), bisect_right(series.times, end)):
            transaction = gathered.transactions[series.transactions[place]].name
            cells = (*where, transaction, key.measurand, key.phase, key.location)
            writer.writerow(
                (
                    rfc3339_text(series.times[place]),
                    *map(_cell, cells),
                    _number(series.values[place]),
                    _cell(key.unit),
                    series.records[place],
                )
            )
    for limit in content.limits:
        first = max(bisect_right(limit.times, start) - 1, 0)
        where = _where(limit.charge_point, limit.generation, limit.place)
        for place in range(first, bisect_right(limit.times, min(end, limit.until))):
            time = rfc3339_text(max(limit.times[place], start))
            writer.writerow(
                (time, *map(_cell, (*where, "", LIMIT, "", "")), _number(limit.values[place]), content.unit, "")
            )
    return text.getvalue()


def _where(charge_point: str, generation: int, place: int) -> tuple[str, str, str]:
    """Charge point, EVSE and connector."""
    number = str(place) if place else ""
    return (charge_point, "", number) if generation == 1 else (charge_point, number, "")


def _cell(text: str) -> str:
    return with_apostrophe(single_line(text))


def _number(value: float) -> str:
    return "" if isnan(value) else repr(value).removesuffix(".0")
