"""Excel workbooks (ECMA-376) with every kind of cell that spreadsheet programs write."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Formula(NamedTuple):
    """A cell with a formula, and the text that the program computed last."""

    formula: str
    text: str


class Shared(NamedTuple):
    """A text in the list of all texts, as Excel itself writes every one."""

    text: str


class Day(NamedTuple):
    """A number of days since 1899-12-30 that is shown as a date."""

    days: float


class IsoDay(NamedTuple):
    """A date in the notation of ISO 8601."""

    text: str


Cell = str | float | Formula | Shared | Day | IsoDay
Sheet = Sequence[Sequence[Cell | None]]


def workbook(
    path: Path,
    sheets: Sequence[Sheet],
    hidden: int | None = None,
    names: Sequence[str] = (),
    merged: Sequence[str] = (),
) -> Path:
    """A workbook of these sheets, with a name each; one of them, from 1, may be hidden. `merged`: the areas of merged
    cells in each, `A2:A9`."""
    state = {hidden: ' state="hidden"'}
    numbers = range(1, len(sheets) + 1)
    names = names or [f"S{n}" for n in numbers]
    shared = list[str]()
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"{state.get(n, "")}/>'
            for n, name in zip(numbers, names, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        + "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/s{n}.xml"/>' for n in numbers)
        + f'<Relationship Id="shared" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        + f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for number, rows in enumerate(sheets, 1):
        body = "".join(
            f'<row r="{at}">'
            + "".join(_cell(f"{chr(65 + place)}{at}", cell, shared) for place, cell in enumerate(row))
            + "</row>"
            for at, row in enumerate(rows, 1)
        )
        areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
        below = f'<mergeCells count="{len(merged)}">{areas}</mergeCells>' if merged else ""
        parts[f"xl/worksheets/s{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{below}</worksheet>'
        )
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}" count="{len(shared)}">{texts}</sst>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _cell(place: str, cell: Cell | None, shared: list[str]) -> str:
    match cell:
        case None:
            return ""
        case Formula(formula, text):
            return f'<c r="{place}" t="str"><f>{escape(formula)}</f><v>{escape(text)}</v></c>'
        case Shared(text):
            shared.append(text)
            return f'<c r="{place}" t="s"><v>{len(shared) - 1}</v></c>'
        case Day(days):
            return f'<c r="{place}" s="1"><v>{days}</v></c>'
        case IsoDay(text):
            return f'<c r="{place}" t="d"><v>{text}</v></c>'
        case float():
            return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
