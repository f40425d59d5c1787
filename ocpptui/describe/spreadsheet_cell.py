"""Cells of a table that a spreadsheet reads as a formula: an apostrophe before one makes it a text."""

from __future__ import annotations

from unicodedata import normalize

FORMULA = "=+-@|%\u2212"
"""A spreadsheet reads a cell that begins with one of these as a formula, some also if the sign is of another width or
height (`=` of full width is compatible with `=` in Unicode)."""


def with_apostrophe(cell: str) -> str:
    """The cell, as a text if it would be a formula."""
    return f"'{cell}" if _is_formula(cell) else cell


def without_apostrophe(cell: str) -> str:
    """The cell as it was before `with_apostrophe`."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    """Whether it is one, or would be without the apostrophes that it begins with."""
    first = normalize("NFKC", cell.lstrip("'").lstrip()[:1])
    return first != "" and first in FORMULA
