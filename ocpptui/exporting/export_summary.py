"""What an export has written, left out, replaced, and left that may identify someone, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Exported
from ocpptui.ocpp.counted import counted

if TYPE_CHECKING:
    from ocpptui.redaction.redact import Redaction

PLACES_TOLD = 3
"""Places of one kind that are named."""


def replaced_lines(redaction: Redaction) -> Iterator[str]:
    """What was replaced, and what may still identify someone: each kind with its most frequent places."""
    yield "replaced:" if redaction.replaced else "nothing was replaced"
    for place, count in sorted(redaction.replaced.items()):
        yield f"  {count:6} {place}"
    found = redaction.remains.found
    yield "may still identify someone:" if found else "nothing else was seen that may identify someone"
    for kind, remain in sorted(found.items()):
        places = ", ".join(place for place, _ in remain.places.most_common(PLACES_TOLD) if place)
        more = len(remain.places) - PLACES_TOLD
        where = f": {places}{f' and {more} more' if more > 0 else ''}" if places else ""
        yield f"  {remain.count:6} {kind.value}, first in record {remain.first}{where}"
    yield "not checked: times, energy, prices, vendors and models, which stay. Read the result before you share it."


def written_lines(exported: Exported, selected: int, total: int, chosen: Format) -> Iterator[str]:
    """How many of the selected records were written, and what the format cannot represent."""
    of = f", chosen from {total:,}" if selected < total else ""
    yield f"{exported.written:,} of {counted(selected, 'record')} written{of}"
    if exported.left_out:
        counts = ", ".join(f"{count} {what}" for what, count in sorted(exported.left_out.items()))
        yield f"{chosen.value} cannot represent: {counts}"
