"""Which record is the first with each combination of values, in some columns of a timeline."""

from __future__ import annotations

from array import array
from typing import Any

BLOCK = 4096
"""Records that are looked at together."""


def first_places(*columns: array[int], start: int = 0) -> dict[tuple[int, ...], int]:
    """The index of the first record with each row of values. `start` is the index of the first record in the columns.

    Most blocks have no further row. A set tells that much faster than a look at each record: the screen must not stop.
    """
    places: dict[Any, int] = {}
    is_single = len(columns) == 1
    for begin in range(0, len(columns[0]), BLOCK):
        parts = [column[begin : begin + BLOCK] for column in columns]
        rows: Any = parts[0] if is_single else [*zip(*parts, strict=True)]
        if not places.keys() >= set(rows):
            for place, row in enumerate(rows, start + begin):
                places.setdefault(row, place)
    return {(value,): place for value, place in places.items()} if is_single else places
