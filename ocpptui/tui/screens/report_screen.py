"""How the charge points do, over the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.widgets import Static

from ocpptui.describe.safe_text import printable
from ocpptui.exporting.report_formats import counting_lines, station_lines
from ocpptui.exporting.report_tables import report_tables
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.runtime.work_in_turns import BREATH, TURN
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog

REFRESHED = 1.0
"""Seconds between two looks for new records."""
MOST_STATIONS = 30
"""Charge points that are shown at once; of more, the user chooses one."""
NARROW_TEXT = 74
"""Characters of a line of running text, for a terminal of 80 columns."""


class ReportScreen(Dialog[None]):
    """The tables of the report as scrolling text, kept up to date."""

    CSS_PATH = "report_screen.tcss"
    WHERE: ClassVar[tuple[Where, ...]] = (Where.REPORT,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.REPORT)

    def __init__(
        self, report: OperatingReport, charge_point: str | None, *, one_period: bool, read: Callable[[], float]
    ) -> None:
        """Of one charge point, or of all; `read` says how much of the opened files is read, from 0 to 1."""
        super().__init__()
        self._report = report
        self._only = () if charge_point is None else (charge_point,)
        self._one_period = one_period
        self._read = read
        self._shown: tuple[int, float] | None = None  # how many records, and how much of the files
        self._text = Static("Counting the records …", markup=False)

    def compose(self) -> ComposeResult:
        with ScrollableContainer(id="report") as scroll:
            scroll.border_title = "Report"
            scroll.border_subtitle = "j k h l: scroll, esc: close"
            yield self._text

    def on_mount(self) -> None:
        self._count_on()

    def _count_on(self) -> None:
        """Count a piece, let the keyboard have its turn, and schedule the next piece."""
        if not self._report.advance(TURN):
            if self._shown is None:
                self._text.update(f"Counting the records … {self._report.progress:.0%}")
            self.set_timer(BREATH, self._count_on)
            return
        state = self._report.done, self._read()
        if state != self._shown:
            self._shown = state
            self._text.update(Content("\n").join(map(_styled, self._lines())))
        self.set_timer(REFRESHED, self._count_on)

    def _lines(self) -> Iterator[str]:
        if (read := self._read()) < 1:
            yield f"So far: {int(read * 100)} % of the files is read and checked."
            yield ""
        tables = report_tables(self._report, one_period=self._one_period, only=self._only)
        for station in islice(tables, MOST_STATIONS):
            yield from (*station_lines(station), "")
        more = 0 if self._only else len(self._report.stations) - MOST_STATIONS
        if more > 0:
            yield f"and {more:,} further charge points. Choose one in the list to see its report."
            yield ""
        if not self._report.stations:
            yield "There is no record of a charge point yet."
            yield ""
        yield from counting_lines(self._report, NARROW_TEXT)

    def action_scroll(self, right: int, down: int) -> None:
        self.query_one("#report", ScrollableContainer).scroll_relative(x=right, y=down, animate=False)

    def action_close(self) -> None:
        self.dismiss(None)


def _styled(line: str) -> Content:
    return Content.styled(printable(line), "" if line.startswith(" ") else "bold $primary")
