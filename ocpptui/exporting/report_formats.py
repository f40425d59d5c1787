"""The formats of `report`, all from the same tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from math import floor
from textwrap import wrap
from typing import NamedTuple

from ocpptui.describe.safe_text import single_line
from ocpptui.describe.spreadsheet_cell import with_apostrophe
from ocpptui.exporting.html_page import page_cell, page_head
from ocpptui.exporting.report_tables import (
    ReportTable,
    StationTables,
    Unit,
    Value,
    counting_rules,
    report_tables,
)
from ocpptui.exporting.text_table import table_lines
from ocpptui.ocpp.durations import duration_text, span_text
from ocpptui.ocpp.identity import NAMELESS
from ocpptui.ocpp.version import Direction
from ocpptui.reporting.operating_report import OperatingReport

WIDTH = 100
"""Of running text."""
UNKNOWN_VALUE = "unknown"


class Reported(NamedTuple):
    """What is written."""

    report: OperatingReport
    name: str
    """What was read."""
    one_period: bool = True
    """See `report_tables`."""
    charge_points: frozenset[str] = frozenset()
    """Only these; all if there are none."""
    incomplete: tuple[str, ...] = ()
    """What could not be read, in sentences."""

    @property
    def stations(self) -> Iterator[StationTables]:
        return report_tables(self.report, one_period=self.one_period, only=self.charge_points)


class ReportFormat(StrEnum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"

    @property
    def lines(self) -> Callable[[Reported], Iterator[str]]:
        """Writes a report in this format."""
        return _WRITERS[self]


def shown_value(value: Value, unit: Unit) -> str:
    """A value for people."""
    if value is None:
        return UNKNOWN_VALUE
    if isinstance(value, Direction):
        return f"from the {value.sender.words}"
    if isinstance(value, str):
        return single_line(value)
    match unit:
        case Unit.SECONDS:
            return span_text(round(value * 1e6)) if value else "0 s"
        case Unit.MILLISECONDS:
            return duration_text(value * 1000)
        case Unit.PERCENT:
            # Rounded down: 99.996 % is not 100 %.
            return f"{floor(value * 100 + 1e-6) / 100:.2f} %"
        case Unit.ENERGY:
            return f"{value:,.0f} Wh"
        case _:
            return f"{value:,}"


# -- text -------------------------------------------------------------------------------------------------------


def _text(reported: Reported) -> Iterator[str]:
    yield from (f"Incomplete: {sentence}" for sentence in reported.incomplete)
    is_first = True
    for station in reported.stations:
        yield from station_lines(station) if is_first else ("", *station_lines(station))
        is_first = False
    if is_first:
        yield "There is no record of a charge point."
    yield from ("", *counting_lines(reported.report))


def station_lines(station: StationTables) -> Iterator[str]:
    """The tables of a charge point in text; titles are not indented."""
    yield single_line(station.name) or NAMELESS
    for table in station.tables:
        yield ""
        yield table.title
        yield from table_lines(*_shown(table))
        if table.note:
            yield f"  {table.note}"


def counting_lines(report: OperatingReport, width: int = WIDTH) -> Iterator[str]:
    """How the figures are counted, for people."""
    yield "How it is counted"
    for sentence in counting_rules(report):
        yield from wrap(sentence, width, initial_indent="  ", subsequent_indent="    ")


def _shown(table: ReportTable) -> tuple[list[list[str]], list[bool]]:
    """The cells of a table for people, and which columns have numbers; a list has a line for each column."""
    units = [column.unit for column in table.columns]
    rows = [[shown_value(value, unit) for value, unit in zip(row, units, strict=True)] for row in table.rows]
    titles = [column.title for column in table.columns]
    if table.is_list:
        return [list(pair) for pair in zip(titles, rows[0], strict=True)], []
    return [titles, *rows], [unit.is_number for unit in units]


# -- JSON and CSV -----------------------------------------------------------------------------------------------


def _json(reported: Reported) -> Iterator[str]:
    content = {
        "reported": reported.name,
        "incomplete": list(reported.incomplete),
        "records": reported.report.done,
        "counting": counting_rules(reported.report),
        "chargePoints": [
            {"chargePoint": station.name or None, **{table.key: _objects(table) for table in station.tables}}
            for station in reported.stations
        ],
    }
    yield from json.dumps(content, ensure_ascii=False, indent=2).split("\n")


def _objects(table: ReportTable) -> object:
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, map(_rounded, row), strict=True)) for row in table.rows]
    return rows[0] if table.is_list else rows


def _csv(reported: Reported) -> Iterator[str]:
    """One value a row, so that a spreadsheet or a data base takes tables of different columns."""
    yield _row(("chargePoint", "table", "row", "figure", "unit", "value"))
    for station in reported.stations:
        for table in station.tables:
            for row in table.rows:
                naming = 0 if table.is_list else _names(table)
                name = ", ".join(str(value) for value in row[:naming])
                for column, value in zip(table.columns[naming:], row[naming:], strict=True):
                    shown = "" if value is None else str(_rounded(value))
                    yield _row((station.name, table.key, name, column.key, column.unit.value, shown))


def _names(table: ReportTable) -> int:
    """How many columns name a row: the texts before the first number."""
    return next((place for place, column in enumerate(table.columns) if column.unit.is_number), len(table.columns))


def _rounded(value: Value) -> Value:
    return round(value, 6) if isinstance(value, float) else value


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([with_apostrophe(single_line(cell)) for cell in cells])
    return line.getvalue()


# -- HTML -------------------------------------------------------------------------------------------------------


def _html(reported: Reported) -> Iterator[str]:
    yield from page_head("Report")
    yield f"<h1>{page_cell(reported.name)}</h1>"
    yield from (f"<p class=error>Incomplete: {page_cell(sentence)}</p>" for sentence in reported.incomplete)
    for station in reported.stations:
        yield f"<h2>{page_cell(station.name or NAMELESS)}</h2>"
        for table in station.tables:
            rows, numbers = _shown(table)
            yield f"<h3>{table.title}</h3><table>"
            for place, row in enumerate(rows):
                tag = "th" if place == 0 and not table.is_list else "td"
                sides = [*numbers, *(False for _ in row[len(numbers) :])]
                cells = (
                    f"<{tag}{' class=n' if side else ''}>{page_cell(cell)}"
                    for cell, side in zip(row, sides, strict=True)
                )
                yield f"<tr>{''.join(cells)}"
            yield f"</table>{f'<p><i>{page_cell(table.note)}</i></p>' if table.note else ''}"
    yield "<h2>How it is counted</h2><ul>"
    yield from (f"<li>{page_cell(sentence)}" for sentence in counting_rules(reported.report))
    yield "</ul></body></html>"


_WRITERS: dict[ReportFormat, Callable[[Reported], Iterator[str]]] = {
    ReportFormat.TEXT: _text,
    ReportFormat.JSON: _json,
    ReportFormat.CSV: _csv,
    ReportFormat.HTML: _html,
}
