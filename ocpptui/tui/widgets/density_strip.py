"""The strip beside the scrollbar of the log: what each of its lines looks like."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style

from ocpptui.filter.density import DensityCell
from ocpptui.tui.widgets.log_row import SIGNS

DENSITY_STYLES = {
    "density-calls": "$text-muted",
    "density-gap": "bold $text-accent",
    "density-warning": "bold $text-warning",
    "density-error": "bold $text-error",
    "under-gap": "underline",
}
"""The style of each part of the strip."""
CALLS = " ▏▎▍▌▋▊▉█"
"""By how closely calls follow each other."""
GAP = "─"


def density_segment(cell: DensityCell | None, style: Callable[..., Style]) -> Segment:
    """One cell: the sign of the worst problem, or else of a gap in time, or else a bar for the calls.

    A problem in a line with a gap is underlined, so that neither hides the other.
    """
    if cell is None:
        return Segment(" ", style("density-calls"))
    if cell.severity.is_problem:
        parts = (f"density-{cell.severity.word}", *(["under-gap"] if cell.gap else []))
        return Segment(SIGNS[cell.severity], style(*parts))
    if cell.gap:
        return Segment(GAP, style("density-gap"))
    return Segment(CALLS[cell.calls], style("density-calls"))
