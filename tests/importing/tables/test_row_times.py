"""When the frame of a table's row was sent: a wrong day or zone would put it among the frames of other hours."""

from __future__ import annotations

import pytest

from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.tables.row_times import moment_of_row
from ocpptui.importing.tables.table_columns import TableColumns
from ocpptui.ocpp.date_times import SECOND, time_of

TIME = {FieldMeaning.TIME: 0}


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    (
        (TableColumns(places=TIME), ["2026-05-12 10:00:00Z"], "2026-05-12T10:00:00Z"),
        (TableColumns(places=TIME, day=1), ["10:00:00", "2026-05-12T00:00:00"], "2026-05-12T10:00:00Z"),
        (TableColumns(places=TIME, zone=1), ["2026-05-12 10:00:00", "+02:00"], "2026-05-12T08:00:00Z"),
        (TableColumns(places=TIME, zone=1), ["2026-05-12 10:00:00", "UTC+02:00"], "2026-05-12T08:00:00Z"),
        (TableColumns(places=TIME, zone=1), ["2026-05-12 10:00:00", "Europe/Berlin"], "2026-05-12T08:00:00Z"),
        (TableColumns(places=TIME, zone=1), ["2026-05-12 10:00:00Z", "+02:00"], "2026-05-12T10:00:00Z"),
        (TableColumns(places=TIME, zone=7), ["2026-05-12 10:00:00"], "2026-05-12T10:00:00Z"),
        (TableColumns(places=TIME, serial=True), ["46154.5"], "2026-05-12T12:00:00Z"),
        (
            TableColumns(places=TIME, serial=True, serial_shift=3600 * SECOND),
            ["46154.5"],
            "2026-05-12T13:00:00Z",
        ),
    ),
)
def test_the_day_and_the_zone_may_be_in_other_columns(columns: TableColumns, cells: list[str], expected: str) -> None:
    moment = moment_of_row(columns, cells)
    assert moment is not None
    assert moment.time == time_of(expected)


@pytest.mark.parametrize("cells", ([], [""], ["soon"], ["", "2026-05-12"]))
def test_a_row_without_a_time_has_none(cells: list[str]) -> None:
    assert moment_of_row(TableColumns(places=TIME), cells) is None
