"""Workbooks with merged cells, formulas, dates of every kind, and a sheet for each charge point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import way
from tests.importing.reading import check, read
from tests.importing.test_table_notations import serial
from tests.importing.workbook_files import Cell, Day, Formula, IsoDay, Shared, workbook

VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
NAMES = pytest.mark.parametrize(
    "names", [("CP-7", "CP-8"), ("berlin", "hamburg"), ("Hof Süd 1", "Hof Süd 2"), ("00123456", "00123457")]
)
MILLISECONDS = timedelta(milliseconds=2)
SECOND = timedelta(seconds=1)
TIMES: dict[str, tuple[Callable[[Exchanged], Cell], timedelta]] = {
    "a serial date": (lambda f: float(serial(f)), MILLISECONDS),
    "a number shown as a date": (lambda f: Day(float(serial(f))), MILLISECONDS),
    "ISO 8601 as a date": (lambda f: IsoDay(f"{f.time:%Y-%m-%dT%H:%M:%S}"), SECOND),
    "ISO 8601 as a text": (lambda f: Shared(f"{f.time:%Y-%m-%dT%H:%M:%S.%f}"), MILLISECONDS),
    "a formula": (lambda f: Formula("NOW()", f"{f.time:%d.%m.%Y %H:%M:%S}"), SECOND),
}
KINDS: dict[str, Callable[[str], Cell]] = {
    "inline": str,
    "shared": Shared,
    "formula": lambda text: Formula("CONCATENATE(A1,B1)", text),
}


@VERSIONS
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("time", TIMES)
def test_cells_of_every_kind_are_read(tmp_path: Path, time: str, kind: str, version: Version) -> None:
    """A frame that a formula put together, or its time, would be missing; so would the name in merged cells."""
    frames = conversation(("CP-7", "CP-8"), version)
    cell, (when, within) = KINDS[kind], TIMES[time]
    rows: list[list[Cell | None]] = [[cell("Log of the week")], list(map(cell, ("Charger", "Time", "Way", "Message")))]
    areas, last = ["A1:D1"], ""
    for at, one in enumerate(frames, 3):
        if one.name == last:
            areas[-1] = f"{areas[-1].partition(':')[0]}:A{at}"
        else:
            areas.append(f"A{at}:A{at}")
        rows.append(
            [cell(one.name) if one.name != last else None, when(one), cell(way(one, "in", "out")), cell(one.raw)]
        )
        last = one.name
    merged = [area for area in areas if len({*area.split(":")}) > 1]
    check(read(workbook(tmp_path / "export.xlsx", [rows], merged=merged)), frames, within)


def _of_each(names: tuple[str, str], version: Version) -> tuple[list[Exchanged], list[list[list[Cell]]]]:
    """The frames of one charge point after those of the other, and a sheet for each."""
    whole = conversation(names, version)
    places = sorted(range(len(whole)), key=lambda place: names.index(whole[place].name))
    after = {place: number for number, place in enumerate(places)}
    frames = [replace(whole[n], half=None if (half := whole[n].half) is None else after[half]) for n in places]
    sheets = list[list[list[Cell]]]()
    for name in names:
        sheets.append([["Time", "Direction", "Message"]])
        sheets[-1] += [[Day(float(serial(f))), way(f, "in", "out"), f.raw] for f in frames if f.name == name]
    return frames, sheets


@VERSIONS
@NAMES
def test_sheets_are_called_after_their_charge_points(tmp_path: Path, names: tuple[str, str], version: Version) -> None:
    """The frames of two would be those of one without a name."""
    frames, sheets = _of_each(names, version)
    found = read(workbook(tmp_path / "export.xlsx", sheets, names=names))
    check(found, frames, MILLISECONDS)
    assert all("charge point" in record.detail["guessed"] for record in found.records)


@pytest.mark.parametrize("sheet", ["MH0055", "Tabelle1", "March 2026", "2026-03-14", "14.3.", "20260314"])
def test_the_only_sheet_has_the_name_if_it_looks_like_one(tmp_path: Path, sheet: str) -> None:
    """An export of one charge point would be of nobody; one of a day would be of the day."""
    _, sheets = _of_each(("CP-7", "CP-8"), Version.V16)
    found = read(workbook(tmp_path / "export.xlsx", sheets[:1], names=[sheet]))
    assert {record.charge_point for record in found.records} == {"MH0055" if sheet == "MH0055" else ""}


@pytest.mark.parametrize("names", [("Sheet1", "Sheet2"), ("KW 10", "KW 11"), ("March", "April")])
def test_sheets_that_are_numbered_or_dated_name_nobody(tmp_path: Path, names: tuple[str, str]) -> None:
    _, sheets = _of_each(("CP-7", "CP-8"), Version.V16)
    found = read(workbook(tmp_path / "export.xlsx", sheets, names=names))
    assert {record.charge_point for record in found.records} == {""}
