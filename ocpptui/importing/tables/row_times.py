"""The time of a row of a table, of which the day and the zone may be in columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocpptui.importing.fields.field_values import moment_of, serial_moment
from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.tables.table_columns import TableColumns
from ocpptui.importing.times.named_zones import offset_of_name
from ocpptui.importing.times.timestamps import Moment
from ocpptui.jsontext.lazy_pattern import lazily

_ZONE_WORDS = lazily(r"(?:UTC|GMT)(?=[+-])")


def moment_of_row(columns: TableColumns, cells: Sequence[str]) -> Moment | None:
    """When the frame of a row was sent; None if its cells do not say it."""
    text = columns.cell(cells, FieldMeaning.TIME)
    if columns.day is not None and columns.day < len(cells):
        day = cells[columns.day].replace("T", " ").split(maxsplit=1)
        text = f"{day[0]}{text[1:]}" if columns.serial and day else f"{day[0] if day else ''} {text}"
    moment = (moment_of(text) or (_serial_date(columns, text) if columns.serial else None)) if text else None
    if moment is not None and not moment.zoned and columns.zone is not None and columns.zone < len(cells):
        zone = cells[columns.zone].strip()
        named = offset_of_name(zone, moment.time) if moment.dated else None
        if named is not None:
            return replace(moment, time=moment.time - named, zoned=True)
        moment = moment_of(f"{text} {_ZONE_WORDS.sub('', zone)}") or moment
    return moment


def _serial_date(columns: TableColumns, text: str) -> Moment | None:
    """The time of a serial date, which counts the days since the epoch of a spreadsheet."""
    moment = serial_moment(text)
    shift = columns.serial_shift
    return replace(moment, time=moment.time + shift) if moment is not None and shift else moment
